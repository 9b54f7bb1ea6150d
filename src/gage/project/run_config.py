"""The parameters of an operation, and the config of a run of it. Starts the program to introspect it, if needed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from gage.assignments.parse import AssignedValue, parse_assignments
from gage.lib.globs import is_glob
from gage.parsers.parser_spec import ParserSpec
from gage.project import operation_parameters
from gage.project.command_line import add_values, parse_exec
from gage.project.gagefile_config import OperationContext
from gage.project.operation import Operation
from gage.project.parameter_spec import ParameterSpec
from gage.project.parser_parameters import (
    SUBCOMMAND,
    add_open_options,
    build_hydra_specs,
    build_specs,
    is_subcommand,
    relax_required,
)
from gage.project.request import RunRequest
from gage.types.errors import ConfigError
from gage.types.opdef import OpDef

MAX_INTROSPECTIONS = 20
"""Introspections of a program whose parameters depend on values, in one command."""


class RunConfig(NamedTuple):
    """The parameters of an operation with the values of a run, the program's parser, and a note on what is unknown.

    `stages` are the parsers that the program had with other values, by the words of its command; None where the
    parameters do not depend on values, or the program may not be started.
    """

    specs: tuple[ParameterSpec, ...]
    program: ParserSpec | None = None
    note: str = ""
    stages: dict[tuple[str, ...], ParserSpec | None] | None = None


def resolve_config(operation: Operation, request: RunRequest) -> RunConfig:
    """Returns the config of the run. Raises ConfigError, UsageError."""
    return apply_assignments(operation, find_parameters(operation), parse_assignments(request.assignments))


def apply_assignments(operation: Operation, found: RunConfig, given: Mapping[str, AssignedValue]) -> RunConfig:
    """Returns the parameters found for an operation with these values. Raises ConfigError."""
    from gage.project.resolve_values import resolve_values

    name = operation.op.name
    given = _normalize_subcommand(found, given, name)
    found = refine_parameters(operation, found, given)
    program, undeclared = _add_undeclared(found, given)
    specs = [*found.specs, *undeclared]
    if program is not None and any(s.parameter in program.config_files and _is_assigned(s, given) for s in specs):
        specs = [s._replace(required=False) for s in specs]  # the file may have it
    resolved = resolve_values(specs, given, name, found.note)
    return RunConfig(tuple(resolved), program, found.note if given else "")


def _is_assigned(o: ParameterSpec, given: Mapping[str, AssignedValue]) -> bool:
    return any(n in given for n in (o.config.name, *o.aliases))


def _add_undeclared(
    found: RunConfig, given: Mapping[str, AssignedValue]
) -> tuple[ParserSpec | None, list[ParameterSpec]]:
    """Parameters that the program takes although its parser does not list them: those of `**kwargs`, Hydra's `+new`."""
    program = found.program
    if program is None or not program.open_commands:
        return program, build_hydra_specs(program, given) if program else []
    known = {n for o in found.specs for n in (o.config.name, *o.aliases, *o.negations)}
    command = given[SUBCOMMAND].text if SUBCOMMAND in given else ""
    wider = add_open_options(program, given, known, command)
    new = {p.name for p in wider.parameters[len(program.parameters) :]}
    return wider, [o for o in build_specs(wider, "") if o.parameter in new]


def _normalize_subcommand(
    found: RunConfig, given: Mapping[str, AssignedValue], name: str
) -> Mapping[str, AssignedValue]:
    """Returns the values with the subcommand as the program names it: `data.fetch` becomes `data fetch`.

    Raises ConfigError for an operation without subcommands.
    """
    assigned = given.get(SUBCOMMAND)
    spec = _find_spec(found.specs, SUBCOMMAND)
    if assigned is None or (spec is not None and not is_subcommand(spec)):
        return given
    if spec is not None:
        spaced = " ".join(assigned.text.replace(".", " ").split())
        is_dotted = assigned.text not in spec.config.choices and spaced in spec.config.choices
        return {**given, SUBCOMMAND: assigned._replace(value=spaced, text=spaced)} if is_dotted else given
    hint = _suggest_assignments(found, assigned.text)
    raise ConfigError(f"{name} has no subcommands, and {assigned.text!r} is not name=value", hint)


