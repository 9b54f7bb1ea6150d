"""Explains filters that name nothing known: names that no run has, and conditions that no run meets.

Knows the tables and what conditions mean; not which runs a command asked for.
"""

import re
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from gage.board.formatting import format_comparable
from gage.index import rows
from gage.index.condition_sql import BATCH_NAMES, ConditionBuilder, ValuePlace
from gage.index.where_sql import SqlCondition, join_conditions
from gage.lib import times
from gage.select.comparable import parse_quantity
from gage.select.evaluate import parse_step
from gage.select.fields import RUN_FIELDS, iter_fields
from gage.select.foreign_syntax import suggest_remainder
from gage.select.tokens import mark_position, quote_name
from gage.store.layout import is_run_id
from gage.types.filter import Comparison, Constant, FieldName, Not, SortKey, Where, Word
from gage.types.run import STATUSES
from gage.types.values import escape

MAX_NAMES = 10_000
"""The most names and values that are searched for a similar one."""

KIND_NAMES = {
    "config": "a config value",
    "metric": "a metric",
    "attribute": "an attribute",
    "evaluation": "a metric of an evaluation",
}

_GLOB_SIGNS = frozenset("*?[")

MAX_LISTED = 8
"""The most names or values that a hint lists."""


STATUS_SYNONYMS = {
    **dict.fromkeys("fail failed failure crash crashed errored broken exception".split(), "error"),
    **dict.fromkeys("finished done success successful succeeded ok passed complete".split(), "completed"),
    **dict.fromkeys("killed stopped aborted cancelled canceled interrupted preempted".split(), "terminated"),
    **dict.fromkeys("active started alive".split(), "running"),
    **dict.fromkeys("queued waiting scheduled".split(), "pending"),
    "corrupt": "damaged",
}
"""What people and other tools call a status → the status."""

FIELD_SYNONYMS = {
    **dict.fromkeys("starts start date time when".split(), "started"),
    **dict.fromkeys("ends end ended finished completed_at".split(), "stopped"),
    **dict.fromkeys("runtime elapsed took seconds".split(), "duration"),
    "state": "status",
    **dict.fromkeys("git sha revision git_commit commit_hash".split(), "commit"),
    **dict.fromkeys("author owner username".split(), "user"),
    **dict.fromkeys("hostname machine computer node".split(), "host"),
    **dict.fromkeys("error_message exception why".split(), "reason"),
    **dict.fromkeys("exit_code exitcode exit-code exit_status".split(), "exit"),
}
"""What people and other tools call a value of the run itself → its name in filters."""


class FilterProblem(NamedTuple):
    """What is wrong with a filter, and what to do."""

    message: str
    hint: str


def find_unknown_name(
    db: sqlite3.Connection, where: Sequence[Where], sort: Sequence[SortKey] = ()
) -> FilterProblem | None:
    """Returns the problem of the first name in filters and sort keys that no run of the store has."""
    nodes = [*((each.condition, each.text) for each in where), *((key.expression, "") for key in sort)]
    for node, text in nodes:
        for field in iter_fields(node):
            if not _has_name(db, field):
                names = [name for name in _list_names(db) if not name.startswith("@")]
                mark = f"\n{mark_position(text, field.at)}" if text else ""
                return FilterProblem(f"No run has {field.name!r}{mark}", _suggest_name(field.name, names))
    return None


def _suggest_name(unknown: str, names: Sequence[str]) -> str:
    """Returns the hint for a name that is not one of `names`."""
    if operator := next((o for o in "/*+-" if {*unknown.split(o)} <= {*names}), ""):
        return f"Write blanks around {operator}: {f' {operator} '.join(unknown.split(operator))}"
    before, percent, _ = unknown.partition("%")
    if percent and before in names:
        return suggest_remainder(before)
    near = FIELD_SYNONYMS.get(unknown) or _find_similar(unknown, [*names, *RUN_FIELDS])
    return f"Did you mean {quote_name(near)!r}?" if near else list_some("Names", names)


def find_ambiguous_name(db: sqlite3.Connection, where: Sequence[Where]) -> FilterProblem | None:
    """Returns the problem of the first name that is, say, a config value and a metric with other values, or a time or
    duration of the run itself: `duration = 5`.
    """
    for each in where:
        for field in iter_fields(each.condition, with_metrics=False):
            places = [place for group in ConditionBuilder(db).list_places(field) for place in group if place.kind]
            kinds = [place.kind for place in places]
            own = RUN_FIELDS.get(field.name)
            if own is not None and kinds and (len(kinds) > 1 or own.type in ("time", "duration")):
                message = f"{field.name!r} is {KIND_NAMES[kinds[0]]} and a value of the run itself: both count"
                return FilterProblem(message, _list_qualified(field, ["run", *kinds]))
            if len(places) > 1 and _have_other_values(db, places):
                first, second = KIND_NAMES[kinds[0]], KIND_NAMES[kinds[1]]
                message = f"{field.name!r} is {first} and {second}: of a run that has both, {first} counts"
                return FilterProblem(message, _list_qualified(field, kinds))
    return None


