"""The plan of a run: `project` builds it, `--preview` shows it, `runner` carries it out."""

from collections.abc import Mapping
from typing import NamedTuple

from gage.types.opdef import Exec, Hook
from gage.types.run import Attribute, OpRef
from gage.types.values import ConfigValue as ConfigValue
from gage.types.values import JSONValue


class SourceFile(NamedTuple):
    """A source file to copy: `path` relative to the project (posix), size in bytes."""

    path: str
    size: int


class SkippedPath(NamedTuple):
    """A file or directory that is not copied, and the reason, such as "over 1 MB"."""

    path: str
    reason: str


class SourcePlan(NamedTuple):
    """The source files to copy. `rule` is how they were selected ("git", "text files", or the operation's globs);
    `limit` is the notice that a limit was reached ("" = none was). `root` is the directory that they are copied from
    ("" = the project); `contents` are the contents of files that differ from those there.
    """

    files: tuple[SourceFile, ...] = ()
    skipped: tuple[SkippedPath, ...] = ()
    rule: str = ""
    limit: str = ""
    root: str = ""
    contents: Mapping[str, bytes] = {}


class FilePatch(NamedTuple):
    """Values to write into the run's copy of one file: key → new value."""

    path: str
    values: Mapping[str, JSONValue]


class Dependency(NamedTuple):
    """A project file or directory that the program reads: copied to the same relative `path` in the run.

    `why` is what names it (`train.py:3`, `--depends`, `depends`); `files` and `size` are the number and bytes of its
    files. `root` is the directory that has it ("" = the project); `names` are the only files of it to copy, relative to
    `root` (None = all). `target` is where a link out of the project leads: the run gets a link to it, and no copies.
    """

    path: str
    why: str
    files: int
    size: int
    root: str = ""
    names: frozenset[str] | None = None
    target: str = ""


class RunCommand(NamedTuple):
    """The command line of the run (`run-cmd.json`, secrets masked). `parent` is a run ID or "". `is_evaluation`: the
    run evaluates `parent`.
    """

    argv: tuple[str, ...]
    cwd: str
    gage_version: str
    parent: str = ""
    is_evaluation: bool = False


class RestartOrigin(NamedTuple):
    """The previous run that a run restarts or evaluates. `files` has the files of the previous run that the new run
    starts with (path → size in bytes). `git` has the members of its metadata that record the project's commit, None if
    the new run takes its source code from the project.
    """

    id: str
    run_dir: str
    files: Mapping[str, int] = {}
    git: Mapping[str, bytes] | None = None


class RunPlan(NamedTuple):
    """Everything needed to create a run; only file contents are read from the project later.

    `command` is what the run executes, `arguments` the words after `--` in it that are not config. `cwd` is the
    directory in which it starts, relative to the run directory ("" = the run directory itself). `env` are variables
    added to the user's environment, `hooks` the commands around it. `max_time` is in seconds. `interpreter` is the path
    of the Python whose packages are recorded ("" = none). `label` and `tags` become user attributes; `attributes` are
    set by the operation or the command line. `origin` is the previous run that it restarts. `is_introspected`: Gage
    started the program to read its parser.
    """

    op: OpRef
    opdef: Mapping[str, JSONValue]
    project_dir: str
    command: Exec
    request: RunCommand
    arguments: tuple[str, ...] = ()
    cwd: str = ""
    project_id: str = ""
    source: SourcePlan = SourcePlan()
    config_values: tuple[ConfigValue, ...] = ()
    patches: tuple[FilePatch, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    hooks: Mapping[Hook, Exec] = {}
    env: Mapping[str, str] = {}
    interpreter: str = ""
    label: str = ""
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, Attribute] = {}
    max_time: float | None = None
    notices: tuple[str, ...] = ()
    origin: RestartOrigin | None = None
    is_introspected: bool = False

    @property
    def config(self) -> Mapping[str, JSONValue]:
        """Returns the run's flat config: name → value, sorted by name."""
        return {s.name: s.value for s in sorted(self.config_values, key=lambda s: s.name)}
