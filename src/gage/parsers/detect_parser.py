"""Python programs: which parser one uses, and what that takes."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from gage.parsers.parser_spec import ParserSpec
from gage.static_analysis.abstract_values import Class, Function, Module
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.module_loader import ModuleLoader
from gage.types.errors import ConfigError

_WORDS = (
    *("ArgumentParser", "add_argument", "Typer", "Fire", "cli", "CLI", "docopt", "parse", "from_cli", "wrap"),
    *("LightningCLI", "HfArgumentParser", "Tap", "DEFINE_integer", "DEFINE_float", "DEFINE_string", "main"),
)
"""What is called in a function that makes or starts a parser."""


def read_python_program(path: Path, text: str) -> ParserSpec | None:
    """See `static.read.read`."""
    modules = ModuleLoader(path)
    reading = Interpreter(modules)
    module = modules.load_script(text)
    try:
        reading.run_module(module)
        found = _program(reading, module, path)
        if found is None or not found.parameters:
            reading.call_uncertain(_uncalled(modules.by_file.values()))
            found = _program(reading, module, path) or found
    except RecursionError:
        raise ConfigError(f"{path.name} is nested too deeply to be read") from None
    return found


def _program(reading: Interpreter, main: Module, path: Path) -> ParserSpec | None:
    """What the first parser takes that the program uses, those first that stand upon others."""
    names = {c.name.partition(".")[0] for c in reading.calls}
    found = [program for program in _asked(reading, main, path, names) if program]
    return next((p for p in found if p.parameters), found[0] if found else None)


def _asked(reading: Interpreter, main: Module, path: Path, names: set[str]) -> Iterator[ParserSpec | None]:
    functions = list(_functions(reading))
    if any(name in names for name in ("hydra", "omegaconf")) or any(_is_of("hydra", f) for f in functions):
        from gage.parsers.hydra import static as hydra_static

        yield hydra_static.read_hydra(reading, functions, path)
    if "typer" in names:
        from gage.parsers.typer import static as typer_static

        yield typer_static.read_typer(reading, functions)
    if any(_is_of("click", f) or _is_of("rich_click", f) for f in functions):
        from gage.parsers.click import static as click_static

        yield click_static.read_click(reading.calls, functions)
    if "fire" in names:
        from gage.parsers.fire import static as fire_static

        yield fire_static.read(reading, main)
    if any("docopt" in name for name in names):
        from gage.parsers.docopt import static as docopt_static

        yield docopt_static.read(reading)
    yield from _others(reading, main, functions)


def _others(reading: Interpreter, main: Module, functions: list[Function]) -> Iterator[ParserSpec | None]:
    names = {c.name for c in reading.calls}
    if any(n.startswith("jsonargparse.") or n.endswith("LightningCLI") for n in names):
        from gage.parsers.jsonargparse import static as jsonargparse_static

        yield jsonargparse_static.read(reading, main)
    from gage.parsers.argparse import static as argparse_static
    from gage.parsers.dataclasses import static as dataclasses_static

    yield dataclasses_static.read_dataclasses(reading, functions)
    if any(".DEFINE_" in n for n in names):
        from gage.parsers.absl import static as absl_static

        yield absl_static.read(reading.calls)
    yield argparse_static.read_argparse(reading.calls)


def _is_of(package: str, function: Function) -> bool:
    return any(getattr(m, "name", "").startswith(f"{package}.") for m in function.decorators)


def _functions(reading: Interpreter) -> Iterator[Function]:
    """The functions of the project that a library's decorator marks, once each."""
    seen: set[int] = set()
    for function in reading.functions:
        if function.decorators and id(function) not in seen:
            seen.add(id(function))
            yield function


def _uncalled(modules: Iterable[Module]) -> Iterator[Function]:
    """The functions and methods that have a parser's words in them."""
    for module in list(modules):
        for thing in list(module.names.values()):
            of_class = list(thing.names.values()) if isinstance(thing, Class) else [thing]
            yield from (f for f in of_class if isinstance(f, Function) and f.scope.module is module and _has_words(f))


def _has_words(function: Function) -> bool:
    called = (n.func for n in ast.walk(function.node) if isinstance(n, ast.Call))
    words = (n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "") for n in called)
    return any(w.endswith(_WORDS) for w in words)
