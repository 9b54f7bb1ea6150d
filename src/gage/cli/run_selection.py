"""Selects the runs that a command works on, from words and filters, and changes them after a confirmation."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple

import click

from gage.board.formatting import format_count
from gage.cli.command import CommandFunction, confirm_or_exit, parse_count, yes_option
from gage.cli.global_options import get_current_dir, open_store, require_store, suggest_without_runs
from gage.cli.render import terminal
from gage.types.errors import NotFound, UsageError
from gage.types.run import REPORT_OPERATION

if TYPE_CHECKING:
    from gage.index.index import Index, QueryResult
    from gage.store.store import RunStore
    from gage.types.filter import Collection, ProjectRef, RunFilter
    from gage.types.run import Run
    from gage.types.values import JSONValue

MAX_SHOWN_RUNS = 20
"""Runs that are shown before a question."""
NOT_A_REPORT = f"not (run.op={REPORT_OPERATION.name} and run.namespace={REPORT_OPERATION.namespace})"
"""Filter of the runs that are not reports."""
MIN_LARGE_DIRECTORY_BYTES = 4 << 20
"""Size of a directory's own entries from which opening the index is faster than listing it: some 20,000 runs."""


LISTING_OPTIONS = {"active": "", "deleted": " --deleted", "archive": " --archive"}
"""Options of `gage list` that show a collection."""


