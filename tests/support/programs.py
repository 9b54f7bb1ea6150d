"""The programs of `tests/samples/programs`, what is expected of each (a JSON file beside it), and what Gage finds."""

import json
import os
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

FOLDER = Path(__file__).parent.parent / "samples" / "programs"
AT_RUN_TIME = "(made at run time)"
"""The expected default where it depends on the machine: any value is right, none is not."""
FACETS = ("names", "types", "defaults", "choices", "help", "required")
READ_KINDS = ("argparse", "constants", "file", "notebook", "R", "shell")
"""Kinds of programs that Gage reads without starting them."""
_FLAGS = ("store_true", "store_false", "switch")


class Told(NamedTuple):
    """One setting as expectations have it."""

    name: str
    type: str = ""
    default: object = None
    choices: tuple[object, ...] = ()
    help: str = ""
    required: bool = False
    command: str = ""
    place: str = ""


class Sample(NamedTuple):
    """One program: its file, its kind, and what is expected."""

    path: Path
    kind: str
    settings: tuple[Told, ...]

    @property
    def name(self) -> str:
        """The path below the folder of samples."""
        return self.path.relative_to(FOLDER).as_posix()


def samples() -> list[Sample]:
    """All of them."""
    return [_sample(path) for path in sorted(FOLDER.rglob("*.expected.json"))]


def _sample(path: Path) -> Sample:
    raw = json.loads(path.read_text("utf-8"))
    told = tuple(Told(**{**one, "choices": tuple(one.get("choices", ()))}) for one in raw["settings"])
    return Sample(path.with_name(path.name.removesuffix(".expected.json")), raw["kind"], told)


def read_only(sample: Sample) -> list[Told]:
    """What reading the source alone finds."""
    text = sample.path.read_bytes()
    if sample.path.suffix in (".py", ".R", ".sh"):
        try:
            program = read_source(sample.path, decode(text))
        except ConfigError:
            program = None
        if program is not None and (program.parameters or sample.path.suffix == ".py"):
            return [*_parameters(program), *(_values(sample.path) if sample.path.suffix == ".sh" else ())]
    return list(_values(sample.path))


def as_product(sample: Sample) -> list[Told]:
    """What `gage run` finds: the program is asked where it can be, else read."""
    path = sample.path
    if path.suffix == ".py":
        words = [sys.executable, path.name]
        program = parser_lookup.find_parser_spec(words, path, path.parent, path.parent, {})
        if program is not None and program.parameters:
            return list(_parameters(program))
        return list(_values(path))
    return read_only(sample)


def _parameters(program: ParserSpec) -> Iterator[Told]:
    for p in program.parameters:
        place = "env" if p.action == "env" else ""
        help_text = _without_default(p.description)
        yield Told(p.name, type_of(p), p.default, p.choices, help_text, p.required, p.command, place)


def _without_default(text: str) -> str:
    """Help without the default that some formatters add: it is shown anyway."""
    import re

    return re.sub(r"\s*\(default: [^()]*(?:\([^()]*\))?[^()]*\)\Z", "", text).strip()


def type_of(p: Parameter) -> str:
    """The type in the words of expectations: "int", "list[int]", "any" …"""
    if p.action in _FLAGS or (p.action == "store_const" and isinstance(p.const, bool)):
        return "bool"
    if p.action == "count":
        return "int"
    item = p.type or _untyped(p)
    many = p.action in ("append", "extend") or p.nargs not in ("", "?")
    return f"list[{item}]" if many else item


def _untyped(p: Parameter) -> str:
    if p.has_converter:
        return "any"
    many = isinstance(p.default, Sequence) and not isinstance(p.default, str) and len(p.default) > 0
    usual = p.default[0] if many else p.default
    return "str" if usual is None or usual == [] else "any" if isinstance(usual, dict) else type(usual).__name__


def _values(path: Path) -> Iterator[Told]:
    source = find_config_source(path.name)
    for name, found in source.read(path.read_bytes()).items() if source else ():
        if not found.is_hidden:
            usual = "any" if found.value is None else type(found.value).__name__
            kind = found.type if found.type not in ("", "text") else usual
            yield Told(name, kind, found.value, (), found.description, place="file")


def missed(wanted: Sequence[Told], found: Sequence[Told]) -> dict[str, list[str]]:
    """What is wrong with what was found, by facet: a name that is missing or too many, a type that differs …"""
    mine = {(t.command, t.name): t for t in found}
    theirs = {(t.command, t.name): t for t in wanted}
    wrong: dict[str, list[str]] = {facet: [] for facet in FACETS}
    wrong["names"] = [_label(key) + " is not found" for key in theirs if key not in mine]
    wrong["names"] += [_label(key) + " is none" for key in mine if key not in theirs]
    for key, told in theirs.items():
        other = mine.get(key)
        if other is None:
            continue
        for facet, one, two in (
            ("types", told.type, other.type),
            ("defaults", told.default, other.default),
            ("choices", list(told.choices), list(other.choices)),
            ("help", told.help, other.help),
            ("required", told.required, other.required),
        ):
            if not _same(one, two):
                wrong[facet].append(f"{_label(key)}: {two!r} for {one!r}")
    return wrong


def _label(key: tuple[str, str]) -> str:
    return " ".join(filter(None, key))


def _same(wanted: object, found: object) -> bool:
    if wanted == AT_RUN_TIME:
        return found is not None
    if isinstance(wanted, float) and wanted != wanted:
        return isinstance(found, float) and found != found
    if isinstance(wanted, (bool, int, float)) and isinstance(found, (bool, int, float)):
        return wanted == found and isinstance(wanted, bool) is isinstance(found, bool)
    return wanted == found


def draft(path: Path, kind: str) -> dict[str, object]:
    """Expectations as reading finds them: to be corrected by somebody who reads the program."""
    found = read_only(Sample(path, kind, ()))
    empty = Told("")
    settings = [{k: v for k, v in t._asdict().items() if v != getattr(empty, k) or k == "name"} for t in found]
    return {"kind": kind, "settings": settings}


def cache_in(folder: Path) -> None:
    """Keep answers of programs in a folder of the test's own."""
    os.environ["GAGE_CACHE"] = str(folder)
