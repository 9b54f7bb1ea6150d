"""Static analysis of argparse, optparse and ConfigArgParse: the arguments that a program adds to its parsers."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import cast, get_args

from gage.parsers.argparse.converter_types import infer_bool_words, infer_type
from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.static_analysis.abstract_values import (
    Class,
    EnumMember,
    ExternalName,
    Function,
    Instance,
    LibraryCall,
    Module,
    UnknownValue,
    is_concrete,
    list_items,
)
from gage.static_analysis.interpreter import Interpreter
from gage.static_analysis.module_loader import ModuleLoader
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_PARSER_CLASSES = ("ArgumentParser", "ArgParser", "OptionParser", "Parser")
_OTHER_PARSERS = ("configparser", "html", "?")
"""How the names of classes begin that parse no command line."""
_GROUP_CALLS = (".add_argument_group", ".add_mutually_exclusive_group", ".OptionGroup")
_ADD_CALLS = (".add_argument", ".add_option", "ArgumentParser.add", "ArgParser.add", ".add_arg")
"""argparse's method, optparse's, and the short ones of ConfigArgParse."""
_PARSE_CALLS = (".parse_args", ".parse_known_args", ".parse_intermixed_args", ".parse_known_intermixed_args")
_CALLS_OF_PARSERS = ("ArgumentParser", "add_argument", "parse_args", "parse_known_args", "main")
"""Ends of the names that a function calls which creates or starts a parser."""
_ACTIONS: dict[str, Action] = {
    "_StoreTrueAction": "store_true",
    "_StoreFalseAction": "store_false",
    "_AppendAction": "append",
    "_CountAction": "count",
    "BooleanOptionalAction": "switch",
}
_NARGS = {"REMAINDER": "...", "PARSER": "+", "OPTIONAL": "?", "ZERO_OR_MORE": "*", "ONE_OR_MORE": "+", "A...": "+"}
_SUPPRESS = "==SUPPRESS=="


def read_python_program(path: Path, text: str) -> ParserSpec | None:
    """Returns the parameters of the program in `text`, or None if it creates no parser.

    Raises ConfigError if the text is not Python.
    """
    loader = ModuleLoader(path)
    interpreter = Interpreter(loader)
    script = loader.load_script(text)
    try:
        interpreter.run_module(script)
        spec = _read_calls(interpreter.calls)
        if spec is None or not spec.parameters:
            interpreter.call_uncertain(_find_parser_functions(loader.by_file.values()))
            spec = _read_calls(interpreter.calls)
    except RecursionError:
        raise ConfigError(f"{path.name} is nested too deeply to be read") from None
    return spec


def _find_parser_functions(modules: Iterable[Module]) -> Iterator[Function]:
    """Yields the modules' functions and methods that call something named like a parser."""
    for module in list(modules):
        for value in list(module.names.values()):
            for function in value.names.values() if isinstance(value, Class) else [value]:
                if isinstance(function, Function) and function.scope.module is module and _calls_parser(function):
                    yield function


def _calls_parser(function: Function) -> bool:
    called = (node.func for node in ast.walk(function.node) if isinstance(node, ast.Call))
    names = (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in called)
    return any(name.endswith(_CALLS_OF_PARSERS) for name in names)


@dataclass(eq=False, slots=True)
class ParserCalls:
    """The calls that create and fill one parser, and the parsers that it inherits from (`parents=`)."""

    created: LibraryCall | None
    command: str = ""
    command_aliases: list[str] = field(default_factory=list)
    parents: "list[ParserCalls]" = field(default_factory=list)
    subparsers: "list[ParserCalls]" = field(default_factory=list)
    own_arguments: list[LibraryCall] = field(default_factory=list)
    own_defaults: dict[str, object] = field(default_factory=dict)
    parses: bool = False
    is_parent: bool = False

    @property
    def arguments(self) -> list[LibraryCall]:
        """The calls that add arguments to the parser's parents and to itself."""
        return [*(call for parent in self.parents for call in parent.arguments), *self.own_arguments]

    @property
    def defaults(self) -> dict[str, object]:
        """The defaults by `set_defaults`; the parser's own replace those of its parents."""
        defaults: dict[str, object] = {}
        for parent in self.parents:
            defaults |= parent.defaults
        return defaults | self.own_defaults

    @property
    def is_filled(self) -> bool:
        """Returns whether the parser has arguments or subcommands."""
        return bool(self.arguments or self.subparsers)


