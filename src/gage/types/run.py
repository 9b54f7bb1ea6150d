"""What is known about a run. Frozen: a later look makes a new record.

Named tuples and not dataclasses: these are made by the thousand and loaded by each command, and that is felt.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from gage.types.values import JSONValue

Status = Literal["staged", "pending", "running", "completed", "error", "terminated", "damaged"]

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


class Comment(NamedTuple):
    """A person's remark on a run. `id` is unique in the run; `when` is µs since the epoch."""

    id: str
    author: str
    when: int
    text: str


class UserAttrs(NamedTuple):
    """The state of a run's user attribute log after replay.

    `deleted` and `purged` hold who did it ("" = nobody has). `archive` names the archive the run is in.
    `project` and `project_id` are what `gage associate` said ("" and None = nothing): "" says that there is no ID.
    `other` has every attribute that Gage has no word of its own for.
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
    """What one metric of a run came to. `points` counts its values; `step` and `time` (s since the epoch) are those of
    the last, None where nothing tells. `min`, `max` and `mean` are over finite values, None when there are none.
    `rank` is its place among the metrics that the operation says matter, from 1 on.
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
    """An attribute of a run. `origin` says who said so: "operation", "command line", "run"; a person's word is in the
    run's `UserAttrs`.
    """

    value: JSONValue
    origin: str


NO_METRICS: Final[Mapping[str, Metric]] = MappingProxyType({})
NO_ATTRIBUTES: Final[Mapping[str, Attribute]] = MappingProxyType({})


class Run(NamedTuple):
    """One run as its files tell it.

    Times are µs since the epoch, None where the run has not come so far. `exit` is the program's exit
    code, negative for a signal. `project` is the project's folder on this machine ("" if unknown).
    `changed` names the config values that the user chose for this run (`given` in the settings of
    `plan.json`), None where the run does not tell. `sealed` says whether meta is final. `damage` says why
    a damaged run cannot be read whole.
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
    sealed: bool = False
    damage: str = ""
    changed_config: tuple[str, ...] | None = None
    metrics: Mapping[str, Metric] = NO_METRICS
    attributes: Mapping[str, Attribute] = NO_ATTRIBUTES

    @property
    def label(self) -> str:
        """The run's label, "" where it has none."""
        return self.user_attrs.label

    @property
    def tags(self) -> tuple[str, ...]:
        """The run's tags, sorted."""
        return self.user_attrs.tags


class ManifestEntry(NamedTuple):
    """One file of a run. `kind`: "s" source, "d" dependency, "r" runtime, "g" generated.

    `digest` is SHA-256 in hex; `size` is in bytes, -1 where an old manifest does not say.
    """

    kind: str
    digest: str
    size: int
    path: str
