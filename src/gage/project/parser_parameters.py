"""What a program's parser takes, as settings; and chosen values as words of the program's command line."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.parser_table import find_definition
from gage.project.parameter_spec import ParameterSpec, infer_type
from gage.types.config_value import ConfigValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

SUBCOMMAND = "command"
"""The setting that names a program's sub-command."""

_CHANGE = re.compile(r"[+~]|hydra[./]")
_FLAGS = ("store_true", "store_false", "switch")
_MANY = ("append", "extend", "append_const")


def build_specs(program: ParserSpec, place: str) -> list[ParameterSpec]:
    """The parameters as settings. `place` is the script's path.

    Where the command line names a sub-command, those of other ones are left out; where it names none, the sub-command
    is a setting too, and a name that several of them have is written `COMMAND.name`.
    """
    wanted = program.parameters
    if program.command:
        wanted = tuple(p for p in wanted if _belongs(p.command, program.command))
    names = [p.name for p in wanted]
    found = [_of_parameter(p, program, place) for p in wanted]
    if program.commands and not program.command:
        found = [_with_command(o, names.count(o.parameter) > 1) if o.command else o for o in found]
        setting = ConfigValue(SUBCOMMAND, None, None, False, "argument", SUBCOMMAND, "", program.commands)
        if SUBCOMMAND not in names:
            found.insert(0, ParameterSpec(setting, "str", how=program.origin, where=place, parameter=SUBCOMMAND))
    return found


def _belongs(command: str, chosen: str) -> bool:
    """Whether what a sub-command takes can be given when `chosen` is the one: its own, and what is above it."""
    return not command or command == chosen or chosen.startswith(f"{command} ")


def _with_command(o: ParameterSpec, is_shared: bool) -> ParameterSpec:
    """Its name with the command before it is the name where other commands have the same, else another one."""
    start = o.command.replace(" ", ".")
    name = f"{start}.{o.config.name}"
    if not is_shared:
        return o._replace(aliases=(*o.aliases, name, *(f"{start}.{a}" for a in o.aliases)))
    return o._replace(config=o.config._replace(name=name), aliases=())


def select_subcommand(options: Sequence[ParameterSpec], given: Iterable[str], command: str) -> list[ParameterSpec]:
    """The settings when the sub-command is `command`, or ("") the one that what is `given` belongs to.

    Raises ConfigError when it is given values of several.
    """
    names = list(given)
    commands = {n: found for n in names if (found := _commands_of(options, n))}
    chosen = command or _shared(commands)
    strange = next((n for n, found in commands.items() if not any(_belongs(c, chosen) for c in found)), "")
    if strange:
        raise ConfigError(
            f"{strange!r} is not a parameter of the sub-command {chosen!r}",
            f"Set parameters of one sub-command only: {SUBCOMMAND}=NAME",
        )
    if not chosen:
        return [o._replace(is_hidden=True, required=False) if o.command else o for o in options]
    kept = [o for o in options if _belongs(o.command, chosen)]
    return [_chosen(o, chosen) if is_subcommand(o) else _plain(o) for o in kept]


def _commands_of(options: Sequence[ParameterSpec], name: str) -> list[str]:
    """The sub-commands that have a setting of this name; none where the program itself has it, or nobody."""
    found = [o.command for o in options if _is_named(o, name)]
    return [] if "" in found else found


def _shared(found: Mapping[str, list[str]]) -> str:
    """The deepest sub-command that all names belong to, else the deepest. Raises ConfigError where there are two."""
    every = sorted({c for one in found.values() for c in one}, key=len, reverse=True)
    fits = [c for c in every if all(any(_belongs(o, c) for o in one) for one in found.values())]
    ends = [c for c in fits if not any(o != c and _belongs(c, o) for o in fits)]
    if len(ends) > 1:
        name = next(n for n, one in found.items() if len(one) > 1)
        raise ConfigError(
            f"{name!r} is a parameter of several sub-commands: {', '.join(sorted(ends))}",
            f"Try: {SUBCOMMAND}={min(ends)}",
        )
    return (ends or every or [""])[0]


def is_subcommand(o: ParameterSpec) -> bool:
    """Whether a setting names the sub-command."""
    return o.parameter == o.config.location == SUBCOMMAND


def _is_named(o: ParameterSpec, name: str) -> bool:
    return name == o.config.name or (name in o.aliases)


def _plain(o: ParameterSpec) -> ParameterSpec:
    """By its own name, which is clear now; the one with the command stays another way to write it."""
    is_apart = o.parameter and o.command and o.config.name == f"{o.command.replace(' ', '.')}.{o.parameter}"
    if not is_apart:
        return o
    setting = o.config._replace(name=o.parameter)
    return o._replace(config=setting, aliases=(o.config.name, *dict.fromkeys(_spellings(o.parameter))))


def _chosen(o: ParameterSpec, command: str) -> ParameterSpec:
    return o._replace(config=o.config._replace(value=command, set_by_user=True))


