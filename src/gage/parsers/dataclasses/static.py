"""Parsers made of classes of settings or of signatures: tyro, HfArgumentParser, simple-parsing, Tap, draccus."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gage.parsers.argparse import static as argparse_static
from gage.parsers.argparse.static import value_or_name
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis import concrete
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    Constant,
    DictValue,
    Function,
    GenericType,
    Instance,
    LibraryCall,
    ListValue,
    constant_text,
    to_json_or,
)
from gage.static_analysis.dataclass_fields import (
    RecordField,
    flatten_fields,
    get_default,
    is_record,
    library_name,
    list_fields,
    list_parameters,
)
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.type_hints import type_of_annotation
from gage.types.values import JSONValue

_TYRO = ("tyro.cli", "tyro.extras.overridable_config_cli", "tyro.extras.subcommand_cli_from_dict")
_DOTTED = ("draccus.wrap", "draccus.parse", "pyrallis.wrap", "pyrallis.parse", "pyrallis.ArgumentParsing")


def read_dataclasses(reading: Interpreter, functions: Sequence[Function]) -> ParserSpec | None:
    """The program's settings from its classes; None when it uses no parser of this kind."""
    for made in reading.calls:
        short = made.name.rpartition(".")[2]
        if made.name in _TYRO and made.args:
            return _tyro(made, reading)
        if short == "HfArgumentParser":
            return _transformers(made, reading)
        if made.name.startswith("simple_parsing.") and short in ("parse", "parse_known_args") and made.args:
            return _simple(made, [(made.args[0], made.keywords.get("default"))], reading)
        if made.name in _DOTTED and made.args:
            return _dotted(made.name.partition(".")[0], made.get_argument(0, "config_class"), reading)
    tap = next((c for c in reading.calls if c.name in ("tap.Tap", "Tap") and isinstance(c.receiver, Instance)), None)
    if tap is not None and isinstance(tap.receiver, Instance):
        return _simple_names("tap", list_fields(tap.receiver.cls, reading), reading)
    added = [c for c in reading.calls if c.name.endswith(".add_arguments") and "simple_parsing" in c.name and c.args]
    if added:
        given = [(c.args[0], c.keywords.get("default")) for c in added]
        return _simple(added[0], given, reading)
    marked = next((f for f in functions for m in f.decorators if library_name(m) in _DOTTED), None)
    if marked is not None:
        first = next(iter(list_parameters(marked, reading)), None)
        mark = next(library_name(m) for m in marked.decorators if library_name(m) in _DOTTED)
        return _dotted(mark.partition(".")[0], first.type_info.record if first else None, reading)
    return None


def _of_thing(thing: AbstractValue | None, default: AbstractValue | None, reading: Interpreter) -> list[RecordField]:
    """The fields of what is handed to a parser: a class, an instance of one, or a function."""
    if isinstance(thing, Instance):
        thing, default = thing.cls, thing
    if isinstance(thing, GenericType):
        thing = type_of_annotation(thing).record or thing.args[0]
    if isinstance(thing, Function):
        return list_parameters(thing, reading)
    if not isinstance(thing, Class):
        return []
    begin = thing.find_member("__init__")
    fields = (
        list_fields(thing, reading)
        if is_record(thing) or not isinstance(begin, Function)
        else list_parameters(begin, reading)
    )
    return [replace(f, default=get_default(default, f.name) or f.default) for f in fields]


def parameter_of(field: RecordField, kind: str = "") -> Parameter:
    """A field as a parameter without its flags."""
    default = _default(field)
    chosen = field.type_info
    type_name = chosen.type or ("str" if chosen.choices and all(isinstance(c, str) for c in chosen.choices) else kind)
    return Parameter(
        field.name,
        type=type_name,
        nargs=chosen.nargs,
        default=default,
        choices=chosen.choices,
        required=field.default is None,
        description=field.help or field.comment,
        has_converter=not type_name,
        line=field.line,
        bool_words=("true", "false"),
    )


