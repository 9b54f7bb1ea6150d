"""Parameter types from a parser's converter (`type=int`) and from annotations (`Optional[int]`)."""

import ast
from typing import NamedTuple

from gage.static_analysis import abstract_values as av
from gage.static_analysis import concrete
from gage.types.values import JSONValue

PLAIN_TYPES = ("int", "float", "str", "bool")
_TRUE_WORDS = ("true", "True", "1", "yes")
_FALSE_WORDS = ("false", "False", "0", "no")
_PATHS = ("pathlib.", "os.PathLike", "upath.", "click.Path", "click.types.Path")


class TypeInfo(NamedTuple):
    """A type: `type` and `nargs` as in `Parameter`, the choices, whether None is allowed, a record's class."""

    type: str = ""
    nargs: str = ""
    choices: tuple[JSONValue, ...] = ()
    is_optional: bool = False
    record: av.Class | None = None
    bool_words: tuple[str, str] = ("True", "")


def infer_converter_type(value: av.AbstractValue | None) -> TypeInfo:
    """Returns the type of the values that a parser's converter returns."""
    match value:
        case av.ExternalName(name=name) if name in PLAIN_TYPES:
            return TypeInfo(name)
        case av.ExternalName(name=name) if name.startswith(_PATHS):
            return TypeInfo("str")
        case av.ExternalName(name=name) if name.startswith("str."):
            return TypeInfo("str")
        case av.ExternalName(name=name) if name.rpartition(".")[2] in ("strtobool", "str2bool", "str_to_bool"):
            return TypeInfo("bool", bool_words=("true", "false"))
        case av.Constant(value="bool"):
            return TypeInfo("bool", bool_words=("true", "false"))
        case av.Constant(value=str(name)) if name in (*PLAIN_TYPES, "string", "choice", "long"):
            return TypeInfo({"string": "str", "choice": "", "long": "int"}.get(name, name))
        case av.Function():
            words = _find_bool_words(value)
            return TypeInfo("bool", bool_words=words) if words else TypeInfo()
    return TypeInfo()


def _find_bool_words(function: av.Function) -> tuple[str, str] | None:
    """Returns the words for true and false if the function looks like a converter from words to bool."""
    found = [
        n.value for n in ast.walk(function.node) if isinstance(n, ast.Constant) and isinstance(n.value, (str, bool))
    ]
    is_lambda = isinstance(function.node, ast.Lambda)
    gives = {n for n in found if isinstance(n, bool)}
    tests = any(isinstance(n, ast.Compare) for n in ast.walk(function.node))
    names = {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name)}
    yes = next((w for w in _TRUE_WORDS if w in found), "")
    no = next((w for w in _FALSE_WORDS if w in found), "")
    if any("strtobool" in n for n in names):
        return "true", "false"
    if yes and (len(gives) == 2 or (tests and _returns_test(function.node, is_lambda))):
        return yes, no or ("False" if yes == "True" else "false")
    return None


def _returns_test(node: ast.AST, is_lambda: bool) -> bool:
    argument = (
        [node.body] if isinstance(node, ast.Lambda) else [n.value for n in ast.walk(node) if isinstance(n, ast.Return)]
    )
    return any(isinstance(one, (ast.Compare, ast.BoolOp)) for one in argument) or (is_lambda and not argument)


_LISTS = ("list", "tuple", "set", "frozenset", "typing.List", "typing.Tuple", "typing.Set", "typing.Sequence")
_MORE_LISTS = ("collections.abc.Sequence", "collections.abc.Iterable", "typing.Iterable", "typing.FrozenSet")
_NONE = (av.ExternalName("None"), av.ExternalName("types.NoneType"))


def infer_annotation_type(value: av.AbstractValue | None) -> TypeInfo:
    """Returns the type of an annotation: `Optional[int]`, `list[str]`, `Literal["a"]`, an enumeration, a dataclass."""
    match value:
        case av.ExternalName(name=name) if name in PLAIN_TYPES:
            return TypeInfo(name)
        case av.ExternalName(name=name) if name.startswith(_PATHS):
            return TypeInfo("str")
        case av.ExternalName(name=name) if name in (*_LISTS, *_MORE_LISTS):
            return TypeInfo(nargs="*")
        case av.ExternalName(name="pydantic.PositiveInt" | "pydantic.NonNegativeInt" | "pydantic.conint"):
            return TypeInfo("int")
        case av.ExternalName(name="pydantic.PositiveFloat" | "pydantic.NonNegativeFloat" | "pydantic.confloat"):
            return TypeInfo("float")
        case av.Class() if concrete.is_enum(value):
            return TypeInfo(
                choices=tuple(
                    av.to_json_or(m.args[0]) for m in concrete.list_enum_members(value) if isinstance(m, av.LibraryCall)
                )
            )
        case av.Class():
            return TypeInfo(record=value)
        case av.GenericType(origin=av.ExternalName(name=name), args=args):
            return _type_of_generic(name, args)
    return TypeInfo()


def _type_of_generic(name: str, args: list[av.AbstractValue]) -> TypeInfo:
    short = name.rpartition(".")[2]
    if short == "Literal":
        return _type_of_literal(args)
    if short in ("Optional", "Union"):
        rest = [a for a in args if a != av.Constant(None) and a not in _NONE]
        first = (
            infer_annotation_type(rest[0]) if len(rest) == 1 else _unify_types([infer_annotation_type(a) for a in rest])
        )
        return first._replace(is_optional=short == "Optional" or len(rest) < len(args))
    if short in ("Annotated", "Final", "ClassVar", "Required", "NotRequired", "Suppress", "Positional", "Fixed"):
        return infer_annotation_type(args[0])
    if name in (*_LISTS, *_MORE_LISTS):
        inner = infer_annotation_type(args[0])
        is_fixed = short in ("tuple", "Tuple") and not (len(args) == 2 and args[1] == av.ExternalName("Ellipsis"))
        same = all(infer_annotation_type(a).type == inner.type for a in args) if is_fixed else True
        nargs = str(len(args)) if is_fixed and args else "*"
        return TypeInfo(inner.type if same else "", nargs, inner.choices, record=inner.record)
    return TypeInfo()


def _type_of_literal(args: list[av.AbstractValue]) -> TypeInfo:
    values = [a for one in args for a in (one.items if isinstance(one, av.ListValue) else [one])]
    found = tuple(av.to_json_or(v) for v in values)
    types = {type(v).__name__ for v in found if v is not None}
    kind = types.pop() if len(types) == 1 else ""
    return TypeInfo(
        kind if kind in PLAIN_TYPES else "", choices=tuple(v for v in found if v is not None), is_optional=None in found
    )


def _unify_types(type_names: list[TypeInfo]) -> TypeInfo:
    """Returns the type of a union: float for int and float, nothing for other mixtures."""
    if len(type_names) == 1:
        return type_names[0]
    types = {k.type for k in type_names}
    if types == {"int", "float"}:
        return TypeInfo("float")
    return type_names[0] if len(types) == 1 and not any(k.record or k.nargs for k in type_names) else TypeInfo()
