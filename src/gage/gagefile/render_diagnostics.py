"""A problem as a person reads it: the place, what is wrong, the line with a caret, what to do."""

from collections.abc import Iterable

from gage.types.opdef import Diagnostic, Span

WIDTH = 100
"""Longer lines are cut around the place."""


def render_diagnostic(file: str, problem: Diagnostic, text: str) -> str:
    """Several lines: `file:line:column: what is wrong`, the offending line of `text` with a caret, the hint."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = lines[problem.span.line - 1] if problem.span.line <= len(lines) else ""
    parts = [f"{file}:{problem.span}: {problem.message}"]
    if line.strip():
        parts += _quoted(line, problem.span)
    if problem.hint:
        parts.append(f"  {problem.hint}")
    return "\n".join(parts)


def render_diagnostics(file: str, problems: Iterable[Diagnostic], text: str) -> str:
    """All problems of one file, and where to read more."""
    told = [render_diagnostic(file, p, text) for p in problems]
    return "\n\n".join(told)


def _quoted(line: str, span: Span) -> list[str]:
    shown = "".join(c if c.isprintable() else " " for c in line)
    start = max(0, span.column - 1 - WIDTH // 2) if len(shown) > WIDTH else 0
    shown = shown[start : start + WIDTH].rstrip()
    number = str(span.line)
    at = span.column - 1 - start
    end = min(at + max(1, span.length), max(WIDTH, at + 1))
    carets = "^" * max(1, _cells(shown[at:end]) + max(0, end - max(at, len(shown))))
    return [
        f"  {number} | {shown}",
        f"  {' ' * len(number)} | {' ' * (_cells(shown[:at]) + max(0, at - len(shown)))}{carets}",
    ]


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
