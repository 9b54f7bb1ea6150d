"""Finds the runs of a report and of its blocks, and records which runs a block has read."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gage.board.run_table import pick_headline_metrics
from gage.compare.metric import RankedMetric, find_missing_name, has_status_condition, infer_direction, pick_metric
from gage.compare.ranked_entries import select_entries
from gage.index.filter_hints import list_some
from gage.index.index import Index
from gage.index.load_series import build_series_reader, load_series
from gage.lib.suggest import suggest_closest
from gage.metrics.series import RunSeries
from gage.report.parse_settings import remove_caret
from gage.select.parse import parse_refs, parse_sort, parse_where
from gage.store.store import RunStore
from gage.types.errors import NotFound
from gage.types.filter import Expression, FieldName, RunFilter
from gage.types.run import REPORT_OPERATION, Run

AUTO = "auto"
"""Name that stands for the main metric of the runs, for templates of any project."""
NO_MATCH = "No runs match"
"""Start of the messages of the index that explain why no run matches. A block without runs is not an error."""
_BEST = re.compile(r"best\((.+)\)", re.DOTALL)


class NothingToShow(NotFound):
    """No run matches, or none has the metric. The block shows the message as a note, not as an error."""


class RunSet(NamedTuple):
    """Runs with their positions in the listing; `reason` explains an empty set ("" = the set is not empty)."""

    runs: Sequence[Run]
    reason: str = ""
    positions: Sequence[int] = ()


class RunQuery:
    """Queries the runs of a report. Records which runs the current block reads."""

    def __init__(
        self, store: RunStore, index: Index, selection: RunFilter, project_dir: Path, front_runs: str = ""
    ) -> None:
        self.store = store
        self.project_dir = project_dir
        self.read_series = build_series_reader(store)
        self._index = index
        where = parse_where(front_runs) if front_runs else ()
        self._selection = selection._replace(where=(*selection.where, *where))
        self._sets: dict[tuple[str, tuple[str, ...]], RunSet] = {}
        self._used: dict[str, Run] = {}
        self.notes: list[str] = []
        """Notes on names in filters that have two meanings."""

    def start_block(self) -> None:
        """Starts a new block, which has read no runs."""
        self._used = {}

    @property
    def used_runs(self) -> tuple[Run, ...]:
        """The runs that the current block has read."""
        return tuple(self._used.values())

    def find(self, where: str = "", sort: Sequence[str] = (), limit: int | None = None) -> RunSet:
        """Returns the report's runs that match, without reports and the rows of batches.

        Raises NotFound for a name that no run has, and UsageError.
        """
        found = self._find(where, tuple(sort))
        found = found._replace(runs=found.runs[:limit], positions=found.positions[:limit])
        self.use(found.runs)
        return found

    def use(self, runs: Sequence[Run]) -> None:
        """Records that the current block reads these runs."""
        self._used.update((run.id, run) for run in runs)

    def _find(self, where: str, sort: tuple[str, ...]) -> RunSet:
        key = (where, sort)
        if key not in self._sets:
            conditions = (*self._selection.where, *(parse_where(where) if where else ()))
            result = self._index.find(self._selection._replace(where=conditions, sort=parse_sort(sort)))
            problem = result.problem
            if problem is not None and not problem.message.startswith(NO_MATCH):
                raise NotFound(*problem)
            if result.ambiguity is not None and result.ambiguity.message not in self.notes:
                self.notes.append(result.ambiguity.message)
            listed = zip(result.runs, result.positions, strict=True)
            chosen = [each for each in listed if not each[0].trials and each[0].op != REPORT_OPERATION]
            runs = tuple(run for run, _ in chosen)
            reason = "" if problem is None else remove_caret(problem.message)
            self._sets[key] = RunSet(
                runs, "" if runs else reason or NO_MATCH, tuple(position for _, position in chosen)
            )
        return self._sets[key]

    def has_status_condition(self, where: str) -> bool:
        """Returns whether a filter of the report or of a block names a status: then runs of any status count."""
        conditions = (*self._selection.where, *(parse_where(where) if where else ()))
        return has_status_condition([each.text for each in conditions])

    def find_run(self, text: str, where: str = "") -> Run:
        """Returns one run: `latest` or `best(METRIC)` of the report's runs, else the run with this ID or name.

        Raises NotFound, Ambiguous and UsageError.
        """
        best = _BEST.fullmatch(text)
        if best:
            return self.find_best(best[1].strip(), where)
        if text == "latest":
            runs = self._find(where, ()).runs
            if not runs:
                raise NothingToShow(self._find(where, ()).reason)
            self.use(runs[:1])
            return runs[0]
        found = self._index.find(RunFilter(parse_refs([text]))).runs
        if not found:
            raise NotFound(f"There is no run {text!r}", "Try: gage list")
        self.use(found[:1])
        return found[0]

    def find_best(self, metric: str, where: str = "", direction: str = "") -> Run:
        """Returns the best run by a metric. Raises NotFound if no completed run has it, and UsageError."""
        ranked_by = self.pick_metric(metric, where, direction)
        runs = self._find(where, ()).runs
        entries = select_entries(runs, ranked_by, self.read_series, self.has_status_condition(where))
        if not entries.runs:
            raise NothingToShow(f"No completed run has a {ranked_by.text} to rank by")
        self.use(entries.runs[:1])
        return entries.runs[0]

    def pick_metric(self, text: str, where: str = "", direction: str = "") -> RankedMetric:
        """Returns the metric to rank runs by. Raises NotFound for a metric that no run has, and UsageError."""
        runs = self._find(where, ()).runs
        if not runs:
            raise NothingToShow(self._find(where, ()).reason)
        lower_is_better = None if not direction else direction == "min"
        return pick_metric(runs, self.resolve_metric(text, where), lower_is_better, "best")

    def resolve_metric(self, text: str, where: str = "") -> str:
        """Returns the name of a metric. `auto` stands for the main metric whose better values its name tells.

        Raises NothingToShow if `auto` stands for none.
        """
        names = self.list_metrics(where)
        if text != AUTO or AUTO in names:
            return text
        known = [name for name in names if infer_direction(FieldName(name)) is not None]
        if not known:
            raise NothingToShow("No metric has a name that tells whether high or low values are better")
        return pick_headline_metrics(known, 1)[0]

    def list_metrics(self, where: str = "") -> dict[str, None]:
        """Returns the names of the metrics of the runs."""
        return dict.fromkeys(name for run in self._find(where, ()).runs for name in run.metrics)

    def require_names(self, expressions: Sequence[Expression], runs: Sequence[Run]) -> None:
        """Raises NotFound for the first name in `expressions` that none of the runs has."""
        missing = next(filter(None, (find_missing_name(each, runs) for each in expressions)), None)
        if missing is not None:
            names = sorted({name for run in runs for name in (*run.metrics, *run.config)})
            raise NotFound(f"No run has {missing!r}", suggest_closest(missing, names, list_some("Names", names)))

    def load_series(self, run: Run) -> RunSeries:
        """Returns the series of a run."""
        return load_series(self.store, run)
