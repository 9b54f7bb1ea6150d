"""Warns about problems of a Gage file, once, on standard error."""

from typing import TYPE_CHECKING

from gage.board.formatting import format_count
from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.project.find import Project


def warn_about_problems(project: "Project", target: str = "") -> None:
    """Prints the first problem of the Gage file and the number of others. With a `target` to run, only problems of the
    file itself: those of other operations do not matter then, and the error for the operation reports its own.
    """
    gagefile = project.gagefile
    problems = [p for p in gagefile.diagnostics if not target or not (p.disables or p.operation)] if gagefile else []
    if not gagefile or not problems:
        return
    import os

    first = problems[0]
    file = os.path.relpath(gagefile.path) if os.path.isabs(gagefile.path) else gagefile.path
    more = f" (and {format_count(len(problems) - 1, 'other problem')})" if len(problems) > 1 else ""
    terminal.print_stderr(f"{file}:{first.span}: {first.message}{more}", f"Try: gage check {file}")
