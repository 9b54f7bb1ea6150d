"""Prints a report in a terminal: text in the style of help pages, tables and plots in that of commands."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from gage.board.axis import AxisKind, format_ticks
from gage.board.formatting import format_size
from gage.board.svg_plot import LinePlot
from gage.cli.command_index import MAX_HELP_WIDTH
from gage.cli.render import terminal
from gage.cli.render.help_pages import MarkdownBlock, render_blocks
from gage.cli.render.plot import Curve, draw_plot
from gage.report.html_output import describe_origin
from gage.report.items import (
    CodeItem,
    FactsItem,
    ImageItem,
    Item,
    NumberItem,
    PlotItem,
    Report,
    ReportBlock,
    ReportText,
    TableItem,
    TextItem,
)
from gage.report.markdown_html import build_parser
from gage.report.render_error import format_error_lines
from gage.report.source import ErrorItem
from gage.report.table_text import format_table
from gage.types.table import Column

if TYPE_CHECKING:
    from markdown_it.token import Token

PLOT_HEIGHT = 22
MAX_CURVES = 8
NESTED = "\u00a0\u00a0"
BACKTICK = "\ue000"
"""Stands for a backtick of the text, since a block of a help page marks code with backticks."""
TEXT_STYLES = {"title": "bold", "note": "dim", "plain": ""}
CODE_COLORS = {"+": "green", "-": "red", "@": "dim", "": ""}


def print_report(report: Report) -> None:
    """Prints a report to standard output."""
    if not report.starts_with_heading:
        _print_lines([terminal.paint(terminal.escape(report.title), "bold")])
    for problem in report.problems:
        _print_item(problem)
    for is_number, group in groupby(report.parts, key=lambda part: isinstance(part, ReportBlock) and part.is_number):
        if is_number:
            _print_numbers([part for part in group if isinstance(part, ReportBlock)])
            continue
        for part in group:
            if isinstance(part, ReportText):
                _print_markdown(part.markdown)
            else:
                _print_block(part)
    terminal.print_stdout(terminal.paint(terminal.escape(describe_origin(report)), "dim"))


def _print_lines(lines: Sequence[str]) -> None:
    """Prints lines, and an empty line after them."""
    for line in lines:
        terminal.print_stdout(line.rstrip())
    if lines:
        terminal.print_stdout()


def _print_numbers(blocks: Sequence[ReportBlock]) -> None:
    numbers = [item for block in blocks for item in block.items if isinstance(item, NumberItem)]
    width = max(terminal.display_width(terminal.escape(number.text)) for number in numbers)
    for number in numbers:
        text = terminal.escape(number.text)
        pad = " " * (width - terminal.display_width(text))
        terminal.print_stdout(f"  {pad}{terminal.paint(text, 'bold')}  {terminal.escape(number.label)}")
    terminal.print_stdout()


def _print_block(block: ReportBlock) -> None:
    for is_text, group in groupby(block.items, key=lambda item: isinstance(item, TextItem)):
        if is_text:
            _print_lines([line for item in group for line in _format_text(item)])
        else:
            for item in group:
                _print_item(item)
    if block.caption:
        _print_lines(_wrap(block.caption, "dim"))


def _print_item(item: Item) -> None:
    match item:
        case TextItem():
            _print_lines(_format_text(item))
        case FactsItem(facts):
            width = max((len(title) for title, _ in facts), default=0) + terminal.COLUMN_GAP
            shown = {title: "\n".join(textwrap.wrap(text, max(_measure_width() - width, 20))) for title, text in facts}
            terminal.print_facts(shown, style="bold")
            terminal.print_stdout()
        case TableItem():
            terminal.print_table(*format_table(item))
            terminal.print_stdout()
        case PlotItem(plot):
            _print_plot(plot)
        case ImageItem(name, media_type, data):
            _print_lines([f"[{terminal.escape(name)}: {media_type}, {format_size(len(data))}]"])
        case CodeItem(title, lines):
            terminal.print_stdout(terminal.escape(title))
            _print_lines([f"  {_format_code(mark, text)}" for mark, text in lines])
        case NumberItem(text, label):
            _print_lines([f"{terminal.paint(terminal.escape(text), 'bold')}  {terminal.escape(label)}"])
        case ErrorItem():
            _print_lines([terminal.paint(line, "red") for line in format_error_lines(item)])


def _format_text(item: Item) -> list[str]:
    return _wrap(item.text, TEXT_STYLES[item.style]) if isinstance(item, TextItem) else []


def _measure_width() -> int:
    return min(terminal.detect_width() or MAX_HELP_WIDTH, MAX_HELP_WIDTH)


def _wrap(text: str, style: str) -> list[str]:
    lines = textwrap.wrap(terminal.escape(text), _measure_width(), break_on_hyphens=False)
    return [terminal.paint(line, style) for line in lines]


def _format_code(mark: str, text: str) -> str:
    shown = terminal.escape(text.replace("\t", "    "))
    width = terminal.detect_width()
    line = f"{mark} {shown}" if mark else f"  {shown}"
    return terminal.paint(line if width is None else terminal.truncate(line, width - 2), CODE_COLORS[mark])


def _print_plot(plot: LinePlot) -> None:
    """Prints a plot with its first `MAX_CURVES` lines."""
    curves = [Curve(line.name, line.xs, line.ys) for line in plot.lines[:MAX_CURVES]]
    kind: AxisKind = plot.x_kind
    terminal.print_stdout(terminal.paint(terminal.escape(plot.title), "bold"))
    width = terminal.detect_width() or MAX_HELP_WIDTH
    try:
        is_whole = kind == "number"
        lines = draw_plot(curves, width, PLOT_HEIGHT, plot.log, lambda x: format_ticks([x], kind)[0], whole=is_whole)
    except ValueError as e:
        lines = [str(e).capitalize()]
    more = len(plot.lines) - len(curves)
    note = [terminal.paint(f"{more:,} more lines are not shown here", "dim")] if more > 0 else []
    _print_lines([*lines, *note])


def _print_markdown(text: str) -> None:
    """Prints Markdown, with its tables in the style of commands."""
    for is_table, group in groupby(parse_markdown_blocks(text), key=lambda block: block.kind == "row"):
        if is_table:
            head, *rows = (block.cells for block in group)
            plain = [[_restore(cell) for cell in row] for row in rows]
            terminal.print_table([Column(title, _restore(title)) for title in head], plain)
            terminal.print_stdout()
        else:
            _print_lines(render_blocks(list(group)).replace(BACKTICK, "`").split("\n"))


def _restore(text: str) -> str:
    """Returns the text of a cell without the backticks that mark code."""
    return text.replace("`", "").replace(BACKTICK, "`")


def parse_markdown_blocks(text: str) -> Iterator[MarkdownBlock]:
    """Yields the blocks of Markdown as those of help pages. A blank block follows each one but items and rows."""
    lists: list[str] = []
    counts: list[int] = []
    tokens = build_parser().parse(text)
    for at, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(token.type)
                counts.append(int(token.attrs.get("start", 1)) - 1)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                counts.pop()
                if not lists:
                    yield MarkdownBlock("blank", "")
            case "list_item_open":
                counts[-1] += 1
            case "fence" | "code_block":
                yield from (MarkdownBlock("code", terminal.escape(line)) for line in token.content.rstrip().split("\n"))
                yield MarkdownBlock("blank", "")
            case "inline":
                yield from _convert_inline(tokens[at - 1].type, token, lists, counts)
            case "tr_open":
                cells = [_format_inline(each) for each in _take_cells(tokens, at)]
                yield MarkdownBlock("row", "", tuple(cells))
            case "hr":
                yield MarkdownBlock("text", "─" * 20)
                yield MarkdownBlock("blank", "")


def _convert_inline(parent: str, token: "Token", lists: list[str], counts: list[int]) -> Iterator[MarkdownBlock]:
    if parent in ("th_open", "td_open"):
        return
    text = _format_inline(token)
    if parent == "heading_open":
        yield MarkdownBlock("heading", text)
        yield MarkdownBlock("blank", "")
    elif lists:
        mark = "-" if lists[-1] == "bullet_list_open" else f"{counts[-1]}."
        yield MarkdownBlock("item", f"{NESTED * (len(lists) - 1)}{mark} {text}")
    else:
        yield MarkdownBlock("text", text)
        yield MarkdownBlock("blank", "")


def _take_cells(tokens: "Sequence[Token]", at: int) -> "Iterator[Token]":
    """Yields the contents of the cells of a row that starts at `at`."""
    for token in tokens[at + 1 :]:
        if token.type == "tr_close":
            return
        if token.type == "inline":
            yield token


def _format_inline(token: "Token") -> str:
    """Returns a paragraph on one line: code in backticks, links with their targets."""
    parts = []
    target = ""
    for child in token.children or ():
        match child.type:
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "code_inline":
                parts.append(f"`{terminal.escape(child.content).replace('`', BACKTICK)}`")
            case "link_open":
                target = str(child.attrs.get("href", ""))
            case "link_close":
                parts.append(f" ({terminal.escape(target)})" if target and parts[-1:] != [target] else "")
            case _:
                parts.append(terminal.escape(child.content).replace("`", BACKTICK))
    return "".join(parts)
