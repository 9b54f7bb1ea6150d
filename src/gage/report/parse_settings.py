"""Parses the `key: value` lines of a block and of the front matter. Errors have their line and column."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, NoReturn

from gage.lib.suggest import suggest_closest
from gage.report.definition import KEYS, KINDS, KeyDefinition, KeyType
from gage.report.source import BlockSettings, ErrorItem
from gage.select.grammar import parse_condition, parse_value
from gage.select.tokens import FilterError
from gage.types.errors import UsageError

MAX_VALUE_LENGTH = 20_000
_SETTING = re.compile(r"(\s*)([^\s:#][^:]*?)\s*:(?:[ \t]+(.*))?")
_FORMAT = re.compile(r"[+ ]?,?(?:\.\d{1,2})?[eEfFgG%]?|[+ ]?,?d")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")


class SourceLine(NamedTuple):
    """A line and its number in the report."""

    number: int
    text: str


class Setting(NamedTuple):
    """A key and its value, their line, and the column of each (from 1)."""

    key: str
    value: str
    line: SourceLine
    key_column: int
    value_column: int


class SettingError(Exception):
    """A wrong line of a block or of the front matter."""

    def __init__(self, item: ErrorItem) -> None:
        super().__init__(item.message)
        self.item = item


def parse_lines(lines: Sequence[SourceLine]) -> Iterator[Setting]:
    """Yields the settings. A line that starts with a space continues the value before it, one with `#` is a comment.

    Raises SettingError.
    """
    current: Setting | None = None
    for line in lines:
        if not line.text.strip() or line.text.lstrip().startswith("#"):
            continue
        if current is not None and line.text[0].isspace():
            current = current._replace(value=f"{current.value} {line.text.strip()}".strip())
            continue
        match = _SETTING.fullmatch(line.text)
        if match is None:
            raise_at(line, len(line.text) - len(line.text.lstrip()) + 1, "Expected 'key: value'", _suggest_colon(line))
        if current is not None:
            yield current
        value = (match[3] or "").strip()
        at = line.text.find(value, match.end(2) + 1) + 1 if value else len(line.text) + 1
        current = Setting(match[2], value, line, match.start(2) + 1, at)
    if current is not None:
        yield current


def raise_at(line: SourceLine, column: int, message: str, hint: str = "", length: int = 1) -> NoReturn:
    """Raises SettingError for a place in a line."""
    raise SettingError(ErrorItem(message, hint, line.number, column, length, line.text))


def _suggest_colon(line: SourceLine) -> str:
    key = line.text.split("=")[0].split()[0].strip(":")
    return f"Write {key}: VALUE, with a space after the colon" if key in KEYS else ""


def parse_block_settings(kind: str, line: SourceLine, lines: Sequence[SourceLine]) -> BlockSettings:
    """Returns the settings of a block whose first line is `line`. Raises SettingError."""
    definition = KINDS[kind]
    settings = BlockSettings()
    used: set[str] = set()
    keys = {key: KEYS[key] for key in definition.keys}
    for setting in parse_lines(lines):
        value = convert_setting(setting, keys, f"block {kind!r}", used)
        settings = settings._replace(**{setting.key: value})  # type: ignore[arg-type]
    for key in definition.required:
        if key not in used:
            raise_at(line, 1, f"The block {kind!r} needs {key!r}", f"Add a line: {key}: ...", len(line.text))
    return settings


def convert_setting(setting: Setting, keys: Mapping[str, KeyDefinition], place: str, used: set[str]) -> object:
    """Returns the value of a setting, converted to the type of its key. Adds the key to `used`.

    Raises SettingError for an unknown key, one in `used`, or a wrong value. Messages name the `place` of the setting.
    """
    if setting.key not in keys:
        hint = suggest_closest(setting.key, keys, f"Keys: {', '.join(keys)}")
        _raise_key(setting, f"Unknown key {setting.key!r} in {place}", hint)
    if setting.key in used:
        _raise_key(setting, f"{setting.key!r} is set twice", "Remove one of the lines")
    used.add(setting.key)
    return _convert_value(setting, keys[setting.key])


def _raise_key(setting: Setting, message: str, hint: str) -> NoReturn:
    raise_at(setting.line, setting.key_column, message, hint, len(setting.key))


def _convert_value(setting: Setting, key: KeyDefinition) -> object:
    value = setting.value
    if len(value) > MAX_VALUE_LENGTH:
        _raise_value(setting, f"The value of {setting.key!r} has over {MAX_VALUE_LENGTH:,} characters")
    if not value:
        _raise_value(setting, f"{setting.key!r} has no value", f"{setting.key}: {key.description.partition(':')[0]}")
    converter = _CONVERTERS.get(key.type)
    return value if converter is None else converter(setting, key)


def _convert_filter(setting: Setting, key: KeyDefinition) -> str:
    try:
        parse_condition(setting.value)
    except UsageError as error:
        _raise_usage_error(setting, error)
    return setting.value


def _convert_names(setting: Setting, key: KeyDefinition) -> tuple[str, ...] | str:
    names = (setting.value,) if key.type == "name" else split_list(setting.value)
    for name in names:
        try:
            parse_value(name.removeprefix("-") if key.type == "sort" else name)
        except UsageError as error:
            _raise_usage_error(setting, error, name)
    return setting.value if key.type == "name" else names


def _convert_words(setting: Setting, key: KeyDefinition) -> tuple[str, ...]:
    return split_words(setting.value)


def _convert_count(setting: Setting, key: KeyDefinition) -> int:
    value = setting.value
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) > 0):
        _raise_value(setting, f"{setting.key!r} must be a positive integer, got {value!r}")
    return int(value)


def _convert_number(setting: Setting, key: KeyDefinition) -> float:
    if not _NUMBER.fullmatch(setting.value) or not float(setting.value) < 1:
        _raise_value(setting, f"{setting.key!r} must be a number from 0 to below 1, got {setting.value!r}")
    return float(setting.value)


def _convert_flag(setting: Setting, key: KeyDefinition) -> bool:
    if setting.value.lower() not in _FLAGS:
        _raise_value(setting, f"{setting.key!r} must be true or false, got {setting.value!r}")
    return _FLAGS[setting.value.lower()]


def _convert_choice(setting: Setting, key: KeyDefinition) -> str:
    if setting.value not in key.choices:
        hint = suggest_closest(setting.value, key.choices, f"Values: {', '.join(key.choices)}")
        _raise_value(setting, f"{setting.key!r} cannot be {setting.value!r}", hint)
    return setting.value


def _convert_format(setting: Setting, key: KeyDefinition) -> str:
    if not is_number_format(setting.value):
        _raise_value(setting, f"{setting.value!r} is not a format of numbers", "Try: .3f, .1%, .2e or ,d")
    return setting.value


_CONVERTERS: Mapping[KeyType, Callable[[Setting, KeyDefinition], object]] = {
    "filter": _convert_filter,
    "name": _convert_names,
    "names": _convert_names,
    "sort": _convert_names,
    "words": _convert_words,
    "count": _convert_count,
    "number": _convert_number,
    "flag": _convert_flag,
    "choice": _convert_choice,
    "format": _convert_format,
}
"""Type of a key → function that converts its value. Text is not converted."""


def is_number_format(text: str) -> bool:
    """Returns whether a text is a format of numbers such as `.3f`."""
    return bool(text) and _FORMAT.fullmatch(text) is not None


def _raise_value(setting: Setting, message: str, hint: str = "") -> NoReturn:
    raise_at(setting.line, setting.value_column, message, hint, max(len(setting.value), 1))


def _raise_usage_error(setting: Setting, error: UsageError, part: str = "") -> NoReturn:
    """Raises SettingError for an error in a filter or a name, at the place that the error of a filter names."""
    message, offset = (error.problem, error.at) if isinstance(error, FilterError) else (error.message, 0)
    at = setting.line.text.find(part or setting.value, setting.value_column - 1)
    column = (at if at >= 0 else setting.value_column - 1) + offset + 1
    is_inside = at >= 0 and column <= len(setting.line.text) + 1
    raise_at(setting.line, column if is_inside else setting.value_column, message, remove_option(error.hint))


def remove_caret(message: str) -> str:
    """Returns the first line of a message, without the lines that may show the filter and a caret."""
    return message.partition("\n")[0]


def remove_option(hint: str) -> str:
    """Returns a hint without `--where`, an option that a block does not have."""
    return hint.replace("--where ", "")


def split_list(text: str) -> tuple[str, ...]:
    """Returns the texts between commas, outside of quotes, backticks and parentheses; `[a, b]` means `a, b`."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return tuple(part for part in (piece.strip() for piece in _split(text, ",")) if part)


def split_words(text: str) -> tuple[str, ...]:
    """Returns the words of a text. Quotes, backticks and parentheses keep words together."""
    return tuple(part.strip(",") for part in _split(text, " ") if part.strip(","))


def _split(text: str, separator: str) -> list[str]:
    parts, start, depth, quote = [], 0, 0, ""
    for at, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"`":
            quote = c
        elif c in "()":
            depth = max(depth + (1 if c == "(" else -1), 0)
        elif c == separator and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
