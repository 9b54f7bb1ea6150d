"""Writes tables as Parquet files with typed columns. Needs the package pyarrow."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gage.board.formatting import format_exact
from gage.board.table_formats import flatten_table
from gage.types.errors import UsageError
from gage.types.table import Table
from gage.types.values import MAX_INTEGER, JSONValue, clean_text

if TYPE_CHECKING:
    import pyarrow

MAX_EXACT = 2**53
"""Floats represent all integers up to this one exactly."""


def write_parquet(table: Table, path: str) -> tuple[str, ...]:
    """Writes a table. The keys of the columns are their names. Returns the keys of the columns that are text because
    they have values of several types. Raises UsageError if pyarrow is missing, or the file cannot be written.
    """
    arrow = _import_arrow()
    flat = flatten_table(table)
    keys = [clean_text(column.key) for column in flat.columns]
    values = [[row[i] for row in flat.rows] for i in range(len(keys))]
    types = [_find_type(column) for column in values]
    arrays = [_build_array(arrow, column, kind) for column, kind in zip(values, types, strict=True)]
    _write(arrow.table(arrays, names=keys), path)
    return tuple(column.key for column, kind in zip(flat.columns, types, strict=True) if kind == "mixed")


def write_parquet_columns(columns: Mapping[str, Sequence[JSONValue]], path: str) -> int:
    """Writes columns, each with values of a single type, and returns the number of rows. Raises UsageError like
    `write_parquet`.
    """
    table = _import_arrow().table(dict(columns))
    _write(table, path)
    return int(table.num_rows)


def _import_arrow() -> "pyarrow":
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError(
            "Parquet export requires the package pyarrow", "Try: pip install 'gage-ml[parquet]', or --csv"
        ) from None
    return pyarrow


def _write(table: "pyarrow.Table", path: str) -> None:
    import pyarrow.parquet

    from gage.lib.output_file import write_output_file

    buffer = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(table, buffer)
    try:
        write_output_file(path, buffer.getvalue().to_pybytes())
    except OSError as e:
        raise UsageError(f"Cannot write {path}: {e.strerror or e}", "Use another path") from None


def _find_type(values: Sequence[JSONValue]) -> str:
    """Returns the type of a column: "null" (no values), "int64", "float64", "bool_", "string", "json" or "mixed"."""
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return "null"
    if kinds <= {int} and all(value is None or _fits(value, MAX_INTEGER) for value in values):
        return "int64"
    if kinds <= {int, float} and float in kinds and all(isinstance(v, float) or _fits(v, MAX_EXACT) for v in values):
        return "float64"
    for kind, name in ((bool, "bool_"), (str, "string")):
        if kinds == {kind}:
            return name
    return "mixed" if kinds & {bool, int, float, str} else "json"


def _fits(value: JSONValue, limit: int) -> bool:
    return value is None or (isinstance(value, int) and -limit <= value <= limit)


def _build_array(arrow: "pyarrow", values: Sequence[JSONValue], kind: str) -> "pyarrow.Array":
    if kind in ("string", "mixed", "json"):
        texts = [None if v is None else clean_text(format_exact(v)) for v in values]
        return arrow.array(texts, type=arrow.string())
    return arrow.array(values, type=getattr(arrow, kind)())
