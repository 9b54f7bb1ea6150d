"""Reads the records of queries from texts and JSON, and describes records as JSON Schema.

A record is a named tuple whose fields are texts, numbers, booleans, tuples of these, other records, JSON values, or one
of these or None.
"""

import json
import types
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from gage.lib.suggest import suggest_closest
from gage.types.errors import UsageError
from gage.types.values import MAX_INTEGER, TYPE_NAMES, JSONValue, replace_non_finite

T = TypeVar("T")
Schema = dict[str, JSONValue]

SIMPLE_TYPES: Mapping[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}


def is_record(kind: object) -> bool:
    """Returns whether a type is a named tuple."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


def parse_query(kind: type, values: Mapping[str, Sequence[str]]) -> object:
    """Returns the record of a query string, which has several values for a field that is a tuple. Raises UsageError."""
    hints = get_type_hints(kind)
    fields: dict[str, object] = {}
    for name, texts in values.items():
        _require_field(kind, name, hints)
        item = _get_item_type(hints[name])
        if item is not None:
            fields[name] = tuple(_parse_text(name, text, item) for text in texts)
        elif len(texts) > 1:
            raise UsageError(f"{name} is given {len(texts)} times", "Give it once")
        else:
            fields[name] = _parse_text(name, texts[0], hints[name])
    return _build(kind, fields)


def parse_body(kind: type, value: JSONValue, where: str = "The body") -> object:
    """Returns the record of a JSON object. Raises UsageError."""
    if not isinstance(value, Mapping):
        raise UsageError(f"{where} must be an object", "")
    hints, fields = get_type_hints(kind), {}
    for name, item in value.items():
        _require_field(kind, name, hints)
        fields[name] = _convert(name, item, hints[name])
    return _build(kind, fields)


def _require_field(kind: type, name: str, hints: Mapping[str, object]) -> None:
    if name not in hints:
        raise UsageError(f"Unknown parameter {name!r}", suggest_closest(name, hints, f"It takes {', '.join(hints)}"))


def _build(kind: type, fields: Mapping[str, object]) -> object:
    missing = [name for name in get_type_hints(kind) if name not in fields and name not in _get_defaults(kind)]
    if missing:
        raise UsageError(f"Missing parameter {missing[0]!r}", "")
    return kind(**fields)


def _get_defaults(kind: type) -> Mapping[str, object]:
    defaults: Mapping[str, object] = getattr(kind, "_field_defaults", {})
    return defaults


def _get_item_type(hint: object) -> object | None:
    """Returns the type of the items of a tuple type of any length, None for other types."""
    return get_args(hint)[0] if get_origin(hint) is tuple else None


def _get_options(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _parse_text(name: str, text: str, hint: object) -> object:
    options = _get_options(hint)
    if get_origin(hint) is Literal:
        return _check_choice(name, text, hint)
    if bool in options:
        if text not in ("true", "false"):
            raise UsageError(f"{name} must be true or false, got {text!r}", "")
        return text == "true"
    for kind in (int, float):
        if kind in options:
            try:
                return _check_number(name, kind(text))
            except ValueError:
                raise UsageError(f"{name} must be {TYPE_NAMES[kind]}, got {text!r}", "") from None
    return text


def _check_choice(name: str, value: object, hint: object) -> object:
    choices = get_args(hint)
    if value not in choices:
        raise UsageError(f"{name} must be one of {', '.join(map(str, choices))}, got {value!r}", "")
    return value


def _convert(name: str, value: JSONValue, hint: object) -> object:
    """Returns a value of JSON as a value of a type. Raises UsageError."""
    if get_origin(hint) is Literal:
        return _check_choice(name, value, hint)
    item = _get_item_type(hint)
    if item is not None and isinstance(value, list):
        return tuple(_convert(name, each, item) for each in value)
    if get_origin(hint) is Mapping and isinstance(value, Mapping):
        return {key: _convert(f"{name}.{key}", each, get_args(hint)[1]) for key, each in value.items()}
    for option in _get_options(hint):
        if isinstance(option, type) and is_record(option) and isinstance(value, Mapping):
            return parse_body(option, value, name)
        if option is float and type(value) is int:
            return float(_check_number(name, value))
        if isinstance(option, type) and type(value) is option:
            return _check_number(name, value)
    wanted = " or ".join(TYPE_NAMES.get(option, "a list") for option in _get_options(hint) if isinstance(option, type))
    raise UsageError(f"{name} must be {wanted or 'a list'}", "")


def _check_number(name: str, value: T) -> T:
    """Returns a value. Raises UsageError for an integer with more than 64 bits."""
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise UsageError(f"{name} must have less than 20 digits", "")
    return value


def encode_record(value: object) -> bytes:
    """Returns a record as JSON. Files of runs may have numbers and characters that JSON does not have: the former
    become texts such as "NaN", the latter, halves of surrogate pairs, escapes.
    """
    text = json.dumps(convert_record(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def convert_record(value: object) -> object:
    """Returns a record with all records in it as objects of JSON, and numbers that JSON does not have as texts."""
    if isinstance(value, tuple):
        names: tuple[str, ...] = getattr(value, "_fields", ())
        if names:
            return {name: convert_record(item) for name, item in zip(names, value, strict=True)}
        return [convert_record(item) for item in value]
    if isinstance(value, list):
        return [convert_record(item) for item in value]
    if isinstance(value, Mapping):
        return {name: convert_record(item) for name, item in value.items()}
    return replace_non_finite(value) if isinstance(value, float) else value


def describe_type(hint: object, schemas: dict[str, Schema]) -> Schema:
    """Returns the JSON Schema of a type; adds those of the records that it contains to `schemas` by name."""
    if hint in SIMPLE_TYPES:
        return dict(SIMPLE_TYPES[hint])
    if isinstance(hint, type) and is_record(hint):
        _add_record(hint, schemas)
        return {"$ref": f"#/components/schemas/{hint.__name__}"}
    arguments = get_args(hint)
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": [str(each) for each in arguments]}
    if get_origin(hint) in (Union, types.UnionType):
        if any(get_origin(each) is Mapping for each in arguments):
            return {}  # any JSON value
        return {"anyOf": [describe_type(each, schemas) for each in arguments]}
    if get_origin(hint) is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return {"type": "array", "items": describe_type(arguments[0], schemas)}
    if get_origin(hint) is Mapping:
        return {"type": "object", "additionalProperties": describe_type(arguments[1], schemas)}
    raise TypeError(f"No schema for {hint}")


def _add_record(kind: type, schemas: dict[str, Schema]) -> None:
    if kind.__name__ in schemas:
        return
    schemas[kind.__name__] = {}  # a record may contain itself
    hints, defaults = get_type_hints(kind), _get_defaults(kind)
    properties: dict[str, JSONValue] = {name: describe_type(hint, schemas) for name, hint in hints.items()}
    schemas[kind.__name__] = {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": properties,
        "required": [name for name in hints if name not in defaults],
    }
