"""Built-in functions, methods and operators on known values. Computes nothing that can grow large."""

import ast
import itertools
from collections.abc import Callable, Sequence

from gage.formats.python_constants import evaluate_constant
from gage.static_analysis import concrete
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Constant,
    DictValue,
    ExternalName,
    LibraryCall,
    ListValue,
    UnknownValue,
    to_json,
    to_json_or,
)
from gage.types.values import Scalar


def call_builtin(name: str, args: Sequence[AbstractValue], keywords: dict[str, AbstractValue]) -> AbstractValue | None:
    """Returns the result of a built-in or a pure function of the standard library, None if it is not known."""
    try:
        return _call(name, args, keywords)
    except (ValueError, TypeError, ArithmeticError, IndexError):
        return None


def _call(name: str, args: Sequence[AbstractValue], keywords: dict[str, AbstractValue]) -> AbstractValue | None:
    match name, args:
        case "dict" | "collections.OrderedDict", [] | [DictValue()]:
            items: dict[Scalar, AbstractValue] = dict(args[0].items) if args and isinstance(args[0], DictValue) else {}
            return DictValue(items | dict(keywords.items()))
        case "os.path.join", _:
            return Constant("/".join(concrete.to_text(a) for a in args))
        case "os.getenv" | "os.environ.get", [_, default]:
            return default
        case "os.getenv" | "os.environ.get", [_]:
            return keywords.get("default", Constant(None))
        case "zip", _:
            return ListValue(
                [ListValue(list(row), "tuple") for row in zip(*(concrete.list_items(a) for a in args), strict=False)]
            )
        case "itertools.product", _:
            rows = itertools.islice(itertools.product(*(concrete.list_items(a) for a in args)), concrete.MAX_ITEMS)
            return ListValue([ListValue(list(row), "tuple") for row in rows])
        case "range", _:
            return ListValue(list(map(Constant, range(*map(concrete.to_int, args))[: concrete.MAX_ITEMS])))
        case "isinstance", [Constant() as one, types]:
            return _is_instance(one, types.items if isinstance(types, ListValue) else [types])
        case _, [one]:
            return _call_with_one(name, one)
        case "float" | "str" | "bool" | "int", []:
            return Constant(_EMPTY_VALUES[name])
        case "list" | "tuple" | "set" | "frozenset", []:
            return ListValue([], name)
    return None


def _is_instance(one: Constant, types: Sequence[AbstractValue]) -> AbstractValue | None:
    """Returns whether a constant is of one of the types, None if a type is not known."""
    names = [k.name for k in types if isinstance(k, ExternalName) and k.name in _TYPES]
    found = isinstance(one.value, tuple(_TYPES[n] for n in names))
    return Constant(found) if found or len(names) == len(types) else None


_TYPES: dict[str, type] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "list": list,
    "tuple": tuple,
    "dict": dict,
}
_EMPTY_VALUES: dict[str, Scalar] = {"float": 0.0, "str": "", "bool": False, "int": 0}
_NUMBER_FUNCTIONS: dict[str, Callable[[float], float]] = {"abs": abs, "round": round}
_LIST_FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {"sum": sum, "max": max, "min": min}


def _call_with_one(name: str, one: AbstractValue) -> AbstractValue | None:
    match name:
        case "list" | "tuple" | "set" | "frozenset" | "iter":
            return ListValue(list(concrete.list_items(one)), name)
        case "reversed":
            return ListValue(list(concrete.list_items(one))[::-1])
        case "sorted":
            return ListValue([Constant(v) for v in sorted(concrete.to_scalar(i) for i in concrete.list_items(one))])  # type: ignore[type-var]
        case "enumerate":
            return ListValue(
                [ListValue([Constant(i), value], "tuple") for i, value in enumerate(concrete.list_items(one))]
            )
        case "type" if isinstance(one, Constant):
            return ExternalName(type(one.value).__name__)
        case "len":
            return Constant(len(list(concrete.list_items(one))))
        case "sum" | "max" | "min":
            return Constant(_LIST_FUNCTIONS[name]([concrete.to_number(i) for i in concrete.list_items(one)]))
        case "str":
            return Constant(str(to_json(one)))
    return _convert(name, one)


def _convert(name: str, one: AbstractValue) -> AbstractValue | None:
    match name:
        case "int" | "float":
            value = concrete.to_scalar(one)
            if not isinstance(value, (int, float, str)):
                return None
            return Constant(int(value) if name == "int" else float(value))
        case "bool":
            return Constant(bool(to_json(one)))
        case "os.path.basename":
            return Constant(concrete.to_text(one).rpartition("/")[2])
        case "os.path.expanduser" | "os.path.normpath" if not concrete.to_text(one).startswith("~"):
            return one
        case "textwrap.dedent" | "inspect.cleandoc" | "sys.intern":
            return one
    return Constant(_NUMBER_FUNCTIONS[name](concrete.to_number(one))) if name in _NUMBER_FUNCTIONS else None


_STR_METHODS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "title": str.title,
    "capitalize": str.capitalize,
}


def call_method(
    of: AbstractValue, name: str, args: Sequence[AbstractValue], keywords: dict[str, AbstractValue]
) -> AbstractValue | None:
    """Returns the result of a method, None if it is not known. Changes lists and dicts in place, as the method does."""
    try:
        match of:
            case Constant(value=str(text)):
                return _call_str_method(text, name, args, keywords)
            case DictValue():
                return _call_dict_method(of, name, args, keywords)
            case ListValue():
                return _call_list_method(of, name, args)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return None
    return None


