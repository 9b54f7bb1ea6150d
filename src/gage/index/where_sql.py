"""Conditions of a filter → SQL. Knows the index's tables; runs no query."""

import json
import re
from collections.abc import Container
from typing import NamedTuple

from gage.index import rows
from gage.types.filter import ProjectRef, RunFilter, Term

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

COLUMN = {
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
"""What `--where` calls a column."""

ATTRIBUTE = {
    "label": "@label",
    "tag": "@tag",
    "tags": "@tag",
    "mark": "@mark",
    "marked": "@mark",
    "exit": "@exit",
    "batch": "@parent",
    "parent": "@parent",
}
"""What `--where` calls an attribute of Gage's own."""

Parameter = int | float | str


class Condition(NamedTuple):
    """A piece of SQL about a row of `run`, with its parameters."""

    sql: str
    parameters: tuple[Parameter, ...] = ()


def listing(wanted: RunFilter) -> Condition:
    """The listing that indexes count in: the collection, of one archive if that is given."""
    if wanted.archive:
        return Condition("place = ? AND archive = ?", (wanted.collection, wanted.archive))
    return Condition("place = ?", (wanted.collection,))


def conditions(wanted: RunFilter) -> list[Condition]:
    """What a run has to fit beside being in the listing."""
    found = [_term(term) for term in wanted.where]
    if wanted.project:
        found.append(_project(wanted.project))
    if wanted.statuses:
        found.append(Condition(f"status IN ({_marks(wanted.statuses)})", wanted.statuses))
    return found


def lasting(wanted: RunFilter, config: Container[str]) -> list[Condition]:
    """Those of the conditions whose answer for a finished run nobody can change. `config`: names of config values."""
    where = tuple(term for term in wanted.where if _is_lasting(term, config))
    return conditions(wanted._replace(where=where, project=None))


def depends_on_people(wanted: RunFilter, config: Container[str]) -> bool:
    """Whether what people say about runs decides which fit. `config`: names of config values."""
    return wanted.project is not None or not all(_is_lasting(term, config) for term in wanted.where)


def _is_lasting(term: Term, config: Container[str]) -> bool:
    """Any name that is no config value may be an attribute that a person has given."""
    if term.key in ("label", "tag", "tags", "mark", "marked", "project", "project-id"):
        return False
    return bool(term.key) and (term.key in COLUMN or term.key in ATTRIBUTE or term.key in config)


def _project(project: ProjectRef) -> Condition:
    """A run's own ID of its project decides before the folder, where both the run and the project have one."""
    folders = tuple(map(rows.plain, project.dirs))
    inside = f"project IN ({_marks(folders)})"
    if not project.id:
        return Condition(inside, folders)
    return Condition(f"project_id = ? OR (project_id = '' AND {inside})", (rows.plain(project.id), *folders))


def join(conditions: list[Condition]) -> Condition:
    """All of them."""
    sql = " AND ".join(f"({c.sql})" for c in conditions)
    return Condition(sql, tuple(p for c in conditions for p in c.parameters))


def _term(term: Term) -> Condition:
    if not term.key:
        return _word(term.value)
    found = [_has(term.key, term.value), _has(rows.MEASURED + term.key, term.value)]
    if attribute := ATTRIBUTE.get(term.key):
        found.append(_has(attribute, term.value))
    if column := COLUMN.get(term.key):
        found.append(Condition(f"{column} = ?", (term.value,)))
    sql = " OR ".join(c.sql for c in found)
    if not term.value and term.key not in COLUMN:
        names = (rows.plain(term.key), rows.plain(rows.MEASURED + term.key), ATTRIBUTE.get(term.key, ""))
        sql = f"{sql} OR n NOT IN (SELECT n FROM attr WHERE k IN (?, ?, ?))"
        found.append(Condition("", names))
    return Condition(f"NOT ({sql})" if term.op == "!=" else sql, tuple(p for c in found for p in c.parameters))


def _word(word: str) -> Condition:
    """Part of the operation, the label or a tag, whatever the case; or the whole status; or that it is marked."""
    folded = rows.plain(word).casefold()
    marked = " OR n IN (SELECT n FROM attr WHERE k = '@mark')" if folded == "marked" else ""
    return Condition(f"instr(words, ?) OR status = ?{marked}", (folded, folded))


def _has(key: str, text: str) -> Condition:
    values = _values(text)
    return Condition(f"n IN (SELECT n FROM attr WHERE k = ? AND v IN ({_marks(values)}))", (rows.plain(key), *values))


def _values(text: str) -> tuple[Parameter, ...]:
    """All that `text` may stand for in the table: itself, a number, a word such as `true`, a list."""
    found: list[Parameter] = [rows.plain(text)]
    if NUMBER.fullmatch(text):
        is_whole = text.lstrip("+-").isdigit() and len(text) < 1000
        found.append(rows.storable(int(text) if is_whole else float(text)))
    elif text.casefold() in ("true", "false", "null", "none"):
        found.append({"none": "null"}.get(text.casefold(), text.casefold()))
    elif text[:1] in ("[", "{"):
        try:
            found.append(rows.storable(json.loads(text)))
        except ValueError:
            pass
    return tuple(found)


def _marks(values: tuple[Parameter, ...]) -> str:
    return ", ".join("?" * len(values))
