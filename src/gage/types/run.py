"""Records of runs. Immutable: reading a run again returns a new record.

Named tuples, not dataclasses, for speed: they are created by the thousand and loaded by each command.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from gage.types.values import JSONValue

Status = Literal["staged", "pending", "running", "completed", "error", "terminated", "damaged"]

STATUSES: tuple[Status, ...] = ("completed", "error", "terminated", "running", "pending", "staged", "damaged")
"""All statuses, the most frequent first."""

Relation = Literal["", "restart", "resume", "trial", "evaluation"]

FINAL_STATUSES: frozenset[Status] = frozenset(("completed", "error", "terminated"))
"""Statuses of a run that has ended."""


EMPTY: Final[Mapping[str, JSONValue]] = MappingProxyType({})


class OpRef(NamedTuple):
    """Names an operation: `namespace` (project), `name` and `version` ("" where there is none)."""

    name: str
    namespace: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}:{self.name}" if self.namespace else self.name


REPORT_OPERATION: Final = OpRef("report", "gage")
"""The operation of runs that keep a report. They have no program."""


class Comment(NamedTuple):
    """A comment of a person on a run. `id` is unique in the run; `when` is µs since the epoch."""

    id: str
    author: str
    when: int
    text: str


class UserAttrs(NamedTuple):
    """The state of a run's user attribute log after replay.

    `deleted_by` and `purged_by` are authors ("" = not deleted, not purged). `archive` names the archive of the run.
    `project` and `project_id` are set by `gage associate` ("" and None = not set; the project ID "" means that there is
    none). `other` has all other attributes.
    """

    label: str = ""
    tags: tuple[str, ...] = ()
    marked: bool = False
    comments: tuple[Comment, ...] = ()
    archive: str = ""
    deleted_by: str = ""
    purged_by: str = ""
    project: str = ""
    project_id: str | None = None
    other: Mapping[str, JSONValue] = EMPTY


NO_USER_ATTRS = UserAttrs()


class Metric(NamedTuple):
    """The summary of a metric. `points` is the number of values; `step` and `time` (s since the epoch) are those of the
    last value, None if unknown. `min`, `max` and `mean` are over finite values, None if there are none. `rank` is its
    place among the metrics that the operation lists as important, from 1 on.
    """

    last: float
    first: float
    min: float | None
    max: float | None
    mean: float | None
    points: int = 1
    step: int | None = None
    time: float | None = None
    rank: int | None = None


class Attribute(NamedTuple):
    """An attribute of a run. `origin` is the source of the value: "operation", "command line" or "run". Values that a
    person sets later are in `UserAttrs`.
    """

    value: JSONValue
    origin: str


NO_METRICS: Final[Mapping[str, Metric]] = MappingProxyType({})
NO_ATTRIBUTES: Final[Mapping[str, Attribute]] = MappingProxyType({})


class Run(NamedTuple):
    """A run as its files describe it.

    Times are µs since the epoch, None if the run has not reached that step. `exit` is the program's exit
    code, negative for a signal. `project` is the project's directory on this machine ("" = unknown).
    `parent` is the ID of the run that it restarts, resumes, evaluates or is a trial of ("" = none), as `relation` says.
    `changed_config` names the config values that the user set (`given` in `plan.json`), None if not recorded. `sealed`:
    the metadata is final. `trials` is the number of trials of a batch's own run. `damage` is the reason why a damaged
    run cannot be read completely, `reason` why a run ended that did not complete. `incomplete` says how many files of a
    sealed run are not as its manifest lists them ("" = none, or not known). `host` is the machine that carried it out,
    `user` the person who started it, `commit` and `branch` the state of its project in Git ("" = not recorded).
    `evaluated` has the last values of metrics
    in the newest evaluation of the run with that metric; only the index knows them.
    """

    id: str
    name: str
    op: OpRef
    status: Status
    created: int
    staged: int | None = None
    started: int | None = None
    stopped: int | None = None
    exit: int | None = None
    config: Mapping[str, JSONValue] = EMPTY
    user_attrs: UserAttrs = NO_USER_ATTRS
    project: str = ""
    project_id: str = ""
    source_digest: str = ""
    parent: str = ""
    relation: Relation = ""
    sealed: bool = False
    damage: str = ""
    incomplete: str = ""
    reason: str = ""
    trials: int = 0
    host: str = ""
    user: str = ""
    commit: str = ""
    branch: str = ""
    changed_config: tuple[str, ...] | None = None
    metrics: Mapping[str, Metric] = NO_METRICS
    attributes: Mapping[str, Attribute] = NO_ATTRIBUTES
    evaluated: Mapping[str, float] = MappingProxyType({})

    @property
    def label(self) -> str:
        """Returns the run's label, "" if it has none."""
        return self.user_attrs.label

    @property
    def tags(self) -> tuple[str, ...]:
        """Returns the run's tags, sorted."""
        return self.user_attrs.tags


class ManifestEntry(NamedTuple):
    """One file of a run. `kind`: "s" source, "d" dependency, "r" runtime, "g" generated.

    `digest` is SHA-256 in hex; `size` is in bytes, -1 if an old manifest does not have it.
    """

    kind: str
    digest: str
    size: int
    path: str
