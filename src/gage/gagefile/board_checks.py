"""Checks the texts of a board by the grammar of filters, and settings that contradict each other. Reads no file."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

from gage.gagefile.schema_types import InvalidText
from gage.types.board import NAMED_FORMATS, NUMBER_FORMAT
from gage.types.run import STATUSES

if TYPE_CHECKING:
    from gage.gagefile.parsed_text import ValuePath
    from gage.gagefile.validate import Validator

OLD_KINDS = ("attribute", "metric", "config", "run-attr")
"""Names of the kinds of values in Gage 0.1. If a table has several, the first of these counts."""
MAX_TEXT_CHARACTERS = 10_000
"""The maximum length of a name, a filter or an expression."""


def check_name(text: str) -> None:
    """Checks the name of a value."""
    from gage.select.grammar import parse_value

    _check_text(text, parse_value, 'For example "min(loss)"')


def check_sort_key(text: str) -> None:
    """Checks a name with an optional `-` before it."""
    if text.strip() == "-":
        raise InvalidText("The name after - is missing", 'For example "-loss"')
    check_name(text.strip().removeprefix("-"))


def check_filter(text: str) -> None:
    """Checks a filter."""
    from gage.select.grammar import parse_condition

    _check_text(text, parse_condition)


def check_expression(text: str) -> None:
    """Checks an expression."""
    from gage.select.grammar import parse_expression

    _check_text(text, parse_expression)


def _check_text(text: str, parse: Callable[[str], object], hint: str = "") -> None:
    from gage.select.tokens import FilterError

    if len(text) > MAX_TEXT_CHARACTERS:
        raise InvalidText(f"The text has {len(text):,} characters: at most {MAX_TEXT_CHARACTERS:,} are allowed")
    try:
        parse(text)
    except FilterError as e:
        raise InvalidText(e.problem, hint or _adapt_hint(e.hint), e.at) from None


def _adapt_hint(hint: str) -> str:
    """Returns a hint about an option of the command line as a hint about a setting."""
    return re.sub(r"--(where|sort) ", "", re.sub(r"Try: --(where|sort) ", "For example ", hint))


def check_score_name(name: str) -> None:
    """Checks the name of a score."""
    if not name.strip() or name.startswith("-"):
        raise InvalidText(f'"{name}" is not a valid name of a score', "Use a name that does not start with -")


def check_format(text: str) -> None:
    """Checks the format of a column."""
    if text in NAMED_FORMATS or re.fullmatch(NUMBER_FORMAT, text):
        return
    from gage.gagefile.messages import suggest

    number = re.search(r",?\.\d{1,2}[feg%]", text)
    names = f"Formats: .3f, .2e, .4g, ,d, .1%, {', '.join(NAMED_FORMATS)}"
    hint = f'Did you mean "{number[0]}"?' if number else suggest(text, NAMED_FORMATS) or names
    raise InvalidText(f'Unknown format "{text[:40]}"', hint)


def check_status(text: str) -> None:
    """Checks the status that a board of Gage 0.1 selects."""
    if text and text not in STATUSES:
        from gage.gagefile.messages import suggest

        raise InvalidText(
            f'"{text[:40]}" is not a status', suggest(text, STATUSES) or f"Statuses: {', '.join(STATUSES)}"
        )


def check_board(board: Mapping[str, object], path: "ValuePath", validator: "Validator") -> None:
    """Reports settings of a board that contradict each other."""
    limit = board.get("limit")
    if isinstance(limit, float) and not limit.is_integer():
        validator.report_value((*path, "limit"), f'"limit" must be a whole number, got {limit}')
    if "group" in board and "group-select" in board:
        hint = "Remove one of them: group-select is the name in Gage 0.1"
        validator.report_key((*path, "group-select"), "A board has one group", hint)
    for name in ("group", "group-select"):
        group = _as_table(board.get(name))
        if "min" in group and "max" in group:
            validator.report_key((*path, name, "max"), f'"{name}" has both "min" and "max"', "Remove one of them")
    _check_columns(board, path, validator)
    _check_sort(board, path, validator)


def _check_columns(board: Mapping[str, object], path: "ValuePath", validator: "Validator") -> None:
    group = _as_table(board.get("group"))
    has_groups = bool(group) and group.keys().isdisjoint(("min", "max"))
    labels: dict[str, int] = {}
    for i, column in _iter_tables(board.get("columns")):
        label = column.get("label")
        if isinstance(label, str) and label in labels:
            message = f'Columns {labels[label] + 1} and {i + 1} have the same label, "{label}"'
            validator.report_value((*path, "columns", i, "label"), message, "Change one of them")
        elif isinstance(label, str):
            labels[label] = i
        if "aggregate" in column and not has_groups:
            hint = "Remove it: the row of a group is one run" if group else "Add a group"
            message = "A column can have an aggregate only in a board with groups"
            validator.report_key((*path, "columns", i, "aggregate"), message, hint)


def _check_sort(board: Mapping[str, object], path: "ValuePath", validator: "Validator") -> None:
    """Reports sort keys of groups that are not columns: the row of a group has no other values."""
    group = _as_table(board.get("group"))
    if not group or "min" in group or "max" in group or not board.get("columns"):
        return
    columns = board["columns"]
    assert isinstance(columns, list)
    names = [
        text
        for _, each in _iter_tables(columns)
        for text in (each.get("label"), each.get("name"))
        if isinstance(text, str)
    ]
    names += [each for each in columns if isinstance(each, str)]
    keys = board.get("sort", [])
    for i, key in enumerate(keys if isinstance(keys, list) else [keys]):
        name = str(key).strip().removeprefix("-")
        if name not in names and name not in _as_texts(group.get("by")):
            from gage.gagefile.messages import join_names, suggest

            place = (*path, "sort", i) if isinstance(keys, list) else (*path, "sort")
            hint = suggest(name, names) or f"Columns: {join_names(names)}"
            validator.report_value(place, f'Groups cannot be sorted by "{name}", which is not a column', hint)


def _iter_tables(columns: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    for i, column in enumerate(columns if isinstance(columns, list) else []):
        if isinstance(column, dict):
            yield i, column


def _as_table(value: object) -> Mapping[str, object]:
    return cast(Mapping[str, object], value) if isinstance(value, dict) else {}


def _as_texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value is not None else []
