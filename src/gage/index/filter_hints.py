"""Explains filters that name nothing known: names that no run has, and conditions that no run meets.

Knows the tables and what conditions mean; not which runs a command asked for.
"""

import re
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from gage.index import rows
from gage.index.where_sql import (
    ATTRIBUTE_KEYS,
    BATCH_NAMES,
    COLUMN_NAMES,
    SqlCondition,
    build_term,
    join_conditions,
    list_keys,
)
from gage.store.layout import is_run_id
from gage.types.filter import Term
from gage.types.run import STATUSES

MAX_NAMES = 10_000
"""The most names and values that are searched for a similar one."""

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


class FilterProblem(NamedTuple):
    """What is wrong with a filter, and what to do."""

    message: str
    hint: str


def find_unknown_name(db: sqlite3.Connection, where: Sequence[Term]) -> FilterProblem | None:
    """Returns the problem of the first condition whose name no run of the store has."""
    for term in where:
        if term.key and not _has_name(db, term.key):
            names = [name for name in _list_names(db) if not name.startswith("@")]
            near = _find_similar(term.key, [*names, *COLUMN_NAMES, *ATTRIBUTE_KEYS])
            hint = f"Did you mean {near!r}?" if near else _list_some("Names", names)
            return FilterProblem(f"No run has {term.key!r}", hint)
    return None


def describe_no_match(db: sqlite3.Connection, where: Sequence[Term], listing: SqlCondition) -> FilterProblem | None:
    """Returns the problem of the first condition that no run of the listing meets; None if each is met by some run."""
    for term in where:
        condition = join_conditions([listing, build_term(term)])
        if db.execute(f"SELECT 1 FROM run WHERE {condition.sql} LIMIT 1", condition.parameters).fetchone() is None:
            return _describe_value(db, term) if term.key else _describe_word(db, term.value)
    return None


def _has_name(db: sqlite3.Connection, key: str) -> bool:
    if key in COLUMN_NAMES or key in ATTRIBUTE_KEYS:
        return True
    names = list_keys(key)
    sql = f"SELECT 1 FROM attr WHERE k IN ({', '.join('?' * len(names))}) LIMIT 1"
    return db.execute(sql, names).fetchone() is not None


def _list_names(db: sqlite3.Connection) -> list[str]:
    """Returns the names of config values, metrics and attributes; each is found by one step in the table's order."""
    sql = (
        "WITH RECURSIVE name(k) AS (SELECT min(k) FROM attr UNION ALL"
        " SELECT (SELECT min(k) FROM attr WHERE k > name.k) FROM name WHERE name.k IS NOT NULL)"
        " SELECT k FROM name WHERE k IS NOT NULL LIMIT ?"
    )
    return [name.removeprefix(rows.MEASURED_PREFIX) for (name,) in db.execute(sql, (MAX_NAMES,))]


def _list_values(db: sqlite3.Connection, key: str) -> list[str]:
    """Returns the values that runs have under a name, as text."""
    if key in COLUMN_NAMES:
        column = COLUMN_NAMES[key]
        sql = f"SELECT DISTINCT {column} FROM run WHERE {column} <> '' LIMIT ?"
        return [str(value) for (value,) in db.execute(sql, (MAX_NAMES,))]
    if key == "batch":
        sql = f"SELECT DISTINCT v FROM attr WHERE k = ? OR (k = '@parent' AND v IN ({BATCH_NAMES})) LIMIT ?"
        return [str(value) for (value,) in db.execute(sql, (key, MAX_NAMES))]
    keys = (*list_keys(key), ATTRIBUTE_KEYS.get(key, ""))
    sql = f"SELECT DISTINCT v FROM attr WHERE k IN ({', '.join('?' * len(keys))}) ORDER BY v LIMIT ?"
    values = [str(value) for (value,) in db.execute(sql, (*keys, MAX_NAMES))]
    return [value for value in values if not is_run_id(value)] if key == "parent" else values


def _describe_value(db: sqlite3.Connection, term: Term) -> FilterProblem:
    if term.key == "status" and term.value not in STATUSES:
        near = STATUS_SYNONYMS.get(term.value.casefold()) or _find_similar(term.value, STATUSES)
        hint = f"Did you mean {near!r}?" if near else _list_some("Statuses", STATUSES)
        return FilterProblem(f"No runs match: {term.value!r} is not a status", hint)
    if term.key == "batch" and db.execute("SELECT 1 FROM run WHERE name = ?", (term.value,)).fetchone():
        return FilterProblem(f"No runs match: {term.value} has no trials", f"Try: gage show {term.value}")
    values = _list_values(db, term.key)
    near = _find_similar(term.value, values)
    hint = f"Did you mean {_quote(term.key + term.op, near)}?" if near and near != term.value else ""
    return FilterProblem(
        f"No runs match: none has {term.key}{term.op}{term.value}", hint or _list_some(f"Values of {term.key}", values)
    )


def _describe_word(db: sqlite3.Connection, word: str) -> FilterProblem:
    if word == "marked":
        return FilterProblem("No runs match: no run is marked", "To mark one: gage mark RUN")
    if _has_name(db, word):
        return FilterProblem(f"No runs match: {word!r} is a name", f"Try: --where {word}=VALUE")
    if word.casefold() in STATUSES:
        return FilterProblem(f"No runs match: none has the status {word!r}", "Try: gage list")
    if db.execute("SELECT 1 FROM run WHERE name = ? OR id = ? LIMIT 1", (word, word)).fetchone():
        return FilterProblem(f"No runs match: {word!r} is a run", f"Name it without --where: gage list {word}")
    if status := STATUS_SYNONYMS.get(word.casefold()):
        hint = f"Did you mean {status!r}? {_list_some('Statuses', STATUSES)}"
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
    """Returns a known text that starts with `text`, else the most similar one."""
    from gage.lib.suggest import find_closest

    start = next((each for each in known if text and each.startswith(text)), None)
    return start or find_closest(text, known)


def _list_some(title: str, texts: Sequence[str]) -> str:
    """Returns a hint with some of the texts; what to try if there are none."""
    unique = list(dict.fromkeys(texts))
    more = ", …" if len(unique) > MAX_LISTED else ""
    return f"{title}: {', '.join(unique[:MAX_LISTED])}{more}" if unique else "Try: gage list"
