"""Static reader for argparse, optparse and ConfigArgParse: the arguments that calls add to a parser."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.static_analysis import abstract_values as av
from gage.static_analysis import concrete, type_hints
from gage.static_analysis.interpreter import Interpreter
from gage.types.values import JSONValue

_PARSER_CLASSES = ("ArgumentParser", "ArgParser", "OptionParser", "Parser")
_GROUP_CALLS = (".add_argument_group", ".add_mutually_exclusive_group", ".OptionGroup")
_ADD_CALLS = (".add_argument", ".add_option", "ArgumentParser.add", "ArgParser.add", ".add_arg")
"""argparse's method, optparse's, and the short ones of ConfigArgParse."""

_PARSE_CALLS = (".parse_args", ".parse_known_args", ".parse_intermixed_args", ".parse_known_intermixed_args")
_ACTIONS = {
    "_StoreTrueAction": "store_true",
    "_StoreFalseAction": "store_false",
    "_AppendAction": "append",
    "_CountAction": "count",
    "BooleanOptionalAction": "switch",
}


@dataclass(eq=False, slots=True)
class ParserCalls:
    """The calls that create and fill one parser, and the parsers that it inherits from (`parents=`)."""

    made: av.LibraryCall | None
    command: str = ""
    added: list[av.LibraryCall] = field(default_factory=list)
    parents: "list[ParserCalls]" = field(default_factory=list)
    defaults: dict[str, av.AbstractValue] = field(default_factory=dict)
    subs: "list[ParserCalls]" = field(default_factory=list)
    parses: bool = False
    is_parent: bool = False

    def all_added(self) -> Iterator[av.LibraryCall]:
        """Yields the calls that add arguments to the parser and its parents."""
        for parent in self.parents:
            yield from parent.all_added()
        yield from self.added

    def all_defaults(self) -> dict[str, av.AbstractValue]:
        """Returns the defaults by `set_defaults`; the parser's own replace those of its parents."""
        found: dict[str, av.AbstractValue] = {}
        for parent in self.parents:
            found |= parent.all_defaults()
        return found | self.defaults


def read_parameters(interpreter: Interpreter) -> ParserSpec | None:
    """Returns the parameters that the program adds to parsers, None if it creates no parser."""
    return read_calls(interpreter.calls)


def read_calls(calls: Sequence[av.LibraryCall]) -> ParserSpec | None:
    """Returns the parameters that the calls add to parsers, None if they create no parser."""
    parsers = [p for p in _collect_parsers(calls) if p.made is None or not p.command]
    sure = [p for p in parsers if p.made and p.made.is_certain and (p.parses or not p.is_parent)]
    parsing = [p for p in sure if p.parses and _is_filled(p)]
    filled = [p for p in sure if _is_filled(p)]
    chosen = parsing or filled or [p for p in parsers if _is_filled(p) and not p.is_parent] or sure
    if not chosen:
        return None
    is_old = all(p.made and p.made.name.startswith("optparse.") for p in chosen)
    return build_spec("optparse" if is_old else "argparse", chosen)


def _is_filled(parser: ParserCalls) -> bool:
    return any(True for _ in parser.all_added()) or bool(parser.subs)


def build_spec(name: str, parsers: Iterable[ParserCalls]) -> ParserSpec:
    """Returns the parameters of several parsers; an option of two of them is merged."""
    found: dict[tuple[str, str], Parameter] = {}
    commands: list[str] = []
    for parser in parsers:
        for parameter in _list_parameters(parser, {}, commands):
            key = parameter.command, parameter.name
            found[key] = _merge(found[key], parameter) if key in found else parameter
    return ParserSpec(name, tuple(found.values()), "source", commands=tuple(commands))


def _merge(one: Parameter, other: Parameter) -> Parameter:
    """Merges an option that is added twice: what differs is unknown. `--x` and `--no-x` become a switch."""
    if {one.action, other.action} == {"store_true", "store_false"}:
        on, off = (one, other) if one.action == "store_true" else (other, one)
        comment = one.description or other.description
        return on._replace(action="switch", off_flags=off.flags, default=one.default, description=comment)
    default = one.default if one.default == other.default else None
    if one.type != other.type:
        one = one._replace(
            action="store",
            type="",
            has_converter=True,
            off_flags=(),
            const=None,
            bool_words=Parameter("").bool_words,
        )
    return one._replace(default=default, choices=one.choices if one.choices == other.choices else ())


