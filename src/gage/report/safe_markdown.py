"""Makes Markdown safe, and fills in its inline values. HTML, images and most links become text.

Links to http, https and the page itself stay. Code is not changed. The result has as many lines as the text.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from gage.report.parse import FENCE, is_closing_fence
from gage.types.values import escape

INLINE = re.compile(r"""\{gage:((?:[^{}"'`\n]|"[^"\n]*"|'[^'\n]*'|`[^`\n]*`)*)\}""")
"""An inline value: `{gage: best(loss)}`."""

_TICKS = re.compile(r"`+")
_HTML = re.compile(r"<(?!https?://[^\s<>]*>)")
_IMAGE = re.compile(r"!(?=\[)")
_TARGET = r"(?!\s*<?\s*(?:https?://|#))"
_LINK = re.compile(rf"\](?=\({_TARGET})")
_DEFINITION = re.compile(rf"(?m)^([ \t>*+-]*)\[(?=[^\]\n]+\]:{_TARGET})")
_SPECIAL = re.compile(r"[\\`*\[\]~|$<>&]|(?<!\w)_|_(?!\w)|^[#+=-]")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?!\d)")
_CONTROL = re.compile(r"[^\S\n\t ]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def fill_markdown(text: str, fill: Callable[[str, int], str]) -> str:
    """Returns safe Markdown. `fill` returns the text of an inline value; it gets the value as written, and the number
    of lines before it.
    """
    parts = []
    line = 0
    for piece, is_code in split_code(text):
        parts.append(_escape_controls(piece) if is_code else _fill_piece(piece, line, fill))
        line += piece.count("\n")
    return "".join(parts)


def _fill_piece(piece: str, line: int, fill: Callable[[str, int], str]) -> str:
    parts, at = [], 0
    for match in INLINE.finditer(piece):
        parts.append(make_safe(piece[at : match.start()]))
        value = fill(match[1].strip(), line + piece.count("\n", 0, match.start()))
        parts.append(escape_markdown(value))
        at = match.end()
    return "".join((*parts, make_safe(piece[at:])))


def make_safe(text: str) -> str:
    """Returns Markdown in which HTML, images and unsafe links are text. `text` has no code."""
    text = _IMAGE.sub(r"!\\", text)
    text = _LINK.sub(r"\\]", text)
    text = _DEFINITION.sub(r"\1\\[", text)
    return _escape_controls(_HTML.sub("&lt;", text))


def escape_markdown(text: str) -> str:
    """Returns a text, on one line, with all marks of Markdown escaped."""
    return _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", escape(text)))


def _escape_controls(text: str) -> str:
    return _CONTROL.sub(lambda match: escape(match[0]), text)


def split_code(text: str) -> Iterator[tuple[str, bool]]:
    """Yields the pieces of a text, and whether each is code: a block between fences, or text between backticks."""
    plain: list[str] = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        fence = FENCE.fullmatch(lines[at])
        if fence is None:
            plain.append(lines[at])
            at += 1
            continue
        end = next((i for i in range(at + 1, len(lines)) if is_closing_fence(lines[i], fence[1])), len(lines) - 1)
        if plain:
            yield from _split_spans("\n".join(plain) + "\n")
            plain = []
        yield "\n".join(lines[at : end + 1]) + ("\n" if end + 1 < len(lines) else ""), True
        at = end + 1
    if plain:
        yield from _split_spans("\n".join(plain))


def _split_spans(text: str) -> Iterator[tuple[str, bool]]:
    """Yields the pieces outside and inside of code spans. A span ends in the same paragraph, with as many backticks as
    it starts with.
    """
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(text)]
    by_length: dict[int, list[int]] = {}
    for start, end in runs:
        by_length.setdefault(end - start, []).append(start)
    values = [match.span() for match in INLINE.finditer(text)]
    done = 0
    for start, end in runs:
        if start < done or _is_escaped(text, start) or _is_in_value(start, values):
            continue
        same = by_length[end - start]
        close = same[i] if (i := bisect_right(same, start)) < len(same) else -1
        if close < 0 or "\n\n" in text[end:close]:
            continue
        if start > done:
            yield text[done:start], False
        done = close + end - start
        yield text[start:done], True
    if done < len(text):
        yield text[done:], False


def _is_in_value(at: int, values: Sequence[tuple[int, int]]) -> bool:
    """Returns whether a position is in an inline value, where a backtick quotes a name."""
    i = bisect_right(values, (at, at)) - 1
    return i >= 0 and at < values[i][1]


def _is_escaped(text: str, at: int) -> bool:
    """Returns whether a backslash escapes the character at `at`."""
    start = at
    while start and text[start - 1] == "\\":
        start -= 1
    return (at - start) % 2 == 1
