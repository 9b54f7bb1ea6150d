"""docs/gagefile.md and the JSON Schema equal the definition of the settings. `make docs` writes them."""

import json
import os
import re

import pytest
from source_tree import PROJECT

from gage.gagefile.load import parse_gagefile
from gage.gagefile.reference import render_reference
from gage.gagefile.schema import build_board_schema, build_json_schema

UPDATE = os.environ.get("GAGE_UPDATE_DOCS")


def format_schema(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


GENERATED = {
    "gagefile.md": render_reference,
    "gagefile.schema.json": lambda: format_schema(build_json_schema()),
    "board.schema.json": lambda: format_schema(build_board_schema()),
}


@pytest.mark.parametrize("name", GENERATED)
def test_page_equals_the_definition_of_the_settings(name: str) -> None:
    text, page = GENERATED[name](), PROJECT / "docs" / name
    if UPDATE:
        page.write_text(text, "utf-8")
    assert page.read_text("utf-8") == text, "make docs"


@pytest.mark.parametrize("text", re.findall(r"```toml\n(.*?)```", render_reference(), re.DOTALL))
def test_example_on_the_page_has_no_problem(text: str) -> None:
    assert parse_gagefile(text, "gage.toml").diagnostics == ()
