"""JSON with comments and trailing commas. Large lists are data: the standard library reads them as one value."""

import json as stdlib
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

from gage.formats import spans
from gage.formats.spans import (
    MAX_DEPTH,
    MAX_LIST_ITEMS,
    MAX_VALUES,
    DuplicateKey,
    ScanError,
    ValueNode,
    get_line_number,
)
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_LAST_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])', re.DOTALL)


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value as JSON on one line."""
    text = stdlib.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return stdlib.dumps(value)
    return text


def parse(text: str, max_items: int = MAX_LIST_ITEMS, max_values: int = MAX_VALUES) -> ValueNode:
    """Returns the values of a JSON text with their places. A list with more than `max_items` is one value.

    Raises ConfigError with the line of what is wrong, and for more than `max_values`.
    """
    try:
        scanner = JsonScanner(text, max_items, max_values)
        root = scanner.scan()
        spans.reject_duplicates(scanner.duplicates)
        return root
    except ScanError as e:
        message, offset = e.message, e.offset
    except stdlib.JSONDecodeError as e:
        message, offset = f"The file is not JSON: {e.msg[:1].lower()}{e.msg[1:].removesuffix(' at')}", e.pos
    except RecursionError:
        raise ConfigError("The file is nested too deeply") from None
    raise ConfigError(f"{message} (line {get_line_number(text, offset)})", "Try: python -m json.tool FILE")


def mask_extras(text: str) -> str:
    """Returns the text with spaces for comments and trailing commas. All offsets remain."""
    text = _COMMENT.sub(lambda m: m[0] if m[0][0] == '"' else re.sub(r"[^\r\n]", " ", m[0]), text)
    return _LAST_COMMA.sub(lambda m: m[0] if m[0][0] == '"' else " ", text)


class JsonScanner:
    """Reads a text into nodes. For wrong text it raises JSONDecodeError, in the words of the standard library."""

    def __init__(self, text: str, max_items: int = MAX_LIST_ITEMS, max_values: int = MAX_VALUES) -> None:
        self.text = mask_extras(text) if "/" in text or re.search(r",\s*+[\]}]", text) else text
        self.decode = stdlib.JSONDecoder().raw_decode
        self.max_items, self.max_values = max_items, max_values
        self.count = 0
        self.duplicates: list[DuplicateKey] = []
        self.top: dict[str, ValueNode] = {}
        """The values at the top of the file that were read so far."""
        self.top_key = ""
        """The key at the top of the file that is being read."""

    def scan(self) -> ValueNode:
        """Returns the node of the whole text. Raises JSONDecodeError, ScanError and RecursionError."""
        start = self._skip(0)
        if start == len(self.text):
            raise ConfigError("The file is empty", "Write {} for a file without values")
        node = self._value(start, 0)
        if self._skip(node.end) < len(self.text):
            raise self._error("Extra data", self._skip(node.end))
        return node

    def _value(self, start: int, depth: int, key: tuple[int, int] = (-1, -1)) -> ValueNode:
        if depth > MAX_DEPTH:
            raise ScanError("The file is nested too deeply", start)
        self.count += 1
        if self.count > self.max_values:
            raise ScanError(f"The file has more than {self.max_values:,} values: that is data, not config", start)
        if self.text.startswith("{", start):
            return self._table(start, depth, key)
        value, end = self._decode(start)
        if isinstance(value, list):
            return self._list(value, start, end, depth, key)
        return ValueNode(value, start, end, key=key)

    def _decode(self, start: int) -> tuple[JSONValue, int]:
        try:
            value, end = self.decode(self.text, start)
        except stdlib.JSONDecodeError:
            raise
        except ValueError:
            raise ScanError("A number is too long", start) from None
        return value, int(end)

    def _list(self, value: list[JSONValue], start: int, end: int, depth: int, key: tuple[int, int]) -> ValueNode:
        """Returns the node of a list that was decoded already."""
        children: list[tuple[str, ValueNode]] = []
        if len(value) <= self.max_items:
            at = start + 1
            for i in range(len(value)):
                child = self._value(self._skip(at), depth + 1)
                children.append((str(i), child))
                at = self._skip(child.end) + 1  # the comma
        return ValueNode(value, start, end, "list", tuple(children), key=key)

    def _table(self, start: int, depth: int, key: tuple[int, int]) -> ValueNode:
        children = self.top if depth == 0 else {}
        at = self._skip(start + 1)
        while not self.text.startswith("}", at):
            name, key_end, value_start = self._key(at)
            self.top_key = name if depth == 0 else self.top_key
            child = self._value(value_start, depth + 1, (at, key_end))
            if name in children:
                self.duplicates.append(DuplicateKey(name, at, key_end, children[name].key[0]))
            children.setdefault(name, child)
            self.top_key = "" if depth == 0 else self.top_key
            at = self._skip(child.end)
            if self.text.startswith(",", at):
                at = self._skip(at + 1)  # a comma in front of the } was blanked
            elif not self.text.startswith("}", at):
                raise self._error("Expecting ',' delimiter", at)
        value = {name: child.value for name, child in children.items()}
        return ValueNode(value, start, at + 1, "table", tuple(children.items()), key=key)

    def _key(self, at: int) -> tuple[str, int, int]:
        """Returns a key, where it ends, and where its value starts."""
        if not self.text.startswith('"', at):
            raise self._error("Expecting property name enclosed in double quotes", at)
        name, end = scanstring(self.text, at + 1, True)
        colon = self._skip(end)
        if not self.text.startswith(":", colon):
            raise self._error("Expecting ':' delimiter", colon)
        return name, end, self._skip(colon + 1)

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _error(self, message: str, at: int) -> stdlib.JSONDecodeError:
        return stdlib.JSONDecodeError(message, self.text, at)


_FORMAT = spans.TextFormat(parse, format_value, ("//",))
read, apply = _FORMAT.read, _FORMAT.apply
