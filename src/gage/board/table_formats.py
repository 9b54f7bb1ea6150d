"""Writes tables as CSV, Markdown, LaTeX and JSON. Knows the syntax of each, and nothing of runs.

Names and values may come from somebody else: no text can leave its cell, or be read as markup or as a formula.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from gage.board.formatting import format_cell, format_exact, format_signed, format_spread, is_number
from gage.types.table import Column, Table
from gage.types.values import JSONValue, as_table, escape

FORMULA_STARTS = tuple("=+-@＝＋－＠")
"""Characters that start a formula in a spreadsheet."""

WRITTEN_BY_CSV = (float, int, type(None))
"""Types whose values the module `csv` writes in full, as `nan` and `inf` or as an empty cell."""

_NUMBER = re.compile(r"([-−]?)(\d+(?:\.\d+)?)(?:e([-+]?\d+))?")
_MARKDOWN = re.compile(r"[\\`*\[\]~|$<>&]|(?<!\w)_|_(?!\w)")
_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "\\|"}
_LATEX = {
    **{c: f"\\{c}" for c in "{}$&#_%"},
    **{c: f"{{{c}}}" for c in "[]*"},
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "`": "\\textasciigrave{}",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
    "|": "\\textbar{}",
    '"': "\\symbol{34}",
    "±": "$\\pm$",
    "−": "$-$",
    "Δ": "$\\Delta$",
    "▲": "$\\uparrow$",
    "▼": "$\\downarrow$",
    "…": "\\dots{}",
    "–": "--",
}
_LATEX_SPECIAL = re.compile(r'-(?=-)|^-(?=\d)|[{}$&#_%\[\]*\\~^`<>|"±−Δ▲▼…–]')


class TextWriter(Protocol):
    """A text file, open for writing."""

    def write(self, text: str, /) -> object:
        """Writes text."""


def write_csv(table: Table, file: TextWriter, delimiter: str = ",") -> None:
    """Writes a table with the keys of its columns as the first line: numbers in full, control characters escaped.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    flat = flatten_table(table)
    write_csv_rows([column.key for column in flat.columns], flat.rows, file, delimiter)


def write_csv_rows(
    keys: Sequence[str], rows: Iterable[Sequence[JSONValue]], file: TextWriter, delimiter: str = ","
) -> None:
    """Writes rows of plain values as `write_csv` does, one by one."""
    import csv

    writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
    writer.writerow(map(_protect, keys))
    writer.writerows([value if type(value) in WRITTEN_BY_CSV else _format_csv(value) for value in row] for row in rows)


def _format_csv(value: JSONValue) -> str:
    return _protect(value) if isinstance(value, str) else escape(format_exact(value))


def _protect(text: str) -> str:
    """Returns the text, escaped, with an apostrophe before it if it would be a formula in a spreadsheet."""
    if text.startswith(FORMULA_STARTS) and not is_number(text):
        text = f"'{text}"
    return escape(text)


def format_markdown(table: Table) -> str:
    """Returns a table in GitHub's Markdown."""
    shown = convert_to_text(table)
    cells = [[_escape_markdown(text) for text in row] for row in _list_lines(shown)]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    aligns = [column.align for column in shown.columns]
    rule = ["-" * (width - 1) + ":" if a == "right" else "-" * width for a, width in zip(aligns, widths, strict=True)]
    lines = (_pad(row, widths, aligns) for row in cells)
    head, *rows = (f"| {' | '.join(line)} |\n" for line in lines)
    return "".join((head, f"| {' | '.join(rule)} |\n", *rows))


def _escape_markdown(text: str) -> str:
    return _MARKDOWN.sub(lambda match: _HTML.get(match[0], f"\\{match[0]}"), escape(text))


