"""`gage associate`."""

from pathlib import Path

import click

from gage.cli import run_selection
from gage.cli.command import make_command
from gage.types.errors import NotFound, UsageError


@make_command("associate", "gage associate 1 ~/projects/digits", "gage associate --project ~/old/digits .")
@run_selection.select_runs_to_change("[RUN]... DIR")
@run_selection.project_option
@click.option("-r", "--remove", is_flag=True, help="Remove the link; then all words name runs.")
def command(selection: run_selection.RunSelection, remove: bool) -> None:
    """Link runs to a project, for example after it moved or after copying runs from another machine.

    To link all runs of a project that moved, use --project with its old directory. Runs of a project with a
    $project-id belong to it wherever it is.
    """
    if remove:
        runs = selection.find_to_change().confirm("Remove the project link of these runs?")
        runs.annotate("Removed the project link of", delete=["project", "project-id"])
        return
    words = selection.words
    if len(words) + bool(selection.where) + selection.everything + (selection.project is not None) < 2:
        raise UsageError("Missing run or project directory", "Try: gage associate 1 .")
    *named, directory = words
    path = Path(directory).expanduser()
    if not path.is_dir():
        raise NotFound(f"Directory {directory} does not exist", "Name the project's directory, such as .")
    from gage.project.find import load_gagefile

    runs = selection.with_words(named).find_to_change().confirm(f"Link these runs to {path.absolute()}?")
    gagefile = load_gagefile(path)
    attributes = {"project": str(path.resolve()), "project-id": gagefile.project_id if gagefile else ""}
    runs.annotate(f"Linked to {path.resolve()}:", attributes)
