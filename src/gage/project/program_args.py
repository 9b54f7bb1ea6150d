"""The words of a command line as the config of a run: what `--lr 0.3` after `--` sets, and what it leaves unknown."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from gage.assignments.parse import AssignedValue, assign_text
from gage.lib.suggest import join_some
from gage.parsers.parser_spec import ParserSpec
from gage.project.operation import Operation
from gage.project.parameter_spec import SUBCOMMAND, ParameterSpec
from gage.types.errors import ConfigError, UsageError


class ProgramArgs(NamedTuple):
    """What the words after `--` mean to the program.

    `arguments` are all of them, `rest` those that set no parameter. `values` are the values that they set, by the name
    of the parameter, and `keys` these parameters as the parser names them (subcommand, name). `unknown` are the names
    of parameters that they may set to an unknown value. `command` is the subcommand among them ("" = none). `places`
    are the positions of the words that set a value, by the name of the parameter, `rest_places` those of `rest`.
    """

    arguments: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    values: Mapping[str, AssignedValue] = {}
    keys: frozenset[tuple[str, str]] = frozenset()
    unknown: frozenset[str] = frozenset()
    command: str = ""
    places: Mapping[str, tuple[int, ...]] = {}
    rest_places: tuple[int, ...] = ()

    def leave_unknown(self, names: Collection[str]) -> "ProgramArgs":
        """Returns this without the values of these parameters, whose words are part of the `rest`."""
        places = tuple(sorted({*self.rest_places, *(at for name in names for at in self.places.get(name, ()))}))
        rest = tuple(self.arguments[at] for at in places)
        values = {name: value for name, value in self.values.items() if name not in names}
        return self._replace(rest=rest, values=values, unknown=self.unknown | frozenset(names), rest_places=places)

    def sets(self, spec: ParameterSpec) -> bool:
        """Returns whether the words set this parameter."""
        if spec.is_subcommand:
            return bool(self.command)
        return (spec.command, _get_parser_name(spec) or spec.config.name) in self.keys


def read_program_args(
    operation: Operation, specs: Sequence[ParameterSpec], program: ParserSpec | None, command: str = ""
) -> ProgramArgs:
    """Returns what the words after `--` mean. `command` is the subcommand that is set otherwise ("" = none)."""
    arguments = operation.arguments
    if not arguments:
        return ProgramArgs()
    if program is None or not program.parameters:
        return ProgramArgs(arguments, arguments, unknown=frozenset(_find_mentioned(specs, arguments)))
    from gage.parsers.read_args import read_args

    own = _list_own_words(operation)
    read = read_args(program, (*own, *arguments), command)
    by_key = {(s.command, s.parameter.name): s for s in specs if s.parameter and not s.is_subcommand}
    rest = {at - len(own) for at in read.rest if at >= len(own)}
    values: dict[str, AssignedValue] = {}
    keys: set[tuple[str, str]] = set()
    places_by_name: dict[str, tuple[int, ...]] = {}
    unknown = {by_key[key].config.name for key in read.unknown if key in by_key}
    is_named = read.command_at >= len(own)
    if is_named:
        values[SUBCOMMAND] = AssignedValue(read.command, read.command)
    for key, value in read.values.items():
        places = [at - len(own) for at in value.places if at >= len(own)]
        spec = by_key.get(key)
        is_undeclared = not operation.op.config and key not in {(p.command, p.name) for p in program.parameters}
        if not places or (spec is None and not is_undeclared):
            rest |= set(places)
            continue
        assigned = _assign(value.value, value.text)
        if spec is not None and not _can_convert(spec, assigned):
            rest |= set(places)
            unknown.add(spec.config.name)
            continue
        name = spec.config.name if spec else key[1]
        values[name], places_by_name[name] = assigned, tuple(places)
        keys.add(key)
    found = frozenset(keys), frozenset(unknown), read.command if is_named else ""
    return ProgramArgs(arguments, (), values, *found, places_by_name, tuple(sorted(rest))).leave_unknown(())


def read_own_words(operation: Operation, specs: Sequence[ParameterSpec], program: ParserSpec) -> list[ParameterSpec]:
    """Returns the parameters with the values that the operation's own command gives them as defaults: by its arguments,
    or by variables in front of the program (`LR=0.1 bash train.sh`).
    """
    own, variables = _list_own_words(operation), dict(operation.command.variables)
    if not (own or variables) or not program.parameters:
        return list(specs)
    from gage.parsers.read_args import read_args

    read = read_args(program, (*own, *operation.arguments)).values
    defaults = {key: _assign(v.value, v.text) for key, v in read.items() if v.places[0] < len(own)}
    for p in program.parameters:
        if p.action == "env" and p.name in variables:
            defaults[p.command, p.name] = _assign(None, variables[p.name])
    return [_set_default(spec, defaults.get((spec.command, _get_parser_name(spec)))) for spec in specs]


def _set_default(spec: ParameterSpec, assigned: AssignedValue | None) -> ParameterSpec:
    from gage.project.convert_value import convert_value

    if assigned is None or not _can_convert(spec, assigned):
        return spec
    value = convert_value(spec, spec.config.name, assigned)
    return spec._replace(config=spec.config._replace(value=value, default=value), required=False)


def _get_parser_name(spec: ParameterSpec) -> str:
    return spec.parameter.name if spec.parameter else ""


def is_command_in_args(operation: Operation, program: ParserSpec) -> bool:
    """Returns whether the subcommand of the program is among the words after `--`."""
    if not program.command or not operation.arguments:
        return False
    from gage.parsers.read_args import read_args

    own = _list_own_words(operation)
    return read_args(program, (*own, *operation.arguments)).command_at >= len(own)


class SetTwice(UsageError):
    """`name` is set by `name=value` and by the words after `--`."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(
            f"{name} is set twice: by {name}={text} and by the arguments after --",
            "Remove one of them; with --restart, arguments after -- replace those of the earlier run",
        )
        self.name = name


