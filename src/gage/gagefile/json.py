"""JSON with comments and trailing commas, with positions. It is read on after a fault, where that can be done."""

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

from gage.gagefile import json_faults as told
from gage.gagefile.lexical_checks import odd
from gage.gagefile.node import Entry, Items, Node, Parsed, Table, leaf
from gage.gagefile.toml import span_of
from gage.types.opdef import Diagnostic, Span

_SPACE = re.compile(r"(?:[ \t\r\n\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?(?![0-9A-Za-z_.])")
_WORD = re.compile(r"[^\s,\[\]{}:\"'/=;]+")
_WORDS = {"true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf")}
_SINGLE = re.compile(r"'((?:[^'\\\n]|\\.)*)'|[“”„]([^“”„\"\n]*)[“”\"]")
_RAW = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
MAX_DEPTH = 200
MOST = 50
"""Faults that are told of one file."""


def parse(text: str) -> Parsed:
    """Parse JSON `text`, whose top must be an object; an empty text is an empty table."""
    parsed, unclosed = _parse(text, False)
    return _parse(text, True)[0] if unclosed else parsed


def _parse(text: str, by_columns: bool) -> tuple[Parsed, bool]:
    """What is read, and whether a brace was open at the end. `by_columns`: a key below the first keys of the file
    starts an operation, whatever is open.
    """
    reader = _Reader(text, by_columns)
    entries: list[Entry] = []
    try:
        reader.document(entries)
    except _Wrong as e:
        reader.faults.append(e.fault)
    parsed = Parsed(Table(tuple(entries), Span(1, 1, 0)), tuple(reader.faults), frozenset(reader.broken))
    return parsed, reader.is_unclosed


class _Wrong(Exception):
    def __init__(self, fault: Diagnostic) -> None:
        super().__init__(fault.message)
        self.fault = fault


