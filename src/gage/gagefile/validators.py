"""Checks texts: patterns, paths, keys, commands and others. Each check raises InvalidText. Reads no file."""

import re

from gage.gagefile.lexical_checks import QUOTES
from gage.gagefile.schema_types import InvalidText
from gage.lib.times import parse_duration

SHORT_KINDS = {"dvcfile": "dvcfile", "runfiles": "run-files", "run-files": "run-files", "file": "file", "dir": "dir"}
"""What may precede a dependency that is text, and the kind of dependency that it stands for."""

OPERATION_NAME = r"^[^\x00-\x20!-/:-@\[-^`{-\x7f]([^\x00-\x1f!-,;-@\[-^`{-\x7f]*[^\x00-\x20!-,;-@\[-^`{-\x7f])?$"
_MAX_NAME_CHARACTERS = 200
# Regular expressions are compiled where they are used: most Gage files need few of them.
_DURATION_WORDS = r"(?i)(\d+(?:\.\d+)?)\s*(s|m|h|d)[a-z]*\.?$"
"""2 hours, 10 Min."""
_KIND = r"([A-Za-z][\w-]*)\s*:(?:\s+|$)(.*)|(run-?files|dvcfile|file|dir):()$"
"""runfiles: operation=prepare"""


def check_operation_name(name: str) -> None:
    """Checks the name of an operation."""
    if len(name) > _MAX_NAME_CHARACTERS:
        raise InvalidText(f'The operation name "{name[:20]}..." is longer than {_MAX_NAME_CHARACTERS} characters')
    first = name.lstrip("_") or name
    is_valid = first and first[0] not in "-_.:/ " and name[-1] != " "
    if not is_valid or not all(c.isalnum() or c in "_-.:/ " for c in name):
        hint = "A name starts with a letter or a digit; - _ . : / and spaces may follow"
        raise InvalidText(f'"{name}" is not a valid operation name', hint)


def check_glob(text: str) -> None:
    """Checks a file pattern."""
    pattern = text.removeprefix("-")
    if pattern.startswith("regex:"):
        check_regex(pattern.removeprefix("regex:"))
        return
    if not pattern.strip():
        raise InvalidText(f'Pattern "{text}" is empty', "A leading - excludes files: -*.txt")
    if pattern.startswith("!"):
        raise InvalidText(f'Pattern "{text}" starts with !', f'To exclude files, write - instead: "-{pattern[1:]}"')
    if pattern.count("[") > pattern.count("]"):
        raise InvalidText(f'Invalid pattern "{text}": unclosed [')
    if "{" in pattern and re.search(r"\{[^{}]*,[^{}]*\}", pattern):
        raise InvalidText(f'Invalid pattern "{text}": braces are not supported', "Write a list with one pattern each")
    if _is_absolute(pattern):
        raise InvalidText(f'Pattern "{text}" is not relative to the project')
    if ".." in pattern.replace("\\", "/").split("/"):
        raise InvalidText(f'Pattern "{text}" is outside the project')
    if "\\" in pattern:
        raise InvalidText(f'Pattern "{text}" has a \\', "Separate directories with / on every system")
    _check_characters(text)


def check_source_pattern(text: str) -> None:
    """Checks a file pattern of `sourcecode`. Empty text is no source code, as in Gage 0.1."""
    if text:
        check_glob(text)


def check_version(text: str) -> None:
    """Checks the version of an operation."""
    if not text.isprintable() or " " in text:
        raise InvalidText(f'"{text}" is not a valid version', "A version has no spaces, for example 1.2 or 2024-05")


def check_path(text: str) -> None:
    """Checks a path in the project."""
    if _is_absolute(text) or ".." in text.replace("\\", "/").split("/"):
        raise InvalidText(f'"{text}" is outside the project')
    _check_characters(text)


def _is_absolute(path: str) -> bool:
    is_windows = path[1:3] in (":\\", ":/") and path[0].isalpha()
    return is_windows or path.startswith(("/", "~"))


def _check_characters(text: str) -> None:
    match = None if text.isprintable() else re.search(r"[\x00-\x1f\x7f]", text)
    if match:
        hint = 'A \\ in "..." starts an escape such as \\t: write / instead'
        raise InvalidText(f'"{text}" has a control character (U+{ord(match.group()):04X})', hint)
    _check_first_quote(text)


