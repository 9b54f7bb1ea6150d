"""Answers with what differs between a few runs: source, packages, environment, output and more, as `gage diff` finds
it. The texts of two runs are compared by lines, and lines by words.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from gage.compare.difference_text import TITLES, format_cells, format_delta, list_not_compared, list_same
from gage.compare.differences import Difference, compare_runs
from gage.compare.facts import SECTIONS
from gage.compare.line_diff import Hunk, MarkedText, compare_words
from gage.compare.read_facts import read_run_facts
from gage.types.errors import UsageError
from gage.view.stores import ViewedStores

MAX_RUNS = 8
MAX_TEXT = 2_000
"""Characters of a value or a line."""


class DiffQuery(NamedTuple):
    """Which runs (IDs) are compared, in which `sections` (() = all). `everything`: also what always differs, such as
    times and paths.
    """

    runs: tuple[str, ...]
    sections: tuple[str, ...] = ()
    everything: bool = False


class DiffPart(NamedTuple):
    """A part of a line; `differs`: only this side has it."""

    text: str
    differs: bool


class DiffLine(NamedTuple):
    """Lines side by side. A number is None, and the parts are (), where one side has no line."""

    before: int | None
    after: int | None
    left: tuple[DiffPart, ...]
    right: tuple[DiffPart, ...]


class DiffBlock(NamedTuple):
    """Lines that differ, with lines around them."""

    lines: tuple[DiffLine, ...]


class DiffValue(NamedTuple):
    """A value that is not the same in all runs: a text for each of them. `delta` is the difference of two numbers. Of
    files of two runs, `hunks` are the lines that differ, `added` and `removed` count them; `note` says why there are
    none.
    """

    name: str
    kind: str
    values: tuple[str, ...]
    delta: str
    note: str
    added: int
    removed: int
    hunks: tuple[DiffBlock, ...]


class DiffSection(NamedTuple):
    """A section such as source or packages, and what differs in it."""

    name: str
    title: str
    differences: tuple[DiffValue, ...]


class DiffedRun(NamedTuple):
    """A run that is compared."""

    id: str
    name: str


class DiffPage(NamedTuple):
    """What differs. `same` says what is the same in all runs, `not_compared` what cannot be compared, `problems` what
    could not be read.
    """

    runs: tuple[DiffedRun, ...]
    sections: tuple[DiffSection, ...]
    same: tuple[str, ...]
    not_compared: tuple[str, ...]
    problems: tuple[str, ...]


def compare_sections(stores: ViewedStores, query: DiffQuery) -> DiffPage:
    """Compares two to eight runs, section by section."""
    ids = tuple(dict.fromkeys(query.runs))
    if not 2 <= len(ids) <= MAX_RUNS:
        raise UsageError(f"2 to {MAX_RUNS} runs can be compared, got {len(ids)}", "Choose other runs")
    unknown = [name for name in query.sections if name not in SECTIONS]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is not a section", f"Sections: {', '.join(SECTIONS)}")
    sections = [name for name in SECTIONS if not query.sections or name in query.sections]
    has_output = "output" in sections  # which may be large
    facts = [read_run_facts(*stores.find_run(id), query.everything, has_output) for id in ids]
    comparison = compare_runs(facts, sections)
    return DiffPage(
        tuple(DiffedRun(each.id, each.name) for each in facts),
        tuple(
            DiffSection(name, TITLES[name], tuple(map(_describe, differences)))
            for name in sections
            if (differences := comparison.list_section(name))
        ),
        tuple(list_same(comparison)),
        tuple(list_not_compared(comparison)),
        tuple(dict.fromkeys(problem for each in facts for problem in each.problems)),
    )


def _describe(difference: Difference) -> DiffValue:
    lines = difference.lines
    return DiffValue(
        difference.name,
        difference.kind,
        tuple(map(_limit, format_cells(difference))),
        format_delta(difference),
        difference.note,
        lines.added if lines else 0,
        lines.removed if lines else 0,
        tuple(DiffBlock(tuple(_pair_lines(hunk))) for hunk in lines.hunks) if lines else (),
    )


def _pair_lines(hunk: Hunk) -> Iterator[DiffLine]:
    """Yields the lines of a hunk side by side: added lines beside the removed ones before them."""
    before, after = hunk.start
    removed: list[str] = []
    added: list[str] = []
    for line in hunk.lines:
        if line.mark == "-" and not added:
            removed.append(line.text)
        elif line.mark == "+":
            added.append(line.text)
        else:
            yield from _pair_changes(removed, added, before, after)
            before, after = before + len(removed), after + len(added)
            removed, added = [line.text] if line.mark == "-" else [], []
            if line.mark == " ":
                both = (DiffPart(_limit(line.text), False),)
                yield DiffLine(before, after, both, both)
                before, after = before + 1, after + 1
    yield from _pair_changes(removed, added, before, after)


def _pair_changes(removed: Sequence[str], added: Sequence[str], before: int, after: int) -> Iterator[DiffLine]:
    for at, (old, new) in enumerate(zip_longest(removed, added)):
        words = compare_words(_limit(old), _limit(new)) if old is not None and new is not None else None
        yield DiffLine(
            None if old is None else before + at,
            None if new is None else after + at,
            _list_parts(old, words, "-"),
            _list_parts(new, words, "+"),
        )


def _list_parts(text: str | None, words: Sequence[MarkedText] | None, mark: str) -> tuple[DiffPart, ...]:
    if text is None:
        return ()
    if words is None:
        return (DiffPart(_limit(text), True),)
    return tuple(DiffPart(word.text, word.mark == mark) for word in words if word.mark in (" ", mark))


def _limit(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
