"""Completes a command line: returns what may follow its words. Takes commands and options from their own definitions.

Knows nothing of shells (`shells`). The metavar of an option or argument (RUN, TAG, FILTER ...) decides which values
are offered (`completion_values`).
"""

from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from gage.cli.command import RenamedOption
from gage.cli.command_index import ALIASES, COMMANDS
from gage.cli.completion.context import CompletionContext, CompletionItems
from gage.cli.main import GageGroup, run_gage


def complete_words(args: Sequence[str], word: str) -> CompletionItems:
    """Returns the completions of `word` after `args`, the words after `gage`. Each is a whole word."""
    context = _find_context(args, word)
    with context.ctx:
        return [item for item in _complete_context(context) if _is_safe_to_offer(item, context)]


def _is_safe_to_offer(item: CompletionItem[str], context: CompletionContext) -> bool:
    """Returns whether the value is printable and cannot be mistaken for an option."""
    return item.value.isprintable() and (
        context.param is None or not item.value.startswith("-") or bool(context.prefix)
    )


def _complete_context(context: CompletionContext) -> CompletionItems:
    if context.param is None:
        return _complete_options(context) if context.word.startswith("-") else _complete_commands(context)
    from gage.cli.completion.completion_values import complete_value

    items = complete_value(context)
    if not context.prefix:
        return items
    return [
        CompletionItem(context.prefix + item.value, help=item.help, is_open=item.is_open)
        for item in items
        if item.type == "plain"
    ]


def _complete_options(context: CompletionContext) -> CompletionItems:
    """Returns unused or repeatable options, by the name that the word begins, preferably the long one."""
    items: CompletionItems = []
    for param in context.ctx.command.get_params(context.ctx):
        if not isinstance(param, click.Option) or isinstance(param, RenamedOption):
            continue
        if param.hidden and len(context.word) < 2:
            continue
        if _is_on_command_line(context.ctx, param) and not (param.multiple or param.count):
            continue
        names = sorted((*param.opts, *param.secondary_opts), key=lambda name: not name.startswith("--"))
        fitting = next((name for name in names if name.startswith(context.word)), None)
        if fitting:
            items.append(CompletionItem(fitting, help=(param.help or "").removesuffix(".")))
    return items


def _is_on_command_line(ctx: click.Context, param: click.Parameter) -> bool:
    return ctx.get_parameter_source(param.name or "") is click.core.ParameterSource.COMMANDLINE


def _complete_commands(context: CompletionContext) -> CompletionItems:
    """Returns commands; aliases only if no command matches."""
    if not isinstance(context.ctx.command, click.Group):
        return []
    commands = {name: text for name, text in COMMANDS.items() if name.startswith(context.word)}
    commands = commands or {a: COMMANDS[name] for a, name in ALIASES.items() if a.startswith(context.word)}
    return [CompletionItem(name, help=text) for name, text in commands.items()]


class _TopGroup(GageGroup):
    """The group of all commands, parsing only its own options and leaving the rest alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return click.Command.parse_args(self, ctx, args)


def _find_context(args: Sequence[str], word: str) -> CompletionContext:
    top = _TopGroup("gage", params=run_gage.params, context_settings=run_gage.context_settings)
    rest = _skip_options(top, args)
    ctx = top.make_context("gage", list(_drop_pending_option(top, args)), resilient_parsing=True)
    if not rest:
        return _find_context_in_command(ctx, args, word)
    command = run_gage.get_command(ctx, rest[0])
    if command is None:
        raise LookupError(rest[0])
    with ctx:
        settled_args = list(_drop_pending_option(command, rest[1:]))
        ctx = command.make_context(rest[0], settled_args, parent=ctx, resilient_parsing=True)
    return _find_context_in_command(ctx, rest[1:], word)


def _skip_options(top: click.Group, args: Sequence[str]) -> Sequence[str]:
    """Returns the words from the command's name on."""
    at = 0
    while at < len(args) and args[at].startswith("-"):
        at += 2 if _option_awaiting_value(top, args[at]) else 1
    return args[at:]


def _drop_pending_option(command: click.Command, args: Sequence[str]) -> Sequence[str]:
    """Returns `args` without a last option that lacks its value, which click would reject."""
    return args[:-1] if args and "--" not in args and _option_awaiting_value(command, args[-1]) else args


def _option_awaiting_value(command: click.Command, word: str) -> click.Option | None:
    """Returns the option in `word` that takes the next word as its value, or None."""
    if not word.startswith("-") or "=" in word:
        return None
    name = word if word.startswith("--") else f"-{word[-1]}"
    for param in command.params:
        if isinstance(param, click.Option) and name in param.opts and not (param.is_flag or param.count):
            return param
    return None


def _find_context_in_command(ctx: click.Context, args: Sequence[str], word: str) -> CompletionContext:
    if "--" not in args:
        awaited = _option_awaiting_value(ctx.command, args[-1]) if args else None
        if awaited:
            return CompletionContext(ctx, awaited, word)
        if word.startswith("--") and "=" in word:
            name, _, value = word.partition("=")
            return CompletionContext(ctx, _option_awaiting_value(ctx.command, name), value, f"{name}=")
        if word.startswith("-"):
            return CompletionContext(ctx, None, word)
    for param in ctx.command.get_params(ctx):
        if isinstance(param, click.Argument) and (param.nargs == -1 or not _is_on_command_line(ctx, param)):
            return CompletionContext(ctx, param, word)
    return CompletionContext(ctx, None, word)