def _list_parameters(
    parser: ParserCalls, defaults: dict[str, av.AbstractValue], commands: list[str]
) -> Iterator[Parameter]:
    defaults = {**defaults, **parser.all_defaults()}
    for call in parser.all_added():
        parameter = build_argument(call, defaults)
        if parameter:
            yield parameter._replace(command=parser.command)
    for sub in parser.subs:
        commands.append(sub.command)
        yield from _list_parameters(sub, defaults, commands)


def _collect_parsers(calls: Sequence[av.LibraryCall]) -> list[ParserCalls]:
    """Returns the parsers that the calls create, with the calls that fill them."""
    found: dict[int, ParserCalls] = {}
    unknown_parser = ParserCalls(None)

    def parser_of(value: av.AbstractValue | None) -> ParserCalls:
        container = _find_parser_call(value)
        return found.setdefault(id(container), ParserCalls(container)) if container else unknown_parser

    for call in calls:
        method = call.name.rpartition(".")[2]
        if is_parser(call):
            parser = parser_of(call)
            parser.parents += _find_parents(call, found)
        elif call.name.endswith(_ADD_CALLS):
            parser_of(call.receiver).added.append(call)
        elif (
            method == "add_parser"
            and isinstance(call.receiver, av.LibraryCall)
            and call.receiver.name.endswith(".add_subparsers")
        ):
            above, name = parser_of(call.receiver.receiver), av.get_text(call.get_argument(0, "name"))
            sub = found.setdefault(id(call), ParserCalls(call))
            sub.command, sub.parents = f"{above.command} {name}".strip(), _find_parents(call, found)
            above.subs += [sub] if name else []
        elif method == "set_defaults":
            parser_of(call.receiver).defaults |= call.keywords
        elif call.name.endswith(_PARSE_CALLS):
            parser_of(call.receiver).parses = True
    return [unknown_parser, *found.values()] if unknown_parser.added else list(found.values())


def _find_parents(call: av.LibraryCall, found: dict[int, ParserCalls]) -> list[ParserCalls]:
    assigned = call.keywords.get("parents")
    containers = [_find_parser_call(t) for t in assigned.items] if isinstance(assigned, av.ListValue) else []
    parents = [found.setdefault(id(c), ParserCalls(c)) for c in containers if c]
    for parent in parents:
        parent.is_parent = True
    return parents


def is_parser(call: av.LibraryCall) -> bool:
    """Returns whether a call creates a parser."""
    return call.name.rpartition(".")[2].endswith(_PARSER_CLASSES) and not call.name.startswith(
        ("configparser", "html", "?")
    )


def _find_parser_call(value: av.AbstractValue | None) -> av.LibraryCall | None:
    """Returns the call that created the parser behind a parser, a group or a wrapper of a library."""
    match value:
        case av.Instance(library_base=av.LibraryCall() as base):
            return _find_parser_call(base)
        case av.LibraryCall() if is_parser(value) or value.name.endswith(".add_parser"):
            return value
        case av.LibraryCall(receiver=of) if value.name.endswith(_GROUP_CALLS):
            return _find_parser_call(of)
        case av.LibraryCall(args=args):
            return next((c for c in map(_find_parser_call, args) if c), None)
    return None


def build_argument(call: av.LibraryCall, defaults: dict[str, av.AbstractValue]) -> Parameter | None:
    """Returns the parameter that a call of `add_argument` adds, None for help, version and unknown names."""
    flags = tuple(av.get_text(a) for a in call.args if not isinstance(a, av.LibraryCall) or "Option" not in a.name)
    dest = av.get_text(call.keywords.get("dest"))
    if not all(flags) or not (flags or dest):
        return None
    action = _parse_action(call.keywords.get("action"), call.keywords.get("nargs"))
    if action is None:
        return None
    is_option = bool(flags) and flags[0][:1] in ("-", "+", "/")
    long = next((f for f in flags if f[:1] == f[1:2]), flags[0] if flags else dest)
    name = long.lstrip("-+/") if is_option else long
    dest = dest or name.replace("-", "_")
    if action == "store_false" and dest.replace("_", "-") != name.replace("_", "-"):
        name = dest  # `--no-cache` turns `cache` off
    kind = type_hints.infer_converter_type(call.keywords.get("type"))
    nargs = _parse_nargs(call.keywords.get("nargs"), action)
    default = _parse_default(call, action, kind.type, defaults.get(dest))
    off = tuple(f"--no-{f[2:]}" for f in flags if f.startswith("--")) if action == "switch" else ()
    needed = av.to_json_or(call.keywords.get("required")) is True if is_option else nargs not in ("?", "*", "...")
    parameter = Parameter(
        name,
        flags if is_option else (),
        off_flags=off,
        action=action,
        type=kind.type,
        nargs=nargs,
        default=default,
        const=_parse_const(call, action),
        choices=_parse_choices(call.keywords.get("choices"), call.keywords.get("type")),
        required=needed,
        has_converter="type" in call.keywords,
        line=call.line,
        aliases=(dest,) if dest != name else (),
        bool_words=kind.bool_words,
    )
    return parameter._replace(description=_format_help(call, parameter))