def _suggest_assignments(found: RunConfig, text: str) -> str:
    """Returns a hint on what to write instead of words that are not a subcommand."""
    if found.program and found.program.command:
        return f"Its subcommand is {found.program.command}"
    words = text.split()
    positionals = [s.config.name for s in found.specs if s.parameter and not s.config.location.startswith("-")]
    values = [f"{name}={word}" for name, word in zip(positionals, words, strict=False)]
    names = [f"{word}=VALUE" for word in words if _find_spec(found.specs, word) is not None]
    return f"Try: {' '.join(names or values or [f'NAME={text}'])}"


def _find_spec(specs: Sequence[ParameterSpec], name: str) -> ParameterSpec | None:
    for spec in specs:
        if name in (spec.config.name, *spec.aliases):
            return spec
    return None


def find_parameters(operation: Operation, may_start: bool = True) -> RunConfig:
    """Returns all parameters of an operation with their defaults, as far as they are known without starting its
    program unless it `may_start`. Raises ConfigError, also if the program may start but cannot.
    """
    program = _introspect(operation, operation.command.words, may_start)
    if program and program.failure and may_start:
        raise ConfigError(program.failure, f"Use an older Python or a newer version of {program.parser}")
    found = _list_parameters(operation, program)
    return found._replace(stages={}) if program and program.is_staged and may_start else found


def refine_parameters(operation: Operation, found: RunConfig, given: Mapping[str, AssignedValue]) -> RunConfig:
    """Returns the parameters for these values, which can change those of a program that parses twice."""
    deciding = [s for s in (_assign_deciding(s, given) for s in found.specs) if s] if found.stages is not None else []
    run = operation.op.run
    if found.stages is None or not deciding or run is None or operation.command.shape != "words":
        return found
    words = parse_exec(add_values(run, deciding, found.program)).words
    if words not in found.stages:
        if len(found.stages) >= MAX_INTROSPECTIONS:
            return found
        program = _introspect(operation, words, True)
        found.stages[words] = program if program and program.origin == "introspected" else found.program
    return _list_parameters(operation, found.stages[words])


def _assign_deciding(spec: ParameterSpec, given: Mapping[str, AssignedValue]) -> ParameterSpec | None:
    """Returns the parameter with its value, if other parameters may depend on it: texts, choices and flags, and what is
    required.
    """
    from gage.project.resolve_values import convert_value

    is_deciding = spec.required or spec.config.choices or (spec.value_type in ("str", "bool", "") and not spec.nullable)
    for name in (spec.config.name, *spec.aliases):
        if name in given and is_deciding and spec.parameter:
            try:
                value = convert_value(spec, name, given[name])
            except ConfigError:
                return None  # apply_assignments refuses it
            return spec._replace(config=spec.config._replace(value=value, set_by_user=True))
    return None


def _list_parameters(operation: Operation, program: ParserSpec | None) -> RunConfig:
    op, command = operation.op, operation.command
    context = OperationContext(operation.project.dir, operation.script, program, _list_source_files(operation))
    specs, note = operation_parameters.list_parameters(op, context)
    own = command.words[command.arguments :]
    return RunConfig(tuple(relax_required(spec, own) for spec in specs), program, note)


def _list_source_files(operation: Operation) -> tuple[str, ...]:
    """Returns the project's source files, if the operation's config has a pattern for them."""
    if not any(is_glob(key.partition("#")[0]) for key in _list_keys(operation.op)):
        return ()
    from gage.project.source_selection import select_source

    return tuple(file.path for file in select_source(operation.project.dir, operation.op.source).files)


def _list_keys(op: OpDef) -> Iterable[str]:
    for definition in op.config:
        yield from definition.keys
        yield definition.target


def _introspect(operation: Operation, words: Sequence[str], may_start: bool) -> ParserSpec | None:
    """Returns the parser of the program that the operation starts with these words, None if it has none."""
    op, command, script = operation.op, operation.command, operation.script
    if op.run is None or command.shape == "partial" or (script is not None and script.suffix.lower() == ".ipynb"):
        return None
    if script is None and not (words and (op.origin or command.module is not None)):
        return None
    from gage.parsers import parser_lookup

    cwd = operation.start_dir / command.directory
    return parser_lookup.find_parser_spec(words, script, cwd, operation.project.dir, op.env, may_start)
