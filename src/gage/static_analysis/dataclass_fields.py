"""Classes of settings (dataclasses and the like) and signatures of functions: fields with types, defaults, help."""

import ast
from dataclasses import dataclass, replace

from gage.static_analysis import builtins, docstrings
from gage.static_analysis.abstract_values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Generic,
    Instance,
    Items,
    Made,
    Module,
    Table,
    Thing,
    text_of,
)
from gage.static_analysis.evaluate import evaluate
from gage.static_analysis.interpreter import Reading
from gage.static_analysis.scopes import UNKNOWN
from gage.static_analysis.type_hints import Kind, annotated

_MOST_DEPTH = 8
_FIELDS = ("field", "Field", "HfArg", "choice", "flag", "mutable_field", "list_field", "dict_field", "subgroups", "ib")
_SKIPPED = ("ClassVar", "InitVar")


@dataclass(frozen=True, slots=True)
class Field:
    """One field or parameter. `default` is None where there is none; `made` is the library call that describes it
    (`field(…)`, `typer.Option(…)`); `help` is what its call says, `told`
    what comments and docstrings say.
    """

    name: str
    kind: Kind
    default: Thing | None
    help: str = ""
    told: str = ""
    made: Made | None = None
    line: int = 0
    file: str = ""
    is_rest: bool = False
    annotation: Thing | None = None


def is_record(of: Class) -> bool:
    """Whether a class is made of its fields: a dataclass, an attrs or pydantic class, a named tuple."""
    marks = [name_of(m) for one in of.lineage() for m in one.marks]
    if any(
        m.rpartition(".")[2] in ("dataclass", "define", "frozen", "attrs", "s", "configclass", "wrap") for m in marks
    ):
        return True
    return any(
        b.rpartition(".")[2] in ("BaseModel", "BaseSettings", "NamedTuple", "TypedDict", "Tap") for b in of.foreign()
    )


def name_of(thing: Thing | None) -> str:
    """The library's name of a thing or of what made it; "" for others."""
    return thing.name if isinstance(thing, (External, Made)) else ""


def fields_of(of: Class, reading: Reading) -> list[Field]:
    """The fields of a class, inherited ones first."""
    found: dict[str, Field] = {}
    told: dict[str, str] = {}
    for one in reversed(of.lineage()):
        told |= docstrings.described(ast.get_docstring(one.node))
        for name, node in one.fields.items():
            field = _of_field(name, node, one, reading)
            if field is not None:
                found[name] = field
        for name, thing in one.names.items():  # a default that a class gives an inherited field anew
            if name in found and name not in one.fields and not isinstance(thing, Function):
                found[name] = replace(found[name], default=thing)
    return [f if f.told else replace(f, told=told.get(f.name, "")) for f in found.values()]


def _of_field(name: str, node: ast.AnnAssign, of: Class, reading: Reading) -> Field | None:
    frame = Frame(of.frame.module, of.names, of.frame)
    annotation = annotation_of(node.annotation, frame, reading)
    if name.startswith("_") or (isinstance(annotation, Generic) and name_of(annotation.of).endswith(_SKIPPED)):
        return None
    given = of.names.get(name, UNKNOWN) if node.value is not None else None
    made = given if isinstance(given, Made) and given.name.rpartition(".")[2] in _FIELDS else extra_of(annotation)
    default = _default(given, reading) if isinstance(given, Made) else given
    if made is not None and made.keywords.get("init") == Const(False):
        return None
    told = docstrings.beside(node, lines_of(of.frame.module), of.node.body)
    return Field(
        name,
        annotated(annotation),
        default,
        _help(made),
        told,
        made,
        of.frame.module.line(node),
        of.frame.module.file,
        annotation=annotation,
    )


def lines_of(module: Module) -> list[str]:
    """The lines of a module's text."""
    return module.text.splitlines()


def annotation_of(node: ast.expr | None, frame: Frame, reading: Reading) -> Thing | None:
    """The type that an annotation says, one that is written as text too."""
    if node is None:
        return None
    return _resolved(evaluate(node, frame, reading), frame, reading)


def _resolved(thing: Thing, frame: Frame, reading: Reading) -> Thing:
    if isinstance(thing, Const) and isinstance(thing.value, str):
        try:
            return _resolved(evaluate(ast.parse(thing.value, mode="eval").body, frame, reading), frame, reading)
        except (SyntaxError, ValueError, RecursionError):
            return UNKNOWN
    if isinstance(thing, Generic) and name_of(thing.of).rpartition(".")[2] != "Literal":
        first, *rest = [_resolved(a, frame, reading) for a in thing.args[:1]] + thing.args[1:] or [UNKNOWN]
        return Generic(thing.of, [first, *rest])
    return thing


def extra_of(annotation: Thing | None) -> Made | None:
    """What `Annotated[type, …]` says besides the type."""
    if isinstance(annotation, Generic) and name_of(annotation.of).endswith("Annotated"):
        return next((a for a in annotation.args[1:] if isinstance(a, Made)), None)
    return None


