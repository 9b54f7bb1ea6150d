"""TOML. `tomllib` reads the values; a scan of the (then valid) text finds their places."""

import datetime
import json
import re
import tomllib
from collections.abc import Mapping

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.spans import MAX_VALUES, ScanError, ValueNode, get_line_number
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

MAX_CHARACTERS = 1 << 20
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
"""Any TOML string, such as "a", 'a' or \'\'\'a\'\'\'."""


def read(data: bytes) -> dict[str, FileValue]:
    """See `ConfigSource.read`. Dates and times are text."""
    text, _ = spans.decode_text(data)
    return spans.list_settings(text, parse(text))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`."""
    text, mark = spans.decode_text(data)
    return spans.encode_text(mark + spans.replace_values(text, parse(text), values, format_value))


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """A value as TOML on one line. Raises ConfigError for null, which TOML does not have."""
    if value is None:
        raise ConfigError("TOML has no null", "Use another value, or do not set it")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        raise ConfigError(f"{value} is too large for TOML")
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return value if like and like.style == "date" and _is_date(value) else _string(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)} = {format_value(v)}" for k, v in value.items()) + "}"
    return f"[{', '.join(map(format_value, value))}]"


def _is_date(text: str) -> bool:
    try:
        return isinstance(tomllib.loads(f"x = {text}")["x"], (datetime.date, datetime.time))
    except tomllib.TOMLDecodeError:
        return False


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _string(text)


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
    return _Scanner(text, max_values).scan(tomllib.loads(text))


def _format_error(message: str, text: str) -> str:
    """Returns tomllib's message with the line in Gage's form."""
    where = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)\Z", message)
    if not where:
        return message
    line = where[1] or str(get_line_number(text, len(text.rstrip())))
    return f"{message[: where.start()].lower()} (line {line})"


class _OpenTable:
    """A table while it is read, as its values may stand in several parts of the file."""

    def __init__(self, key: tuple[int, int]) -> None:
        self.key = key
        self.start = self.end = -1
        self.children: dict[str, _OpenTable | list[_OpenTable] | ValueNode] = {}

    def close(self) -> ValueNode:
        children = tuple([(key, _close(child)) for key, child in self.children.items()])
        value = {key: child.value for key, child in children}
        return ValueNode(value, self.start, self.end, "table", children, key=self.key)


def _close(child: _OpenTable | list[_OpenTable] | ValueNode) -> ValueNode:
    if isinstance(child, _OpenTable):
        return child.close()
    if isinstance(child, list):
        tables = tuple([(str(i), table.close()) for i, table in enumerate(child)])
        return ValueNode([table.value for _, table in tables], -1, -1, "list", tables, key=child[0].key)
    return child


class _Scanner:
    """Walks valid TOML once, beside the values that `tomllib` made of it."""

    def __init__(self, text: str, max_values: int) -> None:
        self.text = text
        self.at = 0
        self.count = 0
        self.max_values = max_values

    def scan(self, data: dict[str, object]) -> ValueNode:
        root = _OpenTable((0, 0))
        table, values = root, data
        while self._skip(_SPACE) < len(self.text):
            if self.text[self.at] == "[":
                table, values = self._header(root, data)
            else:
                self._pair(table, values)
        return root.close()

    def _header(self, root: _OpenTable, data: dict[str, object]) -> tuple[_OpenTable, dict[str, object]]:
        is_list = self.text.startswith("[[", self.at)
        self.at += 2 if is_list else 1
        path = self._key()
        self.at += 2 if is_list else 1
        table, values = self._enter(root, data, path[:-1])
        if not is_list:
            return self._enter(table, values, path[-1:])
        name, key = path[-1]
        tables = table.children.setdefault(name, [])
        rows = values[name]
        assert isinstance(tables, list) and isinstance(rows, list)
        tables.append(_OpenTable(key))
        return tables[-1], rows[len(tables) - 1]

    def _enter(
        self, table: _OpenTable, values: dict[str, object], path: list[tuple[str, tuple[int, int]]]
    ) -> tuple[_OpenTable, dict[str, object]]:
        """Returns the table at the end of `path`, of a list of tables the last, and its values."""
        for name, key in path:
            child = table.children.setdefault(name, _OpenTable(key))
            inner = values[name]
            if isinstance(child, list) and isinstance(inner, list):
                table, values = child[-1], inner[len(child) - 1]
            else:
                assert isinstance(child, _OpenTable) and isinstance(inner, dict)
                table, values = child, inner
        return table, values

    def _pair(self, table: _OpenTable, values: dict[str, object]) -> None:
        path = self._key()
        self._skip_blanks()
        self.at += 1  # the equals sign
        self._skip_blanks()
        if len(path) > 1:
            table, values = self._enter(table, values, path[:-1])
        name, key = path[-1]
        table.children[name] = self._value(values[name], key)

    def _key(self) -> list[tuple[str, tuple[int, int]]]:
        """Reads a dotted key. Returns its parts with their places."""
        parts: list[tuple[str, tuple[int, int]]] = []
        while True:
            self._skip_blanks()
            start = self.at
            bare = _BARE.match(self.text, start)
            if bare:
                self.at, name = bare.end(), bare.group()
            else:
                self._skip(STRING)
                name = next(iter(tomllib.loads(f"{self.text[start : self.at]} = 0")))
            parts.append((name, (start, self.at)))
            self._skip_blanks()
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, value: object, key: tuple[int, int] = (-1, -1)) -> ValueNode:
        start = self.at
        self.count += 1
        if self.count > self.max_values:
            raise ScanError(f"The file has more than {self.max_values:,} values: that is data, not config", start)
        if isinstance(value, list):
            return self._list(value, key)
        if isinstance(value, dict):
            return self._inline_table(value, key)
        if self.text[start] in "\"'":
            self._skip(STRING)
        else:
            found = _SCALAR.match(self.text, start)
            self.at = start + len(found.group().rstrip()) if found else start
        if isinstance(value, (bool, int, float, str)):
            return ValueNode(value, start, self.at, key=key)
        return ValueNode(str(value), start, self.at, style="date", key=key)

    def _list(self, values: list[object], key: tuple[int, int]) -> ValueNode:
        start = self.at
        self.at += 1
        children: list[tuple[str, ValueNode]] = []
        for i, value in enumerate(values):
            self._skip(_SPACE)
            children.append((str(i), self._value(value)))
            self._skip(_SPACE)
            self.at += self.text.startswith(",", self.at)
        self._skip(_SPACE)
        self.at += 1
        return ValueNode([child.value for _, child in children], start, self.at, "list", tuple(children), key=key)

    def _inline_table(self, values: dict[str, object], key: tuple[int, int]) -> ValueNode:
        table = _OpenTable(key)
        table.start = self.at
        self.at += 1
        while self._skip(_SPACE) < len(self.text) and self.text[self.at] != "}":
            self._pair(table, values)
            self._skip(_SPACE)
            self.at += self.text.startswith(",", self.at)
        self.at += 1
        table.end = self.at
        return table.close()

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return self.at

    def _skip_blanks(self) -> None:
        text, at = self.text, self.at
        while text[at : at + 1] in (" ", "\t"):
            at += 1
        self.at = at
