"""Reads the values of runs that a board names: those of the filter language, and the scores of the board."""

import math
from collections.abc import Callable, Mapping

from gage.board.run_table import COLUMNS, CellContext
from gage.board.run_values import build_row, find_run_values
from gage.select.evaluate import list_values
from gage.select.fields import COLUMN_KEYS, RUN_FIELDS
from gage.select.grammar import parse_expression, parse_value
from gage.types.board import BoardScore
from gage.types.filter import Call, Expression, FieldName, SeriesReader
from gage.types.run import Run
from gage.types.values import JSONValue

TIMES = ("created", "staged", "started", "stopped")

RunValue = Callable[[Run, int], JSONValue]
"""Takes a run and its position in the listing. Returns a value of the run, None if it is missing or null."""


class ValueReader:
    """Finds the values of runs by name."""

    def __init__(self, scores: tuple[BoardScore, ...] = (), read_series: SeriesReader | None = None) -> None:
        self.read_series = read_series
        self.scores: Mapping[str, Expression] = {s.name: parse_expression(s.expression) for s in scores}
        self._values: dict[str, RunValue] = {}

    def get_value(self, name: str) -> RunValue:
        """Returns a function that reads the value with that name: a score, or a value of the run."""
        if name not in self._values:
            self._values[name] = self._build_value(name)
        return self._values[name]

    def get_sort_value(self, name: str) -> RunValue:
        """Returns a function that reads the value to sort runs by: the µs of a time, else what `get_value` reads."""
        expression = self.get_expression(name)
        own = get_own_key(expression).removesuffix("_at") if isinstance(expression, FieldName) else ""
        return (lambda run, _: getattr(run, own)) if own in TIMES else self.get_value(name)

    def get_expression(self, name: str) -> Expression:
        """Returns the expression that a name stands for."""
        return self.scores[name] if name in self.scores else parse_value(name)

    def _build_value(self, name: str) -> RunValue:
        expression = self.get_expression(name)
        if isinstance(expression, FieldName):
            return self.get_plain_value(expression)
        return lambda run, _: self._compute(expression, run)

    def get_plain_value(self, field: FieldName) -> RunValue:
        """Returns a function that reads the value of the run with that name, even if a score has the same name."""
        own = get_own_key(field)
        name = f"attribute.{field.plain_name}" if field.kind == "attribute" else field.name

        def read(run: Run, position: int) -> JSONValue:
            value = COLUMNS[own][1](CellContext(run, position, now=0)) if own else None
            if (value is None or value in ("", [])) and field.kind != "run":
                found = find_run_values(run, field.name, self.read_series)
                found = found or find_run_values(run, name, self.read_series)
                return found[0] if found else None
            return None if value in ("", []) else value

        return read

    def _compute(self, expression: Expression, run: Run) -> JSONValue:
        values = list_values(expression, build_row(run, self.read_series))
        value = values[0] if values else None
        return math.nan if value == "nan" and isinstance(expression, Call) else value


def get_own_key(field: FieldName) -> str:
    """Returns the column of the run itself that a name stands for, "" for a value of another kind."""
    if field.kind not in ("", "run"):
        return ""
    name = COLUMN_KEYS.get(field.plain_name, field.plain_name)
    return name if name in COLUMNS and name not in ("config", "metrics", "attributes", "comments") else ""


def get_value_type(field: Expression) -> str:
    """Returns "time", "duration" or "tags" for such a value of the run itself, else ""."""
    if not isinstance(field, FieldName) or not get_own_key(field):
        return ""
    if field.plain_name in ("tag", "tags"):
        return "tags"
    name = field.plain_name.removesuffix("_at")
    type = RUN_FIELDS[name].type if name in RUN_FIELDS else "time" if name == "staged" else ""
    return type if type in ("time", "duration") else ""
