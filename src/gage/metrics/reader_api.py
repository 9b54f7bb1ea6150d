"""What a reader of metric files is, and the record that it returns. This is the interface for reader plugins, too."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from gage.metrics.series_types import EventItem, Series, SeriesBuilder, build_series, get_builder
from gage.types.values import JSONValue


class MetricValue(NamedTuple):
    """A value of the series `name` at `step`. `time` is in seconds since the epoch, 0.0 where it is unknown."""

    name: str
    step: int
    time: float
    value: float


class ReadResult(NamedTuple):
    """What one read of a file returned.

    `values` are points of series, `series` whole pieces of series (faster), `numbers` final values without a step,
    `attributes` facts in words, `items` what else an event file holds. `notes` say what could not be read.
    `replaces_all`: the file was rewritten, so this result replaces everything that was read from it before.
    """

    values: Sequence[MetricValue] = ()
    series: Mapping[str, Series] = {}
    numbers: Mapping[str, float] = {}
    attributes: Mapping[str, JSONValue] = {}
    replaces_all: bool = False
    notes: Sequence[str] = ()
    items: Sequence[EventItem] = ()

    def join_series(self, unknown_time: float) -> dict[str, Series]:
        """Returns `series` and `values` as series. Values whose time is unknown get `unknown_time`."""
        builders: dict[str, SeriesBuilder] = {}
        for name, step, time, value in self.values:
            get_builder(builders, name).add(step, time or unknown_time, value)
        return {**self.series, **build_series(builders)}


NOTHING_NEW = ReadResult()


class FileReader(Protocol):
    """Reads one file of a run that may still grow. Remembers its position between two reads."""

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns what is new since the last call. Raises OSError.

        `final`: the file will not grow any more, so an unfinished last line counts.
        """


# runs · lightning_logs · version_0 · 20260101-120000 · Nov23_14-11-00_box · 1700000000.123 · checkpoint-500 · 12-00-00
# 1129_064541 · net_1129_064541 · 06.48.20 · 3f2a91c · a UUID
_LOG_DIRECTORY = re.compile(
    r"(?:runs?|logs?|tb|tb_logs|tensorboard|lightning_logs|events?|outputs?|results?|summar(?:y|ies)|metrics|plots|dvclive|tblogs)"
    r"|version_\d+|.*\d{4}-?\d\d-?\d\d.*|[A-Z][a-z]{2}\d\d_\d\d-\d\d-\d\d.*|\d{9,}(?:\.\d+)?|checkpoint-\d+"
    r"|(?:.*[_-])?(?:\d\d)?(?:0\d|1[0-2])-?[0-3]\d[_-][0-2]\d-?[0-5]\d-?[0-5]\d|[0-2]\d[-_.h:][0-5]\d[-_.m:][0-5]\d"
    r"|(?:[a-z]+[_-])?(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])(?:[0-9a-f]{7,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)


def build_series_prefix(path: str) -> str:
    """Returns the prefix for the names of series in a file, from the directories of its path in the run: `train/`.

    Generic directory names (`runs`, `lightning_logs/version_0`, a date) are left out, so that a
    restarted job continues the same series. So are checkpoints: Hugging Face's repeat the history of the whole run.
    """
    directories = path.split("/")[:-1]
    return "".join(f"{name}/" for name in directories if name not in ("", ".") and not _LOG_DIRECTORY.fullmatch(name))
