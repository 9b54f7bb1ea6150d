"""Finds the runs of two groups that belong together in pairs, and the config values in which the groups differ. Knows
config, operation and source code of runs; no metrics.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.compare.groups import is_seed_name, normalize_config
from gage.compare.ranking import OPERATION, SOURCE
from gage.types.run import Run
from gage.types.values import Comparable

EVALUATED = "evaluated run"
"""Name for what can differ between evaluations besides their config."""

RunValues = Mapping[str, Comparable]
"""Config, operation and source code of a run, in normal form."""


class GroupContrast(NamedTuple):
    """The names of config values (or the operation, the source code) in which two groups of runs differ.

    - `apart`: each group has a single value, and the two values differ.
    - `uneven`: a group has several values, and the other group has different ones, or in different shares of its runs.
    - `mixed`: both groups have the same several values in the same shares. Seeds are neither uneven nor mixed.
    - `pairs`: the indexes of a run of A and of the only run of B with the same values, those `apart` excepted. Empty
      if there are too few pairs for a comparison.
    """

    apart: tuple[str, ...] = ()
    uneven: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()


def find_contrast(a: Sequence[Run], b: Sequence[Run]) -> GroupContrast:
    """Returns the names in which two groups differ, and the pairs of runs that differ in `apart` only."""
    first, second = list(map(_read_values, a)), list(map(_read_values, b))
    kinds: dict[str, list[str]] = {"apart": [], "uneven": [], "mixed": []}
    for name in dict.fromkeys(name for values in (*first, *second) for name in values):
        kind = _classify([values.get(name) for values in first], [values.get(name) for values in second])
        if kind == "apart" or (kind and not is_seed_name(name)):
            kinds[kind].append(name)
    apart = tuple(kinds["apart"])
    return GroupContrast(apart, tuple(kinds["uneven"]), tuple(kinds["mixed"]), _find_pairs(first, second, apart))


def _read_values(run: Run) -> dict[str, Comparable]:
    evaluated = {EVALUATED: run.parent} if run.relation == "evaluation" else {}
    return normalize_config(run) | {OPERATION: str(run.op), SOURCE: run.source_digest} | evaluated


def _classify(a: Sequence[Comparable | None], b: Sequence[Comparable | None]) -> str:
    """Returns the field of `GroupContrast` that has a name with these values; "" if all of them are the same."""
    first, second = Counter(a), Counter(b)
    if len(first) == len(second) == 1:
        return "" if first.keys() == second.keys() else "apart"
    is_even = first.keys() == second.keys() and all(first[each] * len(b) == second[each] * len(a) for each in first)
    return "mixed" if is_even else "uneven"


MIN_PARTIAL_PAIRS = 5
"""If some runs have no partner, this many pairs are needed to leave these runs out."""


def _find_pairs(a: Sequence[RunValues], b: Sequence[RunValues], apart: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Returns the pairs of indexes: two or more that have all runs, or `MIN_PARTIAL_PAIRS` or more that have at least
    half of the runs of each group; else none.
    """
    first, second = (
        [frozenset(item for item in values.items() if item[0] not in apart) for values in group] for group in (a, b)
    )
    counts, others = Counter(first), Counter(second)
    places = {key: i for i, key in enumerate(second)}
    pairs = tuple((i, places[key]) for i, key in enumerate(first) if counts[key] == others[key] == 1)
    is_whole = len(pairs) == len(a) == len(b)
    needed = 2 if is_whole else max(MIN_PARTIAL_PAIRS, len(a) / 2, len(b) / 2)
    return pairs if len(pairs) >= needed else ()
