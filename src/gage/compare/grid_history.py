"""The steps that a user of the screen can undo: changes of the view, and of attributes of runs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gage.compare.grid_view import GridView
from gage.types.run import Run
from gage.types.values import JSONValue

MAX_STEPS = 50
"""Steps that are stored; older ones cannot be undone."""


class AttributeRestore(NamedTuple):
    """The attributes to set and to delete on a run, to undo a change."""

    id: str
    set: Mapping[str, JSONValue]
    delete: tuple[str, ...]


class AttributeStep(NamedTuple):
    """A change of attributes. `text` describes it, such as "label of 2 runs"."""

    text: str
    restores: tuple[AttributeRestore, ...]


Step = GridView | AttributeStep
"""The view before a change of the view, or a change of attributes."""


class GridHistory(NamedTuple):
    """The steps so far, the latest last."""

    steps: tuple[Step, ...] = ()

    def push(self, step: Step) -> "GridHistory":
        """Returns the history with one more step, and at most `MAX_STEPS`."""
        return GridHistory((*self.steps, step)[-MAX_STEPS:])

    def pop(self) -> tuple["GridHistory", Step | None]:
        """Returns the history without its latest step, and that step; None if there is none."""
        return (GridHistory(self.steps[:-1]), self.steps[-1]) if self.steps else (self, None)


def build_step(text: str, runs: Sequence[Run], names: Iterable[str]) -> AttributeStep:
    """Returns the step that restores the present values of the attributes `names` of runs."""
    names = tuple(names)
    return AttributeStep(text, tuple(_build_restore(run, names) for run in runs))


def _build_restore(run: Run, names: Sequence[str]) -> AttributeRestore:
    values: dict[str, JSONValue] = {}
    for name in names:
        value = get_attribute(run, name)
        if value is not None:
            values[name] = value
    return AttributeRestore(run.id, values, tuple(name for name in names if name not in values))


def get_attribute(run: Run, name: str) -> JSONValue:
    """Returns a user attribute of a run, None if it has none. A comment is None."""
    attrs = run.user_attrs
    if name == "label":
        return attrs.label or None
    if name.startswith("tag:"):
        return True if name[4:] in attrs.tags else None
    if name == "mark":
        return True if attrs.marked else None
    if name == "deleted":
        return True if attrs.deleted_by else None
    return attrs.other.get(name)
