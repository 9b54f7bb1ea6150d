"""The `gage` command: finds its subcommands by name and imports a subcommand only when it is used."""

import os
import sys
from importlib import import_module

import click

from gage import __version__
from gage.cli import errors
from gage.cli.command import HelpOptionMixin
from gage.cli.command_index import ALIASES, COMMANDS, MAX_HELP_WIDTH, format_top_help
from gage.cli.global_options import add_global_options


class GageGroup(HelpOptionMixin, click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of all commands, without aliases."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command with that name or alias, or None."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command = import_module(f"gage.cli.commands.{name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns the command that the first word names. Raises UsageError with the nearest name for an unknown one."""
        command = self.get_command(ctx, args[0])
        if command is None:
            raise build_unknown_command_error(args[0])
        if args[0] == "runs" and len(args) > 1:
            _reject_runs_subcommand(args[1])
        return command.name, command, args[1:]

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the help without importing any command."""
        formatter.write(format_top_help() + "\n")


def build_unknown_command_error(word: str) -> Exception:
    """Returns the error for an unknown command, with the closest name."""
    from gage.cli.foreign_words import COMMAND_HINTS
    from gage.lib.suggest import find_closest
    from gage.types.errors import UsageError

    hint = COMMAND_HINTS.get(word.lower(), "")
    if word.endswith((".py", ".ipynb", ".sh", ".R", ".jl", ".js")):
        hint = f"Try: gage run {word}"
    near = "" if hint else find_closest(word, [*COMMANDS, *ALIASES])
    return UsageError(f"Unknown command {word!r}", hint or (f"Did you mean: gage {near}" if near else "Try: gage help"))


def _reject_runs_subcommand(word: str) -> None:
    """Raises UsageError for a word such as `rm` after `gage runs`, which only lists runs."""
    from gage.cli.foreign_words import RUNS_HINTS
    from gage.types.errors import UsageError

    if word in RUNS_HINTS:
        raise UsageError(f"{word!r} is not a run, and 'gage runs' only lists runs", RUNS_HINTS[word])


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """As click's own, but without looking for a translation of the help, which takes 1 ms."""
    if value and not ctx.resilient_parsing:
        click.echo(f"gage {__version__}")
        ctx.exit()


@click.group(
    "gage",
    cls=GageGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": MAX_HELP_WIDTH},
    invoke_without_command=True,
)
@add_global_options(hidden=False)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def run_gage(ctx: click.Context) -> None:
    """Experiment tracking for machine learning. No changes to your code."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run() -> None:
    """Runs the command line and exits with its code."""
    code = errors.run_with_exit_code(_invoke)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # the error is reported already, or there is nowhere to report it
    os._exit(code & 0xFF)  # taking the interpreter apart would take a sixth of the time of `gage list`


def _invoke() -> None:
    with run_gage.make_context("gage", sys.argv[1:]) as ctx:
        run_gage.invoke(ctx)
