"""Answers to changes of runs: label, tags, mark, comment, delete, undo and stop. The page may not change anything else.

An undo restores an attribute only if it still has the value of the change that is undone: another page or a command may
have changed it meanwhile, and that change stays.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from gage.compare.grid_history import get_attribute
from gage.compare.run_changes import (
    PlannedChange,
    apply_change,
    describe_runs,
    plan_comment,
    plan_deletion,
    plan_label,
    plan_mark,
    plan_tags,
)
from gage.identity.user import get_author
from gage.lib.uuid7 import name_from_id
from gage.runner.stop import stop_run
from gage.store.layout import is_run_id
from gage.store.store import RunStore
from gage.types.errors import GageError, NotFound, UsageError
from gage.types.run import Run
from gage.types.values import JSONValue
from gage.view.stores import ViewedStores

MAX_CHANGED_RUNS = 1_000
MAX_TEXT = 100_000
"""Characters of a comment."""

Action = Literal["label", "tag", "mark", "comment", "delete"]


class ChangeQuery(NamedTuple):
    """A change of `runs` (IDs). `text` is the label ("" removes it), the comment, or tags, with "-" before those to
    remove. `mark` removes the marks if all the runs are marked.
    """

    runs: tuple[str, ...]
    action: Action
    text: str = ""


class Restore(NamedTuple):
    """The attributes of a run to set and to delete, to undo a change, and the values that the change gave them, null
    for those that it deleted.
    """

    id: str
    set: Mapping[str, JSONValue]
    delete: tuple[str, ...]
    changed: Mapping[str, JSONValue]


class ChangeResult(NamedTuple):
    """What was done, in words, and what undoes it."""

    text: str
    undo: tuple[Restore, ...] = ()


class UndoQuery(NamedTuple):
    """The answer to a change, to undo it."""

    text: str
    undo: tuple[Restore, ...]


class StopQuery(NamedTuple):
    """The IDs of the runs to stop."""

    runs: tuple[str, ...]


def apply_run_change(stores: ViewedStores, query: ChangeQuery) -> ChangeResult:
    """Changes the label, tags, mark or comments of runs, or deletes them."""
    if len(query.text) > MAX_TEXT:
        raise UsageError(f"The text is longer than {MAX_TEXT:,} characters", "Shorten it")
    found, note = _find_runs(stores, query.runs)
    change = _plan(query, [run for _, run in found])
    restores: list[Restore] = []
    for store, runs in _group_by_store(found):
        _, step = apply_change(store, runs, change)
        changed = {**change.set, **dict.fromkeys(change.delete)}
        changed = {name: None if name.startswith("comment:") else value for name, value in changed.items()}
        restores += [Restore(*restore, changed) for restore in step.restores]
    return ChangeResult(f"{change.done} {describe_runs([run for _, run in found])}{note}", tuple(restores))


def revert_run_change(stores: ViewedStores, query: UndoQuery) -> ChangeResult:
    """Undoes a change of runs."""
    _check_count(query.undo)
    for restore in query.undo:
        _check_names((*restore.set, *restore.delete, *restore.changed))
    found = {run.id: (store, run) for store, run in stores.find_runs([restore.id for restore in query.undo])}
    skipped, author = [], get_author()
    for restore in query.undo:
        if restore.id not in found:
            skipped.append(f"{name_from_id(restore.id)} was purged" if is_run_id(restore.id) else restore.id)
            continue
        store, run = found[restore.id]
        mine = [name for name in (*restore.set, *restore.delete) if _is_as_changed(run, name, restore)]
        if len(mine) < len(restore.set) + len(restore.delete):
            skipped.append(f"{run.name} was changed")
        if mine:
            values = {name: value for name, value in restore.set.items() if name in mine}
            store.annotate([run.id], values, [name for name in restore.delete if name in mine], author)
    if len(skipped) == len(query.undo):
        raise NotFound(f"Cannot undo: {_join(skipped)} meanwhile", "Nothing was changed")
    return ChangeResult(f"Undone: {query.text}" + (f"; {_join(skipped)} meanwhile" if skipped else ""))


def stop_runs(stores: ViewedStores, query: StopQuery) -> ChangeResult:
    """Stops runs on this machine, with all processes that they started."""
    found, note = _find_runs(stores, query.runs)
    reports: list[str] = []
    problems: list[GageError] = []
    for store, run in found:
        try:
            stop_run(store, run, notice=reports.append)
        except GageError as error:
            problems.append(error)
    if not reports and problems:
        raise problems[0]
    return ChangeResult(_join([*reports, *(problem.message for problem in problems)]) + note)


def _find_runs(stores: ViewedStores, ids: Sequence[str]) -> tuple[list[tuple[RunStore, Run]], str]:
    """Returns the runs with their stores, and a note about those that do not exist any longer. Raises NotFound if there
    are none.
    """
    _check_count(ids)
    found = stores.find_runs(ids)
    known = {run.id for _, run in found}
    purged = [name_from_id(id) if is_run_id(id) else repr(id[:60]) for id in dict.fromkeys(ids) if id not in known]
    if not found:
        raise NotFound(f"Purged meanwhile: {_join(purged)}" if purged else "No runs", "Nothing was changed")
    return found, f"; purged meanwhile: {_join(purged)}" if purged else ""


def _check_count(items: Sequence[object]) -> None:
    if len(items) > MAX_CHANGED_RUNS:
        raise UsageError(f"At most {MAX_CHANGED_RUNS:,} runs can be changed at once", "Select fewer")


def _plan(query: ChangeQuery, runs: Sequence[Run]) -> PlannedChange:
    plans: dict[str, Callable[[], PlannedChange]] = {
        "label": lambda: plan_label(query.text),
        "tag": lambda: plan_tags(query.text),
        "mark": lambda: plan_mark(runs),
        "comment": lambda: plan_comment(query.text),
        "delete": lambda: plan_deletion(runs),
    }
    return plans[query.action]()


def _group_by_store(found: Sequence[tuple[RunStore, Run]]) -> list[tuple[RunStore, list[Run]]]:
    groups: list[tuple[RunStore, list[Run]]] = []
    for store, run in found:
        group = next((runs for each, runs in groups if each is store), None)
        if group is None:
            groups.append((store, [run]))
        else:
            group.append(run)
    return groups


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if name not in ("label", "mark", "deleted") and not name.startswith(("tag:", "comment:")):
            raise UsageError(f"The page cannot change the attribute {name!r}", "Use 'gage attr'")


def _is_as_changed(run: Run, name: str, restore: Restore) -> bool:
    return get_attribute(run, name) == restore.changed.get(name)


def _join(texts: Sequence[str]) -> str:
    return ", ".join(texts[:5]) + (f" and {len(texts) - 5} more" if len(texts) > 5 else "")
