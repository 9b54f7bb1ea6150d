"""An operation's settings, and those of a run of it: its program is asked when that is needed, and once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gage.parsers.parser_spec import ParserSpec
from gage.project import operation_parameters
from gage.project.command_line import with_values, words_of
from gage.project.gagefile_config import Around
from gage.project.operation import Operation
from gage.project.parameter_spec import Offered
from gage.project.parser_parameters import COMMAND, as_said, changes, is_command, offered, opened
from gage.project.request import RunRequest
from gage.types.errors import ConfigError
from gage.types.opdef import Exec

if TYPE_CHECKING:
    from gage.assignments.parse import Assigned


MOST = 20
"""How often one command asks a program that takes other things when it is given other values."""


class Config(NamedTuple):
    """The settings of a run, what tells of the program's parser, and a sentence on what could not be found out.

    `again` finds the settings once more, for a program that takes other things when it is given other values.
    """

    chosen: tuple[Offered, ...]
    program: ParserSpec | None = None
    note: str = ""
    again: "Callable[[Sequence[Offered]], Config] | None" = None


def config_of(operation: Operation, request: RunRequest) -> Config:
    """The settings of the run. Raises ConfigError, UsageError."""
    from gage.assignments import parse

    given = parse.parse(request.assignments)
    return config_with(settings_of(operation), given, operation.op.name)


def config_with(found: Config, given: "Mapping[str, Assigned]", what: str) -> Config:
    """What was found for the operation `what`, with these values. Raises ConfigError."""
    from gage.project.resolve_values import choose

    given = _with_command(found, given, what)
    found = settings_given(found, given)
    program, more = _besides(found, given)
    offers = [*found.chosen, *more]
    if program is not None and any(o.parameter in program.config_files and _is_given(o, given) for o in offers):
        offers = [o._replace(required=False) for o in offers]  # the file may have it
    chosen = choose(offers, given, what, found.note)
    return Config(tuple(chosen), program, found.note if given else "")


def _is_given(o: Offered, given: "Mapping[str, Assigned]") -> bool:
    return any(n in given for n in (o.setting.name, *o.aliases))


def _besides(found: Config, given: "Mapping[str, Assigned]") -> tuple[ParserSpec | None, list[Offered]]:
    """What is given that the program takes without having told of it."""
    program = found.program
    if program is None or not program.open_commands:
        return program, changes(program, given) if program else []
    known = {n for o in found.chosen for n in (o.setting.name, *o.aliases, *o.inverse)}
    command = given[COMMAND].text if COMMAND in given else ""
    wider = opened(program, given, known, command)
    new = {p.name for p in wider.parameters[len(program.parameters) :]}
    return wider, [o for o in offered(wider, "") if o.parameter in new]


def _with_command(found: Config, given: "Mapping[str, Assigned]", what: str) -> "Mapping[str, Assigned]":
    """The values with the sub-command as the program calls it: `data.fetch` is `data fetch`. Raises ConfigError for
    words in its place that are none: people write them as they are used to.
    """
    said = given.get(COMMAND)
    named = next((o for o in found.chosen if COMMAND in (o.setting.name, *o.aliases)), None)
    if said is None or (named is not None and not is_command(named)):
        return given
    words = said.text.split()
    if named is not None:
        name = " ".join(said.text.replace(".", " ").split())
        is_dotted = said.text not in named.setting.choices and name in named.setting.choices
        return {**given, COMMAND: replace(said, value=name, text=name)} if is_dotted else given
    if found.program and found.program.command:
        hint = f"Its command is {found.program.command}"
    else:
        needed = [o.setting.name for o in found.chosen if o.parameter and not o.setting.place.startswith("-")]
        pairs = [f"{n}={w}" for n, w in zip(needed, words, strict=False)]
        spelled = [f"{w}=VALUE" for w in words if any(w in (o.setting.name, *o.aliases) for o in found.chosen)]
        hint = f"Try: {' '.join(spelled or pairs or [f'NAME={said.text}'])}"
    raise ConfigError(f"{what} has no commands, and {said.text!r} is not name=value", hint)


def settings_given(found: Config, given: "Mapping[str, Assigned]") -> Config:
    """All that can be set when these values are given: a program that parses twice may take other things then."""
    told = [o for o in map(_told(given), found.chosen) if o is not None] if found.again else []
    return found.again(told) if found.again and told else found


def _told(given: "Mapping[str, Assigned]") -> "Callable[[Offered], Offered | None]":
    """What decides on other settings, with its value: texts, choices and flags do, and what is required comes along."""
    from gage.project.resolve_values import typed

    def told(o: Offered) -> Offered | None:
        name = next((n for n in (o.setting.name, *o.aliases) if n in given), "")
        is_deciding = o.required or o.setting.choices or (o.kind in ("str", "bool", "") and not o.nullable)
        if not name or not is_deciding or not o.parameter:
            return None
        try:
            return o._replace(setting=o.setting._replace(value=typed(o, name, given[name]), given=True))
        except ConfigError:
            return None  # it is refused in a moment

    return told


def settings_of(operation: Operation, ask: bool = True) -> Config:
    """All that can be set for an operation, with the values that it has by itself; without `ask`, as far as that can be
    told without starting its program. Raises ConfigError.
    """
    asked = _Asked(operation, ask)
    project = operation.project.dir

    def files() -> Iterator[str]:
        from gage.project import source_selection

        return (f.path for f in source_selection.select(project, operation.op.source).files)

    script = operation.script.path if operation.script else None
    said = _own_words(operation)

    def config(program: Callable[[], ParserSpec | None]) -> Config:
        options, note = operation_parameters.offered(operation.op, Around(project, script, program, files))
        return Config(tuple(as_said(o, said) for o in options), program(), note)

    def again(told: Sequence[Offered]) -> Config:
        return config(lambda: asked.again(told))

    found = config(asked)
    return found._replace(again=again) if found.program and found.program.is_staged and ask else found


def _own_words(operation: Operation) -> list[str]:
    """What the operation's own command tells its program."""
    run = operation.op.run
    words = list(words_of(run) or run.shell.split()) if run else []
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

    def again(self, told: Sequence[Offered]) -> ParserSpec | None:
        """What it takes when it is given these values; the same as before where that cannot be found out."""
        run = self.operation.op.run
        script = self.operation.script.path if self.operation.script else None
        if run is None or not words_of(run):
            return self.program
        words = words_of(with_values(run, told, self.program, script, self.operation.folder))
        if words not in self.others and len(self.others) < MOST:
            found = self._find(run, words)
            self.others[words] = found if found and found.origin == "introspected" else self.program
        return self.others.get(words, self.program)

    def _find(self, run: Exec, more: Sequence[str] = ()) -> ParserSpec | None:
        from gage.parsers import parser_lookup

        operation = self.operation
        script = operation.script.path if operation.script else None
        words = more or words_of(run) or operation.words
        if script is not None and script.suffix.lower() == ".ipynb":
            return None
        if script is None and not (words and (operation.op.origin or "-m" in words)):
            return None
        folder, project = operation.folder / operation.inside, operation.project.dir
        return parser_lookup.find_parser_spec(words, script, folder, project, operation.op.env, self.may_start)
