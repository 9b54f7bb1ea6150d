"""argparse, and what is built on it: the arguments that a program's calls add to its parser."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.static_analysis import concrete, type_hints
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    Constant,
    ExternalName,
    Instance,
    LibraryCall,
    ListValue,
    constant_text,
    known_text,
    to_json_or,
)
from gage.types.values import JSONValue

_PARSERS = ("ArgumentParser", "ArgParser", "OptionParser", "Parser")
_GROUPS = (".add_argument_group", ".add_mutually_exclusive_group", ".OptionGroup")
_ADDS = (".add_argument", ".add_option", "ArgumentParser.add", "ArgParser.add", ".add_arg")
"""argparse's method, optparse's, and the short ones of ConfigArgParse."""

_PARSES = (".parse_args", ".parse_known_args", ".parse_intermixed_args", ".parse_known_intermixed_args")
_ACTIONS = {
    "_StoreTrueAction": "store_true",
    "_StoreFalseAction": "store_false",
    "_AppendAction": "append",
    "_CountAction": "count",
    "BooleanOptionalAction": "switch",
}


@dataclass(eq=False, slots=True)
class ParserCalls:
    """One parser: what was added to it, in order, and what it takes over from its parents."""

    made: LibraryCall | None
    command: str = ""
    added: list[LibraryCall] = field(default_factory=list)
    parents: "list[ParserCalls]" = field(default_factory=list)
    defaults: dict[str, AbstractValue] = field(default_factory=dict)
    subs: "list[ParserCalls]" = field(default_factory=list)
    parses: bool = False
    is_parent: bool = False

    def all_added(self) -> Iterator[LibraryCall]:
        """What it and its parents have."""
        for parent in self.parents:
            yield from parent.all_added()
        yield from self.added

    def all_defaults(self) -> dict[str, AbstractValue]:
        """What `set_defaults` says, parents' first."""
        found: dict[str, AbstractValue] = {}
        for parent in self.parents:
            found |= parent.all_defaults()
        return found | self.defaults


def read_argparse(calls: Sequence[LibraryCall]) -> ParserSpec | None:
    """The program's settings from its calls; None when it makes no parser of this kind."""
    parsers = [p for p in _parsers(calls) if p.made is None or not p.command]
    sure = [p for p in parsers if p.made and p.made.is_certain and (p.parses or not p.is_parent)]
    parsing = [p for p in sure if p.parses and _is_filled(p)]
    filled = [p for p in sure if _is_filled(p)]
    chosen = parsing or filled or [p for p in parsers if _is_filled(p) and not p.is_parent] or sure
    if not chosen:
        return None
    is_old = all(p.made and p.made.name.startswith("optparse.") for p in chosen)
    return program("optparse" if is_old else "argparse", chosen)


def _is_filled(parser: ParserCalls) -> bool:
    return any(True for _ in parser.all_added()) or bool(parser.subs)


def program(name: str, parsers: Iterable[ParserCalls]) -> ParserSpec:
    """What parsers take together; an option that two of them have is the first's."""
    found: dict[tuple[str, str], Parameter] = {}
    commands: list[str] = []
    for parser in parsers:
        for parameter in _parameters(parser, {}, commands):
            key = parameter.command, parameter.name
            found[key] = _same(found[key], parameter) if key in found else parameter
    return ParserSpec(name, tuple(found.values()), "source", commands=tuple(commands))


def _same(one: Parameter, other: Parameter) -> Parameter:
    """An option that is added in two places: what differs is not known. A pair that turns a value on and off is one."""
    if {one.action, other.action} == {"store_true", "store_false"}:
        on, off = (one, other) if one.action == "store_true" else (other, one)
        told = one.description or other.description
        return replace(on, action="switch", off_flags=off.flags, default=one.default, description=told)
    default = one.default if one.default == other.default else None
    if one.type != other.type:
        one = replace(
            one,
            action="store",
            type="",
            has_converter=True,
            off_flags=(),
            const=None,
            bool_words=Parameter("").bool_words,
        )
    return replace(one, default=default, choices=one.choices if one.choices == other.choices else ())


