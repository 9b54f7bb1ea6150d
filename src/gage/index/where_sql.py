"""Builds the SQL that a listing needs: which runs are in it, and conditions joined. Runs no query."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from gage.types.filter import ProjectRef, RunFilter
from gage.types.values import clean_text

SqlValue = int | float | str


class SqlCondition(NamedTuple):
    """An SQL condition on a row of `run`, with its parameters."""

    sql: str
    parameters: tuple[SqlValue, ...] = ()


Page = list[tuple[int, int, str]]
"""Row number, time of creation and ID of runs."""


def build_listing_condition(run_filter: RunFilter) -> SqlCondition:
    """Returns the condition of the listing in which positions count: the collection, or one archive of it."""
    if run_filter.archive:
        return SqlCondition("place = ? AND archive = ?", (run_filter.collection, clean_text(run_filter.archive)))
    return SqlCondition("place = ?", (run_filter.collection,))


def build_option_conditions(run_filter: RunFilter) -> list[SqlCondition]:
    """Returns the conditions of `project` and `statuses`."""
    conditions = []
    if run_filter.project:
        conditions.append(_build_project(run_filter.project))
    if run_filter.statuses:
        conditions.append(build_status_condition(run_filter.statuses))
    return conditions


def build_status_condition(statuses: tuple[str, ...]) -> SqlCondition:
    """Returns the condition that the status is one of these."""
    return SqlCondition(f"status IN ({_placeholders(statuses)})", statuses)


def build_numbers_condition(numbers: Iterable[int], column: str = "n") -> SqlCondition:
    """Returns the condition that the row number of a run, which is in `column`, is one of `numbers`."""
    return SqlCondition(f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),))


def _build_project(project: ProjectRef) -> SqlCondition:
    """The ID of a run's project decides, if both the run and the project have one; else the directory."""
    folders = tuple(map(clean_text, project.dirs))
    inside = f"project IN ({_placeholders(folders)})"
    if not project.id:
        return SqlCondition(inside, folders)
    return SqlCondition(f"project_id = ? OR (project_id = '' AND {inside})", (clean_text(project.id), *folders))


def join_conditions(conditions: list[SqlCondition]) -> SqlCondition:
    """Returns the conjunction of the conditions."""
    return _join(conditions, " AND ", "1")


def join_alternatives(conditions: list[SqlCondition]) -> SqlCondition:
    """Returns the disjunction of the conditions."""
    return _join(conditions, " OR ", "0")


def _join(conditions: list[SqlCondition], operator: str, empty: str) -> SqlCondition:
    """Joins the conditions as a balanced tree: SQLite limits the depth of expressions."""
    texts = [f"({c.sql})" for c in conditions] or [empty]
    while len(texts) > 1:
        groups = [texts[i : i + 10] for i in range(0, len(texts), 10)]
        texts = [f"({operator.join(group)})" for group in groups]
    return SqlCondition(texts[0], tuple(p for c in conditions for p in c.parameters))


def _placeholders(values: tuple[SqlValue, ...]) -> str:
    return ", ".join("?" * len(values))
