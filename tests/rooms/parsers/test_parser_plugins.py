"""Parsers that installed packages add: introspected like Gage's own, and harmless when they are broken."""

import sys
from pathlib import Path

import plugin_packages
import pytest
from introspected import Program

from gage.parsers.parser_table import load_parser_plugins

TOYARGS = """
import sys
class Toy:
    def __init__(self, **defaults):
        self.values = defaults
    def read(self):
        for arg in sys.argv[1:]:
            name, _, value = arg[1:].partition("=")
            self.values[name] = type(self.values[name])(value.strip("<>"))
        return self.values
"""
"""A package of the user that parses arguments such as `/lr=<0.1>`."""

DEFINITION = """
from pathlib import Path
from gage.parsers.parser_table import ParserDefinition

TOY = ParserDefinition(
    "toy", ("toyargs",), str(Path(__file__).parent), ("toyargs",),
    format_value=lambda type_name, value: f"<{value}>",
)
"""
PROBE = """
from ..introspect.probe import json_values, send_report

def patch(toyargs):
    def read(self):
        parameters = [
            {"name": name, "action": "override", "flags": ["/" + name], "default": json_values.to_json(value),
             "type": json_values.name_type(type(value))}
            for name, value in self.values.items()
        ]
        send_report.send_and_exit({"parser": "toy", "parameters": parameters})
    toyargs.Toy.read = read
"""
PROGRAM = "import json\nfrom toyargs import Toy\nprint(json.dumps(Toy(lr=0.1, name='n').read()))\n"


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))
    directory = tmp_path / "packages"
    plugin_packages.install(directory, "gage_toy", DEFINITION, "TOY", group="gage.parsers", probe=PROBE)
    monkeypatch.syspath_prepend(directory)
    monkeypatch.delitem(sys.modules, "gage_toy", raising=False)  # imported by another test
    return directory


@pytest.fixture
def program(tmp_path: Path, packages: Path) -> Program:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "toyargs.py").write_text(TOYARGS)
    return Program(tmp_path / "project", PROGRAM)


def test_introspects_with_the_probe_of_a_plugin(program: Program) -> None:
    spec = program.introspect()
    assert spec.parser == "toy"
    assert [(p.name, p.type, p.default) for p in spec.parameters] == [("lr", "float", 0.1), ("name", "str", "n")]


def test_formats_values_with_the_plugin(program: Program) -> None:
    values = {"lr": 0.5, "name": "x y"}
    assert program.build_command(values)[2:] == ["/lr=<0.5>", "/name=<x y>"]
    assert program.run(values) == values


def test_lists_plugins_that_are_not_a_definition(packages: Path) -> None:
    plugin_packages.install(packages, "gage_bad", "parser = 3", "parser", group="gage.parsers")
    problems = {plugin.name: plugin.problem for plugin in load_parser_plugins()}
    assert problems == {"bad": "expected a ParserDefinition, got int", "toy": ""}


def test_ignores_a_broken_plugin(packages: Path, program: Program) -> None:
    plugin_packages.install(packages, "gage_bad", "import nowhere_at_all", "parser", group="gage.parsers")
    assert program.introspect().parser == "toy"


def test_explains_that_a_probe_is_broken(packages: Path, program: Program) -> None:
    (packages / "gage_toy" / "probe.py").write_text("import nowhere_at_all\n")
    spec = program.find_spec()
    assert spec is not None
    assert "No module named 'nowhere_at_all'" in spec.note