class RunSelection(NamedTuple):
    """The runs that a command line selects; the fields are parameters of the command. `words` may hold more than runs,
    such as a label: the command takes them out with `with_words`.
    """

    words: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    everything: bool = False
    project: str | None = None
    limit: int | None = None
    sort: tuple[str, ...] = ()
    yes: bool = False

    @property
    def store(self) -> "RunStore":
        """The store that the command works with."""
        return open_store()

    def with_words(self, words: Iterable[str]) -> "RunSelection":
        """Returns the selection with other words."""
        return self._replace(words=tuple(words))

    def query(
        self,
        collection: "Collection" = "active",
        archive: str = "",
        limit: int | None = None,
        statuses: Sequence[str] = (),
    ) -> "QueryResult":
        """Returns the matching runs, newest first; `limit` is used if there is no `--limit`.

        Raises `NotFound`, `Ambiguous` and `UsageError`, but leaves it to the caller to report the problem of a filter.
        Prints a note on a name of the filter that has two meanings.
        """
        return _report_ambiguity(self._query(collection, archive, limit, statuses))

    def query_lazily(
        self, collection: "Collection" = "active", archive: str = "", limit: int | None = None
    ) -> "QueryResult":
        """Does the same, but holds no runs in memory if they are many. The index is open until the command ends."""
        run_filter = self.build_filter(collection, archive, limit)
        index = self._open_index()
        click.get_current_context().call_on_close(index.close)
        return _report_ambiguity(index.find_lazily(run_filter))

    def _query(
        self, collection: "Collection", archive: str, limit: int | None, statuses: Sequence[str]
    ) -> "QueryResult":
        run_filter = self.build_filter(collection, archive, limit, statuses)
        with self._open_index() as index:
            return index.find(run_filter)

    def _open_index(self) -> "Index":
        from gage.cli.run.live_output import LiveOutput
        from gage.index.index import open_index
        from gage.index.load_series import build_series_reader

        return open_index(self.store, LiveOutput(quiet=False), build_series_reader(self.store))

    def build_filter(
        self,
        collection: "Collection" = "active",
        archive: str = "",
        limit: int | None = None,
        statuses: Sequence[str] = (),
    ) -> "RunFilter":
        """Returns the selection as a filter for the index; `limit` is used if there is no `--limit`. Raises
        UsageError.
        """
        from gage.select.parse import parse_refs, parse_sort, parse_where
        from gage.types.filter import RunFilter

        if archive:
            _require_archive(archive)
        refs, where, sort = parse_refs(self.words), parse_where(self.where), parse_sort(self.sort)
        project = self._parse_project()
        return RunFilter(refs, where, collection, archive, tuple(statuses), project, self.limit or limit, sort)

    def _parse_project(self) -> "ProjectRef | None":
        if self.project is None:
            return None
        from gage.project.find import parse_project_ref

        return parse_project_ref(self.project, get_current_dir())

    def find_or_latest(self) -> "Sequence[Run]":
        """Returns the matching runs; without words and filters the latest one. An ID or a name may also be that of an
        archived or deleted run. Raises NotFound if there are none.
        """
        runs = self.find_to_read() if self.words or self.where else self.find_latest()
        if not runs:
            raise self.build_no_runs_error()
        return runs

    def find_latest(self) -> "Sequence[Run]":
        """Returns the latest matching run that is not a report, or the latest report if all are reports. Returns an
        empty sequence if no run matches.
        """
        runs = self.find_to_read(limit=1)[:1]
        if not runs or runs[0].op != REPORT_OPERATION:
            return runs
        others = self._replace(where=(*self.where, NOT_A_REPORT))._query("active", "", 1, ())
        return others.runs[:1] or runs

    def build_no_runs_error(self, collection: "Collection" = "active") -> NotFound:
        """Returns the error for a selection that has no runs: nothing matches, or there is nothing to select."""
        if self.where or self.project is not None:
            return NotFound("No runs match", f"Try: gage list{LISTING_OPTIONS[collection]}")
        if collection == "active":
            return NotFound("There are no runs yet", suggest_without_runs())
        return NotFound(f"There are no {'deleted' if collection == 'deleted' else 'archived'} runs")

    def find_one(self) -> "Run":
        """Returns the run that the word names (none: the latest), by ID or name also an archived or deleted one."""
        runs = self.find_to_read(limit=2) if self.words else self.find_latest()
        if not runs:
            raise self.build_no_runs_error()
        if len(runs) > 1:
            raise UsageError(f"{self.words[0]!r} matches several runs, but one is expected", "Name one, such as 1")
        return runs[0]

    def find_each(self) -> "Sequence[Run]":
        """Returns the runs in the order of the words, one of them as often as it is named; those of a slice or a filter
        in the order of the listing. By ID or name also archived or deleted ones. Raises NotFound.
        """
        selections = [self.with_words((word,)) for word in self.words] or [self]
        return [run for selection in selections for run in selection.find_to_read()]

    def find_to_read(self, limit: int | None = None) -> "Sequence[Run]":
        """Returns the matching runs, newest first; by ID or name also archived or deleted ones. Raises NotFound."""
        try:
            return self.query(limit=limit).require().runs
        except NotFound:
            if self.where or not self.words:
                raise
            if len(self.words) > 1:
                found = [run for word in self.words for run in self.with_words((word,)).find_to_read()]
                return sorted({run.id: run for run in found}.values(), key=lambda r: (r.created, r.id), reverse=True)
            runs = self._find_hidden()
            if not runs:
                raise
            return runs

    def _find_hidden(self) -> "Sequence[Run]":
        """Returns the archived or deleted run with that ID or name."""
        collections: tuple[Collection, ...] = ("archive", "deleted")
        for collection in () if self.where or not self.words or self.words[0].isdigit() else collections:
            try:
                return self.query(collection, limit=1).require().runs
            except NotFound:
                continue
        return ()

    def find_to_change(
        self, collection: "Collection" = "active", archive: str = "", statuses: Sequence[str] = ()
    ) -> "SelectedRuns":
        """Returns the runs to change. Raises UsageError if none are named, and NotFound if none match."""
        if self.everything and self.words:
            raise UsageError("--all and RUN cannot be used together", "Remove one of them")
        if not self.words and not self.where and not self.everything and self.project is None:
            listing = f"gage list{LISTING_OPTIONS[collection]}"
            hint = f"{listing!r} shows them: name runs by position, name or ID, or use --where"
            raise UsageError("No runs specified", hint)
        try:
            result = self._query(collection, archive, None, statuses).require()
            if result.ambiguity is not None:
                raise UsageError(*result.ambiguity)
        except NotFound as error:
            if collection == "active":
                raise
            if not self._replace(words=(), where=()).query(collection, limit=1).runs:
                raise RunSelection().build_no_runs_error(collection) from None
            raise NotFound(error.message, f"Try: gage list{LISTING_OPTIONS[collection]}") from None
        if not result.runs and statuses:
            raise NotFound(f"No {statuses[0]} runs match", f"Try: gage list --where={statuses[0]}")
        if not result.runs:
            raise self.build_no_runs_error(collection)
        seal_abandoned_runs(self.store)
        return SelectedRuns(self.store, result, self.yes)


