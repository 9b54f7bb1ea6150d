"""Static analysis of shell scripts: options of a `case`, arguments, and variables from the environment.

Upper-case variables only. A variable that a script always assigns is a constant in the file: see `formats.shell`.
"""

import re
from collections.abc import Iterator, Mapping

from gage.formats import shell
from gage.formats.shell_quoting import find_quoting
from gage.formats.untyped_text import parse_text
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.types.values import JSONValue

_NAME = r"([A-Z][A-Z0-9_]*)"
_DEFAULT = re.compile(r"\$\{" + _NAME + r":?([-=?])((?:[^{}]|\$\{[^{}]*\})*)\}")
_ARGUMENT = re.compile(
    r"^[ \t]*(?:export |readonly |local )?(\w+)=[\"']?(?:\$\{([1-9]):?([-?])([^{}]*)\}|\$\{?([1-9])\}?)[\"']?", re.M
)
_NOUNSET = re.compile(r"^[ \t]*set[ \t]+(?:-\w+[ \t]+)*(?:-\w*u|-o[ \t]+nounset)|\A#!.*[ \t]-\w*u", re.M)
_UNSET = re.compile(r"\[\[? -z \"?\$\{?" + _NAME + r"(?::?-)?\}?\"? \]\]?\s*(?:&&|;\s*then)\s*(?:export )?\1=([^\n;]*)")
_CASE = re.compile(r"^[ \t]*\(?((?:-{1,2}[\w-]+=?\*?)(?:[ \t]*\|[ \t]*-{1,2}[\w-]+=?\*?)*)\)(.*?);;", re.M | re.S)
_GETOPTS = re.compile(r"\bgetopts[ \t]+[\"']?:?([\w:]+)")
_READS_ARGUMENT = re.compile(r"(\w+)=[\"']?(?:\$\{?2\b|\$\{1#|\$\{i#|\$\{arg#|\$OPTARG)")
_ASSIGNS = re.compile(r"(\w+)=[\"']?(\w+)[\"']?")
_SHELL_VARIABLES = frozenset(
    "PATH HOME PWD OLDPWD IFS USER SHELL HOSTNAME LANG LC_ALL TMPDIR TERM OPTARG OPTIND RANDOM SECONDS UID PPID".split()
)
_COMMENT_LINE = re.compile(r"#+[ \t]*(.+)")


def read_shell_program(text: str) -> ParserSpec | None:
    """Returns the script's parameters, None if it has none."""
    text = text.replace("\\\n", "  ")
    constants = {name: constant.value for name, constant in shell.read(text.encode("utf-8", "replace")).items()}
    parameters: dict[str, Parameter] = {}
    taken: set[str] = set()
    for parameter, variable in (*_list_options(text, constants), *_list_getopts(text, constants)):
        parameters.setdefault(parameter.name, parameter)
        taken.add(variable)
    for parameter in (*_list_arguments(text), *sorted(_list_variables(text), key=lambda p: p.line)):
        if parameter.name not in taken:
            parameters.setdefault(parameter.name, parameter)
    return ParserSpec("shell", tuple(parameters.values()), "source", option_style="separate") if parameters else None


def _list_options(text: str, constants: Mapping[str, JSONValue]) -> Iterator[tuple[Parameter, str]]:
    """Yields the options in branches of `case "$1" in`, each with the variable that it sets."""
    for match in _CASE.finditer(text):
        words = [w.strip() for w in match[1].split("|")]
        flags = tuple(dict.fromkeys(w.rstrip("*").rstrip("=") for w in words))
        line = text.count("\n", 0, match.start(1)) + 1
        long = next((f for f in flags if f.startswith("--")), flags[0])
        if long in ("--help", "-h", "--", "--version"):
            continue
        takes, sets = _READS_ARGUMENT.search(match[2]), _ASSIGNS.search(match[2])
        parameter = Parameter(long.lstrip("-"), flags, description=_find_comment(text, match.start(1)), line=line)
        if takes:
            default = _find_default(takes[1], text, constants)
            yield parameter._replace(type="", default=default, has_converter=True, aliases=(takes[1],)), takes[1]
        elif sets:
            yield parameter._replace(action="store_true", type="bool", default=False, aliases=(sets[1],)), sets[1]


