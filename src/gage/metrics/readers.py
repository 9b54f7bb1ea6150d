"""Which reader a file of a run gets: by its name and the folder it is in. All formats of Gage itself are named here,
once; plugins are asked for the others.
"""

import re
from typing import TYPE_CHECKING

from gage.metrics.curve_files import DOCUMENTS, MARK
from gage.metrics.reader_api import FileReader, prefix_of

if TYPE_CHECKING:
    from gage.metrics.plugins import Plugins
    from gage.metrics.tfevents import Shapes

_MLFLOW = re.compile(r"(?:.*/)?(?:mlruns|[^/]+)/[0-9a-f-]+/[0-9a-f]{32}/metrics/(?P<name>.+)")


def reader_of(
    path: str, relative: str, shapes: "Shapes | None" = None, plugins: "Plugins | None" = None
) -> FileReader | None:
    """The reader for the file at `path`, which is `relative` (posix) in its run; None when it holds no metrics.

    `shapes` is handed from one event file to the next. Readers are loaded when there is a file for them. Plugins get
    no file that Gage reads itself.
    """
    own = _own(path, relative, shapes)
    return plugins.reader_of(path, relative) if own is None and plugins is not None else own


def _own(path: str, relative: str, shapes: "Shapes | None") -> FileReader | None:
    folder, _, name = relative.rpartition("/")
    if MARK in name:
        return _events(path, relative, shapes)
    if found := _MLFLOW.fullmatch(relative):
        from gage.metrics.mlflow_files import MlflowMetric

        return MlflowMetric(path, found["name"])
    if relative.startswith("mlruns/"):
        return None
    prefix = _of_checkpoint(prefix_of(folder))
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if name in DOCUMENTS or suffix == ".attrs":
        from gage.metrics.json_files import Document

        return Document(path, prefix)
    return _log(path, prefix, suffix, relative.startswith("wandb/"))


def _log(path: str, prefix: str, suffix: str, is_wandb: bool) -> FileReader | None:
    """The reader of a log that grows line by line, by its suffix."""
    if suffix == ".wandb":
        from gage.metrics.wandb_log import WandbLog

        return WandbLog(path)
    if is_wandb or suffix not in (".jsonl", ".ndjson", ".csv", ".tsv"):
        return None  # what W&B writes beside its log repeats what is in it
    from gage.metrics.csv_jsonl import Csv, JsonLines

    return JsonLines(path, prefix) if suffix in (".jsonl", ".ndjson") else Csv(path, prefix)


def _events(path: str, relative: str, shapes: "Shapes | None") -> FileReader:
    from gage.metrics.tfevents import Shapes
    from gage.metrics.tfevents_reader import Events

    return Events(path, relative, shapes or Shapes())


def _of_checkpoint(prefix: str) -> str:
    """Checkpoints of Hugging Face's trainer repeat the history of the whole run."""
    return re.sub(r"(?:^|(?<=/))checkpoint-\d+/", "", prefix)
