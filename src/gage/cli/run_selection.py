"""Selects the runs that a command works on, from names and filters; shows them and asks. Changes nothing itself."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from gage.cli.command import reject_together
from gage.cli.global_options import find_runs_dir, get_current_dir
from gage.cli.render import terminal
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.index.index import QueryResult
    from gage.store.store import RunStore
    from gage.types.filter import Collection, ProjectRef
    from gage.types.run import Run

ALL_HELP = "All runs."

CommandFunction = Callable[..., object]

MAX_SHOWN_RUNS = 20
"""Runs that are shown before a question."""


def where_option(function: CommandFunction) -> CommandFunction:
    """Adds `--where`."""
    return click.option(
        "-w",
        "--where",
        metavar="FILTER",
        multiple=True,
        help="Only matching runs, for example 'error' or 'lr=0.1' (repeatable; see 'gage help filters').",
    )(function)


def runs_argument(function: CommandFunction) -> CommandFunction:
    """Adds `RUN …` and `--where`."""
    return click.argument("runs", metavar="[RUN]...", nargs=-1)(where_option(function))


def all_option(function: CommandFunction) -> CommandFunction:
    """Adds `--all`."""
    return click.option("-a", "--all", "everything", is_flag=True, help=ALL_HELP)(function)


def project_option(function: CommandFunction) -> CommandFunction:
    """Adds `--project`."""
    return click.option(
        "-p",
        "--project",
        metavar="DIR|ID",
        help="Only runs of the project in DIR (for example .) or with this $project-id.",
    )(function)


def open_store() -> "RunStore":
    """Returns the store that the command works with."""
    from gage.store.store import RunStore

    return RunStore(find_runs_dir())


def find_runs(
    store: "RunStore",
    words: Sequence[str],
    where: Sequence[str] = (),
    collection: "Collection" = "active",
    archive: str = "",
    limit: int | None = None,
    statuses: Sequence[str] = (),
    project: str | None = None,
) -> "QueryResult":
    """Returns the matching runs, newest first; `project` is the value of `--project`.

    Raises `NotFound`, `Ambiguous` and `UsageError`.
    """
    from gage.cli.run.live_output import LiveOutput
    from gage.index.index import open_index
    from gage.select.parse import parse_refs, parse_where
    from gage.types.filter import RunFilter

    wanted = RunFilter(
        *(parse_refs(words), parse_where(where), collection, archive, tuple(statuses), _parse_project(project), limit)
    )
    with open_index(store, LiveOutput(quiet=False)) as index:
        return index.find(wanted)


def _parse_project(named: str | None) -> "ProjectRef | None":
    if named is None:
        return None
    from gage.project.find import parse_project_ref

    return parse_project_ref(named, get_current_dir())


def find_run(store: "RunStore", word: str | None, where: Sequence[str] = ()) -> "Run":
    """Returns the run that `word` names (None: the latest), by ID or name also an archived or deleted one."""
    try:
        found = find_runs(store, [] if word is None else [word], where, limit=2)
    except NotFound:
        elsewhere = None if word is None or word.isdigit() or where else _find_hidden_run(store, word)
        if elsewhere is None:
            raise
        return elsewhere
    if not found.runs:
        raise NotFound("No runs match" if where else "There are no runs yet", "Try: gage list")
    if word and len(found.runs) > 1:
        raise UsageError(f"{word!r} matches several runs, but one is expected", "Name one of them, such as 1")
    return found.runs[0]


def _find_hidden_run(store: "RunStore", word: str) -> "Run | None":
    """Returns the archived or deleted run with that ID or name, or None."""
    places: tuple[Collection, ...] = ("archive", "deleted")
    for collection in places:
        try:
            return find_runs(store, [word], collection=collection, limit=1).runs[0]
        except (NotFound, IndexError):
            continue
    return None


def find_runs_to_change(
    store: "RunStore",
    words: Sequence[str],
    where: Sequence[str],
    everything: bool = False,
    collection: "Collection" = "active",
    archive: str = "",
    project: str | None = None,
) -> "QueryResult":
    """The runs that a command is to change. Raises when none is named and when none fits."""
    reject_together(("--all", everything), ("RUN", words))
    if not words and not where and not everything and project is None:
        raise UsageError("No runs specified", "Name runs by position, name or ID, or use --where: see 'gage help runs'")
    found = find_runs(store, words, where, collection, archive, project=project)
    if not found.runs:
        options = {"active": "", "deleted": " --deleted", "archive": " --archive"}
        raise NotFound("No runs match", f"Try: gage list{options[collection]}")
    return found


def confirm(found: "QueryResult", question: str, yes: bool, always: bool = False) -> None:
    """Shows the runs and asks for confirmation, unless `yes`; for a single run only if `always`.

    Raises `UsageError` where nobody can be asked, and ends the command with code 1 when the answer is no.
    """
    if yes or (len(found.runs) == 1 and not always):
        return
    show_runs(found)
    ask_or_exit(question)


def show_runs(found: "QueryResult") -> None:
    """Prints the runs as a table to standard error."""
    from gage.board.run_table import build_run_table

    terminal.print_table(
        build_run_table(found.runs[:MAX_SHOWN_RUNS], found.positions[:MAX_SHOWN_RUNS], found.total), sys.stderr
    )
    if len(found.runs) > MAX_SHOWN_RUNS:
        sys.stderr.write(f"and {len(found.runs) - MAX_SHOWN_RUNS:,} more\n")


def ask_or_exit(question: str) -> None:
    """Ask; end the command with code 1 when the answer is no. Raises `UsageError` where nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError(
            "Confirmation required, but standard input is not a terminal", "Use --yes to skip the question"
        )
    sys.stderr.write(f"{question} (y/N) ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        sys.stderr.write("\n")
    if answer.strip().lower() not in ("y", "yes"):
        terminal.print_stderr("Nothing was changed")
        raise click.exceptions.Exit(1)


def format_names(runs: Sequence["Run"], most: int = 3) -> str:
    """Returns the names of runs, or their number if there are more than `most`."""
    if len(runs) > most:
        return terminal.format_count(len(runs), "run")
    return ", ".join(run.name for run in runs)