def _parameters(parser: ParserCalls, defaults: dict[str, AbstractValue], commands: list[str]) -> Iterator[Parameter]:
    defaults = {**defaults, **parser.all_defaults()}
    for made in parser.all_added():
        parameter = argument(made, defaults)
        if parameter:
            yield replace(parameter, command=parser.command)
    for sub in parser.subs:
        commands.append(sub.command)
        yield from _parameters(sub, defaults, commands)


def _parsers(calls: Sequence[LibraryCall]) -> list[ParserCalls]:
    """All parsers that the calls make and fill."""
    found: dict[int, ParserCalls] = {}
    nobody = ParserCalls(None)

    def parser_of(thing: AbstractValue | None) -> ParserCalls:
        container = _container(thing)
        return found.setdefault(id(container), ParserCalls(container)) if container else nobody

    for made in calls:
        method = made.name.rpartition(".")[2]
        if is_parser(made):
            parser = parser_of(made)
            parser.parents += _parents(made, found)
        elif made.name.endswith(_ADDS):
            parser_of(made.receiver).added.append(made)
        elif (
            method == "add_parser"
            and isinstance(made.receiver, LibraryCall)
            and made.receiver.name.endswith(".add_subparsers")
        ):
            above, name = parser_of(made.receiver.receiver), constant_text(made.get_argument(0, "name"))
            sub = found.setdefault(id(made), ParserCalls(made))
            sub.command, sub.parents = f"{above.command} {name}".strip(), _parents(made, found)
            above.subs += [sub] if name else []
        elif method == "set_defaults":
            parser_of(made.receiver).defaults |= made.keywords
        elif made.name.endswith(_PARSES):
            parser_of(made.receiver).parses = True
    return [nobody, *found.values()] if nobody.added else list(found.values())


def _parents(made: LibraryCall, found: dict[int, ParserCalls]) -> list[ParserCalls]:
    given = made.keywords.get("parents")
    containers = [_container(t) for t in given.items] if isinstance(given, ListValue) else []
    parents = [found.setdefault(id(c), ParserCalls(c)) for c in containers if c]
    for parent in parents:
        parent.is_parent = True
    return parents


def is_parser(made: LibraryCall) -> bool:
    """Whether a call makes a parser."""
    return made.name.rpartition(".")[2].endswith(_PARSERS) and not made.name.startswith(("configparser", "html", "?"))


def _container(thing: AbstractValue | None) -> LibraryCall | None:
    """The parser behind a parser, a group of one, or what a library gave back for one."""
    match thing:
        case Instance(library_base=LibraryCall() as base):
            return _container(base)
        case LibraryCall() if is_parser(thing) or thing.name.endswith(".add_parser"):
            return thing
        case LibraryCall(receiver=of) if thing.name.endswith(_GROUPS):
            return _container(of)
        case LibraryCall(args=args):
            return next((c for c in map(_container, args) if c), None)
    return None


def argument(made: LibraryCall, defaults: dict[str, AbstractValue]) -> Parameter | None:
    """The parameter that a call of `add_argument` adds; None for help and version, and for what has no name to tell."""
    flags = tuple(constant_text(a) for a in made.args if not isinstance(a, LibraryCall) or "Option" not in a.name)
    dest = constant_text(made.keywords.get("dest"))
    if not all(flags) or not (flags or dest):
        return None
    action = _action(made.keywords.get("action"), made.keywords.get("nargs"))
    if action is None:
        return None
    is_option = bool(flags) and flags[0][:1] in ("-", "+", "/")
    long = next((f for f in flags if f[:1] == f[1:2]), flags[0] if flags else dest)
    name = long.lstrip("-+/") if is_option else long
    dest = dest or name.replace("-", "_")
    if action == "store_false" and dest.replace("_", "-") != name.replace("_", "-"):
        name = dest  # `--no-cache` turns `cache` off
    kind = type_hints.type_of_converter(made.keywords.get("type"))
    nargs = _nargs(made.keywords.get("nargs"), action)
    default = _default(made, action, kind.type, defaults.get(dest))
    off = tuple(f"--no-{f[2:]}" for f in flags if f.startswith("--")) if action == "switch" else ()
    needed = to_json_or(made.keywords.get("required")) is True if is_option else nargs not in ("?", "*", "...")
    parameter = Parameter(
        name,
        flags if is_option else (),
        off_flags=off,
        action=action,
        type=kind.type,
        nargs=nargs,
        default=default,
        const=_const(made, action),
        choices=_choices(made.keywords.get("choices"), made.keywords.get("type")),
        required=needed,
        has_converter="type" in made.keywords,
        line=made.line,
        aliases=(dest,) if dest != name else (),
        bool_words=kind.bool_words,
    )
    return replace(parameter, description=_help(made, parameter))


