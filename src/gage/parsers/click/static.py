"""click: the options and arguments that decorators give to a program's commands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from gage.parsers.argparse.static import value_or_name
from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.static_analysis import concrete, type_hints
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    ExternalName,
    Function,
    Instance,
    LibraryCall,
    ListValue,
    UnknownAttribute,
    constant_text,
    to_json_or,
)
from gage.types.values import JSONValue

_COMMANDS = ("click.command", "click.group", "rich_click.command", "rich_click.group", "asyncclick.command")
_TYPES = {"INT": "int", "FLOAT": "float", "STRING": "str", "BOOL": "bool", "UUID": "", "IntRange": "int"}
_MORE_TYPES = {"FloatRange": "float", "Path": "str", "File": "str", "DateTime": "", "INTEGER": "int"}
_SAYS = ("version_option", "help_option")


@dataclass(eq=False, slots=True)
class ClickCommand:
    """A function that is a command. `name` is what it is called on the command line."""

    function: Function
    name: str
    below: "list[ClickCommand]" = field(default_factory=list)
    is_below: bool = False


def read_click(calls: Sequence[LibraryCall], functions: Sequence[Function]) -> ParserSpec | None:
    """The program's settings from its decorated functions; None when it has no command of click's."""
    commands = _commands(calls, functions)
    if not commands:
        return None
    called = [made.args[0] for made in calls if made.name == "call of a decorated function" and made.is_certain]
    top = next((c for c in commands if any(c.function is f for f in called)), None)
    top = top or next((c for c in commands if not c.is_below and c.below), None)
    top = top or next(c for c in [*(c for c in commands if not c.is_below), *commands])
    names: list[str] = []
    return ParserSpec("click", tuple(_all(top, "", names)), "source", commands=tuple(names))


def _commands(calls: Sequence[LibraryCall], functions: Sequence[Function]) -> list[ClickCommand]:
    found = {id(f): ClickCommand(f, _named(m, f)) for f in functions for m in f.decorators if _makes_command(m)}
    for function in functions:
        for mark in function.decorators:
            above = found.get(id(mark.receiver)) if isinstance(mark, LibraryCall) and _makes_command(mark) else None
            _put(found.get(id(function)), above)
    for made in calls:
        if made.name.endswith(".add_command") and made.args:
            command = found.get(id(made.args[0]))
            if command and constant_text(made.get_argument(1, "name")):
                command.name = constant_text(made.get_argument(1, "name"))
            _put(command, found.get(id(made.receiver)))
    return list(found.values())


def _put(command: ClickCommand | None, above: ClickCommand | None) -> None:
    if command and above and command not in above.below and command is not above:
        above.below.append(command)
        command.is_below = True


def _makes_command(mark: AbstractValue) -> bool:
    match mark:
        case ExternalName(name=name) | LibraryCall(name=name, receiver=None):
            return name in _COMMANDS
        case LibraryCall(name="?.command" | "?.group", receiver=Function()):
            return True
        case UnknownAttribute(receiver=Function(), name="command" | "group"):
            return True
    return False


def _named(mark: AbstractValue, function: Function) -> str:
    usual = function.name.lower().replace("_", "-")
    for suffix in ("-command", "-cmd", "-group", "-grp"):
        usual = usual.removesuffix(suffix)
    return (constant_text(mark.get_argument(0, "name")) if isinstance(mark, LibraryCall) else "") or usual


def _all(command: ClickCommand, path: str, names: list[str]) -> Iterator[Parameter]:
    for mark in reversed(command.function.decorators):
        parameter = _parameter(mark, command.function) if isinstance(mark, LibraryCall) else None
        if parameter:
            yield replace(parameter, command=path)
    for below in sorted(command.below, key=lambda c: c.name):
        full = f"{path} {below.name}".strip()
        names.append(full)
        yield from _all(below, full, names)


def _parameter(made: LibraryCall, function: Function) -> Parameter | None:
    kind = made.name.rpartition(".")[2]
    if kind in ("option", "argument") and not kind.startswith(_SAYS):
        words = [constant_text(a) for a in made.args]
        return option(made, words) if kind == "option" else argument(made, words)
    return None


def argument(made: LibraryCall, words: Sequence[str]) -> Parameter | None:
    """The positional that `click.argument` adds."""
    if not words or not words[0]:
        return None
    default = _default(made)
    many = to_json_or(made.keywords.get("nargs"), 1)
    needed = to_json_or(made.keywords.get("required"), default is None and many != -1) is True
    kind, choices = type_of(made.keywords.get("type"), default)
    nargs = ("+" if needed else "*") if many == -1 else str(many) if many != 1 else "" if needed else "?"
    return Parameter(
        words[0],
        type=kind,
        nargs=nargs,
        default=default,
        choices=choices,
        required=needed,
        line=made.line,
        has_converter=not kind,
        bool_words=("true", "false"),
    )


def option(made: LibraryCall, words: Sequence[str]) -> Parameter | None:
    """The option that `click.option` adds."""
    flags, off, dest = _split(words)
    if not flags:
        return None
    long = next((f for f in flags if f.startswith("--")), flags[0])
    name = long.lstrip("-")
    dest = dest or name.replace("-", "_").lower()
    default = _default(made)
    kind, choices = type_of(made.keywords.get("type"), default)
    needed = to_json_or(made.keywords.get("required")) is True
    asks = to_json_or(made.keywords.get("prompt"), False) not in (False, None)
    parameter = Parameter(
        name,
        tuple(flags),
        tuple(off),
        type=kind,
        nargs=_nargs(made),
        default=default,
        choices=choices,
        required=needed or (asks and default is None),
        description=" ".join(constant_text(made.keywords.get("help")).split()),
        line=made.line,
        has_converter=not kind,
        aliases=(dest,) if dest != name else (),
        bool_words=("true", "false"),
    )
    return _taken(parameter, made)


def _taken(parameter: Parameter, made: LibraryCall) -> Parameter:
    """How the option takes its value."""
    flag_value = value_or_name(made.keywords.get("flag_value"))
    is_flag = to_json_or(made.keywords.get("is_flag"))
    if to_json_or(made.keywords.get("count")) is True:
        return replace(parameter, action="count", type="int", default=parameter.default or 0)
    if parameter.off_flags:
        return replace(parameter, action="switch", type="bool", default=parameter.default or False)
    if is_flag is True or (flag_value is not None and is_flag is None):
        if flag_value is not None and not isinstance(flag_value, bool):
            usual = flag_value if parameter.default is True else parameter.default
            return replace(parameter, action="store_const", const=flag_value, type="str", default=usual, nargs="")
        action: Action = "store_false" if flag_value is False else "store_true"
        usual = parameter.default if isinstance(parameter.default, bool) else False
        return replace(parameter, action=action, type="bool", default=usual)
    if to_json_or(made.keywords.get("multiple")) is True:
        return replace(parameter, action="append")
    return replace(parameter, nargs="?", const=flag_value) if flag_value is not None else parameter


def _split(words: Sequence[str]) -> tuple[list[str], list[str], str]:
    """Flags, those that turn off, and the parameter's name in the program."""
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


