"""Builds the JSON Schemas of Gage files and boards from their definitions: for editors and the tests."""

from gage.gagefile import definition
from gage.gagefile.schema_types import AnyValue, Choice, Field, Flag, ListOf, MapOf, Number, OneOf, Record, Shape, Text
from gage.gagefile.validators import OPERATION_NAME
from gage.types.values import JSONValue

SCHEMA_ID = "https://gage-ml.dev/gagefile.schema.json"
BOARD_SCHEMA_ID = "https://gage-ml.dev/board.schema.json"


def build_json_schema() -> dict[str, JSONValue]:
    """Returns the schema (draft 2020-12)."""
    operation = _build_schema(definition.OPERATION)
    top = {f.name: _build_field(f) for f in definition.TOP if f.name != "$defaults"}
    defaults = next(f for f in definition.TOP if f.name == "$defaults")
    top["$defaults"] = {"$ref": "#/$defs/operation", "description": defaults.doc}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Gage file",
        "type": "object",
        "properties": top,
        "patternProperties": {OPERATION_NAME: {"$ref": "#/$defs/operation"}},
        "additionalProperties": False,
        "$defs": {"operation": operation},
    }


def build_board_schema() -> dict[str, JSONValue]:
    """Returns the schema of boards."""
    from gage.gagefile.board_definition import BOARD

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": BOARD_SCHEMA_ID, "title": "Gage board"}
    return {**head, **_build_properties(BOARD)}


def _build_field(field: Field) -> dict[str, JSONValue]:
    return {**_build_schema(field.shape), "description": field.doc}


def _build_schema(shape: Shape) -> dict[str, JSONValue]:
    match shape:
        case Text():
            return {"type": "string"} if shape.empty else {"type": "string", "minLength": 1}
        case Flag():
            return {"type": "boolean"}
        case Number():
            return {"type": "number", "exclusiveMinimum": 0} if shape.positive else {"type": "number"}
        case Choice():
            return {"type": "string", "enum": list(shape.options)}
        case AnyValue():
            return {}
        case ListOf():
            return {
                "type": "array",
                "items": _build_schema(shape.item),
                **({"minItems": shape.minimum} if shape.minimum else {}),
            }
        case MapOf():
            return {"type": "object", "additionalProperties": _build_schema(shape.value)}
        case Record():
            return _build_record(shape)
        case OneOf():
            return {"anyOf": [_build_schema(s) for s in shape.shapes]}


def _build_record(shape: Record) -> dict[str, JSONValue]:
    schema: dict[str, JSONValue] = {"title": shape.title, **_build_properties(shape)}
    if shape.may_be_empty:
        return {"anyOf": [schema, {"type": "object", "maxProperties": 0}]}
    return schema


def _build_properties(shape: Record) -> dict[str, JSONValue]:
    schema: dict[str, JSONValue] = {
        "type": "object",
        "properties": {f.name: _build_field(f) for f in shape.fields},
        "additionalProperties": False,
    }
    required = [f.name for f in shape.fields if f.required]
    if shape.open_with:
        del schema["additionalProperties"]
        closed: dict[str, JSONValue] = {"properties": dict.fromkeys(shape.fields_by_name, True)}
        schema["if"] = {"not": {"anyOf": [{"required": [name]} for name in shape.open_with]}}
        schema["then"] = {**closed, "additionalProperties": False}
    if required:
        schema["required"] = required
    if shape.needs_one:
        schema["anyOf"] = [{"required": [name]} for name in shape.needs_one]
    return schema
