"""Which reader a file of a run gets: by its name and the folder it is in. All formats are named here, once."""

import re
from collections.abc import Callable

from gage.metrics.curve_files import MARK
from gage.metrics.documents import Document
from gage.metrics.found import FileReader, Found, prefix_of
from gage.metrics.mlflow_files import MlflowMetric
from gage.metrics.points import Growing, Item
from gage.metrics.tables import Csv, JsonLines
from gage.metrics.tfevents import EventFile, Shapes
from gage.metrics.wandb_log import WandbLog

_MLFLOW = re.compile(r"(?:.*/)?(?:mlruns|[^/]+)/[0-9a-f-]+/[0-9a-f]{32}/metrics/(?P<name>.+)")
_DOCUMENTS = ("summary.json", "metrics.json", "trainer_state.json", "wandb-summary.json", "all_results.json")
_NOT_LOGS = ("package.json", "tsconfig.json")

KINDS: dict[str, Callable[[str, str], FileReader]] = {
    ".jsonl": JsonLines,
    ".ndjson": JsonLines,
    ".csv": Csv,
    ".tsv": Csv,
    ".wandb": WandbLog,
    ".attrs": Document,
}
"""Suffix → reader of such files."""


def reader_of(path: str, relative: str, shapes: Shapes | None = None) -> FileReader | None:
    """The reader for the file at `path`, which is `relative` (posix) in its run; None when it holds no metrics."""
    folder, _, name = relative.rpartition("/")
    if MARK in name:
        return Events(path, relative, shapes or Shapes())
    found = _MLFLOW.fullmatch(relative)
    if found:
        return MlflowMetric(path, found["name"])
    if name in _DOCUMENTS:
        return Document(path, _of_checkpoint(prefix_of(folder)))
    kind = KINDS.get(name[name.rfind(".") :].lower()) if "." in name else None
    if kind is None:
        return None
    if kind is WandbLog or relative.startswith(("wandb/", "mlruns/")):
        return WandbLog(path) if kind is WandbLog else None
    return kind(path, _of_checkpoint(prefix_of(folder)))


class Events:
    """An event file of TensorBoard, as a source of series."""

    def __init__(self, path: str, relative: str, shapes: Shapes) -> None:
        self._file = EventFile(path.removesuffix(f"/{relative}"), relative, shapes)
        self._prefix = prefix_of(relative.rpartition("/")[0])
        self._told = 0

    def look(self, final: bool = False) -> Found:
        """What came since the last look. Raises OSError."""
        growing: dict[str, Growing] = {}
        items: list[Item] = []
        self._file.read(growing, items)
        notes = self._file.notes[self._told :]
        self._told += len(notes)
        return Found(series={self._prefix + tag: each.series() for tag, each in growing.items()}, notes=notes)


def _of_checkpoint(prefix: str) -> str:
    """Checkpoints of Hugging Face's trainer repeat the history of the whole run."""
    return re.sub(r"(?:^|(?<=/))checkpoint-\d+/", "", prefix)