def reject_twice(specs: Sequence[ParameterSpec], args: ProgramArgs, assigned: Mapping[str, AssignedValue]) -> None:
    """Raises SetTwice for a parameter that `name=value` and the words after `--` set."""
    for name in assigned:
        spec = next((s for s in specs if s.has_name(name) or name in s.negations), None)
        own = spec.config.name if spec else name
        if own in args.values or own in args.unknown or (spec is not None and args.sets(spec)):
            raise SetTwice(name, assigned[name].text)


def format_unknown_notice(args: ProgramArgs) -> str:
    """Returns the notice on parameters whose values are not known, "" if there are none."""
    if not args.unknown:
        return ""
    names = join_some(sorted(args.unknown), 5)
    return f"Not recorded as config, since the arguments after -- may set it: {names}"


def _list_own_words(operation: Operation) -> tuple[str, ...]:
    return operation.command.words[operation.command.arguments :]


def _assign(value: object, text: str | None) -> AssignedValue:
    if text is None:
        return AssignedValue(value, str(value), is_typed=True)  # type: ignore[arg-type]
    return assign_text(text)


def _can_convert(spec: ParameterSpec, assigned: AssignedValue) -> bool:
    from gage.project.convert_value import convert_value

    try:
        convert_value(spec, spec.config.name, assigned)
    except ConfigError:
        return False
    return True


def _find_mentioned(specs: Sequence[ParameterSpec], words: Sequence[str]) -> list[str]:
    """Returns the parameters that words name, such as `--lr=0.3`, `lr=0.3`: the program may read them itself."""
    names = {word.lstrip("-").partition("=")[0] for word in words if "=" in word or word.startswith("--")}
    return [spec.config.name for spec in specs if any(spec.has_name(name) for name in names)]
