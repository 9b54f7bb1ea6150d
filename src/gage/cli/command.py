"""What all commands share: `-C` and `--runs`, examples in the help, options that exclude each other."""

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

import click

from gage.cli.global_options import add_global_options
from gage.cli.render import terminal
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from click.parser import _OptionParser

_NEGATIVE_SLICE = re.compile(r"-\d+:(-?\d+)?").fullmatch
"""A slice such as -2:, the two oldest runs."""

CommandFunction = Callable[..., object]


class HelpOptionMixin(click.Command):
    """Adds `--help` as click does, but without looking for a translation of its text, which takes 3 ms."""

    _own_help_option: click.Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Returns the option, the same one each time."""
        if self._own_help_option is None:
            self._own_help_option = click.Option(
                [*self.get_help_option_names(ctx), "_help"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_print_help,
                help="Show this message and exit.",
            )
        return self._own_help_option

    def make_parser(self, ctx: click.Context) -> "_OptionParser":
        """Returns click's parser, which finds `-y` at once: it would first look for a long option of that name, and
        prepare an error with the closest names, which takes 6 ms.
        """
        parser = super().make_parser(ctx)
        parser._long_opt.update(parser._short_opt)
        return parser


def _print_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class GageCommand(HelpOptionMixin):
    """A command whose help ends with `examples`."""

    examples: tuple[str, ...] = ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses the arguments; errors name this command."""
        args = [f" {arg}" if _NEGATIVE_SLICE(arg) else arg for arg in args]  # the blank keeps it from being an option
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as e:
            e.ctx = e.ctx or ctx
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples."""
        with formatter.section("Examples" if len(self.examples) > 1 else "Example"):
            for example in self.examples:
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


class RenamedOption(click.Option):
    """The old name of an option: accepted, but not completed; pass `hidden=True` to keep it out of the help."""


def make_command(
    name: str, *examples: str, cls: type[GageCommand] = GageCommand
) -> Callable[[CommandFunction], GageCommand]:
    """Turns a function into a command; its docstring is the help, `examples` are command lines."""

    def decorate(function: CommandFunction) -> GageCommand:
        command = click.command(name, cls=cls, no_args_is_help=False)(add_global_options(hidden=True)(function))
        command.examples = examples
        return command

    return decorate


def list_used_options(ctx: click.Context) -> list[str]:
    """Returns what the command line contains: options by each of their names, arguments by their metavar."""
    names: list[str] = []
    for param in ctx.command.params:
        is_typed = ctx.get_parameter_source(param.name or "") is click.core.ParameterSource.COMMANDLINE
        if is_typed and ctx.params.get(param.name or "") not in (None, ()):
            names += param.opts if isinstance(param, click.Option) else [param.human_readable_name.strip("[].")]
    return names


def reject_together(*options: str) -> None:
    """Raises `UsageError` if the command line has two of the options or arguments: they exclude each other."""
    used = list_used_options(click.get_current_context())
    names = [name for name in options if name in used]
    if len(names) > 1:
        raise_exclusion(*names[:2])


def raise_exclusion(option: str, other: str) -> NoReturn:
    """Raises `UsageError` for two options that exclude each other."""
    raise UsageError(f"{option} and {other} cannot be used together", "Remove one of them")


def split_command(text: str, source: str) -> list[str]:
    """Returns the words of a command line that `source` gave, split as a shell does. Raises UsageError."""
    import shlex

    try:
        words = shlex.split(text)
    except ValueError as e:
        raise UsageError(f"{source} is not a command line: {text!r} ({e})", "Check its quotes") from None
    if not words:
        raise UsageError(f"{source} is empty", "Use the name of a program, such as code")
    return words


def confirm_or_exit(question: str, refusal: str, default: bool = False) -> None:
    """Asks for confirmation; prints `refusal` and exits with code 1 if the answer is no. `default`: an empty line
    means yes.
    """
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = ""
    try:
        answer = sys.stdin.readline()
    finally:
        if not answer:
            sys.stderr.write("\n")  # Ctrl-C or Ctrl-D
    if not answer or answer.strip().lower() not in (("y", "yes", "") if default else ("y", "yes")):
        terminal.print_stderr(refusal)
        raise click.exceptions.Exit(1)


def parse_count(text: str) -> int:
    """Returns a whole number of 1 or more. Raises `click.BadParameter`."""
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) > 0):
        raise click.BadParameter(f"{text!r} is not a positive integer")
    return int(text)


yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask for confirmation.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
