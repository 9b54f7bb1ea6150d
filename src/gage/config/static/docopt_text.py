"""docopt: the options and arguments that a usage text tells of (http://docopt.org, the text's own language)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gage.config.program import Parameter, Program
from gage.config.static.reading import Reading
from gage.config.static.things import text_of

_USAGE = re.compile(r"usage:[ \t]*(.*?)(?:\n[ \t]*\n|\Z)", re.I | re.S)
_OPTION = re.compile(r"^[ \t]*(?=-)(.*?)(?:[ ]{2,}|\t+|\n|\Z)(.*?)(?=^[ \t]*-|\n[ \t]*\n|\Z)", re.M | re.S)
_WORD = re.compile(
    r"\[options\]|<[^>]+>(?:\.\.\.)?|--?[\w-]+(?:[= ]?<[^>]+>)?(?:=[A-Z_]+)?(?:\.\.\.)?"
    r"|[\w-]+(?:\.\.\.)?|[\[\]()|]|\.\.\."
)
_DEFAULT = re.compile(r"\s*\[default: (.*?)\]", re.I)


def read(reading: Reading) -> Program | None:
    """The program's settings from the text that it hands to docopt; None when it hands none."""
    names = ("docopt.docopt", "docopt_ng.docopt", "docopt.magic", "type_docopt.docopt")
    made = next((c for c in reading.calls if c.name in names), None)
    text = text_of(made.arg(0, "doc", "docstring")) if made else ""
    return of_text(text) if text else None


def of_text(text: str) -> Program:
    """What a usage text says."""
    found = {p.name: p for p in _options(text)}
    usage = _USAGE.search(text)
    commands: list[str] = []
    for parameter in _positionals(usage.group(1) if usage else "", found, commands):
        found.setdefault(parameter.name, parameter)
    return Program("docopt", tuple(found.values()), "read", commands=tuple(dict.fromkeys(commands)))


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


def _positionals(usage: str, options: dict[str, Parameter], commands: list[str]) -> Iterator[Parameter]:
    """The arguments and commands in the usage patterns, and options that only stand there."""
    known = {f: p.action == "store" for p in options.values() for f in p.flags}
    program = usage.split()[:1]
    lines = [line for line in usage.splitlines() if line.strip() and "--help" not in line and "--version" not in line]
    for line in lines:
        words = _WORD.findall(line.strip())
        if words and words[0:1] == [w for w in program if w == words[0]]:
            words = words[1:]
        elif program and line.strip().startswith(program[0]):
            words = _WORD.findall(line.strip()[len(program[0]) :])
        for parameter in _of_line(words, known, commands):
            always = all(a in line for line in lines for a in parameter.aliases)
            yield replace(parameter, required=parameter.required and always)


def _of_line(words: list[str], known: dict[str, bool], commands: list[str]) -> Iterator[Parameter]:
    depth, skip = 0, False
    for at, word in enumerate(words):
        depth += {"[": 1, "]": -1}.get(word, 0)
        if skip:
            skip = False
            continue
        after = words[at + 1] if at + 1 < len(words) else ""
        many = word.endswith("...") or after == "..." or (after in "])" and words[at + 2 : at + 3] == ["..."])
        name = word.removesuffix("...")
        if name.startswith("-"):
            flag, equals, _ = name.partition("=")
            if flag not in known and flag not in ("--help", "--version", "-h"):
                yield _option([flag], bool(equals) or "<" in name, None, "")
            skip = known.get(flag, False) and not equals and bool(re.match(r"<|[A-Z]", after))
        elif name.startswith("<") or (name.isupper() and name[:1].isalpha()):
            plain = name.strip("<>") if name.startswith("<") else name.lower()
            default: list[str] | None = [] if many else None
            yield Parameter(
                plain,
                type="str",
                nargs="*" if many else "",
                default=default,
                required=not depth and not many,
                aliases=(name,),
            )
        elif re.match(r"[\w]", name) and word != "[options]":
            commands.append(name)
