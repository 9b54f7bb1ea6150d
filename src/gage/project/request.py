"""A request for a run, as the command line states it: the argument of `plan_run`."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from gage.project.find import Project


class RunRequest(NamedTuple):
    """One `gage run`.

    `target` is an operation or a script ("" = the default operation). `command` are the words after `--` without a
    target, `arguments` those beside one, which follow its command (None = no `--`). `assignments` are the `name=value`
    words, `attributes` those of attributes. `cwd` is where the user is, `project` the project there (None = it is
    looked up). `store` is the runs directory, which is never source code. `depends` are paths of dependencies, relative
    to `cwd`. `max_time` is in seconds. `argv` is the whole command line, for the record; `parent` the run that starts
    this one.
    """

    target: str = ""
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] | None = None
    assignments: tuple[str, ...] = ()
    cwd: Path = Path()
    project: Project | None = None
    store: Path | None = None
    label: str = ""
    tags: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    depends: tuple[str, ...] = ()
    max_time: float | None = None
    argv: tuple[str, ...] = ()
    parent: str = ""

    def list_words(self) -> tuple[str, ...]:
        """Returns the words behind the target as they were typed: words without `=` are a subcommand at first."""
        first = self.assignments[:1]
        if first and first[0].startswith("command=") and first[0] not in self.argv:
            return (*first[0].removeprefix("command=").split(), *self.assignments[1:])
        return self.assignments