def _read_calls(calls: Sequence[LibraryCall]) -> ParserSpec | None:
    """Returns the parameters that the calls add to parsers, None if they create no parser."""
    parsers = [parser for parser in _collect_parsers(calls) if not parser.command]
    certain = [p for p in parsers if p.created and p.created.is_certain and (p.parses or not p.is_parent)]
    filled = [p for p in certain if p.is_filled]
    parsing = [p for p in filled if p.parses]
    chosen = parsing or filled or [p for p in parsers if p.is_filled and not p.is_parent] or certain
    if not chosen:
        return None
    is_optparse = all(p.created and p.created.name.startswith("optparse.") for p in chosen)
    parameters: dict[tuple[str, str], Parameter] = {}
    commands: list[str] = []
    for parser in chosen:
        for p in _list_parameters(parser, {}, commands):
            key = p.command, p.name
            parameters[key] = _merge(parameters[key], p) if key in parameters else p
    name = "optparse" if is_optparse else "argparse"
    aliases = dict(pair for parser in chosen for pair in _list_command_aliases(parser))
    spec = ParserSpec(name, tuple(parameters.values()), "source", commands=tuple(commands))
    return spec._replace(command_aliases=aliases)


def _merge(one: Parameter, other: Parameter) -> Parameter:
    """Merges an option that is added twice: what differs is unknown. `--x` and `--no-x` become a switch."""
    if {one.action, other.action} == {"store_true", "store_false"}:
        on, off = (one, other) if one.action == "store_true" else (other, one)
        description = one.description or other.description
        return on._replace(action="switch", off_flags=off.flags, default=one.default, description=description)
    default = one.default if one.default == other.default else None
    choices = one.choices if one.choices == other.choices else ()
    if one.type != other.type:
        return Parameter(
            one.name,
            one.flags,
            default=default,
            choices=choices,
            required=one.required,
            description=one.description,
            has_converter=True,
            command=one.command,
            line=one.line,
            aliases=one.aliases,
        )
    return one._replace(default=default, choices=choices)


def _list_parameters(parser: ParserCalls, defaults: dict[str, object], commands: list[str]) -> Iterator[Parameter]:
    defaults = {**defaults, **parser.defaults}
    for call in parser.arguments:
        parameter = _build_parameter(call, defaults)
        if parameter:
            yield parameter._replace(command=parser.command)
    for subparser in parser.subparsers:
        commands.append(subparser.command)
        yield from _list_parameters(subparser, defaults, commands)


def _list_command_aliases(parser: ParserCalls) -> Iterator[tuple[str, str]]:
    for subparser in parser.subparsers:
        yield from ((alias, subparser.command) for alias in subparser.command_aliases)
        yield from _list_command_aliases(subparser)


def _collect_parsers(calls: Sequence[LibraryCall]) -> list[ParserCalls]:
    """Returns the parsers that the calls create, with the calls that fill them."""
    parsers: dict[int, ParserCalls] = {}
    unknown_parser = ParserCalls(None)

    def find_parser(value: object) -> ParserCalls:
        created = _find_creation(value)
        return parsers.setdefault(id(created), ParserCalls(created)) if created else unknown_parser

    for call in calls:
        if _is_parser(call) or call.name.endswith(".add_parser"):
            parser = find_parser(call)
            parents = call.keywords.get("parents")
            parser.parents += [find_parser(parent) for parent in parents] if isinstance(parents, list | tuple) else []
            for parent in parser.parents:
                parent.is_parent = True
            name = _get_text(call, 0, "name")
            if call.name.endswith(".add_subparsers.add_parser") and isinstance(call.receiver, LibraryCall) and name:
                above = find_parser(call.receiver.receiver)
                parser.command = f"{above.command} {name}".strip()
                others = call.keywords.get("aliases")
                others = [o for o in others if isinstance(o, str)] if isinstance(others, list | tuple) else []
                parser.command_aliases = [f"{above.command} {other}".strip() for other in others]
                above.subparsers.append(parser)
        elif call.name.endswith(_ADD_CALLS):
            find_parser(call.receiver).own_arguments.append(call)
        elif call.name.endswith(".set_defaults"):
            find_parser(call.receiver).own_defaults |= call.keywords
        elif call.name.endswith(_PARSE_CALLS):
            find_parser(call.receiver).parses = True
    return [unknown_parser, *parsers.values()] if unknown_parser.own_arguments else list(parsers.values())


def _is_parser(call: LibraryCall) -> bool:
    """Returns whether a call creates a parser."""
    return call.name.endswith(_PARSER_CLASSES) and not call.name.startswith(_OTHER_PARSERS)


def _find_creation(value: object) -> LibraryCall | None:
    """Returns the call that created the parser behind a parser, a group or a wrapper of a library."""
    match value:
        case Instance(library_base=LibraryCall() as base):
            return _find_creation(base)
        case LibraryCall() if _is_parser(value) or value.name.endswith(".add_parser"):
            return value
        case LibraryCall(receiver=of) if value.name.endswith(_GROUP_CALLS):
            return _find_creation(of)
        case LibraryCall(args=args):
            return next((call for call in map(_find_creation, args) if call), None)
    return None


def _get_text(call: LibraryCall, position: int, name: str) -> str:
    """Returns a text that is passed by position or name, "" if it is not known."""
    value = call.args[position] if position < len(call.args) else call.keywords.get(name)
    return value if isinstance(value, str) else ""


