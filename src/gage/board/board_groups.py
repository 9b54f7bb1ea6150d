"""Groups the runs of a board, selects the run that stands for a group, and aggregates the values of its runs."""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from gage.board.board_values import RunValue
from gage.board.run_table import ListedRun
from gage.lib.natural_sort import NaturalKey, build_natural_key
from gage.types.values import Comparable, JSONValue, is_same_value, normalize_value

Rank = tuple[int, float, NaturalKey]
"""Sorts numbers before texts."""
Item = TypeVar("Item")


class BoardRunGroup(NamedTuple):
    """Runs with the same values, which are `key`, of the names that the board groups by."""

    key: tuple[JSONValue, ...]
    runs: tuple[ListedRun, ...]


class Aggregated(NamedTuple):
    """An aggregate of values. `nan` values were NaN and `other` ones not numbers; these do not count in it."""

    value: JSONValue
    nan: int = 0
    other: int = 0


def group_runs(runs: Sequence[ListedRun], by: Sequence[RunValue]) -> list[BoardRunGroup]:
    """Returns the groups, sorted by their keys; a missing value comes last."""
    groups: dict[tuple[Comparable | None, ...], list[ListedRun]] = {}
    for each in runs:
        values = [value(each.run, each.position) for value in by]
        key = tuple(None if value is None else normalize_value(value) for value in values)
        groups.setdefault(key, []).append(each)
    found = [BoardRunGroup(tuple(value(*members[0]) for value in by), tuple(members)) for members in groups.values()]
    for i in reversed(range(len(by))):
        found = sort_by(found, [group.key[i] for group in found])
    return found


def sort_by(items: Sequence[Item], values: Sequence[JSONValue], descending: bool = False) -> list[Item]:
    """Returns items in the order of their values: numbers before texts; missing values and NaN last in both
    directions. Items with equal values keep their order.
    """
    ranks = [rank_value(value) for value in values]
    present = [(rank, item) for rank, item in zip(ranks, items, strict=True) if rank is not None]
    present.sort(key=lambda pair: pair[0], reverse=descending)  # stable in both directions
    return [item for _, item in present] + [item for rank, item in zip(ranks, items, strict=True) if rank is None]


def rank_value(value: JSONValue) -> Rank | None:
    """Returns a key that sorts values, None for a value that is missing or NaN."""
    if value is None or value == "" or value != value:
        return None
    normal = normalize_value(value)
    return (1, 0.0, build_natural_key(normal)) if isinstance(normal, str) else (0, normal, ())


def select_run(runs: Sequence[ListedRun], value: RunValue, selector: str) -> ListedRun | None:
    """Returns the first run with the lowest ("min") or highest ("max") number, or text if no run has a number. Returns
    None if no run has a value. NaN is never best.
    """
    ranks = [(rank_value(value(each.run, each.position)), each) for each in runs]
    kind = min((rank[0] for rank, _ in ranks if rank is not None), default=None)
    comparable = [(rank, each) for rank, each in ranks if rank is not None and rank[0] == kind]
    if not comparable:
        return None
    best = (min if selector == "min" else max)(rank for rank, _ in comparable)
    return next(each for rank, each in comparable if rank == best)


def aggregate_values(values: Iterable[JSONValue], aggregate: str) -> Aggregated:
    """Returns the aggregate of the values of a group, which start with the oldest run. Without an aggregate, returns
    the value that all runs of the group share, None if they differ.
    """
    present = [value for value in values if value is not None]
    if not aggregate:
        is_common = bool(present) and all(is_same_value(value, present[0]) for value in present)
        return Aggregated(present[0] if is_common else None)
    usable = [value for value in present if value == value]
    nan = len(present) - len(usable)
    if aggregate in ("first", "last"):
        return Aggregated(usable[0 if aggregate == "first" else -1] if usable else None, nan)
    if aggregate == "count":
        return Aggregated(len(usable), nan)
    numbers = [value for value in usable if isinstance(value, int | float) and not isinstance(value, bool)]
    return Aggregated(_aggregate_numbers(numbers, aggregate), nan, len(usable) - len(numbers))


def _aggregate_numbers(numbers: Sequence[float], aggregate: str) -> float | None:
    """Returns a statistic, None if there are too few numbers; the standard deviation is that of a sample."""
    if len(numbers) < (2 if aggregate == "std" else 1):
        return None
    if aggregate in ("min", "max"):
        return min(numbers) if aggregate == "min" else max(numbers)
    try:
        mean = math.fsum(numbers) / len(numbers)
        return mean if aggregate == "mean" else statistics.stdev(map(float, numbers))
    except (ArithmeticError, ValueError, AttributeError):
        return math.nan  # of infinities, or of numbers whose sum is too large
