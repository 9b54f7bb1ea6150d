"""Builds SQL from the conditions of filters. Knows the index's tables, and reads values from them where SQLite cannot
compare as filters do: patterns are tried on the distinct values of a name, and conditions on several values of a run
(`val_loss / train_loss > 1.5`) are evaluated for each run.
"""

import json
import math
import sqlite3
import time
from collections.abc import Callable, Container, Iterable, Sequence
from typing import NamedTuple

from gage.index import rows
from gage.index.where_sql import SqlCondition, build_numbers_condition, join_alternatives, join_conditions
from gage.select.comparable import Equals, Matches, Ordered, ValueTest
from gage.select.evaluate import (
    VALUE_KINDS,
    Values,
    build_field_test,
    expand_status,
    is_met,
    list_values,
    parse_step,
)
from gage.select.fields import RUN_FIELDS, SUMMARY_FUNCTIONS, iter_fields
from gage.types.filter import (
    AllOf,
    AnyOf,
    Call,
    Comparison,
    Condition,
    Constant,
    Expression,
    FieldName,
    Membership,
    Not,
    Points,
    SeriesReader,
    State,
    Where,
    Word,
)
from gage.types.run import STATUSES
from gage.types.values import Comparable, clean_text

RUN_COLUMNS = ("id", "name", "op", "namespace", "version", "status", "project", "project_id", "archive")
"""Texts of the run itself that are columns of `run`; "" means that there is none."""

TIME_COLUMNS = ("created", "started", "stopped")

BATCH_NAMES = "SELECT name FROM run WHERE op LIKE '%+'"
"""The names of batches: their operation is that of their trials and a plus sign."""

NEVER = SqlCondition("0")

MAX_DEPTH = 4
"""The levels of a condition in one statement: SQLite limits their number."""


class ValuePlace(NamedTuple):
    """Where the index has a value: `rows` selects rows with `n`, and `value` is the value in such a row. `kind` is
    "config", "metric", "attribute", "evaluation", or "" for a value of the run itself.
    """

    rows: str
    value: str
    parameters: tuple[str, ...] = ()
    kind: str = ""


