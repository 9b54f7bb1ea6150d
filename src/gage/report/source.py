"""Records of the text of a report, before it is filled with runs."""

from typing import NamedTuple


class ReportDiagnostic(NamedTuple):
    """What is wrong with the text of a report: `length` characters from `column` on (from 1) of line `line` (from 1),
    which is `text`.
    """

    line: int
    column: int
    length: int
    text: str
    message: str
    hint: str = ""


class BlockSettings(NamedTuple):
    """The settings of a block, by the names of its keys; each kind of block has some of them."""

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
    """What a report says about itself: its title, the filter of its runs, whether data that was kept is used again."""

    title: str = ""
    runs: str = ""
    freeze: bool = False


class MarkdownPart(NamedTuple):
    """A piece of Markdown that starts on line `line`."""

    text: str
    line: int


class BlockPart(NamedTuple):
    """A block. `text` is its kind and settings as they are written, by which data that was kept is found again."""

    kind: str
    id: str
    settings: BlockSettings
    line: int
    text: str


class WrongPart(NamedTuple):
    """A block that cannot be read."""

    kind: str
    id: str
    diagnostic: ReportDiagnostic


SourcePart = MarkdownPart | BlockPart | WrongPart


class ReportSource(NamedTuple):
    """A report as it is written. `problems` are those of its front matter."""

    front: FrontMatter
    parts: tuple[SourcePart, ...]
    problems: tuple[ReportDiagnostic, ...] = ()
