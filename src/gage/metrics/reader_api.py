"""What is found in the files of a run: the record that every reader of files hands out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from gage.metrics.series_types import Series
from gage.types.values import JSONValue


class MetricValue(NamedTuple):
    """A value of the series `name` at `step` and `time` (s since the epoch, 0.0 where the file does not tell)."""

    name: str
    step: int
    time: float
    value: float


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a look into a file brought. `numbers` are final values without a step; `attributes` facts in words.
    `series`: whole pieces of curves, from readers that are quick.

    `again`: the file was written anew, so this stands in place of all that it said before. `notes` say what could not
    be read.
    """

    values: Sequence[MetricValue] = ()
    series: Mapping[str, Series] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    attributes: Mapping[str, JSONValue] = field(default_factory=dict)
    replaces_all: bool = False
    notes: Sequence[str] = ()


NOTHING_NEW = ReadResult()


class FileReader(Protocol):
    """Reads one file of a run that may still grow. Keeps its place between two looks."""

    def read_new(self, final: bool = False) -> ReadResult:
        """What came since the last look. `final`: nothing more will come, so an unfinished last line counts.

        Raises OSError.
        """


_LOG_DIRECTORY = re.compile(
    r"(?:runs?|logs?|tb|tb_logs|tensorboard|lightning_logs|events?|outputs?|results?|summar(?:y|ies)|metrics|plots|dvclive|tblogs)"
    r"|version_\d+|.*\d{4}-?\d\d-?\d\d.*|[A-Z][a-z]{2}\d\d_\d\d-\d\d-\d\d.*|\d{9,}(?:\.\d+)?"
)


def series_prefix(folder: str) -> str:
    """What a folder below the run directory puts in front of the names in its files, with a `/` at its end.

    Folders that only say that there are logs (`runs`, `lightning_logs/version_0`, a date) put nothing there, so that a
    job that was started again goes on with the same series.
    """
    parts = [p for p in folder.split("/") if p and p != "." and not _LOG_DIRECTORY.fullmatch(p)]
    return "/".join(parts) + "/" if parts else ""
