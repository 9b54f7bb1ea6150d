"""Collects the messages and hints in the source of Gage, and checks the `gage …` commands that a text mentions."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
from source_tree import PROJECT

from gage.cli.main import run_gage
from gage.types import errors

SOURCE = PROJECT / "src" / "gage"
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
MESSAGE_FUNCTIONS = {"print_stderr", "BadParameter", "notice", "Diagnostic"}
MESSAGE_POSITION = {"Diagnostic": 1}
"""Position of the argument with the message, where it is not the first."""
PLACEHOLDER = "\0"
"""Stands for a part of a text that is only known at run time."""
_QUOTED = re.compile(r"(?<![\w'])'gage ([^'\n]+)'")
_COMMAND = re.compile(r"(?:^|[\s`($|])gage ((?:[^\n'`()|&;]|'[^'\n]*')*)")


class SourceText(NamedTuple):
    """A text in the source; `role` is "message", "hint" or "text"."""

    file: Path
    line: int
    role: str
    text: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(SOURCE)}:{self.line}: {self.role} {self.text.replace(PLACEHOLDER, '…')!r}"


def find_messages() -> Iterator[SourceText]:
    """Yields the messages and hints of errors and notices that are literals where they are used."""
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
            if isinstance(node, ast.Call) and (name := _get_function_name(node.func)) in ERRORS | MESSAGE_FUNCTIONS:
                yield from _find_in_call(file, node, constants, MESSAGE_POSITION.get(name, 0))


def _get_function_name(function: ast.expr) -> str:
    match function:
        case ast.Name(name) | ast.Attribute(_, name):
            return name
        case _:
            return ""


def _find_in_call(file: Path, call: ast.Call, constants: dict[str, ast.expr], position: int) -> Iterator[SourceText]:
    arguments = dict(zip(("message", "hint"), call.args[position:], strict=False))
    arguments |= {k.arg: k.value for k in call.keywords if k.arg in ("message", "hint")}
    for role, node in arguments.items():
        for text in _evaluate(node, constants):
            if text.strip(PLACEHOLDER):
                yield SourceText(file, call.lineno, role, text)


def _evaluate(node: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yields the texts that an expression can evaluate to, none if they are only known at run time."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.JoinedStr(parts):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else PLACEHOLDER for p in parts)
        case ast.IfExp(_, body, otherwise):
            yield from _evaluate(body, constants)
            yield from _evaluate(otherwise, constants)
        case ast.BinOp(left, ast.Add(), right):
            for first in _evaluate(left, constants) or [PLACEHOLDER]:
                for second in list(_evaluate(right, constants)) or [PLACEHOLDER]:
                    yield first + second
        case ast.Name(name) if name in constants:
            yield from _evaluate(constants[name], {})


def find_texts() -> Iterator[SourceText]:
    """Yields all string literals in the source."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                for text in _evaluate(node, {}):
                    yield SourceText(file, node.lineno, "text", text)


def find_commands(text: str) -> list[str]:
    """Returns the `gage …` commands that a text mentions, without `gage`."""
    commands = _QUOTED.findall(text) + _COMMAND.findall(_QUOTED.sub("", text))
    return [words.rstrip(" .,:") for words in commands]


def find_quoted_commands(text: str) -> list[str]:
    """Returns the `gage …` commands in quotes, or after "Try:" or "mean:", without `gage`."""
    return _QUOTED.findall(text) + re.findall(r"(?:Try|mean): gage ([^\n]+)", text)


def split_command(line: str) -> list[str]:
    """Returns the words of a command line after `gage` and its global options, with X for placeholders."""
    line = re.sub(rf"(?<=\w){PLACEHOLDER}", "", line).replace(PLACEHOLDER, "X")
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    while words[:1] in (["-C"], ["--runs"]):
        words = words[2:]
    return ["X" if word == "..." else word for word in words]


def check_command(line: str) -> str:
    """Returns what is wrong with a command line that a text mentions, "" if it is valid."""
    name, *rest = split_command(line) or ["X"]
    if name in ("X", "COMMAND", "-h", "--help", "--version"):
        return ""
    command = run_gage.get_command(click.Context(run_gage, help_option_names=["-h", "--help"]), name)
    if command is None:
        return f"{name} is not a command"
    try:
        context = click.Context(command, help_option_names=["-h", "--help"])
        command.parse_args(context, [word for word in rest if word not in ("-h", "--help")])
    except (click.NoSuchOption, click.BadOptionUsage) as e:
        return e.format_message()
    except click.UsageError:
        pass  # a text may leave out arguments or use placeholders
    return ""
