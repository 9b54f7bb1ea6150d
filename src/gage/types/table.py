"""The one table that terminal, page, CSV and API show."""

from dataclasses import dataclass

from gage.types.values import JSONValue


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` for programs, `title` for people, `align` "left" or "right"."""

    key: str
    title: str
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values, in the order of `columns`. `ids` names each row's run. `total` counts all
    rows that fit, shown or not.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[JSONValue, ...], ...]
    ids: tuple[str, ...]
    total: int
