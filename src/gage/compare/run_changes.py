"""Changes runs as `gage label`, `tag`, `mark`, `comment` and `delete` do, and undoes changes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gage.board.formatting import format_count
from gage.compare.grid_history import AttributeStep, build_step
from gage.identity.user import get_author
from gage.lib.uuid7 import name_from_id
from gage.store.store import RunStore
from gage.store.tags import check_tags
from gage.types.errors import NotFound, UsageError
from gage.types.run import Run
from gage.types.values import JSONValue


class PlannedChange(NamedTuple):
    """A change of attributes of runs. `done` starts the report, such as "Tagged"."""

    done: str
    set: Mapping[str, JSONValue]
    delete: tuple[str, ...] = ()


def plan_label(text: str) -> PlannedChange:
    """Returns the change that sets a label; an empty text removes it."""
    label = text.strip()
    return (
        PlannedChange("Labelled", {"label": label}) if label else PlannedChange("Cleared the label of", {}, ("label",))
    )


def plan_mark(runs: Sequence[Run]) -> PlannedChange:
    """Returns the change that marks the runs, or removes their marks if all of them are marked."""
    if all(run.user_attrs.marked for run in runs):
        return PlannedChange("Unmarked", {}, ("mark",))
    return PlannedChange("Marked", {"mark": True})


def plan_tags(text: str) -> PlannedChange:
    """Returns the change that adds tags, and removes those with "-" before them. Raises UsageError."""
    words = [word.removeprefix("#") for word in text.split()]
    removed = tuple(f"tag:{word[1:].removeprefix('#')}" for word in words if word[:1] == "-" and len(word) > 1)
    added = [word.removeprefix("+") for word in words if word[:1] != "-"]
    if not added and not removed:
        raise UsageError("No tag", "Write tags, with - before those to remove")
    check_tags(added)
    return PlannedChange("Tagged" if added else "Removed tags of", {f"tag:{tag}": True for tag in added}, removed)


def plan_comment(text: str) -> PlannedChange:
    """Returns the change that adds a comment. Raises UsageError for an empty one."""
    from gage.lib import uuid7

    if not text.strip():
        raise UsageError("The comment is empty", "Nothing was changed")
    id = uuid7.generate()
    return PlannedChange("Commented on", {f"comment:{id}": {"msg": text.strip(), "timestamp": uuid7.parse_ms(id)}})


def plan_deletion(runs: Sequence[Run]) -> PlannedChange:
    """Returns the change that deletes the runs. Raises UsageError if one is still running."""
    for run in runs:
        if run.status in ("running", "pending"):
            raise UsageError(f"Run {run.name} is still running", f"Try: gage stop {run.name}")
    return PlannedChange("Deleted", {"deleted": True})


def apply_change(store: RunStore, runs: Sequence[Run], change: PlannedChange) -> tuple[str, AttributeStep]:
    """Writes a change to runs. Returns a report, and the step that undoes it. Raises GageError."""
    text = f"{change.done} {describe_runs(runs)}"
    step = build_step(text, runs, (*change.set, *change.delete))
    purged = [run for run in runs if not store.exists(run.id)]
    if purged:
        raise NotFound(f"Purged meanwhile: {describe_runs(purged)}", "Nothing was changed")
    store.annotate([run.id for run in runs], change.set, change.delete, get_author())
    return text, step


def revert_change(store: RunStore, step: AttributeStep) -> str:
    """Restores the attributes from before a change. Returns a report, which names runs that were purged meanwhile.
    Raises GageError.
    """
    author = get_author()
    purged = [restore.id for restore in step.restores if not store.exists(restore.id)]
    for restore in step.restores:
        if restore.id not in purged:
            store.annotate([restore.id], restore.set, restore.delete, author)
    if not purged:
        return f"Undone: {step.text}"
    names = ", ".join(map(name_from_id, purged))
    if len(purged) == len(step.restores):
        raise NotFound(f"Cannot undo, purged meanwhile: {names}")
    return f"Undone: {step.text}; purged meanwhile: {names}"


def describe_runs(runs: Iterable[Run]) -> str:
    """Returns the names of up to three runs, or the number of more."""
    listed = list(runs)
    return ", ".join(run.name for run in listed) if len(listed) <= 3 else format_count(len(listed), "run")
