"""Checks size, docstrings and import-time code of every module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import MODULES, SRC, find_room

MAX_LINES = 500
MAX_FUNCTION_LINES = 60
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

modules = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))


@modules
def test_module_is_short_and_has_a_docstring(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES, "split the file"
    is_empty_init = path.name == "__init__.py" and not MODULES[path].body
    assert is_empty_init or ast.get_docstring(MODULES[path]), "one docstring: what it knows and refuses to know"


@modules
def test_functions_are_short(path: Path) -> None:
    long = {
        node.name: lines
        for node in ast.walk(MODULES[path])
        if isinstance(node, Function) and (lines := _lines(node)) > MAX_FUNCTION_LINES
    }
    assert long == {}


def _lines(node: Function) -> int:
    """Returns the number of lines, without docstring and signature."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


@modules
def test_public_definitions_have_docstrings(path: Path) -> None:
    undocumented = [name for name, node in _public(MODULES[path].body) if not ast.get_docstring(node)]
    assert undocumented == []


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Definition]]:
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            if not _is_overload(node):
                yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{node.name}.")


def _is_overload(node: Definition) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)


@modules
def test_only_cli_prints_and_exits(path: Path) -> None:
    if (
        find_room(path) == "cli"
        or path.name == "__main__.py"
        or path.match("parsers/introspect/*/*.py")
        or path.match("parsers/*/probe*.py")
    ):
        return  # exits from the user's program, not from Gage
    if any(map(path.match, ("batch/workers.py", "lib/parallel.py", "runner/stream_reader.py"))):
        return  # exits from its own forks only
    if path.match("runner/notebook_executor/*.py"):
        return  # is a user's program, which prints the output of the notebook
    calls = {
        f"{_name_function(node)} in line {node.lineno}"
        for node in ast.walk(MODULES[path])
        if isinstance(node, ast.Call)
    }
    assert not {call for call in calls if re.match(r"(print|input|exit|quit|sys\.exit|os\._exit) ", call)}
    writes = {call for call in calls if re.match(r"sys\.(stdout|stderr|__stdout__|__stderr__)\.", call)}
    assert writes == set()


def _name_function(node: ast.Call) -> str:
    return ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""


# Functions that may be called while a module is imported: they only create a value.
FREE = re.compile(
    r"(frozenset|set|tuple|dict|list|range|int|float|str|bytes|bytearray|type|object|len|max|min|sorted|enumerate|zip|map|getattr|hasattr|Path|PurePosixPath"
    r"|field|dataclass|property|namedtuple|(functools\.)?partial|TypeVar|ParamSpec|NewType|re\.compile|(struct\.)?Struct"
    r"|str\.maketrans|dict\.fromkeys|os\.environ\.get|(types\.)?MappingProxyType|contextvars\.ContextVar|click\.\w+|.*\.(join|split|format"
    r"|encode|startswith|isascii|items|values|keys|index)|(\w+\.)?_?[A-Z]\w*|_[a-z]\w*)"
)


@modules
def test_import_calls_no_functions(path: Path) -> None:
    if path.name in ("__main__.py", "sitecustomize.py"):
        return
    calls = {(_name_function(node), node.lineno) for node in _run_at_import(MODULES[path].body)}
    assert {f"{name} in line {line}" for name, line in calls if not FREE.fullmatch(name)} == set()


def _run_at_import(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Yields the calls in module-level statements and class bodies, without decorators."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _run_at_import(node.body)
        elif isinstance(node, ast.If | ast.Try):
            yield from _run_at_import([inner for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt)])
        elif not isinstance(node, Function):
            yield from _calls_now(node)


def _calls_now(node: ast.AST) -> Iterator[ast.Call]:
    """Yields the calls in an expression, without those in lambdas."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node
    for inner in ast.iter_child_nodes(node):
        yield from _calls_now(inner)
