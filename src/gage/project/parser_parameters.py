"""The parameters of a program's parser, as parameters of an operation; and the subcommand that values select."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.parsers.parser_table import find_definition
from gage.project.parameter_spec import ParameterSpec, infer_type
from gage.types.config_value import ConfigValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

SUBCOMMAND = "command"
"""The parameter that selects a program's subcommand."""

_HYDRA_OVERRIDE = re.compile(r"[+~]|hydra[./]")  # +optimizer=adam
_FLAG_ACTIONS = ("store_true", "store_false", "switch")
_LIST_ACTIONS = ("append", "extend", "append_const")


def build_specs(program: ParserSpec, place: str) -> list[ParameterSpec]:
    """Returns the parameters of a program. `place` is the script's path.

    If the command line names a subcommand, those of other subcommands are left out. If it names none, the subcommand is
    a parameter as well, and a name that several subcommands have becomes `COMMAND.name`.
    """
    parameters = program.parameters
    if program.command:
        parameters = tuple(p for p in parameters if _is_available_in(p.command, program.command))
    names = [p.name for p in parameters]
    found = [_spec_from_parameter(p, program, place) for p in parameters]
    if program.commands and not program.command:
        found = [_add_command_name(o, names.count(o.parameter) > 1) if o.command else o for o in found]
        setting = ConfigValue(SUBCOMMAND, None, None, False, "argument", SUBCOMMAND, "", program.commands)
        if SUBCOMMAND not in names:
            found.insert(0, ParameterSpec(setting, "str", how=program.origin, where=place, parameter=SUBCOMMAND))
    return found


def _is_available_in(command: str, chosen: str) -> bool:
    """Returns whether parameters of `command` can be set when `chosen` runs: its own, and those of its parents."""
    return not command or command == chosen or chosen.startswith(f"{command} ")


def _add_command_name(o: ParameterSpec, is_shared: bool) -> ParameterSpec:
    """Returns the parameter as `COMMAND.name`; just with that alias, unless other commands share the name."""
    start = o.command.replace(" ", ".")
    name = f"{start}.{o.config.name}"
    if not is_shared:
        return o._replace(aliases=(*o.aliases, name, *(f"{start}.{a}" for a in o.aliases)))
    return o._replace(config=o.config._replace(name=name), aliases=())


def select_subcommand(options: Sequence[ParameterSpec], given: Iterable[str], command: str) -> list[ParameterSpec]:
    """Returns the parameters of the subcommand `command` ("" = the one that the names in `given` belong to).

    Raises ConfigError for parameters of several subcommands.
    """
    names = list(given)
    commands = {n: found for n in names if (found := _list_commands_with(options, n))}
    chosen = command or _find_shared_command(commands)
    for name, owners in commands.items():
        if not any(_is_available_in(owner, chosen) for owner in owners):
            raise ConfigError(
                f"{name!r} is not a parameter of the subcommand {chosen!r}",
                f"Set parameters of a single subcommand: {SUBCOMMAND}=NAME",
            )
    if not chosen:
        return [o._replace(is_hidden=True, required=False) if o.command else o for o in options]
    available = (o for o in options if _is_available_in(o.command, chosen))
    return [_select_command(o, chosen) if is_subcommand(o) else _drop_command_name(o) for o in available]


def _list_commands_with(options: Sequence[ParameterSpec], name: str) -> list[str]:
    """Returns the subcommands that have a parameter of this name; [] if the program itself has it."""
    found = [o.command for o in options if _is_named(o, name)]
    return [] if "" in found else found


def _find_shared_command(found: Mapping[str, list[str]]) -> str:
    """Returns the deepest subcommand that all names belong to, else the deepest. Raises ConfigError for two."""
    every = sorted({c for one in found.values() for c in one}, key=len, reverse=True)
    fits = [c for c in every if all(any(_is_available_in(o, c) for o in one) for one in found.values())]
    ends = [c for c in fits if not any(o != c and _is_available_in(c, o) for o in fits)]
    if len(ends) > 1:
        name = next(n for n, one in found.items() if len(one) > 1)
        raise ConfigError(
            f"{name!r} is a parameter of several subcommands: {', '.join(sorted(ends))}",
            f"Try: {SUBCOMMAND}={min(ends)}",
        )
    return (ends or every or [""])[0]


def is_subcommand(o: ParameterSpec) -> bool:
    """Returns whether a parameter selects the subcommand."""
    return o.parameter == o.config.location == SUBCOMMAND


def _is_named(o: ParameterSpec, name: str) -> bool:
    return name == o.config.name or (name in o.aliases)


def _drop_command_name(o: ParameterSpec) -> ParameterSpec:
    """Returns the parameter by its own name, with `COMMAND.name` as an alias."""
    is_apart = o.parameter and o.command and o.config.name == f"{o.command.replace(' ', '.')}.{o.parameter}"
    if not is_apart:
        return o
    setting = o.config._replace(name=o.parameter)
    return o._replace(config=setting, aliases=(o.config.name, *dict.fromkeys(_list_spellings(o.parameter))))


