"""Built-in functions, methods and operators on known values. Computes nothing that can grow large."""

import ast
import itertools
from collections.abc import Callable, Sequence

from gage.formats.python_constants import evaluate_constant
from gage.static_analysis import abstract_values as av
from gage.static_analysis import concrete
from gage.types.values import Scalar


def call_builtin(
    name: str, args: Sequence[av.AbstractValue], keywords: dict[str, av.AbstractValue]
) -> av.AbstractValue | None:
    """Returns the result of a built-in or a pure function of the standard library, None if it is not known."""
    try:
        return _call(name, args, keywords)
    except (ValueError, TypeError, ArithmeticError, IndexError):
        return None


def _call(
    name: str, args: Sequence[av.AbstractValue], keywords: dict[str, av.AbstractValue]
) -> av.AbstractValue | None:
    match name, args:
        case "dict" | "collections.OrderedDict", [] | [av.DictValue()]:
            items: dict[Scalar, av.AbstractValue] = (
                dict(args[0].items) if args and isinstance(args[0], av.DictValue) else {}
            )
            return av.DictValue(items | dict(keywords.items()))
        case "os.path.join", _:
            return av.Constant("/".join(concrete.to_text(a) for a in args))
        case "os.getenv" | "os.environ.get", [_, default]:
            return default
        case "os.getenv" | "os.environ.get", [_]:
            return keywords.get("default", av.Constant(None))
        case "zip", _:
            return av.ListValue(
                [av.ListValue(list(row), "tuple") for row in zip(*(concrete.list_items(a) for a in args), strict=False)]
            )
        case "itertools.product", _:
            rows = itertools.islice(itertools.product(*(concrete.list_items(a) for a in args)), concrete.MAX_ITEMS)
            return av.ListValue([av.ListValue(list(row), "tuple") for row in rows])
        case "range", _:
            return av.ListValue(list(map(av.Constant, range(*map(concrete.to_int, args))[: concrete.MAX_ITEMS])))
        case "isinstance", [av.Constant() as one, types]:
            return _is_instance(one, types.items if isinstance(types, av.ListValue) else [types])
        case _, [one]:
            return _call_with_one(name, one)
        case "float" | "str" | "bool" | "int", []:
            return av.Constant(_EMPTY_VALUES[name])
        case "list" | "tuple" | "set" | "frozenset", []:
            return av.ListValue([], name)
    return None


def _is_instance(one: av.Constant, types: Sequence[av.AbstractValue]) -> av.AbstractValue | None:
    """Returns whether a constant is of one of the types, None if a type is not known."""
    names = [k.name for k in types if isinstance(k, av.ExternalName) and k.name in _TYPES]
    found = isinstance(one.value, tuple(_TYPES[n] for n in names))
    return av.Constant(found) if found or len(names) == len(types) else None


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


def _call_with_one(name: str, one: av.AbstractValue) -> av.AbstractValue | None:
    match name:
        case "list" | "tuple" | "set" | "frozenset" | "iter":
            return av.ListValue(list(concrete.list_items(one)), name)
        case "reversed":
            return av.ListValue(list(concrete.list_items(one))[::-1])
        case "sorted":
            scalars = [concrete.to_scalar(item) for item in concrete.list_items(one)]
            return av.ListValue([av.Constant(v) for v in sorted(scalars)])  # type: ignore[type-var]
        case "enumerate":
            return av.ListValue(
                [av.ListValue([av.Constant(i), value], "tuple") for i, value in enumerate(concrete.list_items(one))]
            )
        case "type" if isinstance(one, av.Constant):
            return av.ExternalName(type(one.value).__name__)
        case "len":
            return av.Constant(len(list(concrete.list_items(one))))
        case "sum" | "max" | "min":
            return av.Constant(_LIST_FUNCTIONS[name]([concrete.to_number(i) for i in concrete.list_items(one)]))
        case "str":
            return av.Constant(str(av.to_json(one)))
    return _convert(name, one)


def _convert(name: str, one: av.AbstractValue) -> av.AbstractValue | None:
    match name:
        case "int" | "float":
            value = concrete.to_scalar(one)
            if not isinstance(value, (int, float, str)):
                return None
            return av.Constant(int(value) if name == "int" else float(value))
        case "bool":
            return av.Constant(bool(av.to_json(one)))
        case "os.path.basename":
            return av.Constant(concrete.to_text(one).rpartition("/")[2])
        case "os.path.expanduser" | "os.path.normpath" if not concrete.to_text(one).startswith("~"):
            return one
        case "textwrap.dedent" | "inspect.cleandoc" | "sys.intern":
            return one
    return av.Constant(_NUMBER_FUNCTIONS[name](concrete.to_number(one))) if name in _NUMBER_FUNCTIONS else None


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
    of: av.AbstractValue, name: str, args: Sequence[av.AbstractValue], keywords: dict[str, av.AbstractValue]
) -> av.AbstractValue | None:
    """Returns the result of a method, None if it is not known. Changes lists and dicts in place, as the method does."""
    try:
        match of:
            case av.Constant(value=str(text)):
                return _call_str_method(text, name, args, keywords)
            case av.DictValue():
                return _call_dict_method(of, name, args, keywords)
            case av.ListValue():
                return _call_list_method(of, name, args)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return None
    return None


