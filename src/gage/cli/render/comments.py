"""Shows comments on runs."""

from gage.cli.render import terminal
from gage.lib import times
from gage.types.run import Comment


def format_comment(comment: Comment) -> list[str]:
    """Returns author and time of a comment, then its lines."""
    head = terminal.escape(f"{comment.author}, {times.format_iso(comment.when)}")
    return [terminal.paint(head, "dim"), *terminal.escape_lines(comment.text).split("\n")]
