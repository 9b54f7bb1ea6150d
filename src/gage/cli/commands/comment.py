"""`gage comment`."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together, split_command
from gage.cli.render import terminal
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.types.run import Comment, Run
    from gage.types.values import JSONValue

EDIT_NOTE = "# Write the comment above. Lines that start with # are ignored.\n"


@make_command(
    "comment", "gage comment 1 -m 'Used in figure 3'", "gage comment 1 --list", "gage comment 1 --edit 018f3c"
)
@run_selection.select_runs_to_change()
@click.option("-m", "--msg", "--add", metavar="TEXT", help="Comment text (default: open $EDITOR).")
@click.option("-l", "--list", "listing", is_flag=True, help="List the comments.")
@click.option("-e", "--edit", metavar="ID", help="Edit the comment with this ID (with --msg: replace it by TEXT).")
@click.option("-d", "--delete", metavar="ID", help="Delete the comment with this ID.")
@json_option
def command(
    selection: run_selection.RunSelection,
    msg: str | None,
    listing: bool,
    edit: str | None,
    delete: str | None,
    as_json: bool,
) -> None:
    """Add comments to runs; list, edit or delete them."""
    for option in ("--msg", "--edit"):
        reject_together(option, "--list", "--delete")
    if as_json and not listing:
        raise UsageError("--json requires --list", "Try: gage comment 1 --list --json")
    runs = selection.find_to_change()
    if listing:
        _list(runs.runs, as_json)
        return
    if delete is not None:
        id = _find_comment(runs.runs, delete).id
        runs.confirm("Delete the comment of these runs?").annotate("Deleted the comment of", delete=[f"comment:{id}"])
        return
    old = None if edit is None else _find_comment(runs.runs, edit)
    runs.confirm("Comment on these runs?" if old is None else "Change the comment of these runs?")
    text = (_edit_text(old.text if old else "") if msg is None else msg).strip()
    if not text:
        raise UsageError("The comment is empty", "Nothing was changed")
    from gage.lib import uuid7

    id = old.id if old else uuid7.generate()
    content: dict[str, JSONValue] = {"msg": text, "timestamp": old.when // 1000 if old else uuid7.parse_ms(id)}
    runs.annotate("Changed the comment of" if old else "Commented on", {f"comment:{id}": content})


def _list(runs: "Sequence[Run]", as_json: bool) -> None:
    from gage.board.run_table import convert_comments_to_json
    from gage.cli.render.comments import format_comment

    if as_json:
        terminal.print_json({run.id: convert_comments_to_json(run) for run in runs})
        return
    for run in runs:
        for comment in run.user_attrs.comments:
            terminal.print_stdout(terminal.paint(terminal.escape(f"{run.name}  {comment.id}"), "bold"))
            for line in format_comment(comment):
                terminal.print_stdout(line)


def _find_comment(runs: "Sequence[Run]", start: str) -> "Comment":
    """Returns the comment whose ID starts with `start`. Raises NotFound, and UsageError for several."""
    fitting = {c.id: c for run in runs for c in run.user_attrs.comments if c.id.startswith(start)}
    if not fitting or not start:
        raise NotFound(f"No comment has the ID {start!r}", "Use --list to see comment IDs")
    if len(fitting) > 1:
        raise UsageError(f"{start!r} matches {len(fitting)} comments", "Use --list to see comment IDs")
    return next(iter(fitting.values()))


def _edit_text(text: str) -> str:
    """Returns what the user writes in an editor. Raises UsageError without an editor or for a broken $VISUAL."""
    import sys

    if not sys.stdin.isatty() and not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise UsageError("Missing comment text", "Use --msg TEXT")
    for name in ("VISUAL", "EDITOR"):
        if os.environ.get(name):
            split_command(os.environ[name], f"${name}")
            break
    edited = click.edit(f"{text}\n{EDIT_NOTE}") or ""
    return "\n".join(line for line in edited.splitlines() if not line.startswith("#"))