class ConditionBuilder:
    """Builds the SQL of one filter. `read_series` is asked for points that the index does not have."""

    def __init__(self, db: sqlite3.Connection, read_series: SeriesReader | None = None) -> None:
        self._db = db
        self._read_series = read_series or (lambda id, name: None)
        self._now = time.time_ns() // 1000

    def build(self, condition: Condition, depth: int = 0) -> SqlCondition:
        """Returns the condition on a row of `run`, which is the part of a filter at this depth. Parts below MAX_DEPTH
        are asked at once, for the numbers of the runs that meet them.
        """
        if depth == MAX_DEPTH and isinstance(condition, AllOf | AnyOf | Not):
            inner = self.build(condition)
            sql = f"SELECT n FROM run WHERE {inner.sql}"
            return build_numbers_condition([n for (n,) in self._db.execute(sql, inner.parameters)])
        match condition:
            case AllOf(conditions):
                return join_conditions([self.build(each, depth + 1) for each in conditions])
            case AnyOf(conditions):
                return join_alternatives([self.build(each, depth + 1) for each in conditions])
            case Not(negated):
                inner = self.build(negated, depth + 1)
                return SqlCondition(f"({inner.sql}) IS NOT TRUE", inner.parameters)
            case Word():
                return _build_word(condition)
            case Membership(left, constants):
                return join_alternatives([self.build(Comparison(left, "=", each)) for each in constants])
            case Comparison(left, operator, Constant() as right) if self._is_stored(left):
                return self._build_comparison(left, operator, right)
            case State(left, state) if self._is_stored(left):
                return self._build_state(left, state)
            case _:
                return self._evaluate(condition)

    def _is_stored(self, expression: Expression) -> bool:
        """Returns whether the index has the value of an expression."""
        if isinstance(expression, FieldName):
            return bool(self.list_places(expression)) or parse_step(expression) is None
        is_summary = isinstance(expression, Call) and expression.function in SUMMARY_FUNCTIONS
        return is_summary and isinstance(expression, Call) and len(expression.arguments) == 1

    def list_places(self, field: FieldName) -> list[list[ValuePlace]]:
        """Returns where the values of a name are: groups of places, of which a run's first one counts."""
        groups = []
        own = RUN_FIELDS.get(field.plain_name) if field.kind in ("", "run") else None
        if own is not None:
            groups.append([_find_own_place(own.key, self._now)])
        wanted = [(kind, field.name) for kind in VALUE_KINDS]
        if field.kind not in ("", "run"):
            wanted.append((field.kind, field.plain_name))
        places = [place for kind, name in wanted if (place := self._find_place(kind, clean_text(name)))]
        return [*groups, places] if places else groups

    def _find_place(self, kind: str, name: str, column: str = "last") -> ValuePlace | None:
        if kind == "evaluation":
            if self._db.execute(rows.HAS_EVALUATIONS).fetchone() is None:
                return None
            from gage.index import evaluations

            place = ValuePlace(evaluations.METRIC_ROWS, "last", (name,), kind)
            found = self._db.execute(f"SELECT 1 FROM {place.rows} LIMIT 1", place.parameters).fetchone()
            return place if found else None
        table = "metric" if kind == "metric" else "attr"
        key = rows.ATTRIBUTE_PREFIX + name if kind == "attribute" else name
        if self._db.execute(f"SELECT 1 FROM {table} WHERE k = ? LIMIT 1", (key,)).fetchone() is None:
            return None
        return ValuePlace(f"{table} WHERE k = ?", column if kind == "metric" else "v", (key,), kind)

    def _list_groups(self, expression: Expression) -> list[list[ValuePlace]]:
        if isinstance(expression, FieldName):
            return self.list_places(expression)
        assert isinstance(expression, Call) and isinstance(expression.arguments[0], FieldName)
        return [[place] for place in self._find_metric(expression.arguments[0], expression.function)]

    def _find_metric(self, field: FieldName, column: str) -> list[ValuePlace]:
        """Returns the place of a metric; the whole name comes before the one without its kind."""
        places = (self._find_place("metric", clean_text(name), column) for name in field.metric_names)
        return list(filter(None, places))[:1]

    def _build_comparison(self, left: Expression, operator: str, right: Constant) -> SqlCondition:
        test = build_field_test(left, operator, right)
        groups = self._list_groups(left)
        alternatives = [self._build_group(group, lambda place: self._build_test(test, place)) for group in groups]
        if operator == "=" and not right.text:
            alternatives.append(self._build_state(left, "null", text_counts=True))
        return join_alternatives(alternatives)

    def _build_state(self, left: Expression, state: str, text_counts: bool = False) -> SqlCondition:
        """Returns the condition of `is null`, `is nan` or `is set`. `text_counts`: "null" as a value is a value."""
        groups = self._list_groups(left)
        if state == "nan":
            return join_alternatives(
                [self._build_group(g, lambda p: SqlCondition(f"{p.value} = 'nan'")) for g in groups]
            )
        without = "" if text_counts else "'null', "
        is_set = join_alternatives(
            [self._build_group(g, lambda p: SqlCondition(f"{p.value} NOT IN ({without}'')")) for g in groups]
        )
        return is_set if state == "set" else SqlCondition(f"({is_set.sql}) IS NOT TRUE", is_set.parameters)

    def _build_group(self, group: Sequence[ValuePlace], build: Callable[[ValuePlace], SqlCondition]) -> SqlCondition:
        """Returns the condition that the first of the places that a run has passes a test."""
        alternatives = []
        for i, place in enumerate(group):
            test = build(place)
            if not place.rows:
                alternatives.append(test)
                continue
            parts = [
                SqlCondition(f"n IN (SELECT n FROM {place.rows} AND {test.sql})", place.parameters + test.parameters)
            ]
            parts += [SqlCondition(f"n NOT IN (SELECT n FROM {p.rows})", p.parameters) for p in group[:i]]
            alternatives.append(join_conditions(parts))
        return join_alternatives(alternatives)

    def _build_test(self, test: ValueTest, place: ValuePlace) -> SqlCondition:
        value = place.value
        is_text_column = not place.rows and place.value in RUN_COLUMNS
        match test:
            case Equals(values):
                chosen = tuple(v for v in values if isinstance(v, str)) if is_text_column else values
                return SqlCondition(f"{value} IN ({', '.join('?' * len(chosen))})", chosen) if chosen else NEVER
            case Ordered(operator, str() as bound):
                is_text = f"{value} <> 'nan' AND typeof({value}) = 'text'"
                is_text += f" AND {value} <> ''" if is_text_column else ""
                return SqlCondition(f"({value} {operator} ? AND {is_text})", (bound,)) if bound != "nan" else NEVER
            case Ordered(operator, bound):
                if is_text_column:
                    return NEVER
                above = f" AND {value} < ''" if operator.startswith(">") else ""
                return SqlCondition(f"({value} {operator} ?{above})", (bound,))
            case Matches():
                sql = f"SELECT DISTINCT {value} FROM {place.rows or 'run'}"
                found = test.select(v for (v,) in self._db.execute(sql, place.parameters) if v is not None and v != "")
                return SqlCondition(f"{value} IN (SELECT value FROM json_each(?))", (_encode_values(found),))

    def _evaluate(self, condition: Condition) -> SqlCondition:
        """Returns the condition of the runs for which Python finds that they meet it."""
        columns: dict[tuple[str, str], dict[int, Values]] = {}
        found = []
        for n, id in self._db.execute("SELECT n, id FROM run WHERE words IS NOT NULL").fetchall():
            if is_met(condition, _IndexedRow(self, n, id, columns)):
                found.append(n)
        return build_numbers_condition(found)

    def load_expression(self, expression: Expression, runs: Sequence[tuple[int, str]]) -> dict[int, Values]:
        """Returns the values of an expression for some runs (row number and ID of each), by row number."""
        if self._is_stored(expression):
            return self.load_values(self._list_groups(expression), [n for n, _ in runs])
        columns: dict[tuple[str, str], dict[int, Values]] = {}
        return {n: list_values(expression, _IndexedRow(self, n, id, columns)) for n, id in runs}

    def load_values(self, groups: list[list[ValuePlace]], numbers: Sequence[int] | None = None) -> dict[int, Values]:
        """Returns the values of all runs, or of those with these row numbers, by row number."""
        chosen = SqlCondition("1") if numbers is None else build_numbers_condition(numbers)
        loaded: dict[int, Values] = {}
        for group in groups:
            taken: dict[int, Values] = {}
            for place in group:
                has_value = f"{place.value} IS NOT NULL" if place.rows else f"{place.value} <> ''"
                sql = f"SELECT n, {place.value} FROM {place.rows or 'run WHERE 1'} AND {has_value} AND {chosen.sql}"
                here: dict[int, Values] = {}
                for n, value in self._db.execute(sql, (*place.parameters, *chosen.parameters)):
                    here[n] = (*here[n], value) if n in here else (value,)
                taken = here | taken
            for n, values in taken.items():
                loaded[n] = (*loaded[n], *values) if n in loaded else values
        return loaded

    def read_points(self, id: str, field: FieldName) -> Points | None:
        """Returns the points of a run's metric."""
        return next(filter(None, (self._read_series(id, name) for name in field.metric_names)), None)

    def find_statistic_places(self, field: FieldName, function: str) -> list[list[ValuePlace]]:
        """Returns where a number of a metric's summary is."""
        return [places] if (places := self._find_metric(field, function)) else []


