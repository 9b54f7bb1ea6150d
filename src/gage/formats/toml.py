"""TOML. `tomllib` reads the values; a scan of the text, which is then known to be valid, finds their places."""

import datetime
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gage.formats import spans
from gage.formats.spans import MAX_VALUES, ScanError, ValueNode, get_line_number
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

MAX_CHARACTERS = 1 << 20
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANKS = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.?")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_COMMA = re.compile(rf"{_SPACE.pattern},?")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
"""Any TOML string, such as "a", 'a' or \'\'\'a\'\'\'."""
_KEY_PART = re.compile(f"{_BARE.pattern}|{STRING.pattern}", re.DOTALL)
_STRING_OR_PLAIN = re.compile(rf"{STRING.pattern}|[^,\]}}#\r\n]*[^,\]}}#\s]", re.DOTALL)
_NOWHERE = (-1, -1)
_Path = tuple[str | int, ...]
"""The keys and list indices that lead to a value."""


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value as TOML on one line. Raises ConfigError for null, which TOML does not have."""
    if value is None:
        raise ConfigError("TOML has no null", "Use another value, or do not set it")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        raise ConfigError(f"{value} is too large for TOML")
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return value if like and like.style == "date" and _is_date(value) else _format_string(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{format_key(k)} = {format_value(v)}" for k, v in value.items()) + "}"
    return f"[{', '.join(map(format_value, value))}]"


def _is_date(text: str) -> bool:
    try:
        return isinstance(tomllib.loads(f"x = {text}")["x"], (datetime.date, datetime.time))
    except tomllib.TOMLDecodeError:
        return False


def _format_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def format_key(text: str) -> str:
    """Returns a key as TOML, in quotes if it needs them."""
    return text if _BARE.fullmatch(text) else _format_string(text)


def parse(text: str) -> ValueNode:
    """Returns the values of a TOML text with their places. Raises ConfigError with the line of what is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigError("The file has more than 1 MB: that is data, not config")  # tomllib is slow
    try:
        return scan(text)
    except ScanError as e:
        raise ConfigError(f"{e.message} (line {get_line_number(text, e.offset)})") from None
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(f"The file is not TOML: {_format_error(str(e), text)}") from None
    except (RecursionError, ValueError) as e:
        reason = "it is nested too deeply" if isinstance(e, RecursionError) else "a number is too long"
        raise ConfigError(f"The file is not TOML: {reason}") from None


def scan(text: str, max_values: int = MAX_VALUES) -> ValueNode:
    """Returns the values of a TOML text with their places, and with those of their keys.

    Raises ScanError for more than `max_values`, and what `tomllib.loads` raises: TOMLDecodeError, RecursionError, and
    ValueError for a number with too many digits.
    """
    values = tomllib.loads(text)
    scanner = _Scanner(text, max_values)
    scanner.scan()
    return _build_node(values, (), scanner.places)


def _format_error(message: str, text: str) -> str:
    """Returns tomllib's message with the line in Gage's form."""
    where = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)\Z", message)
    if not where:
        return message
    line = where[1] or str(get_line_number(text, len(text.rstrip())))
    return f"{message[: where.start()].lower()} (line {line})"


class _Place(NamedTuple):
    """Where a value and its key stand; (-1, -1) for a table in several lines, and for the key of a list item."""

    key: tuple[int, int]
    value: tuple[int, int] = _NOWHERE


def _build_node(value: object, path: _Path, places: Mapping[_Path, _Place]) -> ValueNode:
    """Returns the value at a path with its place, and the values in it with theirs."""
    key, (start, end) = places[path]
    if isinstance(value, dict):
        children = tuple([(name, _build_node(item, (*path, name), places)) for name, item in value.items()])
        return ValueNode({name: child.value for name, child in children}, start, end, "table", children, key=key)
    if isinstance(value, list):
        children = tuple([(str(i), _build_node(item, (*path, i), places)) for i, item in enumerate(value)])
        return ValueNode([child.value for _, child in children], start, end, "list", children, key=key)
    if isinstance(value, bool | int | float | str):
        return ValueNode(value, start, end, key=key)
    return ValueNode(str(value), start, end, style="date", key=key)


class _Scanner:
    """Finds the places of the values in valid TOML."""

    def __init__(self, text: str, max_values: int) -> None:
        self.text = text
        self.at = 0
        self.max_values = max_values
        self.places: dict[_Path, _Place] = {(): _Place((0, 0))}
        self.lengths: dict[_Path, int] = {}
        """How many tables each list of tables has so far."""

    def scan(self) -> None:
        """Fills `places`."""
        table: _Path = ()
        while self._skip(_SPACE) < len(self.text):
            if self.text[self.at] == "[":
                table = self._read_header()
            else:
                self._read_pair(table)

    def _read_header(self) -> _Path:
        """Reads a table header. Returns the path of its table."""
        is_list = self.text.startswith("[[", self.at)
        self.at += 2 if is_list else 1
        names = self._read_key()
        self.at += 2 if is_list else 1
        if not is_list:
            return self._enter((), names)
        path = (*self._enter((), names[:-1]), names[-1][0])
        place = _Place(names[-1][1])
        self.places.setdefault(path, place)
        self.lengths[path] = self.lengths.get(path, 0) + 1
        self.places[self._last_table(path)] = place
        return self._last_table(path)

    def _last_table(self, path: _Path) -> _Path:
        """Returns the path of the last table so far, if `path` is that of a list of tables."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def _enter(self, path: _Path, names: list[tuple[str, tuple[int, int]]]) -> _Path:
        """Returns the path of the table at the end of `names` below `path`."""
        for name, key in names:
            path = (*path, name)
            self.places.setdefault(path, _Place(key))
            path = self._last_table(path)
        return path

    def _read_pair(self, table: _Path) -> None:
        """Reads `key = value` in the table at a path."""
        names = self._read_key()
        self._skip(_EQUALS)
        name, key = names[-1]
        self._read_value((*self._enter(table, names[:-1]), name), key)

    def _read_key(self) -> list[tuple[str, tuple[int, int]]]:
        """Reads a dotted key. Returns its parts with their places."""
        parts: list[tuple[str, tuple[int, int]]] = []
        while not parts or self.text.startswith(".", self.at - 1):
            start = self._skip(_BLANKS)
            name = self.text[start : self._skip(_KEY_PART)]
            if name[0] in "\"'":
                name = next(iter(tomllib.loads(f"{name} = 0")))
            parts.append((name, (start, self.at)))
            self._skip(_DOT)
        return parts

    def _read_value(self, path: _Path, key: tuple[int, int] = _NOWHERE) -> None:
        """Records the place of the value at a path, and of the values in it."""
        start = self.at
        if len(self.places) > self.max_values:
            raise ScanError(f"The file has more than {self.max_values:,} values: that is data, not config", start)
        first = self.text[start]
        if first == "[":
            self._read_items(lambda i: self._read_value((*path, i)), "]")
        elif first == "{":
            self._read_items(lambda _: self._read_pair(path), "}")
        else:
            self._skip(_STRING_OR_PLAIN)
        self.places[path] = _Place(key, (start, self.at))

    def _read_items(self, read_item: Callable[[int], None], end: str) -> None:
        """Reads a list or an inline table."""
        self.at += 1
        count = 0
        while self.text[self._skip(_SPACE)] != end:
            read_item(count)
            count += 1
            self._skip(_COMMA)
        self.at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Advances over a match of `pattern`. Returns the new position."""
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at


_FORMAT = spans.TextFormat(parse, format_value)
read, apply = _FORMAT.read, _FORMAT.apply
