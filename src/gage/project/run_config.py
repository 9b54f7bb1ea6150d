"""An operation's settings, and those of a run of it: its program is asked when that is needed, and once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gage.parsers.parser_spec import ParserSpec
from gage.project import operation_parameters
from gage.project.command_line import add_values, split_command
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
from gage.types.opdef import Exec

if TYPE_CHECKING:
    from gage.assignments.parse import AssignedValue


MOST = 20
"""How often one command asks a program that takes other things when it is given other values."""


class RunConfig(NamedTuple):
    """The settings of a run, what tells of the program's parser, and a sentence on what could not be found out.

    `again` finds the settings once more, for a program that takes other things when it is given other values.
    """

    specs: tuple[ParameterSpec, ...]
    program: ParserSpec | None = None
    note: str = ""
    again: "Callable[[Sequence[ParameterSpec]], RunConfig] | None" = None


def resolve_config(operation: Operation, request: RunRequest) -> RunConfig:
    """The settings of the run. Raises ConfigError, UsageError."""
    from gage.assignments import parse

    given = parse.parse_assignments(request.assignments)
    return apply_assignments(find_parameters(operation), given, operation.op.name)


def apply_assignments(found: RunConfig, given: "Mapping[str, AssignedValue]", what: str) -> RunConfig:
    """What was found for the operation `what`, with these values. Raises ConfigError."""
    from gage.project.resolve_values import resolve_values

    given = _with_command(found, given, what)
    found = refine_parameters(found, given)
    program, more = _besides(found, given)
    offers = [*found.specs, *more]
    if program is not None and any(o.parameter in program.config_files and _is_given(o, given) for o in offers):
        offers = [o._replace(required=False) for o in offers]  # the file may have it
    chosen = resolve_values(offers, given, what, found.note)
    return RunConfig(tuple(chosen), program, found.note if given else "")


def _is_given(o: ParameterSpec, given: "Mapping[str, AssignedValue]") -> bool:
    return any(n in given for n in (o.config.name, *o.aliases))


def _besides(found: RunConfig, given: "Mapping[str, AssignedValue]") -> tuple[ParserSpec | None, list[ParameterSpec]]:
    """What is given that the program takes without having told of it."""
    program = found.program
    if program is None or not program.open_commands:
        return program, build_hydra_specs(program, given) if program else []
    known = {n for o in found.specs for n in (o.config.name, *o.aliases, *o.negations)}
    command = given[SUBCOMMAND].text if SUBCOMMAND in given else ""
    wider = add_open_options(program, given, known, command)
    new = {p.name for p in wider.parameters[len(program.parameters) :]}
    return wider, [o for o in build_specs(wider, "") if o.parameter in new]


def _with_command(found: RunConfig, given: "Mapping[str, AssignedValue]", what: str) -> "Mapping[str, AssignedValue]":
    """The values with the sub-command as the program calls it: `data.fetch` is `data fetch`. Raises ConfigError for
    words in its place that are none: people write them as they are used to.
    """
    said = given.get(SUBCOMMAND)
    named = next((o for o in found.specs if SUBCOMMAND in (o.config.name, *o.aliases)), None)
    if said is None or (named is not None and not is_subcommand(named)):
        return given
    words = said.text.split()
    if named is not None:
        name = " ".join(said.text.replace(".", " ").split())
        is_dotted = said.text not in named.config.choices and name in named.config.choices
        return {**given, SUBCOMMAND: replace(said, value=name, text=name)} if is_dotted else given
    if found.program and found.program.command:
        hint = f"Its command is {found.program.command}"
    else:
        needed = [o.config.name for o in found.specs if o.parameter and not o.config.location.startswith("-")]
        pairs = [f"{n}={w}" for n, w in zip(needed, words, strict=False)]
        spelled = [f"{w}=VALUE" for w in words if any(w in (o.config.name, *o.aliases) for o in found.specs)]
        hint = f"Try: {' '.join(spelled or pairs or [f'NAME={said.text}'])}"
    raise ConfigError(f"{what} has no commands, and {said.text!r} is not name=value", hint)


def refine_parameters(found: RunConfig, given: "Mapping[str, AssignedValue]") -> RunConfig:
    """All that can be set when these values are given: a program that parses twice may take other things then."""
    told = [o for o in map(_told(given), found.specs) if o is not None] if found.again else []
    return found.again(told) if found.again and told else found


def _told(given: "Mapping[str, AssignedValue]") -> "Callable[[ParameterSpec], ParameterSpec | None]":
    """What decides on other settings, with its value: texts, choices and flags do, and what is required comes along."""
    from gage.project.resolve_values import convert_value

    def told(o: ParameterSpec) -> ParameterSpec | None:
        name = next((n for n in (o.config.name, *o.aliases) if n in given), "")
        is_deciding = o.required or o.config.choices or (o.value_type in ("str", "bool", "") and not o.nullable)
        if not name or not is_deciding or not o.parameter:
            return None
        try:
            return o._replace(config=o.config._replace(value=convert_value(o, name, given[name]), set_by_user=True))
        except ConfigError:
            return None  # it is refused in a moment

    return told


def find_parameters(operation: Operation, ask: bool = True) -> RunConfig:
    """All that can be set for an operation, with the values that it has by itself; without `ask`, as far as that can be
    told without starting its program. Raises ConfigError.
    """
    asked = _Asked(operation, ask)
    project = operation.project.dir

    def files() -> Iterator[str]:
        from gage.project import source_selection

        return (f.path for f in source_selection.select_source(project, operation.op.source).files)

    script = operation.script.path if operation.script else None
    said = _own_words(operation)

    def config(program: Callable[[], ParserSpec | None]) -> RunConfig:
        options, note = operation_parameters.list_parameters(
            operation.op, OperationContext(project, script, program, files)
        )
        return RunConfig(tuple(relax_required(o, said) for o in options), program(), note)

    def again(told: Sequence[ParameterSpec]) -> RunConfig:
        return config(lambda: asked.again(told))

    found = config(asked)
    return found._replace(again=again) if found.program and found.program.is_staged and ask else found


def _own_words(operation: Operation) -> list[str]:
    """What the operation's own command tells its program."""
    run = operation.op.run
    words = list(split_command(run) or run.shell.split()) if run else []
    script = operation.script.path.name if operation.script else ""
    at = next((i for i, w in enumerate(words) if script and w.endswith(script)), 0)
    return words[at + 1 :]


