"""`gage select`."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.store.layout import RunPaths
    from gage.types.run import Run


def _get_metadata_path(paths: "RunPaths") -> str:
    """Returns the metadata zip of a sealed run, the directory of others."""
    return str(paths.meta_zip if paths.meta_zip.exists() else paths.meta_dir)


PRINTED: "dict[str, Callable[[Run, RunPaths], str]]" = {
    "name": lambda run, _: run.name,
    "run_dir": lambda _, paths: str(paths.run_dir),
    "meta_dir": lambda _, paths: _get_metadata_path(paths),
    "project_dir": lambda run, _: run.project,
    "label": lambda run, _: run.label,
}
"""What each option prints of a run."""


@make_command(
    "select", "gage select 1:3", "gage delete $(gage select --where status=error)", "cd $(gage select --run-dir)"
)
@run_selection.select_runs()
@run_selection.all_option
@run_selection.limit_option
@run_selection.sort_option
@run_selection.project_option
@click.option("--name", is_flag=True, help="Print names.")
@click.option("--run-dir", is_flag=True, help="Print run directories.")
@click.option("--meta-dir", is_flag=True, help="Print metadata paths.")
@click.option("--project-dir", is_flag=True, help="Print project directories.")
@click.option("--label", is_flag=True, help="Print labels.")
@click.option("-d", "--deleted", is_flag=True, help="Select deleted runs.")
@json_option
def command(selection: run_selection.RunSelection, deleted: bool, as_json: bool, **printed: bool) -> None:
    """Print the IDs of runs (default: the latest, or the first of --sort), newest first, one per line.

    A filter, --project, --limit or --all selects all matching runs.
    """
    reject_together("--name", "--run-dir", "--meta-dir", "--project-dir", "--label")
    is_limited = selection.words or selection.where or selection.everything or selection.project or selection.limit
    if deleted:
        runs: Sequence[Run] = selection.query("deleted", limit=None if is_limited else 1).require().runs
    else:
        runs = selection.find_to_read() if is_limited else selection.find_latest()
    if not runs:
        raise selection.build_no_runs_error("deleted" if deleted else "active")
    option = next((name for name in PRINTED if printed[name]), "")
    texts = [PRINTED[option](run, selection.store.get_paths(run.id)) if option else run.id for run in runs]
    if as_json:
        terminal.print_json(texts)
        return
    show = terminal.print_path if option.endswith("_dir") and not sys.stdout.isatty() else _print_text
    for text in texts:
        show(text)


def _print_text(text: str) -> None:
    terminal.print_stdout(terminal.escape(text))
