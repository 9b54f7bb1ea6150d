"""Static reader for parsers made from dataclasses or functions: tyro, HfArgumentParser, simple-parsing, Tap, …"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gage.parsers.argparse import static as argparse_static
from gage.parsers.argparse.static import get_value_or_name
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis import abstract_values as av
from gage.static_analysis import concrete
from gage.static_analysis.dataclass_fields import (
    RecordField,
    flatten_fields,
    get_default,
    get_library_name,
    is_record,
    list_fields,
    list_parameters,
)
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.type_hints import infer_annotation_type
from gage.types.values import JSONValue

_TYRO_CALLS = ("tyro.cli", "tyro.extras.overridable_config_cli", "tyro.extras.subcommand_cli_from_dict")
_DOTTED_CALLS = ("draccus.wrap", "draccus.parse", "pyrallis.wrap", "pyrallis.parse", "pyrallis.ArgumentParsing")


def read_parameters(interpreter: Interpreter) -> ParserSpec | None:
    """Returns the parameters from the program's classes, None if it uses none of these parsers."""
    for call in interpreter.calls:
        short = call.name.rpartition(".")[2]
        if call.name in _TYRO_CALLS and call.args:
            return _read_tyro(call, interpreter)
        if short == "HfArgumentParser":
            return _read_transformers(call, interpreter)
        if call.name.startswith("simple_parsing.") and short in ("parse", "parse_known_args") and call.args:
            return _read_simple_parsing(call, [(call.args[0], call.keywords.get("default"))], interpreter)
        if call.name in _DOTTED_CALLS and call.args:
            return _read_dotted(call.name.partition(".")[0], call.get_argument(0, "config_class"), interpreter)
    tap = next(
        (c for c in interpreter.calls if c.name in ("tap.Tap", "Tap") and isinstance(c.receiver, av.Instance)), None
    )
    if tap is not None and isinstance(tap.receiver, av.Instance):
        return _build_simple_spec("tap", list_fields(tap.receiver.cls, interpreter), interpreter)
    added = [
        c for c in interpreter.calls if c.name.endswith(".add_arguments") and "simple_parsing" in c.name and c.args
    ]
    if added:
        argument = [(c.args[0], c.keywords.get("default")) for c in added]
        return _read_simple_parsing(added[0], argument, interpreter)
    for function in interpreter.decorated_functions:
        for name in map(get_library_name, function.decorators):
            if name in _DOTTED_CALLS:
                first = next(iter(list_parameters(function, interpreter)), None)
                return _read_dotted(name.partition(".")[0], first.type_info.record if first else None, interpreter)
    return None


def _list_fields_of(
    value: av.AbstractValue | None, default: av.AbstractValue | None, interpreter: Interpreter
) -> list[RecordField]:
    """Returns the fields of the argument of a parser: a class, an instance or a function."""
    if isinstance(value, av.Instance):
        value, default = value.cls, value
    if isinstance(value, av.GenericType):
        value = infer_annotation_type(value).record or value.args[0]
    if isinstance(value, av.Function):
        return list_parameters(value, interpreter)
    if not isinstance(value, av.Class):
        return []
    begin = value.find_member("__init__")
    fields = (
        list_fields(value, interpreter)
        if is_record(value) or not isinstance(begin, av.Function)
        else list_parameters(begin, interpreter)
    )
    return [replace(f, default=get_default(default, f.name) or f.default) for f in fields]


