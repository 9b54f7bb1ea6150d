"""What a shell asks for while somebody types: a line → what may come next. Knows commands and options by their own
definitions, and shells not at all (`completion_shells`); what values there are is in `completion_words`.

Each option and argument says in its metavar what it takes (RUN, TAG, FILTER ...), and that decides what is offered.
"""

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from gage.cli.command_index import ALIASES, COMMANDS
from gage.cli.main import GageGroup, gage

CompletionItems = list[CompletionItem[str]]

SHELL_VARIABLE = "_GAGE_COMPLETE"
"""Its value is the shell that asks."""


def print_completions() -> None:
    """Write what the shell in `VARIABLE` can be offered, and leave. Says nothing when anything is wrong."""
    try:
        _write_stdout(_complete(os.environ.pop(SHELL_VARIABLE), sys.argv[1:]))
    except BaseException:
        if os.environ.get("GAGE_DEBUG"):
            import traceback

            traceback.print_exc()
            sys.stderr.flush()
    os._exit(0)


def _complete(shell: str, words: Sequence[str]) -> str:
    from gage.cli.completion.shells import SHELLS

    text = SHELLS[shell](gage, {}, "gage", SHELL_VARIABLE, words).complete()
    return f"{text}\n" if text else ""


def _write_stdout(text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(1, data) :]


class CompletionContext(NamedTuple):
    """Where somebody types: the parsed words before that, the parameter whose value it is (None: an option or a
    command is to be named), the word so far, and what stands before the value in the same word (`--tag=`).
    """

    ctx: click.Context
    param: click.Parameter | None
    word: str
    prefix: str = ""


def complete_words(args: Sequence[str], word: str) -> CompletionItems:
    """What `word` may become after `args`, the words after `gage`. Values are whole words."""
    place = _find_context(args, word)
    with place.ctx:
        return [item for item in _complete_context(place) if _is_safe_to_offer(item, place)]


def _is_safe_to_offer(item: CompletionItem[str], place: CompletionContext) -> bool:
    """Whether it can be typed at all, and does not become an option by being typed."""
    return item.value.isprintable() and (place.param is None or not item.value.startswith("-") or bool(place.prefix))


def _complete_context(place: CompletionContext) -> CompletionItems:
    if place.param is None:
        return _complete_options(place) if place.word.startswith("-") else _complete_commands(place)
    from gage.cli.completion.completion_values import complete_value

    found = complete_value(place)
    if not place.prefix:
        return found
    return [
        CompletionItem(place.prefix + item.value, help=item.help, is_open=item.is_open)
        for item in found
        if item.type == "plain"
    ]


def _complete_options(place: CompletionContext) -> CompletionItems:
    """Options that are not yet given or can be repeated; for each the name that the word fits, the long one first."""
    found: CompletionItems = []
    for param in place.ctx.command.get_params(place.ctx):
        if not isinstance(param, click.Option) or (param.hidden and len(place.word) < 2):
            continue
        if _is_given(place.ctx, param) and not (param.multiple or param.count):
            continue
        names = sorted((*param.opts, *param.secondary_opts), key=lambda name: not name.startswith("--"))
        fitting = next((name for name in names if name.startswith(place.word)), None)
        if fitting:
            found.append(CompletionItem(fitting, help=(param.help or "").removesuffix(".")))
    return found


def _is_given(ctx: click.Context, param: click.Parameter) -> bool:
    return ctx.get_parameter_source(param.name or "") is click.core.ParameterSource.COMMANDLINE


def _complete_commands(place: CompletionContext) -> CompletionItems:
    """Commands; an alias only where no command fits, so that it is in nobody's way."""
    if not isinstance(place.ctx.command, click.Group):
        return []
    found = {name: text for name, text in COMMANDS.items() if name.startswith(place.word)}
    found = found or {a: COMMANDS[name] for a, name in ALIASES.items() if a.startswith(place.word)}
    return [CompletionItem(name, help=text) for name, text in found.items()]


class _TopGroup(GageGroup):
    """The group of all commands as it is parsed here: what comes after its own options is left as it is."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return click.Command.parse_args(self, ctx, args)


def _find_context(args: Sequence[str], word: str) -> CompletionContext:
    top = _TopGroup("gage", params=gage.params, context_settings=gage.context_settings)
    rest = _skip_options(top, args)
    ctx = top.make_context("gage", list(_drop_pending_option(top, args)), resilient_parsing=True)
    if not rest:
        return _find_context_in_command(ctx, args, word)
    command = gage.get_command(ctx, rest[0])
    if command is None:
        raise LookupError(rest[0])
    with ctx:
        said = list(_drop_pending_option(command, rest[1:]))
        ctx = command.make_context(rest[0], said, parent=ctx, resilient_parsing=True)
    return _find_context_in_command(ctx, rest[1:], word)


def _skip_options(top: click.Group, args: Sequence[str]) -> Sequence[str]:
    """From the command's name on."""
    at = 0
    while at < len(args) and args[at].startswith("-"):
        at += 2 if _option_awaiting_value(top, args[at]) else 1
    return args[at:]


def _drop_pending_option(command: click.Command, args: Sequence[str]) -> Sequence[str]:
    """Without an option at the end whose value is still to come: click would stop there."""
    return args[:-1] if args and "--" not in args and _option_awaiting_value(command, args[-1]) else args


def _option_awaiting_value(command: click.Command, word: str) -> click.Option | None:
    """The option in `word` that takes the word after it as its value."""
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
        if isinstance(param, click.Argument) and (param.nargs == -1 or not _is_given(ctx, param)):
            return CompletionContext(ctx, param, word)
    return CompletionContext(ctx, None, word)