class _Asked:
    """What the program's parser tells, asked for when it is needed, and once."""

    def __init__(self, operation: Operation, may_start: bool) -> None:
        self.operation = operation
        self.may_start = may_start
        self.is_asked = False
        self.program: ParserSpec | None = None
        self.others: dict[tuple[str, ...], ParserSpec | None] = {}

    def __call__(self) -> ParserSpec | None:
        if not self.is_asked and self.operation.op.run is not None:
            self.program = self._find(self.operation.op.run)
        self.is_asked = True
        return self.program

    def again(self, told: Sequence[ParameterSpec]) -> ParserSpec | None:
        """What it takes when it is given these values; the same as before where that cannot be found out."""
        run = self.operation.op.run
        script = self.operation.script.path if self.operation.script else None
        if run is None or not split_command(run):
            return self.program
        words = split_command(add_values(run, told, self.program, script, self.operation.start_dir))
        if words not in self.others and len(self.others) < MOST:
            found = self._find(run, words)
            self.others[words] = found if found and found.origin == "introspected" else self.program
        return self.others.get(words, self.program)

    def _find(self, run: Exec, more: Sequence[str] = ()) -> ParserSpec | None:
        from gage.parsers import parser_lookup

        operation = self.operation
        script = operation.script.path if operation.script else None
        words = more or split_command(run) or operation.words
        if script is not None and script.suffix.lower() == ".ipynb":
            return None
        if script is None and not (words and (operation.op.origin or "-m" in words)):
            return None
        folder, project = operation.start_dir / operation.inside, operation.project.dir
        return parser_lookup.find_parser_spec(words, script, folder, project, operation.op.env, self.may_start)
