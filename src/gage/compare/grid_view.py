"""The view of a grid that a user chose: columns, order, filter, groups, baseline. A change makes a new record. Knows
names of columns; no runs.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from gage.compare.grid_fields import NAME, POSITION, REDUCERS
from gage.types.filter import Where

WidthMode = Literal["auto", "full", "narrow"]

_WIDTHS: Final[Mapping[str, WidthMode]] = MappingProxyType({})
_REDUCERS: Final[Mapping[str, str]] = MappingProxyType({})
NEXT_WIDTHS: Final[Mapping[WidthMode, WidthMode]] = MappingProxyType(
    {"auto": "full", "full": "narrow", "narrow": "auto"}
)

SEEDS = "seed"
"""`GridView.group` for groups of runs that differ in their seed only."""


class GridSort(NamedTuple):
    """A column by which rows are sorted; missing values and NaN come last in both directions."""

    key: str
    descending: bool = False


class GridView(NamedTuple):
    """A view of a grid. Columns are named by the keys of their fields.

    `listed` has the columns of the command line (empty: those that differ). `shown` and `hidden` add and remove
    columns. `order` lists the columns as the user arranged them (empty: the default order). `pinned` columns stay at
    the left. `where` is the parsed `filter`. `baseline` is the ID of a run ("" = none). `group` is "" (each run),
    "seed", or a column with "=" before its key. `only_differing` leaves out columns with one value.
    """

    listed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    pinned: tuple[str, ...] = (POSITION, NAME)
    widths: Mapping[str, WidthMode] = _WIDTHS
    reducers: Mapping[str, str] = _REDUCERS
    sort: tuple[GridSort, ...] = ()
    filter: str = ""
    where: tuple[Where, ...] = ()
    baseline: str = ""
    group: str = ""
    only_differing: bool = True

    def with_sort(self, key: str, descending: bool) -> "GridView":
        """Returns the view sorted by one column, or not sorted if the view already has this order."""
        sort = (GridSort(key, descending),)
        return self._replace(sort=() if self.sort == sort else sort)

    def with_next_sort_key(self, key: str) -> "GridView":
        """Returns the view with a further column to sort by: ascending, descending when repeated, then without it."""
        order = next((each for each in self.sort if each.key == key), None)
        if order is None:
            return self._replace(sort=(*self.sort, GridSort(key)))
        others = tuple(each for each in self.sort if each.key != key)
        if order.descending:
            return self._replace(sort=others)
        return self._replace(sort=tuple(GridSort(key, True) if each is order else each for each in self.sort))

    def find_direction(self, key: str) -> bool | None:
        """Returns whether the rows are sorted by a column in descending order; None if they are not sorted by it."""
        return next((each.descending for each in self.sort if each.key == key), None)

    def with_pin(self, key: str) -> "GridView":
        """Returns the view with a column pinned, or unpinned if it was pinned."""
        others = tuple(each for each in self.pinned if each != key)
        return self._replace(pinned=others if key in self.pinned else (*self.pinned, key))

    def with_hidden(self, key: str) -> "GridView":
        """Returns the view without a column."""
        return self._replace(
            hidden=self.hidden | {key},
            shown=tuple(each for each in self.shown if each != key),
            pinned=tuple(each for each in self.pinned if each != key),
        )

    def with_added(self, key: str) -> "GridView":
        """Returns the view with a column, even if all runs have the same value."""
        return self._replace(hidden=self.hidden - {key}, shown=(*(k for k in self.shown if k != key), key))

    def with_moved(self, key: str, by: int, present: tuple[str, ...]) -> "GridView":
        """Returns the view with a column moved by a number of places among `present`, the columns in their order."""
        if key not in present:
            return self
        rest = [each for each in present if each != key]
        at = min(max(present.index(key) + by, 0), len(rest))
        order = (*rest[:at], key, *rest[at:])
        is_pinned = key in self.pinned
        pinned = tuple(each for each in order if each in self.pinned) if is_pinned else self.pinned
        return self._replace(order=order, pinned=pinned)

    def with_next_width(self, key: str) -> "GridView":
        """Returns the view with the next width of a column: automatic, full, narrow."""
        return self._replace(widths={**self.widths, key: NEXT_WIDTHS[self.widths.get(key, "auto")]})

    def with_next_reducer(self, key: str) -> "GridView":
        """Returns the view with the next reducer of a metric: last, min, max, mean, first."""
        at = REDUCERS.index(self.reducers.get(key, "last"))
        return self._replace(reducers={**self.reducers, key: REDUCERS[(at + 1) % len(REDUCERS)]})

    def with_baseline(self, id: str) -> "GridView":
        """Returns the view with a run as its baseline, or without a baseline if the run already is the baseline."""
        return self._replace(baseline="" if self.baseline == id else id)

    def with_group(self, group: str) -> "GridView":
        """Returns the view with these groups, or with single runs if the view already has these groups."""
        return self._replace(group="" if self.group == group else group)

    def with_filter(self, text: str, where: tuple[Where, ...]) -> "GridView":
        """Returns the view with another filter."""
        return self._replace(filter=text.strip(), where=where)