class _Reader:
    """What is wrong is put into `faults` and read as it was meant, or raised where that cannot be told."""

    def __init__(self, text: str, by_columns: bool) -> None:
        self.text = text
        self.by_columns = by_columns
        self.is_unclosed = False
        self.at = 0
        self.starts = [0] + [m.end() for m in re.finditer("\n", text)]
        self.faults: list[Diagnostic] = []
        self.broken: set[str] = set()
        self.top = ""
        self.indent: str | None = None

    def document(self, entries: list[Entry]) -> None:
        if self.skip() == len(self.text):
            return
        if self.text[self.at] != "{":
            raise self.wrong(self.at, *told.top(self.text, self.at))
        self.operations(entries)
        if self.skip() < len(self.text) and not self.broken:
            if self.text.startswith("/*", self.at):
                raise self.wrong(self.at, "This comment is never closed", "Close it with */", self.at + 2)
            raise self.wrong(self.at, "Something follows the end of the file's object", "Remove it")

    def operations(self, entries: list[Entry]) -> None:
        """The entries of the top: after one that cannot be read, the next that stands in the same column."""
        start, names = self.at, set[str]()
        self.at += 1
        while self.more("}"):
            begin = self.at
            self.indent = self.before(begin)
            try:
                self.add(self.entry(1), entries, names)
                top, self.top = self.top, ""
                self.comma(start, "{", "}")
                self.top = top
            except _Wrong as e:
                self.faults.append(e.fault)
                self.broken.add(self.top)
                following = self.following(begin)
                if following is None:
                    return
                self.at = following
        self.close(start, "{")

    def starts_operation(self) -> bool:
        return self.by_columns and self.indent is not None and self.before(self.at) == self.indent

    def before(self, at: int) -> str | None:
        """What stands in front on its line, where that is nothing but spaces."""
        line = self.text[self.text.rfind("\n", 0, at) + 1 : at]
        return None if line.strip() else line

    def following(self, begin: int) -> int | None:
        if self.indent is None or len(self.faults) > MOST:
            return None
        found = re.compile(rf'\n{self.indent}(?=")').search(self.text, max(begin, self.at - 1))
        return found.end() if found else None

    def value(self, depth: int) -> Node:
        start = self.at
        char = self.text[start : start + 1]
        if depth > MAX_DEPTH:
            raise self.wrong(start, "Lists or objects are nested too deeply", "Write it flatter")
        if char == "{":
            return Table(tuple(self.table(depth, [])), self.span(start))
        if char == "[":
            return self.items(depth)
        if self.text.startswith('"""', start):
            raise self.wrong(
                start, "JSON has no triple quotes", "Write it in one pair, with \\n for a new line", start + 3
            )
        if char == '"':
            return leaf(self.string(), self.span(start))
        number = _NUMBER.match(self.text, start)
        if number:
            self.at = number.end()
            is_float = number.group(1) or number.group(2)
            return leaf((float if is_float else _whole)(number.group()), self.span(start))
        return self.word(start)

    def word(self, start: int) -> Node:
        """`true` and its like; text without quotes, or with others, is told and read."""
        quoted = _SINGLE.match(self.text, start)
        if quoted:
            self.soft(start, *told.quote(quoted.group()), quoted.end())
            self.at = quoted.end()
            return leaf(quoted.group(1) or quoted.group(2), self.span(start))
        found = _WORD.match(self.text, start)
        word = found.group() if found else ""
        if word in _WORDS:
            self.at = start + len(word)
            return leaf(_WORDS[word], self.span(start))
        if word:
            rest = re.split(r"[,\n}\]]|//", self.text[start:])[0].strip()
            self.soft(start, *told.bare(rest), start + len(rest))
            self.at = start + len(rest)
            return leaf({"True": True, "False": False, "None": None}.get(rest, rest), self.span(start))
        if self.text.startswith("/*", start):
            raise self.wrong(start, "This comment is never closed", "Close it with */", start + 2)
        at = min(start, len(self.text.rstrip()))
        if self.text[start : start + 1] not in ("", ",", "}", "]"):
            raise self.wrong(at, *told.value(self.text, start))
        self.soft(at, *told.nothing(self.text, at))
        return leaf(None, self.span(start))

    def string(self) -> str:
        start = self.at
        value: str
        try:
            value, self.at = scanstring(self.text, start + 1, True)
        except JSONDecodeError as e:
            return self.bad_string(start, e)
        return value

    def bad_string(self, start: int, error: JSONDecodeError) -> str:
        end = self.text.find("\n", start)
        end = len(self.text) if end < 0 else end
        closed = _RAW.match(self.text, start)
        if closed and closed.end() <= end:
            self.soft(*told.in_string(self.text, error))
            self.at = closed.end()
            return closed.group(1)
        self.soft(start, *told.open_quote(self.text[start:end]), end)
        text = self.text[start + 1 : end].rstrip().rstrip("]},").rstrip()
        self.at = start + 1 + len(text)
        return text

    def items(self, depth: int) -> Items:
        start = self.at
        self.at += 1
        items: list[Node] = []
        while self.more("]"):
            items.append(self.value(depth + 1))
            self.comma(start, "[", "]")
        self.close(start, "[")
        return Items(tuple(items), self.span(start))

    def table(self, depth: int, entries: list[Entry]) -> list[Entry]:
        start, names = self.at, set[str]()
        self.at += 1
        while self.more("}"):
            if self.starts_operation():
                raise self.wrong(start, "This { is never closed", "Add }")
            self.add(self.entry(depth), entries, names)
            self.comma(start, "{", "}")
        self.close(start, "{")
        return entries

    def add(self, entry: Entry, entries: list[Entry], names: set[str]) -> None:
        if entry.key in names:
            self.faults.append(Diagnostic(entry.key_span, f'"{entry.key}" is defined twice', "Keep one of the two"))
        else:
            entries.append(entry)
        names.add(entry.key)

    def more(self, closing: str) -> bool:
        """Whether something stands before the end. Comments of other languages are told and left out."""
        while self.skip() < len(self.text) and self.text[self.at] in "#,":
            if self.text[self.at] == "#":
                self.soft(self.at, "A comment starts with // in JSON", "Write // for #")
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif closing == "]":
                break
            else:
                self.soft(self.at, "A comma too many", "Remove it")
                self.at += 1
        return self.at < len(self.text) and self.text[self.at] != closing

    def entry(self, depth: int) -> Entry:
        start = self.at
        key = self.string() if self.text[start] == '"' else self.odd_key(start)
        span = self.span(start)
        if depth == 1:
            self.top = key
            self.broken |= {key} if self.faults and self.faults[-1].span == span else set()
        if self.text[self.skip() : self.at + 1] == "=":
            self.soft(self.at, f'"{key}" needs : and a value', "Write : for =")
        elif self.text[self.at : self.at + 1] != ":":
            if ":" in key:
                raise _Wrong(Diagnostic(span, "The last quote of this key is missing", f'Write "{key.split(":")[0]}"'))
            raise _Wrong(Diagnostic(span, f'"{key}" needs : and a value', 'Write it as "key": "value"'))
        self.at += 1
        self.skip()
        return Entry(key, span, self.value(depth + 1))

    def odd_key(self, start: int) -> str:
        """A key that is not in double quotes."""
        quoted = _SINGLE.match(self.text, start)
        if quoted:
            self.at = quoted.end()
            self.soft(start, *told.quote(quoted.group()), self.at)
            return str(quoted.group(1) or quoted.group(2))
        found = _WORD.match(self.text, start)
        if not found or self.text[start] in "<>(":
            raise self.wrong(start, *told.key(self.text[start]))
        if odd(found.group()[0]) or self.text[found.end() : found.end() + 1] == '"':
            raise self.wrong(start, *told.half_key(found.group()), found.end())
        self.at = found.end()
        self.soft(start, f"A key needs quotes: {found.group()}", f'Write "{found.group()}"', self.at)
        return found.group()

    def comma(self, start: int, opening: str, closing: str) -> None:
        """A comma, or the end of what was opened at `start`."""
        end = self.at
        self.skip()
        if self.text.startswith(",", self.at):
            self.at += 1
        elif self.at == len(self.text):
            self.close(start, opening)
        elif self.text[self.at] != closing:
            char = self.text[self.at]
            if self.text.startswith("/*", self.at):
                raise self.wrong(self.at, "This comment is never closed", "Close it with */", self.at + 2)
            if char in "]}":
                raise self.wrong(self.at, f"{char} closes what {opening} opened", f"Write {closing}")
            if char == ";":
                self.soft(self.at, "A comma is missing after this value", "Write , for ;")
                self.at += 1
            elif char in "\"{[#'":
                if char != "#" and not self.starts_operation() and not self.told_of(end):
                    self.soft(max(end - 1, 0), "A comma is missing after this value", "Add a comma")
            else:
                raise self.wrong(*told.after_value(self.text, end, self.at))

    def close(self, start: int, opening: str) -> None:
        if self.at >= len(self.text):
            self.is_unclosed = not self.by_columns
            raise self.wrong(start, f"This {opening} is never closed", f"Add {'}' if opening == '{' else ']'}")
        self.at += 1

    def told_of(self, at: int) -> bool:
        """Whether something is wrong on this line already."""
        line = self.text.count("\n", 0, at) + 1
        return bool(self.faults) and self.faults[-1].span.line == line

    def skip(self) -> int:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def soft(self, at: int, message: str, hint: str = "", end: int = -1) -> None:
        """Tell what is wrong, and go on: what is at the top around it is broken."""
        wrong = self.wrong(at, message, hint, end)
        if len(self.faults) > MOST:
            raise wrong
        if not told.is_one_mistake(message) or all(f.message != message for f in self.faults):
            self.faults.append(wrong.fault)
        self.broken |= {self.top} if self.top else set()

    def wrong(self, at: int, message: str, hint: str = "", end: int = -1) -> _Wrong:
        stop = end if end > at else at + 1
        return _Wrong(Diagnostic(span_of(self.text, self.starts, at, stop), message, hint))

    def span(self, start: int) -> Span:
        return span_of(self.text, self.starts, start, self.at)


def _whole(text: str) -> int | float:
    return int(text) if len(text) < 1000 else float(text)
