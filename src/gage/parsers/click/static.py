"""Static reader for click: the options and arguments that decorators add to commands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gage.parsers.argparse.static import get_value_or_name
from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.static_analysis import abstract_values as av
from gage.static_analysis import concrete, type_hints
from gage.static_analysis.interpreter import Interpreter
from gage.types.values import JSONValue

_COMMANDS = ("click.command", "click.group", "rich_click.command", "rich_click.group", "asyncclick.command")
_TYPES = {"INT": "int", "FLOAT": "float", "STRING": "str", "BOOL": "bool", "UUID": "", "IntRange": "int"}
_MORE_TYPES = {"FloatRange": "float", "Path": "str", "File": "str", "DateTime": "", "INTEGER": "int"}
_EAGER_OPTIONS = ("version_option", "help_option")


@dataclass(eq=False, slots=True)
class ClickCommand:
    """A function that is a command. `name` is its name on the command line."""

    function: av.Function
    name: str
    subcommands: "list[ClickCommand]" = field(default_factory=list)
    is_subcommand: bool = False


def read_parameters(interpreter: Interpreter) -> ParserSpec | None:
    """Returns the parameters of the program's commands, None if it has none."""
    calls = interpreter.calls
    commands = _collect_commands(calls, interpreter.decorated_functions)
    if not commands:
        return None
    called = [call.args[0] for call in calls if call.name == "call of a decorated function" and call.is_certain]
    top = next((c for c in commands if any(c.function is f for f in called)), None)
    top = top or next((c for c in commands if not c.is_subcommand and c.subcommands), None)
    top = top or next(c for c in [*(c for c in commands if not c.is_subcommand), *commands])
    names: list[str] = []
    return ParserSpec("click", tuple(_list_parameters(top, "", names)), "source", commands=tuple(names))


def _collect_commands(calls: Sequence[av.LibraryCall], functions: Sequence[av.Function]) -> list[ClickCommand]:
    found = {
        id(f): ClickCommand(f, _command_name(m, f)) for f in functions for m in f.decorators if _is_command_decorator(m)
    }
    for function in functions:
        for decorator in function.decorators:
            above = (
                found.get(id(decorator.receiver))
                if isinstance(decorator, av.LibraryCall) and _is_command_decorator(decorator)
                else None
            )
            _add_subcommand(found.get(id(function)), above)
    for call in calls:
        if call.name.endswith(".add_command") and call.args:
            command = found.get(id(call.args[0]))
            if command and av.get_text(call.get_argument(1, "name")):
                command.name = av.get_text(call.get_argument(1, "name"))
            _add_subcommand(command, found.get(id(call.receiver)))
    return list(found.values())


def _add_subcommand(command: ClickCommand | None, above: ClickCommand | None) -> None:
    if command and above and command not in above.subcommands and command is not above:
        above.subcommands.append(command)
        command.is_subcommand = True


def _is_command_decorator(decorator: av.AbstractValue) -> bool:
    match decorator:
        case av.ExternalName(name=name) | av.LibraryCall(name=name, receiver=None):
            return name in _COMMANDS
        case av.LibraryCall(name="?.command" | "?.group", receiver=av.Function()):
            return True
        case av.UnknownAttribute(receiver=av.Function(), name="command" | "group"):
            return True
    return False


def _command_name(decorator: av.AbstractValue, function: av.Function) -> str:
    default = function.name.lower().replace("_", "-")
    for suffix in ("-command", "-cmd", "-group", "-grp"):
        default = default.removesuffix(suffix)
    return (av.get_text(decorator.get_argument(0, "name")) if isinstance(decorator, av.LibraryCall) else "") or default


def _list_parameters(command: ClickCommand, path: str, names: list[str]) -> Iterator[Parameter]:
    for decorator in reversed(command.function.decorators):
        parameter = _build_parameter(decorator, command.function) if isinstance(decorator, av.LibraryCall) else None
        if parameter:
            yield parameter._replace(command=path)
    for below in sorted(command.subcommands, key=lambda c: c.name):
        full = f"{path} {below.name}".strip()
        names.append(full)
        yield from _list_parameters(below, full, names)


def _build_parameter(call: av.LibraryCall, function: av.Function) -> Parameter | None:
    kind = call.name.rpartition(".")[2]
    if kind in ("option", "argument") and not kind.startswith(_EAGER_OPTIONS):
        words = [av.get_text(a) for a in call.args]
        return build_option(call, words) if kind == "option" else build_argument(call, words)
    return None


def build_argument(call: av.LibraryCall, words: Sequence[str]) -> Parameter | None:
    """Returns the positional that `click.argument` adds."""
    if not words or not words[0]:
        return None
    default = _parse_default(call)
    many = av.to_json_or(call.keywords.get("nargs"), 1)
    needed = av.to_json_or(call.keywords.get("required"), default is None and many != -1) is True
    kind, choices = parse_type(call.keywords.get("type"), default)
    nargs = ("+" if needed else "*") if many == -1 else str(many) if many != 1 else "" if needed else "?"
    return Parameter(
        words[0],
        type=kind,
        nargs=nargs,
        default=default,
        choices=choices,
        required=needed,
        line=call.line,
        has_converter=not kind,
        bool_words=("true", "false"),
    )


