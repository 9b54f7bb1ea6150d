"""The JSON Schema of a Gage file, made from `settings`: for editors, and as the oracle in the tests."""

from gage.gagefile import definition
from gage.gagefile.schema_types import Any, Choice, Field, Flag, Many, Map, Number, OneOf, Record, Shape, Text
from gage.gagefile.validators import OPERATION_NAME
from gage.types.values import JSONValue

ID = "https://gage-ml.dev/gagefile.schema.json"


def build_json_schema() -> dict[str, JSONValue]:
    """The schema (draft 2020-12) as plain data."""
    operation = _schema(definition.OPERATION)
    top = {f.name: _field(f) for f in definition.TOP if f.name != "$defaults"}
    top["$defaults"] = {"$ref": "#/$defs/operation", "description": _doc("$defaults")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "Gage file",
        "type": "object",
        "properties": top,
        "patternProperties": {OPERATION_NAME: {"$ref": "#/$defs/operation"}},
        "additionalProperties": False,
        "$defs": {"operation": operation},
    }


def _doc(name: str) -> str:
    return next(f.doc for f in definition.TOP if f.name == name)


def _field(field: Field) -> dict[str, JSONValue]:
    return {**_schema(field.shape), "description": field.doc}


def _schema(shape: Shape) -> dict[str, JSONValue]:
    match shape:
        case Text():
            return {"type": "string"} if shape.empty else {"type": "string", "minLength": 1}
        case Flag():
            return {"type": "boolean"}
        case Number():
            return _number(shape)
        case Choice():
            return {"type": "string", "enum": list(shape.options)}
        case Any():
            return {}
        case Many():
            return {
                "type": "array",
                "items": _schema(shape.item),
                **({"minItems": shape.minimum} if shape.minimum else {}),
            }
        case Map():
            return {"type": "object", "additionalProperties": _schema(shape.value)}
        case Record():
            return _record(shape)
        case OneOf():
            return {"anyOf": [_schema(s) for s in shape.shapes]}


def _number(shape: Number) -> dict[str, JSONValue]:
    found: dict[str, JSONValue] = {"type": "integer" if shape.whole else "number"}
    if shape.minimum is not None:
        found["exclusiveMinimum" if shape.above else "minimum"] = shape.minimum
    return found


def _record(shape: Record) -> dict[str, JSONValue]:
    found: dict[str, JSONValue] = {
        "type": "object",
        "title": shape.title,
        "properties": {f.name: _field(f) for f in shape.fields},
        "additionalProperties": False,
    }
    required = [f.name for f in shape.fields if f.required]
    if required:
        found["required"] = required
    if shape.needs_one:
        found["anyOf"] = [{"required": [name]} for name in shape.needs_one]
    if shape.may_be_empty:
        return {"anyOf": [found, {"type": "object", "maxProperties": 0}]}
    return found
