"""What is being completed: the command, its parameter and the unfinished word; and the items offered for it."""

from collections.abc import Iterable
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from gage.cli.render import terminal

CompletionItems = list[CompletionItem[str]]

MAX_HELP_LENGTH = 100
"""Characters of a description."""


class CompletionContext(NamedTuple):
    """The command line so far: the parsed words in `ctx`, the parameter whose value is being typed (None: an option or
    a command is), the unfinished word, and the part of the word before the value (`--tag=`).
    """

    ctx: click.Context
    param: click.Parameter | None
    word: str
    prefix: str = ""


def make_item(value: str, help: str = "", is_open: bool = False) -> CompletionItem[str]:
    """Returns a value with its description. `is_open`: the word continues, so the shell adds no blank after it."""
    return CompletionItem(value, help=terminal.truncate(terminal.escape(help), MAX_HELP_LENGTH), is_open=is_open)


def filter_items(context: CompletionContext, items: Iterable[tuple[str, str]]) -> CompletionItems:
    """Returns those of the values, with descriptions, that begin with the word."""
    return [make_item(value, text) for value, text in items if value.startswith(context.word)]


def get_words(context: CompletionContext) -> tuple[str, ...]:
    """Returns the arguments that the command already has."""
    name = context.param.name if context.param and context.param.nargs == -1 else "words"
    return tuple(context.ctx.params.get(name) or ())