def _nargs(made: LibraryCall) -> str:
    many = to_json_or(made.keywords.get("nargs"), 1)
    given = made.keywords.get("type")
    if many == 1 and isinstance(given, ListValue):
        return str(len(given.items))
    return "" if many in (1, None) else str(many)


def _default(made: LibraryCall) -> JSONValue:
    return value_or_name(made.keywords.get("default"))


def type_of(thing: AbstractValue | None, default: JSONValue) -> tuple[str, tuple[JSONValue, ...]]:
    """The type and the choices that a click type says, or else the default."""
    match thing:
        case None:
            return _of_default(default), ()
        case LibraryCall(args=args, keywords=keywords) if thing.name.endswith("Choice"):
            return _choices((args or list(keywords.values()))[:1])
        case LibraryCall(name=name) | ExternalName(name=name) if name.startswith(("click.", "rich_click.", "typer.")):
            short = name.rpartition(".")[2]
            return {**_TYPES, **_MORE_TYPES}.get(short, ""), ()
        case ListValue(items=items):
            types = {type_hints.type_of_converter(i).type for i in items}
            return types.pop() if len(types) == 1 else "", ()
        case Class() if concrete.is_enum(thing):
            return _choices([thing])
        case Instance():
            return "", ()
    return type_hints.type_of_converter(thing).type, ()


def _choices(given: Sequence[AbstractValue]) -> tuple[str, tuple[JSONValue, ...]]:
    try:
        found = tuple(value_or_name(i) for i in concrete.list_items(given[0])) if given else ()
    except ValueError:
        return "str", ()
    choices = () if None in found else found
    return "str" if all(isinstance(c, str) for c in choices) else "", choices


def _of_default(default: JSONValue) -> str:
    one = default[0] if isinstance(default, list) and default else default
    name = type(one).__name__
    return name if name in type_hints.PLAIN_TYPES else "str"
