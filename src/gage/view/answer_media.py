"""Answers with the media of runs: their names, all steps of some of them, one medium, its thumbnail."""

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gage.index.load_series import build_input_filter, load_series
from gage.metrics.histograms import HistogramBucket, parse_histogram
from gage.metrics.media import MediaFile, list_media_files, list_media_items, read_content, read_message
from gage.metrics.thumbnails import make_thumbnail
from gage.report.resolve_files import detect_media_type
from gage.store.store import RunStore
from gage.types.errors import GageError, NotFound, UsageError
from gage.types.run import FINAL_STATUSES, Run
from gage.view.file_headers import DOWNLOAD_TYPE, TEXT_TYPE, build_headers
from gage.view.raw_answer import RawAnswer
from gage.view.stores import ViewedStores

MAX_RUNS = 100
MAX_NAMES = 200
MAX_THUMBNAIL_SOURCE = 32 << 20
MAX_LISTED_RUNS = 32
LIVE_SECONDS = 3.0
"""Seconds for which the media of a run that goes on are not listed again."""
HISTOGRAM = "histogram"
KINDS = ("image", "video", "audio", HISTOGRAM, "table", "text", "html")
"""The order in which media are shown; those over steps come before all others."""


class MediaNamesQuery(NamedTuple):
    """The names of media of some runs (IDs) that contain `search`, of some kinds (none: of all)."""

    runs: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    search: str = ""
    first: int = 0
    limit: int = 50


class MediaName(NamedTuple):
    """A name of media, how many media have it, in how many runs."""

    kind: str
    name: str
    items: int
    runs: int


class MediaNames(NamedTuple):
    """A page of names, those over steps first; `total` counts all that match. `kinds` are of all media.
    `steps` are all steps at which the matching media are, in order.
    """

    total: int
    names: tuple[MediaName, ...]
    kinds: tuple[str, ...]
    steps: tuple[int, ...]


class MediaColumn(NamedTuple):
    """A kind and name of media."""

    kind: str
    name: str


class MediaQuery(NamedTuple):
    """The media of some runs with some names."""

    runs: tuple[str, ...]
    names: tuple[MediaColumn, ...]


class MediaItem(NamedTuple):
    """A medium. `step` is None if unknown. `path` is its file, relative to the run directory. If the file is an event
    file, the medium is not the file: `key` is its name in the routes for media, else "".
    """

    step: int | None
    path: str
    key: str
    size: int


class MediaSeries(NamedTuple):
    """The media of a run with one name, by step."""

    run: str
    kind: str
    name: str
    items: tuple[MediaItem, ...]


class MediaAnswer(NamedTuple):
    """All media of some runs with some names: none is left out."""

    series: tuple[MediaSeries, ...]


class MediumQuery(NamedTuple):
    """A medium of a run: its file, and its key if the file is an event file."""

    id: str
    path: str
    key: str = ""


class Histogram(NamedTuple):
    """How many values lie in each interval."""

    buckets: tuple[HistogramBucket, ...]


def list_media_names(stores: ViewedStores, query: MediaNamesQuery) -> MediaNames:
    """The names of the media of some runs."""
    if len(query.runs) > MAX_RUNS:
        raise UsageError(f"An answer has the media of at most {MAX_RUNS} runs", "Ask for fewer")
    counts: Counter[tuple[str, str]] = Counter()
    having: Counter[tuple[str, str]] = Counter()
    stepped: set[tuple[str, str]] = set()
    kinds: set[str] = set()
    steps: set[int] = set()
    text = query.search.casefold()
    for store, run in stores.find_runs(query.runs):
        own: Counter[tuple[str, str]] = Counter()
        for media in _list(store, run).values():
            kinds.add(media.kind)
            if (query.kinds and media.kind not in query.kinds) or text not in media.name.casefold():
                continue
            own[media.kind, media.name] += 1
            if media.step is not None:
                steps.add(media.step)
                stepped.add((media.kind, media.name))
        counts += own
        having.update(own.keys())

    def rank(entry: tuple[tuple[str, str], int]) -> tuple[bool, int, int, str]:
        kind, name = entry[0]
        return entry[0] not in stepped, KINDS.index(kind), -having[entry[0]], name

    listed = sorted(counts.items(), key=rank)
    page = listed[max(query.first, 0) : max(query.first, 0) + min(max(query.limit, 1), MAX_NAMES)]
    names = tuple(MediaName(kind, name, count, having[kind, name]) for (kind, name), count in page)
    return MediaNames(len(listed), names, tuple(sorted(kinds)), tuple(sorted(steps)))


