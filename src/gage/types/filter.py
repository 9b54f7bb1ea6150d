"""Filters of runs, as records: built by `select`, executed by `index`."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol


class RunRef(NamedTuple):
    """A word that names runs: `text` is an ID, a name, or a prefix of either.

    `position` is set if the word may be a position in the listing (1 = latest); `span` if it is a
    slice such as `1:5` (1-based, both ends included, None = open; -1 is the oldest run).
    """

    text: str
    position: int | None = None
    span: tuple[int | None, int | None] | None = None


Kind = Literal["", "run", "config", "metric", "attribute", "evaluation"]
"""What a name in a filter names: the run's own values, its config, metrics or attributes ("" is any of them), or a
metric of an evaluation of the run.
"""


class FieldName(NamedTuple):
    """A value of a run, by name as it was written: with `kind`, the name `config.lr` is either that name, or the name
    `lr` of that kind. `at` is its position in the text of the filter.
    """

    name: str
    kind: Kind = ""
    at: int = 0

    @property
    def plain_name(self) -> str:
        """The name without its kind."""
        return self.name.partition(".")[2] if self.kind else self.name

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The names of the metric of the run that this can mean. If the run has both, the first one counts."""
        return tuple(dict.fromkeys((self.name,) if self.kind == "evaluation" else (self.name, self.plain_name)))


class Constant(NamedTuple):
    """A value written in a filter. `quoted`: it is text, and not a number, a name or a word such as `true`."""

    text: str
    quoted: bool = False
    at: int = 0


class Call(NamedTuple):
    """A function of values: `min(loss)`, `mean(loss, 10)`, `len(tags)`."""

    function: str
    arguments: "tuple[Expression, ...]"
    at: int = 0


class Arithmetic(NamedTuple):
    """Two numbers combined by `+`, `-`, `*`, `/` or `**`."""

    operator: str
    left: "Expression"
    right: "Expression"


Expression = FieldName | Constant | Call | Arithmetic


class Word(NamedTuple):
    """Text that is looked for in the operation, label and tags, or is a status, `#tag` or `marked`."""

    text: str


class Comparison(NamedTuple):
    """Compares two values. `operator` is "=", "<", "<=", ">", ">=", "~" (glob), "=~" (regular expression) or
    "contains". A value that is missing, NaN or of another type satisfies none of them.
    """

    left: Expression
    operator: str
    right: Expression


class Membership(NamedTuple):
    """A value equals one of the constants."""

    left: Expression
    values: tuple[Constant, ...]


class State(NamedTuple):
    """A value is "null" (or missing), "nan", or "set" (neither null nor missing)."""

    left: Expression
    state: Literal["null", "nan", "set"]


class Not(NamedTuple):
    """The complement of a condition."""

    condition: "Condition"


class AllOf(NamedTuple):
    """All of the conditions are met."""

    conditions: "tuple[Condition, ...]"


class AnyOf(NamedTuple):
    """At least one of the conditions is met."""

    conditions: "tuple[Condition, ...]"


Condition = Word | Comparison | Membership | State | Not | AllOf | AnyOf


class Where(NamedTuple):
    """A parsed filter and its text, which messages about it show."""

    condition: Condition
    text: str = ""


class SortKey(NamedTuple):
    """A value by which runs are sorted. Runs without it, or with NaN, come last in both directions."""

    expression: Expression
    descending: bool = False


Collection = Literal["active", "deleted", "archive"]


class ProjectRef(NamedTuple):
    """A project whose runs are selected: by its `$project-id`, else by the paths of its directory."""

    dirs: tuple[str, ...] = ()
    id: str = ""


class RunFilter(NamedTuple):
    """A selection of runs, latest first, or in the order of `sort`. Empty `refs` selects all that match `where`.

    `archive` names one archive ("" = any) when `collection` is "archive". `statuses` limits to these
    statuses. `project` limits to runs of one project (None = all). `limit` None = no limit; `offset` is the number of
    runs that are left out before.
    """

    refs: tuple[RunRef, ...] = ()
    where: tuple[Where, ...] = ()
    collection: Collection = "active"
    archive: str = ""
    statuses: tuple[str, ...] = ()
    project: ProjectRef | None = None
    limit: int | None = None
    sort: tuple[SortKey, ...] = ()
    offset: int = 0


class Points(Protocol):
    """A series: as many steps as values."""

    @property
    def steps(self) -> Sequence[int]:
        """The steps."""

    @property
    def values(self) -> Sequence[float]:
        """The values."""


SeriesReader = Callable[[str, str], Points | None]
"""Returns the points of a metric, by the ID of a run and the metric's name."""
