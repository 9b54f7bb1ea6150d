"""Lines of a screen as pieces of plain text with the name of a style. Knows characters; no colours."""

from collections.abc import Iterable
from typing import NamedTuple

from gage.cli.render import terminal

Span = tuple[str, str]
"""Text without control characters, and the name of its style ("" = none), or several names separated by blanks."""

Line = list[Span]

ASCII = {
    "▸": ">", "●": "*", "◆": "B", "✓": "*", "✗": "!", "↑": "^", "↓": "v", "→": ">", "←": "<", "–": "-", "−": "-",
    "±": "+-", "×": "x", "│": "|", "─": "-", "…": "~", "·": ".", "•": "*",
    "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#",
}  # fmt: skip
"""Replacements of characters on a terminal without UTF-8."""

CURVE_STYLES = tuple(f"curve{i}" for i in range(6))
"""The styles of overlaid curves."""
BARS = "▁▂▃▄▅▆▇█"


class Charset(NamedTuple):
    """The characters that the terminal can show: with `is_ascii` only ASCII, otherwise all."""

    is_ascii: bool = False

    def encode(self, text: str) -> str:
        """Returns text as one line that cannot control the terminal, in characters that the terminal can show."""
        escaped = terminal.escape(text)
        if not self.is_ascii or escaped.isascii():
            return escaped
        mapped = "".join(ASCII.get(c, c) for c in escaped)
        return mapped.encode("ascii", "backslashreplace").decode()

    def fit(self, text: str, width: int, right: bool = False) -> str:
        """Returns encoded text that takes exactly `width` columns: cut, or filled with blanks."""
        if len(text) != width or not text.isascii():
            text = self.cut(text, width)
            pad = " " * (width - terminal.display_width(text))
            return pad + text if right else text + pad
        return text

    def cut(self, text: str, width: int) -> str:
        """Returns encoded text that takes at most `width` columns."""
        if terminal.display_width(text) <= width:
            return text
        short = terminal.truncate(text, width)
        return short.replace("…", "~") if self.is_ascii else short


def measure_line(line: Iterable[Span]) -> int:
    """Returns the width of a line in columns."""
    return sum(terminal.display_width(text) for text, _ in line)


def fit_line(line: Iterable[Span], width: int, charset: Charset, style: str = "") -> Line:
    """Returns a line that takes exactly `width` columns."""
    fitted: Line = []
    left = width
    for text, own in line:
        size = terminal.display_width(text)
        if size > left:
            text = charset.cut(text, left)
            size = terminal.display_width(text)
        if text:
            fitted.append((text, own))
        left -= size
        if left <= 0:
            break
    return [*fitted, (" " * left, style)] if left > 0 else fitted


def add_style(line: Iterable[Span], style: str) -> Line:
    """Returns a line with one more style."""
    return [(text, f"{own} {style}".strip()) for text, own in line]


def draw_sparkline(values: Iterable[float | None], charset: Charset) -> str:
    """Returns a bar for each number, and a blank for a missing one."""
    numbers = list(values)
    present = [value for value in numbers if value is not None]
    if not present:
        return ""
    low, high = min(present), max(present)
    span = high / 2 - low / 2  # halves, as the difference of huge values is infinite
    bars = [
        " " if value is None else BARS[round((value / 2 - low / 2) / span * (len(BARS) - 1)) if span > 0 else 0]
        for value in numbers
    ]
    return charset.encode("".join(bars))
