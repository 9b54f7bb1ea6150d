"""TOML. `tomllib` says what the values are; a scan of the (then valid) text says where they stand."""

import datetime
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.spans import MAX_VALUES, ValueNode, line_number
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

MAX_CHARACTERS = 1 << 20
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")
_STRINGS = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:\'{0,2})|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)


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
        raise ConfigError("TOML has no null", "Give another value, or leave the setting as it is")
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
    """The places of all values. Raises ConfigError with the line of what is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigError("The file has more than 1 MB: that is data, no config")  # tomllib is slow
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(f"The file is not TOML: {_reason(str(e), text)}") from None
    except (RecursionError, ValueError) as e:
        said = "it is nested too deeply" if isinstance(e, RecursionError) else "a number is too long"
        raise ConfigError(f"The file is not TOML: {said}") from None
    return _Scan(text).document(data)


def _reason(message: str, text: str) -> str:
    """tomllib's message with the line in our form."""
    where = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)\Z", message)
    if not where:
        return message
    line = where[1] or str(line_number(text, len(text.rstrip())))
    return f"{message[: where.start()].lower()} (line {line})"


@dataclass(slots=True)
class _Open:
    """A table while it is read. `start` and `end` are set for one in braces."""

    parts: dict[str, "_Open | list[_Open] | ValueNode"] = field(default_factory=dict)
    start: int = -1
    end: int = -1

    def close(self, value: JSONValue) -> ValueNode:
        values = value if isinstance(value, Mapping) else {}
        parts = tuple((k, _closed(p, values[k])) for k, p in self.parts.items())
        return ValueNode({k: p.value for k, p in parts}, self.start, self.end, "table", parts)


def _closed(part: "_Open | list[_Open] | ValueNode", value: JSONValue) -> ValueNode:
    if isinstance(part, _Open):
        return part.close(value)
    if isinstance(part, list):
        items = value if spans.is_list(value) else ()
        parts = tuple((str(i), p.close(v)) for i, (p, v) in enumerate(zip(part, items, strict=True)))
        return ValueNode([p.value for _, p in parts], -1, -1, "list", parts)
    return part


def _plain(value: object) -> JSONValue:
    """A value of tomllib as JSON has it."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if isinstance(value, (bool, int, float, str)) else str(value)


class _Scan:
    """Walks valid TOML once, beside the values that `tomllib` made of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.count = 0

    def document(self, data: dict[str, object]) -> ValueNode:
        root = _Open()
        table, values = root, data
        while self._skip(_SPACE) < len(self.text):
            if self.text[self.at] == "[":
                table, values = self._header(root, data)
            else:
                self._pair(table, values)
        return root.close(_plain(data))

    def _header(self, root: _Open, data: dict[str, object]) -> tuple[_Open, dict[str, object]]:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path = self._key()
        self.at += 2 if many else 1
        table, values = root, data
        for name in path[:-1]:
            table, values = self._down(table, values, name)
        name = path[-1]
        if not many:
            return self._down(table, values, name)
        found = table.parts.setdefault(name, [])
        rows = values[name]
        assert isinstance(found, list) and isinstance(rows, list)
        found.append(_Open())
        return found[-1], rows[len(found) - 1]

    def _down(self, table: _Open, values: dict[str, object], name: str) -> tuple[_Open, dict[str, object]]:
        part = table.parts.setdefault(name, _Open())
        below = values[name]
        if isinstance(part, list):
            assert isinstance(below, list)
            return part[-1], below[len(part) - 1]
        assert isinstance(part, _Open) and isinstance(below, dict)
        return part, below

    def _pair(self, table: _Open, values: dict[str, object]) -> None:
        path = self._key()
        self._skip(_BLANK)
        self.at += 1  # the equals sign
        self._skip(_BLANK)
        for name in path[:-1]:
            table, values = self._down(table, values, name)
        table.parts[path[-1]] = self._value(values[path[-1]])

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            start = self.at
            bare = _BARE.match(self.text, start)
            if bare:
                self.at, name = bare.end(), bare.group()
            else:
                self._skip(_STRINGS)
                name = next(iter(tomllib.loads(f"{self.text[start : self.at]} = 0")))
            parts.append(name)
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, value: object) -> "ValueNode | _Open":
        start = self.at
        self.count += 1
        if self.count > MAX_VALUES:
            line = line_number(self.text, start)
            raise ConfigError(f"The file has more than {MAX_VALUES:,} values: that is data, no config (line {line})")
        if isinstance(value, list):
            return self._list(value)
        if isinstance(value, dict):
            return self._inline(value)
        if self.text[start] in "\"'":
            self._skip(_STRINGS)
        else:
            found = _SCALAR.match(self.text, start)
            self.at = start + len(found.group().rstrip()) if found else start
        is_date = isinstance(value, (datetime.date, datetime.time))
        return ValueNode(_plain(value), start, self.at, style="date" if is_date else "")

    def _list(self, values: list[object]) -> ValueNode:
        start = self.at
        self.at += 1
        parts: list[tuple[str, ValueNode]] = []
        for i, value in enumerate(values):
            self._skip(_SPACE)
            parts.append((str(i), _closed(self._value(value), _plain(value))))
            self._skip(_SPACE)
            self.at += self.text.startswith(",", self.at)
        self._skip(_SPACE)
        self.at += 1
        return ValueNode(_plain(values), start, self.at, "list", tuple(parts))

    def _inline(self, values: dict[str, object]) -> _Open:
        table = _Open(start=self.at)
        self.at += 1
        while self._skip(_SPACE) < len(self.text) and self.text[self.at] != "}":
            self._pair(table, values)
            self._skip(_SPACE)
            self.at += self.text.startswith(",", self.at)
        self.at += 1
        table.end = self.at
        return table

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return self.at
