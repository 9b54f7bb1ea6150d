"""Module-level constants of a Python file: read, and written back with all else byte for byte as it was.

Reads text only: the file is never run or imported. A name that the program assigns again (a loss that starts at 1.0, a
counter) is a variable, no setting.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gage.types.errors import ConfigError
from gage.types.values import JSONValue


@dataclass(frozen=True, slots=True)
class Found:
    """A setting: its value and the line (1-based) where it is assigned."""

    value: JSONValue
    line: int


def read(source: str) -> dict[str, Found]:
    """The settings of a Python module by name. Raises ConfigError when the text is not Python."""
    tree = parse_python(source)
    counts = _assigned(tree)
    return {name: Found(value, node.lineno) for name, node, value in _constants(tree) if counts.get(name) == 1}


def apply(source: str, values: Mapping[str, JSONValue]) -> str:
    """The same module with the settings in `values` changed.

    Raises ConfigError when the text is not Python or has no such setting.
    """
    tree = parse_python(source)
    counts = _assigned(tree)
    places = {name: node for name, node, _ in _constants(tree) if counts.get(name) == 1}
    for name in values:
        if name not in places:
            raise ConfigError(f"There is no setting {name!r} in the file")
    lines = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", source.encode("utf-8", "surrogatepass"))
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    data = b"".join(lines)
    for name, node in sorted(places.items(), key=lambda item: -item[1].lineno * 100_000 - item[1].col_offset):
        if name in values:
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            data = data[:start] + literal(values[name]).encode("utf-8", "surrogatepass") + data[end:]
    return data.decode("utf-8", "surrogatepass")


def literal(value: JSONValue) -> str:
    """Python source for a value."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value}")'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    return repr(value)


def parse_python(source: str) -> ast.Module:
    """The syntax tree of Python text. Raises ConfigError when it is none."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as for an invalid escape: the program's business
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        line = f" (line {e.lineno})" if isinstance(e, SyntaxError) and e.lineno else ""
        raise ConfigError(f"The file cannot be read as Python{line}") from None


def _constants(tree: ast.Module) -> list[tuple[str, ast.expr, JSONValue]]:
    """Name, value's place and value of each constant that the module's own lines assign."""
    found = []
    for statement in tree.body:
        name, node = _target(statement)
        if node is None or name.startswith("_"):
            continue
        try:
            found.append((name, node, constant(node)))
        except ValueError:
            pass  # computed: no setting
    return found


def _target(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
    return "", None


def constant(node: ast.expr) -> JSONValue:
    """The value of a literal expression. Raises ValueError for anything else."""
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=(int() | float()) as value)):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [constant(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            names = [constant(k) if k else None for k in keys]
            if all(isinstance(n, str) for n in names):
                return {str(n): constant(v) for n, v in zip(names, values, strict=True)}
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str(text))], keywords=[]):
            return float(text)
    raise ValueError("no literal")


def _assigned(tree: ast.Module) -> dict[str, int]:
    """How often each name of the module is given a value, functions that say `global` included."""
    counts: dict[str, int] = {}

    def count(name: str) -> None:
        counts[name] = counts.get(name, 0) + 1

    def visit(node: ast.AST, names: frozenset[str] | None) -> None:
        """`names` are those that a function declared global; None at the module's own level."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            if names is None and not isinstance(node, ast.Lambda):
                count(node.name)
            inner = frozenset(n for s in ast.walk(node) if isinstance(s, ast.Global) for n in s.names)
            for child in ast.iter_child_nodes(node):
                visit(child, inner)
            return
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and (names is None or node.id in names):
            count(node.id)
        for child in ast.iter_child_nodes(node):
            visit(child, names)

    visit(tree, None)
    return counts