def build_option(call: av.LibraryCall, words: Sequence[str]) -> Parameter | None:
    """Returns the option that `click.option` adds."""
    flags, off, dest = _split_declaration(words)
    if not flags:
        return None
    long = next((f for f in flags if f.startswith("--")), flags[0])
    name = long.lstrip("-")
    dest = dest or name.replace("-", "_").lower()
    default = _parse_default(call)
    kind, choices = parse_type(call.keywords.get("type"), default)
    needed = av.to_json_or(call.keywords.get("required")) is True
    asks = av.to_json_or(call.keywords.get("prompt"), False) not in (False, None)
    parameter = Parameter(
        name,
        tuple(flags),
        tuple(off),
        type=kind,
        nargs=_parse_nargs(call),
        default=default,
        choices=choices,
        required=needed or (asks and default is None),
        description=" ".join(av.get_text(call.keywords.get("help")).split()),
        line=call.line,
        has_converter=not kind,
        aliases=(dest,) if dest != name else (),
        bool_words=("true", "false"),
    )
    return _set_action(parameter, call)


def _set_action(parameter: Parameter, call: av.LibraryCall) -> Parameter:
    """Returns the option with its action: flag, switch, count, or a value."""
    flag_value = get_value_or_name(call.keywords.get("flag_value"))
    is_flag = av.to_json_or(call.keywords.get("is_flag"))
    if av.to_json_or(call.keywords.get("count")) is True:
        return parameter._replace(action="count", type="int", default=parameter.default or 0)
    if parameter.off_flags:
        return parameter._replace(action="switch", type="bool", default=parameter.default or False)
    if is_flag is True or (flag_value is not None and is_flag is None):
        if flag_value is not None and not isinstance(flag_value, bool):
            default = flag_value if parameter.default is True else parameter.default
            return parameter._replace(action="store_const", const=flag_value, type="str", default=default, nargs="")
        action: Action = "store_false" if flag_value is False else "store_true"
        default = parameter.default if isinstance(parameter.default, bool) else False
        return parameter._replace(action=action, type="bool", default=default)
    if av.to_json_or(call.keywords.get("multiple")) is True:
        return parameter._replace(action="append")
    return parameter._replace(nargs="?", const=flag_value) if flag_value is not None else parameter


def _split_declaration(words: Sequence[str]) -> tuple[list[str], list[str], str]:
    """Returns the flags, those that turn the option off, and the parameter's name in the program."""
    flags: list[str] = []
    off: list[str] = []
    dest = ""
    for word in words:
        if not word.startswith("-"):
            dest = word or dest
            continue
        on, _, other = word.partition("/")
        flags.append(on.strip())
        off += [other.strip()] if other.strip() else []
    return flags, off, dest


def _parse_nargs(call: av.LibraryCall) -> str:
    many = av.to_json_or(call.keywords.get("nargs"), 1)
    assigned = call.keywords.get("type")
    if many == 1 and isinstance(assigned, av.ListValue):
        return str(len(assigned.items))
    return "" if many in (1, None) else str(many)


def _parse_default(call: av.LibraryCall) -> JSONValue:
    return get_value_or_name(call.keywords.get("default"))


def parse_type(value: av.AbstractValue | None, default: JSONValue) -> tuple[str, tuple[JSONValue, ...]]:
    """Returns the type and the choices of a click type, else the type of the default."""
    match value:
        case None:
            return _type_of_default(default), ()
        case av.LibraryCall(args=args, keywords=keywords) if value.name.endswith("Choice"):
            return _parse_choices((args or list(keywords.values()))[:1])
        case av.LibraryCall(name=name) | av.ExternalName(name=name) if name.startswith(
            ("click.", "rich_click.", "typer.")
        ):
            short = name.rpartition(".")[2]
            return {**_TYPES, **_MORE_TYPES}.get(short, ""), ()
        case av.ListValue(items=items):
            types = {type_hints.infer_converter_type(i).type for i in items}
            return types.pop() if len(types) == 1 else "", ()
        case av.Class() if concrete.is_enum(value):
            return _parse_choices([value])
        case av.Instance():
            return "", ()
    return type_hints.infer_converter_type(value).type, ()


def _parse_choices(assigned: Sequence[av.AbstractValue]) -> tuple[str, tuple[JSONValue, ...]]:
    try:
        found = tuple(get_value_or_name(i) for i in concrete.list_items(assigned[0])) if assigned else ()
    except ValueError:
        return "str", ()
    choices = () if None in found else found
    return "str" if all(isinstance(c, str) for c in choices) else "", choices


def _type_of_default(default: JSONValue) -> str:
    one = default[0] if isinstance(default, list) and default else default
    name = type(one).__name__
    return name if name in type_hints.PLAIN_TYPES else "str"
