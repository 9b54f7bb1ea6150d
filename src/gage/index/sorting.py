"""Sorts runs by their values. Knows the order of values; the builder of conditions knows where they are."""

import sqlite3
from collections.abc import Sequence

from gage.index.condition_sql import ConditionBuilder
from gage.index.where_sql import Page
from gage.lib.natural_sort import NaturalKey, build_natural_key
from gage.select.evaluate import Values
from gage.types.filter import SeriesReader, SortKey

Rank = tuple[int, float, NaturalKey]
"""Sorts numbers before texts."""

MISSING = ("", "nan", "null")


def sort_page(
    db: sqlite3.Connection, page: Page, keys: Sequence[SortKey], read_series: SeriesReader | None = None
) -> Page:
    """Returns the runs in the order of the keys; equal ones stay in their order."""
    builder = ConditionBuilder(db, read_series)
    ordered = page
    for key in reversed(keys):
        values = builder.load_expression(key.expression, [(n, id) for n, _, id in page])
        ranks = {n: rank for n, several in values.items() if (rank := build_rank(several, key.descending)) is not None}
        there = [row for row in ordered if row[0] in ranks]
        there.sort(key=lambda row: ranks[row[0]], reverse=key.descending)  # stable in both directions
        ordered = [*there, *(row for row in ordered if row[0] not in ranks)]
    return ordered


def build_rank(values: Values, descending: bool) -> Rank | None:
    """Returns what a value is sorted by, None where it is missing, null or NaN: these come last."""
    present = [value for value in values if value not in MISSING]
    if not present:
        return None
    ranks = [(1, 0.0, build_natural_key(v)) if isinstance(v, str) else (0, v, ()) for v in present]
    return max(ranks) if descending else min(ranks)