def format_latex(table: Table) -> str:
    r"""Returns a table as a `tabular` for LaTeX with the package booktabs."""
    shown = convert_to_text(table)
    aligns = [column.align for column in shown.columns]
    cells = [[_format_latex(text) for text in row] for row in _list_lines(shown)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    head, *rows = (f"{' & '.join(_pad(row, widths, aligns))} \\\\\n" for row in cells)
    spec = "".join("r" if align == "right" else "l" for align in aligns)
    start = f"% \\usepackage{{booktabs}}\n\\begin{{tabular}}{{{spec}}}\n\\toprule\n"
    return "".join((start, head, "\\midrule\n", *rows, "\\bottomrule\n\\end{tabular}\n"))


def _format_latex(text: str) -> str:
    number = _NUMBER.fullmatch(text)
    if number is None:
        return _LATEX_SPECIAL.sub(_escape_latex, escape(text))
    sign, digits, exponent = number.groups()
    if exponent is None:
        return f"$-${digits}" if sign else digits
    return f"${'-' if sign else ''}{digits} \\times 10^{{{int(exponent)}}}$"


def _escape_latex(match: re.Match[str]) -> str:
    if match[0] != "-":
        return _LATEX[match[0]]
    return "-{}" if match.string[match.end()] == "-" else "$-$"  # two hyphens would become a dash


def _list_lines(table: Table) -> list[list[str]]:
    """Returns the titles and the rows of a table of texts."""
    return [[column.title for column in table.columns], *([str(text) for text in row] for row in table.rows)]


def _pad(cells: Sequence[str], widths: Sequence[int], aligns: Sequence[str]) -> list[str]:
    return [
        cell.rjust(width) if align == "right" else cell.ljust(width)
        for cell, width, align in zip(cells, widths, aligns, strict=True)
    ]


def convert_to_text(table: Table) -> Table:
    """Returns a table of texts for people: numbers with four significant digits. Texts stay as they are."""
    contents = [column.content for column in table.columns]
    rows = (tuple(map(_format_cell, row, contents)) for row in table.rows)
    return table._replace(rows=tuple(rows))


def _format_cell(value: JSONValue, content: str) -> str:
    if isinstance(value, str):
        return value
    if content == "summary":
        return format_summary(as_table(value))
    return format_delta(as_table(value)) if content == "delta" else format_cell(value)


def format_summary(summary: Mapping[str, JSONValue], usual_n: JSONValue = None) -> str:
    """Returns `0.9340 ± 0.0061 (5)`: mean, standard deviation and number of values, which is left out if it is
    `usual_n`.
    """
    mean, std, n = summary.get("mean"), summary.get("std"), summary.get("n")
    if not isinstance(mean, int | float):
        return ""
    text = format_spread(mean, std if isinstance(std, int | float) else None)
    return text if n == usual_n else f"{text} ({n})"


def format_delta(delta: Mapping[str, JSONValue]) -> str:
    """Returns `-0.016 ▼ worse`: a difference, its direction, and whether that is better, if known."""
    value, better = delta.get("value"), delta.get("better")
    if not isinstance(value, int | float):
        return ""
    arrow = "▲" if value > 0 else "▼" if value < 0 else ""
    verdict = "" if better is None else "better" if better else "worse"
    return " ".join(filter(None, (format_signed(value), arrow, verdict)))


def flatten_table(table: Table) -> Table:
    """Returns a table of plain values: a summary takes three columns, `KEY`, `std(KEY)` and `n(KEY)`, and a difference
    one.
    """
    if all(column.content == "value" for column in table.columns):
        return table
    columns: list[Column] = []
    for column in table.columns:
        plain = column._replace(content="value")
        columns.append(plain)
        if column.content == "summary":
            columns += (plain._replace(key=f"{part}({column.key})", title=f"{part}({column.title})") for part in PARTS)
    rows = [_flatten_row(row, table.columns) for row in table.rows]
    return Table(tuple(columns), tuple(rows))


PARTS = ("std", "n")
"""The columns of a summary after its mean."""


def _flatten_row(row: Sequence[JSONValue], columns: Sequence[Column]) -> tuple[JSONValue, ...]:
    cells: list[JSONValue] = []
    for value, column in zip(row, columns, strict=True):
        if column.content == "summary":
            cells += (as_table(value).get(part) for part in ("mean", *PARTS))
        else:
            cells.append(as_table(value).get("value") if column.content == "delta" else value)
    return tuple(cells)


def convert_to_records(table: Table) -> list[dict[str, JSONValue]]:
    """Returns the rows as objects by the keys of the columns, for JSON."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]
