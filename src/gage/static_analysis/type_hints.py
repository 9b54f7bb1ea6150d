"""What a type in a program is as a setting's type: of a converter that a parser is given, and of an annotation."""

import ast
from typing import NamedTuple

from gage.static_analysis import concrete
from gage.static_analysis.abstract_values import Class, Const, External, Function, Generic, Items, Made, Thing, plain_or
from gage.types.values import JSONValue

PLAIN = ("int", "float", "str", "bool")
_YES = ("true", "True", "1", "yes")
_NO = ("false", "False", "0", "no")
_PATHS = ("pathlib.", "os.PathLike", "upath.", "click.Path", "click.types.Path")


class Kind(NamedTuple):
    """A type: its name as in `Parameter.type`, whether it holds several values, how many, what it allows."""

    type: str = ""
    nargs: str = ""
    choices: tuple[JSONValue, ...] = ()
    is_optional: bool = False
    record: Class | None = None
    truth: tuple[str, str] = ("True", "")


def converter(thing: Thing | None) -> Kind:
    """Of what a parser is given to make a value of text."""
    match thing:
        case External(name=name) if name in PLAIN:
            return Kind(name)
        case External(name=name) if name.startswith(_PATHS):
            return Kind("str")
        case External(name=name) if name.startswith("str."):
            return Kind("str")
        case External(name=name) if name.rpartition(".")[2] in ("strtobool", "str2bool", "str_to_bool"):
            return Kind("bool", truth=("true", "false"))
        case Const(value="bool"):
            return Kind("bool", truth=("true", "false"))
        case Const(value=str(name)) if name in (*PLAIN, "string", "choice", "long"):
            return Kind({"string": "str", "choice": "", "long": "int"}.get(name, name))
        case Function():
            words = _truth(thing)
            return Kind("bool", truth=words) if words else Kind()
    return Kind()


def _truth(function: Function) -> tuple[str, str] | None:
    """The words that a function makes true and false of, when it looks as if it did that."""
    found = [
        n.value for n in ast.walk(function.node) if isinstance(n, ast.Constant) and isinstance(n.value, (str, bool))
    ]
    is_lambda = isinstance(function.node, ast.Lambda)
    gives = {n for n in found if isinstance(n, bool)}
    tests = any(isinstance(n, ast.Compare) for n in ast.walk(function.node))
    names = {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name)}
    yes = next((w for w in _YES if w in found), "")
    no = next((w for w in _NO if w in found), "")
    if any("strtobool" in n for n in names):
        return "true", "false"
    if yes and (len(gives) == 2 or (tests and _returns_test(function.node, is_lambda))):
        return yes, no or ("False" if yes == "True" else "false")
    return None


def _returns_test(node: ast.AST, is_lambda: bool) -> bool:
    given = (
        [node.body] if isinstance(node, ast.Lambda) else [n.value for n in ast.walk(node) if isinstance(n, ast.Return)]
    )
    return any(isinstance(one, (ast.Compare, ast.BoolOp)) for one in given) or (is_lambda and not given)


_LISTS = ("list", "tuple", "set", "frozenset", "typing.List", "typing.Tuple", "typing.Set", "typing.Sequence")
_MORE_LISTS = ("collections.abc.Sequence", "collections.abc.Iterable", "typing.Iterable", "typing.FrozenSet")
_NONE = (External("None"), External("types.NoneType"))


def annotated(thing: Thing | None) -> Kind:
    """Of an annotation: `Optional[int]`, `list[str]`, `Literal["a"]`, an enumeration, a class of settings."""
    match thing:
        case External(name=name) if name in PLAIN:
            return Kind(name)
        case External(name=name) if name.startswith(_PATHS):
            return Kind("str")
        case External(name=name) if name in (*_LISTS, *_MORE_LISTS):
            return Kind(nargs="*")
        case External(name="pydantic.PositiveInt" | "pydantic.NonNegativeInt" | "pydantic.conint"):
            return Kind("int")
        case External(name="pydantic.PositiveFloat" | "pydantic.NonNegativeFloat" | "pydantic.confloat"):
            return Kind("float")
        case External(name="jsonargparse.typing.PositiveInt" | "jsonargparse.typing.NonNegativeInt"):
            return Kind("int")
        case External(name="jsonargparse.typing.PositiveFloat" | "jsonargparse.typing.NonNegativeFloat"):
            return Kind("float")
        case Class() if concrete.is_enum(thing):
            return Kind(choices=tuple(plain_or(m.args[0]) for m in concrete.members_of(thing) if isinstance(m, Made)))
        case Class():
            return Kind(record=thing)
        case Generic(of=External(name=name), args=args):
            return _generic(name, args)
    return Kind()


def _generic(name: str, args: list[Thing]) -> Kind:
    short = name.rpartition(".")[2]
    if short == "Literal":
        return _literal(args)
    if short in ("Optional", "Union"):
        rest = [a for a in args if a != Const(None) and a not in _NONE]
        first = annotated(rest[0]) if len(rest) == 1 else _widest([annotated(a) for a in rest])
        return first._replace(is_optional=short == "Optional" or len(rest) < len(args))
    if short in ("Annotated", "Final", "ClassVar", "Required", "NotRequired", "Suppress", "Positional", "Fixed"):
        return annotated(args[0])
    if name in (*_LISTS, *_MORE_LISTS):
        inner = annotated(args[0])
        is_fixed = short in ("tuple", "Tuple") and not (len(args) == 2 and args[1] == External("Ellipsis"))
        same = all(annotated(a).type == inner.type for a in args) if is_fixed else True
        nargs = str(len(args)) if is_fixed and args else "*"
        return Kind(inner.type if same else "", nargs, inner.choices, record=inner.record)
    return Kind()


def _literal(args: list[Thing]) -> Kind:
    values = [a for one in args for a in (one.items if isinstance(one, Items) else [one])]
    found = tuple(plain_or(v) for v in values)
    kinds = {type(v).__name__ for v in found if v is not None}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return Kind(
        kind if kind in PLAIN else "", choices=tuple(v for v in found if v is not None), is_optional=None in found
    )


def _widest(kinds: list[Kind]) -> Kind:
    """Of several types joined: whole numbers are numbers, too; others have nothing in common."""
    types = {k.type for k in kinds}
    if types == {"int", "float"}:
        return Kind("float")
    return kinds[0] if len(types) == 1 and not any(k.record or k.nargs for k in kinds) else Kind()
