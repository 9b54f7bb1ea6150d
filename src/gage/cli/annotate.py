"""How commands say something about runs: the change is shown, asked about, written, and told in one line."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gage.cli import choose, looks

if TYPE_CHECKING:
    from gage.index.index import Found
    from gage.store.store import RunStore
    from gage.types.values import JSONValue


def annotate(
    store: "RunStore",
    found: "Found",
    done: str,
    set: "Mapping[str, JSONValue] | None" = None,
    delete: Iterable[str] = (),
) -> None:
    """Write one change to all runs and tell it: `done` is a word such as "Labelled"."""
    from gage.identity.user import author

    store.annotate([run.id for run in found.runs], set, delete, author())
    looks.tell(f"{done} {choose.names(found.runs)}")
