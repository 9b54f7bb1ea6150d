"""Compares values with the shapes that they should have, and explains every difference. Knows no setting by name."""

import math
from collections.abc import Mapping, Set
from itertools import groupby
from typing import NamedTuple, cast

from gage.gagefile.messages import (
    describe_value,
    escape_line,
    find_closest_setting,
    format_setting,
    get_value_type,
    join_names,
    shorten,
    suggest,
    suggest_quotes,
)
from gage.gagefile.parsed_text import ParsedText, ValuePath
from gage.gagefile.schema_types import (
    TYPES_BY_SHAPE,
    Choice,
    Field,
    Flag,
    InvalidText,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Record,
    Shape,
    Text,
    describe_shape,
    join_alternatives,
)
from gage.types.opdef import Diagnostic, Span


class Finding(NamedTuple):
    """A mistake in the value at `path`, or in its key. `at` is its position in `text`, None for the whole value."""

    path: ValuePath
    message: str
    hint: str
    is_key: bool
    text: str = ""
    at: int | None = None

    def locate(self, parsed: ParsedText) -> Span:
        """Returns the span of the mistake in the file."""
        if self.at is None:
            return parsed.find_span(self.path, self.is_key)
        return parsed.find_inner_span(self.path, self.text, self.at)


class Validator:
    """Collects what is wrong with a board, or with one entry at the top of a Gage file.

    A finding disables the operation `operation`. `format` is the format of the file, for hints. With `is_partial`, the
    validator reports no missing settings: a syntax error may have hidden them.
    """

    def __init__(self, format: str, operation: str = "", is_partial: bool = False) -> None:
        self.format = format
        self.operation = operation
        self.is_partial = is_partial
        self.findings: list[Finding] = []

    def report_value(self, path: ValuePath, message: str, hint: str = "") -> None:
        """Adds a finding at a value."""
        self.findings.append(Finding(path, escape_line(message), escape_line(hint), is_key=False))

    def report_text(self, path: ValuePath, text: str, error: InvalidText) -> None:
        """Adds a finding at a value that is text."""
        message, hint = escape_line(error.message), escape_line(error.hint)
        self.findings.append(Finding(path, message, hint, is_key=False, text=text, at=error.at))

    def report_key(self, path: ValuePath, message: str, hint: str = "") -> None:
        """Adds a finding at the key of a value."""
        self.findings.append(Finding(path, escape_line(message), escape_line(hint), is_key=True))

    def locate(self, parsed: ParsedText) -> list[Diagnostic]:
        """Returns the findings as diagnostics of the text that the values are from."""
        return [Diagnostic(each.locate(parsed), each.message, each.hint, self.operation) for each in self.findings]

    def check(self, value: object, shape: Shape, path: ValuePath) -> None:
        """Reports all differences of the value at `path` from `shape`."""
        match shape:
            case Text():
                self._check_text(value, shape, path)
            case OneOf():
                self._check_one_of(value, shape, path)
            case ListOf():
                self._check_list(value, shape, path)
            case Record():
                self._check_record(value, shape, path)
            case MapOf():
                self._check_map(value, shape, path)
            case Flag():
                if not isinstance(value, bool):
                    self._report_type(value, shape, path, _hint_flag(value))
            case Number():
                self._check_number(value, shape, path)
            case Choice():
                self._check_choice(value, shape, path)

    def _setting(self, path: ValuePath) -> str:
        """Returns the setting that a value belongs to, itself or as an item of a list."""
        return next((key for key in reversed(path) if isinstance(key, str)), self.operation)

    def _report_type(self, value: object, shape: Shape, path: ValuePath, hint: str = "") -> None:
        if isinstance(shape, Text | Flag | Number | Choice) and isinstance(value, list) and len(value) == 1:
            hint = "Remove the brackets"
        message = f"Expected {describe_shape(shape)} for {self._setting(path)}, got {describe_value(value)}"
        self.report_value(path, message, hint)

    def _check_text(self, value: object, shape: Text, path: ValuePath) -> None:
        if type(value) is not str:
            self._report_type(value, shape, path, suggest_quotes(value))
        elif not shape.empty and not value.strip():
            hint = f"Give {shape.what}, or remove the setting"
            self.report_value(path, f"Empty text for {self._setting(path)}", hint)
        elif shape.check:
            try:
                shape.check(value)
            except InvalidText as e:
                self.report_text(path, value, e)

    def _check_number(self, value: object, shape: Number, path: ValuePath) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._report_type(value, shape, path, "Remove the quotes" if _is_number(value) else "")
        elif not math.isfinite(value):
            self.report_value(path, f"The number for {self._setting(path)} is {value}", "Write a finite number")
        elif shape.positive and value <= 0:
            self.report_value(path, f'"{self._setting(path)}" must be above 0, got {value}')

    def _check_choice(self, value: object, shape: Choice, path: ValuePath) -> None:
        if type(value) is not str:
            self._report_type(value, shape, path, suggest_quotes(value))
        elif value not in shape.options:
            hint = suggest(value, shape.options) or f"Choices: {', '.join(shape.options)}"
            self.report_value(path, f'"{shorten(value)}" is not a choice for {self._setting(path)}', hint)

    def _check_list(self, value: object, shape: ListOf, path: ValuePath) -> None:
        if not isinstance(value, list):
            hint = "" if isinstance(value, dict) else "Put it in brackets: [ ... ]"
            self._report_type(value, shape, path, hint)
        elif len(value) < shape.minimum:
            message = f"The list for {self._setting(path)} is empty"
            self.report_value(path, message, "Add an item, or remove the setting")
        else:
            for i, item in enumerate(value):
                self.check(item, shape.item, (*path, i))

    def _check_map(self, value: object, shape: MapOf, path: ValuePath) -> None:
        if not isinstance(value, dict):
            pair = format_setting(self.format, "name", '"value"')
            self._report_type(value, shape, path, f"Write it as a table with {pair}")
            return
        for key, item in value.items():
            try:
                if shape.key_check:
                    shape.key_check(key)
            except InvalidText as e:
                self.report_key((*path, key), e.message, e.hint)
            else:
                self.check(item, shape.value, (*path, key))

    def _check_record(self, table: object, shape: Record, path: ValuePath) -> None:
        if not isinstance(table, dict):
            self._report_type(table, shape, path, self._hint_table(shape))
            return
        if shape.unknown_hint and table and not any(_is_near(key, shape) for key in table):
            key = next(iter(table))  # the table is of another kind: one hint instead of one for each key
            message = f'"{key}" is not a setting of {shape.title}'
            self.report_key((*path, key), message, shape.unknown_hint.format(key))
            return
        before = len(self.findings)
        suggested: set[str] = set()
        for is_known, keys in groupby(table, shape.fields_by_name.__contains__):
            if is_known:
                for key in keys:
                    self.check(table[key], shape.fields_by_name[key].shape, (*path, key))
            elif table.keys().isdisjoint(shape.open_with):
                suggested |= self._report_unknown({key: table[key] for key in keys}, shape, path)
        if not self.is_partial and (table or not shape.may_be_empty):
            self._check_missing(table.keys() | suggested, shape, path)
        if shape.check and len(self.findings) == before:
            shape.check(table, path, self)

    def _hint_table(self, shape: Record) -> str:
        for field in shape.fields:
            if field.example:
                return f"Write it as a table with {format_setting(self.format, field.name, field.example)}"
        return ""

    def _report_unknown(self, settings: Mapping[str, object], shape: Record, path: ValuePath) -> set[str]:
        """Reports unknown settings that follow each other: those without a suggestion together, as the header of their
        table may be missing. Returns the settings that were probably meant.
        """
        meant: set[str] = set()
        others: list[str] = []
        for key, value in settings.items():
            synonym = shape.synonyms.get(key.lower().replace("_", "-"), "")
            near = synonym or find_closest_setting(key, [field.name for field in shape.fields]) or ""
            if synonym and synonym not in shape.fields_by_name:  # a synonym that is not a setting is itself the hint
                hint = synonym
            elif near:
                hint = f'Did you mean "{near}"?'
                meant.add(near)
            elif shape.synonyms and isinstance(value, dict) and self._setting(path) == self.operation:
                hint = f'To call an operation "{self.operation}.{key}", put quotes around the whole name'
            else:
                others.append(key)
                continue
            self.report_key((*path, key), _describe_unknown(key, shape), hint)
        if others:
            also = f"Also unknown: {join_names(others[1:])}. " if others[1:] else ""
            self.report_key((*path, others[0]), _describe_unknown(others[0], shape), also + _list_settings(shape))
        return meant

    def _check_missing(self, names: Set[str], shape: Record, path: ValuePath) -> None:
        for field in shape.fields:
            if field.required and field.name not in names:
                self._report_missing(path, shape, f'"{field.name}"', field, "Add")
        if shape.needs_one and not names & set(shape.needs_one):
            fields = [shape.fields_by_name[name] for name in shape.needs_one]
            what = join_alternatives(f'"{field.name}"' for field in [f for f in fields if not f.alias] or fields)
            self._report_missing(path, shape, what, fields[0], "For example")

    def _report_missing(self, path: ValuePath, shape: Record, what: str, field: Field, hint: str) -> None:
        pair = f"{hint} {format_setting(self.format, field.name, field.example)}" if field.example else ""
        self.report_value(path, f"{what} is missing in {shape.title}", pair)

    def _check_one_of(self, value: object, shape: OneOf, path: ValuePath) -> None:
        """Checks the value as the shape of its type; of several kinds of table, as the one that was probably meant."""
        type = get_value_type(value)
        fitting = [each for each in shape.shapes if TYPES_BY_SHAPE[each.__class__] == type]
        if not fitting:
            self._report_type(value, shape, path, suggest_quotes(value))
        elif len(fitting) > 1:
            self._check_records(cast(Mapping[str, object], value), cast(list[Record], fitting), path)
        else:
            self.check(value, fitting[0], path)

    def _check_records(self, table: Mapping[str, object], records: list[Record], path: ValuePath) -> None:
        kind = table.get("type")
        if kind is not None and not isinstance(kind, list | dict):
            kinds = {record.kind: record for record in records}
            if str(kind) in kinds:
                self._check_record(table, kinds[str(kind)], path)
            else:
                hint = suggest(str(kind), kinds) or f"Types: {', '.join(kinds)}"
                self.report_value((*path, "type"), f'Unknown type "{shorten(str(kind))}"', hint)
            return
        fitting = [record for record in records if _has_settings_of(table.keys(), record)]
        best = fitting[0] if fitting else max(records, key=lambda record: _rate_likeness(table.keys(), record))
        own = next((key for key in table if key in best.fields_by_name), "")
        for key in table:
            owners = [record for record in records if key in record.fields_by_name]
            if owners and best not in owners:
                message = f'"{key}" is a setting of {owners[0].title}, but "{own}" is one of {best.title}'
                self.report_key((*path, key), message, _list_settings(best))
                return
        self._check_record(table, best, path)


