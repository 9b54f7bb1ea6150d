"""TOML with positions. `tomllib` says what the values are; a scan of the (then valid) text says where they stand."""

import re
import tomllib
from dataclasses import dataclass, field

from gage.gagefile.error_recovery import by_sections
from gage.gagefile.node import Entry, Items, Node, Parsed, Table, leaf
from gage.gagefile.toml_faults import STRINGS, fault_of
from gage.types.opdef import Diagnostic, Span

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = re.compile(r"""[ \t]*\[{1,2}[ \t]*(?:[^\W\d][^,=]*|["'“$/.-][^,]*|\][^,]*)?$""")
_PAIR = re.compile(r"[ \t]*[^\s\[\]=][^=]*=|[ \t]*[\w.-]+[ \t]*:")
_OPEN = re.compile(r"[\[{(][^\]})]*$")
_LONG = re.compile(r"[0-9_]{4000,}")
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def parse(text: str) -> Parsed:
    """Parse TOML `text`. What is broken costs only its own table: the others are read."""
    parsed = _parse_whole(text)
    return parsed if parsed.root is not None else by_sections(text, _heads(text), _parse_whole, _is_alone)


def _heads(text: str) -> list[int]:
    """The lines that start a table, or try to: not those inside of texts of several lines."""
    bare = STRINGS.sub(lambda m: "\n" * m.group().count("\n"), text)
    return [i for i, line in enumerate(bare.split("\n")) if _HEAD.match(line)]


def _is_alone(line: str) -> bool:
    """Whether a wrong line opens and closes nothing that other lines need."""
    return bool(_PAIR.match(line)) and line.count('"""') + line.count("'''") == 0 and not _OPEN.search(line)


def _parse_whole(text: str) -> Parsed:
    try:
        data = tomllib.loads(text)
        return Parsed(_Scan(text).document(data))
    except tomllib.TOMLDecodeError as e:
        return Parsed(None, (fault_of(text, str(e)),))
    except RecursionError:
        return Parsed(None, (Diagnostic(_deepest(text), "Lists or tables are nested too deeply", "Write it flatter"),))
    except ValueError:
        at = _LONG.search(text)
        span = span_of(text, _starts(text), at.start(), at.end()) if at else Span(1, 1)
        return Parsed(None, (Diagnostic(span, "This number has too many digits", "Write it in quotes"),))


def _deepest(text: str) -> Span:
    lines = text.split("\n")
    line = max(range(len(lines)), key=lambda i: sum(map(lines[i].count, "[{.")))
    return Span(line + 1, 1, max(1, len(lines[line])))


def _starts(text: str) -> list[int]:
    return [0] + [m.end() for m in re.finditer("\n", text)]


@dataclass(slots=True)
class _Open:
    """A table while it is read: key → its place and value."""

    span: Span
    entries: dict[str, tuple[Span, "_Open | list[_Open] | Node"]] = field(default_factory=dict)

    def close(self) -> Table:
        return Table(tuple(Entry(k, s, _closed(n, s)) for k, (s, n) in self.entries.items()), self.span)


def _closed(node: "_Open | list[_Open] | Node", span: Span) -> Node:
    if isinstance(node, _Open):
        return node.close()
    if isinstance(node, list):
        return Items(tuple(n.close() for n in node), span)
    return node


class _Scan:
    """Walks valid TOML once, beside the values that `tomllib` made of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = _starts(text)

    def document(self, data: dict[str, object]) -> Table:
        root = _Open(Span(1, 1, 0))
        table, values = root, data
        while self._skip(_SPACE) < len(self.text):
            if self.text[self.at] == "[":
                table, values = self._header(root, data)
            else:
                self._pair(table, values)
        return root.close()

    def _header(self, root: _Open, data: dict[str, object]) -> tuple[_Open, dict[str, object]]:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path = self._key()
        self.at += 2 if many else 1
        table, values = root, data
        for name, span in path[:-1]:
            table, values = self._down(table, values, name, span)
        name, span = path[-1]
        if not many:
            return self._down(table, values, name, span)
        found = table.entries.setdefault(name, (span, []))[1]
        assert isinstance(found, list)
        found.append(_Open(span))
        rows = values[name]
        assert isinstance(rows, list)
        return found[-1], rows[len(found) - 1]

    def _down(self, table: _Open, values: dict[str, object], name: str, span: Span) -> tuple[_Open, dict[str, object]]:
        node = table.entries.setdefault(name, (span, _Open(span)))[1]
        below = values[name]
        if isinstance(node, list):
            assert isinstance(below, list)
            return node[-1], below[len(node) - 1]
        assert isinstance(node, _Open) and isinstance(below, dict)
        return node, below

    def _pair(self, table: _Open, values: dict[str, object]) -> None:
        path = self._key()
        self._skip(_BLANK)
        self.at += 1  # the equals sign
        self._skip(_BLANK)
        for name, span in path[:-1]:
            table, values = self._down(table, values, name, span)
        name, span = path[-1]
        table.entries[name] = (span, self._value(values[name]))

    def _key(self) -> list[tuple[str, Span]]:
        parts: list[tuple[str, Span]] = []
        while True:
            self._skip(_BLANK)
            start = self.at
            bare = _BARE.match(self.text, start)
            if bare:
                self.at, name = bare.end(), bare.group()
            else:
                self._skip(STRINGS)
                name = next(iter(tomllib.loads(f"{self.text[start : self.at]} = 0")))
            parts.append((name, self._span(start)))
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, value: object) -> Node:
        start = self.at
        if isinstance(value, list):
            return self._list(value)
        if isinstance(value, dict):
            return self._inline(value)
        if self.text[start] in "\"'":
            self._skip(STRINGS)
        else:
            found = _SCALAR.match(self.text, start)
            self.at = start + len(found.group().rstrip()) if found else start
        return leaf(value, self._span(start))

    def _list(self, values: list[object]) -> Items:
        start = self.at
        self.at += 1
        items = []
        for value in values:
            self._skip(_SPACE)
            items.append(self._value(value))
            self._skip(_SPACE)
            self.at += self.text.startswith(",", self.at)
        self._skip(_SPACE)
        self.at += 1
        return Items(tuple(items), self._span(start))

    def _inline(self, values: dict[str, object]) -> Table:
        start = self.at
        self.at += 1
        table = _Open(self._span(start))
        while self._skip(_SPACE) < len(self.text) and self.text[self.at] != "}":
            self._pair(table, values)
            self._skip(_SPACE)
            self.at += self.text.startswith(",", self.at)
        self.at += 1
        table.span = self._span(start)
        return table.close()

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return self.at

    def _span(self, start: int) -> Span:
        return span_of(self.text, self.starts, start, self.at)


def span_of(text: str, starts: list[int], start: int, end: int) -> Span:
    """The span of `text[start:end]`; one that has several lines counts to the end of its first."""
    from bisect import bisect_right

    line = bisect_right(starts, start) - 1
    newline = text.find("\n", start, end)
    return Span(line + 1, start - starts[line] + 1, max(1, (newline if newline >= 0 else end) - start))
