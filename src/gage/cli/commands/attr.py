"""`gage attr`."""

from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, json_option, reject_together, yes_option
from gage.cli.render import terminal
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.types.run import Run

OWN = ("label", "tag", "tags", "mark", "marked", "archive", "deleted", "purged", "project", "comment")
"""Names that mean something else, with commands of their own."""


@gage_command("attr", "gage attr 1 dataset=mnist", "gage attr 1:3 --delete dataset", "gage attr 1")
@click.argument("words", metavar="[RUN]... [NAME=VALUE]...", nargs=-1)
@run_selection.where_option
@run_selection.all_option
@click.option(
    "-d", "--delete", metavar="NAME", multiple=True, help="Remove a value that was set with this command (repeatable)."
)
@yes_option
@json_option
def command(
    words: tuple[str, ...], where: tuple[str, ...], everything: bool, delete: tuple[str, ...], yes: bool, as_json: bool
) -> None:
    """Set attributes (NAME=VALUE) on runs, or show them. The files of a run do not change.

    A value you set here overrides one from the operation, the command line or the program.
    """
    from gage.assignments.parse import parse_assignments

    runs = tuple(word for word in words if "=" not in word)
    given = {
        name: assigned.value for name, assigned in parse_assignments(word for word in words if "=" in word).items()
    }
    store = run_selection.open_store()
    if not given and not delete:
        if len(runs) > 1:
            raise UsageError("Expected one run, got several", "Name one run, or add NAME=VALUE")
        _show(run_selection.find_run(store, "".join(runs) if runs else None, where), as_json)
        return
    reject_together(("--json", as_json), ("NAME=VALUE", given), ("--delete", delete))
    for name in (*given, *delete):
        if name.partition(":")[0] in OWN:
            raise UsageError(
                f"{name!r} is not an attribute name", f"Try: gage {name.partition(':')[0].rstrip('s')} --help"
            )
    found = run_selection.find_runs_to_change(store, runs, where, everything)
    run_selection.confirm(found, "Change the attributes of these runs?", yes)
    annotate(store, found, "Changed the attributes of", given, delete=list(delete))


def _show(run: "Run", as_json: bool) -> None:
    from gage.board.formatting import format_value
    from gage.board.run_table import collect_attributes

    values = collect_attributes(run)
    if as_json:
        terminal.print_json(values)
        return
    if not values:
        terminal.print_stderr(f"{run.name} has no attributes")
    facts: dict[str, str] = {}
    for name, each in sorted(values.items()):
        if isinstance(each, dict):
            facts[name] = f"{format_value(each['value'])}  ({each['origin']})"
    terminal.print_facts({terminal.escape(name): terminal.escape(text) for name, text in facts.items()})
