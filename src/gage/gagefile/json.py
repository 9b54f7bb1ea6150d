"""JSON with comments and trailing commas, with positions. What stands before a fault is kept."""

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

from gage.gagefile.node import Entry, Fault, Items, Node, Parsed, Span, Table, leaf
from gage.gagefile.toml import span_of

_SPACE = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![0-9A-Za-z_.])")
_WORD = re.compile(r"[^\s,\[\]{}:\"'/]+")
_WORDS = {"true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf")}
MAX_DEPTH = 200


def parse(text: str) -> Parsed:
    """Parse JSON `text`, whose top must be an object; an empty text is an empty table."""
    reader = _Reader(text)
    entries: list[Entry] = []
    faults: list[Fault] = []
    try:
        reader.document(entries)
    except _Wrong as e:
        faults.append(e.fault)
    return Parsed(Table(tuple(entries), Span(1, 1, 0)), tuple(reader.faults + faults))


class _Wrong(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0] + [m.end() for m in re.finditer("\n", text)]
        self.faults: list[Fault] = []

    def document(self, entries: list[Entry]) -> None:
        if self.skip() == len(self.text):
            return
        if self.text[self.at] != "{":
            raise self.wrong(self.at, "A Gage file is an object", 'Write it as {"name": {"exec": "..."}}')
        self.table(1, entries)
        if self.skip() < len(self.text):
            raise self.wrong(self.at, "Something follows the end of the file's object", "Remove it")

    def value(self, depth: int) -> Node:
        start = self.at
        char = self.text[start : start + 1]
        if depth > MAX_DEPTH:
            raise self.wrong(start, "Lists or objects are nested too deeply")
        if char == "{":
            return Table(tuple(self.table(depth, [])), self.span(start))
        if char == "[":
            return self.items(depth)
        if char == '"':
            return leaf(self.string(), self.span(start))
        number = _NUMBER.match(self.text, start)
        if number:
            self.at = number.end()
            is_float = number.group(1) or number.group(2)
            return leaf((float if is_float else _whole)(number.group()), self.span(start))
        return self.word(start)

    def word(self, start: int) -> Node:
        found = _WORD.match(self.text, start)
        word = found.group() if found else ""
        if word in _WORDS:
            self.at = start + len(word)
            return leaf(_WORDS[word], self.span(start))
        if word:
            rest = re.split(r"[,\n}\]]|//", self.text[start:])[0].strip()
            hint = {"True": "Write true", "False": "Write false", "None": "Write null"}.get(word, f'Write "{rest}"')
            raise self.wrong(start, f"Text needs quotes: {rest}", hint, start + len(rest))
        if self.text[start : start + 1] == "'":
            raise self.wrong(start, "JSON has no single quotes", 'Write it with "')
        if self.text.startswith("/*", start):
            raise self.wrong(start, "This comment is never closed", "Close it with */", start + 2)
        raise self.wrong(min(start, len(self.text.rstrip())), "A value is missing", 'Write it as "key": "value"')

    def string(self) -> str:
        start = self.at
        value: str
        try:
            value, self.at = scanstring(self.text, start + 1, True)
        except JSONDecodeError as e:
            if "Unterminated" in e.msg or "control character" in e.msg:
                end = self.text.find("\n", start)
                raise self.wrong(start, "A quote is never closed on this line", 'Close it with "', end) from None
            raise self.wrong(e.pos, f"{e.msg.removesuffix(' at')} in this text", "Write a backslash as \\\\") from None
        return value

    def items(self, depth: int) -> Items:
        start = self.at
        self.at += 1
        items: list[Node] = []
        while self.skip() < len(self.text) and self.text[self.at] != "]":
            items.append(self.value(depth + 1))
            self.comma(start, "[", "]")
        self.close(start, "[")
        return Items(tuple(items), self.span(start))

    def table(self, depth: int, entries: list[Entry]) -> list[Entry]:
        start = self.at
        self.at += 1
        names: set[str] = set()
        while self.skip() < len(self.text) and self.text[self.at] != "}":
            entry = self.entry(depth)
            if entry.key in names:
                self.faults.append(Fault(entry.key_span, f'"{entry.key}" is defined twice', "Keep one of the two"))
            else:
                entries.append(entry)
            names.add(entry.key)
            self.comma(start, "{", "}")
        self.close(start, "{")
        return entries

    def entry(self, depth: int) -> Entry:
        start = self.at
        if self.text[start] != '"':
            if self.text[start] == "#":
                raise self.wrong(start, "A comment starts with // in JSON", "Write // for #")
            if self.text[start] == "'":
                raise self.wrong(start, "JSON has no single quotes", 'Write it with "')
            found = _WORD.match(self.text, start)
            if found:
                raise self.wrong(start, f"A key needs quotes: {found.group()}", f'Write "{found.group()}"', found.end())
            if self.text[start] == ",":
                raise self.wrong(start, "A comma too many", "Remove it")
            raise self.wrong(start, "A key in double quotes must stand here", 'Write it as "key": "value"')
        key = self.string()
        span = self.span(start)
        if self.text[self.skip() : self.at + 1] != ":":
            raise _Wrong(Fault(span, f'"{key}" needs : and a value', 'Write it as "key": "value"'))
        self.at += 1
        self.skip()
        return Entry(key, span, self.value(depth + 1))

    def comma(self, start: int, opening: str, closing: str) -> None:
        """A comma, or the end of what was opened at `start`."""
        end = self.at
        self.skip()
        if self.text.startswith(",", self.at):
            self.at += 1
        elif self.at == len(self.text):
            self.close(start, opening)
        elif self.text[self.at] != closing:
            if self.text.startswith("/*", self.at):
                raise self.wrong(self.at, "This comment is never closed", "Close it with */", self.at + 2)
            if self.text[self.at] in "]}":
                raise self.wrong(self.at, f"{self.text[self.at]} closes what {opening} opened", f"Write {closing}")
            raise self.wrong(max(end - 1, 0), "A comma is missing after this value", "Add a comma")

    def close(self, start: int, opening: str) -> None:
        if self.at >= len(self.text):
            raise self.wrong(start, f"This {opening} is never closed", f"Add {'}' if opening == '{' else ']'}")
        self.at += 1

    def skip(self) -> int:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def wrong(self, at: int, message: str, hint: str = "", end: int = -1) -> _Wrong:
        stop = end if end > at else at + 1
        return _Wrong(Fault(span_of(self.text, self.starts, at, stop), message, hint))

    def span(self, start: int) -> Span:
        return span_of(self.text, self.starts, start, self.at)


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 1000 else float(text)
