"""Builds SQL from the conditions of a filter. Knows the index's tables; runs no query."""

import json
import re
from collections.abc import Container
from typing import NamedTuple

from gage.index import rows
from gage.types.filter import ProjectRef, RunFilter, Term
from gage.types.run import STATUSES

# 12, -0.5, 1e-3
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

COLUMN_NAMES = {
    "operation": "op",
    "op": "op",
    "status": "status",
    "name": "name",
    "id": "id",
    "version": "version",
    "namespace": "namespace",
    "project": "project",
    "project-id": "project_id",
    "archive": "archive",
}
"""Names in `--where` → columns of `run`."""

ATTRIBUTE_KEYS = {
    "label": "@label",
    "tag": "@tag",
    "tags": "@tag",
    "mark": "@mark",
    "marked": "@mark",
    "exit": "@exit",
    "batch": "@parent",
    "parent": "@parent",
}
"""Names in `--where` → built-in attributes."""

SHORT_STATUSES = {status[:4]: status for status in STATUSES}
"""The first four letters of statuses, as narrow listings show them."""

WORD_VALUES = {
    **dict.fromkeys(("true", "yes", "on"), "true"),
    **dict.fromkeys(("false", "no", "off"), "false"),
    **dict.fromkeys(("null", "none"), "null"),
}
"""Word for a boolean or null in a filter → how the index stores that value."""

SqlValue = int | float | str


BATCH_NAMES = "SELECT name FROM run WHERE op LIKE '%+'"
"""The names of batches: their operation is that of their trials and a plus sign."""


class SqlCondition(NamedTuple):
    """An SQL condition on a row of `run`, with its parameters."""

    sql: str
    parameters: tuple[SqlValue, ...] = ()


def build_listing_condition(run_filter: RunFilter) -> SqlCondition:
    """Returns the condition of the listing in which positions count: the collection, or one archive of it."""
    if run_filter.archive:
        return SqlCondition("place = ? AND archive = ?", (run_filter.collection, rows.clean_text(run_filter.archive)))
    return SqlCondition("place = ?", (run_filter.collection,))


def build_conditions(run_filter: RunFilter) -> list[SqlCondition]:
    """Returns the conditions beside that of the listing."""
    conditions = [build_term(term) for term in run_filter.where]
    if run_filter.project:
        conditions.append(_build_project(run_filter.project))
    if run_filter.statuses:
        conditions.append(SqlCondition(f"status IN ({_placeholders(run_filter.statuses)})", run_filter.statuses))
    return conditions


def build_lasting_conditions(run_filter: RunFilter, config: Container[str]) -> list[SqlCondition]:
    """Returns those of the conditions that user attributes cannot change. `config`: names of config values."""
    where = tuple(term for term in run_filter.where if _is_lasting(term, config))
    return build_conditions(run_filter._replace(where=where, project=None))


def has_user_attr_terms(run_filter: RunFilter, config: Container[str]) -> bool:
    """Returns whether user attributes decide which runs match. `config`: names of config values."""
    return run_filter.project is not None or not all(_is_lasting(term, config) for term in run_filter.where)


def _is_lasting(term: Term, config: Container[str]) -> bool:
    """A name that is not a config value can be a user attribute."""
    if term.key in ("label", "tag", "tags", "mark", "marked", "project", "project-id"):
        return False
    return bool(term.key) and (term.key in COLUMN_NAMES or term.key in ATTRIBUTE_KEYS or term.key in config)


def _build_project(project: ProjectRef) -> SqlCondition:
    """The ID of a run's project decides, if both the run and the project have one; else the directory."""
    folders = tuple(map(rows.clean_text, project.dirs))
    inside = f"project IN ({_placeholders(folders)})"
    if not project.id:
        return SqlCondition(inside, folders)
    return SqlCondition(f"project_id = ? OR (project_id = '' AND {inside})", (rows.clean_text(project.id), *folders))


def join_conditions(conditions: list[SqlCondition]) -> SqlCondition:
    """Returns the conjunction of the conditions."""
    sql = " AND ".join(f"({c.sql})" for c in conditions)
    return SqlCondition(sql, tuple(p for c in conditions for p in c.parameters))


