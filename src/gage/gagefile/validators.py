"""What is wrong with a text that is a pattern, a path, a key, a command … None when nothing is; else one line that says
what, and perhaps a second with what to do. Looks at no file.
"""

import re

from gage.gagefile.lexical_checks import QUOTES

SHORT_KINDS = {"dvcfile": "dvcfile", "runfiles": "run-files", "run-files": "run-files", "file": "file", "dir": "dir"}
"""What may stand in front of a dependency that is text, and the kind that it means."""

OPERATION_NAME = r"^[^\x00-\x20!-/:-@\[-^`{-\x7f]([^\x00-\x1f!-,;-@\[-^`{-\x7f]*[^\x00-\x20!-,;-@\[-^`{-\x7f])?$"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
_DURATION = re.compile(r"(\d+(\.\d+)?)\s*(s|m|h|d)?$")
_WORDY = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)[a-z]*\.?$", re.IGNORECASE)
_QUOTED = re.compile(r"[\"'\\]").search
_BEYOND = re.compile(r"\$'|<<|`").search
_CONTROL = re.compile(r"[\x00-\x1f\x7f]").search
_MAX_NAME = 200


def _line(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode()


def wrong_operation_name(name: str) -> str | None:
    """The name of an operation."""
    if len(name) > _MAX_NAME:
        return f'"{name[:20]}..." cannot be the name of an operation: it is over {_MAX_NAME} characters'
    if name and name[0] not in "-_.:/ " and name[-1] != " " and all(c.isalnum() or c in "_-.:/ " for c in name):
        return None
    if name[:1] == "_" and name.strip("_"):
        return wrong_operation_name(name.strip("_"))
    return (
        f'"{_line(name)}" cannot be the name of an operation\n'
        "A name starts with a letter or a digit; - _ . : / and spaces may follow"
    )


def wrong_glob(text: str) -> str | None:
    """A file pattern."""
    pattern = text.removeprefix("-")
    if pattern.startswith("regex:"):
        try:
            re.compile(pattern.removeprefix("regex:"))
        except re.error as e:
            return f'Not a regular expression: "{_line(pattern.removeprefix("regex:"))}" ({e})'
        return None
    if not pattern.strip():
        return f'Pattern "{_line(text)}" names no file\nA - stands in front of a pattern, such as -*.txt'
    if pattern.startswith("!"):
        return f'Pattern "{_line(text)}" starts with !\nTo leave files out, write - for it: "-{pattern[1:]}"'
    if pattern.count("[") > pattern.count("]"):
        return f'Bad pattern "{_line(text)}": [ is never closed'
    if re.search(r"\{[^{}]*,[^{}]*\}", pattern):
        return f'Bad pattern "{_line(text)}": braces have no meaning here\nWrite a list with a pattern for each'
    if pattern.startswith(("/", "~")) or re.match(r"[A-Za-z]:[\\/]", pattern):
        return f'Pattern "{_line(text)}" is not relative to the project'
    if ".." in pattern.replace("\\", "/").split("/"):
        return f'Pattern "{_line(text)}" leads out of the project'
    if "\\" in pattern:
        return f'Pattern "{_line(text)}" has a \\\nFolders are separated by / on every system'
    return _wrong_control(text)


def wrong_path(text: str) -> str | None:
    """A path in the project."""
    if ".." in text.replace("\\", "/").split("/") or text.startswith(("/", "~")) or re.match(r"[A-Za-z]:[\\/]", text):
        return f'"{_line(text)}" leads out of the project'
    return _wrong_control(text)


def _wrong_control(text: str) -> str | None:
    found = _CONTROL(text)
    if not found:
        return _wrong_quote(text)
    code = f"U+{ord(found.group()):04X}"
    hint = 'A \\ in "..." starts an escape such as \\t: write / for it'
    return f'"{_line(text)}" has a character that no path has ({code})\n{hint}'


def _wrong_quote(text: str) -> str | None:
    sign = text[:1]
    if sign not in QUOTES:
        return None
    return f"This is no quote that programs know: {sign}\nWrite {QUOTES[sign]} for it"


def wrong_key(text: str) -> str | None:
    """A key of a file's value, such as `train.py#lr`."""
    file, mark, name = text.removeprefix("-").partition("#")
    if mark and not name.strip():
        return f'"{_line(text)}" names no value after #\nWrite a name or a pattern there, or leave # out: "{file}"'
    if name.startswith("#"):
        return f'"{_line(text)}" has two #\nA key is FILE#NAME'
    return wrong_path(file)


def wrong_target(text: str) -> str | None:
    """Where a value goes."""
    if not text.startswith("env:"):
        return None
    wrong = wrong_variable(text.removeprefix("env:"))
    return f"{wrong}\nWrite it as env:NAME" if wrong else None


def wrong_command(text: str) -> str | None:
    """A line for the shell."""
    if "\n" in text.strip() or text.startswith("#!"):
        return None
    if not _QUOTED(text) or _BEYOND(text):  # what shlex knows nothing of is left to the shell
        return _wrong_quote(text)
    import shlex

    try:
        shlex.split(text, comments=True)
    except ValueError as e:
        sign = "A \\ stands at its end" if "escape" in str(e) else "A quote is never closed"
        return f"{sign} in this command: the shell cannot run it\nClose it, or put a \\ in front of it"
    return _wrong_quote(text)


def wrong_dependency(text: str) -> str | None:
    """A dependency that is text: a file pattern, or a kind with what it needs."""
    if re.match(r"[a-z][a-z0-9+]*://", text):
        return wrong_url(text)
    found = re.match(r"([A-Za-z][\w-]*)\s*:(?:\s+|$)(.*)", text) or re.match(r"(run-?files|dvcfile|file|dir):()$", text)
    if not found:
        return None if text.startswith(tuple(f"{kind}:" for kind in SHORT_KINDS)) else wrong_glob(text)
    kind, rest = found.groups()
    if kind in SHORT_KINDS:
        return (
            None
            if rest.strip()
            else f'"{_line(text)}" names nothing after the colon\nFor example run-files: operation=prepare'
        )
    from gage.gagefile.messages import meant

    hint = meant(kind, SHORT_KINDS) or f"Kinds: {', '.join(SHORT_KINDS)}; more as tables, see 'gage help gagefile'"
    return f'Unknown kind of dependency: "{kind}"\n{hint}'


def wrong_url(text: str) -> str | None:
    """An address."""
    return (
        None if re.match(r"[A-Za-z][\w+.-]*:\S+$", text) else f'"{_line(text)}" is no address\nWrite it as https://...'
    )


def wrong_digest(text: str) -> str | None:
    """A SHA-256 digest."""
    fits = re.fullmatch(r"[0-9a-fA-F]{64}", text)
    return None if fits else f'"{text[:20]}" is no SHA-256 digest (64 hexadecimal digits)'


def wrong_variable(name: str) -> str | None:
    """The name of an environment variable."""
    return None if _VARIABLE.match(name) else f'"{_line(name)}" cannot be the name of an environment variable'


def wrong_tag(text: str) -> str | None:
    """A tag."""
    wrong = text.startswith("-") or text != text.strip() or "," in text
    return f'"{_line(text)}" cannot be a tag: it has no comma and starts with no -' if wrong else None


def wrong_regex(text: str) -> str | None:
    """A regular expression."""
    try:
        re.compile(text)
    except re.error as e:
        return f'Not a regular expression: "{_line(text)}" ({e})'
    return None


def seconds(value: "int | float | str") -> float | None:
    """A time limit in seconds: a number, or text such as `90s`, `10m`, `2h`, `1d`; None when it is neither."""
    if isinstance(value, (int, float)):
        return float(value)
    found = _DURATION.match(value.strip())
    if not found:
        return None
    return float(found.group(1)) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found.group(3) or "s"]


def wrong_duration(text: str) -> str | None:
    """A time limit."""
    got = seconds(text)
    if got is None:
        meant = _WORDY.match(text.strip())
        hint = f'\nDid you mean "{meant.group(1)}{meant.group(2).lower()}"?' if meant else ""
        return f'"{_line(text)}" is no time: write 90, "90s", "10m", "2h" or "1d"{hint}'
    return None if got > 0 else "A time limit must be above 0"
