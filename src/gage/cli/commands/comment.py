"""`gage comment`."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gage.cli import choose, looks
from gage.cli.annotate import annotate
from gage.cli.command import gage_command, json_option, refuse_together, yes_option
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.index.index import Found
    from gage.store.store import RunStore
    from gage.types.run import Run

EDITED = "# Write the comment above. Lines that start with # are left out.\n"


@gage_command(
    "comment", "gage comment 1 -m 'Used in figure 3'", "gage comment 1 --list", "gage comment 1 --delete 018f3c"
)
@choose.runs_argument
@click.option("-m", "--msg", "--add", metavar="TEXT", help="The comment (default: $EDITOR opens).")
@click.option("-l", "--list", "listing", is_flag=True, help="Show the comments.")
@click.option("-d", "--delete", metavar="ID", help="Delete the comment with that ID.")
@yes_option
@json_option
def command(
    runs: tuple[str, ...],
    where: tuple[str, ...],
    msg: str | None,
    listing: bool,
    delete: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Say something about runs, in as many words as you like."""
    refuse_together(("--msg", msg is not None), ("--list", listing), ("--delete", delete is not None))
    store = choose.open_store()
    found = choose.changed_runs(store, runs, where)
    if listing or as_json:
        _list(found.runs, as_json)
        return
    if delete is not None:
        _delete(store, found, delete, yes)
        return
    choose.confirm(found, "Comment on these runs?", yes)
    text = _edited() if msg is None else msg
    if not text.strip():
        raise UsageError("The comment is empty", "Nothing was changed")
    from gage.lib import uuid7

    id = uuid7.new()
    annotate(store, found, "Commented on", {f"comment:{id}": {"msg": text.strip(), "timestamp": uuid7.millis(id)}})


def _list(runs: "Sequence[Run]", as_json: bool) -> None:
    from gage.lib import times

    if as_json:
        told = {
            run.id: [
                {"id": c.id, "author": c.author, "time": times.iso(c.when), "text": c.text} for c in run.attrs.comments
            ]
            for run in runs
        }
        looks.say_json(told)
        return
    for run in runs:
        for comment in run.attrs.comments:
            head = f"{run.name}  {looks.safe(comment.id)}  {looks.safe(comment.author)}, {times.iso(comment.when)}"
            looks.say(looks.paint(head, "dim"))
            looks.say(looks.safe_lines(comment.text))


def _delete(store: "RunStore", found: "Found", wanted: str, yes: bool) -> None:
    ids = {c.id for run in found.runs for c in run.attrs.comments if c.id.startswith(wanted)}
    if not ids or not wanted:
        raise NotFound(f"There is no comment {wanted!r}", "Use --list to see the comments and their IDs")
    if len(ids) > 1:
        raise UsageError(f"{wanted!r} fits {len(ids)} comments", "Use --list to see the comments and their IDs")
    choose.confirm(found, "Delete the comment of these runs?", yes)
    annotate(store, found, "Deleted the comment of", delete=[f"comment:{next(iter(ids))}"])


def _edited() -> str:
    """What the user writes in an editor."""
    import sys

    if not sys.stdin.isatty() and not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise UsageError("There is no comment", "Use --msg TEXT")
    text = click.edit("\n" + EDITED) or ""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))