class _IndexedRow(NamedTuple):
    """A run of the index; values of a name are loaded once for all runs."""

    builder: ConditionBuilder
    n: int
    id: str
    columns: dict[tuple[str, str], dict[int, Values]]

    def list_values(self, field: FieldName) -> Values:
        """Returns what a name stands for."""
        return self._load(("", field.name), lambda: self.builder.list_places(field))

    def get_statistic(self, field: FieldName, function: str) -> Comparable | None:
        """Returns a number of a metric's summary."""
        values = self._load((function, field.name), lambda: self.builder.find_statistic_places(field, function))
        return values[0] if values else None

    def get_series(self, field: FieldName) -> Points | None:
        """Returns the points of a metric."""
        return None if self.get_statistic(field, "count") is None else self.builder.read_points(self.id, field)

    def has_word(self, word: Word) -> bool:
        """Words are never evaluated: SQLite searches them."""
        raise AssertionError(word)

    def _load(self, key: tuple[str, str], find: Callable[[], list[list[ValuePlace]]]) -> Values:
        if key not in self.columns:
            self.columns[key] = self.builder.load_values(find())
        return self.columns[key].get(self.n, ())


def is_lasting(condition: Condition, config: Container[str]) -> bool:
    """Returns whether user attributes cannot change what a condition says of a run. `config`: names of config values.

    A name that is neither the run's own nor a config value can be a user attribute.
    """
    fields = list(iter_fields(condition))
    return bool(fields) and not _has_word(condition) and all(_is_lasting_field(field, config) for field in fields)


