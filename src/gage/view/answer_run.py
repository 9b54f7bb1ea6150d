"""Answers about one run: its metadata, its output in pages, its files."""

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from gage.board.run_table import convert_run_to_json
from gage.compare.run_details import read_run_details
from gage.store.meta import MetaReader
from gage.store.output_log import list_phases, read_lines
from gage.types.values import JSONValue, replace_non_finite
from gage.view.stores import ViewedStores

MAX_LINES = 2_000
MAX_LINE_LENGTH = 20_000


class RunPageQuery(NamedTuple):
    """The ID of a run."""

    id: str


class RunFile(NamedTuple):
    """A file of a run. `kind`: s source, d dependency, r runtime, g generated. `size` is in bytes, -1 if unknown."""

    kind: str
    path: str
    size: int
    digest: str
    changed: bool


class RunPage(NamedTuple):
    """A run as `gage show --json` describes it (`run`), with its command, files and problems of reading it."""

    run: Mapping[str, JSONValue]
    directory: str
    command: JSONValue
    arguments: JSONValue
    git: JSONValue
    files: tuple[RunFile, ...]
    problems: tuple[str, ...]


class OutputQuery(NamedTuple):
    """Lines of the output of a run from line `first` on (0 = the first)."""

    id: str
    first: int = 0
    limit: int = 500


class RunOutputLine(NamedTuple):
    """A line: `stream` 1 or 2, `when` it ended in µs since the epoch, the text with the program's colours."""

    phase: str
    stream: int
    when: int
    text: str


class RunOutput(NamedTuple):
    """A page of the output of a run. `is_last`: there are no lines after it now."""

    first: int
    lines: tuple[RunOutputLine, ...]
    is_last: bool


def describe_run(stores: ViewedStores, query: RunPageQuery) -> RunPage:
    """A run with its metadata and files."""
    store, run = stores.find_run(query.id)
    details = read_run_details(store, run, 0)
    summary = convert_run_to_json(run, 0)
    del summary["index"]
    files = tuple(
        RunFile(entry.kind, entry.path, entry.size, entry.digest, entry.path in details.changed)
        for entry in details.files
    )
    facts = (details.run_dir, details.command, list(details.arguments), details.git)
    shown = {name: replace_non_finite(value) for name, value in summary.items()}
    return RunPage(shown, *facts, files, details.problems)


def read_output_page(stores: ViewedStores, query: OutputQuery) -> RunOutput:
    """A page of the output of a run."""
    store, run = stores.find_run(query.id)
    limit = min(max(query.limit, 1), MAX_LINES)
    with MetaReader.open(store.get_paths(run.id)) as meta:
        lines = (
            RunOutputLine(phase, line.stream, line.when, line.data[:MAX_LINE_LENGTH].decode("utf-8", "replace"))
            for phase in list_phases(meta)
            for line in read_lines(meta, phase)
        )
        page = tuple(islice(lines, max(query.first, 0), max(query.first, 0) + limit + 1))
    return RunOutput(max(query.first, 0), page[:limit], len(page) <= limit)