def _parse_action(value: av.AbstractValue | None, nargs: av.AbstractValue | None) -> Action | None:
    match value:
        case av.Constant(value="help" | "version"):
            return None
        case av.Constant(value=str(name)) if name in get_args(Action):
            return cast(Action, name)
        case av.ExternalName(name=name):
            return cast(Action, _ACTIONS.get(name.rpartition(".")[2], "store"))
        case av.Class():
            bases = [b.rpartition(".")[2] for b in value.library_bases()]
            known = next((_ACTIONS[b] for b in bases if b in _ACTIONS), "")
            return cast(Action, known or ("store_const" if nargs == av.Constant(0) else "store"))
    return "store"


def _parse_nargs(result: av.AbstractValue | None, action: Action) -> str:
    if isinstance(result, av.ExternalName):
        return {"REMAINDER": "...", "PARSER": "+", "OPTIONAL": "?", "ZERO_OR_MORE": "*", "ONE_OR_MORE": "+"}.get(
            result.name.rpartition(".")[2], ""
        )
    value = av.to_json_or(result)
    if value is None or value == 0 or action in ("switch", "count"):
        return ""
    return {"A...": "+"}.get(str(value), str(value))


def _parse_default(call: av.LibraryCall, action: Action, kind: str, other: av.AbstractValue | None) -> JSONValue:
    result = other if other is not None else call.keywords.get("default")
    if result is None:
        return {"store_true": False, "store_false": True}.get(action)
    value = _member_value(result, call.keywords.get("type"))
    if value == "==SUPPRESS==":
        return None
    if isinstance(value, str) and kind in ("int", "float"):
        try:
            return int(value) if kind == "int" else float(value)
        except ValueError:
            return value
    return value


def get_value_or_name(value: av.AbstractValue | None) -> JSONValue:
    """Returns a known value as JSON, else None; a member of an enumeration as its name."""
    match value:
        case av.LibraryCall(name="enum member", args=args):
            return av.to_json_or(args[0])
        case av.ListValue(items=items):
            found = [get_value_or_name(i) for i in items]
            return (
                None if any(v is None and i != av.Constant(None) for v, i in zip(found, items, strict=True)) else found
            )
    return av.to_json_or(value)


def _parse_const(call: av.LibraryCall, action: Action) -> JSONValue:
    if action in ("store_true", "store_false"):
        return action == "store_true"
    return get_value_or_name(call.keywords.get("const"))


def _parse_choices(value: av.AbstractValue | None, kind: av.AbstractValue | None) -> tuple[JSONValue, ...]:
    if value is None:
        return ()
    try:
        items = list(concrete.list_items(value))
    except ValueError:
        return ()
    found = [_member_value(i, kind) for i in items]
    return () if None in found else tuple(found)


def _member_value(value: av.AbstractValue, kind: av.AbstractValue | None) -> JSONValue:
    """Returns the value; if the type is an enumeration, the member's own value, which the type converts."""
    if (
        isinstance(kind, av.Class)
        and concrete.is_enum(kind)
        and isinstance(value, av.LibraryCall)
        and value.name == "enum member"
    ):
        return av.to_json_or(value.args[1])
    return get_value_or_name(value)


def _format_help(call: av.LibraryCall, parameter: Parameter) -> str:
    """Returns the help on one line, with `%(…)s` replaced as far as known."""
    text = av.get_partial_text(call.keywords.get("help"))
    text = text.replace("%default", "%(default)s")
    if text == "==SUPPRESS==" or "%" not in text:
        return "" if text == "==SUPPRESS==" else text
    choices = ", ".join(str(c) for c in parameter.choices)
    values = {"default": parameter.default, "type": parameter.type, "choices": choices, "dest": parameter.name}
    try:
        return text % {**values, "const": parameter.const, "metavar": "", "nargs": parameter.nargs, "prog": ""}
    except (ValueError, KeyError, TypeError):
        return text