def _default(made: Made, reading: Reading) -> Thing | None:
    """The default in `field(default=0.1)`, `field(default_factory=…)` and the like."""
    name = made.name.rpartition(".")[2]
    if name not in _FIELDS:
        return made
    factory = made.keywords.get("default_factory") or made.keywords.get("factory")
    if factory is not None:
        return call(factory, reading)
    if "default" in made.keywords:
        return _set(made.keywords["default"])
    at = {"Field": 0, "mutable_field": 0, "list_field": 0, "dict_field": 0, "HfArg": -1, "flag": 0, "ib": 0}.get(
        name, -1
    )
    if name == "mutable_field" and made.args:
        return call(made.args[0], reading, made.args[1:], made.keywords)
    if name == "list_field":
        return Items(list(made.args))
    return _set(made.args[at]) if 0 <= at < len(made.args) else None


def _set(thing: Thing) -> Thing | None:
    """A default; none where it is `...` or `MISSING`."""
    return None if name_of(thing).rpartition(".")[2] in ("Ellipsis", "MISSING") else thing


def call(
    factory: Thing, reading: Reading, args: list[Thing] | None = None, named: dict[str, Thing] | None = None
) -> Thing:
    """What a factory gives."""
    frame = next((t.frame for t in (factory,) if isinstance(t, (Function, Class))), None)
    if frame is None:
        found = builtins.call(factory.name, args or [], named or {}) if isinstance(factory, External) else None
        return found or UNKNOWN
    node = ast.Call(ast.Name("_", lineno=1), [], [], lineno=1)
    return reading.call(factory, args or [], named or {}, node, frame)


def _help(made: Made | None) -> str:
    if made is None:
        return ""
    metadata = made.keywords.get("metadata")
    given = metadata.items.get("help") if isinstance(metadata, Table) else None
    text = text_of(made.keywords.get("help")) or text_of(made.keywords.get("description")) or text_of(given)
    return " ".join(text.split())


def parameters_of(function: Function, reading: Reading, docs: str | None = "") -> list[Field]:
    """The parameters of a function, without the first of a method. `docs` is a text that tells of them, too."""
    spec = function.node.args
    named = [*spec.posonlyargs, *spec.args]
    defaults: dict[str, ast.expr] = dict(zip([a.arg for a in reversed(named)], reversed(spec.defaults), strict=False))
    defaults |= {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
    told = docstrings.described(docs) | docstrings.described(docstring(function))
    is_static = any(name_of(m) == "staticmethod" for m in function.marks)
    first = 1 if function.owner is not None and not is_static else 0
    fields = [_parameter(a, defaults.get(a.arg), function, reading) for a in named[first:]]
    fields += [_parameter(a, defaults.get(a.arg), function, reading) for a in spec.kwonlyargs]
    if spec.vararg:
        fields.append(replace(_parameter(spec.vararg, None, function, reading), is_rest=True))
    return [replace(f, told=told.get(f.name, "")) for f in fields]


def docstring(function: Function) -> str | None:
    """A function's docstring."""
    return None if isinstance(function.node, ast.Lambda) else ast.get_docstring(function.node)


def _parameter(arg: ast.arg, default: ast.expr | None, function: Function, reading: Reading) -> Field:
    annotation = annotation_of(arg.annotation, function.frame, reading)
    given = evaluate(default, function.frame, reading) if default is not None else None
    made = (
        given
        if isinstance(given, Made) and given.name.rpartition(".")[2] in ("Option", "Argument")
        else extra_of(annotation)
    )
    return Field(
        arg.arg,
        annotated(annotation),
        given,
        _help(made),
        "",
        made,
        function.frame.module.line(arg),
        function.frame.module.file,
        annotation=annotation,
    )


def inside(thing: Thing | None, name: str) -> Thing | None:
    """The value of a field in a default that is itself a record or a table; None where it says none."""
    match thing:
        case Instance(attrs=attrs):
            return attrs.get(name)
        case Table(items=items):
            return items.get(name)
    return None


def flat(fields: list[Field], reading: Reading, joint: str = ".", outer: str = "", depth: int = 0) -> list[Field]:
    """The fields with those of nested records in their place, named `outer.inner`."""
    found: list[Field] = []
    for field in fields:
        name = f"{outer}{joint}{field.name}" if outer else field.name
        record = field.kind.record
        of_default = field.default.of if isinstance(field.default, Instance) else None
        record = of_default if of_default is not None and is_record(of_default) else record
        if record is None or not is_record(record) or field.kind.nargs or depth > _MOST_DEPTH:
            found.append(replace(field, name=name))
            continue
        inner = [replace(f, default=inside(field.default, f.name) or f.default) for f in fields_of(record, reading)]
        found += flat(inner, reading, joint, name, depth + 1)
    return found
