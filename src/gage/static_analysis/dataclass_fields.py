"""Fields of record classes (dataclasses, attrs, pydantic, …) and parameters of functions, with types and defaults."""

import ast
from dataclasses import dataclass, replace

from gage.static_analysis import builtins, docstrings
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    Constant,
    DictValue,
    ExternalName,
    Function,
    GenericType,
    Instance,
    LibraryCall,
    ListValue,
    Module,
    Scope,
    constant_text,
)
from gage.static_analysis.evaluate import evaluate
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.scopes import UNKNOWN
from gage.static_analysis.type_hints import TypeInfo, type_of_annotation

_MAX_DEPTH = 8
_FIELDS = ("field", "Field", "HfArg", "choice", "flag", "mutable_field", "list_field", "dict_field", "subgroups", "ib")
_NOT_FIELDS = ("ClassVar", "InitVar")


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field or parameter. `default` is None where there is none.

    `call` is the library call that describes it (`field(…)`, `typer.Option(…)`), `help` the help in that call,
    `comment` the help in comments and docstrings.
    """

    name: str
    type_info: TypeInfo
    default: AbstractValue | None
    help: str = ""
    comment: str = ""
    call: LibraryCall | None = None
    line: int = 0
    file: str = ""
    is_variadic: bool = False
    annotation: AbstractValue | None = None


def is_record(of: Class) -> bool:
    """Returns whether a class is a record: a dataclass, an attrs or pydantic class, a named tuple."""
    marks = [library_name(m) for one in of.ancestry() for m in one.decorators]
    if any(
        m.rpartition(".")[2] in ("dataclass", "define", "frozen", "attrs", "s", "configclass", "wrap") for m in marks
    ):
        return True
    return any(
        b.rpartition(".")[2] in ("BaseModel", "BaseSettings", "NamedTuple", "TypedDict", "Tap")
        for b in of.library_bases()
    )


def library_name(thing: AbstractValue | None) -> str:
    """Returns the name of an object of a library or of the call that returned it, "" for other values."""
    return thing.name if isinstance(thing, (ExternalName, LibraryCall)) else ""


def list_fields(of: Class, reading: Interpreter) -> list[RecordField]:
    """Returns the fields of a class, inherited ones first."""
    found: dict[str, RecordField] = {}
    told: dict[str, str] = {}
    for one in reversed(of.ancestry()):
        told |= docstrings.parse_docstring(ast.get_docstring(one.node))
        for name, node in one.fields.items():
            field = _build_field(name, node, one, reading)
            if field is not None:
                found[name] = field
        for name, thing in one.names.items():  # a new default for an inherited field
            if name in found and name not in one.fields and not isinstance(thing, Function):
                found[name] = replace(found[name], default=thing)
    return [f if f.comment else replace(f, comment=told.get(f.name, "")) for f in found.values()]


def _build_field(name: str, node: ast.AnnAssign, of: Class, reading: Interpreter) -> RecordField | None:
    frame = Scope(of.scope.module, of.names, of.scope)
    annotation = evaluate_annotation(node.annotation, frame, reading)
    if name.startswith("_") or (
        isinstance(annotation, GenericType) and library_name(annotation.origin).endswith(_NOT_FIELDS)
    ):
        return None
    given = of.names.get(name, UNKNOWN) if node.value is not None else None
    made = (
        given
        if isinstance(given, LibraryCall) and given.name.rpartition(".")[2] in _FIELDS
        else annotated_call(annotation)
    )
    default = _find_default(given, reading) if isinstance(given, LibraryCall) else given
    if made is not None and made.keywords.get("init") == Constant(False):
        return None
    told = docstrings.find_field_comment(node, module_lines(of.scope.module), of.node.body)
    return RecordField(
        name,
        type_of_annotation(annotation),
        default,
        _find_help(made),
        told,
        made,
        of.scope.module.line_of(node),
        of.scope.module.file,
        annotation=annotation,
    )


def module_lines(module: Module) -> list[str]:
    """Returns the lines of a module."""
    return module.text.splitlines()


def evaluate_annotation(node: ast.expr | None, frame: Scope, reading: Interpreter) -> AbstractValue | None:
    """Returns the type of an annotation, also of one written as a string."""
    if node is None:
        return None
    return _resolve_forward_references(evaluate(node, frame, reading), frame, reading)


def _resolve_forward_references(thing: AbstractValue, frame: Scope, reading: Interpreter) -> AbstractValue:
    if isinstance(thing, Constant) and isinstance(thing.value, str):
        try:
            return _resolve_forward_references(
                evaluate(ast.parse(thing.value, mode="eval").body, frame, reading), frame, reading
            )
        except (SyntaxError, ValueError, RecursionError):
            return UNKNOWN
    if isinstance(thing, GenericType) and library_name(thing.origin).rpartition(".")[2] != "Literal":
        first, *rest = [_resolve_forward_references(a, frame, reading) for a in thing.args[:1]] + thing.args[1:] or [
            UNKNOWN
        ]
        return GenericType(thing.origin, [first, *rest])
    return thing


def annotated_call(annotation: AbstractValue | None) -> LibraryCall | None:
    """Returns the library call in `Annotated[type, …]`, else None."""
    if isinstance(annotation, GenericType) and library_name(annotation.origin).endswith("Annotated"):
        return next((a for a in annotation.args[1:] if isinstance(a, LibraryCall)), None)
    return None


def _find_default(made: LibraryCall, reading: Interpreter) -> AbstractValue | None:
    """Returns the default in `field(default=0.1)`, `field(default_factory=…)` and similar calls."""
    name = made.name.rpartition(".")[2]
    if name not in _FIELDS:
        return made
    factory = made.keywords.get("default_factory") or made.keywords.get("factory")
    if factory is not None:
        return call_factory(factory, reading)
    if "default" in made.keywords:
        return _drop_missing(made.keywords["default"])
    at = {"Field": 0, "mutable_field": 0, "list_field": 0, "dict_field": 0, "HfArg": -1, "flag": 0, "ib": 0}.get(
        name, -1
    )
    if name == "mutable_field" and made.args:
        return call_factory(made.args[0], reading, made.args[1:], made.keywords)
    if name == "list_field":
        return ListValue(list(made.args))
    return _drop_missing(made.args[at]) if 0 <= at < len(made.args) else None


def _drop_missing(thing: AbstractValue) -> AbstractValue | None:
    """Returns a default, None if it is `...` or `MISSING`."""
    return None if library_name(thing).rpartition(".")[2] in ("Ellipsis", "MISSING") else thing


def call_factory(
    factory: AbstractValue,
    reading: Interpreter,
    args: list[AbstractValue] | None = None,
    named: dict[str, AbstractValue] | None = None,
) -> AbstractValue:
    """Returns the value of a default factory."""
    frame = next((t.scope for t in (factory,) if isinstance(t, (Function, Class))), None)
    if frame is None:
        found = (
            builtins.call_builtin(factory.name, args or [], named or {}) if isinstance(factory, ExternalName) else None
        )
        return found or UNKNOWN
    node = ast.Call(ast.Name("_", lineno=1), [], [], lineno=1)
    return reading.call(factory, args or [], named or {}, node, frame)


def _find_help(made: LibraryCall | None) -> str:
    if made is None:
        return ""
    metadata = made.keywords.get("metadata")
    given = metadata.items.get("help") if isinstance(metadata, DictValue) else None
    text = (
        constant_text(made.keywords.get("help"))
        or constant_text(made.keywords.get("description"))
        or constant_text(given)
    )
    return " ".join(text.split())


def list_parameters(function: Function, reading: Interpreter, docs: str | None = "") -> list[RecordField]:
    """Returns the parameters of a function, without `self`. `docs`: another docstring that may describe them."""
    spec = function.node.args
    named = [*spec.posonlyargs, *spec.args]
    defaults: dict[str, ast.expr] = dict(zip([a.arg for a in reversed(named)], reversed(spec.defaults), strict=False))
    defaults |= {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
    told = docstrings.parse_docstring(docs) | docstrings.parse_docstring(docstring(function))
    is_static = any(library_name(m) == "staticmethod" for m in function.decorators)
    first = 1 if function.owner is not None and not is_static else 0
    fields = [_build_parameter(a, defaults.get(a.arg), function, reading) for a in named[first:]]
    fields += [_build_parameter(a, defaults.get(a.arg), function, reading) for a in spec.kwonlyargs]
    if spec.vararg:
        fields.append(replace(_build_parameter(spec.vararg, None, function, reading), is_variadic=True))
    return [replace(f, comment=told.get(f.name, "")) for f in fields]


def docstring(function: Function) -> str | None:
    """Returns a function's docstring."""
    return None if isinstance(function.node, ast.Lambda) else ast.get_docstring(function.node)


