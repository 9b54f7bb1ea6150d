"""Evaluates constant expressions of Python, and formats values as Python source."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence

from gage.formats.spans import ValueNode
from gage.types.values import JSONValue

MAX_CONSTANT_SIZE = 10_000
"""Characters of a text, or bits of a number, that an expression may evaluate to."""

_NUMBERS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def evaluate_constant(node: ast.expr) -> JSONValue:
    """Returns the value of a literal or an expression of literals (`60 * 60`). Raises ValueError for anything else.

    `inf` and `nan` are those of the module math: the caller has to check that the program does not redefine them.
    """
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp() | ast.BinOp():
            return _evaluate_operation(node)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [evaluate_constant(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            names = [evaluate_constant(k) if k else None for k in keys]
            if all(isinstance(n, str) for n in names):
                return {str(n): evaluate_constant(v) for n, v in zip(names, values, strict=True)}
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str(text))], keywords=[]):
            return float(text)
        case ast.Attribute(value=ast.Name(id="math" | "np" | "numpy"), attr="inf" | "nan" as text):
            return float(text)
        case ast.Name(id="inf" | "nan" as text):
            return float(text)
    raise ValueError("not a literal")


def _evaluate_operation(node: ast.UnaryOp | ast.BinOp) -> JSONValue:
    try:
        return _evaluate_unary(node) if isinstance(node, ast.UnaryOp) else _evaluate_binary(node)
    except (ArithmeticError, TypeError, RecursionError):
        raise ValueError("not a number") from None


def _evaluate_unary(node: ast.UnaryOp) -> JSONValue:
    value = evaluate_constant(node.operand)
    if isinstance(node.op, ast.Not) and (value is None or isinstance(value, (bool, int, float, str))):
        return not value
    if not isinstance(value, (int, float)):
        raise ValueError("not a number")
    if isinstance(node.op, ast.Invert):
        return ~int(value) if isinstance(value, int) else _raise_not_a_number()
    return -value if isinstance(node.op, ast.USub) else +value


def _evaluate_binary(node: ast.BinOp) -> JSONValue:
    one, other = evaluate_constant(node.left), evaluate_constant(node.right)
    if isinstance(one, str) and isinstance(other, str) and isinstance(node.op, ast.Add):
        return _require_small(one + other)
    if not isinstance(one, (int, float)) or not isinstance(other, (int, float)):
        raise ValueError("not a number")
    if isinstance(node.op, (ast.Pow, ast.LShift)):
        return _evaluate_power(node.op, one, other)
    if type(node.op) not in _NUMBERS:
        raise ValueError("not a number")
    return _require_small(_NUMBERS[type(node.op)](one, other))


def _evaluate_power(op: ast.operator, one: float, other: float) -> JSONValue:
    if abs(other) > 1024 or abs(one) > 1 << 64:
        raise ValueError("too large")
    if isinstance(op, ast.LShift):
        return one << other if isinstance(one, int) and isinstance(other, int) else _raise_not_a_number()
    value = operator.pow(one, other)
    return value if isinstance(value, (int, float)) else _raise_not_a_number()


def _raise_not_a_number() -> JSONValue:
    raise ValueError("not a number")


def _require_small(value: float | str) -> JSONValue:
    size = len(value) if isinstance(value, str) else value.bit_length() if isinstance(value, int) else 0
    if size > MAX_CONSTANT_SIZE:
        raise ValueError("too large")
    return value


def format_literal(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns Python source for a value; a list that replaces a tuple (`like`) becomes a tuple."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value}")'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {format_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        old = [part for _, part in like.children] if like else []
        items = [format_literal(v, old[min(i, len(old) - 1)] if old else None) for i, v in enumerate(value)]
        if like and like.style == "tuple":
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        return f"[{', '.join(items)}]"
    return repr(value)
