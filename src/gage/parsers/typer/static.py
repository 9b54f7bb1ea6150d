"""Static reader for Typer: the parameters and annotations of functions that are commands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gage.parsers.argparse.static import get_value_or_name
from gage.parsers.click import static as click_static
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis import abstract_values as av
from gage.static_analysis import concrete
from gage.static_analysis.dataclass_fields import RecordField, get_library_name, list_parameters
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.type_hints import TypeInfo
from gage.types.values import JSONValue

_CONTEXTS = ("typer.Context", "click.Context", "typer.CallbackParam")


@dataclass(eq=False, slots=True)
class TyperApp:
    """A `typer.Typer`: its commands, its callback and the apps added to it."""

    commands: list[tuple[str, av.Function]] = field(default_factory=list)
    callback: av.Function | None = None
    sub_apps: "list[tuple[str, TyperApp]]" = field(default_factory=list)
    is_sub_app: bool = False


def read_parameters(interpreter: Interpreter) -> ParserSpec | None:
    """Returns the parameters of the program's commands, None if it has none."""
    ran = next((c.args[0] for c in interpreter.calls if c.name == "typer.run" and c.args), None)
    if isinstance(ran, av.Function):
        return ParserSpec("typer", tuple(_list_parameters(ran, interpreter)), "source")
    apps = _collect_apps(interpreter.calls, interpreter.decorated_functions)
    called = [call.receiver for call in interpreter.calls if call.name == "typer.Typer()"]
    top = next((apps[id(m)] for m in called if id(m) in apps), None)
    top = top or next((a for a in apps.values() if not a.is_sub_app and (a.commands or a.sub_apps)), None)
    if top is None:
        return None
    names: list[str] = []
    return ParserSpec(
        "typer", tuple(_list_app_parameters(top, "", names, interpreter)), "source", commands=tuple(names)
    )


def _collect_apps(calls: Sequence[av.LibraryCall], functions: Sequence[av.Function]) -> dict[int, TyperApp]:
    apps = {id(call): TyperApp() for call in calls if call.name == "typer.Typer"}
    for function in functions:
        for decorator in function.decorators:
            of = decorator.receiver if isinstance(decorator, (av.LibraryCall, av.UnknownAttribute)) else None
            app = apps.get(id(of))
            if app is None:
                continue
            if get_library_name(decorator).endswith(".command") or isinstance(decorator, av.UnknownAttribute):
                argument = (
                    av.get_text(decorator.get_argument(0, "name")) if isinstance(decorator, av.LibraryCall) else ""
                )
                app.commands.append((argument or function.name.lower().replace("_", "-"), function))
            elif get_library_name(decorator).endswith(".callback"):
                app.callback = function
    for call in calls:
        above, below = apps.get(id(call.receiver)), apps.get(id(call.args[0])) if call.args else None
        if call.name == "typer.Typer.add_typer" and above and below:
            below.is_sub_app = True
            own = av.get_text(getattr(call.args[0], "keywords", {}).get("name"))
            above.sub_apps.append((av.get_text(call.keywords.get("name")) or own, below))
    return apps


def _list_app_parameters(app: TyperApp, path: str, names: list[str], interpreter: Interpreter) -> Iterator[Parameter]:
    if len(app.commands) == 1 and not app.sub_apps and app.callback is None and not path:
        yield from _list_parameters(app.commands[0][1], interpreter)
        return
    if app.callback is not None:
        yield from (p._replace(command=path) for p in _list_parameters(app.callback, interpreter))
    for name, function in app.commands:
        full = f"{path} {name}".strip()
        names.append(full)
        yield from (p._replace(command=full) for p in _list_parameters(function, interpreter))
    for name, below in app.sub_apps:
        full = f"{path} {name}".strip()
        names.append(full)
        yield from _list_app_parameters(below, full, names, interpreter)


def _list_parameters(function: av.Function, interpreter: Interpreter) -> Iterator[Parameter]:
    for one in list_parameters(function, interpreter):
        if get_library_name(one.annotation) in _CONTEXTS or (
            isinstance(one.default, av.LibraryCall) and one.default.name == "typer.Context"
        ):
            continue
        parameter = _build_parameter(one)
        if parameter:
            yield parameter


