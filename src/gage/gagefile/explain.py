"""A problem as a person reads it: the place, what is wrong, the line with a caret, what to do."""

from collections.abc import Iterable

from gage.types.opdef import Problem

WIDTH = 100
"""Longer lines are cut around the place."""


def explain(problem: Problem, text: str) -> str:
    """Several lines: `file:line:column: what is wrong`, the offending line of `text` with a caret, the hint."""
    lines = text.replace("\r\n", "\n").split("\n")
    parts = [f"{problem.file}:{problem.line}:{problem.column}: {problem.message}"]
    if 0 < problem.line <= len(lines):
        parts += _quoted(lines[problem.line - 1], problem)
    if problem.hint:
        parts.append(f"  {problem.hint}")
    return "\n".join(parts)


def explain_all(problems: Iterable[Problem], text: str) -> str:
    """All problems of one file, and where to read more."""
    told = [explain(p, text) for p in problems]
    return "\n\n".join(told)


def _quoted(line: str, problem: Problem) -> list[str]:
    shown = "".join(c if c.isprintable() else " " for c in line)
    start = max(0, problem.column - 1 - WIDTH // 2) if len(shown) > WIDTH else 0
    shown = shown[start : start + WIDTH].rstrip()
    number = str(problem.line)
    at = problem.column - 1 - start
    carets = "^" * max(1, min(problem.length, WIDTH - at))
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {' ' * at}{carets}"]
