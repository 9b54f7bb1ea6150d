"""The parameters of an operation, and the config of a run of it. Starts the program to introspect it, if needed."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from gage.assignments.parse import AssignedValue, parse_assignments
from gage.assignments.placeholders import find_placeholders
from gage.lib.globs import is_glob
from gage.parsers.parser_spec import COMPUTED, START, ParserSpec
from gage.project import operation_parameters
from gage.project.command_line import add_values, parse_exec
from gage.project.environment_values import assign_variables, take_inherited
from gage.project.operation import Operation
from gage.project.option_files import add_file_values, find_mentioned_values, list_names_before_file, set_twins
from gage.project.parameter_spec import SUBCOMMAND, FileValues, ParameterSpec
from gage.project.parser_parameters import add_open_options, build_hydra_specs, build_specs
from gage.project.program_args import ProgramArgs, is_command_in_args, read_own_words, read_program_args, reject_twice
from gage.project.request import RunRequest
from gage.types.errors import ConfigError
from gage.types.values import ConfigValue

_OVERRIDE = re.compile(r"[+~]{0,2}[A-Za-z_][\w./@-]*=")  # lr=0.3
MAX_INTROSPECTIONS = 20
"""Introspections of a program whose parameters depend on values, in one command."""


class RunConfig(NamedTuple):
    """The parameters of an operation with the values of a run, the program's parser, and a note on what is unknown.

    `stages` are the parsers that the program had with other values, by the words of its command; None where the
    parameters do not depend on values, or the program may not be started. `args` are the words after `--`.
    `start_values` are the values that introspection found of parameters that are not known before the start.
    """

    specs: tuple[ParameterSpec, ...]
    program: ParserSpec | None = None
    note: str = ""
    stages: dict[tuple[str, ...], ParserSpec | None] | None = None
    args: ProgramArgs = ProgramArgs()
    start_values: tuple[ConfigValue, ...] = ()

    @property
    def values(self) -> list[ConfigValue]:
        """Returns the config values of all parameters."""
        return [spec.config for spec in self.specs]


def resolve_config(operation: Operation, request: RunRequest) -> RunConfig:
    """Returns the config of the run. Raises ConfigError, UsageError."""
    return apply_assignments(operation, find_parameters(operation), parse_assignments(request.assignments))


def apply_assignments(
    operation: Operation,
    config: RunConfig,
    values: Mapping[str, AssignedValue],
    earlier: Mapping[str, AssignedValue] = {},
) -> RunConfig:
    """Returns the parameters found for an operation with these values and those of the words after `--`, which both
    replace the `earlier` ones of a restarted run. Raises ConfigError, and UsageError for a value that is set twice.
    """
    from gage.project.resolve_values import resolve_values

    name = operation.op.name
    values = _normalize_subcommand(config, values, name)
    args = _read_program_args(operation, config, {**earlier, **values})
    config = refine_parameters(operation, config, {**earlier, **args.values, **values})
    if operation.arguments:
        args = _read_program_args(operation, config, {**earlier, **values})
        reject_twice(config.specs, args, values)
    args = _leave_out_values_before_file(config, args)
    variables = assign_variables(config.specs, operation, values) if operation.variables else {}
    values = {**earlier, **args.values, **values, **variables}
    program, undeclared = _add_undeclared(config, values)
    specs: Sequence[ParameterSpec] = [*config.specs, *undeclared]
    files = add_file_values(operation, specs, program, values, args.unknown) if program else FileValues(specs)
    specs = files.specs
    names = program.config_files if program else ()
    if any(spec.parameter and spec.parameter.name in names and spec.find_assigned(values) for spec in specs):
        specs = [spec._replace(required=False) for spec in specs]  # the file may have it
    specs = [spec._replace(required=False) if spec.config.name in args.unknown else spec for spec in specs]
    if any(not any(spec.has_name(n) or n in spec.negations for spec in specs) for n in values):
        config = config._replace(note=describe_no_parameters(operation, config))
    resolved = resolve_values(specs, values, name, config.note)
    if files.twins:
        files, resolved = _set_twins(operation, files, resolved, args)
        args = args.leave_unknown([n for n in args.values if n in files.unknown])._replace(unknown=args.unknown)
    unsure = find_mentioned_values(resolved, args.arguments)
    replaced = _find_replaced(resolved, args.unknown) | _find_changed_by_hydra(resolved, args.unknown)
    at_start = {s.config.name for s in resolved if s.follows == START and not s.config.set_by_user}
    left_out = args.unknown | files.unknown | at_start | unsure
    others = {s.config.location for s in resolved if s.config.name in left_out or s.key in replaced}
    others |= {COMPUTED} if values or args.unknown or args.rest else set()
    computed = {s.config.name for s in resolved if s.follows in others and not s.config.set_by_user}
    known = [s for s in resolved if s.config.name not in left_out | computed and s.key not in replaced]
    notes = [
        config.note if values else "",
        files.note,
        _note_unrecorded("other values may change it", computed),
        _note_unrecorded("the program computes it when it starts", at_start),
        _note_unrecorded("arguments of the program may set it", unsure),
    ]
    found = (
        s.config._replace(value=s.parameter.default) for s in resolved if s.config.name in at_start and s.parameter
    )
    return RunConfig(tuple(known), program, " ".join(filter(None, notes)), args=args, start_values=tuple(found))


def _note_unrecorded(reason: str, names: Collection[str]) -> str:
    return f"Not recorded as config, since {reason}: {', '.join(sorted(names))}" if names else ""


def _read_program_args(operation: Operation, config: RunConfig, values: Mapping[str, AssignedValue]) -> ProgramArgs:
    command = values[SUBCOMMAND].text if SUBCOMMAND in values and config.program and config.program.commands else ""
    return read_program_args(operation, config.specs, config.program, command)


def _leave_out_values_before_file(config: RunConfig, args: ProgramArgs) -> ProgramArgs:
    """Returns what the words mean without the values that a config file behind them may replace, and without the file:
    the order of these words decides.
    """
    if not args.values or config.program is None or not config.program.config_files:
        return args
    unsure = list_names_before_file(config.program, config.specs, args.arguments, args.values)
    files = {s.config.name for s in config.specs if s.parameter and s.parameter.name in config.program.config_files}
    return args.leave_unknown(unsure | files if unsure else unsure)


def _set_twins(
    operation: Operation, files: FileValues, resolved: Sequence[ParameterSpec], args: ProgramArgs
) -> tuple[FileValues, list[ParameterSpec]]:
    """Returns what is unknown of the config files, and the parameters with those in the files that are set as well."""
    named = find_placeholders(operation.op.run) if operation.op.run else ()

    def is_set(spec: ParameterSpec) -> bool:
        return spec.config.name in named or (spec.config.set_by_user and not args.sets(spec))

    both = set_twins(resolved, files.twins, is_set)
    note = ". ".join(filter(None, (files.note, both.note)))
    return FileValues(files.specs, files.unknown | both.unknown, note), list(both.specs)


def _find_replaced(specs: Sequence[ParameterSpec], unknown: Collection[str]) -> set[tuple[str, str]]:
    """Returns the keys of parameters that are not set, and whose value in the program (argparse's dest) another one
    sets.
    """
    given = {spec.key for spec in specs if spec.config.set_by_user or spec.config.name in unknown}
    names = {(s.command, n) for s in specs if s.parameter and s.key in given for n in s.parameter.aliases}
    return {
        s.key
        for s in specs
        if s.parameter and s.key not in given and any((s.command, name) in names for name in s.parameter.aliases)
    }


def _find_changed_by_hydra(specs: Sequence[ParameterSpec], unknown: Collection[str]) -> set[tuple[str, str]]:
    """Returns the keys of parameters that are not set, and that `++db.port` or `~db` changes, or an unknown group."""
    given = [spec.config.name for spec in specs if spec.is_override and spec.config.set_by_user]
    tops = [name.lstrip("+~") for name in given if name[:1] in ("+", "~")]
    tops += [name for name in unknown if any(s.is_override for s in specs)]
    return {
        spec.key
        for spec in specs
        if spec.is_override
        and not spec.config.set_by_user
        and any(f"{spec.config.name}.".startswith(f"{t}.") for t in tops)
    }


def _add_undeclared(
    config: RunConfig, values: Mapping[str, AssignedValue]
) -> tuple[ParserSpec | None, list[ParameterSpec]]:
    """Parameters that the program takes although its parser does not list them: those of `**kwargs`, Hydra's `+new`."""
    program = config.program
    if program is None or not program.open_commands:
        return program, build_hydra_specs(program, values) if program else []
    known = {name for spec in config.specs for name in (spec.config.name, *spec.aliases, *spec.negations)}
    command = values[SUBCOMMAND].text if SUBCOMMAND in values else ""
    wider = add_open_options(program, values, known, command)
    new = wider.parameters[len(program.parameters) :]
    return wider, build_specs(wider._replace(parameters=new, commands=()), "")


def _normalize_subcommand(
    config: RunConfig, values: Mapping[str, AssignedValue], name: str
) -> Mapping[str, AssignedValue]:
    """Returns the values with the subcommand as the program names it: `data.fetch` becomes `data fetch`.

    Raises ConfigError for an operation without subcommands.
    """
    assigned = values.get(SUBCOMMAND)
    spec = next((spec for spec in config.specs if spec.has_name(SUBCOMMAND)), None)
    if assigned is None or (spec is not None and not spec.is_subcommand):
        return values
    if spec is None:
        hint = _suggest_assignments(config, assigned.text, name)
        raise ConfigError(f"{name} has no subcommands, and {assigned.text!r} is not name=value", hint)
    spaced = " ".join(assigned.text.replace(".", " ").split())
    spaced = config.program.command_aliases.get(spaced, spaced) if config.program else spaced
    is_other_name = assigned.text not in spec.config.choices and spaced in spec.config.choices
    return {**values, SUBCOMMAND: AssignedValue(spaced, spaced)} if is_other_name else values


def _suggest_assignments(config: RunConfig, text: str, name: str) -> str:
    """Returns a hint on what to write instead of words that are not a subcommand."""
    if config.program and config.program.command:
        return f"Its subcommand is {config.program.command}"
    from gage.assignments.convert_words import convert_words, join_words

    words = text.split()
    is_known = any(spec.has_name(words[0].partition(":")[0]) for spec in config.specs)
    positionals = [s.config.name for s in config.specs if s.parameter and not s.config.location.startswith("-")]
    values = [f"{name}={word}" for name, word in zip(positionals, words, strict=False)]
    if not is_known and not values and len(words) == 1 and ":" not in text:
        return f"Try: NAME={text}"
    return f"Try: gage run {join_words((name, *(convert_words(words) if is_known or not values else values)))}"


def describe_no_parameters(operation: Operation, config: RunConfig) -> str:
    """Returns why an operation may lack parameters: its script imports a module that is missing, or reads its arguments
    itself. "" if unknown.
    """
    has_parser = config.program is not None and bool(config.program.parameters)
    if config.note or has_parser:
        return config.note
    from gage.project.missing_imports import find_missing_module
    from gage.project.own_arguments import describe_own_arguments

    has_parameters = any(not spec.is_hidden for spec in config.specs)
    return ("" if has_parameters else find_missing_module(operation)) or describe_own_arguments(operation)


def find_parameters(operation: Operation, may_start: bool = True) -> RunConfig:
    """Returns all parameters of an operation with their defaults, as far as they are known without starting its
    program unless it `may_start`. Raises ConfigError, also if the program may start but cannot.
    """
    program = _introspect(operation, _list_introspected_words(operation), may_start)
    if program and program.failure and may_start:
        raise ConfigError(program.failure, f"Use an older Python or a newer version of {program.parser}")
    config = _list_parameters(operation, program)
    if program is not None:
        config = config._replace(specs=tuple(add_file_values(operation, config.specs, program, {}).specs))
    return config._replace(stages={}) if program and program.is_staged and may_start else config


def refine_parameters(operation: Operation, config: RunConfig, values: Mapping[str, AssignedValue]) -> RunConfig:
    """Returns the parameters for these values, which can change those of a program that parses twice."""
    stages, run = config.stages, operation.op.run
    deciding = [s for s in (_assign_deciding(s, values) for s in config.specs) if s] if stages is not None else []
    if stages is None or not deciding or run is None or operation.command.shape != "words":
        return config
    words = parse_exec(add_values(run, deciding, config.program)).words
    words = (*words, *_list_introspected_words(operation)[len(operation.command.words) :])
    if words not in stages:
        if len(stages) >= MAX_INTROSPECTIONS:
            return config
        program = _introspect(operation, words, True)
        stages[words] = program if program and program.origin == "introspected" else config.program
    return _list_parameters(operation, stages[words])


def _assign_deciding(spec: ParameterSpec, values: Mapping[str, AssignedValue]) -> ParameterSpec | None:
    """Returns the parameter with its value, if other parameters may depend on it: texts, choices and flags, and what is
    required.
    """
    from gage.project.convert_value import convert_value

    is_text_or_flag = spec.value_type in ("str", "bool", "") and not spec.is_override
    if spec.is_override and not spec.is_config_group:
        return None  # other values of Hydra's config do not change which ones there are
    name = spec.find_assigned(values)
    if name is None or spec.parameter is None or not (spec.required or spec.config.choices or is_text_or_flag):
        return None
    try:
        return spec.set_value(convert_value(spec, name, values[name]))
    except ConfigError:
        return None  # apply_assignments refuses it


def _list_introspected_words(operation: Operation) -> tuple[str, ...]:
    """Returns the command with the arguments after `--` that can decide which parameters there are: not `lr=0.3`, which
    Hydra would report as the default.
    """
    before = ("", *operation.arguments)
    arguments = (
        word
        for previous, word in zip(before, operation.arguments, strict=False)
        if not _OVERRIDE.match(word) or (previous.startswith("-") and previous not in ("-m", "--multirun"))
    )
    return (*operation.command.words, *arguments)


def _list_parameters(operation: Operation, program: ParserSpec | None) -> RunConfig:
    op, command = operation.op, operation.command
    if program is not None and is_command_in_args(operation, program):
        program = program._replace(command="")  # the words after `--` set it, like any parameter
    context = operation_parameters.OperationContext(
        operation.project.dir, operation.script, program, _list_source_files(operation)
    )
    specs, note = operation_parameters.list_parameters(op, context)
    own = command.words[command.arguments :]
    if program is not None:
        specs = read_own_words(operation, specs, program)
    if any(spec.config.target == "env" for spec in specs):
        specs = take_inherited(specs, operation)
    return RunConfig(tuple(_relax_required(spec, own) for spec in specs), program, note)


def _relax_required(spec: ParameterSpec, words: Sequence[str]) -> ParameterSpec:
    """Returns the parameter as optional if the command's own `words` set it."""
    if not spec.required or spec.parameter is None:
        return spec
    flags = {spec.config.location, *(f"--{alias}" for alias in spec.aliases)}
    if spec.config.location.startswith("-"):
        is_set = any(word.partition("=")[0] in flags for word in words)
    else:
        is_set = any(not word.startswith("-") for word in words)
    return spec._replace(required=False) if is_set else spec


def _list_source_files(operation: Operation) -> tuple[str, ...]:
    """Returns the project's source files, if the operation's config has a pattern for them."""
    keys = [key for definition in operation.op.config for key in (*definition.keys, definition.target)]
    if not any(is_glob(key.partition("#")[0]) for key in keys):
        return ()
    from gage.project.source_selection import select_source

    return tuple(
        file.path
        for file in select_source(operation.project.dir, operation.op.source, config=operation.op.config).files
    )


def _introspect(operation: Operation, words: Sequence[str], may_start: bool) -> ParserSpec | None:
    """Returns the parser of the program that the operation starts with these words, None if it has none."""
    op, command, script = operation.op, operation.command, operation.script
    if op.run is None or command.shape == "partial" or (script is not None and script.suffix.lower() == ".ipynb"):
        return None
    if script is None and not (words and (op.origin or command.module is not None)):
        return None
    from gage.parsers import parser_lookup

    cwd, env = operation.start_dir / command.directory, {**op.env, **operation.variables}
    return parser_lookup.find_parser_spec(words, script, cwd, operation.project.dir, env, may_start)