def _select_command(o: ParameterSpec, command: str) -> ParameterSpec:
    return o._replace(config=o.config._replace(value=command, set_by_user=True))


def _spec_from_parameter(parameter: Parameter, program: ParserSpec, place: str) -> ParameterSpec:
    default = _get_default(parameter)
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
    kind, items = _infer_types(parameter, default)
    is_literal = parameter.action == "override" or find_definition(program.parser).reads_literals
    return ParameterSpec(
        setting,
        kind,
        items,
        required=parameter.required,
        aliases=tuple(_list_aliases(parameter)),
        negations=tuple(_list_negations(parameter)),
        how=program.origin,
        where=f"{place}:{parameter.line}" if place and parameter.line else place,
        nullable=parameter.action == "override",
        parameter=parameter.name,
        command=parameter.command,
        as_typed=parameter.has_converter and not is_literal,
    )


def _get_default(parameter: Parameter) -> JSONValue:
    if parameter.default is None and parameter.action == "store_true":
        return False
    if parameter.default is None and parameter.action == "count":
        return 0
    return parameter.default


def _infer_types(parameter: Parameter, default: JSONValue) -> tuple[str, str]:
    """Returns the type of a parameter, and that of its items if it takes several values."""
    if parameter.action in _FLAG_ACTIONS:
        return "bool", ""
    if parameter.action == "store_const":
        return "", ""
    if parameter.action == "count":
        return "int", ""
    item = parameter.type or _infer_item_type(parameter, default)
    if parameter.action in _LIST_ACTIONS or parameter.nargs not in ("", "?"):
        return "list", item
    return item, ""


def _infer_item_type(parameter: Parameter, default: JSONValue) -> str:
    """Returns the type of a single value. A parameter without a type takes text."""
    if parameter.has_converter or parameter.choices or parameter.action == "override":
        return ""
    if parameter.nargs == "?" and isinstance(parameter.const, bool):
        return ""  # `--resume` or `--resume FILE`
    many = default if isinstance(default, (list, tuple)) else [default]
    if all(v is None or isinstance(v, str) for v in many):
        return "str"
    return infer_type(many[0]) if len(many) == 1 else ""


def _list_aliases(parameter: Parameter) -> Iterator[str]:
    """Yields the name with dashes or underscores, and the options without their dashes."""
    written = [parameter.name, *parameter.aliases]
    if parameter.action != "store_false":
        written += [f.lstrip("-") for f in parameter.flags]
    return iter(dict.fromkeys(spelled for w in written for spelled in _list_spellings(w)))


def build_hydra_specs(program: ParserSpec, given: Iterable[str]) -> list[ParameterSpec]:
    """Returns the overrides of a Hydra program beyond its values: `+new=1`, `++new=1`, `~old=`, `hydra.job.name=x`."""
    if program.parser != "hydra":
        return []
    known = {p.name for p in program.parameters}
    return [_build_hydra_spec(name, program) for name in given if name not in known and _HYDRA_OVERRIDE.match(name)]


def add_open_options(program: ParserSpec, given: Iterable[str], known: Iterable[str], command: str) -> ParserSpec:
    """Returns a program that takes options of any name (`**kwargs`) with those in `given` that are not `known`."""
    chosen = command or program.command
    owner = chosen if chosen in program.open_commands else None
    if owner is None and len(program.open_commands) == 1:
        owner = program.open_commands[0]
    new = [n for n in given if n.isidentifier() and n not in {*known, SUBCOMMAND}] if owner is not None else []
    more = (Parameter(n, (f"--{n}",), has_converter=True, command=owner or "") for n in new)
    return program._replace(parameters=(*program.parameters, *more))


def _build_hydra_spec(name: str, program: ParserSpec) -> ParameterSpec:
    own = name.startswith("hydra")  # Hydra's own config, which the parser does not list
    setting = ConfigValue(name, None, None, False, "argument", f"{name}={{}}" if own else name)
    return ParameterSpec(setting, how=program.origin, parameter="" if own else name)


def relax_required(o: ParameterSpec, words: Sequence[str]) -> ParameterSpec:
    """Returns the parameter as optional if the command's own `words` set it."""
    if not o.required or not o.parameter:
        return o
    flags = {o.config.location, *(f"--{alias}" for alias in o.aliases)}
    if o.config.location.startswith("-"):
        is_set = any(word.partition("=")[0] in flags for word in words)
    else:
        is_set = any(not word.startswith("-") for word in words)
    return o._replace(required=False) if is_set else o


def _list_negations(parameter: Parameter) -> Iterator[str]:
    """Yields the names that set the opposite value: `no-cache` for `cache`."""
    own = {parameter.name, *parameter.aliases}
    flags = parameter.flags if parameter.action == "store_false" else parameter.off_flags
    names = dict.fromkeys(spelled for f in flags for spelled in _list_spellings(f.lstrip("-")))
    return (name for name in names if name not in {s for o in own for s in _list_spellings(o)})


def _list_spellings(name: str) -> tuple[str, ...]:
    return name, name.replace("-", "_"), name.replace("_", "-")
