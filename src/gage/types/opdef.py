"""An operation as its Gage file (or the script itself) defines it. Named tuples, which load faster."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from gage.types.values import JSONValue

Hook = Literal["stage-sourcecode", "stage-runtime", "stage-dependencies", "run", "finalize"]
HOOKS: tuple[Hook, ...] = ("stage-sourcecode", "stage-runtime", "stage-dependencies", "run", "finalize")


class Exec(NamedTuple):
    """One command. `shell` is a line for the shell, or a whole script when it starts with `#!`;
    `args` is an argument list. Exactly one of them is set.
    """

    shell: str = ""
    args: tuple[str, ...] = ()

    @property
    def is_script(self) -> bool:
        """Returns whether `shell` is a script with its own interpreter line."""
        return self.shell.startswith("#!")

    @classmethod
    def from_json(cls, value: JSONValue) -> "Exec":
        """Returns the command that `to_json` returned as `value`."""
        return cls(args=tuple(map(str, value))) if isinstance(value, list) else cls(shell=str(value))

    def to_json(self) -> JSONValue:
        """Returns the command as a Gage file has it."""
        return list(self.args) if self.args else self.shell

    def to_line(self) -> str:
        """Returns the command as a user would type it."""
        from shlex import join

        return join(self.args) if self.args else self.shell


class ConfigDef(NamedTuple):
    """One `config` entry of an operation: the parameters, their targets and limits.

    `keys` are patterns such as `train.py#lr` or `train.py` (all of the file). `name` names a value that
    is only used in commands (`{name}`) and the environment; `default` is its value.
    """

    keys: tuple[str, ...] = ()
    name: str = ""
    default: JSONValue = None
    description: str = ""
    type: str = ""
    choices: tuple[JSONValue, ...] = ()
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    target: str = ""
    prefix: str = ""
    strip_prefix: str = ""
    rename: str = ""


class DependencyDef(NamedTuple):
    """A dependency of the operation. `kind` is "project-files", "run-files", "runs-summary", "dvcfile" or "url".

    `files` are globs (of the project, or of the run; empty = all); `select` is a filter of runs; `path` is the single
    file to read or write; `url` its source; `sha256` its digest.
    """

    kind: str
    files: tuple[str, ...] = ()
    select: str = ""
    path: str = ""
    url: str = ""
    sha256: str = ""


class OpDef(NamedTuple):
    """An operation. `run` is its command, `hooks` the commands around it. `source` are include and exclude globs
    (exclude: leading `-`), None = the default selection. `depends` are project files, `digests` the SHA-256 digests
    that some of them must have; other dependencies are in `dependencies`. `cwd` is the directory in which it starts,
    below the run directory. `raw` is the table as written, which the run records. `origin` is the file that defines it
    ("" for a bare command).
    """

    name: str
    run: Exec | None
    hooks: Mapping[Hook, Exec] = {}
    description: str = ""
    version: str = ""
    default: bool = False
    config: tuple[ConfigDef, ...] = ()
    source: tuple[str, ...] | None = None
    depends: tuple[str, ...] = ()
    digests: Mapping[str, str] = {}
    dependencies: tuple[DependencyDef, ...] = ()
    env: Mapping[str, str] = {}
    label: str = ""
    tags: tuple[str, ...] = ()
    max_time: float | None = None
    cwd: str = ""
    columns: tuple[str, ...] = ()
    raw: Mapping[str, JSONValue] = {}
    origin: str = ""


class Span(NamedTuple):
    """A place in a text: line and column (both from 1), and its length in characters, on that line."""

    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        """`line:column`, to follow the name of a file."""
        return f"{self.line}:{self.column}"


class Diagnostic(NamedTuple):
    """A problem found in a Gage file: where it is, what is wrong, what to do about it ("" = unknown), and the operation
    that it disables ("" = none). `operation` is the one that it is about without disabling it.
    """

    span: Span
    message: str
    hint: str = ""
    disables: str = ""
    operation: str = ""


class GageFile(NamedTuple):
    """A Gage file: the operations that can be used, and the problems of those parts that cannot."""

    path: str
    operations: Mapping[str, OpDef]
    namespace: str = ""
    project_id: str = ""
    runs_dir: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
