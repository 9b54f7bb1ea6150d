"""`gage config`."""

from typing import TYPE_CHECKING

import click

from gage.cli import config_told, looks
from gage.cli.command import gage_command, json_option
from gage.cli.place import current_folder, runs_folder

if TYPE_CHECKING:
    from gage.project.configured import Config


@gage_command("config", "gage config train.py", "gage config train.py --explain", "gage config train --json")
@click.argument("target", metavar="[OPERATION|SCRIPT]", default="")
@click.option("--explain", is_flag=True, help="Tell how each value was found.")
@json_option
def command(target: str, explain: bool, as_json: bool) -> None:
    """List what can be set for an operation or a script: name, value, type, and where the value goes."""
    from gage.project.configured import settings_of
    from gage.project.operation import find_operation
    from gage.project.request import RunRequest

    config = settings_of(find_operation(RunRequest(target, cwd=current_folder(), store=runs_folder())))
    if as_json:
        parser = config.program.parser if config.program else ""
        told = [config_told.as_json(o) for o in config_told.listed(config)]
        looks.say_json({"parser": parser, "note": config_told.about(config), "config": told})
        return
    if config_told.listed(config):
        _print(config, explain)
    else:
        looks.tell("It has no settings", config.note or "See 'gage help config'")
    if explain and config_told.about(config) and config_told.listed(config):
        looks.say(f"\n{looks.safe(config_told.about(config))}")


def _print(config: "Config", explain: bool) -> None:
    from gage.board.shown import show_value
    from gage.types.table import Column, Table

    titles = ["Name", "Value", "Type", "Goes to", "Found" if explain else "Description"]
    rows = []
    for o in config_told.listed(config):
        kind = ", ".join(filter(None, (config_told.type_of(o), *config_told.limits(o))))
        value = "" if o.setting.value is None else show_value(o.setting.value)
        last = config_told.found(o, config) if explain else o.setting.description
        rows.append((o.setting.name, value, kind, config_told.goes_to(o), last))
    columns = tuple(Column(title.lower(), title) for title in titles)
    looks.print_table(Table(columns, tuple(rows), tuple("" for _ in rows), len(rows)))
