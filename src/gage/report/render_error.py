"""Renders an error of a report as lines of plain text: message, source line, carets and hint."""

from gage.report.source import ErrorItem
from gage.types.values import escape

MAX_SHOWN = 100


def format_error_lines(error: ErrorItem) -> list[str]:
    """Returns the lines of an error, escaped."""
    where = f" (line {error.line})" if error.line else ""
    return [
        f"Error: {escape(error.message)}{where}",
        *_mark_source(error),
        *([escape(error.hint)] if error.hint else []),
    ]


def _mark_source(error: ErrorItem) -> list[str]:
    """Returns the line with the error, and carets below it. Cuts a long line around the error."""
    if not error.source.strip():
        return []
    start = max(error.column - 1 - MAX_SHOWN // 2, 0) if len(error.source) > MAX_SHOWN else 0
    shown = "".join(c if c.isprintable() else " " for c in error.source[start : start + MAX_SHOWN])
    if not error.column:
        return [f"  {shown}"]
    at = error.column - 1 - start
    length = max(min(error.length, len(shown) - at), 1)
    return [f"  {shown}", f"  {' ' * at}{'^' * length}"]