def _list_qualified(field: FieldName, kinds: Sequence[str]) -> str:
    """Returns the hint with the names that have one meaning only."""
    return f"Write {' or '.join(quote_name(f'{kind}.{field.name}') for kind in kinds)}"


def _have_other_values(db: sqlite3.Connection, places: Sequence[ValuePlace]) -> bool:
    """Returns whether a run has a value in another place than the first that it does not have in the first one."""
    first, *others = (ConditionBuilder(db).load_values([[place]]) for place in places)
    return any(first.get(n) != values for other in others for n, values in other.items())


def describe_no_match(db: sqlite3.Connection, where: Sequence[Where], listing: SqlCondition) -> FilterProblem | None:
    """Returns the problem of the first condition that no run of the listing meets; None if each is met by some run."""
    for each in where:
        fits = join_conditions([listing, ConditionBuilder(db).build(each.condition)])
        if db.execute(f"SELECT 1 FROM run WHERE {fits.sql} LIMIT 1", fits.parameters).fetchone() is None:
            return _describe_condition(db, each)
    return None


def _describe_condition(db: sqlite3.Connection, where: Where) -> FilterProblem | None:
    match where.condition:
        case Word(text):
            return _describe_word(db, text)
        case Comparison(FieldName() as field, "=", Constant(text)):
            return _describe_value(db, field.name, "=", text, field)
        case Not(Comparison(FieldName() as field, "=", Constant(text))):
            return _describe_value(db, field.name, "!=", text, field)
        case Comparison(FieldName() as field, "~", Constant(pattern)) if not _GLOB_SIGNS & {*pattern}:
            hint = f"A glob matches the whole text. Try: {_quote(f'{field.name} ~ ', f'*{pattern}*')}"
            return FilterProblem(f"No runs match: none has {field.name}={pattern}", hint)
        case Comparison(FieldName() as field, ">=", Constant() as bound) if _is_in_future(field, bound):
            hint = _describe_day_bound(where.text)
            return FilterProblem(f"No runs match: the time of {field.name} is in the future", hint)
        case Comparison(FieldName() as field, "<" | "<=" | ">" | ">=", Constant() as bound):
            return _describe_range(db, field, bound, where.text)
    return None


def _is_in_future(field: FieldName, bound: Constant) -> bool:
    own = RUN_FIELDS.get(field.plain_name)
    return own is not None and own.type == "time" and bound.text.isdigit() and int(bound.text) > times.now_us()


def _describe_day_bound(text: str) -> str:
    """Returns the hint for `started > today`, which means: after the end of this day."""
    written = re.search(r"([\w.-]+)\s*>(?!=)\s*([\w-]+)", text)
    return f"To include it, write {written[1]} >= {written[2]}" if written else "Try: gage list"


def _has_name(db: sqlite3.Connection, field: FieldName) -> bool:
    if (field.kind in ("", "run") and field.plain_name in RUN_FIELDS) or ConditionBuilder(db).list_places(field):
        return True
    at_step = parse_step(field)
    return at_step is not None and bool(ConditionBuilder(db).list_places(at_step[0]))


def _list_names(db: sqlite3.Connection) -> list[str]:
    """Returns the names of config values, metrics and attributes; each is found by one step in the table's order."""
    names: list[str] = []
    for table in ("attr", "metric"):
        sql = (
            f"WITH RECURSIVE name(k) AS (SELECT min(k) FROM {table} UNION ALL"
            f" SELECT (SELECT min(k) FROM {table} WHERE k > name.k) FROM name WHERE name.k IS NOT NULL)"
            " SELECT k FROM name WHERE k IS NOT NULL LIMIT ?"
        )
        names += [name.removeprefix(rows.ATTRIBUTE_PREFIX) for (name,) in db.execute(sql, (MAX_NAMES,))]
    return names


def _list_values(db: sqlite3.Connection, name: str) -> list[str]:
    """Returns the values that runs have under a name, as text."""
    if name == "batch":
        sql = f"SELECT DISTINCT v FROM attr WHERE k = '@parent' AND v IN ({BATCH_NAMES}) LIMIT ?"
        return [str(value) for (value,) in db.execute(sql, (MAX_NAMES,))]
    values: list[str] = []
    for place in (place for group in ConditionBuilder(db).list_places(FieldName(name)) for place in group):
        sql = f"SELECT DISTINCT {place.value} FROM {place.rows or 'run'} ORDER BY 1 LIMIT ?"
        values += [
            str(value) for (value,) in db.execute(sql, (*place.parameters, MAX_NAMES)) if value not in (None, "")
        ]
    return [value for value in values if not is_run_id(value)] if name == "parent" else values


