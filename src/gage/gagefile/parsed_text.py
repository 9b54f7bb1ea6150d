"""The text of a Gage file or board after parsing: values and their places. Knows nothing of what the values mean."""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from gage.formats.spans import ScanError, ValueNode, find_line_starts
from gage.types.opdef import Diagnostic, Span

MAX_VALUES = 100_000
"""More values than any Gage file has. What YAML aliases multiply counts as well."""

ValuePath = tuple[str | int, ...]
"""The keys and list indices that lead from the top of a file to a value."""


class DocumentKind(NamedTuple):
    """A kind of file, for messages about its whole text: its name, what it contains, and how to write that."""

    name: str
    content: str
    json_example: str
    yaml_hint: str


GAGEFILE = DocumentKind(
    "Gage file", "operations", '{"name": {"exec": "..."}}', "Write it as name: and its settings below"
)
BOARD_FILE = DocumentKind("board", "settings", '{"columns": ["name", "loss"]}', "Write each as name: value")


class DateText(str):
    """A date or time of TOML, as it is written."""


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


class ParsedText:
    """A parsed text: the values at its top (None if nothing could be read), and what is wrong with it as a text.

    `text` is what spans refer to. An entry at the top that a diagnostic disables is incomplete. Of TOML, which has no
    `root`, the places are looked up when the first of them is needed.
    """

    def __init__(
        self,
        text: str,
        values: Mapping[str, object] | None,
        diagnostics: tuple[Diagnostic, ...] = (),
        root: ValueNode | None = None,
    ) -> None:
        self.text, self.values, self.diagnostics = text, values, diagnostics
        self._root = root

    @classmethod
    def from_nodes(cls, text: str, root: ValueNode, diagnostics: tuple[Diagnostic, ...] = ()) -> "ParsedText":
        """Returns the parsed text of a table's node."""
        return cls(text, {key: node.value for key, node in root.children}, diagnostics, root)

    @cached_property
    def root(self) -> ValueNode:
        """The node of the table at the top."""
        from gage.formats import toml

        return self._root or toml.scan(self.text)

    @cached_property
    def positions(self) -> TextPositions:
        """The positions in the text."""
        return TextPositions(self.text)

    def find_span(self, path: ValuePath, is_key: bool = False) -> Span:
        """Returns the span of a value, or that of its key."""
        node = self._find_node(path)
        return self.positions.span(*node.key) if is_key else self.positions.node_span(node)

    def _find_node(self, path: ValuePath) -> ValueNode:
        node = self.root
        for key in path:
            node = dict(node.children)[str(key)]
        return node

    def find_inner_span(self, path: ValuePath, text: str, at: int) -> Span:
        """Returns the span of the character `at` in the value `text`. If the file writes the text in another way, such
        as with escapes, returns the span of the whole value.
        """
        node = self._find_node(path)
        start = self.text.find(text, max(node.start, 0), max(node.end, 0))
        return self.find_span(path) if start < 0 else self.positions.span(start + at, start + at + 1)

    def find_top_key(self, line: int) -> str:
        """Returns the key at the top that `line` belongs to: the last that starts on it or before; "" for none."""
        starts = [(child.key[0], key) for key, child in self.root.children]
        before = [(start, key) for start, key in starts if start >= 0 and self.positions.line(start) <= line]
        return max(before, default=(0, ""))[1]


def describe_scan_error(text: str, error: ScanError) -> Diagnostic:
    """Returns the diagnostic for something in a text that is not accepted."""
    hint = "Reduce the nesting" if "nested" in error.message else ""
    return Diagnostic(TextPositions(text).span(error.offset, error.offset + 1), error.message, hint)
