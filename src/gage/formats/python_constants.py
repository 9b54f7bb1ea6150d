"""Evaluates constant expressions of Python, and formats values as Python source."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence

from gage.formats.spans import ValueNode
from gage.types.values import JSONValue

MAX_CONSTANT_SIZE = 10_000
"""Characters of a text, or bits of a number, that an expression may evaluate to."""

_OPERATORS: dict[type[ast.operator | ast.unaryop], Callable[..., JSONValue]] = {
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
}
MAX_EXPONENT = 1024
MAX_BASE = 1 << 64


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
        operands = [
            evaluate_constant(n) for n in ([node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right])
        ]
        if not isinstance(node.op, ast.Not):
            _check_operands(node.op, operands)
        value = _OPERATORS[type(node.op)](*operands)
    except (ArithmeticError, KeyError, TypeError, RecursionError):
        raise ValueError("not a number") from None
    size = len(value) if isinstance(value, str) else value.bit_length() if isinstance(value, int) else 0
    if isinstance(value, complex) or size > MAX_CONSTANT_SIZE:
        raise ValueError("not a number, or too large")
    return value


def _check_operands(op: ast.operator | ast.unaryop, operands: list[JSONValue]) -> None:
    """Raises ValueError for operands other than numbers, or texts that are added, and for a power that is too large."""
    if isinstance(op, ast.Add) and all(isinstance(operand, str) for operand in operands):
        return
    numbers = [operand for operand in operands if isinstance(operand, int | float)]
    if len(numbers) < len(operands):
        raise ValueError("not a number")
    if isinstance(op, ast.Pow | ast.LShift) and (abs(numbers[1]) > MAX_EXPONENT or abs(numbers[0]) > MAX_BASE):
        raise ValueError("too large")


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
