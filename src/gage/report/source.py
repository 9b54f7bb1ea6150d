"""Defines a parsed report, which has no data of runs yet."""

from typing import NamedTuple


class ErrorItem(NamedTuple):
    """An error in a report, at `length` characters from `column` on, in line `line` with the text `source`. Lines and
    columns count from 1; 0 = not known.
    """

    message: str
    hint: str
    line: int
    column: int = 0
    length: int = 0
    source: str = ""


class BlockSettings(NamedTuple):
    """The settings of a block: a field for each key. A kind of block uses only some of them."""

    where: str = ""
    sort: tuple[str, ...] = ()
    limit: int | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    cols: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    value: str = ""
    metric: str = ""
    direction: str = ""
    per: str = ""
    x: str = "step"
    y: tuple[str, ...] = ()
    group: str = ""
    smooth: float = 0.0
    log: bool = False
    baseline: str = ""
    a: str = ""
    b: str = ""
    run: str = "latest"
    runs: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    path: str = ""
    lines: int | None = None
    board: str = ""
    caption: str = ""
    format: str = ""


class FrontMatter(NamedTuple):
    """The front matter: title, filter of runs, and whether the report reuses the data of its last run."""

    title: str = ""
    runs: str = ""
    freeze: bool = False


class MarkdownPart(NamedTuple):
    """A piece of Markdown that starts on line `line`."""

    text: str
    line: int


class BlockPart(NamedTuple):
    """A valid block. `text` is its kind and the lines of its settings, by which a frozen report finds its data."""

    kind: str
    id: str
    settings: BlockSettings
    line: int
    text: str


class WrongPart(NamedTuple):
    """A block with an error."""

    kind: str
    id: str
    error: ErrorItem


SourcePart = MarkdownPart | BlockPart | WrongPart


class ReportSource(NamedTuple):
    """A parsed report. `problems` are the errors of its front matter."""

    front: FrontMatter
    parts: tuple[SourcePart, ...]
    problems: tuple[ErrorItem, ...] = ()
