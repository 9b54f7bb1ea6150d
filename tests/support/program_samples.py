"""Loads the programs of `tests/samples/programs` with their expected parameters, and compares what Gage finds.

The expected parameters of a program are in a JSON file beside it.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gage.formats.python import decode
from gage.formats.registry import find_config_source
from gage.parsers import parser_lookup
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.read_source import read_source
from gage.types.errors import ConfigError

DIRECTORY = Path(__file__).parent.parent / "samples" / "programs"
AT_RUN_TIME = "(made at run time)"
"""Stands for an expected default that depends on the machine: any value but `None` is right."""
FACETS = ("names", "types", "defaults", "choices", "help", "required")
READ_KINDS = ("argparse", "constants", "file", "notebook", "R", "shell")
"""Kinds of programs whose parameters Gage finds in the source, without starting them."""
_FLAGS = ("store_true", "store_false", "switch")


class ExpectedParameter(NamedTuple):
    """A parameter as the JSON files describe it."""

    name: str
    type: str = ""
    default: object = None
    choices: tuple[object, ...] = ()
    help: str = ""
    required: bool = False
    command: str = ""
    place: str = ""


class Sample(NamedTuple):
    """A program: its file, its kind, and its expected parameters."""

    path: Path
    kind: str
    parameters: tuple[ExpectedParameter, ...]

    @property
    def name(self) -> str:
        """Returns the path relative to the directory of samples."""
        return self.path.relative_to(DIRECTORY).as_posix()


def load_samples() -> list[Sample]:
    """Returns all samples, sorted by path."""
    return [_load_sample(path) for path in sorted(DIRECTORY.rglob("*.expected.json"))]


def _load_sample(path: Path) -> Sample:
    raw = json.loads(path.read_text("utf-8"))
    parameters = tuple(
        ExpectedParameter(**{**fields, "choices": tuple(fields.get("choices", ()))}) for fields in raw["parameters"]
    )
    return Sample(path.with_name(path.name.removesuffix(".expected.json")), raw["kind"], parameters)


def find_in_source(sample: Sample) -> list[ExpectedParameter]:
    """Returns the parameters that Gage finds in the source of a program, without starting it."""
    text = sample.path.read_bytes()
    if sample.path.suffix in (".py", ".R", ".sh"):
        try:
            spec = read_source(sample.path, decode(text))
        except ConfigError:
            spec = None
        if spec is not None and (spec.parameters or sample.path.suffix == ".py"):
            return [*_list_parameters(spec), *(_list_values(sample.path) if sample.path.suffix == ".sh" else ())]
    return list(_list_values(sample.path))


def find_as_gage_run(sample: Sample) -> list[ExpectedParameter]:
    """Returns the parameters that `gage run` finds: by introspection if possible, else in the source."""
    path = sample.path
    if path.suffix == ".py":
        command = [sys.executable, path.name]
        spec = parser_lookup.find_parser_spec(command, path, path.parent, path.parent, {})
        if spec is not None and spec.parameters:
            return list(_list_parameters(spec))
        return list(_list_values(path))
    return find_in_source(sample)


def _list_parameters(spec: ParserSpec) -> Iterator[ExpectedParameter]:
    for p in spec.parameters:
        place = "env" if p.action == "env" else ""
        help_text = _strip_default(p.description)
        yield ExpectedParameter(p.name, describe_type(p), p.default, p.choices, help_text, p.required, p.command, place)


def _strip_default(text: str) -> str:
    """Returns a help text without the default that some formatters of argparse append."""
    return re.sub(r"\s*\(default: [^()]*(?:\([^()]*\))?[^()]*\)\Z", "", text).strip()


def describe_type(p: Parameter) -> str:
    """Returns the type of a parameter as the JSON files spell it: "int", "list[int]", "any" …"""
    if p.action in _FLAGS or (p.action == "store_const" and isinstance(p.const, bool)):
        return "bool"
    if p.action == "count":
        return "int"
    item = p.type or _describe_type_of_default(p)
    is_list = p.action in ("append", "extend") or p.nargs not in ("", "?")
    return f"list[{item}]" if is_list else item


def _describe_type_of_default(p: Parameter) -> str:
    if p.has_converter:
        return "any"
    is_list = isinstance(p.default, Sequence) and not isinstance(p.default, str) and len(p.default) > 0
    value = p.default[0] if is_list else p.default
    return "str" if value is None or value == [] else "any" if isinstance(value, dict) else type(value).__name__


def _list_values(path: Path) -> Iterator[ExpectedParameter]:
    source = find_config_source(path.name)
    for name, v in source.read(path.read_bytes()).items() if source else ():
        if not v.is_hidden:
            value_type = "any" if v.value is None else type(v.value).__name__
            type_ = v.type if v.type not in ("", "text") else value_type
            yield ExpectedParameter(name, type_, v.value, (), v.description, place="file")


def list_mistakes(expected: Sequence[ExpectedParameter], actual: Sequence[ExpectedParameter]) -> dict[str, list[str]]:
    """Returns the differences by facet: names that are missing or should not be there, types that differ …"""
    actual_by_key = {(p.command, p.name): p for p in actual}
    expected_by_key = {(p.command, p.name): p for p in expected}
    mistakes: dict[str, list[str]] = {facet: [] for facet in FACETS}
    mistakes["names"] = [_format_key(key) + " is not found" for key in expected_by_key if key not in actual_by_key]
    mistakes["names"] += [
        _format_key(key) + " is not a parameter" for key in actual_by_key if key not in expected_by_key
    ]
    for key, expected_parameter in expected_by_key.items():
        actual_parameter = actual_by_key.get(key)
        if actual_parameter is None:
            continue
        for facet, expected_value, actual_value in (
            ("types", expected_parameter.type, actual_parameter.type),
            ("defaults", expected_parameter.default, actual_parameter.default),
            ("choices", list(expected_parameter.choices), list(actual_parameter.choices)),
            ("help", expected_parameter.help, actual_parameter.help),
            ("required", expected_parameter.required, actual_parameter.required),
        ):
            if not _is_equal(expected_value, actual_value):
                mistakes[facet].append(f"{_format_key(key)}: {actual_value!r} for {expected_value!r}")
    return mistakes


def _format_key(key: tuple[str, str]) -> str:
    return " ".join(filter(None, key))


def _is_equal(expected: object, actual: object) -> bool:
    if expected == AT_RUN_TIME:
        return actual is not None
    if isinstance(expected, float) and expected != expected:
        return isinstance(actual, float) and actual != actual
    if isinstance(expected, (bool, int, float)) and isinstance(actual, (bool, int, float)):
        return expected == actual and isinstance(expected, bool) is isinstance(actual, bool)
    return expected == actual


def set_cache_directory(directory: Path) -> None:
    """Makes Gage cache the results of introspection in a directory."""
    os.environ["GAGE_CACHE"] = str(directory)