def _build_parameter(call: LibraryCall, defaults: dict[str, object]) -> Parameter | None:
    """Returns the parameter that a call of `add_argument` adds, None for help, version and unknown names."""
    flags = tuple(a for a in call.args if isinstance(a, str))
    dest = _get_text(call, len(call.args), "dest")
    action = _parse_action(call.keywords)
    if len(flags) < len(call.args) or not (flags or dest) or action is None:
        return None
    is_option = bool(flags) and flags[0][:1] in ("-", "+", "/")
    long = next((f for f in flags if f[:1] == f[1:2]), flags[0] if flags else dest)
    name = long.lstrip("-+/") if is_option else long
    dest = dest or name.replace("-", "_")
    if action == "store_false" and dest.replace("_", "-") != name.replace("_", "-"):
        name = dest  # `--no-cache` turns `cache` off
    converter = call.keywords.get("type")
    type_name = infer_type(converter)
    nargs = _parse_nargs(call.keywords.get("nargs"), action)
    parameter = Parameter(
        name,
        flags if is_option else (),
        off_flags=tuple(f"--no-{f[2:]}" for f in flags if f.startswith("--")) if action == "switch" else (),
        action=action,
        type=type_name,
        nargs=nargs,
        default=_parse_default(call.keywords, action, type_name, defaults.get(dest)),
        const=action == "store_true"
        if action in ("store_true", "store_false")
        else _to_json(call.keywords.get("const")),
        choices=_parse_choices(call.keywords),
        required=call.keywords.get("required") is True if is_option else nargs not in ("?", "*", "..."),
        has_converter="type" in call.keywords,
        line=call.line,
        aliases=(dest,) if dest != name else (),
        bool_words=infer_bool_words(converter) if type_name == "bool" else ("True", ""),
    )
    return parameter._replace(description=_format_help(call.keywords.get("help"), parameter))


def _parse_action(keywords: dict[str, object]) -> Action | None:
    """Returns the action, None for one that only prints; that of a class is the one of its base class."""
    match keywords.get("action"):
        case "help" | "version":
            return None
        case str(name) if name in get_args(Action):
            return cast(Action, name)
        case ExternalName(name=name):
            return _ACTIONS.get(name.rpartition(".")[2], "store")
        case Class() as cls:
            bases = [base.rpartition(".")[2] for base in cls.library_bases()]
            default: Action = "store_const" if keywords.get("nargs") == 0 else "store"
            return next((_ACTIONS[base] for base in bases if base in _ACTIONS), default)
    return "store"


def _parse_nargs(value: object, action: Action) -> str:
    name = value.name.rpartition(".")[2] if isinstance(value, ExternalName) else value
    if not name or not isinstance(name, str | int) or action in ("switch", "count"):
        return ""
    return _NARGS.get(str(name), str(name))


def _parse_default(keywords: dict[str, object], action: Action, type_name: str, parser_default: object) -> JSONValue:
    value = keywords.get("default") if parser_default is None else parser_default
    if value is None and "default" not in keywords:
        return {"store_true": False, "store_false": True}.get(action)
    default = _to_json(value, keywords.get("type"))
    if isinstance(default, str) and type_name in ("int", "float"):
        try:
            return int(default) if type_name == "int" else float(default)
        except ValueError:
            return default
    return None if default == _SUPPRESS else default


def _parse_choices(keywords: dict[str, object]) -> tuple[JSONValue, ...]:
    try:
        items = list_items(keywords.get("choices"))
    except ValueError:
        return ()
    choices = [_to_json(item, keywords.get("type")) for item in items]
    return () if None in choices else tuple(choices)


def _to_json(value: object, converter: object = None) -> JSONValue:
    """Returns a known value as JSON, else None; a member of an enumeration as the text that `converter` converts."""
    if isinstance(value, EnumMember):
        value = value.value if isinstance(converter, Class) and converter.is_enum() else value.name
    if isinstance(value, list | tuple):
        items = [_to_json(item, converter) for item in value]
        return None if any(a is None and b is not None for a, b in zip(items, value, strict=True)) else items
    if isinstance(value, dict):
        return {str(key): _to_json(item, converter) for key, item in value.items()} if is_concrete(value) else None
    if isinstance(value, PurePosixPath):
        return str(value)
    return cast(JSONValue, value) if is_concrete(value) else None


def _format_help(help_text: object, parameter: Parameter) -> str:
    """Returns the help on one line, as far as it is known, with values for `%(default)s` and the like."""
    known = help_text.prefix.rstrip(" :(-|,[") if isinstance(help_text, UnknownValue) else help_text
    text = " ".join(known.split()) if isinstance(known, str) and known != _SUPPRESS else ""
    values = {
        **parameter._asdict(),
        "choices": ", ".join(map(str, parameter.choices)),
        "dest": parameter.name,
        "metavar": "",
        "prog": "",
    }
    try:
        return text.replace("%default", "%(default)s") % values if "%" in text else text
    except (ValueError, KeyError, TypeError):
        return text
