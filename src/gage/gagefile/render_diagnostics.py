"""Renders diagnostics as text: the place, the message, the line with carets, the hint."""

from collections.abc import Iterable

from gage.types.opdef import Diagnostic, Span

MAX_LINE_CHARACTERS = 100
"""Longer lines are cut to the part around the span."""


def render_diagnostic(file: str, diagnostic: Diagnostic, text: str) -> str:
    """Returns several lines: `file:line:column: message`, the line of `text` with carets, the hint."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = lines[diagnostic.span.line - 1] if diagnostic.span.line <= len(lines) else ""
    parts = [f"{file}:{diagnostic.span}: {diagnostic.message}"]
    if line.strip():
        parts += _quote_line(line, diagnostic.span)
    if diagnostic.hint:
        parts.append(f"  {diagnostic.hint}")
    return "\n".join(parts)


def render_diagnostics(file: str, diagnostics: Iterable[Diagnostic], text: str) -> str:
    """Returns all diagnostics of one file, with empty lines between them."""
    return "\n\n".join(render_diagnostic(file, each, text) for each in diagnostics)


def _quote_line(line: str, span: Span) -> list[str]:
    shown = "".join(c if c.isprintable() else " " for c in line)
    start = max(0, span.column - 1 - MAX_LINE_CHARACTERS // 2) if len(shown) > MAX_LINE_CHARACTERS else 0
    shown = shown[start : start + MAX_LINE_CHARACTERS].rstrip()
    number = str(span.line)
    at = span.column - 1 - start
    end = min(at + max(1, span.length), max(MAX_LINE_CHARACTERS, at + 1))
    carets = "^" * max(1, _count_columns(shown[at:end]) + max(0, end - max(at, len(shown))))
    return [
        f"  {number} | {shown}",
        f"  {' ' * len(number)} | {' ' * (_count_columns(shown[:at]) + max(0, at - len(shown)))}{carets}",
    ]


def _count_columns(text: str) -> int:
    """Returns how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
