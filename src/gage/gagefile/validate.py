"""Compares values with the shapes that they should have, and explains every difference. Knows no setting by name."""

from collections.abc import Iterable

from gage.formats.spans import ValueNode
from gage.gagefile.messages import (
    describe_value,
    escape_line,
    find_closest_setting,
    format_setting,
    get_value_type,
    shorten,
    suggest,
    suggest_quotes,
)
from gage.gagefile.parsed_text import TextPositions
from gage.gagefile.schema_types import (
    AnyValue,
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


class Validator:
    """Collects the diagnostics of one entry at the top of a Gage file, which disable the operation `operation`.

    `format` is that of the file, for hints. With `is_partial` nothing is reported as missing: a syntax error may have
    hidden it.
    """

    def __init__(self, positions: TextPositions, format: str, operation: str = "", is_partial: bool = False) -> None:
        self.positions = positions
        self.format = format
        self.operation = operation
        self.is_partial = is_partial
        self.diagnostics: list[Diagnostic] = []

    def report(self, span: Span, message: str, hint: str = "") -> None:
        """Adds a diagnostic."""
        self.diagnostics.append(Diagnostic(span, escape_line(message), escape_line(hint), self.operation))

    def report_value(self, node: ValueNode, message: str, hint: str = "") -> None:
        """Adds a diagnostic at a value."""
        self.report(self.positions.node_span(node), message, hint)

    def report_key(self, node: ValueNode, message: str, hint: str = "") -> None:
        """Adds a diagnostic at the key of a value."""
        self.report(self.positions.span(*node.key), message, hint)

    def check(self, node: ValueNode, shape: Shape, setting: str) -> None:
        """Reports all differences of `node`, which is the value of `setting` or an item of it, from `shape`."""
        match shape:
            case Text():
                self._check_text(node, shape, setting)
            case Record():
                self._check_record(node, shape, setting)
            case OneOf():
                self._check_one_of(node, shape, setting)
            case ListOf():
                self._check_list(node, shape, setting)
            case MapOf():
                self._check_map(node, shape, setting)
            case Flag():
                if get_value_type(node) != "flag":
                    self._report_type(node, shape, setting, _hint_flag(node))
            case Number():
                self._check_number(node, shape, setting)
            case Choice():
                self._check_choice(node, shape, setting)
            case AnyValue():
                pass

    def _report_type(self, node: ValueNode, shape: Shape, setting: str, hint: str = "") -> None:
        if isinstance(shape, Text | Flag | Number | Choice) and node.kind == "list" and len(node.children) == 1:
            hint = "Remove the brackets"
        message = f"Expected {describe_shape(shape)} for {setting}, got {describe_value(node)}"
        self.report_value(node, message, hint)

    def _check_text(self, node: ValueNode, shape: Text, setting: str) -> None:
        value = node.value
        if not isinstance(value, str) or node.style == "date":
            self._report_type(node, shape, setting, suggest_quotes(node))
        elif not shape.empty and not value.strip():
            self.report_value(node, f"Empty text for {setting}", f"Give {shape.what}, or remove the setting")
        elif shape.check:
            try:
                shape.check(value)
            except InvalidText as e:
                self.report_value(node, e.message, e.hint)

    def _check_number(self, node: ValueNode, shape: Number, setting: str) -> None:
        value, low = node.value, shape.minimum
        if isinstance(value, bool) or not isinstance(value, int if shape.whole else int | float):
            self._report_type(node, shape, setting, "Remove the quotes" if _is_number(value) else "")
        elif value - value != 0:
            self.report_value(node, f"The number for {setting} is {value}", "Write a finite number")
        elif low is not None and (value < low or (shape.above and value == low)):
            bound = f"above {low:g}" if shape.above else f"{low:g} or more"
            self.report_value(node, f'"{setting}" must be {bound}, got {value}')

    def _check_choice(self, node: ValueNode, shape: Choice, setting: str) -> None:
        value = node.value
        if not isinstance(value, str):
            self._report_type(node, shape, setting, suggest_quotes(node))
        elif value not in shape.options:
            hint = suggest(value, shape.options) or f"Choices: {', '.join(shape.options)}"
            self.report_value(node, f'"{shorten(value)}" is not a choice for {setting}', hint)

    def _check_list(self, node: ValueNode, shape: ListOf, setting: str) -> None:
        if node.kind != "list":
            hint = "Put it in brackets: [ ... ]" if node.kind == "value" else ""
            self._report_type(node, shape, setting, hint)
        elif len(node.children) < shape.minimum:
            self.report_value(node, f"The list for {setting} is empty", "Add an item, or remove the setting")
        else:
            for _, item in node.children:
                self.check(item, shape.item, setting)

    def _check_map(self, node: ValueNode, shape: MapOf, setting: str) -> None:
        if get_value_type(node) != "table":
            pair = format_setting(self.format, "name", '"value"')
            self._report_type(node, shape, setting, f"Write it as a table with {pair}")
            return
        for key, child in node.children:
            try:
                if shape.key_check:
                    shape.key_check(key)
            except InvalidText as e:
                self.report_key(child, e.message, e.hint)
            else:
                self.check(child, shape.value, key)

    def _check_record(self, node: ValueNode, shape: Record, setting: str) -> None:
        if get_value_type(node) != "table":
            self._report_type(node, shape, setting, self._hint_table(shape))
            return
        if shape.unknown_hint and node.children and self._is_unlike(node, shape):
            key, child = node.children[0]
            self.report_key(child, f'"{key}" is not a setting of {shape.title}', shape.unknown_hint.format(key))
            return
        before = len(self.diagnostics)
        suggested: set[str] = set()
        for key, child in node.children:
            field = shape.fields_by_name.get(key)
            if field:
                self.check(child, field.shape, key)
            else:
                suggested.add(self._report_unknown(key, child, shape, setting))
        if not self.is_partial and (node.children or not shape.may_be_empty):
            self._check_missing(node, shape, suggested)
        if shape.check and len(self.diagnostics) == before:
            shape.check(node, self)

    def _hint_table(self, shape: Record) -> str:
        for field in shape.fields:
            if field.example:
                return f"Write it as a table with {format_setting(self.format, field.name, field.example)}"
        return ""

    def _is_unlike(self, node: ValueNode, shape: Record) -> bool:
        """Returns whether none of the keys is a setting of `shape` or looks like one: something else was meant."""
        names = shape.fields_by_name
        return not any(key in names or find_closest_setting(key, names) for key, _ in node.children)

    def _report_unknown(self, key: str, node: ValueNode, shape: Record, setting: str) -> str:
        """Reports an unknown setting. Returns the setting that was probably meant, "" if that is not clear."""
        message = f'Unknown setting "{key}" in {shape.title}'
        synonym = shape.synonyms.get(key.lower().replace("_", "-"), "")
        if synonym and synonym not in shape.fields_by_name:  # it is a hint
            self.report_key(node, message, synonym)
            return ""
        near = synonym or find_closest_setting(key, [field.name for field in shape.fields]) or ""
        if near:
            hint = f'Did you mean "{near}"?'
        elif shape.synonyms and node.kind == "table" and setting == self.operation:
            hint = f'To call an operation "{setting}.{key}", put quotes around the whole name'
        else:
            hint = _list_settings(shape)
        self.report_key(node, message, hint)
        return near

    def _check_missing(self, node: ValueNode, shape: Record, suggested: set[str]) -> None:
        names = {key for key, _ in node.children} | suggested
        for field in shape.fields:
            if field.required and field.name not in names:
                self._report_missing(node, shape, f'"{field.name}"', field, "Add")
        if shape.needs_one and not names & set(shape.needs_one):
            fields = [shape.fields_by_name[name] for name in shape.needs_one]
            what = join_alternatives(f'"{field.name}"' for field in fields if not field.alias)
            self._report_missing(node, shape, what, fields[0], "For example")

    def _report_missing(self, node: ValueNode, shape: Record, what: str, field: Field, hint: str) -> None:
        pair = f"{hint} {format_setting(self.format, field.name, field.example)}" if field.example else ""
        self.report_value(node, f"{what} is missing in {shape.title}", pair)

    def _check_one_of(self, node: ValueNode, shape: OneOf, setting: str) -> None:
        type = get_value_type(node)
        fitting = [each for each in shape.shapes if _accepts_type(each, type)]
        records = [each for each in fitting if isinstance(each, Record)] if type == "table" else []
        if not fitting:
            self._report_type(node, shape, setting, suggest_quotes(node))
        elif len(records) > 1:
            self._check_records(node, records, setting)
        else:  # the shapes differ in type
            self.check(node, fitting[0], setting)

    def _check_records(self, node: ValueNode, records: list[Record], setting: str) -> None:
        """Several kinds of table are possible: the one that was most likely meant reports what is wrong."""
        kind = node.child("type")
        if kind is not None and kind.kind == "value":
            kinds = {record.kind: record for record in records}
            record = kinds.get(str(kind.value))
            if record:
                self._check_record(node, record, setting)
            else:
                hint = suggest(str(kind.value), kinds) or f"Types: {', '.join(kinds)}"
                self.report_value(kind, f'Unknown type "{shorten(str(kind.value))}"', hint)
            return
        names = {key for key, _ in node.children}
        for record in records:
            if names <= record.fields_by_name.keys():
                trial = Validator(self.positions, self.format)
                trial._check_record(node, record, setting)
                if not trial.diagnostics:
                    return
        best = max(records, key=lambda record: _rate_likeness(names, record))
        if not self._report_other_kind(node, best, records):
            self._check_record(node, best, setting)

    def _report_other_kind(self, node: ValueNode, best: Record, records: Iterable[Record]) -> bool:
        """Reports a setting that belongs to another kind of table than the others. Returns whether there is one."""
        own = [key for key, _ in node.children if key in best.fields_by_name]
        for key, child in node.children:
            owners = [record for record in records if key in record.fields_by_name]
            if owners and key not in own:
                message = (
                    f'"{key}" is a setting of {owners[0].title}, but "{own[0] if own else ""}" is one of {best.title}'
                )
                self.report_key(child, message, _list_settings(best))
                return True
        return False


def _hint_flag(node: ValueNode) -> str:
    word = str(node.value).lower() if node.kind == "value" else ""
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


def _list_settings(shape: Record) -> str:
    return f"Known settings: {', '.join(field.name for field in shape.fields if not field.alias)}"


def _accepts_type(shape: Shape, type: str) -> bool:
    match shape:
        case Text() | Choice():
            return type == "text"
        case Flag():
            return type == "flag"
        case Number():
            return type == "number"
        case ListOf():
            return type == "list"
        case MapOf() | Record():
            return type == "table"
        case OneOf():
            return any(_accepts_type(each, type) for each in shape.shapes)
        case AnyValue():
            return True


def _rate_likeness(names: set[str], record: Record) -> tuple[int, int, int]:
    required = {field.name for field in record.fields if field.required} | set(record.needs_one)
    similar = [name for name in names if find_closest_setting(name, record.fields_by_name)]
    return len(names & required), len(names & record.fields_by_name.keys()), len(similar)
