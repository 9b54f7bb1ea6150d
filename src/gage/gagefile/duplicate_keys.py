"""Describes keys that stand in one table a second time. Several in a row probably lack the name of their table."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from gage.gagefile.messages import join_names
from gage.gagefile.parsed_text import TextPositions
from gage.types.opdef import Diagnostic

_MESSAGE_END = '" is defined twice'


def describe_duplicates(text: str, keys: Iterable[tuple[str, int, int]]) -> tuple[Diagnostic, ...]:
    """Returns diagnostics for keys, each with its start and end in the text."""
    positions = TextPositions(text)
    return tuple(
        Diagnostic(positions.span(start, end), f'"{key}{_MESSAGE_END}', "Remove one of them")
        for key, start, end in keys
    )


def merge_duplicates(diagnostics: Iterable[Diagnostic], get_owner: Callable[[Diagnostic], str]) -> Iterator[Diagnostic]:
    """Yields the diagnostics; one for all duplicates in a row that have the same owner and column."""

    def get_table(diagnostic: Diagnostic) -> tuple[str, int] | None:
        is_duplicate = diagnostic.message.endswith(_MESSAGE_END)
        return (get_owner(diagnostic), diagnostic.span.column) if is_duplicate else None

    for table, group in groupby(diagnostics, get_table):
        first, *others = group
        if table and others:
            names = join_names([other.message[1:].removesuffix(_MESSAGE_END) for other in others])
            hint = "Remove one of each, or write the name of their operation above them"
            yield first._replace(hint=f"Also defined twice: {names}. {hint}")
        else:
            yield from (first, *others)
