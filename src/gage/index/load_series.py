"""Loads the series of a run of a store, selects them by name, and lists its media."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from gage.types.errors import GageError, NotFound

if TYPE_CHECKING:
    from gage.metrics.media import MediaFile
    from gage.metrics.series import RunSeries
    from gage.metrics.series_types import Series
    from gage.store.store import RunStore
    from gage.types.run import Run


def load_series(store: "RunStore", run: "Run", system: bool = False) -> "RunSeries":
    """Returns all series of a run; with `system` those of its resource use."""
    from gage.metrics.series import RunSeries, read_run_series
    from gage.types.run import FINAL_STATUSES

    if system:
        return RunSeries(_load_system_series(store, run), [], [])
    paths = store.get_paths(run.id)
    sealed = run.status in FINAL_STATUSES and paths.meta_zip.exists()  # a program may outlive the Gage that was killed
    return read_run_series(paths.run_dir, paths.cache_dir, sealed, is_foreign=build_input_filter(store, run))


def list_media(store: "RunStore", run: "Run") -> "Iterator[MediaFile]":
    """Yields the media of a run: its files, then what its event files contain."""
    from gage.metrics.media import list_media_files, list_media_items

    yield from list_media_files(store.get_paths(run.id).run_dir, build_input_filter(store, run))
    yield from list_media_items(load_series(store, run).items())


def build_series_reader(store: "RunStore") -> "Callable[[str, str], Series | None]":
    """Returns a function that reads a series by a run's ID and a metric's name, for filters such as `loss@100 < 1`."""

    @lru_cache(maxsize=1)
    def load(id: str) -> "RunSeries":
        return load_series(store, store.read(id))

    def read(id: str, name: str) -> "Series | None":
        try:
            return load(id).series(name)
        except (KeyError, GageError):
            return None

    return read


def build_input_filter(store: "RunStore", run: "Run") -> Callable[[str], bool]:
    """Returns a predicate: whether the file with a path is source code or a dependency of the run. The predicate reads
    the run's manifest when it is first called.
    """

    @cache
    def read_names() -> frozenset[str]:
        from gage.store import manifest
        from gage.store.meta import MetaReader

        try:
            with MetaReader.open(store.get_paths(run.id)) as meta:
                entries = manifest.parse(meta.read("manifest", limit=1 << 28) or b"")
        except (GageError, OSError):
            return frozenset()
        return frozenset(entry.path for entry in entries if entry.kind in "sd")

    return lambda path: path in read_names()


def _load_system_series(store: "RunStore", run: "Run") -> "dict[str, Series]":
    import json

    from gage.metrics.series_types import SeriesBuilder
    from gage.store.meta import MetaReader

    builders: dict[str, SeriesBuilder] = {}
    with MetaReader.open(store.get_paths(run.id)) as meta:
        text = meta.read_text("sys/usage.jsonl") or ""
    for i, line in enumerate(text.splitlines()):
        try:
            record = json.loads(line)
        except ValueError:
            continue  # a line that was not written completely
        for name, value in record.items() if isinstance(record, dict) else ():
            if name != "time" and isinstance(value, int | float):
                builders.setdefault(name, SeriesBuilder()).add(i, float(record.get("time", 0)), float(value))
    return {name: each.series() for name, each in builders.items()}


def select_names(names: Sequence[str], patterns: Sequence[str]) -> Iterator[str]:
    """Yields the names that match a name or glob of `patterns`, all if it is empty, in the order of `names`."""
    from gage.lib.globs import compile_pattern, is_glob

    globs = [compile_pattern(text) for text in patterns if is_glob(text)]
    for name in names:
        if not patterns or name in patterns or any(fits(name) for fits in globs):
            yield name


def build_no_metric_error(patterns: Sequence[str], names: Sequence[str]) -> NotFound:
    """Returns the error for a metric that no run has."""
    from gage.lib.suggest import join_some, suggest_closest
    from gage.types.values import escape

    if not names:
        return NotFound("The runs have no metrics", "See 'gage help metrics' for where metrics come from")
    hint = suggest_closest(patterns[0], names, f"Available: {join_some(list(map(escape, sorted(names))), 20)}")
    return NotFound(f"No run has the metric {patterns[0]!r}", hint)
