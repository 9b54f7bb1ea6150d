"""What all commands share: `-C` and `--runs`, examples in the help, options that exclude each other."""

from collections.abc import Callable

import click

from gage.cli.place import place_options
from gage.types.errors import UsageError

Function = Callable[..., object]


class GageCommand(click.Command):
    """A command whose help ends with `examples`, as they are written."""

    examples: tuple[str, ...] = ()

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        with formatter.section("Examples" if len(self.examples) > 1 else "Example"):
            for example in self.examples:
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def gage_command(name: str, *examples: str, cls: type[GageCommand] = GageCommand) -> Callable[[Function], GageCommand]:
    """Makes a command of a function; its docstring is the help, `examples` are command lines."""

    def decorate(function: Function) -> GageCommand:
        made = click.command(name, cls=cls, no_args_is_help=False)(place_options(hidden=True)(function))
        made.examples = examples
        return made

    return decorate


def refuse_together(*options: tuple[str, object]) -> None:
    """Raises `UsageError` when two of the options (name, value) are given that exclude each other."""
    given = [name for name, value in options if value not in (None, False, "", (), 0)]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} cannot be used together", "Leave one of them out")


def json_option(function: Function) -> Function:
    """Adds `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(function)


def yes_option(function: Function) -> Function:
    """Adds `--yes`."""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(function)
