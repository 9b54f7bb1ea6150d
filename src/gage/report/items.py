"""Defines a report with the data of its runs, which renderers show and `report_json` stores."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gage.board.svg_plot import LinePlot
from gage.report.source import ErrorItem
from gage.types.table import Table
from gage.types.values import JSONValue

LINE_MARKS = ("+", "-", "@", "")
"""Marks of lines of code: added, removed, a line number or gap, and none."""


class TextItem(NamedTuple):
    """Plain text, not Markdown. The style "note" is for less important text, "title" for the heading of later items."""

    text: str
    style: Literal["plain", "note", "title"] = "plain"


class FactsItem(NamedTuple):
    """Pairs of a title and a text."""

    facts: tuple[tuple[str, str], ...]


class TableItem(NamedTuple):
    """A table. `texts` are its cells as text if the block sets their format; empty otherwise."""

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
    """Lines of a file or of output under a title, each with one of `LINE_MARKS`."""

    title: str
    lines: tuple[tuple[str, str], ...]


class NumberItem(NamedTuple):
    """A value in large type, and its label."""

    text: str
    label: str


Item = TextItem | FactsItem | TableItem | PlotItem | ImageItem | CodeItem | NumberItem | ErrorItem


class ReportBlock(NamedTuple):
    """A block with its data. `key` is the text of the block, by which a frozen report finds its stored data; `runs` are
    the IDs of the runs that the block read.
    """

    key: str
    kind: str
    id: str
    items: tuple[Item, ...]
    caption: str = ""
    runs: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """True if the block shows only a value in large type. Adjacent blocks of this kind share a row."""
        return all(isinstance(item, NumberItem) for item in self.items)


class InlineText(NamedTuple):
    """The text of an inline value, and the IDs of the runs that it read."""

    text: str
    runs: tuple[str, ...] = ()


class ReportText(NamedTuple):
    """Safe Markdown, with its inline values filled in."""

    markdown: str


class RunMention(NamedTuple):
    """A run that a report read."""

    id: str
    name: str


class Report(NamedTuple):
    """A report with its data. `made` is the time at which the data was read, in µs since the epoch; `problems` are the
    errors of the front matter and of inline values.
    """

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
    def starts_with_heading(self) -> bool:
        """True if the text starts with a heading of the first level, which replaces the title."""
        first = self.parts[0] if self.parts else None
        return isinstance(first, ReportText) and first.markdown.lstrip().startswith("# ")

    @property
    def errors(self) -> tuple[ErrorItem, ...]:
        """The errors of the front matter and of inline values, then those of blocks."""
        wrong = (item for block in self.blocks for item in block.items if isinstance(item, ErrorItem))
        return (*self.problems, *wrong)
