"""`gage select`."""

import click

from gage.cli import choose, looks
from gage.cli.command import gage_command, json_option, refuse_together
from gage.types.errors import NotFound


@gage_command("select", "gage select 1", "gage delete $(gage select --where error)", "cd $(gage select 1 --run-dir)")
@choose.runs_argument
@click.option("-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most N runs.")
@click.option("--name", is_flag=True, help="Print names.")
@click.option("--run-dir", is_flag=True, help="Print run directories.")
@click.option("-d", "--deleted", is_flag=True, help="Choose among deleted runs.")
@json_option
def command(
    runs: tuple[str, ...],
    where: tuple[str, ...],
    limit: int | None,
    name: bool,
    run_dir: bool,
    deleted: bool,
    as_json: bool,
) -> None:
    """Print the IDs of runs, the latest first, a line each. No RUN means all that fit."""
    refuse_together(("--name", name), ("--run-dir", run_dir))
    store = choose.open_store()
    found = choose.find(store, runs, where, "deleted" if deleted else "active", limit=limit).runs
    if not found:
        raise NotFound("No run fits", "Try: gage list")
    if name:
        texts = [run.name for run in found]
    elif run_dir:
        texts = [str(store.paths(run.id).run_dir) for run in found]
    else:
        texts = [run.id for run in found]
    if as_json:
        looks.say_json(texts)
        return
    for text in texts:
        looks.say(text)
