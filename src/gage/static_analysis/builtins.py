"""Built-in functions and methods of plain values, done on what is known. Computes nothing that can grow large."""

import ast
import itertools
from collections.abc import Callable, Sequence

from gage.formats.python_constants import constant
from gage.static_analysis import concrete
from gage.static_analysis.abstract_values import Const, External, Items, Made, Table, Thing, Unknown, plain, plain_or
from gage.types.values import Scalar


def call(name: str, args: Sequence[Thing], keywords: dict[str, Thing]) -> Thing | None:
    """What the built-in, or a well-known pure function of the standard library, gives; None when it is not known."""
    try:
        return _call(name, args, keywords)
    except (ValueError, TypeError, ArithmeticError, IndexError):
        return None


def _call(name: str, args: Sequence[Thing], keywords: dict[str, Thing]) -> Thing | None:
    match name, args:
        case "dict" | "collections.OrderedDict", [] | [Table()]:
            items: dict[Scalar, Thing] = dict(args[0].items) if args and isinstance(args[0], Table) else {}
            return Table(items | dict(keywords.items()))
        case "os.path.join", _:
            return Const("/".join(concrete.text(a) for a in args))
        case "os.getenv" | "os.environ.get", [_, default]:
            return default
        case "os.getenv" | "os.environ.get", [_]:
            return keywords.get("default", Const(None))
        case "zip", _:
            return Items(
                [Items(list(row), "tuple") for row in zip(*(concrete.items_of(a) for a in args), strict=False)]
            )
        case "itertools.product", _:
            rows = itertools.islice(itertools.product(*(concrete.items_of(a) for a in args)), concrete.MOST)
            return Items([Items(list(row), "tuple") for row in rows])
        case "range", _:
            return Items(list(map(Const, range(*map(concrete.whole, args))[: concrete.MOST])))
        case "isinstance", [Const() as one, kinds]:
            return _is_of(one, kinds.items if isinstance(kinds, Items) else [kinds])
        case _, [one]:
            return _of_one(name, one)
        case "float" | "str" | "bool" | "int", []:
            return Const(_EMPTY[name])
        case "list" | "tuple" | "set" | "frozenset", []:
            return Items([], name)
    return None


def _is_of(one: Const, kinds: Sequence[Thing]) -> Thing | None:
    """Whether a plain value is of one of the types; None where one of these is not known."""
    names = [k.name for k in kinds if isinstance(k, External) and k.name in _TYPES]
    found = isinstance(one.value, tuple(_TYPES[n] for n in names))
    return Const(found) if found or len(names) == len(kinds) else None


_TYPES: dict[str, type] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "list": list,
    "tuple": tuple,
    "dict": dict,
}
_EMPTY: dict[str, Scalar] = {"float": 0.0, "str": "", "bool": False, "int": 0}
_NUMBERS: dict[str, Callable[[float], float]] = {"abs": abs, "round": round}
_LISTS: dict[str, Callable[[Sequence[float]], float]] = {"sum": sum, "max": max, "min": min}


def _of_one(name: str, one: Thing) -> Thing | None:
    match name:
        case "list" | "tuple" | "set" | "frozenset" | "iter":
            return Items(list(concrete.items_of(one)), name)
        case "reversed":
            return Items(list(concrete.items_of(one))[::-1])
        case "sorted":
            return Items([Const(v) for v in sorted(concrete.scalar(i) for i in concrete.items_of(one))])  # type: ignore[type-var]
        case "enumerate":
            return Items([Items([Const(i), thing], "tuple") for i, thing in enumerate(concrete.items_of(one))])
        case "type" if isinstance(one, Const):
            return External(type(one.value).__name__)
        case "len":
            return Const(len(list(concrete.items_of(one))))
        case "sum" | "max" | "min":
            return Const(_LISTS[name]([concrete.number(i) for i in concrete.items_of(one)]))
        case "str":
            return Const(str(plain(one)))
    return _converted(name, one)


def _converted(name: str, one: Thing) -> Thing | None:
    match name:
        case "int" | "float":
            value = concrete.scalar(one)
            if not isinstance(value, (int, float, str)):
                return None
            return Const(int(value) if name == "int" else float(value))
        case "bool":
            return Const(bool(plain(one)))
        case "os.path.basename":
            return Const(concrete.text(one).rpartition("/")[2])
        case "os.path.expanduser" | "os.path.normpath" if not concrete.text(one).startswith("~"):
            return one
        case "textwrap.dedent" | "inspect.cleandoc" | "sys.intern":
            return one
    return Const(_NUMBERS[name](concrete.number(one))) if name in _NUMBERS else None


_TEXT: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "title": str.title,
    "capitalize": str.capitalize,
}


