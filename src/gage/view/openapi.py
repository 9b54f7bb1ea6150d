"""Describes the API as an OpenAPI 3.1 document, made from the table of routes."""

from typing import get_type_hints

from gage import __version__
from gage.types.values import JSONValue
from gage.view.raw_answer import RawAnswer, RawFile
from gage.view.records import Schema, describe_type
from gage.view.routes import ROUTES, Route

BINARY: JSONValue = {"type": "string", "format": "binary"}


def build_document() -> dict[str, JSONValue]:
    """Returns the document (https://spec.openapis.org/oas/v3.1.0)."""
    schemas: dict[str, Schema] = {"Error": _ERROR}
    paths: dict[str, dict[str, JSONValue]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _describe_route(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gage", "version": __version__, "description": "Runs of a store, as `gage view` shows them."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


_ERROR: Schema = {
    "type": "object",
    "description": "Why a request is refused, and what to do.",
    "properties": {"message": {"type": "string"}, "hint": {"type": "string"}},
    "required": ["message", "hint"],
}


def _describe_route(route: Route, schemas: dict[str, Schema]) -> JSONValue:
    hints = get_type_hints(route.answer)
    summary = (route.answer.__doc__ or "").strip().splitlines()[0]
    answer: JSONValue = (
        {"application/octet-stream": {"schema": BINARY}}
        if hints["return"] in (RawAnswer, RawFile)
        else {"application/json": {"schema": describe_type(hints["return"], schemas)}}
    )
    error: JSONValue = {
        "description": "Refused",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    success: JSONValue = {"description": summary, "content": answer}
    responses: dict[str, JSONValue] = {"200": success, "4XX": error}
    described: dict[str, JSONValue] = {
        "operationId": route.answer.__name__,
        "summary": summary,
        "responses": responses,
    }
    schema = describe_type(hints["query"], schemas)
    record = schemas[hints["query"].__name__]
    if route.method == "GET":
        described["parameters"] = _list_parameters(route, record)
    else:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _list_parameters(route: Route, record: Schema) -> list[JSONValue]:
    properties, required = record["properties"], record["required"]
    assert isinstance(properties, dict) and isinstance(required, list)
    return [
        {
            "name": name,
            "in": "path" if f"{{{name}}}" in route.path else "query",
            "required": name in required,
            "schema": schema,
        }
        for name, schema in properties.items()
    ]