def read_media(stores: ViewedStores, query: MediaQuery) -> MediaAnswer:
    """All media of some runs with some names, by step."""
    if len(query.runs) > MAX_RUNS or len(query.names) > MAX_NAMES:
        raise UsageError(f"An answer has at most {MAX_RUNS} runs and {MAX_NAMES} names", "Ask for fewer")
    wanted = {(each.kind, each.name) for each in query.names}
    found: list[MediaSeries] = []
    for store, run in stores.find_runs(query.runs):
        items: dict[tuple[str, str], list[MediaItem]] = {}
        for media in _list(store, run).values():
            if (media.kind, media.name) in wanted:
                key = "" if media.offset < 0 else f"{media.offset}+{media.length}"
                item = MediaItem(media.step, media.path, key, media.length or media.size)
                items.setdefault((media.kind, media.name), []).append(item)
        for (kind, name), each in items.items():
            each.sort(key=lambda item: (item.step if item.step is not None else -1, item.path))
            found.append(MediaSeries(run.id, kind, name, tuple(each)))
    return MediaAnswer(tuple(found))


def send_medium(stores: ViewedStores, query: MediumQuery) -> RawAnswer:
    """A medium of an event file: an image, a sound or a text."""
    store, run, media = _find(stores, query)
    data = read_content(store.get_paths(run.id).run_dir, media)
    if data is None:
        raise NotFound(f"The medium {media.name!r} cannot be read", "")
    types = {"image": detect_media_type(data), "audio": "audio/wav", "text": TEXT_TYPE}
    media_type = types.get(media.kind)
    return RawAnswer(data, media_type or DOWNLOAD_TYPE, build_headers(media.name, media_type is not None))


def send_thumbnail(stores: ViewedStores, query: MediumQuery) -> RawAnswer:
    """A small version of an image, at most 256 pixels wide and high."""
    store, run, media = _find(stores, query)
    paths = store.get_paths(run.id)
    if media.kind != "image" or (media.length or media.size) > MAX_THUMBNAIL_SOURCE:
        raise NotFound(f"There is no thumbnail of {media.path!r}", "Open the file")
    data = read_content(paths.run_dir, media)
    try:
        path = make_thumbnail(data, paths.cache_dir) if data else None
    except ImportError:
        raise UsageError("Thumbnails require the package Pillow", "Try: pip install 'gage-ml[images]'") from None
    if path is None:
        raise NotFound(f"There is no thumbnail of {media.path!r}", "Open the file")
    headers = {**build_headers(path.name, is_shown=True), "cache-control": "private, max-age=86400"}
    return RawAnswer(path.read_bytes(), "image/webp", headers)


def read_histogram(stores: ViewedStores, query: MediumQuery) -> Histogram:
    """A histogram of an event file."""
    store, run, media = _find(stores, query)
    return Histogram(parse_histogram(read_message(store.get_paths(run.id).run_dir, media) or b""))


def _find(stores: ViewedStores, query: MediumQuery) -> tuple[RunStore, Run, MediaFile]:
    """Returns a medium that the run has. Raises NotFound: nothing else is read, whatever the query names."""
    store, run = stores.find_run(query.id)
    media = _list(store, run).get((query.path, query.key))
    if media is None:
        raise NotFound(f"The run has no medium {query.path!r}", "Load the media again")
    return store, run, media


class _Listing(NamedTuple):
    media: Mapping[tuple[str, str], MediaFile]
    is_final: bool
    listed_at: float


_listings: OrderedDict[tuple[str, str], _Listing] = OrderedDict()
_lock = threading.Lock()


def _list(store: RunStore, run: Run) -> Mapping[tuple[str, str], MediaFile]:
    """Returns the media of a run by path and key. Those of a run that has ended are listed once."""
    place = str(store.root), run.id
    with _lock:
        known = _listings.get(place)
    is_final = run.status in FINAL_STATUSES and run.sealed
    if known and (known.is_final or (not is_final and time.monotonic() - known.listed_at < LIVE_SECONDS)):
        return known.media
    listed = {_build_key(media): media for media in _read(store, run)}
    with _lock:
        _listings[place] = _Listing(listed, is_final, time.monotonic())
        _listings.move_to_end(place)
        while len(_listings) > MAX_LISTED_RUNS:
            _listings.popitem(last=False)
    return listed


def _read(store: RunStore, run: Run) -> Sequence[MediaFile]:
    try:
        found = list(list_media_files(store.get_paths(run.id).run_dir, build_input_filter(store, run)))
        items = load_series(store, run).items()
    except (GageError, OSError):
        return ()
    histograms = [
        MediaFile(HISTOGRAM, each.name, each.step, each.file, each.length, each.time, each.offset, each.length)
        for each in items
        if each.kind == HISTOGRAM
    ]
    return [*found, *list_media_items(items), *histograms]


def _build_key(media: MediaFile) -> tuple[str, str]:
    return media.path, "" if media.offset < 0 else f"{media.offset}+{media.length}"
