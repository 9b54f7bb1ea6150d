"""Renders a report as one self-contained HTML page, which loads nothing and runs no script of the report."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from gage import __version__
from gage.board.formatting import format_count
from gage.board.html.elements import Markup, escape_html, render_table
from gage.board.html.page import render_page
from gage.board.svg_plot import build_plot_css, draw_svg
from gage.lib import times
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
from gage.report.markdown_html import render_markdown_html
from gage.report.render_error import format_error_lines
from gage.report.source import ErrorItem
from gage.report.table_text import format_table

PLOT_SIZES = {"wide": (760, 300), "narrow": (366, 240)}
"""Sizes of a plot for desktops and for phones, where the text of a scaled plot would be too small."""
MARKS = {"+": "add", "-": "cut", "@": "place"}
"""Mark of a line → CSS class."""


def render_html_report(report: Report) -> str:
    """Returns a report as a page."""
    style = build_plot_css() + Path(__file__).with_name("report.css").read_text("utf-8")
    parts = [_render_error(problem) for problem in report.problems]
    for is_number, group in groupby(report.parts, key=lambda part: isinstance(part, ReportBlock) and part.is_number):
        rendered = [_render_part(part, report.title) for part in group]
        parts += [_wrap("numbers", rendered)] if is_number else rendered
    parts.append(_render_runs(report))
    body = Markup(f'<article class="report">{"".join(parts)}</article>')
    return render_page(report.title, [body], footer=describe_origin(report), style=style)


def describe_origin(report: Report) -> str:
    """Returns the name of a report, the number of its runs, and the time at which their data was read."""
    when = times.format_iso(report.made)[:16].replace("T", " ")
    return f"{report.name}: {format_count(len(report.runs), 'run')}, {when}, Gage {__version__}"


def _wrap(name: str, parts: Iterable[Markup]) -> Markup:
    return Markup(f'<div class="{name}">{"".join(parts)}</div>')


def _render_part(part: ReportText | ReportBlock, title: str) -> Markup:
    if isinstance(part, ReportText):
        return render_markdown_html(_drop_title(part.markdown, title))
    caption = f"<figcaption>{escape_html(part.caption)}</figcaption>" if part.caption else ""
    id = f' id="{escape_html(part.id)}"' if part.id else ""
    items = "".join(map(_render_item, part.items))
    return Markup(f'<figure{id} class="block {escape_html(part.kind)}">{items}{caption}</figure>\n')


def _drop_title(text: str, title: str) -> str:
    """Returns the text without a first heading that repeats the title of the page."""
    first, _, rest = text.lstrip("\n").partition("\n")
    return rest if first.startswith("# ") and first[2:].strip() == title else text


def _render_item(item: Item) -> Markup:
    match item:
        case TextItem(text, "title"):
            return Markup(f"<h4>{escape_html(text)}</h4>")
        case TextItem(text, style):
            css = ' class="note"' if style == "note" else ""
            return Markup(f"<p{css}>{escape_html(text)}</p>")
        case FactsItem(facts):
            rows = "".join(f"<dt>{escape_html(title)}</dt><dd>{escape_html(text)}</dd>" for title, text in facts)
            return Markup(f"<dl>{rows}</dl>" if rows else "")
        case TableItem(table):
            return render_table(format_table(item), table)
        case PlotItem(plot):
            drawn = (
                f'<div class="{size}">{draw_svg(plot, width, height, standalone=False)}</div>'
                for size, (width, height) in PLOT_SIZES.items()
            )
            return Markup("".join(drawn))
        case ImageItem(name, media_type, data):
            source = f"data:{media_type};base64,{b64encode(data).decode()}"
            return Markup(f'<img alt="{escape_html(name)}" src="{source}"><p class="note">{escape_html(name)}</p>')
        case CodeItem():
            return _render_code(item)
        case NumberItem(text, label):
            return Markup(f'<p class="large">{escape_html(text)}</p><p class="note">{escape_html(label)}</p>')
    return _render_error(item)


def _render_code(item: CodeItem) -> Markup:
    lines = "\n".join(_render_line(mark, text) for mark, text in item.lines)
    return Markup(f'<p class="note">{escape_html(item.title)}</p><pre class="code">{lines}</pre>')


def _render_line(mark: str, text: str) -> str:
    shown = escape_html(text.replace("\t", "    "))
    if not mark:
        return f"  {shown}"
    return f'<span class="{MARKS[mark]}">{escape_html(mark) if mark in "+-" else ""} {shown}</span>'


def _render_error(error: ErrorItem) -> Markup:
    text = "\n".join(map(escape_html, format_error_lines(error)))
    return Markup(f'<pre class="problem">{text}</pre>')


def _render_runs(report: Report) -> Markup:
    """Returns a folded list of the runs that the report read."""
    if not report.runs:
        return Markup("")
    names = "".join(_render_mentions(report))
    title = f"Made from {format_count(len(report.runs), 'run')}"
    return Markup(f'<details class="runs"><summary>{title}</summary><ul>{names}</ul></details>')


def _render_mentions(report: Report) -> Iterator[str]:
    for run in report.runs:
        yield f'<li><span>{escape_html(run.name or run.id)}</span> <span class="note">{escape_html(run.id)}</span></li>'