def list_config_names(db: sqlite3.Connection, where: Iterable[Where]) -> frozenset[str]:
    """Returns those of the filters' names that are names of config values."""
    names = {clean_text(field.name) for each in where for field in iter_fields(each.condition)}
    sql = "SELECT 1 FROM attr WHERE k = ? LIMIT 1"
    return frozenset(name for name in names if db.execute(sql, (name,)).fetchone())


def _has_word(condition: Condition) -> bool:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return any(map(_has_word, conditions))
        case Not(negated):
            return _has_word(negated)
        case _:
            return isinstance(condition, Word)


def _is_lasting_field(field: FieldName, config: Container[str]) -> bool:
    if field.kind in ("config", "metric"):
        return True
    own = RUN_FIELDS.get(field.plain_name)
    if own is not None:
        return own.key not in ("label", "tag", "mark", "comment", "deleted_by", "project", "project_id")
    return field.name in config


def _encode_values(values: Iterable[Comparable]) -> str:
    """Returns a JSON list for `json_each`, which reads 9e999 as infinity."""
    infinities = {math.inf: "9e999", -math.inf: "-9e999"}
    return (
        f"[{','.join(infinities.get(v) or json.dumps(v) if isinstance(v, float) else json.dumps(v) for v in values)}]"
    )


def _find_own_place(key: str, now: int) -> ValuePlace:
    if key in (*RUN_COLUMNS, *TIME_COLUMNS):
        return ValuePlace("", key)
    if key == "duration":
        end = f"coalesce(stopped, CASE WHEN status = 'running' THEN {now} END)"
        return ValuePlace("", f"(({end} - started) / 1000000.0)")
    if key == "batch":
        parents = "SELECT 1 FROM run AS parent WHERE (parent.name = v OR parent.id = v) AND parent.op NOT LIKE '%+'"
        return ValuePlace(f"attr WHERE k = ? AND NOT EXISTS ({parents})", "v", ("@parent",))
    return ValuePlace("attr WHERE k = ?", "v", (f"@{key}",))


def _build_word(word: Word) -> SqlCondition:
    """Matches part of the operation, the label or a tag, ignoring case; or the whole status, `#tag` or `marked`.

    A status matches nothing else: a command that deletes failed runs must not delete what is labelled "error".
    """
    text = clean_text(word.text)
    folded = text.casefold()
    if folded in STATUSES:
        return SqlCondition("status = ?", (folded,))
    alternatives = [SqlCondition("instr(words, ?) OR status = ?", (folded, expand_status(folded)))]
    has = "n IN (SELECT n FROM attr WHERE k = ? AND v = ?)"
    if text.startswith("#"):
        alternatives.append(SqlCondition(has, ("@tag", text[1:])))
    if folded == "marked":
        alternatives.append(SqlCondition(has, ("@mark", "true")))
    return join_alternatives(alternatives)