def _list_getopts(text: str, constants: Mapping[str, JSONValue]) -> Iterator[tuple[Parameter, str]]:
    """Yields the options of `getopts`, each with the variable that its branch sets."""
    listed = _GETOPTS.search(text)
    for letter, colon in re.findall(r"(\w)(:?)", listed[1] if listed else ""):
        branch = re.search(rf"^[ \t]*\(?{letter}\)(.*?);;", text, re.M | re.S)
        sets = _ASSIGNS.search(branch[1]) if branch else None
        takes = _READS_ARGUMENT.search(branch[1]) if branch else None
        line = text.count("\n", 0, branch.start(1)) + 1 if branch else 0
        if colon and takes:
            default = _find_default(takes[1], text, constants)
            yield (
                Parameter(letter, (f"-{letter}",), default=default, has_converter=True, line=line, aliases=(takes[1],)),
                takes[1],
            )
        elif sets:
            flag = Parameter(letter, (f"-{letter}",), action="store_true", type="bool", default=False, line=line)
            yield flag._replace(aliases=(sets[1],)), sets[1]


def _find_default(name: str, text: str, constants: Mapping[str, JSONValue]) -> JSONValue:
    """Returns the value of a variable before the options are parsed."""
    if name in constants:
        return constants[name]
    first = re.search(rf"^(?:[A-Z_]+=\S* )*{name}=(\"[^\"]*\"|'[^']*'|\S*)", text, re.M)
    return _parse_default(first[1]) if first and first[1] else None


def _list_arguments(text: str) -> Iterator[Parameter]:
    """Yields variables that are assigned an argument of the command line: `LR=${1:-0.1}`, `DATA=$1`.

    The latter may be empty, unless the shell rejects unset variables (`set -u`).
    """
    parameters: dict[int, Parameter] = {}
    is_strict = bool(_NOUNSET.search(text))
    for match in _ARGUMENT.finditer(text):
        at = int(match[2] or match[5])
        is_needed = match[3] == "?" or (match[3] is None and is_strict)
        default = _parse_default(match[4]) if match[3] == "-" else None
        line = text.count("\n", 0, match.start(1)) + 1
        if not _is_in_function(text, match.start()):
            parameter = Parameter(
                match[1], nargs="" if is_needed else "?", default=default, required=is_needed, line=line
            )
            parameters.setdefault(
                at, parameter._replace(description=_find_comment(text, match.start(1)), has_converter=True)
            )
    for at in sorted(parameters):
        if at != 1 and at - 1 not in parameters:
            return
        yield parameters[at]


def _is_in_function(text: str, at: int) -> bool:
    """Returns whether an offset is in a function, whose arguments are not the script's."""
    marks = re.findall(r"^(?:[ \t]*(?:function[ \t]+\w+|\w+[ \t]*\(\))[^\n]*\{|\})", text[:at], re.M)
    return bool(marks) and marks[-1] != "}"


def _list_variables(text: str) -> Iterator[Parameter]:
    """Yields variables that are taken from the environment, with their defaults."""
    later = {m[1]: _parse_default(m[2]) for m in _UNSET.finditer(text)}
    for match in _UNSET.finditer(text):
        yield _build_variable(text, match[1], later[match[1]], match.start(), False)
    places = {m.start(): m.end() for m in _DEFAULT.finditer(text)}
    around = find_quoting(text, places)
    for match in _DEFAULT.finditer(text):
        frames = around.get(match.start(), ("'",))
        if (
            match[1] not in later
            and match[1] not in _SHELL_VARIABLES
            and not {"'", "#"} & set(frames)
            and not any(f.startswith("<<'") for f in frames)
        ):
            needed = match[2] == "?"
            yield _build_variable(text, match[1], None if needed else _parse_default(match[3]), match.start(), needed)


def _build_variable(text: str, name: str, default: JSONValue, at: int, needed: bool) -> Parameter:
    line = text.count("\n", 0, at) + 1
    description = _find_comment(text, at)
    return Parameter(
        name, action="env", default=default, required=needed, description=description, has_converter=True, line=line
    )


def _parse_default(text: str) -> JSONValue:
    """Returns a default as a number, boolean or text, None if the shell computes it."""
    text = text.strip()
    quoted = text[:1] in ("'", '"')
    inner = text[1:-1] if quoted and text[-1:] == text[:1] else text.split(" #")[0].strip()
    if "$" in inner or "`" in inner:
        return None
    value = parse_text(inner)
    return inner if quoted or (isinstance(value, bool) and not inner.islower()) else value  # True: not true to a shell


def _find_comment(text: str, at: int) -> str:
    """Returns the comment at the end of the line, else the one on the line above."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    behind = re.search(r"[ \t]#+[ \t]*(.+)", text[at : end if end >= 0 else None])
    if behind:
        return behind[1].strip()
    above = text[:start].rstrip("\n").rpartition("\n")[2].strip() if text[:start].endswith("\n") else ""
    match = _COMMENT_LINE.fullmatch(above)
    return match[1].strip() if match and not above.startswith("#!") else ""