def _check_first_quote(text: str) -> None:
    if text[:1] in QUOTES:
        raise InvalidText(f"Typographic quote: {text[0]}", f"Write {QUOTES[text[0]]} instead")


def check_key(text: str) -> None:
    """Checks a key of a file's value, such as `train.py#lr`."""
    file, mark, name = text.removeprefix("-").partition("#")
    if mark and not name.strip():
        raise InvalidText(f'"{text}" has no name after #', f'Add a name or a pattern, or remove the #: "{file}"')
    if name.startswith("#"):
        raise InvalidText(f'"{text}" has two #', "Write it as FILE#NAME")
    check_path(file)


def check_target(text: str) -> None:
    """Checks where a config value goes."""
    if text.startswith("env:"):
        try:
            check_variable(text.removeprefix("env:"))
        except InvalidText as e:
            raise InvalidText(e.message, "Write it as env:NAME") from None


def check_command(text: str) -> None:
    """Checks the quotes of a shell command on one line. What only a shell can judge is accepted."""
    is_script = "\n" in text.strip() or text.startswith("#!")
    if not is_script and any(c in text for c in "\"'\\") and not re.search(r"\$'|<<|`", text):
        import shlex

        try:
            shlex.split(text, comments=True)
        except ValueError as e:
            problem = "Trailing \\" if "escape" in str(e) else "Unclosed quote"
            raise InvalidText(f"{problem} in this command", "Close it, or put a \\ before it") from None
    if not is_script:
        _check_first_quote(text)


def check_dependency(text: str) -> None:
    """Checks a dependency that is text: a file pattern, or a kind and what it needs."""
    if "://" in text and re.match(r"[a-z][a-z0-9+]*://", text):
        check_url(text)
        return
    match = re.match(_KIND, text) if ":" in text else None
    if not match:
        if not text.startswith(tuple(f"{kind}:" for kind in SHORT_KINDS)):
            check_glob(text)
        return
    kind, rest = match.group(1) or match.group(3), match.group(2) or ""
    if kind not in SHORT_KINDS:
        from gage.gagefile.messages import suggest

        kinds = f"Kinds: {', '.join(SHORT_KINDS)}; see 'gage help gagefile' for others"
        raise InvalidText(f'Unknown kind of dependency: "{kind}"', suggest(kind, SHORT_KINDS) or kinds)
    if not rest.strip():
        raise InvalidText(f'"{text}" has nothing after the colon', "For example run-files: operation=prepare")


def check_url(text: str) -> None:
    """Checks a URL."""
    if not re.match(r"[A-Za-z][\w+.-]*:\S+$", text):
        raise InvalidText(f'"{text}" is not a URL', "Write it as https://...")


def check_digest(text: str) -> None:
    """Checks a SHA-256 digest."""
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise InvalidText(f'"{text[:20]}" is not a SHA-256 digest (64 hexadecimal digits)')


def check_variable(name: str) -> None:
    """Checks the name of an environment variable."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise InvalidText(f'"{name}" is not a valid name of an environment variable')


def check_tag(text: str) -> None:
    """Checks a tag."""
    if text.startswith("-") or text != text.strip() or "," in text:
        raise InvalidText(f'"{text}" is not a valid tag', "A tag has no commas or outer spaces, and no leading -")


def check_column(text: str) -> None:
    """Checks the name of a column, or a function such as `min(loss)`."""
    if "(" in text:
        from gage.gagefile.board_checks import check_name

        check_name(text)


def check_regex(text: str) -> None:
    """Checks a regular expression."""
    try:
        re.compile(text)
    except re.error as e:
        raise InvalidText(f'Invalid regular expression "{text}": {e}') from None


def parse_seconds(value: "int | float | str") -> float | None:
    """Returns a time limit in seconds: a number, or text such as `90s`, `1h30m`, `1d`; None for anything else."""
    if isinstance(value, (int, float)):
        return float(value)
    return parse_duration(value)


def check_duration(text: str) -> None:
    """Checks a time limit."""
    seconds = parse_seconds(text)
    if seconds is None:
        words = re.match(_DURATION_WORDS, text.strip())
        hint = f'Did you mean "{words.group(1)}{words.group(2).lower()}"?' if words else ""
        raise InvalidText(f'"{text}" is not a duration: expected 90, "90s", "10m", "2h" or "1d"', hint)
    if seconds <= 0:
        raise InvalidText("A time limit must be above 0")
