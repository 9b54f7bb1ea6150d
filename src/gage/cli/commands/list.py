"""`gage list`."""

import sys

import click

from gage.cli import choose, looks
from gage.cli.command import gage_command, json_option, limit_option, refuse_together

PAGE = 20


@gage_command("list", "gage list", "gage list --where completed --where lr=0.1", "gage list 1:5 --json")
@choose.runs_argument
@click.option("-m", "--more", count=True, help=f"Show {PAGE} more (repeatable).")
@limit_option
@click.option("-a", "--all", "everything", is_flag=True, help="Show all runs.")
@click.option("-d", "--deleted", is_flag=True, help="Show deleted runs.")
@click.option(
    "-A",
    "--archive",
    metavar="[NAME]",
    is_flag=False,
    flag_value="",
    help="Show archived runs (of NAME).",
)
@json_option
def command(
    runs: tuple[str, ...],
    where: tuple[str, ...],
    more: int,
    limit: int | None,
    everything: bool,
    deleted: bool,
    archive: str | None,
    as_json: bool,
) -> None:
    """List runs, the latest first.

    RUN is an index of the listing, a name, an ID, the beginning of either, or a slice such as 1:5.
    """
    refuse_together(("--more", more), ("--limit", limit), ("--all", everything))
    refuse_together(("--deleted", deleted), ("--archive", archive is not None))
    most = None if everything else limit or PAGE * (more + 1)
    if runs and limit is None and not more:
        most = None
    collection = "deleted" if deleted else "active" if archive is None else "archive"
    found = choose.find(choose.open_store(), runs, where, collection, archive or "", most)  # type: ignore[arg-type]  # one of three
    from gage.board import runs as board

    if as_json:
        table = board.build(found.runs, found.positions, found.total, board.FULL)
        keys = [c.key for c in table.columns]
        rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
        looks.say_json({"runs": rows, "total": found.total})
        return
    if not found.runs:
        _tell_none(bool(where), collection)
        return
    looks.print_table(board.build(found.runs, found.positions, found.total))
    if found.total > len(found.runs):
        sys.stdout.flush()
        looks.tell(
            f"Showing {len(found.runs):,} of {found.total:,} runs", "Use --more, --limit N or --all to see others"
        )


def _tell_none(is_filtered: bool, collection: str) -> None:
    if is_filtered:
        looks.tell("No run fits", "Try: gage list")
    elif collection == "active":
        looks.tell("There are no runs yet", "Try: gage run SCRIPT")
    else:
        looks.tell(f"There are no {'deleted' if collection == 'deleted' else 'archived'} runs")
