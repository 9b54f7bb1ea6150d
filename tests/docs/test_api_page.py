"""docs/api.md equals the OpenAPI document of `gage view`. `make docs` writes it."""

import os

from source_tree import PROJECT

from gage.view.openapi import build_document

UPDATE = os.environ.get("GAGE_UPDATE_DOCS")
PAGE = PROJECT / "docs" / "api.md"
INTRO = """\
# The API of gage view

`gage view` answers JSON over HTTP. The document at `/api/openapi.json` describes all routes; `make
docs` makes this page from it. Send the token of the printed address as `Authorization: Bearer
TOKEN`, and the header `X-Gage: 1` with each POST. An error is an object with `message` and `hint`.
`/api/events` is a stream of server-sent events that says which runs changed.
"""


def test_api_page_equals_the_document() -> None:
    if UPDATE:
        PAGE.write_text(render_page(), "utf-8")
    assert PAGE.read_text("utf-8") == render_page(), "make docs"


def render_page() -> str:
    document = build_document()
    schemas = document["components"]["schemas"]
    parts = [INTRO]
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            parts += [f"## {method.upper()} {path}\n\n{route['summary']}\n", *_render_input(route)]
            parts.append(f"Answer: {_render_answer(route)}\n")
    parts.append("# Records\n")
    parts += [_render_record(name, schema) for name, schema in sorted(schemas.items())]
    return "\n".join(parts).rstrip() + "\n"


def _render_input(route: dict) -> list[str]:
    if "requestBody" in route:
        return [f"Body: {_name_type(route['requestBody']['content']['application/json']['schema'])}\n"]
    if not route["parameters"]:
        return []
    rows = [
        (f"`{each['name']}`", _name_type(each["schema"]), "required" if each["required"] else "")
        for each in route["parameters"]
    ]
    return [_render_table(("parameter", "type", ""), rows)]


def _render_answer(route: dict) -> str:
    ((kind, content),) = route["responses"]["200"]["content"].items()
    return _name_type(content["schema"]) if kind == "application/json" else "bytes"


def _render_record(name: str, schema: dict) -> str:
    required = schema.get("required", [])
    rows = [
        (f"`{field}`", _name_type(kind), "" if field in required else "may be left out")
        for field, kind in schema.get("properties", {}).items()
    ]
    head = f"## {name}\n\n{schema.get('description', '')}\n"
    return f"{head}\n{_render_table(('field', 'type', ''), rows)}" if rows else head


def _render_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines).replace("|  |", "| |")


def _name_type(schema: dict) -> str:
    """Returns the name of a type: a record with a link."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(map(_name_type, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_name_type(schema['items'])}"
    if schema.get("type") == "object":
        return f"object of {_name_type(schema['additionalProperties'])}"
    return str(schema.get("type", "any JSON value"))
