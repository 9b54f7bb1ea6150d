"""JSON, with comments and trailing commas where they are. Large lists are data: they are skipped at the speed of C."""

import json as stdlib
import re
from collections.abc import Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.spans import MAX_DEPTH, MAX_LIST_ITEMS, MAX_VALUES, ValueNode, line_number
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])', re.DOTALL)


def read(data: bytes) -> dict[str, FileValue]:
    """See `ConfigSource.read`."""
    text, _ = spans.decode_text(data)
    return spans.list_settings(text, parse(text), ("//",))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`."""
    text, mark = spans.decode_text(data)
    edited = spans.replace_values(text, parse(text), values, lambda value, _: format_value(value))
    return spans.encode_text(mark + edited)


def format_value(value: JSONValue) -> str:
    """A value as JSON on one line."""
    text = stdlib.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return stdlib.dumps(value)
    return text


def parse(text: str, most_items: int = MAX_LIST_ITEMS, most_values: int = MAX_VALUES) -> ValueNode:
    """The places of all values. Lists with more than `most_items` are one value.

    Raises ConfigError with the line of what is wrong, and for more than `most_values`.
    """
    plain = _without_extras(text) if "/" in text or re.search(r",\s*[\]}]", text) else text
    try:
        return _Scan(plain, most_items, most_values).document()
    except RecursionError:
        raise ConfigError("The file is nested too deeply") from None


def _without_extras(text: str) -> str:
    """The text with spaces for comments and last commas, so that all positions stay."""
    text = _COMMENT.sub(lambda m: m[0] if m[0][0] == '"' else re.sub(r"[^\r\n]", " ", m[0]), text)
    return _LAST_COMMA.sub(lambda m: m[0] if m[0][0] == '"' else " ", text)


class _Scan:
    def __init__(self, text: str, most_items: int, most_values: int) -> None:
        self.text = text
        self.scan = stdlib.JSONDecoder().raw_decode
        self.most_items, self.most_values = most_items, most_values
        self.count = 0

    def document(self) -> ValueNode:
        start = self._skip(0)
        if start == len(self.text):
            raise ConfigError("The file is empty", "A file without settings is {}")
        place = self._value(start, 0)
        if self._skip(place.end) < len(self.text):
            raise self._wrong("Something stands after the end", self._skip(place.end))
        return place

    def _value(self, start: int, depth: int) -> ValueNode:
        if depth > MAX_DEPTH:
            raise self._wrong("The file is nested too deeply", start)
        self.count += 1
        if self.count > self.most_values:
            raise self._wrong(f"The file has more than {self.most_values:,} values: that is data, no config", start)
        if self.text.startswith("{", start):
            return self._table(start, depth)
        value, end = self._decoded(start)
        if isinstance(value, list):
            return self._list(value, start, end, depth)
        return ValueNode(value, start, end)

    def _decoded(self, start: int) -> tuple[JSONValue, int]:
        try:
            value, end = self.scan(self.text, start)
        except stdlib.JSONDecodeError as e:
            message = "A value is missing or is no JSON" if e.msg == "Expecting value" else e.msg.removesuffix(" at")
            raise self._wrong(message, e.pos) from None
        except ValueError:
            raise self._wrong("A number is too long", start) from None
        except RecursionError:
            raise self._wrong("The file is nested too deeply", start) from None
        return value, int(end)

    def _list(self, value: list[JSONValue], start: int, end: int, depth: int) -> ValueNode:
        """The items of a list that is known to be valid."""
        if len(value) > self.most_items:
            return ValueNode(value, start, end, "list")
        parts: list[tuple[str, ValueNode]] = []
        at = start + 1
        for i in range(len(value)):
            part = self._value(self._skip(at), depth + 1)
            parts.append((str(i), part))
            at = self._skip(part.end) + 1  # the comma
        return ValueNode(value, start, end, "list", tuple(parts))

    def _table(self, start: int, depth: int) -> ValueNode:
        parts: dict[str, ValueNode] = {}
        at = self._skip(start + 1)
        if self.text.startswith("}", at):
            return ValueNode({}, start, at + 1, "table")
        while True:
            key, after = self._key(at)
            if key in parts:
                raise self._wrong(f'"{key}" is defined twice', at)
            parts[key] = part = self._value(after, depth + 1)
            at = self._skip(part.end)
            if self.text.startswith("}", at):
                value = {k: p.value for k, p in parts.items()}
                return ValueNode(value, start, at + 1, "table", tuple(parts.items()))
            if not self.text.startswith(",", at):
                raise self._wrong("A comma or } is missing", min(part.end, len(self.text)))
            at = self._skip(at + 1)

    def _key(self, at: int) -> tuple[str, int]:
        """A key, and where its value starts."""
        if not self.text.startswith('"', at):
            raise self._wrong("A key in double quotes is missing", at)
        try:
            key, end = scanstring(self.text, at + 1, True)
        except stdlib.JSONDecodeError as e:
            raise self._wrong(e.msg.removesuffix(" at"), e.pos) from None
        end = self._skip(end)
        if not self.text.startswith(":", end):
            raise self._wrong(f'"{key}" has no : and value', end)
        return key, self._skip(end + 1)

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def _wrong(self, message: str, at: int) -> ConfigError:
        return ConfigError(f"{message} (line {line_number(self.text, at)})", "Try: python -m json.tool FILE")
