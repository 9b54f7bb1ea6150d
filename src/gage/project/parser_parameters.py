"""The parameters of a program's parser, as parameters of an operation; and the subcommand that values select."""

from collections.abc import Iterable, Mapping, Sequence

from gage.parsers.parser_spec import START, Parameter, ParserSpec
from gage.parsers.parser_table import find_definition
from gage.project.parameter_spec import SUBCOMMAND, ParameterSpec, infer_type, list_spellings
from gage.types.errors import ConfigError
from gage.types.values import ConfigValue, JSONValue

_HYDRA_OVERRIDES = ("+", "~", "hydra.", "hydra/")
"""How names of Hydra's own overrides start, such as `+optimizer=adam`."""
_TYPES = {"store_true": "bool", "store_false": "bool", "switch": "bool", "store_const": "", "count": "int"}
"""Actions → the type of their value; that of others depends on the parameter."""
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
    specs = [_build_spec(p, program, place) for p in parameters]
    if program.commands and not program.command:
        specs = [_add_command_name(spec, names.count(spec.config.name) > 1) for spec in specs]
        if SUBCOMMAND not in names:
            subcommand = Parameter(SUBCOMMAND, type="str", choices=program.commands)
            specs.insert(0, _build_spec(subcommand, program, place))
    return specs


def _is_available_in(command: str, chosen: str) -> bool:
    """Returns whether parameters of `command` can be set when `chosen` runs: its own, and those of its parents."""
    return not command or command == chosen or chosen.startswith(f"{command} ")


def _add_command_name(spec: ParameterSpec, is_shared: bool) -> ParameterSpec:
    """Returns the parameter as `COMMAND.name`; just with that alias, unless other commands share the name."""
    if not spec.command:
        return spec
    start = spec.command.replace(" ", ".")
    name = f"{start}.{spec.config.name}"
    if not is_shared:
        return spec._replace(aliases=(*spec.aliases, name, *(f"{start}.{alias}" for alias in spec.aliases)))
    return spec._replace(config=spec.config._replace(name=name), aliases=())


def select_subcommand(specs: Sequence[ParameterSpec], names: Iterable[str], command: str) -> list[ParameterSpec]:
    """Returns the parameters of the subcommand `command` ("" = the one that `names` belong to).

    Raises ConfigError for parameters of several subcommands.
    """
    owners = {name: commands for name in names if (commands := _list_commands_with(specs, name))}
    chosen = command or _find_shared_command(owners)
    for name, commands in owners.items():
        if not any(_is_available_in(owner, chosen) for owner in commands):
            raise ConfigError(
                f"{name!r} is not a parameter of the subcommand {chosen!r}",
                f"Set parameters of a single subcommand: {SUBCOMMAND}=NAME",
            )
    if not chosen:
        return [spec._replace(is_hidden=True, required=False) if spec.command else spec for spec in specs]
    available = (spec for spec in specs if _is_available_in(spec.command, chosen))
    return [spec.set_value(chosen) if spec.is_subcommand else _drop_command_name(spec) for spec in available]


def _list_commands_with(specs: Sequence[ParameterSpec], name: str) -> list[str]:
    """Returns the subcommands that have a parameter of this name; [] if the program itself has it."""
    commands = [spec.command for spec in specs if spec.has_name(name)]
    return [] if "" in commands else commands


def _find_shared_command(owners: Mapping[str, list[str]]) -> str:
    """Returns the deepest subcommand that all names belong to, else the deepest. Raises ConfigError for two."""
    every = sorted({command for commands in owners.values() for command in commands}, key=len, reverse=True)
    shared = [
        c for c in every if all(any(_is_available_in(one, c) for one in commands) for commands in owners.values())
    ]
    deepest = [c for c in shared if not any(other != c and _is_available_in(c, other) for other in shared)]
    if len(deepest) > 1:
        name = next(name for name, commands in owners.items() if len(commands) > 1)
        raise ConfigError(
            f"{name!r} is a parameter of several subcommands: {', '.join(sorted(deepest))}",
            f"Try: {SUBCOMMAND}={min(deepest)}",
        )
    return (deepest or every or [""])[0]


