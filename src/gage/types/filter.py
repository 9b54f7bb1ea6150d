"""Which runs somebody means, as a record: made by `select`, carried out by `index`."""

from typing import Literal, NamedTuple


class RunRef(NamedTuple):
    """One word that names runs: `text` is an ID, a name, or a prefix of either.

    `position` is set when the word could be an index of the listing (1 = latest); `span` when it is a
    slice such as `1:5` (1-based, both ends included, None = open).
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
    """A project whose runs are meant: by its `$project-id`, else by the paths that its folder has."""

    dirs: tuple[str, ...] = ()
    id: str = ""


class RunFilter(NamedTuple):
    """The runs wanted, latest first. Empty `refs` means all that fit `where`.

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
