"""Parsers made of classes of settings or of signatures: tyro, HfArgumentParser, simple-parsing, Tap, draccus."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gage.parsers.argparse import static as argparse_static
from gage.parsers.argparse.static import value_of
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis import concrete
from gage.static_analysis.abstract_values import (
    Class,
    Const,
    Function,
    Generic,
    Instance,
    Items,
    Made,
    Table,
    Thing,
    plain_or,
    text_of,
)
from gage.static_analysis.dataclass_fields import Field, fields_of, flat, inside, is_record, name_of, parameters_of
from gage.static_analysis.interpreter import Reading
from gage.static_analysis.type_hints import annotated
from gage.types.values import JSONValue

_TYRO = ("tyro.cli", "tyro.extras.overridable_config_cli", "tyro.extras.subcommand_cli_from_dict")
_DOTTED = ("draccus.wrap", "draccus.parse", "pyrallis.wrap", "pyrallis.parse", "pyrallis.ArgumentParsing")


def read(reading: Reading, functions: Sequence[Function]) -> ParserSpec | None:
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
            return _dotted(made.name.partition(".")[0], made.arg(0, "config_class"), reading)
    tap = next((c for c in reading.calls if c.name in ("tap.Tap", "Tap") and isinstance(c.of, Instance)), None)
    if tap is not None and isinstance(tap.of, Instance):
        return _simple_names("tap", fields_of(tap.of.of, reading), reading)
    added = [c for c in reading.calls if c.name.endswith(".add_arguments") and "simple_parsing" in c.name and c.args]
    if added:
        given = [(c.args[0], c.keywords.get("default")) for c in added]
        return _simple(added[0], given, reading)
    marked = next((f for f in functions for m in f.marks if name_of(m) in _DOTTED), None)
    if marked is not None:
        first = next(iter(parameters_of(marked, reading)), None)
        mark = next(name_of(m) for m in marked.marks if name_of(m) in _DOTTED)
        return _dotted(mark.partition(".")[0], first.kind.record if first else None, reading)
    return None


def _of_thing(thing: Thing | None, default: Thing | None, reading: Reading) -> list[Field]:
    """The fields of what is handed to a parser: a class, an instance of one, or a function."""
    if isinstance(thing, Instance):
        thing, default = thing.of, thing
    if isinstance(thing, Generic):
        thing = annotated(thing).record or thing.args[0]
    if isinstance(thing, Function):
        return parameters_of(thing, reading)
    if not isinstance(thing, Class):
        return []
    begin = thing.find("__init__")
    fields = (
        fields_of(thing, reading)
        if is_record(thing) or not isinstance(begin, Function)
        else parameters_of(begin, reading)
    )
    return [replace(f, default=inside(default, f.name) or f.default) for f in fields]


def parameter_of(field: Field, kind: str = "") -> Parameter:
    """A field as a parameter without its flags."""
    default = _default(field)
    chosen = field.kind
    type_name = chosen.type or ("str" if chosen.choices and all(isinstance(c, str) for c in chosen.choices) else kind)
    return Parameter(
        field.name,
        type=type_name,
        nargs=chosen.nargs,
        default=default,
        choices=chosen.choices,
        required=field.default is None,
        description=field.help or field.told,
        has_converter=not type_name,
        line=field.line,
        bool_words=("true", "false"),
    )


def _default(field: Field) -> JSONValue:
    if field.default is None:
        return None
    value = value_of(field.default)
    if field.kind.type == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _tyro(made: Made, reading: Reading) -> ParserSpec:
    names: list[str] = []
    marks = made.keywords.get("config")
    words = {name_of(m).rpartition(".")[2] for m in marks.items} if isinstance(marks, Items) else set()
    keep = plain_or(made.keywords.get("use_underscores")) is True
    given: Thing | None = made.args[0]
    found: list[Parameter] = []
    if isinstance(given, Table):
        for name, one in given.items.items():
            names.append(str(name))
            found += [
                replace(p, command=str(name)) for p in _tyro_all(_of_thing(one, None, reading), reading, words, keep)
            ]
        return ParserSpec("tyro", tuple(found), "source", commands=tuple(names))
    if isinstance(given, Generic) and name_of(given.of).endswith("Union"):
        classes = [a for a in given.args if isinstance(a, Class)]
        found = []
        for one in classes:
            names.append(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", one.node.name).lower())
            told = _tyro_all(_of_thing(one, None, reading), reading, words, keep)
            found += [replace(p, command=names[-1]) for p in told]
        return ParserSpec("tyro", tuple(found), "source", commands=tuple(names))
    fields = _of_thing(given, made.keywords.get("default"), reading)
    return ParserSpec("tyro", tuple(_tyro_all(fields, reading, words, keep)), "source")


def _tyro_all(fields: list[Field], reading: Reading, marks: set[str], keep: bool) -> Iterator[Parameter]:
    for field in flat(fields, reading, outer=""):
        if _has_mark(field, "Suppress") or _has_mark(field, "Fixed"):
            continue
        parameter = parameter_of(field)
        given = text_of(field.made.keywords.get("name")) if field.made else ""
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
        if parameter.type == "bool" and not parameter.nargs and not field.kind.is_optional and not parameter.required:
            off = f"--{outer}.no-{last}" if outer else f"--no-{last}"
            parameter = replace(parameter, action="switch", off_flags=(off,))
        yield parameter


def _has_mark(field: Field, name: str) -> bool:
    thing = field.annotation
    while isinstance(thing, Generic):
        if name_of(thing.of).rpartition(".")[2] == name or any(
            name_of(a).rpartition(".")[2] == name for a in thing.args[1:]
        ):
            return True
        thing = thing.args[0] if thing.args else None
    return False


def _transformers(made: Made, reading: Reading) -> ParserSpec:
    given = made.arg(0, "dataclass_types")
    classes = given.items if isinstance(given, Items) else [given]
    found: dict[str, Parameter] = {}
    for one in classes:
        for field in _of_thing(one, None, reading):
            found[field.name] = _of_transformers(field)
    note = "" if all(isinstance(c, Class) for c in classes) else _foreign(classes)
    extra = argparse_static.read([made, *(c for c in reading.calls if c.of is made)])
    for parameter in extra.parameters if extra else ():
        found.setdefault(parameter.name, parameter)
    return ParserSpec("HfArgumentParser", tuple(found.values()), "source", note)


def _foreign(things: Sequence[Thing | None]) -> str:
    names = [name_of(t).rpartition(".")[2] for t in things if name_of(t)]
    return f"the settings of {', '.join(names)} are in a library" if names else ""


def _of_transformers(field: Field) -> Parameter:
    parameter = replace(parameter_of(field), description=field.help, flags=(f"--{field.name}",))
    metadata = field.made.keywords.get("metadata") if field.made else None
    choices = value_of(metadata.items.get("choices")) if isinstance(metadata, Table) else None
    if isinstance(choices, list):
        parameter = replace(parameter, choices=tuple(choices))
    parameter = _by_value(parameter, field.annotation)
    if "_" in field.name:
        parameter = replace(parameter, flags=(f"--{field.name}", f"--{field.name.replace('_', '-')}"))
    if parameter.type == "bool" and not parameter.nargs:
        return replace(parameter, nargs="?", const=True)
    return replace(parameter, nargs="+") if parameter.nargs == "*" else parameter


def _by_value(parameter: Parameter, annotation: Thing | None) -> Parameter:
    """The members of an enumeration by their values, which HfArgumentParser takes; others take their names."""
    parts = annotation.args if isinstance(annotation, Generic) else [annotation]
    enum = next((p for p in parts if isinstance(p, Class) and concrete.is_enum(p)), None)
    if enum is None:
        return parameter
    members = [m for m in concrete.members_of(enum) if isinstance(m, Made)]
    values = {plain_or(m.args[0]): plain_or(m.args[1]) for m in members}
    default = values.get(parameter.default) if isinstance(parameter.default, str) else None
    return replace(
        parameter, choices=tuple(values.values()), default=default if default is not None else parameter.default
    )


def _simple(made: Made, given: Sequence[tuple[Thing, Thing | None]], reading: Reading) -> ParserSpec:
    fields: list[Field] = []
    for one, default in given:
        fields += flat(_of_thing(one, default, reading), reading)
    last = [f.name.rpartition(".")[2] for f in fields]
    short = [replace(f, name=n) if last.count(n) == 1 else f for f, n in zip(fields, last, strict=True)]
    program = _simple_names("simple-parsing", short, reading)
    extra = argparse_static.read([c for c in reading.calls if c.name.startswith("simple_parsing.")])
    known = {p.name for p in program.parameters}
    more = tuple(p for p in extra.parameters if p.name not in known) if extra else ()
    return replace(program, parameters=(*more, *program.parameters))


def _simple_names(parser: str, fields: list[Field], reading: Reading) -> ParserSpec:
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


def _given_choices(field: Field) -> tuple[JSONValue, ...]:
    """Those of `choice("a", "b", default="a")`."""
    if field.made is None or field.made.name.rpartition(".")[2] != "choice":
        return ()
    first = field.made.args[0] if field.made.args else Const(None)
    if isinstance(first, Table):
        return tuple(str(k) for k in first.items)
    found = [value_of(a) for a in field.made.args]
    return () if None in found else tuple(found)


def _dotted(parser: str, given: Thing | None, reading: Reading) -> ParserSpec:
    """Parsers that join the names of nested fields with dots and keep them as they are."""
    fields = flat(_of_thing(given, None, reading), reading)
    found = (replace(parameter_of(f), flags=(f"--{f.name}",)) for f in fields)
    return ParserSpec(parser, tuple(found), "source")