def _hint_flag(value: object) -> str:
    word = str(value).lower()
    if word in ("true", "false"):
        return "Remove the quotes"
    if word in ("yes", "on", "1"):
        return "Write true"
    return "Write false" if word in ("no", "off", "0") else "Write true or false"


def _is_number(value: object) -> bool:
    try:
        return isinstance(value, str) and float(value) is not None
    except ValueError:
        return False


def _is_near(key: str, shape: Record) -> bool:
    """Returns whether a key is a setting of `shape` or looks like one."""
    return key in shape.fields_by_name or find_closest_setting(key, shape.fields_by_name) is not None


def _describe_unknown(key: str, shape: Record) -> str:
    return f'Unknown setting "{key}" in {shape.title}'


def _list_settings(shape: Record) -> str:
    return f"Known settings: {', '.join(field.name for field in shape.fields if not field.alias)}"


def _has_settings_of(names: Set[str], record: Record) -> bool:
    """Returns whether a kind of table has all settings `names`, and needs no others."""
    is_complete = all(field.name in names for field in record.fields if field.required)
    return is_complete and names <= record.fields_by_name.keys() and not names.isdisjoint(record.needs_one or names)


def _rate_likeness(names: Set[str], record: Record) -> tuple[int, int, int]:
    required = {field.name for field in record.fields if field.required} | set(record.needs_one)
    similar = [name for name in names if find_closest_setting(name, record.fields_by_name)]
    return len(names & required), len(names & record.fields_by_name.keys()), len(similar)