def _describe_value(db: sqlite3.Connection, name: str, operator: str, text: str, field: FieldName) -> FilterProblem:
    if name == "status" and text not in STATUSES:
        near = STATUS_SYNONYMS.get(text.casefold()) or _find_similar(text, STATUSES)
        hint = f"Did you mean {near!r}?" if near else list_some("Statuses", STATUSES)
        return FilterProblem(f"No runs match: {text!r} is not a status", hint)
    if name == "batch" and db.execute("SELECT 1 FROM run WHERE name = ?", (text,)).fetchone():
        return FilterProblem(f"No runs match: {text} has no trials", f"Try: gage show {text}")
    values = _list_values(db, name)
    near = _find_similar(text, values)
    hint = f"Did you mean {_quote(name + operator, near)}?" if near and near != text and near.isprintable() else ""
    return FilterProblem(
        f"No runs match: none has {name}{operator}{text}", hint or list_some(f"Values of {name}", values)
    )


def _describe_range(db: sqlite3.Connection, field: FieldName, bound: Constant, text: str) -> FilterProblem | None:
    """Returns between which numbers the values are, or that they are of another type than the bound."""
    loaded = ConditionBuilder(db).load_values(ConditionBuilder(db).list_places(field))
    values = [value for several in loaded.values() for value in several]
    numbers = [value for value in values if not isinstance(value, str)]
    is_number = not bound.quoted and parse_quantity(bound.text) is not None
    if is_number and values and not numbers:
        return FilterProblem(
            f"No runs match: {field.name} is text in all runs\n{mark_position(text, bound.at)}",
            list_some(f"Values of {field.name}", _list_values(db, field.name)),
        )
    if not is_number or not numbers or RUN_FIELDS.get(field.plain_name):
        return None
    span = f"{format_comparable(min(numbers))} to {format_comparable(max(numbers))}"
    return FilterProblem(f"No runs match: {field.name} is {span}", "Try: gage list")


def _describe_word(db: sqlite3.Connection, word: str) -> FilterProblem:
    if word == "marked":
        return FilterProblem("No runs match: no run is marked", "To mark one: gage mark RUN")
    if _has_name(db, FieldName(word)):
        return FilterProblem(f"No runs match: {word!r} is a name", f"Try: --where {word}=VALUE")
    if word.casefold() in STATUSES:
        return FilterProblem(f"No runs match: none has the status {word!r}", "Try: gage list")
    if db.execute("SELECT 1 FROM run WHERE name = ? OR id = ? LIMIT 1", (word, word)).fetchone():
        return FilterProblem(f"No runs match: {word!r} is a run", f"Name it without --where: gage list {word}")
    if status := STATUS_SYNONYMS.get(word.casefold()):
        hint = f"Did you mean {status!r}? {list_some('Statuses', STATUSES)}"
        return FilterProblem(f"No runs match: {word!r} is not a status", hint)
    words = [*STATUSES, *_list_values(db, "operation"), *_list_values(db, "label"), *_list_values(db, "tag")]
    near = _find_similar(word.removeprefix("#"), words)
    hint = f"Did you mean {near!r}?" if near else "Try: gage list"
    return FilterProblem(f"No runs match: no operation, status, label or tag contains {word!r}", hint)


def _quote(start: str, value: str) -> str:
    """Returns a condition as it is typed in a shell; `start` is its name and operator."""
    if re.fullmatch(r"[^\s'\"\\$`!#&|;<>()*?]+", value):
        return start + value
    import shlex

    escaped = value.replace('"', '\\"')
    return shlex.quote(f'{start}"{escaped}"')


def _find_similar(text: str, known: Sequence[str]) -> str | None:
    """Returns the shortest known text that starts with `text`, else the most similar one."""
    from gage.lib.suggest import find_closest

    starting = [each for each in known if text and each.startswith(text)]
    return min(starting, key=len) if starting else find_closest(text, known)


def list_some(title: str, texts: Sequence[str]) -> str:
    """Returns a hint of one line with some of the texts, or with what to try if there are none."""
    unique = list(map(escape, dict.fromkeys(texts)))
    more = ", …" if len(unique) > MAX_LISTED else ""
    return f"{title}: {', '.join(unique[:MAX_LISTED])}{more}" if unique else "Try: gage list"
