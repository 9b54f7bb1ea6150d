"""Fire: functions, classes and tables of them, whose parameters become options."""

from collections.abc import Iterator
from dataclasses import replace

from gage.parsers.argparse.static import value_or_name
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis.abstract_values import AbstractValue, Class, DictValue, Function, Instance, Method, Module
from gage.static_analysis.dataclass_fields import RecordField, is_record, list_fields, list_parameters
from gage.static_analysis.interpreter import Interpreter


def read(reading: Interpreter, main: Module) -> ParserSpec | None:
    """The program's settings from what it hands to `fire.Fire`; None when it calls no Fire."""
    made = next((c for c in reading.calls if c.name in ("fire.Fire", "fire.core.Fire")), None)
    if made is None:
        return None
    given = made.get_argument(0, "component")
    own = {k: v for k, v in main.names.items() if isinstance(v, (Function, Class)) and v.scope.module is main}
    names: list[str] = []
    found = tuple(_all(given or DictValue(dict(own.items())), "", names, reading))
    return ParserSpec("fire", found, "source", commands=tuple(names))


def _all(thing: AbstractValue, path: str, names: list[str], reading: Interpreter) -> Iterator[Parameter]:
    match thing:
        case Function():
            yield from (replace(_parameter(f), command=path) for f in list_parameters(thing, reading))
        case Method(function=function):
            yield from _all(function, path, names, reading)
        case Class():
            yield from (replace(_parameter(f), command=path) for f in _of_class(thing, reading))
            yield from _members(thing, path, names, reading)
        case Instance(cls=of):
            yield from _members(of, path, names, reading)
        case DictValue(items=items):
            for name, below in items.items():
                full = f"{path} {name}".strip()
                names.append(full)
                yield from _all(below, full, names, reading)


def _of_class(of: Class, reading: Interpreter) -> list[RecordField]:
    begin = of.find_member("__init__")
    if isinstance(begin, Function):
        return list_parameters(begin, reading)
    return list_fields(of, reading) if is_record(of) else []


def _members(of: Class, path: str, names: list[str], reading: Interpreter) -> Iterator[Parameter]:
    seen: set[str] = set()
    for one in of.ancestry():
        for name, thing in one.names.items():
            if isinstance(thing, Function) and not name.startswith("_") and name not in seen:
                seen.add(name)
                full = f"{path} {name}".strip()
                names.append(full)
                yield from _all(thing, full, names, reading)


def _parameter(field: RecordField) -> Parameter:
    if field.is_variadic:
        return Parameter(field.name, nargs="*", description=field.comment, line=field.line)
    default = value_or_name(field.default) if field.default is not None else None
    kind = field.type_info.type or (type(default).__name__ if isinstance(default, (bool, int, float, str)) else "")
    items = {type(v).__name__ for v in default} if isinstance(default, list) else set()
    is_list = isinstance(default, list) or field.type_info.nargs != ""
    return Parameter(
        field.name,
        (f"--{field.name}",),
        type=kind or (items.pop() if len(items) == 1 else ""),
        nargs="[]" if is_list else "",
        default=default,
        choices=field.type_info.choices,
        required=field.default is None,
        description=field.comment,
        line=field.line,
        bool_words=("True", "False"),
        has_converter=True,
    )