def _action(thing: AbstractValue | None, nargs: AbstractValue | None) -> Action | None:
    match thing:
        case Constant(value="help" | "version"):
            return None
        case Constant(value=str(name)) if name in get_args(Action):
            return cast(Action, name)
        case ExternalName(name=name):
            return cast(Action, _ACTIONS.get(name.rpartition(".")[2], "store"))
        case Class():
            bases = [b.rpartition(".")[2] for b in thing.library_bases()]
            known = next((_ACTIONS[b] for b in bases if b in _ACTIONS), "")
            return cast(Action, known or ("store_const" if nargs == Constant(0) else "store"))
    return "store"


def _nargs(thing: AbstractValue | None, action: Action) -> str:
    if isinstance(thing, ExternalName):
        return {"REMAINDER": "...", "PARSER": "+", "OPTIONAL": "?", "ZERO_OR_MORE": "*", "ONE_OR_MORE": "+"}.get(
            thing.name.rpartition(".")[2], ""
        )
    value = to_json_or(thing)
    if value is None or value == 0 or action in ("switch", "count"):
        return ""
    return {"A...": "+"}.get(str(value), str(value))


def _default(made: LibraryCall, action: Action, kind: str, other: AbstractValue | None) -> JSONValue:
    thing = other if other is not None else made.keywords.get("default")
    if thing is None:
        return {"store_true": False, "store_false": True}.get(action)
    value = _word(thing, made.keywords.get("type"))
    if value == "==SUPPRESS==":
        return None
    if isinstance(value, str) and kind in ("int", "float"):
        try:
            return int(value) if kind == "int" else float(value)
        except ValueError:
            return value
    return value


def value_or_name(thing: AbstractValue | None) -> JSONValue:
    """The value as JSON has it, None when it cannot be told; a member of an enumeration is its name."""
    match thing:
        case LibraryCall(name="enum member", args=args):
            return to_json_or(args[0])
        case ListValue(items=items):
            found = [value_or_name(i) for i in items]
            return None if any(v is None and i != Constant(None) for v, i in zip(found, items, strict=True)) else found
    return to_json_or(thing)


def _const(made: LibraryCall, action: Action) -> JSONValue:
    if action in ("store_true", "store_false"):
        return action == "store_true"
    return value_or_name(made.keywords.get("const"))


def _choices(thing: AbstractValue | None, kind: AbstractValue | None) -> tuple[JSONValue, ...]:
    if thing is None:
        return ()
    try:
        items = list(concrete.list_items(thing))
    except ValueError:
        return ()
    found = [_word(i, kind) for i in items]
    return () if None in found else tuple(found)


def _word(thing: AbstractValue, kind: AbstractValue | None) -> JSONValue:
    """The value; where the type is an enumeration, a member's own value, of which the type makes the member."""
    if (
        isinstance(kind, Class)
        and concrete.is_enum(kind)
        and isinstance(thing, LibraryCall)
        and thing.name == "enum member"
    ):
        return to_json_or(thing.args[1])
    return value_or_name(thing)


def _help(made: LibraryCall, parameter: Parameter) -> str:
    """The help on one line, with what it says in `%(…)s` filled in as far as it is known."""
    text = known_text(made.keywords.get("help"))
    text = text.replace("%default", "%(default)s")
    if text == "==SUPPRESS==" or "%" not in text:
        return "" if text == "==SUPPRESS==" else text
    choices = ", ".join(str(c) for c in parameter.choices)
    values = {"default": parameter.default, "type": parameter.type, "choices": choices, "dest": parameter.name}
    try:
        return text % {**values, "const": parameter.const, "metavar": "", "nargs": parameter.nargs, "prog": ""}
    except (ValueError, KeyError, TypeError):
        return text
