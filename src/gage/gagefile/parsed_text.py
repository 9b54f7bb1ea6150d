"""The text of a Gage file after parsing: its values with their places. Knows nothing of what the values mean."""

from bisect import bisect_right
from typing import NamedTuple

from gage.formats.spans import ScanError, ValueNode, find_line_starts
from gage.types.opdef import Diagnostic, Span

MAX_VALUES = 100_000
"""More values than any Gage file has. What YAML aliases multiply counts as well."""


class ParsedText(NamedTuple):
    """A parsed text: the table at its top (None if nothing could be read), and what is wrong with it as a text.

    `text` is what the offsets of `root` refer to. An entry of `root` that a diagnostic disables is incomplete.
    """

    text: str
    root: ValueNode | None
    diagnostics: tuple[Diagnostic, ...] = ()


class TextPositions:
    """Turns offsets of a text into spans."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.line_starts = find_line_starts(text)

    def line(self, offset: int) -> int:
        """Returns the line of an offset, from 1."""
        return bisect_right(self.line_starts, offset)

    def span(self, start: int, end: int) -> Span:
        """Returns the span of `text[start:end]`. It ends at the end of its first line."""
        line = self.line(start)
        newline = self.text.find("\n", start, end)
        length = (newline if newline >= 0 else end) - start
        return Span(line, start - self.line_starts[line - 1] + 1, max(1, length))

    def node_span(self, node: ValueNode) -> Span:
        """Returns the span of a value; that of its key, or of its first value, for one that spans several lines."""
        if node.start >= 0 and not node.style.startswith("block"):
            return self.span(node.start, node.end)
        if node.key[0] < 0 and node.children:
            first = node.children[0][1]
            return self.span(*first.key) if first.key[0] >= 0 else self.node_span(first)
        return self.span(max(0, node.key[0]), max(0, node.key[1]))


def describe_scan_error(text: str, error: ScanError) -> Diagnostic:
    """Returns the diagnostic for something in a text that no Gage file can have."""
    hint = "Reduce the nesting" if "nested" in error.message else ""
    return Diagnostic(TextPositions(text).span(error.offset, error.offset + 1), error.message, hint)


def find_top_key(root: ValueNode | None, text: str, line: int) -> str:
    """Returns the key at the top that `line` belongs to: the last that starts on it or before; "" for none."""
    positions = TextPositions(text)
    starts = [(child.key[0], key) for key, child in (root.children if root else ()) if child.key[0] >= 0]
    before = [(start, key) for start, key in starts if positions.line(start) <= line]
    return max(before)[1] if before else ""
