"""`gage stop`."""

from gage.cli import run_selection
from gage.cli.command import gage_command, yes_option
from gage.cli.render import terminal
from gage.types.errors import NotFound, UsageError


@gage_command("stop", "gage stop 1", "gage stop --where train --yes")
@run_selection.runs_argument
@run_selection.all_option
@yes_option
def command(runs: tuple[str, ...], where: tuple[str, ...], everything: bool, yes: bool) -> None:
    """Stop runs on this machine, with all processes that they started."""
    from gage.runner.stop import stop_run

    store = run_selection.open_store()
    if runs:
        found = run_selection.find_runs_to_change(store, runs, where, everything)
    elif where or everything:
        found = run_selection.find_runs(store, (), where, statuses=("running", "pending"))
        if not found.runs:
            raise NotFound("No running runs match", "Try: gage list --where running")
    else:
        raise UsageError("No runs specified", "Try: gage list --where running")
    run_selection.confirm(found, "Stop these runs?", yes)
    for run in found.runs:
        if len(found.runs) > 1 and run.status not in ("running", "pending"):
            terminal.print_stderr(f"The run {run.name} is not running: it is {run.status}")
            continue
        stop_run(store, run)
        terminal.print_stderr(f"Stopped {run.name}")
