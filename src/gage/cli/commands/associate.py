"""`gage associate`."""

from pathlib import Path

import click

from gage.cli import run_selection
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, yes_option
from gage.types.errors import NotFound, UsageError


@gage_command("associate", "gage associate 1 ~/projects/digits", "gage associate --project ~/old/digits .")
@click.argument("words", metavar="[RUN]... DIR", nargs=-1)
@run_selection.where_option
@run_selection.project_option
@run_selection.all_option
@click.option("-r", "--remove", is_flag=True, help="Remove the link; then all words name runs.")
@yes_option
def command(
    words: tuple[str, ...], where: tuple[str, ...], project: str | None, everything: bool, remove: bool, yes: bool
) -> None:
    """Link runs to a project, for example after it moved or after copying runs from another machine.

    To link all runs of a project that moved, use --project with its old directory. Runs of a project with a
    $project-id belong to it wherever it is.
    """
    if remove:
        store = run_selection.open_store()
        found = run_selection.find_runs_to_change(store, words, where, everything, project=project)
        run_selection.confirm(found, "Remove the project link of these runs?", yes)
        annotate(store, found, "Removed the project link of", delete=["project", "project-id"])
        return
    if len(words) + bool(where) + everything + (project is not None) < 2:
        raise UsageError("Missing run or project directory", "Try: gage associate 1 .")
    *runs, folder = words
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise NotFound(f"Directory {folder} does not exist", "Name the project's directory, such as .")
    from gage.project.find import load_gagefile

    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, runs, where, everything, project=project)
    run_selection.confirm(found, f"Link these runs to {path.absolute()}?", yes)
    gagefile = load_gagefile(path)
    attributes = {"project": str(path.resolve()), "project-id": gagefile.project_id if gagefile else ""}
    annotate(store, found, f"Linked to {path.resolve()}:", attributes)
