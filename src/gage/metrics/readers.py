"""Which reader a file of a run gets: by its name and the folder it is in. All formats of Gage itself are named here,
once; plugins are asked for the others.
"""

import re
from typing import TYPE_CHECKING

from gage.metrics.curve_files import DOCUMENTS, EVENT_FILE_MARK
from gage.metrics.reader_api import FileReader, series_prefix

if TYPE_CHECKING:
    from gage.metrics.plugins import ReaderPlugins
    from gage.metrics.tfevents import TemplateCache

_MLFLOW = re.compile(r"(?:.*/)?(?:mlruns|[^/]+)/[0-9a-f-]+/[0-9a-f]{32}/metrics/(?P<name>.+)")


def find_reader(
    path: str, relative: str, shapes: "TemplateCache | None" = None, plugins: "ReaderPlugins | None" = None
) -> FileReader | None:
    """The reader for the file at `path`, which is `relative` (posix) in its run; None when it holds no metrics.

    `shapes` is handed from one event file to the next. Readers are loaded when there is a file for them. Plugins get
    no file that Gage reads itself.
    """
    own = _own(path, relative, shapes)
    return plugins.find_reader(path, relative) if own is None and plugins is not None else own


def _own(path: str, relative: str, shapes: "TemplateCache | None") -> FileReader | None:
    folder, _, name = relative.rpartition("/")
    if EVENT_FILE_MARK in name:
        return _events(path, relative, shapes)
    if found := _MLFLOW.fullmatch(relative):
        from gage.metrics.mlflow_files import MlflowMetricReader

        return MlflowMetricReader(path, found["name"])
    if relative.startswith("mlruns/"):
        return None
    prefix = _of_checkpoint(series_prefix(folder))
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if name in DOCUMENTS or suffix == ".attrs":
        from gage.metrics.json_files import JsonFileReader

        return JsonFileReader(path, prefix)
    return _log(path, prefix, suffix, relative.startswith("wandb/"))


def _log(path: str, prefix: str, suffix: str, is_wandb: bool) -> FileReader | None:
    """The reader of a log that grows line by line, by its suffix."""
    if suffix == ".wandb":
        from gage.metrics.wandb_log import WandbLogReader

        return WandbLogReader(path)
    if is_wandb or suffix not in (".jsonl", ".ndjson", ".csv", ".tsv"):
        return None  # what W&B writes beside its log repeats what is in it
    from gage.metrics.csv_jsonl import CsvReader, JsonLinesReader

    return JsonLinesReader(path, prefix) if suffix in (".jsonl", ".ndjson") else CsvReader(path, prefix)


def _events(path: str, relative: str, shapes: "TemplateCache | None") -> FileReader:
    from gage.metrics.tfevents import TemplateCache
    from gage.metrics.tfevents_reader import EventFileReader

    return EventFileReader(path, relative, shapes or TemplateCache())


def _of_checkpoint(prefix: str) -> str:
    """Checkpoints of Hugging Face's trainer repeat the history of the whole run."""
    return re.sub(r"(?:^|(?<=/))checkpoint-\d+/", "", prefix)
