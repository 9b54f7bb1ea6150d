"""`gage stop`."""

from gage.cli import run_selection
from gage.cli.command import make_command
from gage.cli.render import terminal
from gage.types.errors import UsageError


@make_command("stop", "gage stop 1", "gage stop --where train --yes")
@run_selection.select_runs_to_change()
def command(selection: run_selection.RunSelection) -> None:
    """Stop runs on this machine, with all processes that they started."""
    from gage.runner.stop import stop_run

    if not (selection.words or selection.where or selection.everything):
        raise UsageError("No runs specified", "Try: gage list --where running")
    runs = selection.find_to_change(statuses=() if selection.words else ("running", "pending"))
    runs.confirm("Stop these runs?")
    for run in runs.runs:
        if len(runs.runs) > 1 and run.status not in ("running", "pending"):
            terminal.print_stderr(f"Run {run.name} is not running: it is {run.status}")
            continue
        stop_run(selection.store, run, notice=terminal.print_stderr)
    run_selection.seal_abandoned_runs(selection.store)
