"""Renders the parts of a page: tables, texts, notes. Escapes all text."""

import html
from collections.abc import Iterable, Sequence
from typing import NewType

from gage.board.formatting import format_exact
from gage.types.run import STATUSES
from gage.types.table import Column, Table
from gage.types.values import JSONValue, escape

Markup = NewType("Markup", str)
"""HTML that is safe to show."""

MISSING = "–"
"""The text of a cell without a value."""
MAX_LINE_CHARACTERS = 32
"""Longer texts are shown on several lines."""


def escape_html(text: str) -> Markup:
    """Returns the markup of a text on one line. Control and formatting characters are shown as escapes."""
    return Markup(html.escape(escape(text)))


def render_paragraphs(text: str) -> Markup:
    """Returns the paragraphs of a text. Empty lines separate paragraphs."""
    paragraphs = (" ".join(part.split()) for part in "\n".join(map(str.strip, text.splitlines())).split("\n\n"))
    return Markup("".join(f"<p>{escape_html(paragraph)}</p>" for paragraph in paragraphs if paragraph))


def render_notes(notes: Iterable[str]) -> Markup:
    """Returns a list of notes, "" if there are none."""
    items = "".join(f"<li>{escape_html(note)}</li>" for note in notes)
    return Markup(f'<ul class="notes">{items}</ul>' if items else "")


def render_section(*parts: Markup, title: str = "") -> Markup:
    """Returns a section with a title."""
    heading = f"<h2>{escape_html(title)}</h2>" if title else ""
    return Markup(f"<section>{heading}{''.join(parts)}</section>")


def render_table(shown: Table, values: Table | None = None, caption: str = "") -> Markup:
    """Returns a table that a reader can sort by each column. `shown` has the texts of the cells, `values` the values to
    sort by, in the same rows and columns. Missing values and NaN come last.
    """
    rows = values.rows if values else shown.rows
    head = "".join(_render_heading(column) for column in shown.columns)
    body = "".join(_render_row(shown.columns, *pair) for pair in zip(shown.rows, rows, strict=True))
    title = f"<caption>{escape_html(caption)}</caption>" if caption else ""
    label = escape_html(caption or "Table")
    return Markup(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table class="sortable">{title}'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"
    )


def _render_heading(column: Column) -> str:
    css = ' class="right"' if column.align == "right" else ""
    return f'<th scope="col"{css}><button type="button">{escape_html(column.title)}</button></th>'


def _render_row(columns: Sequence[Column], texts: Sequence[JSONValue], values: Sequence[JSONValue]) -> str:
    return f"<tr>{''.join(map(_render_cell, columns, texts, values))}</tr>\n"


def _render_cell(column: Column, shown: JSONValue, value: JSONValue) -> str:
    text = format_exact(shown)
    names = ["right number"] if column.align == "right" else []
    data = ""
    if value is None or value == "":
        names.append("none")
        data, text = ' data-v=""', text or MISSING
    elif value != value:
        data = ' data-v=""'
    elif isinstance(value, int | float) and not isinstance(value, bool):
        data = f' data-n="{_format_number(value)}"'
    elif isinstance(value, str) and value != text:
        data = f' data-v="{escape_html(value)}"'
    if column.key == "status" and text in STATUSES:
        names.append("status")
        data += f' data-status="{text}"'
    if len(text) > MAX_LINE_CHARACTERS:
        names.append("long")
    css = f' class="{" ".join(names)}"' if names else ""
    return f"<td{css}{data}>{escape_html(text)}</td>"


def _format_number(value: float) -> str:
    """Returns a number as JavaScript reads it."""
    return repr(value).replace("inf", "Infinity")