def build_term(term: Term) -> SqlCondition:
    """Returns the condition for one term of a filter."""
    if not term.key:
        return _build_word(term.value)
    alternatives = [_has_attribute(key, term.value) for key in list_keys(term.key)]
    alternatives[1] = _without_config(alternatives[1], term.key)
    if attribute := ATTRIBUTE_KEYS.get(term.key):
        condition = _has_attribute(attribute, term.value)
        alternatives.append(
            _limit_to_batches(condition, rows.clean_text(term.value)) if term.key == "batch" else condition
        )
    if column := COLUMN_NAMES.get(term.key):
        value = _expand_status(term.value) if column == "status" else term.value
        alternatives.append(SqlCondition(f"{column} = ?", (value,)))
    sql = " OR ".join(c.sql for c in alternatives)
    if not term.value and term.key not in COLUMN_NAMES:
        names = (*list_keys(term.key), ATTRIBUTE_KEYS.get(term.key, ""))
        sql = f"{sql} OR n NOT IN (SELECT n FROM attr WHERE k IN ({_placeholders(names)}))"
        alternatives.append(SqlCondition("", names))
    return SqlCondition(
        f"NOT ({sql})" if term.op == "!=" else sql, tuple(p for c in alternatives for p in c.parameters)
    )


def list_keys(key: str) -> tuple[str, ...]:
    """Returns the names in the table of what a name in `--where` means: first a config value, then other values."""
    kind, _, rest = key.partition(".")
    qualified = {"config": (rest,), "metric": (rows.MEASURED_PREFIX + rest,)}.get(kind, ()) if rest else ()
    names = (key, rows.MEASURED_PREFIX + key, *qualified)
    if kind == "attribute" and rest:
        names = (*names, rows.MEASURED_PREFIX + rest)
    return tuple(map(rows.clean_text, names))


def _without_config(condition: SqlCondition, key: str) -> SqlCondition:
    """Returns the condition on a metric or attribute for runs without a config value of that name."""
    sql = f"({condition.sql} AND n NOT IN (SELECT n FROM attr WHERE k = ?))"
    return SqlCondition(sql, (*condition.parameters, rows.clean_text(key)))


def _build_word(word: str) -> SqlCondition:
    """Matches part of the operation, the label or a tag, ignoring case; or the whole status, `#tag` or `marked`.

    A status matches nothing else: a command that deletes failed runs must not delete what is labelled "error".
    """
    folded = rows.clean_text(word).casefold()
    if folded in STATUSES:
        return SqlCondition("status = ?", (folded,))
    alternatives = [SqlCondition("instr(words, ?) OR status = ?", (folded, _expand_status(folded)))]
    if word.startswith("#"):
        alternatives.append(_has_attribute("@tag", word[1:]))
    if folded == "marked":
        alternatives.append(_has_attribute("@mark", "true"))
    return SqlCondition(" OR ".join(c.sql for c in alternatives), tuple(p for c in alternatives for p in c.parameters))


def _expand_status(text: str) -> str:
    """Returns the status that a status or its first four letters stand for, ignoring case; another text as it is."""
    folded = text.casefold()
    return SHORT_STATUSES.get(folded, folded if folded in STATUSES else text)


def _has_attribute(key: str, text: str) -> SqlCondition:
    values = _parse_values(text)
    return SqlCondition(
        f"n IN (SELECT n FROM attr WHERE k = ? AND v IN ({_placeholders(values)}))",
        (rows.clean_text(key), *values),
    )


def _limit_to_batches(condition: SqlCondition, batch: str) -> SqlCondition:
    """Returns the condition on the parent of a run unless that is a run that was restarted; a batch may be purged."""
    parent = "SELECT 1 FROM run AS parent WHERE (parent.name = ? OR parent.id = ?) AND parent.op NOT LIKE '%+'"
    return SqlCondition(f"({condition.sql} AND NOT EXISTS ({parent}))", (*condition.parameters, batch, batch))


def _parse_values(text: str) -> tuple[SqlValue, ...]:
    """Returns the values that `text` can stand for in the table: itself, a number, a word such as `true`, a list."""
    values: list[SqlValue] = [rows.clean_text(text)]
    if NUMBER.fullmatch(text):
        is_whole = text.lstrip("+-").isdigit() and len(text) < 1000
        values.append(rows.to_sql_value(int(text) if is_whole else float(text)))
    elif word := WORD_VALUES.get(text.casefold()):
        values.append(word)
    elif text[:1] in ("[", "{"):
        try:
            values.append(rows.to_sql_value(json.loads(text)))
        except (ValueError, RecursionError):
            pass  # it only matches as text
    return tuple(values)


def _placeholders(values: tuple[SqlValue, ...]) -> str:
    return ", ".join("?" * len(values))