def _call_str_method(
    text: str, name: str, args: Sequence[av.AbstractValue], keywords: dict[str, av.AbstractValue]
) -> av.AbstractValue | None:
    if name in _STR_METHODS and not args:
        return av.Constant(_STR_METHODS[name](text))
    match name, args:
        case (("strip" | "lstrip" | "rstrip"), [chars]):
            return av.Constant(getattr(text, name)(concrete.to_text(chars)))
        case "split", _:
            return av.ListValue(
                [av.Constant(w) for w in (text.split(concrete.to_text(args[0])) if args else text.split())]
            )
        case "splitlines", []:
            return av.ListValue([av.Constant(w) for w in text.splitlines()])
        case "join", [words]:
            return av.Constant(
                concrete.require_short(text.join(concrete.to_text(w) for w in concrete.list_items(words)))
            )
        case "replace", [old, new]:
            return av.Constant(concrete.require_short(text.replace(concrete.to_text(old), concrete.to_text(new))))
        case "format", _:
            values = {k: str(av.to_json(v)) for k, v in keywords.items()}
            return av.Constant(concrete.require_short(_format_str(text, [str(av.to_json(a)) for a in args], values)))
        case (("removeprefix" | "removesuffix"), [part]):
            return av.Constant(getattr(text, name)(concrete.to_text(part)))
        case (("startswith" | "endswith"), [part]):
            return av.Constant(bool(getattr(text, name)(concrete.to_text(part))))
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
    of: av.DictValue, name: str, args: Sequence[av.AbstractValue], keywords: dict[str, av.AbstractValue]
) -> av.AbstractValue | None:
    match name, args:
        case "keys", []:
            return av.ListValue([av.Constant(k) for k in of.items])
        case "values", []:
            return av.ListValue(list(of.items.values()))
        case "items", []:
            return av.ListValue([av.ListValue([av.Constant(k), v], "tuple") for k, v in of.items.items()])
        case "copy", []:
            return av.DictValue(dict(of.items))
        case (("get" | "pop" | "setdefault"), [key, *rest]):
            return of.items.get(concrete.to_scalar(key)) or (rest[0] if rest else av.Constant(None))
        case "update", _:
            for more in args:
                of.items.update(more.items if isinstance(more, av.DictValue) else {})
            of.items.update(keywords)
            return av.Constant(None)
    return None


def _call_list_method(of: av.ListValue, name: str, args: Sequence[av.AbstractValue]) -> av.AbstractValue | None:
    match name, args:
        case (("append" | "add"), [item]) if len(of.items) < concrete.MAX_ITEMS:
            of.items.append(item)
            return av.Constant(None)
        case (("extend" | "update"), [more]) if len(of.items) < concrete.MAX_ITEMS:
            of.items.extend(concrete.list_items(more))
            return av.Constant(None)
        case "remove", [av.Constant() as item]:
            of.items.remove(item)
            return av.Constant(None)
        case "copy", []:
            return av.ListValue(list(of.items), of.style)
        case "index", [av.Constant() as item]:
            return av.Constant(of.items.index(item))
    return None


def apply_operator(op: ast.operator, one: av.AbstractValue, other: av.AbstractValue) -> av.AbstractValue | None:
    """Returns the result of a binary operator, None if it is not known."""
    match op, one, other:
        case ast.Add(), av.ListValue(), av.ListValue() if len(one.items) + len(other.items) <= concrete.MAX_ITEMS:
            return av.ListValue([*one.items, *other.items], one.style)
        case ast.Mult(), av.ListValue(), av.Constant(value=int(times)) if len(one.items) * times <= concrete.MAX_ITEMS:
            return av.ListValue(one.items * times, one.style)
        case ast.Mult(), av.Constant(value=str(text)), av.Constant(value=int(times)) if (
            len(text) * times <= concrete.MAX_ITEMS
        ):
            return av.Constant(text * times)
        case ast.BitOr(), av.DictValue(), av.DictValue():
            return av.DictValue({**one.items, **other.items})
        case ast.Mod(), av.Constant(value=str(text)), _:
            values = av.to_json_or(other, None)
            try:
                return av.Constant(
                    concrete.require_short(text % (tuple(values) if isinstance(values, list) else values))
                )
            except (TypeError, ValueError):
                return None
        case ast.Add(), av.UnknownValue(prefix=str(text)), _ if text:
            return one
        case ast.Div(), av.LibraryCall(name="pathlib.Path"), _:
            return av.LibraryCall("pathlib.Path", [*one.args, other], {})
        case _, av.Constant(), av.Constant():
            try:
                return av.Constant(
                    concrete.require_scalar(
                        evaluate_constant(ast.BinOp(ast.Constant(one.value), op, ast.Constant(other.value)))
                    )
                )
            except ValueError:
                return None
    return None


def get_library_attribute(of: av.ExternalName, name: str) -> av.AbstractValue:
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
    return av.Constant(known[full]) if full in known else av.ExternalName(full)
