"""docopt: the options and arguments that a usage text tells of (http://docopt.org, the text's own language)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis.abstract_values import constant_text
from gage.static_analysis.interpreter import Interpreter

_USAGE = re.compile(r"usage:[ \t]*(.*?)(?:\n[ \t]*\n|\Z)", re.I | re.S)
_OPTION = re.compile(r"^[ \t]*(?=-)(.*?)(?:[ ]{2,}|\t+|\n|\Z)(.*?)(?=^[ \t]*-|\n[ \t]*\n|\Z)", re.M | re.S)
_WORD = re.compile(
    r"\[options\]|<[^>]+>(?:\.\.\.)?|--?[\w-]+(?:[= ]?<[^>]+>)?(?:=[A-Z_]+)?(?:\.\.\.)?"
    r"|[\w-]+(?:\.\.\.)?|[\[\]()|]|\.\.\."
)
_DEFAULT = re.compile(r"\s*\[default: (.*?)\]", re.I)


def read_docopt(reading: Interpreter) -> ParserSpec | None:
    """The program's settings from the text that it hands to docopt; None when it hands none."""
    names = ("docopt.docopt", "docopt_ng.docopt", "docopt.magic", "type_docopt.docopt")
    made = next((c for c in reading.calls if c.name in names), None)
    text = constant_text(made.get_argument(0, "doc", "docstring")) if made else ""
    return parse_usage(text) if text else None


def parse_usage(text: str) -> ParserSpec:
    """What a usage text says: the lines of its usage, each for the command that it begins with where all do."""
    described = list(_options(text))
    usage = _USAGE.search(text)
    lines = list(_lines(usage.group(1) if usage else "", described))
    several = {p.name for line in lines for p in line.parameters if p.nargs}
    apart = bool(lines) and all(line.is_apart for line in lines)
    found = {} if apart else {("", p.name): p for p in described}
    for line in lines:
        command = " ".join(line.commands) if apart else ""
        for p in line.parameters:
            if p.name in several and not p.flags:
                p = _argument(p.aliases[0], True, False)  # docopt gives a list in all lines
            needed = p.required and (apart or all(p.name in other.names for other in lines))
            found.setdefault((command, p.name), replace(p, command=command, required=needed))
    commands = dict.fromkeys(" ".join(line.commands) for line in lines if line.commands)
    return ParserSpec("docopt", tuple(found.values()), "source", commands=tuple(commands))


class _Line(NamedTuple):
    """One line of the usage: its commands, whether they come first, and all else that it takes."""

    commands: tuple[str, ...]
    is_apart: bool
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> list[str]:
        return [p.name for p in self.parameters]


def _options(text: str) -> Iterator[Parameter]:
    """Those that are described, a line each."""
    usage = _USAGE.search(text)
    rest = text[: usage.start()] + text[usage.end() :] if usage else text
    for said in _OPTION.finditer(rest):
        words = re.split(r"[\s,=]+", said.group(1).strip())
        flags = [w for w in words if w.startswith("-")]
        takes = any(not w.startswith("-") for w in words if w)
        described = " ".join(said.group(2).split())
        if not flags or set(flags) & {"--help", "--version"}:
            continue
        default = _DEFAULT.search(described)
        description = _DEFAULT.sub("", described).strip()
        yield _option(flags, takes, default.group(1) if default else None, description)


def _option(flags: list[str], takes: bool, default: str | None, description: str) -> Parameter:
    ordered = sorted(flags, key=lambda f: not f.startswith("--"))
    return Parameter(
        ordered[0].lstrip("-"),
        tuple(ordered),
        action="store" if takes else "store_true",
        type="str" if takes else "bool",
        default=default if takes else False,
        description=description,
        aliases=(ordered[0],),
    )


def _lines(usage: str, described: list[Parameter]) -> Iterator[_Line]:
    """The lines of the usage; one for each of several commands in brackets."""
    program = usage.split()[:1]
    for line in usage.splitlines():
        if not line.strip() or "--help" in line or "--version" in line:
            continue
        words = _WORD.findall(line.strip())
        if words and words[0:1] == [w for w in program if w == words[0]]:
            words = words[1:]
        elif program and line.strip().startswith(program[0]):
            words = _WORD.findall(line.strip()[len(program[0]) :])
        for variant in _variants(words):
            yield _line(variant, described)


def _variants(words: list[str]) -> Iterator[list[str]]:
    """`mine (set|remove) <x>` as two patterns."""
    start = words.index("(") if "(" in words else -1
    end = words.index(")") if start >= 0 and ")" in words else -1
    inside = words[start + 1 : end]
    if end > start >= 0 and inside and all(_is_command(w) != (i % 2 == 1) for i, w in enumerate(inside)):
        for name in inside[::2]:
            yield [*words[:start], name, *words[end + 1 :]]
    else:
        yield words


def _is_command(word: str) -> bool:
    is_argument = word.startswith(("<", "-")) or (word.isupper() and word[:1].isalpha())
    return bool(re.match(r"\w", word)) and not is_argument


def _line(words: list[str], described: list[Parameter]) -> _Line:
    """What one pattern takes: the options that it names, all that are described for `[options]`, and its arguments."""
    known = {f: p for p in described for f in p.flags}
    commands: list[str] = []
    found: list[Parameter] = []
    depth, skip, is_apart = 0, False, True
    for at, word in enumerate(words):
        depth += {"[": 1, "]": -1}.get(word, 0)
        if skip:
            skip = False
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "[options]":
            found += described
        elif word.startswith("-"):
            flag, equals, _ = word.removesuffix("...").partition("=")
            if flag not in ("--help", "--version", "-h"):
                found.append(known.get(flag) or _option([flag], bool(equals) or "<" in word, None, ""))
            skip = flag in known and known[flag].action == "store" and not equals and bool(re.match(r"<|[A-Z]", after))
        elif _is_command(word):
            is_apart = is_apart and not depth and not any(not p.flags for p in found)
            commands.append(word)
        elif re.match(r"[<\w]", word):
            many = word.endswith("...") or after == "..." or (after in "])" and words[at + 2 : at + 3] == ["..."])
            found.append(_argument(word.removesuffix("..."), many, not depth and not many))
    return _Line(tuple(commands), is_apart and bool(commands), tuple(found))


def _argument(name: str, many: bool, required: bool) -> Parameter:
    plain = name.strip("<>") if name.startswith("<") else name.lower()
    default: list[str] | None = [] if many else None
    nargs = "*" if many else ""
    return Parameter(plain, type="str", nargs=nargs, default=default, required=required, aliases=(name,))
