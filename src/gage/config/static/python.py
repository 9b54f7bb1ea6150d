"""Python programs: which parser one uses, and what that takes."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from gage.config.program import Program
from gage.config.python_values import parse_python
from gage.config.static import argparse_calls
from gage.config.static.modules import Modules
from gage.config.static.reading import Reading
from gage.config.static.things import Class, Function, Module
from gage.types.errors import ConfigError

_WORDS = ("add_argument", "ArgumentParser")
"""Words that the text of a program has that takes settings by a parser."""


def read(path: Path, text: str) -> Program | None:
    """See `static.read.read`."""
    modules = Modules(path)
    reading = Reading(modules)
    module = modules.main(parse_python(text))
    try:
        reading.read(module)
        found = _program(reading)
        if found is None or not found.parameters:
            reading.call_all(_uncalled(modules.by_file.values()))
            found = _program(reading) or found
    except RecursionError:
        raise ConfigError(f"{path.name} is nested too deeply to be read") from None
    return found


def _program(reading: Reading) -> Program | None:
    return argparse_calls.read(reading.calls)


def _uncalled(modules: Iterable[Module]) -> Iterator[Function]:
    """The functions and methods that have a parser's words in them."""
    for module in list(modules):
        for thing in list(module.names.values()):
            of_class = list(thing.names.values()) if isinstance(thing, Class) else [thing]
            yield from (f for f in of_class if isinstance(f, Function) and f.frame.module is module and _has_words(f))


def _has_words(function: Function) -> bool:
    words = (
        n.attr if isinstance(n, ast.Attribute) else n.id
        for n in ast.walk(function.node)
        if isinstance(n, (ast.Attribute, ast.Name))
    )
    return any(w.endswith(_WORDS) for w in words)