def _default(field: RecordField) -> JSONValue:
    if field.default is None:
        return None
    value = value_or_name(field.default)
    if field.type_info.type == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _tyro(made: LibraryCall, reading: Interpreter) -> ParserSpec:
    names: list[str] = []
    marks = made.keywords.get("config")
    words = {library_name(m).rpartition(".")[2] for m in marks.items} if isinstance(marks, ListValue) else set()
    keep = to_json_or(made.keywords.get("use_underscores")) is True
    given: AbstractValue | None = made.args[0]
    found: list[Parameter] = []
    if isinstance(given, DictValue):
        for name, one in given.items.items():
            names.append(str(name))
            found += [
                replace(p, command=str(name)) for p in _tyro_all(_of_thing(one, None, reading), reading, words, keep)
            ]
        return ParserSpec("tyro", tuple(found), "source", commands=tuple(names))
    if isinstance(given, GenericType) and library_name(given.origin).endswith("Union"):
        classes = [a for a in given.args if isinstance(a, Class)]
        found = []
        for one in classes:
            names.append(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", one.node.name).lower())
            told = _tyro_all(_of_thing(one, None, reading), reading, words, keep)
            found += [replace(p, command=names[-1]) for p in told]
        return ParserSpec("tyro", tuple(found), "source", commands=tuple(names))
    fields = _of_thing(given, made.keywords.get("default"), reading)
    return ParserSpec("tyro", tuple(_tyro_all(fields, reading, words, keep)), "source")


def _tyro_all(fields: list[RecordField], reading: Interpreter, marks: set[str], keep: bool) -> Iterator[Parameter]:
    for field in flatten_fields(fields, reading, outer=""):
        if _has_mark(field, "Suppress") or _has_mark(field, "Fixed"):
            continue
        parameter = parameter_of(field)
        given = constant_text(field.call.keywords.get("name")) if field.call else ""
        name = given or (field.name if keep else field.name.replace("_", "-"))
        if "OmitArgPrefixes" in marks:
            name = name.rpartition(".")[2]
        if _has_mark(field, "Positional") or "Positional" in marks:
            yield replace(parameter, name=name, bool_words=("True", "False"))
            continue
        parameter = replace(parameter, name=name, flags=(f"--{name}",), bool_words=("True", "False"))
        if name != field.name:
            parameter = replace(parameter, aliases=(field.name,))
        outer, _, last = name.rpartition(".")
        if (
            parameter.type == "bool"
            and not parameter.nargs
            and not field.type_info.is_optional
            and not parameter.required
        ):
            off = f"--{outer}.no-{last}" if outer else f"--no-{last}"
            parameter = replace(parameter, action="switch", off_flags=(off,))
        yield parameter


def _has_mark(field: RecordField, name: str) -> bool:
    thing = field.annotation
    while isinstance(thing, GenericType):
        if library_name(thing.origin).rpartition(".")[2] == name or any(
            library_name(a).rpartition(".")[2] == name for a in thing.args[1:]
        ):
            return True
        thing = thing.args[0] if thing.args else None
    return False


def _transformers(made: LibraryCall, reading: Interpreter) -> ParserSpec:
    given = made.get_argument(0, "dataclass_types")
    classes = given.items if isinstance(given, ListValue) else [given]
    found: dict[str, Parameter] = {}
    for one in classes:
        for field in _of_thing(one, None, reading):
            found[field.name] = _of_transformers(field)
    note = "" if all(isinstance(c, Class) for c in classes) else _foreign(classes)
    extra = argparse_static.read_argparse([made, *(c for c in reading.calls if c.receiver is made)])
    for parameter in extra.parameters if extra else ():
        found.setdefault(parameter.name, parameter)
    return ParserSpec("HfArgumentParser", tuple(found.values()), "source", note)


def _foreign(things: Sequence[AbstractValue | None]) -> str:
    names = [library_name(t).rpartition(".")[2] for t in things if library_name(t)]
    return f"the settings of {', '.join(names)} are in a library" if names else ""


def _of_transformers(field: RecordField) -> Parameter:
    parameter = replace(parameter_of(field), description=field.help, flags=(f"--{field.name}",))
    metadata = field.call.keywords.get("metadata") if field.call else None
    choices = value_or_name(metadata.items.get("choices")) if isinstance(metadata, DictValue) else None
    if isinstance(choices, list):
        parameter = replace(parameter, choices=tuple(choices))
    parameter = _by_value(parameter, field.annotation)
    if "_" in field.name:
        parameter = replace(parameter, flags=(f"--{field.name}", f"--{field.name.replace('_', '-')}"))
    if parameter.type == "bool" and not parameter.nargs:
        return replace(parameter, nargs="?", const=True)
    return replace(parameter, nargs="+") if parameter.nargs == "*" else parameter


def _by_value(parameter: Parameter, annotation: AbstractValue | None) -> Parameter:
    """The members of an enumeration by their values, which HfArgumentParser takes; others take their names."""
    parts = annotation.args if isinstance(annotation, GenericType) else [annotation]
    enum = next((p for p in parts if isinstance(p, Class) and concrete.is_enum(p)), None)
    if enum is None:
        return parameter
    members = [m for m in concrete.list_enum_members(enum) if isinstance(m, LibraryCall)]
    values = {to_json_or(m.args[0]): to_json_or(m.args[1]) for m in members}
    default = values.get(parameter.default) if isinstance(parameter.default, str) else None
    return replace(
        parameter, choices=tuple(values.values()), default=default if default is not None else parameter.default
    )


def _simple(
    made: LibraryCall, given: Sequence[tuple[AbstractValue, AbstractValue | None]], reading: Interpreter
) -> ParserSpec:
    fields: list[RecordField] = []
    for one, default in given:
        fields += flatten_fields(_of_thing(one, default, reading), reading)
    last = [f.name.rpartition(".")[2] for f in fields]
    short = [replace(f, name=n) if last.count(n) == 1 else f for f, n in zip(fields, last, strict=True)]
    program = _simple_names("simple-parsing", short, reading)
    extra = argparse_static.read_argparse([c for c in reading.calls if c.name.startswith("simple_parsing.")])
    known = {p.name for p in program.parameters}
    more = tuple(p for p in extra.parameters if p.name not in known) if extra else ()
    return replace(program, parameters=(*more, *program.parameters))


def _simple_names(parser: str, fields: list[RecordField], reading: Interpreter) -> ParserSpec:
    found: list[Parameter] = []
    for field in fields:
        parameter = replace(parameter_of(field), flags=(f"--{field.name}",))
        choices = _given_choices(field)
        if choices:
            kinds = {type(c).__name__ for c in choices}
            parameter = replace(parameter, choices=choices, type=kinds.pop() if len(kinds) == 1 else "")
        if parser == "tap" and parameter.type == "bool":
            parameter = replace(parameter, action="store_false" if parameter.default is True else "store_true")
        elif parameter.type == "bool" and not parameter.nargs:
            parameter = replace(parameter, nargs="?")
        found.append(parameter)
    return ParserSpec(parser, tuple(found), "source")


def _given_choices(field: RecordField) -> tuple[JSONValue, ...]:
    """Those of `choice("a", "b", default="a")`."""
    if field.call is None or field.call.name.rpartition(".")[2] != "choice":
        return ()
    first = field.call.args[0] if field.call.args else Constant(None)
    if isinstance(first, DictValue):
        return tuple(str(k) for k in first.items)
    found = [value_or_name(a) for a in field.call.args]
    return () if None in found else tuple(found)


def _dotted(parser: str, given: AbstractValue | None, reading: Interpreter) -> ParserSpec:
    """Parsers that join the names of nested fields with dots and keep them as they are."""
    fields = flatten_fields(_of_thing(given, None, reading), reading)
    found = (replace(parameter_of(f), flags=(f"--{f.name}",)) for f in fields)
    return ParserSpec(parser, tuple(found), "source")
