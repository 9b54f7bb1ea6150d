"""Answers about one run: its metadata, the runs that it is connected with, the names of its system metrics."""

import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gage.board.run_table import convert_run_to_json
from gage.compare.run_details import read_run_details
from gage.index.index import Index
from gage.index.load_series import load_series
from gage.lib.secrets import mask_args
from gage.select.parse import parse_where
from gage.types.errors import GageError
from gage.types.filter import RunFilter
from gage.types.run import REPORT_OPERATION, Run
from gage.types.values import JSONValue, replace_non_finite
from gage.view.stores import ViewedStores

MAX_CONNECTED = 500
MAX_REPORTS = 200
"""Reports that are opened to see which runs they name."""


class RunPageQuery(NamedTuple):
    """The ID of a run."""

    id: str


class RunPage(NamedTuple):
    """A run as `gage show --json` describes it (`run`). `defaults` are the values of its config that the user did not
    choose; `command` is what ran, `again` a command that runs it again. `problems` are parts that cannot be read.
    """

    run: Mapping[str, JSONValue]
    changed_config: tuple[str, ...] | None
    directory: str
    command: str
    arguments: str
    again: str
    git: JSONValue
    file_count: int
    file_bytes: int
    problems: tuple[str, ...]


class ConnectedRun(NamedTuple):
    """A run that is connected with another one. `relation`: restart, resume, trial, evaluation or report."""

    id: str
    name: str
    operation: str
    status: str
    created: int
    relation: str


class Lineage(NamedTuple):
    """`parents`: what the run was made from, the nearest first. `children`: the runs that name it. `total` counts all
    of these; reports are looked for in the newest ones only.
    """

    parents: tuple[ConnectedRun, ...]
    children: tuple[ConnectedRun, ...]
    total: int


class SystemMetrics(NamedTuple):
    """The names of the system metrics of a run: its use of processors, memory, disks."""

    names: tuple[str, ...]


def describe_run(stores: ViewedStores, query: RunPageQuery) -> RunPage:
    """A run with its metadata."""
    store, run = stores.find_run(query.id)
    details = read_run_details(store, run, 0)
    summary = convert_run_to_json(run, 0)
    del summary["index"]
    command = details.command
    words = mask_args([str(word) for word in command]) if isinstance(command, list) else None
    return RunPage(
        run={name: replace_non_finite(value) for name, value in summary.items()},
        changed_config=run.changed_config,
        directory=details.run_dir,
        command=str(command or "") if words is None else shlex.join(words),
        arguments=shlex.join(mask_args([str(word) for word in details.arguments])),
        again=f"gage run --restart {run.name}",
        git=details.git,
        file_count=len(details.files),
        file_bytes=sum(max(entry.size, 0) for entry in details.files),
        problems=details.problems,
    )


def describe_lineage(stores: ViewedStores, query: RunPageQuery) -> Lineage:
    """The runs that a run was made from, and those that name it."""
    store, run = stores.find_run(query.id)
    with stores.open_index(stores.stores.index(store)) as index:
        parents = tuple(_follow_parents(index, run))
        named = RunFilter(where=parse_where([f'parent = "{run.id}"']), limit=MAX_CONNECTED)
        found = index.find(named)
        children = [_describe(each, each.relation) for each in found.runs]
        for report in index.find(RunFilter(where=parse_where([f'op = "{REPORT_OPERATION}"']), limit=MAX_REPORTS)).runs:
            if run.id in read_run_details(store, report, 0).mentions:
                children.append(_describe(report, "report"))
    return Lineage(parents, tuple(children), max(found.total, len(children)))


def list_system_metrics(stores: ViewedStores, query: RunPageQuery) -> SystemMetrics:
    """The names of the system metrics of a run."""
    store, run = stores.find_run(query.id)
    try:
        return SystemMetrics(tuple(sorted(load_series(store, run, system=True).names())))
    except (GageError, OSError):
        return SystemMetrics(())


def _follow_parents(index: Index, run: Run) -> Iterator[ConnectedRun]:
    seen = {run.id}
    while run.parent and run.parent not in seen and len(seen) < MAX_CONNECTED:
        seen.add(run.parent)
        relation = run.relation
        loaded = index.load([run.parent])
        if not loaded:
            yield ConnectedRun(run.parent, run.parent[:8], "", "missing", 0, relation)
            return
        run = loaded[0]
        yield _describe(run, relation)


def _describe(run: Run, relation: str) -> ConnectedRun:
    return ConnectedRun(run.id, run.name, str(run.op), run.status, run.created, relation)
