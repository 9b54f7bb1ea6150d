"""Records of a report that is filled with runs: what the renderers show, and what is kept."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gage.board.svg_plot import LinePlot
from gage.types.table import Table
from gage.types.values import JSONValue


class TextItem(NamedTuple):
    """A sentence: not Markdown. `style` "note" is less important, "title" is a heading of what follows."""

    text: str
    style: Literal["plain", "note", "title"] = "plain"


class FactsItem(NamedTuple):
    """Titles and what is said under each."""

    facts: tuple[tuple[str, str], ...]


class TableItem(NamedTuple):
    """A table. `texts` are what its cells show, if they have formats of their own; empty otherwise."""

    table: Table
    texts: tuple[tuple[JSONValue, ...], ...] = ()


class PlotItem(NamedTuple):
    """A plot."""

    plot: LinePlot


class ImageItem(NamedTuple):
    """An image of a run: its name, media type (image/png) and bytes."""

    name: str
    media_type: str
    data: bytes


class CodeItem(NamedTuple):
    """Lines of a file or of output under a title; the mark of a line is "+", "-", "@" (a place) or "" (as it is)."""

    title: str
    lines: tuple[tuple[str, str], ...]


class NumberItem(NamedTuple):
    """A value that is shown large."""

    text: str
    label: str


class ErrorItem(NamedTuple):
    """What is wrong with a block: `length` characters from `column` on (from 1) of line `line`, which is `source`."""

    message: str
    hint: str
    line: int
    column: int = 0
    length: int = 0
    source: str = ""


Item = TextItem | FactsItem | TableItem | PlotItem | ImageItem | CodeItem | NumberItem | ErrorItem


class ReportBlock(NamedTuple):
    """A block with its data. `key` is its text, by which data that was kept is found again; `runs` are the IDs of the
    runs that it read.
    """

    key: str
    kind: str
    id: str
    items: tuple[Item, ...]
    caption: str = ""
    runs: tuple[str, ...] = ()


class InlineText(NamedTuple):
    """What an inline value says, and the IDs of the runs that it read."""

    text: str
    runs: tuple[str, ...] = ()


class ReportText(NamedTuple):
    """Markdown that is safe to show, with the values that stand in it."""

    markdown: str


class RunMention(NamedTuple):
    """A run that a report read."""

    id: str
    name: str


class Report(NamedTuple):
    """A report with its data: everything that is shown. `made` is when its data was read, in µs since the epoch."""

    name: str
    title: str
    parts: tuple[ReportText | ReportBlock, ...]
    values: Mapping[str, InlineText]
    runs: tuple[RunMention, ...]
    made: int
    problems: tuple[ErrorItem, ...] = ()

    @property
    def blocks(self) -> tuple[ReportBlock, ...]:
        """The blocks."""
        return tuple(part for part in self.parts if isinstance(part, ReportBlock))

    @property
    def errors(self) -> tuple[ErrorItem, ...]:
        """All that is wrong: in the front matter and in blocks, in their order."""
        wrong = (item for block in self.blocks for item in block.items if isinstance(item, ErrorItem))
        return (*self.problems, *wrong)
