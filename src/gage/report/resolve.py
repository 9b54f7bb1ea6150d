"""Adds the data of runs to a report: `ReportSource` → `Report`. The result contains the errors of blocks."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gage.lib import times
from gage.report.items import InlineText, Item, Report, ReportBlock, ReportText, RunMention, TextItem
from gage.report.parse_settings import remove_caret, remove_option
from gage.report.resolve_board import resolve_board
from gage.report.resolve_comparisons import resolve_best, resolve_comparison, resolve_diff
from gage.report.resolve_files import resolve_images, resolve_output
from gage.report.resolve_pivot import resolve_pivot
from gage.report.resolve_plot import resolve_plot
from gage.report.resolve_tables import resolve_table
from gage.report.resolve_values import resolve_inline, resolve_number
from gage.report.run_query import NothingToShow, RunQuery
from gage.report.safe_markdown import INLINE, fill_markdown
from gage.report.source import BlockPart, BlockSettings, ErrorItem, MarkdownPart, ReportSource, WrongPart
from gage.types.errors import GageError

Resolver = Callable[[BlockSettings, RunQuery], tuple[Item, ...]]

RESOLVERS: Mapping[str, Resolver] = {
    "table": resolve_table,
    "pivot": resolve_pivot,
    "plot": resolve_plot,
    "best": resolve_best,
    "board": resolve_board,
    "compare": resolve_comparison,
    "diff": resolve_diff,
    "value": resolve_number,
    "image": resolve_images,
    "output": resolve_output,
}


NO_VALUE = "–"
"""Text of an inline value if there are no runs."""


class FrozenData(NamedTuple):
    """The stored data of a report: blocks and inline values by their text, names of runs by ID, and the time at which
    the data was read, in µs since the epoch.
    """

    blocks: Mapping[str, ReportBlock]
    values: Mapping[str, InlineText]
    names: Mapping[str, str]
    made: int


def resolve_report(source: ReportSource, name: str, query: RunQuery, frozen: FrozenData | None = None) -> Report:
    """Returns the report with its data. Takes blocks and values from `frozen` if it has them."""
    resolver = _ReportResolver(source, query, frozen)
    parts = tuple(map(resolver.resolve_part, source.parts))
    title = source.front.title or _find_heading(source) or name
    problems = (*source.problems, *resolver.problems)
    return Report(name, title, parts, resolver.values, tuple(resolver.mentions.values()), resolver.made, problems)


def _find_heading(source: ReportSource) -> str:
    """Returns the heading at the start of a report, "" if there is none."""
    first = source.parts[0] if source.parts else None
    line = first.text.lstrip("\n").partition("\n")[0] if isinstance(first, MarkdownPart) else ""
    return line[2:].strip() if line.startswith("# ") and not INLINE.search(line) else ""


class _ReportResolver:
    """Resolves parts one by one; collects the runs, values and errors of all."""

    def __init__(self, source: ReportSource, query: RunQuery, frozen: FrozenData | None) -> None:
        self._query = query
        self._frozen = frozen
        self._has_wrong_front = bool(source.problems)
        self.mentions: dict[str, RunMention] = {}
        self.values: dict[str, InlineText] = {}
        self.problems: list[ErrorItem] = []
        self.made = frozen.made if frozen is not None else times.now_us()

    def resolve_part(self, part: MarkdownPart | BlockPart | WrongPart) -> ReportText | ReportBlock:
        if isinstance(part, MarkdownPart):
            return ReportText(fill_markdown(part.text, lambda text, line: self._fill(text, part.line + line)))
        if isinstance(part, WrongPart):
            return ReportBlock("", part.kind, part.id, (part.error,))
        if self._frozen is not None and part.text in self._frozen.blocks:
            block = self._frozen.blocks[part.text]
            self._mention_frozen(block.runs)
            return block._replace(id=part.id)
        return self._resolve_block(part)

    def _resolve_block(self, part: BlockPart) -> ReportBlock:
        if self._has_wrong_front:
            items: tuple[Item, ...] = (TextItem("Left out because of the error in the front matter", "note"),)
            return ReportBlock("", part.kind, part.id, items)
        self._query.start_block()
        known = len(self._query.notes)
        try:
            items = RESOLVERS[part.kind](part.settings, self._query)
        except NothingToShow as error:
            items = (TextItem(error.message, "note"),)
        except GageError as error:
            items = (_convert_error(error, part),)
        items = (*items, *(TextItem(note, "note") for note in self._query.notes[known:]))
        ids = self._mention_used()
        caption = "" if part.kind == "value" else part.settings.caption
        return ReportBlock(part.text, part.kind, part.id, items, caption, ids)

    def _fill(self, text: str, line: int) -> str:
        """Returns the text of an inline value. For a wrong one, returns its error and adds it to `problems`."""
        if self._has_wrong_front:
            return NO_VALUE
        if self._frozen is not None and text in self._frozen.values:
            self.values[text] = self._frozen.values[text]
            self._mention_frozen(self.values[text].runs)
        elif text not in self.values:
            self._query.start_block()
            try:
                found = resolve_inline(text, self._query)
            except NothingToShow:
                found = NO_VALUE
            except GageError as error:
                message = remove_caret(error.message)
                self.problems.append(ErrorItem(message, error.hint, line, source=f"{{gage: {text}}}"))
                return f"[error: {message}]"
            self.values[text] = InlineText(found, self._mention_used())
        return self.values[text].text

    def _mention_used(self) -> tuple[str, ...]:
        self.mentions.update((run.id, RunMention(run.id, run.name)) for run in self._query.used_runs)
        return tuple(run.id for run in self._query.used_runs)

    def _mention_frozen(self, ids: tuple[str, ...]) -> None:
        names = self._frozen.names if self._frozen is not None else {}
        self.mentions.update((id, RunMention(id, names.get(id, ""))) for id in ids if id not in self.mentions)


def _convert_error(error: GageError, part: BlockPart) -> ErrorItem:
    message, hint = remove_caret(error.message), remove_option(error.hint)
    return ErrorItem(message, hint, part.line, source=f"gage {part.kind}")
