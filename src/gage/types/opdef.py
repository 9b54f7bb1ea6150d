"""An operation as its Gage file (or the script itself) defines it. Named tuples, as every `gage run` loads them."""

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
        """Whether `shell` is a script with its own interpreter line."""
        return self.shell.startswith("#!")

    def to_json(self) -> JSONValue:
        """The shape it has in a Gage file."""
        return list(self.args) if self.args else self.shell


class ConfigDef(NamedTuple):
    """One `config` entry of an operation: which values, where they go and what may be given.

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
    """Something the program reads. `kind` is "project-files", "run-files", "runs-summary", "dvcfile" or "url".

    `files` are globs (of the project, or of the run; empty = all); `select` says which run or runs;
    `path` is the one file that is meant or written; `url` where it comes from; `sha256` what it must be.
    """

    kind: str
    files: tuple[str, ...] = ()
    select: str = ""
    path: str = ""
    url: str = ""
    sha256: str = ""


class OpDef(NamedTuple):
    """An operation. `run` is what it does; `hooks` what happens around that. `source` are include and
    exclude globs (exclude: leading `-`), None = the default selection. `depends` are project files; what else
    it depends on is in `dependencies`. `cwd` is where it starts, below the run directory. `raw` is the table as
    written, kept in the run's meta. `origin` is the file that defined it ("" for a bare command), `line` where.
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
    dependencies: tuple[DependencyDef, ...] = ()
    env: Mapping[str, str] = {}
    label: str = ""
    tags: tuple[str, ...] = ()
    max_time: float | None = None
    cwd: str = ""
    columns: tuple[str, ...] = ()
    raw: Mapping[str, JSONValue] = {}
    origin: str = ""
    line: int = 0


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
    that it disables ("" = none).
    """

    span: Span
    message: str
    hint: str = ""
    disables: str = ""


class GageFile(NamedTuple):
    """A Gage file: the operations that can be used, and the problems of those parts that cannot."""

    path: str
    operations: Mapping[str, OpDef]
    namespace: str = ""
    project_id: str = ""
    runs_dir: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
