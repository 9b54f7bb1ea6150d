"""The table that terminal, page, CSV and API show."""

from typing import NamedTuple

from gage.types.values import JSONValue


class Column(NamedTuple):
    """A column: `key` for programs, `title` for people, `align` "left" or "right"."""

    key: str
    title: str
    align: str = "left"


class Table(NamedTuple):
    """Rows of plain values, in the order of `columns`."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[JSONValue, ...], ...]
