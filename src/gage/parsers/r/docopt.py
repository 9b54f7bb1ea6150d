"""The options and arguments in a usage text of docopt (http://docopt.org), for R programs."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gage.parsers.parser_spec import Parameter, ParserSpec

_USAGE = re.compile(r"usage:[ \t]*(.*?)(?:\n[ \t]*\n|\Z)", re.I | re.S)
_OPTION = re.compile(r"^[ \t]*(?=-)(.*?)(?:[ ]{2,}|\t+|\n|\Z)(.*?)(?=^[ \t]*-|\n[ \t]*\n|\Z)", re.M | re.S)
_WORD = re.compile(
    r"\[options\]|<[^>]+>(?:\.\.\.)?|--?[\w-]+(?:[= ]?<[^>]+>)?(?:=[A-Z_]+)?(?:\.\.\.)?"
    r"|[\w-]+(?:\.\.\.)?|[\[\]()|]|\.\.\."
)
_DEFAULT = re.compile(r"\s*\[default: (.*?)\]", re.I)


def parse_usage(text: str) -> ParserSpec:
    """Returns the parameters in a usage text, by command if each usage line begins with one."""
    described = list(_parse_options(text))
    usage = _USAGE.search(text)
    lines = list(_parse_usage_lines(usage.group(1) if usage else "", described))
    several = {p.name for line in lines for p in line.parameters if p.nargs}
    by_command = bool(lines) and all(line.has_own_command for line in lines)
    parameters = {} if by_command else {("", p.name): p for p in described}
    for line in lines:
        command = " ".join(line.commands) if by_command else ""
        for p in line.parameters:
            if p.name in several and not p.flags:
                p = _build_argument(p.aliases[0], True, False)  # docopt gives a list in all lines
            needed = p.required and (by_command or all(p.name in other.names for other in lines))
            parameters.setdefault((command, p.name), p._replace(command=command, required=needed))
    commands = dict.fromkeys(" ".join(line.commands) for line in lines if line.commands)
    return ParserSpec("R docopt", tuple(parameters.values()), "source", commands=tuple(commands))


class _UsageLine(NamedTuple):
    """A usage line: its commands, whether they come first (`has_own_command`), and its parameters."""

    commands: tuple[str, ...]
    has_own_command: bool
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> list[str]:
        return [p.name for p in self.parameters]


def _parse_options(text: str) -> Iterator[Parameter]:
    """Yields the options that have a line with a description."""
    usage = _USAGE.search(text)
    rest = text[: usage.start()] + text[usage.end() :] if usage else text
    for option in _OPTION.finditer(rest):
        words = re.split(r"[\s,=]+", option.group(1).strip())
        flags = [w for w in words if w.startswith("-")]
        takes = any(not w.startswith("-") for w in words if w)
        described = " ".join(option.group(2).split())
        if not flags or set(flags) & {"--help", "--version"}:
            continue
        default = _DEFAULT.search(described)
        description = _DEFAULT.sub("", described).strip()
        yield _build_option(flags, takes, default.group(1) if default else None, description)


def _build_option(flags: list[str], takes: bool, default: str | None, description: str) -> Parameter:
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


def _parse_usage_lines(usage: str, described: list[Parameter]) -> Iterator[_UsageLine]:
    """Yields the usage lines, one for each command of an alternative in parentheses."""
    program = usage.split()[:1]
    for line in usage.splitlines():
        if not line.strip() or "--help" in line or "--version" in line:
            continue
        words = _WORD.findall(line.strip())
        if words and words[0:1] == [w for w in program if w == words[0]]:
            words = words[1:]
        elif program and line.strip().startswith(program[0]):
            words = _WORD.findall(line.strip()[len(program[0]) :])
        for variant in _expand_alternatives(words):
            yield _parse_usage_line(variant, described)


def _expand_alternatives(words: list[str]) -> Iterator[list[str]]:
    """Yields `mine (set|remove) <x>` as two patterns."""
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


def _parse_usage_line(words: list[str], described: list[Parameter]) -> _UsageLine:
    """Returns the options and arguments of one pattern; `[options]` stands for all described options."""
    known = {f: p for p in described for f in p.flags}
    commands: list[str] = []
    parameters: list[Parameter] = []
    depth, skip, has_own_command = 0, False, True
    for at, word in enumerate(words):
        depth += {"[": 1, "]": -1}.get(word, 0)
        if skip:
            skip = False
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "[options]":
            parameters += described
        elif word.startswith("-"):
            flag, equals, _ = word.removesuffix("...").partition("=")
            if flag not in ("--help", "--version", "-h"):
                parameters.append(known.get(flag) or _build_option([flag], bool(equals) or "<" in word, None, ""))
            skip = flag in known and known[flag].action == "store" and not equals and bool(re.match(r"<|[A-Z]", after))
        elif _is_command(word):
            has_own_command = has_own_command and not depth and not any(not p.flags for p in parameters)
            commands.append(word)
        elif re.match(r"[<\w]", word):
            many = word.endswith("...") or after == "..." or (after in "])" and words[at + 2 : at + 3] == ["..."])
            parameters.append(_build_argument(word.removesuffix("..."), many, not depth and not many))
    return _UsageLine(tuple(commands), has_own_command and bool(commands), tuple(parameters))


def _build_argument(name: str, many: bool, required: bool) -> Parameter:
    plain = name.strip("<>") if name.startswith("<") else name.lower()
    default: list[str] | None = [] if many else None
    nargs = "*" if many else ""
    return Parameter(plain, type="str", nargs=nargs, default=default, required=required, aliases=(name,))
