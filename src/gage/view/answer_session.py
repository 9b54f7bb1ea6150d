"""What the page needs to know when it opens: version, stores, what it may do."""

from pathlib import Path
from typing import NamedTuple

from gage import __version__
from gage.view.stores import ViewedStores


class StoreName(NamedTuple):
    """A store: the name of its project's directory for people, and its path."""

    name: str
    path: str


class Session(NamedTuple):
    """The state of the server. `where` are the filters of the command line; `can_write`: the page may change runs."""

    version: str
    stores: tuple[StoreName, ...]
    where: tuple[str, ...]
    can_write: bool


class NoQuery(NamedTuple):
    """No parameters."""


def describe_session(stores: ViewedStores, query: NoQuery) -> Session:
    """Describes what the server shows and allows."""
    names = tuple(StoreName(_name_store(store.root), str(store.root)) for store in stores.stores)
    return Session(__version__, names, stores.where, stores.can_write)


def _name_store(root: Path) -> str:
    """Returns the name of the directory that contains `.gage/runs`, or of the store itself."""
    return root.parent.parent.name if root.parent.name == ".gage" else root.name