def build_parameter(field: RecordField, kind: str = "") -> Parameter:
    """Returns a field as a parameter without flags."""
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
    value = get_value_or_name(field.default)
    if field.type_info.type == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _read_tyro(call: av.LibraryCall, interpreter: Interpreter) -> ParserSpec:
    names: list[str] = []
    decorators = call.keywords.get("config")
    words = (
        {get_library_name(m).rpartition(".")[2] for m in decorators.items}
        if isinstance(decorators, av.ListValue)
        else set()
    )
    keep = av.to_json_or(call.keywords.get("use_underscores")) is True
    argument: av.AbstractValue | None = call.args[0]
    found: list[Parameter] = []
    if isinstance(argument, av.DictValue):
        for name, one in argument.items.items():
            names.append(str(name))
            found += [
                p._replace(command=str(name))
                for p in _list_tyro_parameters(_list_fields_of(one, None, interpreter), interpreter, words, keep)
            ]
        return ParserSpec("tyro", tuple(found), "source", commands=tuple(names))
    if isinstance(argument, av.GenericType) and get_library_name(argument.origin).endswith("Union"):
        classes = [a for a in argument.args if isinstance(a, av.Class)]
        found = []
        for one in classes:
            names.append(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", one.node.name).lower())
            parameters = _list_tyro_parameters(_list_fields_of(one, None, interpreter), interpreter, words, keep)
            found += [p._replace(command=names[-1]) for p in parameters]
        return ParserSpec("tyro", tuple(found), "source", commands=tuple(names))
    fields = _list_fields_of(argument, call.keywords.get("default"), interpreter)
    return ParserSpec("tyro", tuple(_list_tyro_parameters(fields, interpreter, words, keep)), "source")


def _list_tyro_parameters(
    fields: list[RecordField], interpreter: Interpreter, decorators: set[str], keep: bool
) -> Iterator[Parameter]:
    for field in flatten_fields(fields, interpreter, outer=""):
        if _has_annotation(field, "Suppress") or _has_annotation(field, "Fixed"):
            continue
        parameter = build_parameter(field)
        argument = av.get_text(field.call.keywords.get("name")) if field.call else ""
        name = argument or (field.name if keep else field.name.replace("_", "-"))
        if "OmitArgPrefixes" in decorators:
            name = name.rpartition(".")[2]
        if _has_annotation(field, "Positional") or "Positional" in decorators:
            yield parameter._replace(name=name, bool_words=("True", "False"))
            continue
        parameter = parameter._replace(name=name, flags=(f"--{name}",), bool_words=("True", "False"))
        if name != field.name:
            parameter = parameter._replace(aliases=(field.name,))
        outer, _, last = name.rpartition(".")
        if (
            parameter.type == "bool"
            and not parameter.nargs
            and not field.type_info.is_optional
            and not parameter.required
        ):
            off = f"--{outer}.no-{last}" if outer else f"--no-{last}"
            parameter = parameter._replace(action="switch", off_flags=(off,))
        yield parameter


def _has_annotation(field: RecordField, name: str) -> bool:
    value = field.annotation
    while isinstance(value, av.GenericType):
        if get_library_name(value.origin).rpartition(".")[2] == name or any(
            get_library_name(a).rpartition(".")[2] == name for a in value.args[1:]
        ):
            return True
        value = value.args[0] if value.args else None
    return False


def _read_transformers(call: av.LibraryCall, interpreter: Interpreter) -> ParserSpec:
    argument = call.get_argument(0, "dataclass_types")
    classes = argument.items if isinstance(argument, av.ListValue) else [argument]
    found: dict[str, Parameter] = {}
    for one in classes:
        for field in _list_fields_of(one, None, interpreter):
            found[field.name] = _build_transformers_parameter(field)
    note = "" if all(isinstance(c, av.Class) for c in classes) else _describe_library_classes(classes)
    extra = argparse_static.read_calls([call, *(c for c in interpreter.calls if c.receiver is call)])
    for parameter in extra.parameters if extra else ():
        found.setdefault(parameter.name, parameter)
    return ParserSpec("HfArgumentParser", tuple(found.values()), "source", note)


def _describe_library_classes(things: Sequence[av.AbstractValue | None]) -> str:
    names = [get_library_name(t).rpartition(".")[2] for t in things if get_library_name(t)]
    return f"the parameters of {', '.join(names)} are in a library" if names else ""


def _build_transformers_parameter(field: RecordField) -> Parameter:
    parameter = build_parameter(field)._replace(description=field.help, flags=(f"--{field.name}",))
    metadata = field.call.keywords.get("metadata") if field.call else None
    choices = get_value_or_name(metadata.items.get("choices")) if isinstance(metadata, av.DictValue) else None
    if isinstance(choices, list):
        parameter = parameter._replace(choices=tuple(choices))
    parameter = _use_enum_values(parameter, field.annotation)
    if "_" in field.name:
        parameter = parameter._replace(flags=(f"--{field.name}", f"--{field.name.replace('_', '-')}"))
    if parameter.type == "bool" and not parameter.nargs:
        return parameter._replace(nargs="?", const=True)
    return parameter._replace(nargs="+") if parameter.nargs == "*" else parameter


def _use_enum_values(parameter: Parameter, annotation: av.AbstractValue | None) -> Parameter:
    """Returns the parameter with an enumeration's values as choices: HfArgumentParser takes these, not the names."""
    parts = annotation.args if isinstance(annotation, av.GenericType) else [annotation]
    enum = next((p for p in parts if isinstance(p, av.Class) and concrete.is_enum(p)), None)
    if enum is None:
        return parameter
    members = [m for m in concrete.list_enum_members(enum) if isinstance(m, av.LibraryCall)]
    values = {av.to_json_or(m.args[0]): av.to_json_or(m.args[1]) for m in members}
    default = values.get(parameter.default) if isinstance(parameter.default, str) else None
    return parameter._replace(
        choices=tuple(values.values()), default=default if default is not None else parameter.default
    )


def _read_simple_parsing(
    call: av.LibraryCall, records: Sequence[tuple[av.AbstractValue, av.AbstractValue | None]], interpreter: Interpreter
) -> ParserSpec:
    fields: list[RecordField] = []
    for one, default in records:
        fields += flatten_fields(_list_fields_of(one, default, interpreter), interpreter)
    last = [f.name.rpartition(".")[2] for f in fields]
    short = [replace(f, name=n) if last.count(n) == 1 else f for f, n in zip(fields, last, strict=True)]
    program = _build_simple_spec("simple-parsing", short, interpreter)
    extra = argparse_static.read_calls([c for c in interpreter.calls if c.name.startswith("simple_parsing.")])
    known = {p.name for p in program.parameters}
    more = tuple(p for p in extra.parameters if p.name not in known) if extra else ()
    return program._replace(parameters=(*more, *program.parameters))


def _build_simple_spec(parser: str, fields: list[RecordField], interpreter: Interpreter) -> ParserSpec:
    found: list[Parameter] = []
    for field in fields:
        parameter = build_parameter(field)._replace(flags=(f"--{field.name}",))
        choices = _find_choices(field)
        if choices:
            types = {type(c).__name__ for c in choices}
            parameter = parameter._replace(choices=choices, type=types.pop() if len(types) == 1 else "")
        if parser == "tap" and parameter.type == "bool":
            parameter = parameter._replace(action="store_false" if parameter.default is True else "store_true")
        elif parameter.type == "bool" and not parameter.nargs:
            parameter = parameter._replace(nargs="?")
        found.append(parameter)
    return ParserSpec(parser, tuple(found), "source")


def _find_choices(field: RecordField) -> tuple[JSONValue, ...]:
    """Returns the choices in `choice("a", "b", default="a")`."""
    if field.call is None or field.call.name.rpartition(".")[2] != "choice":
        return ()
    first = field.call.args[0] if field.call.args else av.Constant(None)
    if isinstance(first, av.DictValue):
        return tuple(str(k) for k in first.items)
    found = [get_value_or_name(a) for a in field.call.args]
    return () if None in found else tuple(found)


def _read_dotted(parser: str, record: av.AbstractValue | None, interpreter: Interpreter) -> ParserSpec:
    """Returns the parameters of a parser that joins the names of nested fields with dots."""
    fields = flatten_fields(_list_fields_of(record, None, interpreter), interpreter)
    found = (build_parameter(f)._replace(flags=(f"--{f.name}",)) for f in fields)
    return ParserSpec(parser, tuple(found), "source")
