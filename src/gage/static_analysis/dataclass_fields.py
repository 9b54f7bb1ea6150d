"""Fields of record classes (dataclasses, attrs, pydantic, …) and parameters of functions, with types and defaults."""

import ast
from dataclasses import dataclass, replace

from gage.static_analysis import abstract_values as av
from gage.static_analysis import builtins, docstrings
from gage.static_analysis.evaluate import evaluate
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.scopes import UNKNOWN
from gage.static_analysis.type_hints import TypeInfo, infer_annotation_type

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
    default: av.AbstractValue | None
    help: str = ""
    comment: str = ""
    call: av.LibraryCall | None = None
    line: int = 0
    file: str = ""
    annotation: av.AbstractValue | None = None


def is_record(of: av.Class) -> bool:
    """Returns whether a class is a record: a dataclass, an attrs or pydantic class, a named tuple."""
    decorators = [get_library_name(m) for one in of.ancestry() for m in one.decorators]
    if any(
        m.rpartition(".")[2] in ("dataclass", "define", "frozen", "attrs", "s", "configclass", "wrap")
        for m in decorators
    ):
        return True
    return any(
        b.rpartition(".")[2] in ("BaseModel", "BaseSettings", "NamedTuple", "TypedDict", "Tap")
        for b in of.library_bases()
    )


def get_library_name(value: av.AbstractValue | None) -> str:
    """Returns the name of an object of a library or of the call that returned it, "" for other values."""
    return value.name if isinstance(value, (av.ExternalName, av.LibraryCall)) else ""


def list_fields(of: av.Class, interpreter: Interpreter) -> list[RecordField]:
    """Returns the fields of a class, inherited ones first."""
    found: dict[str, RecordField] = {}
    comments: dict[str, str] = {}
    for one in reversed(of.ancestry()):
        comments |= docstrings.parse_docstring(ast.get_docstring(one.node))
        for name, node in one.fields.items():
            field = _build_field(name, node, one, interpreter)
            if field is not None:
                found[name] = field
        for name, value in one.names.items():  # a new default for an inherited field
            if name in found and name not in one.fields and not isinstance(value, av.Function):
                found[name] = replace(found[name], default=value)
    return [f if f.comment else replace(f, comment=comments.get(f.name, "")) for f in found.values()]


def _build_field(name: str, node: ast.AnnAssign, of: av.Class, interpreter: Interpreter) -> RecordField | None:
    scope = av.Scope(of.scope.module, of.names, of.scope)
    annotation = evaluate_annotation(node.annotation, scope, interpreter)
    if name.startswith("_") or (
        isinstance(annotation, av.GenericType) and get_library_name(annotation.origin).endswith(_NOT_FIELDS)
    ):
        return None
    value = of.names.get(name, UNKNOWN) if node.value is not None else None
    call = (
        value
        if isinstance(value, av.LibraryCall) and value.name.rpartition(".")[2] in _FIELDS
        else find_annotated_call(annotation)
    )
    default = _find_default(value, interpreter) if isinstance(value, av.LibraryCall) else value
    if call is not None and call.keywords.get("init") == av.Constant(False):
        return None
    comment = docstrings.find_field_comment(node, list_lines(of.scope.module), of.node.body)
    return RecordField(
        name,
        infer_annotation_type(annotation),
        default,
        _find_help(call),
        comment,
        call,
        of.scope.module.line_of(node),
        of.scope.module.file,
        annotation=annotation,
    )


def list_lines(module: av.Module) -> list[str]:
    """Returns the lines of a module."""
    return module.text.splitlines()


def evaluate_annotation(node: ast.expr | None, scope: av.Scope, interpreter: Interpreter) -> av.AbstractValue | None:
    """Returns the type of an annotation, also of one written as a string."""
    if node is None:
        return None
    return _resolve_forward_references(evaluate(node, scope, interpreter), scope, interpreter)


def _resolve_forward_references(value: av.AbstractValue, scope: av.Scope, interpreter: Interpreter) -> av.AbstractValue:
    if isinstance(value, av.Constant) and isinstance(value.value, str):
        try:
            return _resolve_forward_references(
                evaluate(ast.parse(value.value, mode="eval").body, scope, interpreter), scope, interpreter
            )
        except (SyntaxError, ValueError, RecursionError):
            return UNKNOWN
    if isinstance(value, av.GenericType) and get_library_name(value.origin).rpartition(".")[2] != "Literal":
        first, *rest = [_resolve_forward_references(a, scope, interpreter) for a in value.args[:1]] + value.args[
            1:
        ] or [UNKNOWN]
        return av.GenericType(value.origin, [first, *rest])
    return value


def find_annotated_call(annotation: av.AbstractValue | None) -> av.LibraryCall | None:
    """Returns the library call in `Annotated[type, …]`, else None."""
    if isinstance(annotation, av.GenericType) and get_library_name(annotation.origin).endswith("Annotated"):
        return next((a for a in annotation.args[1:] if isinstance(a, av.LibraryCall)), None)
    return None


