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
@click.option("-r", "--remove", is_flag=True, help="Take back what was said; then all words name runs.")
@yes_option
def command(
    words: tuple[str, ...], where: tuple[str, ...], project: str | None, everything: bool, remove: bool, yes: bool
) -> None:
    """Say which project runs belong to, when the project has moved or the runs come from elsewhere.

    For all runs of a project that has moved: --project with the folder where it was. Runs of a project with a
    $project-id belong to it wherever it is.
    """
    if remove:
        store = run_selection.open_store()
        found = run_selection.find_runs_to_change(store, words, where, everything, project=project)
        run_selection.confirm(found, "Associate these runs with the project that they were made in?", yes)
        annotate(store, found, "Took away the project of", delete=["project", "project-id"])
        return
    if len(words) + bool(where) + everything + (project is not None) < 2:
        raise UsageError("A run or the project's folder is missing", "Try: gage associate 1 .")
    *runs, folder = words
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise NotFound(f"There is no folder {folder}", "Give the project's folder, such as .")
    from gage.project.find import load_gagefile

    store = run_selection.open_store()
    found = run_selection.find_runs_to_change(store, runs, where, everything, project=project)
    run_selection.confirm(found, f"Associate these runs with {path.absolute()}?", yes)
    gagefile = load_gagefile(path)
    said = {"project": str(path.resolve()), "project-id": gagefile.project_id if gagefile else ""}
    annotate(store, found, f"Associated with {path.resolve()}:", said)
