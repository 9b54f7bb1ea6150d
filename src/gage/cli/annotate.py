"""Writes annotations of runs for commands and reports them in one line."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gage.cli import run_selection
from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.index.index import QueryResult
    from gage.store.store import RunStore
    from gage.types.values import JSONValue


def purge(store: "RunStore", found: "QueryResult") -> None:
    """Removes the files of all runs permanently and reports it."""
    from gage.cli.run.live_output import LiveOutput
    from gage.identity.user import get_author

    who, live = get_author(), LiveOutput(quiet=False)
    for run in found.runs:
        store.purge(run.id, who, live)
    terminal.print_stderr(f"Purged {run_selection.format_names(found.runs)}: this cannot be undone")


def annotate(
    store: "RunStore",
    found: "QueryResult",
    done: str,
    set: "Mapping[str, JSONValue] | None" = None,
    delete: Iterable[str] = (),
) -> None:
    """Writes one change to all runs and reports it; `done` is a word such as "Labelled"."""
    from gage.identity.user import get_author

    store.annotate([run.id for run in found.runs], set, delete, get_author())
    terminal.print_stderr(f"{done} {run_selection.format_names(found.runs)}")
