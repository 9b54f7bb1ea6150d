"""The `gage` command: which commands there are, and where each is found. Imports one only when it is used."""

import sys
from importlib import import_module

import click

from gage.cli import errors
from gage.cli.place import place_options

COMMANDS = {
    "run": "Run an operation, a script or any command as a run",
    "stop": "End runs that are running",
    "watch": "Follow what a run prints",
    "list": "List runs",
    "show": "Tell all about a run",
    "cat": "Print a file of a run, or what it printed",
    "open": "Open a run's folder or one of its files",
    "select": "Print the IDs of runs, for other commands",
    "label": "Give runs a label",
    "tag": "Add tags to runs or remove them",
    "comment": "Say something about runs",
    "mark": "Mark runs",
    "delete": "Delete runs; they can be restored",
    "restore": "Bring back deleted runs",
    "purge": "Remove deleted runs for good",
    "archive": "Put runs away under a name",
    "associate": "Say which project runs belong to",
    "operations": "List what a project can run",
    "check": "Check a Gage file, the set-up or runs",
    "help": "Explain something",
}
"""Every command and what it does, in the order in which they are shown."""

ALIASES = {"ls": "list", "runs": "list", "del": "delete", "rm": "delete", "ops": "operations"}

GROUPS = (
    ("Run", ("run", "stop", "watch", "operations")),
    ("Find", ("list", "show", "cat", "open", "select")),
    ("Annotate", ("label", "tag", "comment", "mark")),
    ("Tidy up", ("delete", "restore", "purge", "archive", "associate")),
    ("Get help", ("check", "help")),
)


class Gage(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, without aliases."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name or alias, None if there is none."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command = import_module(f"gage.cli.commands.{name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names. Raises `UsageError` with the nearest name if there is none."""
        command = self.get_command(ctx, args[0])
        if command is None:
            raise unknown_command(args[0])
        return command.name, command, args[1:]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, by what they are for, then the options; imports no command."""
        known_as = {name: alias for alias, name in reversed(ALIASES.items())}
        for title, names in GROUPS:
            with formatter.section(title):
                shown = [f"{name}, {known_as[name]}" if name in known_as else name for name in names]
                rows = [(word.ljust(15), COMMANDS[name]) for word, name in zip(shown, names, strict=True)]
                formatter.write_dl(rows)
        click.Command.format_options(self, ctx, formatter)


def unknown_command(word: str) -> Exception:
    """What to say when there is no such command."""
    from gage.lib.suggest import nearest
    from gage.types.errors import UsageError

    near = nearest(word, [*COMMANDS, *ALIASES])
    hint = f"Did you mean: gage {near}" if near else "Try: gage help"
    if word.endswith((".py", ".sh", ".R", ".jl", ".js")):
        hint = f"Try: gage run {word}"
    return UsageError(f"There is no command {word!r}", hint)


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from gage import __version__

        click.echo(f"gage {__version__}")
        ctx.exit()


@click.group(
    "gage",
    cls=Gage,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog="'gage COMMAND --help' tells more about a command, 'gage help' about everything else.",
)
@place_options(hidden=False)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
@click.pass_context
def gage(ctx: click.Context) -> None:
    """Run anything as a run, keep it as plain files, find it again."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run() -> None:
    """Do what the command line says, and leave with the exit code."""
    sys.exit(errors.exit_code_of(lambda: gage.main(prog_name="gage", standalone_mode=False)))
