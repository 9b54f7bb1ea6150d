"""Filters of runs, as records: built by `select`, executed by `index`."""

from typing import Literal, NamedTuple


class RunRef(NamedTuple):
    """A word that names runs: `text` is an ID, a name, or a prefix of either.

    `position` is set if the word may be a position in the listing (1 = latest); `span` if it is a
    slice such as `1:5` (1-based, both ends included, None = open; -1 is the oldest run).
    """

    text: str
    position: int | None = None
    span: tuple[int | None, int | None] | None = None


class Term(NamedTuple):
    """One condition of `--where`. With a `key`: that attribute or config value compared with `value`;
    without: `value` is looked for in operation, status, label and tags. `op` is "=" or "!=".
    """

    value: str
    key: str = ""
    op: Literal["=", "!="] = "="


Collection = Literal["active", "deleted", "archive"]


class ProjectRef(NamedTuple):
    """A project whose runs are selected: by its `$project-id`, else by the paths of its directory."""

    dirs: tuple[str, ...] = ()
    id: str = ""


class RunFilter(NamedTuple):
    """A selection of runs, latest first. Empty `refs` selects all that match `where`.

    `archive` names one archive ("" = any) when `collection` is "archive". `statuses` limits to these
    statuses. `project` limits to runs of one project (None = all). `limit` None = no limit.
    """

    refs: tuple[RunRef, ...] = ()
    where: tuple[Term, ...] = ()
    collection: Collection = "active"
    archive: str = ""
    statuses: tuple[str, ...] = ()
    project: ProjectRef | None = None
    limit: int | None = None
