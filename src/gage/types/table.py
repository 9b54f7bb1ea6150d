"""The table that terminal, page, CSV and API show."""

from typing import Literal, NamedTuple

from gage.types.values import JSONValue

Content = Literal["value", "summary", "delta"]


class Column(NamedTuple):
    """A column: `key` for programs, `title` for people, `align` "left" or "right".

    Cells of a "summary" are objects with `mean`, `std` (None for a single number) and `n`, those of a "delta" objects
    with `value` and `better` (None if not known); None where there is none. In a table for people they are texts.
    """

    key: str
    title: str
    align: str = "left"
    content: Content = "value"


class Table(NamedTuple):
    """Rows of plain values, in the order of `columns`."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[JSONValue, ...], ...]