def _build_parameter(one: RecordField) -> Parameter | None:
    call = one.call
    is_given = isinstance(one.default, av.LibraryCall) and one.default is call
    default = one.default
    flags = [av.get_text(a) for a in call.args] if call else []
    if is_given and call:
        default = call.get_argument(0, "default")
        flags = [av.get_text(a) for a in call.args[1:]]
    if get_library_name(default) == "Ellipsis":
        default = None
    if (
        call
        and av.to_json_or(call.keywords.get("hidden")) is True
        and av.to_json_or(call.keywords.get("is_eager")) is True
    ):
        return None
    if call and av.to_json_or(call.keywords.get("is_eager")) is True and "callback" in call.keywords:
        return None
    is_argument = get_library_name(call).endswith("Argument") if call else default is None and not is_given
    default_value = _enum_value(default)
    kind = one.type_info if one.type_info != TypeInfo() else TypeInfo(_type_of_default(default_value))
    choices = _find_choices(kind, one)
    base = Parameter(
        one.name,
        type="str" if choices and all(isinstance(c, str) for c in choices) else kind.type,
        default=default_value,
        choices=choices,
        description=one.help,
        line=one.line,
        has_converter=not kind.type and not choices,
        bool_words=("true", "false"),
    )
    if is_argument:
        needed = default is None
        many = kind.nargs == "*"
        return base._replace(
            required=needed, nargs=("+" if needed else "*") if many else kind.nargs or ("" if needed else "?")
        )
    return _build_option(base, flags, kind, call, needed=default is None and _is_required(one, is_given))


def _is_required(one: RecordField, is_given: bool) -> bool:
    """Returns whether an option is required: it has no default at all."""
    return (
        one.default is None
        or (is_given and get_library_name(one.call.get_argument(0, "default") if one.call else None) == "Ellipsis")
        or (is_given and one.call is not None and not one.call.args and "default" not in one.call.keywords)
    )


def _build_option(
    base: Parameter, words: Sequence[str], kind: TypeInfo, call: av.LibraryCall | None, needed: bool
) -> Parameter:
    flags = [f.partition("/")[0].strip() for f in words if f.startswith("-")]
    off = [f.partition("/")[2].strip() for f in words if "/" in f]
    plain_flag = f"--{base.name.replace('_', '-')}"
    is_bool = kind.type == "bool" and not kind.nargs
    if not flags:
        flags = [plain_flag]
        off = [f"--no-{plain_flag[2:]}"] if is_bool else []
    long = next((f for f in flags if f.startswith("--")), flags[0])
    name = long.lstrip("-")
    aliases = (base.name,) if base.name != name else ()
    option = base._replace(
        name=name, flags=tuple(flags), off_flags=tuple(o for o in off if o), required=needed, aliases=aliases
    )
    if call is not None and av.to_json_or(call.keywords.get("count")) is True:
        return option._replace(action="count", type="int", default=base.default or 0, required=False)
    if (
        call is not None
        and av.to_json_or(call.keywords.get("prompt"), False) not in (False, None)
        and base.default is None
    ):
        option = option._replace(required=True)
    if is_bool:
        return option._replace(
            action="switch" if option.off_flags else "store_true",
            default=base.default or (None if needed else False),
        )
    if kind.nargs == "*":
        return option._replace(action="append")
    return option._replace(nargs=kind.nargs)


def _find_choices(kind: TypeInfo, one: RecordField) -> tuple[JSONValue, ...]:
    """Returns the choices; Typer takes the values of an enumeration, not its names."""
    enum = _find_enum(one.annotation)
    if enum is not None:
        return tuple(
            get_value_or_name(m.args[1]) for m in concrete.list_enum_members(enum) if isinstance(m, av.LibraryCall)
        )
    click_type = one.call.keywords.get("click_type") if one.call else None
    return kind.choices or (click_static.parse_type(click_type, None)[1] if click_type else ())


def _find_enum(value: av.AbstractValue | None) -> av.Class | None:
    match value:
        case av.Class() if concrete.is_enum(value):
            return value
        case av.GenericType(args=args):
            return next((e for e in map(_find_enum, args) if e), None)
    return None


def _enum_value(value: av.AbstractValue | None) -> JSONValue:
    if isinstance(value, av.LibraryCall) and value.name == "enum member":
        return get_value_or_name(value.args[1])
    return get_value_or_name(value)


def _type_of_default(value: JSONValue) -> str:
    name = type(value).__name__
    return name if name in ("int", "float", "str", "bool") else "str"
