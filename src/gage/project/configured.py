"""An operation's settings, and those of a run of it: its program is asked when that is needed, and once."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from gage.config.program import Program
from gage.project import settings
from gage.project.arguments import as_said, changes
from gage.project.commandline import words_of
from gage.project.offers import Offered
from gage.project.opconfig import Around
from gage.project.operation import Operation
from gage.project.request import RunRequest
from gage.types.opdef import Exec

if TYPE_CHECKING:
    from gage.config.assignments import Assigned


class Config(NamedTuple):
    """The settings of a run, what tells of the program's parser, and a sentence on what could not be found out."""

    chosen: tuple[Offered, ...]
    program: Program | None = None
    note: str = ""


def config_of(operation: Operation, request: RunRequest) -> Config:
    """The settings of the run. Raises ConfigError, UsageError."""
    from gage.config import assignments

    given = assignments.parse(request.assignments)
    return config_with(settings_of(operation), given, operation.op.name)


def config_with(found: Config, given: "Mapping[str, Assigned]", what: str) -> Config:
    """What was found for the operation `what`, with these values. Raises ConfigError."""
    from gage.project.choosing import choose

    more = changes(found.program, given) if found.program else []
    chosen = choose([*found.chosen, *more], given, what, found.note)
    return Config(tuple(chosen), found.program, found.note if given else "")


def settings_of(operation: Operation, ask: bool = True) -> Config:
    """All that can be set for an operation, with the values that it has by itself; without `ask`, as far as that can be
    told without starting its program. Raises ConfigError.
    """
    asked = _Asked(operation, ask)
    project = operation.project.dir

    def files() -> Iterator[str]:
        from gage.project import source

        return (f.path for f in source.select(project, operation.op.source).files)

    script = operation.script.path if operation.script else None
    options, note = settings.offered(operation.op, Around(project, script, asked, files))
    said = _own_words(operation)
    return Config(tuple(as_said(o, said) for o in options), asked.program, note)


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
        self.program: Program | None = None

    def __call__(self) -> Program | None:
        if not self.is_asked and self.operation.op.run is not None:
            self.program = self._find(self.operation.op.run)
        self.is_asked = True
        return self.program

    def _find(self, run: Exec) -> Program | None:
        from gage.config import programs

        operation = self.operation
        script = operation.script.path if operation.script else None
        words = words_of(run) or operation.words
        if script is not None and script.suffix.lower() == ".ipynb":
            return None
        if script is None and not (words and (operation.op.origin or "-m" in words)):
            return None
        folder, project = operation.folder, operation.project.dir
        return programs.find(words, script, folder, project, operation.op.env, self.may_start)
