"""`gage attr`."""

from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import json_option, make_command, raise_exclusion
from gage.cli.render import terminal
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.types.run import Run

RESERVED_NAMES = ("label", "tag", "tags", "mark", "marked", "archive", "deleted", "purged", "project", "comment")
"""Names of attributes that other commands set."""


@make_command("attr", "gage attr 1 dataset=mnist", "gage attr 1:3 --delete dataset", "gage attr 1")
@run_selection.select_runs_to_change("[RUN]... [NAME=VALUE]...")
@click.option(
    "-d", "--delete", metavar="NAME", multiple=True, help="Remove a value that was set with this command (repeatable)."
)
@json_option
def command(selection: run_selection.RunSelection, delete: tuple[str, ...], as_json: bool) -> None:
    """Set attributes (NAME=VALUE) on runs, or show them. The files of a run do not change.

    A value you set here overrides one from the operation, the command line or the program.
    """
    from gage.assignments.parse import parse_assignments

    assigned = parse_assignments(word for word in selection.words if "=" in word)
    values = {name: each.value for name, each in assigned.items()}
    selection = selection.with_words(word for word in selection.words if "=" not in word)
    if not values and not delete:
        if len(selection.words) > 1:
            raise UsageError("Expected one run, got several", "Name one run, or add NAME=VALUE")
        _show(selection.find_one(), as_json)
        return
    if as_json:
        raise_exclusion("--json", "NAME=VALUE" if values else "--delete")
    for name in (*values, *delete):
        if name.partition(":")[0] in RESERVED_NAMES:
            raise UsageError(
                f"{name!r} is not an attribute name", f"Try: gage {name.partition(':')[0].rstrip('s')} --help"
            )
    runs = selection.find_to_change()
    for name in delete:
        if not any(name in run.user_attrs.other for run in runs.runs):
            raise NotFound(f"No attribute {name!r} to remove", "Only attributes that were set with 'gage attr' can be")
    runs.confirm("Change the attributes of these runs?")
    runs.annotate("Changed the attributes of", values, delete)


def _show(run: "Run", as_json: bool) -> None:
    from gage.board.formatting import format_value
    from gage.board.run_table import collect_attributes

    values = collect_attributes(run)
    if as_json:
        terminal.print_json({name: attribute._asdict() for name, attribute in values.items()})
        return
    if not values:
        terminal.print_stderr(f"{run.name} has no attributes")
    terminal.print_facts({n: f"{format_value(a.value)}  ({a.origin})" for n, a in sorted(values.items())})
