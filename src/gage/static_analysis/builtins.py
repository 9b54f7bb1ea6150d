"""Built-in functions, methods and operators on known values. Computes nothing that can grow large."""

import ast
import inspect
import itertools
import operator
import posixpath
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

from gage.formats.python_constants import evaluate_constant
from gage.static_analysis.abstract_values import (
    MAX_ITEMS,
    MAX_TEXT,
    UNKNOWN,
    Class,
    ExternalName,
    UnknownValue,
    is_concrete,
    list_items,
)

_ERRORS = (ValueError, TypeError, ArithmeticError, LookupError)

_TYPES: Mapping[str, type] = {t.__name__: t for t in (bool, int, float, str, list, tuple, dict)}
_ITEM_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "list": list,
    "tuple": tuple,
    "iter": list,
    "len": len,
    "dict": dict,
    "collections.OrderedDict": dict,
    "reversed": lambda items: list(items)[::-1],
    "enumerate": lambda items, start=0: list(enumerate(items, start)),
    "zip": lambda *lists: list(zip(*lists, strict=False)),
    "itertools.product": lambda *lists: list(itertools.islice(itertools.product(*lists), MAX_ITEMS)),
}
"""Functions that only look at which items a list has: these may be unknown."""
_VALUE_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    **{function.__name__: function for function in (abs, bool, float, int, max, min, round, sorted, str, sum)},
    "set": lambda items=(): list(dict.fromkeys(items)),
    "frozenset": lambda items=(): list(dict.fromkeys(items)),
    "range": lambda *bounds: list(range(*bounds)[:MAX_ITEMS]),
    "type": lambda value: ExternalName(type(value).__name__),
    "os.path.join": posixpath.join,
    "os.path.basename": posixpath.basename,
    "os.path.normpath": posixpath.normpath,
    "pathlib.Path": PurePosixPath,
    "pathlib.PurePath": PurePosixPath,
    "textwrap.dedent": textwrap.dedent,
    "inspect.cleandoc": inspect.cleandoc,
}
"""Functions that need known values."""
_CONSTANTS: Mapping[str, object] = {
    "math.pi": 3.141592653589793,
    "math.e": 2.718281828459045,
    **{f"{module}.{name}": float(name) for module in ("math", "numpy") for name in ("inf", "nan")},
    "numpy.pi": 3.141592653589793,
    "sys.maxsize": 9223372036854775807,
    "os.sep": "/",
}
_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        "lower upper title capitalize strip lstrip rstrip split rsplit splitlines join replace removeprefix"
        " removesuffix startswith endswith format".split()
    ),
    dict: frozenset("keys values items copy get pop setdefault update".split()),
    list: frozenset("append add extend update remove copy index".split()),
}
_TAKE_UNKNOWN = frozenset("append add extend update".split())
"""Methods whose first argument may be unknown: the others would look for it."""
_PLAIN_TEMPLATE = re.compile(r"(?:[^{}]|\{\{|\}\}|\{\w*\})*")
"""A template of `str.format` without attributes and widths: `{}-{name}`."""
_WIDE_FORMAT = re.compile(r"%[^%]*?(?:\*|\d{4})")
"""A format such as `%*d` or `%9999d`, whose result may be large."""


def call_builtin(name: str, args: Sequence[object], keywords: Mapping[str, object]) -> object:
    """Returns the result of a built-in or a pure function of the standard library.

    Raises ValueError if it is not known.
    """
    if name in ("os.getenv", "os.environ.get") and args:
        return args[1] if len(args) > 1 else keywords.get("default")
    if name == "isinstance" and len(args) == 2:
        return _is_instance(args[0], args[1])
    args = [list_items(arg) if isinstance(arg, Class) else arg for arg in args]
    function = _ITEM_FUNCTIONS.get(name)
    if function is None and is_concrete([args, dict(keywords)]):
        function = _VALUE_FUNCTIONS.get(name)
    if function is None:
        raise ValueError("not known")
    try:
        return _require_small(function(*args, **keywords))
    except _ERRORS:
        raise ValueError("not known") from None


