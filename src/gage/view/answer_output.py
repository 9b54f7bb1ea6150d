"""Answers with the output of a run: pages by line or time, and where it contains a text."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from gage.store.meta import MetaReader
from gage.store.output_index import OutputIndex, PagedLine
from gage.store.output_log import list_phases, read_partial
from gage.store.store import RunStore
from gage.types.errors import UsageError
from gage.types.run import FINAL_STATUSES, Run
from gage.view.stores import ViewedStores

MAX_LINES = 2_000
MAX_LINE_BYTES = 20_000
MAX_PAGE_BYTES = 4 << 20
MAX_MATCHES = 1_000
SEARCHES = 64
"""Pieces of output that one request searches, of 1 MB each."""
MAX_INDEXES = 16
ERROR_WORDS = (b"Traceback (most", b"Error:", b"Exception:", b"ERROR", b"CRITICAL", b"FATAL", b"error:", b"Killed")
"""What marks a line that reports an error."""


class OutputQuery(NamedTuple):
    """Lines of the output of a run: `limit` lines from line `first` on (0 = the first).

    A negative `first` counts from the end: -500 are the last 500 lines. With `when` (µs since the epoch), the page
    starts at the first line of that time or later.
    """

    id: str
    first: int = 0
    limit: int = 500
    when: int | None = None


class RunOutputLine(NamedTuple):
    """A line: `stream` 1 or 2, `when` it ended in µs since the epoch, the text with the program's colours.

    `is_cut`: the line is longer than the text.
    """

    stream: int
    when: int
    text: str
    is_cut: bool


class RunOutput(NamedTuple):
    """A page of the output of a run. `total` is the number of lines now, `unfinished` what both streams have of a line
    that has no end yet. `is_live`: the run goes on.
    """

    first: int
    total: int
    lines: tuple[RunOutputLine, ...]
    unfinished: tuple[str, ...]
    is_live: bool


class OutputSearchQuery(NamedTuple):
    """Which lines from line `first` on contain `text`, in upper or lower case; with `errors`, which report an error."""

    id: str
    text: str = ""
    first: int = 0
    errors: bool = False


class OutputMatches(NamedTuple):
    """The numbers of lines that match, all before line `next`. Search on from there until it is `total`."""

    lines: tuple[int, ...]
    next: int
    total: int


class _Log:
    """The output of a run: the indexes of its phases, one after the other."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.key = ""
        self.phases: dict[str, OutputIndex] = {}

    def update(self, meta: MetaReader, key: str) -> None:
        if key != self.key:  # a run that ends gets another file, with bookmarks of its own
            self.key, self.phases = key, {}
        for phase in list_phases(meta):
            index = self.phases.get(phase) or self.phases.setdefault(phase, OutputIndex(phase))
            index.update(meta)

    def count(self) -> int:
        return sum(index.line_count for index in self.phases.values())

    def split(self, first: int) -> Iterator[tuple[OutputIndex, int, int]]:
        """Yields the indexes that have lines from `first` on, with their first line and where `first` is in them."""
        start = 0
        for index in self.phases.values():
            if start + index.line_count > first:
                yield index, start, max(first - start, 0)
            start += index.line_count


_logs: OrderedDict[tuple[str, str], _Log] = OrderedDict()
_logs_lock = threading.Lock()


@contextmanager
def _open_log(store: RunStore, run: Run) -> Iterator[tuple[MetaReader, _Log]]:
    """Yields the output of a run, up to date. One request reads it at a time."""
    with _logs_lock:
        log = _logs.setdefault((str(store.root), run.id), _Log())
        _logs.move_to_end((str(store.root), run.id))
        while len(_logs) > MAX_INDEXES:
            _logs.popitem(last=False)
    with log.lock, MetaReader.open(store.get_paths(run.id)) as meta:
        log.update(meta, "sealed" if meta.sealed else "open")
        yield meta, log


def read_output_page(stores: ViewedStores, query: OutputQuery) -> RunOutput:
    """A page of the output of a run."""
    store, run = stores.find_run(query.id)
    limit = min(max(query.limit, 1), MAX_LINES)
    is_live = run.status not in FINAL_STATUSES
    with _open_log(store, run) as (meta, log):
        total = log.count()
        first = query.first if query.first >= 0 else max(total + query.first, 0)
        if query.when is not None:
            first = _find_time(meta, log, query.when)
        lines = tuple(_build_line(line) for line in _read_lines(meta, log, first, limit))
        unfinished = read_partial(meta, list(log.phases)[-1]) if is_live and log.phases else ()
    return RunOutput(first, total, lines, tuple(_decode(each) for each in unfinished if each), is_live)


def search_output(stores: ViewedStores, query: OutputSearchQuery) -> OutputMatches:
    """The lines of the output that contain a text."""
    words = ERROR_WORDS if query.errors else (query.text.encode().lower(),)
    if not all(words):
        raise UsageError("The searched text must not be empty", "Give a text, or errors=true")
    if query.first < 0:
        raise UsageError("The number of the first line must not be negative", "The first line is 0")
    store, run = stores.find_run(query.id)
    found: list[int] = []
    at = query.first
    with _open_log(store, run) as (meta, log):
        total = log.count()
        for _ in range(SEARCHES):
            index, start, first = next(log.split(at), (None, 0, 0))
            if index is None or len(found) >= MAX_MATCHES:
                break
            matches = index.search(meta, words, first, ignores_case=not query.errors)
            found += [start + line for line in matches.lines]
            at = start + max(matches.next, first + 1)
    if len(found) > MAX_MATCHES:
        found, at = found[:MAX_MATCHES], found[MAX_MATCHES]
    return OutputMatches(tuple(found), min(at, total), total)


def _find_time(meta: MetaReader, log: _Log, when: int) -> int:
    start = 0
    for index in log.phases.values():
        at = index.find_time(meta, when)
        if at < index.line_count - 1 or index is list(log.phases.values())[-1]:
            return start + at
        start += index.line_count
    return 0


def _read_lines(meta: MetaReader, log: _Log, first: int, limit: int) -> Iterator[PagedLine]:
    """Yields lines, fewer if they are long."""
    left, size = limit, 0
    for index, _, at in log.split(first):
        for line in index.read_lines(meta, at, left, MAX_LINE_BYTES):
            yield line
            left, size = left - 1, size + len(line.data)
            if size > MAX_PAGE_BYTES:
                return
        if left <= 0:
            return


def _build_line(line: PagedLine) -> RunOutputLine:
    return RunOutputLine(line.stream, line.when, _decode(line.data), line.is_cut)


def _decode(data: bytes) -> str:
    return data[:MAX_LINE_BYTES].decode("utf-8", "replace")
