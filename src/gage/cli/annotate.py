"""How commands say something about runs: the change is shown, asked about, written, and told in one line."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gage.cli import choose, looks

if TYPE_CHECKING:
    from gage.index.index import Found
    from gage.store.store import RunStore
    from gage.types.values import JSONValue


def purge(store: "RunStore", found: "Found") -> None:
    """Remove the files of all runs for good and tell it."""
    from gage.cli.live import Live
    from gage.identity.user import author

    who, live = author(), Live(quiet=False)
    for run in found.runs:
        store.purge(run.id, who, live)
    looks.tell(f"Purged {choose.names(found.runs)}: this cannot be undone")


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