def _build_parameter(arg: ast.arg, default: ast.expr | None, function: Function, reading: Interpreter) -> RecordField:
    annotation = evaluate_annotation(arg.annotation, function.scope, reading)
    given = evaluate(default, function.scope, reading) if default is not None else None
    made = (
        given
        if isinstance(given, LibraryCall) and given.name.rpartition(".")[2] in ("Option", "Argument")
        else annotated_call(annotation)
    )
    return RecordField(
        arg.arg,
        type_of_annotation(annotation),
        given,
        _find_help(made),
        "",
        made,
        function.scope.module.line_of(arg),
        function.scope.module.file,
        annotation=annotation,
    )


def get_default(thing: AbstractValue | None, name: str) -> AbstractValue | None:
    """Returns the value of a field in a default that is itself a record or a dict, else None."""
    match thing:
        case Instance(attrs=attrs):
            return attrs.get(name)
        case DictValue(items=items):
            return items.get(name)
    return None


def flatten_fields(
    fields: list[RecordField], reading: Interpreter, joint: str = ".", outer: str = "", depth: int = 0
) -> list[RecordField]:
    """Returns the fields with nested records replaced by their own fields, named `outer.inner`."""
    found: list[RecordField] = []
    for field in fields:
        name = f"{outer}{joint}{field.name}" if outer else field.name
        record = field.type_info.record
        of_default = field.default.cls if isinstance(field.default, Instance) else None
        record = of_default if of_default is not None and is_record(of_default) else record
        if record is None or not is_record(record) or field.type_info.nargs or depth > _MAX_DEPTH:
            found.append(replace(field, name=name))
            continue
        inner = [
            replace(f, default=get_default(field.default, f.name) or f.default) for f in list_fields(record, reading)
        ]
        found += flatten_fields(inner, reading, joint, name, depth + 1)
    return found
