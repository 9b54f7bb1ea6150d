"""Describes keys that stand in one table a second time. Several in a row probably lack the name of their table."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from gage.formats.spans import DuplicateKey, ScanError
from gage.gagefile.messages import join_names
from gage.gagefile.parsed_text import ParsedText
from gage.types.errors import ConfigError
from gage.types.opdef import Diagnostic

_MESSAGE_END = '" is defined twice'


def describe_duplicates(parsed: ParsedText, keys: Iterable[DuplicateKey]) -> tuple[Diagnostic, ...]:
    """Returns diagnostics for keys of a text. Each disables the entry at the top that it is in."""
    positions = parsed.positions
    starts = sorted((node.key[0], name) for name, node in parsed.root.children)

    def find_entry(offset: int) -> str:
        return max((each for each in starts if each[0] <= offset), default=(0, ""))[1]

    return tuple(
        Diagnostic(
            positions.span(start, end),
            f'"{key}{_MESSAGE_END}',
            _format_hint(positions.line(first)),
            find_entry(first),
        )
        for key, start, end, first in keys
    )


def add_first_places(parsed: ParsedText) -> tuple[Diagnostic, ...]:
    """Returns the diagnostics of a TOML text, those of duplicates with the line of the first key."""
    return tuple(_add_first_place(parsed, each) for each in parsed.diagnostics)


def _add_first_place(parsed: ParsedText, diagnostic: Diagnostic) -> Diagnostic:
    if not diagnostic.message.endswith(_MESSAGE_END):
        return diagnostic
    keys = diagnostic.message[1:].removesuffix(_MESSAGE_END).split(".")
    for path in ((diagnostic.disables, *keys), tuple(keys)):
        try:
            line = parsed.find_span(path, is_key=True).line
        except (KeyError, ScanError, ConfigError):
            continue
        if line < diagnostic.span.line:
            return diagnostic._replace(hint=_format_hint(line), disables=path[0])
    return diagnostic


def _format_hint(first_line: int) -> str:
    return f"Remove one of them: the first is in line {first_line}"


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
