"""jsonargparse and LightningCLI: signatures of functions and classes whose names are joined with dots."""

from collections.abc import Iterator
from dataclasses import replace

from gage.parsers.argparse import static as argparse_static
from gage.parsers.dataclasses.static import parameter_of
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    DictValue,
    Function,
    GenericType,
    Instance,
    LibraryCall,
    ListValue,
    Module,
    constant_text,
    to_json_or,
)
from gage.static_analysis.dataclass_fields import RecordField, flatten_fields, is_record, list_fields, list_parameters
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.type_hints import type_of_annotation

_CLI = ("jsonargparse.CLI", "jsonargparse.auto_cli", "jsonargparse._cli.CLI")
_LIGHTNING = ("fit", "validate", "test", "predict")
_ADDED = ("add_class_arguments", "add_dataclass_arguments", "add_function_arguments", "add_method_arguments")
_NESTED = ("add_lightning_class_args", "add_subclass_arguments")

_FILE = Parameter("config", ("--config",), type="str", description="Path to a configuration file.")


def read(reading: Interpreter, main: Module) -> ParserSpec | None:
    """The program's settings from what it hands to the parser; None when it uses none of this kind."""
    for made in reading.calls:
        if made.name in _CLI:
            return _auto(made, reading, main)
        if made.name.rpartition(".")[2] == "LightningCLI":
            return _lightning(made, reading)
    if any(c.name.startswith("jsonargparse.") and argparse_static.is_parser(c) for c in reading.calls):
        return _explicit(reading)
    return None


def _auto(made: LibraryCall, reading: Interpreter, main: Module) -> ParserSpec:
    given = made.get_argument(0, "components")
    as_positional = to_json_or(made.keywords.get("as_positional"), True) is not False
    if given is None:
        own = [v for v in main.names.values() if isinstance(v, (Function, Class)) and v.scope.module is main]
        given = ListValue(list(own)) if len(own) != 1 else own[0]
    names: list[str] = []
    found = tuple(_component(given, "", names, reading, as_positional))
    return ParserSpec("jsonargparse", (_FILE, *found), "source", commands=tuple(names))


def _component(
    thing: AbstractValue, path: str, names: list[str], reading: Interpreter, positional: bool
) -> Iterator[Parameter]:
    match thing:
        case Function():
            yield from _all(list_parameters(thing, reading), "", path, reading, positional)
        case Class():
            yield from _all(_of_class(thing, reading), "", path, reading, positional)
            for name, method in [] if is_record(thing) else thing.names.items():
                if isinstance(method, Function) and not name.startswith("_"):
                    names.append(f"{path} {name}".strip())
                    yield from _component(method, names[-1], names, reading, positional)
        case ListValue() | DictValue():
            pairs = thing.items.items() if isinstance(thing, DictValue) else [(_called(t), t) for t in thing.items]
            for key, one in pairs:
                names.append(f"{path} {key}".strip())
                yield from _component(one, names[-1], names, reading, positional)


def _called(thing: AbstractValue) -> str:
    return thing.name if isinstance(thing, Function) else thing.node.name if isinstance(thing, Class) else ""


def _of_class(of: Class, reading: Interpreter) -> list[RecordField]:
    begin = of.find_member("__init__")
    if isinstance(begin, Function) and not is_record(of):
        import ast

        return list_parameters(begin, reading, ast.get_docstring(of.node))
    return list_fields(of, reading) if is_record(of) else []


def _all(
    fields: list[RecordField], outer: str, path: str, reading: Interpreter, positional: bool
) -> Iterator[Parameter]:
    for field in flatten_fields([f for f in fields if not f.is_variadic], reading, outer=outer):
        parameter = replace(parameter_of(field), command=path)
        if positional and parameter.required and "." not in field.name:
            yield parameter
        else:
            yield replace(parameter, flags=(f"--{field.name}",), nargs="[]" if parameter.nargs else "")