def method(of: Thing, name: str, args: Sequence[Thing], keywords: dict[str, Thing]) -> Thing | None:
    """What a method of a plain value gives; lists and tables are changed as it says. None when it is not known."""
    try:
        match of:
            case Const(value=str(text)):
                return _of_text(text, name, args, keywords)
            case Table():
                return _of_table(of, name, args, keywords)
            case Items():
                return _of_items(of, name, args)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return None
    return None


def _of_text(text: str, name: str, args: Sequence[Thing], keywords: dict[str, Thing]) -> Thing | None:
    if name in _TEXT and not args:
        return Const(_TEXT[name](text))
    match name, args:
        case (("strip" | "lstrip" | "rstrip"), [chars]):
            return Const(getattr(text, name)(concrete.text(chars)))
        case "split", _:
            return Items([Const(w) for w in (text.split(concrete.text(args[0])) if args else text.split())])
        case "splitlines", []:
            return Items([Const(w) for w in text.splitlines()])
        case "join", [words]:
            return Const(concrete.small(text.join(concrete.text(w) for w in concrete.items_of(words))))
        case "replace", [old, new]:
            return Const(concrete.small(text.replace(concrete.text(old), concrete.text(new))))
        case "format", _:
            values = {k: str(plain(v)) for k, v in keywords.items()}
            return Const(concrete.small(_format(text, [str(plain(a)) for a in args], values)))
        case (("removeprefix" | "removesuffix"), [part]):
            return Const(getattr(text, name)(concrete.text(part)))
        case (("startswith" | "endswith"), [part]):
            return Const(bool(getattr(text, name)(concrete.text(part))))
    return None


def _format(text: str, args: list[str], values: dict[str, str]) -> str:
    """`str.format` with plain fields only: no widths, no attributes."""
    import string

    parts, count = "", 0
    for literal, field, spec, _ in string.Formatter().parse(text):
        parts += literal
        if field is None:
            continue
        if spec:
            raise ValueError("not followed")
        key = field or str(count)
        count += not field
        parts += args[int(key)] if key.isdigit() else values[key]
    return parts


def _of_table(of: Table, name: str, args: Sequence[Thing], keywords: dict[str, Thing]) -> Thing | None:
    match name, args:
        case "keys", []:
            return Items([Const(k) for k in of.items])
        case "values", []:
            return Items(list(of.items.values()))
        case "items", []:
            return Items([Items([Const(k), v], "tuple") for k, v in of.items.items()])
        case "copy", []:
            return Table(dict(of.items))
        case (("get" | "pop" | "setdefault"), [key, *rest]):
            return of.items.get(concrete.scalar(key)) or (rest[0] if rest else Const(None))
        case "update", _:
            for more in args:
                of.items.update(more.items if isinstance(more, Table) else {})
            of.items.update(keywords)
            return Const(None)
    return None


def _of_items(of: Items, name: str, args: Sequence[Thing]) -> Thing | None:
    match name, args:
        case (("append" | "add"), [item]) if len(of.items) < concrete.MOST:
            of.items.append(item)
            return Const(None)
        case (("extend" | "update"), [more]) if len(of.items) < concrete.MOST:
            of.items.extend(concrete.items_of(more))
            return Const(None)
        case "remove", [Const() as item]:
            of.items.remove(item)
            return Const(None)
        case "copy", []:
            return Items(list(of.items), of.style)
        case "index", [Const() as item]:
            return Const(of.items.index(item))
    return None


def binary(op: ast.operator, one: Thing, other: Thing) -> Thing | None:
    """What an operator between two known things gives; None when it is not known."""
    match op, one, other:
        case ast.Add(), Items(), Items() if len(one.items) + len(other.items) <= concrete.MOST:
            return Items([*one.items, *other.items], one.style)
        case ast.Mult(), Items(), Const(value=int(times)) if len(one.items) * times <= concrete.MOST:
            return Items(one.items * times, one.style)
        case ast.Mult(), Const(value=str(text)), Const(value=int(times)) if len(text) * times <= concrete.MOST:
            return Const(text * times)
        case ast.BitOr(), Table(), Table():
            return Table({**one.items, **other.items})
        case ast.Mod(), Const(value=str(text)), _:
            values = plain_or(other, None)
            try:
                return Const(concrete.small(text % (tuple(values) if isinstance(values, list) else values)))
            except (TypeError, ValueError):
                return None
        case ast.Add(), Unknown(text=str(text)), _ if text:
            return one
        case ast.Div(), Made(name="pathlib.Path"), _:
            return Made("pathlib.Path", [*one.args, other], {})
        case _, Const(), Const():
            try:
                return Const(
                    concrete.scalar_of(constant(ast.BinOp(ast.Constant(one.value), op, ast.Constant(other.value))))
                )
            except ValueError:
                return None
    return None


def attribute(of: External, name: str) -> Thing:
    """Something of a library by its name; constants that are well known are values."""
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
    return Const(known[full]) if full in known else External(full)
