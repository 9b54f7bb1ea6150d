"""Typer: commands that are functions, whose parameters and annotations say what the command line takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from gage.parsers.argparse.static import value_or_name
from gage.parsers.click import static as click_static
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis import concrete
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    Function,
    GenericType,
    LibraryCall,
    UnknownAttribute,
    constant_text,
    to_json_or,
)
from gage.static_analysis.dataclass_fields import RecordField, library_name, list_parameters
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.type_hints import TypeInfo
from gage.types.values import JSONValue

_CONTEXTS = ("typer.Context", "click.Context", "typer.CallbackParam")


@dataclass(eq=False, slots=True)
class TyperApp:
    """A `typer.Typer`: its commands, the function that stands before them, and the apps below it."""

    commands: list[tuple[str, Function]] = field(default_factory=list)
    callback: Function | None = None
    below: "list[tuple[str, TyperApp]]" = field(default_factory=list)
    is_below: bool = False


def read_typer(reading: Interpreter, functions: Sequence[Function]) -> ParserSpec | None:
    """The program's settings from its functions; None when it has no command of Typer's."""
    ran = next((c.args[0] for c in reading.calls if c.name == "typer.run" and c.args), None)
    if isinstance(ran, Function):
        return ParserSpec("typer", tuple(_parameters(ran, reading)), "source")
    apps = _apps(reading.calls, functions)
    called = [made.receiver for made in reading.calls if made.name == "typer.Typer()"]
    top = next((apps[id(m)] for m in called if id(m) in apps), None)
    top = top or next((a for a in apps.values() if not a.is_below and (a.commands or a.below)), None)
    if top is None:
        return None
    names: list[str] = []
    return ParserSpec("typer", tuple(_all(top, "", names, reading)), "source", commands=tuple(names))


def _apps(calls: Sequence[LibraryCall], functions: Sequence[Function]) -> dict[int, TyperApp]:
    apps = {id(made): TyperApp() for made in calls if made.name == "typer.Typer"}
    for function in functions:
        for mark in function.decorators:
            of = mark.receiver if isinstance(mark, (LibraryCall, UnknownAttribute)) else None
            app = apps.get(id(of))
            if app is None:
                continue
            if library_name(mark).endswith(".command") or isinstance(mark, UnknownAttribute):
                given = constant_text(mark.get_argument(0, "name")) if isinstance(mark, LibraryCall) else ""
                app.commands.append((given or function.name.lower().replace("_", "-"), function))
            elif library_name(mark).endswith(".callback"):
                app.callback = function
    for made in calls:
        above, below = apps.get(id(made.receiver)), apps.get(id(made.args[0])) if made.args else None
        if made.name == "typer.Typer.add_typer" and above and below:
            below.is_below = True
            own = constant_text(getattr(made.args[0], "keywords", {}).get("name"))
            above.below.append((constant_text(made.keywords.get("name")) or own, below))
    return apps


def _all(app: TyperApp, path: str, names: list[str], reading: Interpreter) -> Iterator[Parameter]:
    if len(app.commands) == 1 and not app.below and app.callback is None and not path:
        yield from _parameters(app.commands[0][1], reading)
        return
    if app.callback is not None:
        yield from (replace(p, command=path) for p in _parameters(app.callback, reading))
    for name, function in app.commands:
        full = f"{path} {name}".strip()
        names.append(full)
        yield from (replace(p, command=full) for p in _parameters(function, reading))
    for name, below in app.below:
        full = f"{path} {name}".strip()
        names.append(full)
        yield from _all(below, full, names, reading)


def _parameters(function: Function, reading: Interpreter) -> Iterator[Parameter]:
    for one in list_parameters(function, reading):
        if library_name(one.annotation) in _CONTEXTS or (
            isinstance(one.default, LibraryCall) and one.default.name == "typer.Context"
        ):
            continue
        parameter = _parameter(one)
        if parameter:
            yield parameter


def _parameter(one: RecordField) -> Parameter | None:
    made = one.call
    is_given = isinstance(one.default, LibraryCall) and one.default is made
    default = one.default
    flags = [constant_text(a) for a in made.args] if made else []
    if is_given and made:
        default = made.get_argument(0, "default")
        flags = [constant_text(a) for a in made.args[1:]]
    if library_name(default) == "Ellipsis":
        default = None
    if made and to_json_or(made.keywords.get("hidden")) is True and to_json_or(made.keywords.get("is_eager")) is True:
        return None
    if made and to_json_or(made.keywords.get("is_eager")) is True and "callback" in made.keywords:
        return None
    is_argument = library_name(made).endswith("Argument") if made else default is None and not is_given
    usual = _of_enum(default)
    kind = one.type_info if one.type_info != TypeInfo() else TypeInfo(_of_default(usual))
    choices = _choices(kind, one)
    base = Parameter(
        one.name,
        type="str" if choices and all(isinstance(c, str) for c in choices) else kind.type,
        default=usual,
        choices=choices,
        description=one.help,
        line=one.line,
        has_converter=not kind.type and not choices,
        bool_words=("true", "false"),
    )
    if is_argument:
        needed = default is None
        many = kind.nargs == "*"
        return replace(
            base, required=needed, nargs=("+" if needed else "*") if many else kind.nargs or ("" if needed else "?")
        )
    return _option(base, flags, kind, made, needed=default is None and _is_needed(one, is_given))


def _is_needed(one: RecordField, is_given: bool) -> bool:
    """An option without a default has to be given; one whose default is None not."""
    return (
        one.default is None
        or (is_given and library_name(one.call.get_argument(0, "default") if one.call else None) == "Ellipsis")
        or (is_given and one.call is not None and not one.call.args and "default" not in one.call.keywords)
    )


def _option(base: Parameter, given: Sequence[str], kind: TypeInfo, made: LibraryCall | None, needed: bool) -> Parameter:
    flags = [f.partition("/")[0].strip() for f in given if f.startswith("-")]
    off = [f.partition("/")[2].strip() for f in given if "/" in f]
    plain_flag = f"--{base.name.replace('_', '-')}"
    is_bool = kind.type == "bool" and not kind.nargs
    if not flags:
        flags = [plain_flag]
        off = [f"--no-{plain_flag[2:]}"] if is_bool else []
    long = next((f for f in flags if f.startswith("--")), flags[0])
    name = long.lstrip("-")
    aliases = (base.name,) if base.name != name else ()
    option = replace(
        base, name=name, flags=tuple(flags), off_flags=tuple(o for o in off if o), required=needed, aliases=aliases
    )
    if made is not None and to_json_or(made.keywords.get("count")) is True:
        return replace(option, action="count", type="int", default=base.default or 0, required=False)
    if (
        made is not None
        and to_json_or(made.keywords.get("prompt"), False) not in (False, None)
        and base.default is None
    ):
        option = replace(option, required=True)
    if is_bool:
        return replace(
            option,
            action="switch" if option.off_flags else "store_true",
            default=base.default or (None if needed else False),
        )
    if kind.nargs == "*":
        return replace(option, action="append")
    return replace(option, nargs=kind.nargs)


def _choices(kind: TypeInfo, one: RecordField) -> tuple[JSONValue, ...]:
    """Typer takes the values of an enumeration, not its names."""
    enum = _enum(one.annotation)
    if enum is not None:
        return tuple(value_or_name(m.args[1]) for m in concrete.list_enum_members(enum) if isinstance(m, LibraryCall))
    given = one.call.keywords.get("click_type") if one.call else None
    return kind.choices or (click_static.type_of(given, None)[1] if given else ())


def _enum(thing: AbstractValue | None) -> Class | None:
    match thing:
        case Class() if concrete.is_enum(thing):
            return thing
        case GenericType(args=args):
            return next((e for e in map(_enum, args) if e), None)
    return None


def _of_enum(thing: AbstractValue | None) -> JSONValue:
    if isinstance(thing, LibraryCall) and thing.name == "enum member":
        return value_or_name(thing.args[1])
    return value_or_name(thing)


def _of_default(value: JSONValue) -> str:
    name = type(value).__name__
    return name if name in ("int", "float", "str", "bool") else "str"