def _report_ambiguity(result: "QueryResult") -> "QueryResult":
    """Prints a note on a name of the filter that has two meanings. Returns the result."""
    if result.ambiguity is not None:
        terminal.print_stderr(*result.ambiguity)
    return result


def seal_abandoned_runs(store: "RunStore") -> None:
    """Seals the runs whose Gage process was killed. Called by every command that changes the store."""
    if ids := _list_unsealed_ids(store):
        from gage.cli.render.spinner import Spinner
        from gage.runner.recover import complete_metrics
        from gage.store import repair

        with Spinner("Sealing runs whose Gage process was killed"):
            repair.seal_abandoned_runs(store, ids, complete_metrics)


def _list_unsealed_ids(store: "RunStore") -> list[str]:
    """Returns the runs that are not sealed, from the index if listing the directory would take longer."""
    try:
        is_large = os.stat(store.root).st_size >= MIN_LARGE_DIRECTORY_BYTES
    except OSError:
        return []
    if not is_large:
        return store.list_unsealed_ids()
    from gage.index.index import open_index

    with open_index(store) as index:
        return index.list_unsealed_ids()


class SelectedRuns(NamedTuple):
    """The runs that a command changes. With `yes` it does not ask."""

    store: "RunStore"
    result: "QueryResult"
    yes: bool

    @property
    def runs(self) -> "Sequence[Run]":
        """The runs, newest first."""
        return self.result.runs

    def confirm(self, question: str, always: bool = False) -> "SelectedRuns":
        """Shows the runs, asks for confirmation (for a single run only if `always`), and returns them.

        Raises UsageError if standard input is not a terminal, and exits with code 1 if the answer is no.
        """
        if not self.yes and (len(self.runs) > 1 or always):
            _print_runs(self.result)
            if not sys.stdin.isatty():
                hint = "Use --yes to skip the question"
                raise UsageError("Confirmation required, but standard input is not a terminal", hint)
            confirm_or_exit(f"{question} (y/N) ", "Nothing was changed")
        return self

    def require_ended(self) -> "SelectedRuns":
        """Returns the runs. Raises UsageError if one is still running."""
        for run in self.runs:
            if run.status == "running":
                raise UsageError(f"Run {run.name} is still running", f"Try: gage stop {run.name}")
        return self

    def annotate(self, done: str, set: "Mapping[str, JSONValue] | None" = None, delete: Iterable[str] = ()) -> None:
        """Writes one change to all runs and reports it; `done` is a word such as "Labelled"."""
        from gage.identity.user import get_author

        self.store.annotate([run.id for run in self.runs], set, delete, get_author())
        terminal.print_stderr(f"{done} {_format_names(self.runs)}")

    def purge(self) -> None:
        """Removes the files of all runs permanently and reports it."""
        from gage.cli.run.live_output import LiveOutput
        from gage.identity.user import get_author

        author, live = get_author(), LiveOutput(quiet=False)
        for run in self.runs:
            self.store.purge(run.id, author, live)
        terminal.print_stderr(f"Purged {_format_names(self.runs)}: this cannot be undone")


