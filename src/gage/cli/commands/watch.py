"""`gage watch`."""

from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import make_command
from gage.cli.errors import EXIT_INTERRUPTED
from gage.cli.render import terminal
from gage.cli.run.live_output import LiveOutput
from gage.types.run import FINAL_STATUSES

if TYPE_CHECKING:
    from gage.store.store import RunStore
    from gage.types.run import Run


@make_command("watch", "gage watch", "gage watch lusab-babad", "gage watch --metrics")
@run_selection.select_run
@click.option("-m", "--metrics", is_flag=True, help="Show metrics instead of output, one line per update.")
def command(selection: run_selection.RunSelection, metrics: bool) -> None:
    """Follow the output of a run from its beginning to its end. Ctrl-C stops watching, not the run.

    Exits with the run's exit code. RUN defaults to the latest run.
    """
    from gage.cli.render.print_output import print_output
    from gage.cli.run.end_report import report_end
    from gage.cli.run.run_single import compute_exit_code

    store = selection.store
    run = selection.find_one()
    live = LiveOutput(quiet=False)
    output = b""
    if run.status in FINAL_STATUSES and not metrics:
        output = print_output(store, run.id)
    else:
        try:
            run = _follow(store, run, live, metrics)
            output = live.end_line()
        except KeyboardInterrupt:
            terminal.print_stderr(f"Run {run.name} continues", f"To stop it: gage stop {run.name}")
            raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
    if run.status in ("error", "terminated"):
        report_end(store, run, output)
    else:
        verb = "ended:" if run.status in FINAL_STATUSES else "is"
        terminal.print_stderr(f"Run {run.name} {verb} {run.status}")
    if run.status in FINAL_STATUSES:
        raise click.exceptions.Exit(compute_exit_code(run))


def _follow(store: "RunStore", run: "Run", live: LiveOutput, metrics: bool) -> "Run":
    if metrics:
        from gage.cli import follow_metrics

        return follow_metrics.follow_metrics(store, run.id)
    from gage.runner.follow import follow_output

    return follow_output(store, run.id, live)