def _call_str_method(
    text: str, name: str, args: Sequence[AbstractValue], keywords: dict[str, AbstractValue]
) -> AbstractValue | None:
    if name in _STR_METHODS and not args:
        return Constant(_STR_METHODS[name](text))
    match name, args:
        case (("strip" | "lstrip" | "rstrip"), [chars]):
            return Constant(getattr(text, name)(concrete.to_text(chars)))
        case "split", _:
            return ListValue([Constant(w) for w in (text.split(concrete.to_text(args[0])) if args else text.split())])
        case "splitlines", []:
            return ListValue([Constant(w) for w in text.splitlines()])
        case "join", [words]:
            return Constant(concrete.require_short(text.join(concrete.to_text(w) for w in concrete.list_items(words))))
        case "replace", [old, new]:
            return Constant(concrete.require_short(text.replace(concrete.to_text(old), concrete.to_text(new))))
        case "format", _:
            values = {k: str(to_json(v)) for k, v in keywords.items()}
            return Constant(concrete.require_short(_format_str(text, [str(to_json(a)) for a in args], values)))
        case (("removeprefix" | "removesuffix"), [part]):
            return Constant(getattr(text, name)(concrete.to_text(part)))
        case (("startswith" | "endswith"), [part]):
            return Constant(bool(getattr(text, name)(concrete.to_text(part))))
    return None


def _format_str(text: str, args: list[str], values: dict[str, str]) -> str:
    """Formats like `str.format`, with plain fields only. Raises ValueError for a format specification."""
    import string

    parts, count = "", 0
    for literal, field, spec, _ in string.Formatter().parse(text):
        parts += literal
        if field is None:
            continue
        if spec:
            raise ValueError("format specification")
        key = field or str(count)
        count += not field
        parts += args[int(key)] if key.isdigit() else values[key]
    return parts


def _call_dict_method(
    of: DictValue, name: str, args: Sequence[AbstractValue], keywords: dict[str, AbstractValue]
) -> AbstractValue | None:
    match name, args:
        case "keys", []:
            return ListValue([Constant(k) for k in of.items])
        case "values", []:
            return ListValue(list(of.items.values()))
        case "items", []:
            return ListValue([ListValue([Constant(k), v], "tuple") for k, v in of.items.items()])
        case "copy", []:
            return DictValue(dict(of.items))
        case (("get" | "pop" | "setdefault"), [key, *rest]):
            return of.items.get(concrete.to_scalar(key)) or (rest[0] if rest else Constant(None))
        case "update", _:
            for more in args:
                of.items.update(more.items if isinstance(more, DictValue) else {})
            of.items.update(keywords)
            return Constant(None)
    return None


def _call_list_method(of: ListValue, name: str, args: Sequence[AbstractValue]) -> AbstractValue | None:
    match name, args:
        case (("append" | "add"), [item]) if len(of.items) < concrete.MAX_ITEMS:
            of.items.append(item)
            return Constant(None)
        case (("extend" | "update"), [more]) if len(of.items) < concrete.MAX_ITEMS:
            of.items.extend(concrete.list_items(more))
            return Constant(None)
        case "remove", [Constant() as item]:
            of.items.remove(item)
            return Constant(None)
        case "copy", []:
            return ListValue(list(of.items), of.style)
        case "index", [Constant() as item]:
            return Constant(of.items.index(item))
    return None


def apply_operator(op: ast.operator, one: AbstractValue, other: AbstractValue) -> AbstractValue | None:
    """Returns the result of a binary operator, None if it is not known."""
    match op, one, other:
        case ast.Add(), ListValue(), ListValue() if len(one.items) + len(other.items) <= concrete.MAX_ITEMS:
            return ListValue([*one.items, *other.items], one.style)
        case ast.Mult(), ListValue(), Constant(value=int(times)) if len(one.items) * times <= concrete.MAX_ITEMS:
            return ListValue(one.items * times, one.style)
        case ast.Mult(), Constant(value=str(text)), Constant(value=int(times)) if (
            len(text) * times <= concrete.MAX_ITEMS
        ):
            return Constant(text * times)
        case ast.BitOr(), DictValue(), DictValue():
            return DictValue({**one.items, **other.items})
        case ast.Mod(), Constant(value=str(text)), _:
            values = to_json_or(other, None)
            try:
                return Constant(concrete.require_short(text % (tuple(values) if isinstance(values, list) else values)))
            except (TypeError, ValueError):
                return None
        case ast.Add(), UnknownValue(prefix=str(text)), _ if text:
            return one
        case ast.Div(), LibraryCall(name="pathlib.Path"), _:
            return LibraryCall("pathlib.Path", [*one.args, other], {})
        case _, Constant(), Constant():
            try:
                return Constant(
                    concrete.require_scalar(
                        evaluate_constant(ast.BinOp(ast.Constant(one.value), op, ast.Constant(other.value)))
                    )
                )
            except ValueError:
                return None
    return None


def get_library_attribute(of: ExternalName, name: str) -> AbstractValue:
    """Returns an attribute of a library: the value of a well-known constant such as `math.pi`, else its full name."""
    full = f"{of.name}.{name}"
    known: dict[str, Scalar] = {
        "math.pi": 3.141592653589793,
        "math.e": 2.718281828459045,
        "math.inf": float("inf"),
        "math.nan": float("nan"),
        "numpy.inf": float("inf"),
        "numpy.nan": float("nan"),
        "numpy.pi": 3.141592653589793,
        "sys.maxsize": 9223372036854775807,
        "os.sep": "/",
    }
    return Constant(known[full]) if full in known else ExternalName(full)
