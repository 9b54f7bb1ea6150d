"""A board: a saved view of runs, as its file defines it. Loaded by `gagefile`, evaluated by `board`.

Names of values are those of the filter language: `config.lr`, `min(loss)`, `started`, `attr.x`.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gage.types.opdef import Diagnostic
from gage.types.run import EMPTY
from gage.types.values import JSONValue

Aggregate = Literal["first", "last", "min", "max", "mean", "std", "count"]
AGGREGATES: tuple[Aggregate, ...] = ("first", "last", "min", "max", "mean", "std", "count")
"""Functions of the values of a group. `first` is the value of the oldest run."""


class BoardColumn(NamedTuple):
    """A column. `name` is the name of a value or of a score; `label` its heading ("" = the name). `format` matches
    `NUMBER_FORMAT` or is one of `NAMED_FORMATS` ("" = by the type of value). `aggregate` is only for grouped boards.
    `other` has the settings of Gage 0.1 for its web page, which `--json` repeats.
    """

    name: str
    label: str = ""
    format: str = ""
    aggregate: Aggregate | Literal[""] = ""
    other: Mapping[str, JSONValue] = EMPTY


class BoardGroup(NamedTuple):
    """Runs with the same values of `by` are one row. With `selector` "min" or "max", the row is the run with the lowest
    or highest value of `selected_by`; without one, the aggregates of the columns.
    """

    by: tuple[str, ...]
    selector: Literal["", "min", "max"] = ""
    selected_by: str = ""


class BoardScore(NamedTuple):
    """A value that the board computes for each run, such as `0.7 * acc + 0.3 * f1`."""

    name: str
    expression: str


class BoardDef(NamedTuple):
    """A board. It shows the runs that meet all filters of `where`. Without `columns`, it shows all values. `sort` has
    names, the most important first; `-` before a name is for descending order. `limit` is in rows, None = all.
    """

    title: str = ""
    description: str = ""
    where: tuple[str, ...] = ()
    columns: tuple[BoardColumn, ...] = ()
    group: BoardGroup | None = None
    scores: tuple[BoardScore, ...] = ()
    sort: tuple[str, ...] = ()
    limit: int | None = None


class BoardFile(NamedTuple):
    """A file with a board. If it has problems, `definition` is None and `diagnostics` has the problems."""

    path: str
    definition: BoardDef | None
    diagnostics: tuple[Diagnostic, ...] = ()


NUMBER_FORMAT = r"\+?,?(?:\.\d{1,2})?[feg%]|\+?,?d"
"""Formats of numbers, as in Python: `.3f`, `.2e`, `.4g`, `,d`, `.1%`, with `+` for a sign and `,` for thousands."""

NAMED_FORMATS = {
    "percent": "0.934 as 93.4%",
    "duration": "seconds as 1 h 2 min",
    "bytes": "1500000 as 1.5 MB",
    "date": "a time as 2026-01-31",
    "datetime": "a time as 2026-01-31 14:05",
    "age": "a time as 3d, for three days ago",
}
"""Other formats of columns → an example."""
