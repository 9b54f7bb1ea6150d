"""The table that terminal, page, CSV and API show."""

from typing import Literal, NamedTuple

from gage.types.values import JSONValue

Content = Literal["value", "summary", "delta"]


class Column(NamedTuple):
    """A column: `key` for programs, `title` for people, `align` "left" or "right".

    The cells of a "summary" column are objects with `mean`, `std` (None for a single number) and `n`. The cells of a
    "delta" column are objects with `value` and `better` (None if not known). A cell without a value is None. In a table
    for people, the cells are texts.
    """

    key: str
    title: str
    align: str = "left"
    content: Content = "value"


class Table(NamedTuple):
    """Rows of plain values, in the order of `columns`."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[JSONValue, ...], ...]
