"""The parameters of a Python program from its source: runs the abstract interpreter and picks the parser that it uses.

Knows which parsers have a static reader. absl, Fire and jsonargparse have none: a program that cannot be introspected
for lack of them cannot run either.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from gage.parsers.parser_spec import ParserSpec
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
        spec = _read_spec(interpreter, path)
        if spec is None or not spec.parameters:
            interpreter.call_uncertain(_find_parser_functions(loader.by_file.values()))
            spec = _read_spec(interpreter, path) or spec
    except RecursionError:
        raise ConfigError(f"{path.name} is nested too deeply to be read") from None
    return spec


def _read_spec(interpreter: Interpreter, path: Path) -> ParserSpec | None:
    """Returns the first reader's result that has parameters, else the first result."""
    specs = [spec for spec in _run_readers(interpreter, path) if spec]
    for spec in specs:
        if spec.parameters:
            return spec
    return specs[0] if specs else None


def _run_readers(interpreter: Interpreter, path: Path) -> Iterator[ParserSpec | None]:
    """Yields what each reader finds whose package the program uses; parsers built on others come first."""
    decorated = list({id(f): f for f in interpreter.functions if f.decorators}.values())
    packages = {call.name.partition(".")[0] for call in interpreter.calls}
    packages |= {getattr(d, "name", "").partition(".")[0] for f in decorated for d in f.decorators}
    if packages & {"hydra", "omegaconf"}:
        from gage.parsers.hydra.static import read_hydra

        yield read_hydra(interpreter, decorated, path)
    if "typer" in packages:
        from gage.parsers.typer.static import read_typer

        yield read_typer(interpreter, decorated)
    if packages & {"click", "rich_click"}:
        from gage.parsers.click.static import read_click

        yield read_click(interpreter.calls, decorated)
    if any("docopt" in name for name in packages):
        from gage.parsers.docopt.static import read_docopt

        yield read_docopt(interpreter)
    from gage.parsers.argparse.static import read_argparse
    from gage.parsers.dataclasses.static import read_dataclasses

    yield read_dataclasses(interpreter, decorated)
    yield read_argparse(interpreter.calls)


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
