"""`gage select`."""

from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.render import terminal
from gage.types.errors import NotFound

if TYPE_CHECKING:
    from gage.store.layout import RunPaths


@make_command("select", "gage select 1", "gage delete $(gage select --where error)", "cd $(gage select 1 --run-dir)")
@run_selection.select_runs()
@run_selection.limit_option
@run_selection.project_option
@click.option("--name", is_flag=True, help="Print names.")
@click.option("--run-dir", is_flag=True, help="Print run directories.")
@click.option("--meta-dir", is_flag=True, help="Print metadata paths.")
@click.option("--project-dir", is_flag=True, help="Print project directories.")
@click.option("--label", is_flag=True, help="Print labels.")
@click.option("-d", "--deleted", is_flag=True, help="Select deleted runs.")
@json_option
def command(
    selection: run_selection.RunSelection,
    name: bool,
    run_dir: bool,
    meta_dir: bool,
    project_dir: bool,
    label: bool,
    deleted: bool,
    as_json: bool,
) -> None:
    """Print the IDs of runs, newest first, one per line. Without RUN, all matching runs are selected."""
    directories = (("--run-dir", run_dir), ("--meta-dir", meta_dir), ("--project-dir", project_dir))
    reject_together(("--name", name), *directories, ("--label", label))
    store = selection.store
    runs = selection.find("deleted" if deleted else "active").runs
    if not runs:
        raise NotFound("No runs match", "Try: gage list")
    if name:
        texts = [run.name for run in runs]
    elif run_dir:
        texts = [str(store.get_paths(run.id).run_dir) for run in runs]
    elif meta_dir:
        texts = [_metadata_path(store.get_paths(run.id)) for run in runs]
    elif project_dir:
        texts = [run.project for run in runs]
    elif label:
        texts = [run.label for run in runs]
    else:
        texts = [run.id for run in runs]
    if as_json:
        terminal.print_json(texts)
        return
    for text in texts:
        terminal.print_stdout(terminal.escape(text))


def _metadata_path(paths: "RunPaths") -> str:
    """Returns the metadata zip of a sealed run, the directory of others."""
    return str(paths.meta_zip if paths.meta_zip.exists() else paths.meta_dir)