def _lightning(made: LibraryCall, reading: Interpreter) -> ParserSpec:
    seed = made.keywords.get("seed_everything_default")
    shared = [
        Parameter(
            "seed_everything",
            ("--seed_everything",),
            default=to_json_or(seed, True),
            has_converter=True,
            line=made.line,
        )
    ]
    for at, outer in enumerate(("model", "data")):
        given = made.get_argument(at, "model_class" if outer == "model" else "datamodule_class")
        if isinstance(given, Class):
            shared += _all(_of_class(given, reading), outer, "", reading, False)
    added, linked = _added(made.receiver, reading)
    shared = [p for p in shared if p.name not in linked] + added
    defaults = made.keywords.get("trainer_defaults")
    for name, value in defaults.items.items() if isinstance(defaults, DictValue) else ():
        shared.append(
            Parameter(
                f"trainer.{name}", (f"--trainer.{name}",), default=argparse_static.value_or_name(value), line=made.line
            )
        )
    runs = to_json_or(made.keywords.get("run"), True) is not False
    commands = _LIGHTNING if runs else ()
    found = [replace(p, command=c) for c in commands or ("",) for p in (_FILE, *shared)]
    return ParserSpec("LightningCLI", tuple(found), "source", "the trainer's own settings are in the library", commands)


def _added(cli: AbstractValue | None, reading: Interpreter) -> tuple[list[Parameter], set[str]]:
    """What `add_arguments_to_parser` of a class of the project adds, and the names that it gives away to others."""
    method = cli.cls.find_member("add_arguments_to_parser") if isinstance(cli, Instance) else None
    if not isinstance(method, Function) or cli is None:
        return [], set()
    parser = LibraryCall("jsonargparse.ArgumentParser", [], {})
    start = len(reading.calls)
    reading.call_function(method, [cli, parser], {})
    made = [c for c in reading.calls[start:] if c.receiver is parser]
    found = (argparse_static.argument(c, {}) for c in made if c.name.endswith(".add_argument"))
    linked = {constant_text(c.get_argument(1, "target")) for c in made if c.name.endswith(".link_arguments")}
    return [p for p in found if p], linked


def _explicit(reading: Interpreter) -> ParserSpec | None:
    """A parser that is filled call by call."""
    program = argparse_static.read_argparse([c for c in reading.calls if not _is_nested(c)])
    typed = {c.line: c.keywords.get("type") for c in reading.calls if c.name.endswith(".add_argument")}
    found = [_typed(p, typed.get(p.line)) for p in program.parameters] if program else []
    for made in reading.calls:
        method = made.name.rpartition(".")[2]
        if method in (*_ADDED, *_NESTED) and made.args:
            outer = constant_text(made.get_argument(1 if method != "add_method_arguments" else 2, "nested_key"))
            found += _all(_of_added(made.args[0], reading), outer, "", reading, False)
        elif _is_nested(made):
            outer = constant_text(made.args[0]).lstrip("-")
            found += _all(_of_added(made.keywords.get("type"), reading), outer, "", reading, False)
    return ParserSpec("jsonargparse", tuple(found), "source", commands=program.commands if program else ())


def _typed(parameter: Parameter, hint: AbstractValue | None) -> Parameter:
    """With the type that jsonargparse makes of a hint: `List[int]`, `Optional[str]`."""
    kind = type_of_annotation(hint) if isinstance(hint, GenericType) else None
    if kind is None or not (kind.type or kind.choices):
        return parameter
    nargs = "[]" if kind.nargs and not parameter.nargs else parameter.nargs
    return replace(parameter, type=kind.type, nargs=nargs, choices=parameter.choices or kind.choices)


def _is_nested(made: LibraryCall) -> bool:
    kind = made.keywords.get("type")
    return made.name.endswith(".add_argument") and isinstance(kind, Class) and is_record(kind)


def _of_added(thing: AbstractValue | None, reading: Interpreter) -> list[RecordField]:
    if isinstance(thing, Function):
        return list_parameters(thing, reading)
    return _of_class(thing, reading) if isinstance(thing, Class) else []