def _of_parameter(parameter: Parameter, program: ParserSpec, place: str) -> ParameterSpec:
    default = _default(parameter)
    is_variable = parameter.action == "env"
    setting = ConfigValue(
        parameter.name,
        default,
        default,
        False,
        "env" if is_variable else "argument",
        parameter.name if is_variable else parameter.flag or parameter.name,
        parameter.description,
        parameter.choices,
    )
    kind, items = _kinds(parameter, default)
    is_literal = parameter.action == "override" or find_definition(program.parser).reads_literals
    return ParameterSpec(
        setting,
        kind,
        items,
        required=parameter.required,
        aliases=tuple(_aliases(parameter)),
        negations=tuple(_inverse(parameter)),
        how=program.origin,
        where=f"{place}:{parameter.line}" if place and parameter.line else place,
        nullable=parameter.action == "override",
        parameter=parameter.name,
        command=parameter.command,
        as_typed=parameter.has_converter and not is_literal,
    )


def _default(parameter: Parameter) -> JSONValue:
    if parameter.default is None and parameter.action == "store_true":
        return False
    if parameter.default is None and parameter.action == "count":
        return 0
    return parameter.default


def _kinds(parameter: Parameter, default: JSONValue) -> tuple[str, str]:
    """The type of a parameter, and that of its items where it takes several values."""
    if parameter.action in _FLAGS:
        return "bool", ""
    if parameter.action == "store_const":
        return "", ""
    if parameter.action == "count":
        return "int", ""
    item = parameter.type or _untyped(parameter, default)
    if parameter.action in _MANY or parameter.nargs not in ("", "?"):
        return "list", item
    return item, ""


def _untyped(parameter: Parameter, default: JSONValue) -> str:
    """A parser hands text to a program that asked for no type."""
    if parameter.has_converter or parameter.choices or parameter.action == "override":
        return ""
    if parameter.nargs == "?" and isinstance(parameter.const, bool):
        return ""  # `--resume` or `--resume FILE`
    many = default if isinstance(default, (list, tuple)) else [default]
    return (
        "str" if all(v is None or isinstance(v, str) for v in many) else infer_type(many[0]) if len(many) == 1 else ""
    )


def _aliases(parameter: Parameter) -> Iterator[str]:
    """The name with dashes or underscores, and the options as one would type them without their dashes."""
    written = [parameter.name, *parameter.aliases]
    if parameter.action != "store_false":
        written += [f.lstrip("-") for f in parameter.flags]
    return iter(dict.fromkeys(spelled for w in written for spelled in _spellings(w)))


def build_hydra_specs(program: ParserSpec, given: Iterable[str]) -> list[ParameterSpec]:
    """What a Hydra program takes besides the values that it has: `+new=1`, `++new=1`, `~old=`, `hydra.job.name=x`."""
    if program.parser != "hydra":
        return []
    known = {p.name for p in program.parameters}
    return [_change(name, program) for name in given if name not in known and _CHANGE.match(name)]


def add_open_options(program: ParserSpec, given: Iterable[str], known: Iterable[str], command: str) -> ParserSpec:
    """A program that takes options of any name (`**kwargs`), with those that are given besides what is `known`."""
    chosen = command or program.command
    of = next(
        (c for c in program.open_commands if c == chosen),
        program.open_commands[0] if len(program.open_commands) == 1 else None,
    )
    new = [n for n in given if n.isidentifier() and n not in {*known, SUBCOMMAND}] if of is not None else []
    more = (Parameter(n, (f"--{n}",), has_converter=True, command=of or "") for n in new)
    return program._replace(parameters=(*program.parameters, *more))


def _change(name: str, program: ParserSpec) -> ParameterSpec:
    own = name.startswith("hydra")  # Hydra's own config, of which the program's parser tells nothing
    setting = ConfigValue(name, None, None, False, "argument", f"{name}={{}}" if own else name)
    return ParameterSpec(setting, how=program.origin, parameter="" if own else name)


def relax_required(o: ParameterSpec, words: Sequence[str]) -> ParameterSpec:
    """The same where the command already has `words`: what they give need not be given again."""
    if not o.required or not o.parameter:
        return o
    flags = {o.config.location, *(f"--{alias}" for alias in o.aliases)}
    if o.config.location.startswith("-"):
        is_said = any(word.partition("=")[0] in flags for word in words)
    else:
        is_said = any(not word.startswith("-") for word in words)
    return o._replace(required=False) if is_said else o


def _inverse(parameter: Parameter) -> Iterator[str]:
    """Options that say no: what is set true by their names is set false."""
    own = {parameter.name, *parameter.aliases}
    flags = parameter.flags if parameter.action == "store_false" else parameter.off_flags
    names = dict.fromkeys(spelled for f in flags for spelled in _spellings(f.lstrip("-")))
    return (name for name in names if name not in {s for o in own for s in _spellings(o)})


def _spellings(name: str) -> tuple[str, ...]:
    return name, name.replace("-", "_"), name.replace("_", "-")
