"""The actions of the screen that change runs: they ask for a text or a confirmation, then write to the store."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from gage.cli.compare_screen.prompt import Complete, Question, complete_words
from gage.compare import run_changes
from gage.compare.grid_history import AttributeStep
from gage.compare.run_changes import PlannedChange
from gage.types.errors import GageError
from gage.types.run import Run

if TYPE_CHECKING:
    from gage.cli.compare_screen.app import CompareApp

Plan = Callable[[str], PlannedChange]
"""Takes the text that the user typed, and returns the change."""


def set_label(app: "CompareApp") -> None:
    """Asks for a label."""
    runs = app.state.list_chosen_runs()
    _open_prompt(app, "label of", runs, run_changes.plan_label, runs[0].label if runs else "")


def set_tags(app: "CompareApp") -> None:
    """Asks for tags."""
    tags = tuple({tag for run in app.state.grid.data.runs for tag in run.tags})
    _open_prompt(
        app, "tags (-tag removes) of", app.state.list_chosen_runs(), run_changes.plan_tags, "", complete_words(tags)
    )


def add_comment(app: "CompareApp") -> None:
    """Asks for a comment."""
    _open_prompt(app, "comment on", app.state.list_chosen_runs(), run_changes.plan_comment)


def _open_prompt(
    app: "CompareApp", title: str, runs: Sequence[Run], plan: Plan, text: str = "", complete: Complete | None = None
) -> None:
    if runs:
        named = f"{title} {run_changes.describe_runs(runs)}"
        app.open_prompt(Question(named, partial(_change_by, app, runs, plan), text, complete or complete_words(())))


def _change_by(app: "CompareApp", runs: Sequence[Run], plan: Plan, text: str) -> None:
    _change(app, runs, plan(text))


def mark_runs(app: "CompareApp") -> None:
    """Marks runs, or removes the marks."""
    runs = app.state.list_chosen_runs()
    if runs:
        _try(app, lambda: _change(app, runs, run_changes.plan_mark(runs)))


def delete_runs(app: "CompareApp") -> None:
    """Asks whether to delete runs."""
    runs = app.state.list_chosen_runs()
    if runs:
        _try(app, lambda: _confirm_deletion(app, runs, run_changes.plan_deletion(runs)))


def _confirm_deletion(app: "CompareApp", runs: Sequence[Run], plan: PlannedChange) -> None:
    names = run_changes.describe_runs(runs)
    app.confirm(
        f"Delete {names}? Press y to delete, any other key not to", lambda: _try(app, lambda: _change(app, runs, plan))
    )


def _change(app: "CompareApp", runs: Sequence[Run], plan: PlannedChange) -> None:
    text, step = run_changes.apply_change(app.store, runs, plan)
    app.commands.remember(step)
    if "deleted" in plan.set:
        app.own_changes |= {run.id for run in runs}
    app.report_change(f"{text} (u: undo)")


def revert_step(app: "CompareApp") -> None:
    """Undoes the latest step."""
    step = app.commands.pop()
    if step is None:
        app.update(app.state.with_message("Nothing to undo"))
    elif isinstance(step, AttributeStep):
        _try(app, lambda: _revert_change(app, step))
    else:
        _try(app, lambda: app.update(app.state.with_grid(app.state.grid.with_view(step))))


def _revert_change(app: "CompareApp", step: AttributeStep) -> None:
    text = run_changes.revert_change(app.store, step)
    if any("deleted" in restore.delete for restore in step.restores):
        app.own_changes |= {restore.id for restore in step.restores}
    app.report_change(text)


def _try(app: "CompareApp", act: Callable[[], None]) -> None:
    try:
        act()
    except GageError as error:
        app.report(error)
