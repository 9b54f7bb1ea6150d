"""click: the options and arguments that decorators give to a program's commands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from gage.parsers.argparse.static import value_of
from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.static_analysis import concrete, type_hints
from gage.static_analysis.abstract_values import (
    Class,
    External,
    Function,
    Instance,
    Items,
    Made,
    Member,
    Thing,
    plain_or,
    text_of,
)
from gage.types.values import JSONValue

_COMMANDS = ("click.command", "click.group", "rich_click.command", "rich_click.group", "asyncclick.command")
_TYPES = {"INT": "int", "FLOAT": "float", "STRING": "str", "BOOL": "bool", "UUID": "", "IntRange": "int"}
_MORE_TYPES = {"FloatRange": "float", "Path": "str", "File": "str", "DateTime": "", "INTEGER": "int"}
_SAYS = ("version_option", "help_option")


@dataclass(eq=False, slots=True)
class Command:
    """A function that is a command. `name` is what it is called on the command line."""

    function: Function
    name: str
    below: "list[Command]" = field(default_factory=list)
    is_below: bool = False


def read(calls: Sequence[Made], functions: Sequence[Function]) -> ParserSpec | None:
    """The program's settings from its decorated functions; None when it has no command of click's."""
    commands = _commands(calls, functions)
    if not commands:
        return None
    called = [made.args[0] for made in calls if made.name == "call of a marked function" and made.is_sure]
    top = next((c for c in commands if any(c.function is f for f in called)), None)
    top = top or next((c for c in commands if not c.is_below and c.below), None)
    top = top or next(c for c in [*(c for c in commands if not c.is_below), *commands])
    names: list[str] = []
    return ParserSpec("click", tuple(_all(top, "", names)), "source", commands=tuple(names))


def _commands(calls: Sequence[Made], functions: Sequence[Function]) -> list[Command]:
    found = {id(f): Command(f, _named(m, f)) for f in functions for m in f.marks if _makes_command(m)}
    for function in functions:
        for mark in function.marks:
            above = found.get(id(mark.of)) if isinstance(mark, Made) and _makes_command(mark) else None
            _put(found.get(id(function)), above)
    for made in calls:
        if made.name.endswith(".add_command") and made.args:
            command = found.get(id(made.args[0]))
            if command and text_of(made.arg(1, "name")):
                command.name = text_of(made.arg(1, "name"))
            _put(command, found.get(id(made.of)))
    return list(found.values())


def _put(command: Command | None, above: Command | None) -> None:
    if command and above and command not in above.below and command is not above:
        above.below.append(command)
        command.is_below = True


def _makes_command(mark: Thing) -> bool:
    match mark:
        case External(name=name) | Made(name=name, of=None):
            return name in _COMMANDS
        case Made(name="?.command" | "?.group", of=Function()):
            return True
        case Member(of=Function(), name="command" | "group"):
            return True
    return False


def _named(mark: Thing, function: Function) -> str:
    usual = function.name.lower().replace("_", "-")
    for suffix in ("-command", "-cmd", "-group", "-grp"):
        usual = usual.removesuffix(suffix)
    return (text_of(mark.arg(0, "name")) if isinstance(mark, Made) else "") or usual


def _all(command: Command, path: str, names: list[str]) -> Iterator[Parameter]:
    for mark in reversed(command.function.marks):
        parameter = _parameter(mark, command.function) if isinstance(mark, Made) else None
        if parameter:
            yield replace(parameter, command=path)
    for below in sorted(command.below, key=lambda c: c.name):
        full = f"{path} {below.name}".strip()
        names.append(full)
        yield from _all(below, full, names)


def _parameter(made: Made, function: Function) -> Parameter | None:
    kind = made.name.rpartition(".")[2]
    if kind in ("option", "argument") and not kind.startswith(_SAYS):
        words = [text_of(a) for a in made.args]
        return option(made, words) if kind == "option" else argument(made, words)
    return None


def argument(made: Made, words: Sequence[str]) -> Parameter | None:
    """The positional that `click.argument` adds."""
    if not words or not words[0]:
        return None
    default = _default(made)
    many = plain_or(made.keywords.get("nargs"), 1)
    needed = plain_or(made.keywords.get("required"), default is None and many != -1) is True
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


def option(made: Made, words: Sequence[str]) -> Parameter | None:
    """The option that `click.option` adds."""
    flags, off, dest = _split(words)
    if not flags:
        return None
    long = next((f for f in flags if f.startswith("--")), flags[0])
    name = long.lstrip("-")
    dest = dest or name.replace("-", "_").lower()
    default = _default(made)
    kind, choices = type_of(made.keywords.get("type"), default)
    needed = plain_or(made.keywords.get("required")) is True
    asks = plain_or(made.keywords.get("prompt"), False) not in (False, None)
    parameter = Parameter(
        name,
        tuple(flags),
        tuple(off),
        type=kind,
        nargs=_nargs(made),
        default=default,
        choices=choices,
        required=needed or (asks and default is None),
        description=" ".join(text_of(made.keywords.get("help")).split()),
        line=made.line,
        has_converter=not kind,
        aliases=(dest,) if dest != name else (),
        bool_words=("true", "false"),
    )
    return _taken(parameter, made)


def _taken(parameter: Parameter, made: Made) -> Parameter:
    """How the option takes its value."""
    flag_value = value_of(made.keywords.get("flag_value"))
    is_flag = plain_or(made.keywords.get("is_flag"))
    if plain_or(made.keywords.get("count")) is True:
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
    if plain_or(made.keywords.get("multiple")) is True:
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


def _nargs(made: Made) -> str:
    many = plain_or(made.keywords.get("nargs"), 1)
    given = made.keywords.get("type")
    if many == 1 and isinstance(given, Items):
        return str(len(given.items))
    return "" if many in (1, None) else str(many)


def _default(made: Made) -> JSONValue:
    return value_of(made.keywords.get("default"))


def type_of(thing: Thing | None, default: JSONValue) -> tuple[str, tuple[JSONValue, ...]]:
    """The type and the choices that a click type says, or else the default."""
    match thing:
        case None:
            return _of_default(default), ()
        case Made(args=args, keywords=keywords) if thing.name.endswith("Choice"):
            return _choices((args or list(keywords.values()))[:1])
        case Made(name=name) | External(name=name) if name.startswith(("click.", "rich_click.", "typer.")):
            short = name.rpartition(".")[2]
            return {**_TYPES, **_MORE_TYPES}.get(short, ""), ()
        case Items(items=items):
            types = {type_hints.converter(i).type for i in items}
            return types.pop() if len(types) == 1 else "", ()
        case Class() if concrete.is_enum(thing):
            return _choices([thing])
        case Instance():
            return "", ()
    return type_hints.converter(thing).type, ()


def _choices(given: Sequence[Thing]) -> tuple[str, tuple[JSONValue, ...]]:
    try:
        found = tuple(value_of(i) for i in concrete.items_of(given[0])) if given else ()
    except ValueError:
        return "str", ()
    choices = () if None in found else found
    return "str" if all(isinstance(c, str) for c in choices) else "", choices


def _of_default(default: JSONValue) -> str:
    one = default[0] if isinstance(default, list) and default else default
    name = type(one).__name__
    return name if name in type_hints.PLAIN else "str"
