"""Compares two texts by lines, and two lines by words. Knows nothing of runs.

Finds the shortest way from one text to the other (Myers 1986), and gives up if it is long: time and memory grow with
the number of differences, not with the square of the size.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

MAX_LINES = 5000
"""Lines of a text that is compared by lines."""
MAX_EDITS = 1000
"""Removed and added lines after which a text counts as rewritten."""
MAX_WORD_EDITS = 60

_WORD = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[^\W\d]\w*|\s+|.", re.DOTALL)


class MarkedText(NamedTuple):
    """A line, or a part of one. `mark` is "-" (only in the first text), "+" (only in the second) or " " (in both)."""

    mark: str
    text: str


class Hunk(NamedTuple):
    """Lines that differ, with lines around them. `start` are the numbers of its first line in both texts, from 1."""

    start: tuple[int, int]
    lines: tuple[MarkedText, ...]


class LineDiff(NamedTuple):
    """The differences of two texts: how many lines were added and removed, and which."""

    added: int
    removed: int
    hunks: tuple[Hunk, ...]


def compare_lines(before: Sequence[str], after: Sequence[str], context: int) -> LineDiff | None:
    """Returns the differences of two texts, with `context` lines around them. None for texts that are too long or too
    different.
    """
    if max(len(before), len(after)) > MAX_LINES:
        return None
    matches = _find_matches(before, after, MAX_EDITS)
    if matches is None:
        return None
    removed, added = len(before) - len(matches), len(after) - len(matches)
    return LineDiff(added, removed, tuple(_build_hunks(before, after, matches, context)))


def compare_words(before: str, after: str) -> list[MarkedText] | None:
    """Returns the parts of two lines: what both have, and what only one has. None for lines with little in common."""
    words = _WORD.findall(before), _WORD.findall(after)
    matches = _find_matches(*words, MAX_WORD_EDITS)
    if matches is None or 2 * sum(len(words[0][a]) for a, _ in matches) < min(len(before), len(after)):
        return None
    parts: list[MarkedText] = []
    for mark, text in _list_marked(*words, matches):
        if parts and parts[-1].mark == mark:
            parts[-1] = MarkedText(mark, parts[-1].text + text)
        else:
            parts.append(MarkedText(mark, text))
    return parts


Matches = list[tuple[int, int]]


def _find_matches(before: Sequence[str], after: Sequence[str], most: int) -> Matches | None:
    """Returns the positions of the items that both sequences keep; None if over `most` items differ."""
    least = min(len(before), len(after))
    start = next((i for i in range(least) if before[i] != after[i]), least)
    end = next((i for i in range(least - start) if before[-1 - i] != after[-1 - i]), least - start)
    middle = _find_shortest_path(before[start : len(before) - end], after[start : len(after) - end], most)
    if middle is None:
        return None
    ends = zip(range(len(before) - end, len(before)), range(len(after) - end, len(after)), strict=True)
    return [*((i, i) for i in range(start)), *((a + start, b + start) for a, b in middle), *ends]


def _find_shortest_path(before: Sequence[str], after: Sequence[str], most: int) -> Matches | None:
    """Returns the matches on the path with the fewest edits. `furthest[k]` is the position in `before` that so many
    edits reach on the diagonal k (position in `before` minus that in `after`).
    """
    furthest = {1: 0}
    history: list[dict[int, int]] = []
    for edits in range(min(len(before) + len(after), most) + 1):
        history.append(furthest)
        reached: dict[int, int] = {}
        for k in range(-edits, edits + 1, 2):
            a = _step(furthest, k, edits)
            while a < len(before) and a - k < len(after) and before[a] == after[a - k]:
                a += 1
            reached[k] = a
            if a >= len(before) and a - k >= len(after):
                return _trace_back(history, len(before), len(after))
        furthest = reached
    return None


def _step(furthest: dict[int, int], k: int, edits: int) -> int:
    """Returns the position in `before` after one more edit: adding an item (from k + 1) or removing one."""
    if k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1]):
        return furthest[k + 1]
    return furthest[k - 1] + 1


def _trace_back(history: list[dict[int, int]], a: int, b: int) -> Matches:
    matches: Matches = []
    for edits in range(len(history) - 1, -1, -1):
        start = _step(history[edits], a - b, edits)
        while a > start:
            a, b = a - 1, b - 1
            matches.append((a, b))
        if edits:
            if a - b == -edits or (a - b != edits and history[edits][a - b - 1] < history[edits][a - b + 1]):
                b -= 1
            else:
                a -= 1
    return matches[::-1]


def _list_marked(before: Sequence[str], after: Sequence[str], matches: Matches) -> Iterator[MarkedText]:
    """Yields all items of both sequences in order, removed ones before added ones."""
    at = [0, 0]
    for a, b in (*matches, (len(before), len(after))):
        yield from (MarkedText("-", text) for text in before[at[0] : a])
        yield from (MarkedText("+", text) for text in after[at[1] : b])
        if a < len(before):
            yield MarkedText(" ", before[a])
        at = [a + 1, b + 1]


def _build_hunks(before: Sequence[str], after: Sequence[str], matches: Matches, context: int) -> Iterator[Hunk]:
    """Yields the differences; those with at most twice `context` lines between them are one."""
    lines = list(_list_marked(before, after, matches))
    changed = [i for i, line in enumerate(lines) if line.mark != " "]
    number = [1, 1]
    numbers = []
    for line in lines:
        numbers.append((number[0], number[1]))
        number = [number[0] + (line.mark != "+"), number[1] + (line.mark != "-")]
    while changed:
        count = next((i for i in range(1, len(changed)) if changed[i] - changed[i - 1] > 2 * context + 1), len(changed))
        first, last = max(changed[0] - context, 0), changed[count - 1] + context
        yield Hunk(numbers[first], tuple(lines[first : last + 1]))
        changed = changed[count:]