def _drop_command_name(spec: ParameterSpec) -> ParameterSpec:
    """Returns the parameter by its own name, with `COMMAND.name` as an alias."""
    parameter = spec.parameter
    if parameter is None or spec.config.name != f"{parameter.command.replace(' ', '.')}.{parameter.name}":
        return spec
    aliases = (spec.config.name, *list_spellings([parameter.name]))
    return spec._replace(config=spec.config._replace(name=parameter.name), aliases=aliases)


def _build_spec(parameter: Parameter, program: ParserSpec, place: str) -> ParameterSpec:
    default = _get_default(parameter)
    is_variable = parameter.action == "env"
    value_type, item_type = _infer_types(parameter, default)
    default = None if parameter.follows == START else default
    if parameter.action == "override" or find_definition(program.parser).reads_literals:
        parameter = parameter._replace(has_converter=False)
    return ParameterSpec(
        ConfigValue(
            parameter.name,
            default,
            default,
            False,
            "env" if is_variable else "argument",
            parameter.name if is_variable else parameter.flag or parameter.name,
            parameter.description,
            parameter.choices,
        ),
        value_type,
        item_type,
        required=parameter.required,
        aliases=tuple(_list_aliases(parameter)),
        how=program.origin,
        where=f"{place}:{parameter.line}" if place and parameter.line else place,
        parameter=parameter,
        follows=parameter.follows,
    )


def _get_default(parameter: Parameter) -> JSONValue:
    implied: Mapping[str, JSONValue] = {"store_true": False, "count": 0}
    return implied.get(parameter.action) if parameter.default is None else parameter.default


def _infer_types(parameter: Parameter, default: JSONValue) -> tuple[str, str]:
    """Returns the type of a parameter, and that of its items if it takes several values."""
    if parameter.action in _TYPES:
        return _TYPES[parameter.action], ""
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


def _list_aliases(parameter: Parameter) -> list[str]:
    """Returns the name with dashes or underscores, and the options without their dashes."""
    flags = parameter.flags if parameter.action != "store_false" else ()
    return list_spellings((parameter.name, *parameter.aliases, *(flag.lstrip("-") for flag in flags)))


def build_hydra_specs(program: ParserSpec, names: Iterable[str]) -> list[ParameterSpec]:
    """Returns the overrides of a Hydra program beyond its values: `+new=1`, `++new=1`, `~old=`, `hydra.job.name=x`."""
    known = {p.name for p in program.parameters}
    is_hydra = program.parser == "hydra"
    new = [name for name in names if is_hydra and name not in known and name.startswith(_HYDRA_OVERRIDES)]
    return [_build_hydra_spec(name, program) for name in new]


def _build_hydra_spec(name: str, program: ParserSpec) -> ParameterSpec:
    spec = _build_spec(Parameter(name, action="override"), program, "")
    if name.startswith("hydra"):  # Hydra's own config, which the parser does not list
        return spec._replace(config=spec.config._replace(location=f"{name}={{}}"), parameter=None)
    return spec


def add_open_options(program: ParserSpec, names: Iterable[str], known: Iterable[str], command: str) -> ParserSpec:
    """Returns a program that takes options of any name (`**kwargs`) with those of `names` that are not `known`."""
    chosen = command or program.command
    if chosen not in program.open_commands:
        if len(program.open_commands) != 1:
            return program
        chosen = program.open_commands[0]
    new = [name for name in names if name.isidentifier() and name not in {*known, SUBCOMMAND}]
    more = (Parameter(name, (f"--{name}",), has_converter=True, command=chosen) for name in new)
    return program._replace(parameters=(*program.parameters, *more))