def _find_default(call: av.LibraryCall, interpreter: Interpreter) -> av.AbstractValue | None:
    """Returns the default in `field(default=0.1)`, `field(default_factory=…)` and similar calls."""
    name = call.name.rpartition(".")[2]
    if name not in _FIELDS:
        return call
    factory = call.keywords.get("default_factory") or call.keywords.get("factory")
    if factory is not None:
        return call_factory(factory, interpreter)
    if "default" in call.keywords:
        return _drop_missing(call.keywords["default"])
    at = {"Field": 0, "mutable_field": 0, "list_field": 0, "dict_field": 0, "HfArg": -1, "flag": 0, "ib": 0}.get(
        name, -1
    )
    if name == "mutable_field" and call.args:
        return call_factory(call.args[0], interpreter, call.args[1:], call.keywords)
    if name == "list_field":
        return av.ListValue(list(call.args))
    return _drop_missing(call.args[at]) if 0 <= at < len(call.args) else None


def _drop_missing(value: av.AbstractValue) -> av.AbstractValue | None:
    """Returns a default, None if it is `...` or `MISSING`."""
    return None if get_library_name(value).rpartition(".")[2] in ("Ellipsis", "MISSING") else value


def call_factory(
    factory: av.AbstractValue,
    interpreter: Interpreter,
    args: list[av.AbstractValue] | None = None,
    named: dict[str, av.AbstractValue] | None = None,
) -> av.AbstractValue:
    """Returns the value of a default factory."""
    scope = next((t.scope for t in (factory,) if isinstance(t, (av.Function, av.Class))), None)
    if scope is None:
        found = (
            builtins.call_builtin(factory.name, args or [], named or {})
            if isinstance(factory, av.ExternalName)
            else None
        )
        return found or UNKNOWN
    node = ast.Call(ast.Name("_", lineno=1), [], [], lineno=1)
    return interpreter.call(factory, args or [], named or {}, node, scope)


def _find_help(call: av.LibraryCall | None) -> str:
    if call is None:
        return ""
    metadata = call.keywords.get("metadata")
    argument = metadata.items.get("help") if isinstance(metadata, av.DictValue) else None
    text = (
        av.get_text(call.keywords.get("help")) or av.get_text(call.keywords.get("description")) or av.get_text(argument)
    )
    return " ".join(text.split())


def list_parameters(function: av.Function, interpreter: Interpreter, docs: str | None = "") -> list[RecordField]:
    """Returns the parameters of a function, without `self`. `docs`: another docstring that may describe them."""
    spec = function.node.args
    named = [*spec.posonlyargs, *spec.args]
    defaults: dict[str, ast.expr] = dict(zip([a.arg for a in reversed(named)], reversed(spec.defaults), strict=False))
    defaults |= {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
    comment = docstrings.parse_docstring(docs) | docstrings.parse_docstring(get_docstring(function))
    is_static = any(get_library_name(m) == "staticmethod" for m in function.decorators)
    first = 1 if function.owner is not None and not is_static else 0
    fields = [_build_parameter(a, defaults.get(a.arg), function, interpreter) for a in named[first:]]
    fields += [_build_parameter(a, defaults.get(a.arg), function, interpreter) for a in spec.kwonlyargs]
    if spec.vararg:
        fields.append(_build_parameter(spec.vararg, None, function, interpreter))
    return [replace(f, comment=comment.get(f.name, "")) for f in fields]


def get_docstring(function: av.Function) -> str | None:
    """Returns a function's docstring."""
    return None if isinstance(function.node, ast.Lambda) else ast.get_docstring(function.node)


def _build_parameter(
    arg: ast.arg, default: ast.expr | None, function: av.Function, interpreter: Interpreter
) -> RecordField:
    annotation = evaluate_annotation(arg.annotation, function.scope, interpreter)
    argument = evaluate(default, function.scope, interpreter) if default is not None else None
    call = (
        argument
        if isinstance(argument, av.LibraryCall) and argument.name.rpartition(".")[2] in ("Option", "Argument")
        else find_annotated_call(annotation)
    )
    return RecordField(
        arg.arg,
        infer_annotation_type(annotation),
        argument,
        _find_help(call),
        "",
        call,
        function.scope.module.line_of(arg),
        function.scope.module.file,
        annotation=annotation,
    )


def get_default(value: av.AbstractValue | None, name: str) -> av.AbstractValue | None:
    """Returns the value of a field in a default that is itself a record or a dict, else None."""
    match value:
        case av.Instance(attrs=attrs):
            return attrs.get(name)
        case av.DictValue(items=items):
            return items.get(name)
    return None


def flatten_fields(
    fields: list[RecordField], interpreter: Interpreter, joint: str = ".", outer: str = "", depth: int = 0
) -> list[RecordField]:
    """Returns the fields with nested records replaced by their own fields, named `outer.inner`."""
    found: list[RecordField] = []
    for field in fields:
        name = f"{outer}{joint}{field.name}" if outer else field.name
        record = field.type_info.record
        of_default = field.default.cls if isinstance(field.default, av.Instance) else None
        record = of_default if of_default is not None and is_record(of_default) else record
        if record is None or not is_record(record) or field.type_info.nargs or depth > _MAX_DEPTH:
            found.append(replace(field, name=name))
            continue
        inner = [
            replace(f, default=get_default(field.default, f.name) or f.default)
            for f in list_fields(record, interpreter)
        ]
        found += flatten_fields(inner, interpreter, joint, name, depth + 1)
    return found
