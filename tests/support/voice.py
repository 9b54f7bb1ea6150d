"""What Gage says, collected: each message and hint in the source, and each `gage …` command that a text names."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
from tree import PROJECT

from gage.cli.main import run_gage
from gage.types import errors

SOURCE = PROJECT / "src" / "gage"
SPEAKERS = {name for name, it in vars(errors).items() if isinstance(it, type) and issubclass(it, Exception)}
TELLERS = {"print_stderr", "BadParameter", "notice", "Diagnostic"}
BEFORE = {"Diagnostic": 1}
"""How many arguments stand before the message."""
HOLE = "\0"
"""Stands for what is filled in."""
_QUOTED = re.compile(r"(?<![\w'])'gage ([^'\n]+)'")
_NAMED = re.compile(r"(?:^|[\s`($|])gage ((?:[^\n'`()|&;]|'[^'\n]*')*)")


class Said(NamedTuple):
    """A text in the source: in `file` at `line`; `role` is "message" or "hint"."""

    file: Path
    line: int
    role: str
    text: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(SOURCE)}:{self.line}: {self.role} {self.text.replace(HOLE, '…')!r}"


def sayings() -> Iterator[Said]:
    """Every message and hint of an error or of a word to the user, as far as they are written where they are used."""
    for file in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := _name(node.func)) in SPEAKERS | TELLERS:
                yield from _of_call(file, node, constants, BEFORE.get(name, 0))


def _name(called: ast.expr) -> str:
    match called:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case _:
            return ""


def _of_call(file: Path, call: ast.Call, constants: dict[str, ast.expr], before: int) -> Iterator[Said]:
    given = dict(zip(("message", "hint"), call.args[before:], strict=False))
    given |= {k.arg: k.value for k in call.keywords if k.arg in ("message", "hint")}
    for role, node in given.items():
        for text in _texts(node, constants):
            if text.strip(HOLE):
                yield Said(file, call.lineno, role, text)


def _texts(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """What an expression may say; nothing for what is only known when it runs."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.JoinedStr(parts):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else HOLE for p in parts)
        case ast.IfExp(_, body, otherwise):
            yield from _texts(body, constants)
            yield from _texts(otherwise, constants)
        case ast.BinOp(left, ast.Add(), right):
            for first in _texts(left, constants) or [HOLE]:
                for second in list(_texts(right, constants)) or [HOLE]:
                    yield first + second
        case ast.Name(name) if name in constants:
            yield from _texts(constants[name], {})


def texts() -> Iterator[Said]:
    """Every text in the source, whatever it is for."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                for text in _texts(node, {}):
                    yield Said(file, node.lineno, "text", text)


def named_commands(text: str) -> list[str]:
    """The `gage …` commands that a text names, without `gage`."""
    found = _QUOTED.findall(text) + _NAMED.findall(_QUOTED.sub("", text))
    return [words.rstrip(" .,:") for words in found]


def quoted_commands(text: str) -> list[str]:
    """Those that stand in quotes, or behind a colon as what to try."""
    return _QUOTED.findall(text) + re.findall(r"(?:Try|mean): gage ([^\n]+)", text)


def words_of(line: str) -> list[str]:
    """The words of a command line after `gage` and its own options. Holes may be anything."""
    line = re.sub(rf"(?<=\w){HOLE}", "", line).replace(HOLE, "X")
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    while words[:1] in (["-C"], ["--runs"]):
        words = words[2:]
    return ["X" if word == "..." else word for word in words]


def fault_of(line: str) -> str:
    """What is wrong with a command line that a text names, "" if nothing is."""
    name, *rest = words_of(line) or ["X"]
    if name in ("X", "COMMAND", "-h", "--help", "--version"):
        return ""
    command = run_gage.get_command(click.Context(run_gage, help_option_names=["-h", "--help"]), name)
    if command is None:
        return f"there is no command {name}"
    try:
        context = click.Context(command, help_option_names=["-h", "--help"])
        command.parse_args(context, [word for word in rest if word not in ("-h", "--help")])
    except (click.NoSuchOption, click.BadOptionUsage) as e:
        return e.format_message()
    except click.UsageError:
        pass  # what a text leaves out, or stands for something
    return ""