def _is_instance(value: object, types: object) -> bool:
    """Returns whether a known value is of one of the types. Raises ValueError if that is not known."""
    names = [getattr(kind, "name", "") for kind in (types if isinstance(types, tuple) else [types])]
    is_found = isinstance(value, tuple(_TYPES[name] for name in names if name in _TYPES))
    if not is_concrete(value) or not (is_found or all(name in _TYPES for name in names)):
        raise ValueError("not known")
    return is_found


def _require_small(value: object) -> object:
    """Returns the value. Raises ValueError if it is too large to go on with."""
    limit = MAX_TEXT if isinstance(value, str) else MAX_ITEMS
    if isinstance(value, str | list | tuple | dict) and len(value) > limit:
        raise ValueError("too large")
    return value


def call_method(of: object, name: str, args: Sequence[object], keywords: Mapping[str, object]) -> object:
    """Returns the result of a method of a known value. Changes lists and dicts in place, as the method does.

    Raises ValueError if it is not known.
    """
    if isinstance(of, str):
        is_possible = is_concrete([of, *args, *keywords.values()]) and (
            name != "format" or _PLAIN_TEMPLATE.fullmatch(of)
        )
    else:
        is_possible = name in _TAKE_UNKNOWN or is_concrete(args[:1])
    if name not in _METHODS.get(type(of), ()) or not is_possible:
        raise ValueError("not known")
    if isinstance(of, list):
        _require_small(of)
        name = {"add": "append", "update": "extend"}.get(name, name)  # a set is a list
    args = [list_items(arg) if isinstance(arg, Class) else arg for arg in args]
    try:
        result = getattr(of, name)(*args, **keywords)
    except _ERRORS:
        raise ValueError("not known") from None
    return _require_small(list(result) if name in ("keys", "values", "items") else result)


def apply_operator(op: ast.operator, one: object, other: object) -> object:
    """Returns the result of a binary operator, unknown if it is not known."""
    try:
        match op, one, other:
            case _, bool() | int() | float(), bool() | int() | float():
                return evaluate_constant(ast.BinOp(ast.Constant(one), op, ast.Constant(other)))
            case ast.Mult(), str() | list() | tuple(), int() if len(one) * other <= MAX_ITEMS:
                return one * other
            case ast.Add(), str() | list() | tuple(), _ if type(one) is type(other):
                return _require_small(operator.add(one, other))
            case ast.Mod(), str(), _ if is_concrete(other) and not _WIDE_FORMAT.search(one):
                return _require_small(one % other)
            case ast.BitOr(), dict(), dict():
                return {**one, **other}
            case ast.Div(), PurePosixPath(), str() | PurePosixPath():
                return one / other
    except _ERRORS:
        return UNKNOWN
    if isinstance(op, ast.Add) and isinstance(one, str | UnknownValue):
        return UnknownValue(one if isinstance(one, str) else one.prefix)
    if isinstance(op, ast.Mod) and isinstance(one, str):
        return UnknownValue(one.partition("%")[0])
    return UNKNOWN


_COMPARISONS: Mapping[type[ast.cmpop], Callable[..., bool]] = {
    ast.Eq: operator.eq,
    ast.Is: operator.eq,
    ast.NotEq: operator.ne,
    ast.IsNot: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


def compare(op: ast.cmpop, one: object, other: object) -> object:
    """Returns the result of a comparison, unknown if it is not known."""
    are_types = all(isinstance(value, ExternalName) and value.name in _TYPES for value in (one, other))
    is_in = isinstance(op, ast.In | ast.NotIn) and isinstance(other, list | tuple | dict)
    if not are_types and not (is_concrete(one) and (is_in or is_concrete(other))):
        return UNKNOWN
    try:
        return _COMPARISONS[type(op)](one, other)
    except TypeError:
        return UNKNOWN


def get_library_attribute(of: ExternalName, name: str) -> object:
    """Returns an attribute of a library: the value of a well-known constant such as `math.pi`, else its full name."""
    full = f"{of.name}.{name}"
    return _CONSTANTS[full] if full in _CONSTANTS else ExternalName(full)
