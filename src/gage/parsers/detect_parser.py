"""The parameters of a Python program from its source: runs the abstract interpreter and picks the parser that it uses.

absl, Fire and jsonargparse have no static reader: a program that cannot be introspected for lack of them cannot run
either.
"""

import ast
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from gage.parsers.parser_spec import ParserSpec
from gage.parsers.parser_table import BUILTIN
from gage.static_analysis.abstract_values import Class, Function, Module
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.module_loader import ModuleLoader
from gage.types.errors import ConfigError

_PARSER_CALLS = (
    *("ArgumentParser", "add_argument", "Typer", "cli", "docopt", "parse", "from_cli", "wrap"),
    *("HfArgumentParser", "Tap", "main"),
)
"""Ends of the names that a function calls which creates or starts a parser."""


def read_python_program(path: Path, text: str) -> ParserSpec | None:
    """Returns the parameters of the program in `text`, or None if it uses no known parser.

    Raises ConfigError if the text is not Python.
    """
    loader = ModuleLoader(path)
    interpreter = Interpreter(loader)
    script = loader.load_script(text)
    try:
        interpreter.run_module(script)
        spec = _read_spec(interpreter)
        if spec is None or not spec.parameters:
            interpreter.call_uncertain(_find_parser_functions(loader.by_file.values()))
            spec = _read_spec(interpreter) or spec
    except RecursionError:
        raise ConfigError(f"{path.name} is nested too deeply to be read") from None
    return spec


def _read_spec(interpreter: Interpreter) -> ParserSpec | None:
    """Returns the first reader's result that has parameters, else the first result."""
    specs = [spec for spec in _run_readers(interpreter) if spec]
    for spec in specs:
        if spec.parameters:
            return spec
    return specs[0] if specs else None


def _run_readers(interpreter: Interpreter) -> Iterator[ParserSpec | None]:
    """Yields the result of each reader whose package the program uses; parsers built on others come first."""
    packages = {call.name.partition(".")[0] for call in interpreter.calls}
    for function in interpreter.decorated_functions:
        packages |= {getattr(decorator, "name", "").partition(".")[0] for decorator in function.decorators}
    for definition in BUILTIN:
        needed = definition.reader_packages
        if definition.reader and (not needed or packages.intersection(needed)):
            reader = import_module(f"gage.parsers.{definition.reader}.static")
            yield cast("ParserSpec | None", reader.read_parameters(interpreter))


def _find_parser_functions(modules: Iterable[Module]) -> Iterator[Function]:
    """Yields the modules' functions and methods that call something named like a parser."""
    for module in list(modules):
        for value in list(module.names.values()):
            for function in value.names.values() if isinstance(value, Class) else [value]:
                if isinstance(function, Function) and function.scope.module is module and _calls_parser(function):
                    yield function


def _calls_parser(function: Function) -> bool:
    called = (node.func for node in ast.walk(function.node) if isinstance(node, ast.Call))
    names = (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in called)
    return any(name.endswith(_PARSER_CALLS) for name in names)