where_option = click.option(
    "-w",
    "--where",
    metavar="FILTER",
    multiple=True,
    help="Only matching runs, for example 'error' or 'lr=0.1' (repeatable; see 'gage help filters').",
)
all_option = click.option("-a", "--all", "everything", is_flag=True, help="All runs.")
project_option = click.option(
    "-p",
    "--project",
    metavar="DIR|ID",
    help="Only runs of the project in DIR (for example .) or with this $project-id.",
)
sort_option = click.option(
    "-s",
    "--sort",
    metavar="NAME",
    multiple=True,
    help="Sort by NAME, lowest first; --sort=-NAME: highest first (repeatable).",
)
columns_option = click.option(
    "-c",
    "--columns",
    metavar="NAME,...",
    help="Columns: config values, metrics, functions such as 'min(loss)', attributes or keys of --json.",
)
limit_option = click.option("-n", "--limit", type=parse_count, metavar="N", help="Show at most N runs.")


def select_runs(metavar: str = "[RUN]...") -> Callable[[CommandFunction], CommandFunction]:
    """Adds the argument `words` and `--where` to a command, which gets a `RunSelection` as its first argument.

    The options `all_option`, `project_option`, `limit_option` and `yes_option` below it are part of the selection.
    """
    return lambda function: click.argument("words", metavar=metavar, nargs=-1)(where_option(_pass_selection(function)))


def select_runs_to_change(metavar: str = "[RUN]...") -> Callable[[CommandFunction], CommandFunction]:
    """Adds the options of commands that change runs, and `--all` and `--yes`."""
    return lambda function: select_runs(metavar)(all_option(yes_option(function)))


def select_run(function: CommandFunction) -> CommandFunction:
    """Adds the argument `run` and `--where` to a command, which gets a `RunSelection` as its first argument."""
    return click.argument("run", metavar="[RUN]", required=False)(where_option(_pass_selection(function)))


def warn_incomplete(runs: Iterable["Run"]) -> None:
    """Prints which of the runs lack files, before something is made of the rest."""
    for run in runs:
        if run.incomplete:
            terminal.print_stderr(f"{run.name} is incomplete: {run.incomplete}", f"Try: gage check --run={run.name}")


def _pass_selection(function: CommandFunction) -> CommandFunction:
    @wraps(function)
    def call(**params: object) -> object:
        require_store()
        run = params.pop("run", None)
        values = {name: params.pop(name) for name in RunSelection._fields if name in params}
        words = {} if run is None else {"words": (run,)}
        return function(RunSelection(**values, **words), **params)  # type: ignore[arg-type]  # click parsed them

    return call


def find_archives(store: "RunStore") -> dict[str, tuple[int, int]]:
    """Returns the archives by name: the number of runs, and when one was last archived (µs since the epoch)."""
    archives: dict[str, tuple[int, int]] = {}
    for run in RunSelection().query("archive").runs:
        name = run.user_attrs.archive
        count, latest = archives.get(name, (0, 0))
        archives[name] = count + 1, max(latest, store.read_attribute_time(run.id, "archive"))
    return dict(sorted(archives.items()))


def _require_archive(name: str) -> None:
    """Raises NotFound if no archive has that name."""
    archives = {run.user_attrs.archive for run in RunSelection().query("archive").runs}
    if name not in archives:
        from gage.lib.suggest import suggest_closest

        hint = suggest_closest(name, sorted(archives), "Try: gage archive --list")
        raise NotFound(f"There is no archive {name!r}", hint)


def _print_runs(result: "QueryResult") -> None:
    """Prints the runs as a table to standard error."""
    from gage.board.run_table import build_run_table

    terminal.print_table(*build_run_table(result.runs[:MAX_SHOWN_RUNS], result.positions[:MAX_SHOWN_RUNS]), sys.stderr)
    if len(result.runs) > MAX_SHOWN_RUNS:
        sys.stderr.write(f"and {len(result.runs) - MAX_SHOWN_RUNS:,} more\n")


def _format_names(runs: Sequence["Run"]) -> str:
    """Returns the names of runs, or their number if they are many."""
    return ", ".join(run.name for run in runs) if len(runs) <= 3 else format_count(len(runs), "run")
