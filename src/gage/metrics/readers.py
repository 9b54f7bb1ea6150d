"""Which reader reads a file of a run, by its path: a table of Gage's own readers, then installed plugins.

Knows nothing of the content of files.
"""

import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gage.metrics.reader_api import FileReader
from gage.metrics.run_directory import EVENT_FILE_MARK, walk_files

if TYPE_CHECKING:
    from gage.metrics.plugins import ReaderPlugins


class FileKind(NamedTuple):
    """Files whose path in the run matches `pattern` as a whole.

    `reader` names a class that is called with the file's path and its path in the run, in the form of an entry point,
    as its module is only imported for such a file; None for files that are ignored. `has_curves`: whether such files
    hold series and not only final values.
    """

    pattern: re.Pattern[str]
    reader: str | None
    has_curves: bool = False


def _kind(pattern: str, reader: str | None, has_curves: bool = False) -> FileKind:
    return FileKind(re.compile(pattern, re.S), f"gage.metrics.{reader}" if reader else None, has_curves)


KINDS = (  # the first match counts
    _kind(rf"(?:.*/)?[^/]*{EVENT_FILE_MARK}[^/]*", "tfevents:EventFile", has_curves=True),
    _kind(r"(?:.*/)?[^/]+/[0-9a-f-]+/[0-9a-f]{32}/metrics/.+", "mlflow_files:MlflowMetricReader", has_curves=True),
    _kind(r"mlruns/.*", None),
    _kind(r"(?:.*/)?trainer_state\.json", "json_files:JsonFileReader", has_curves=True),
    _kind(r"(?:.*/)?(?:summary|metrics|wandb-summary|all_results)\.json", "json_files:JsonFileReader"),
    _kind(r".*\.(?i:attrs)", "json_files:JsonFileReader"),
    _kind(r".*\.(?i:wandb)", "wandb_log:WandbLogReader", has_curves=True),
    _kind(r"wandb/.*", None),  # what W&B writes beside its log repeats the log
    _kind(r".*\.(?i:jsonl|ndjson)", "csv_jsonl:JsonLinesReader", has_curves=True),
    _kind(r".*\.(?i:csv|tsv)", "csv_jsonl:CsvReader", has_curves=True),
)


def find_reader(path: str, relative: str, plugins: "ReaderPlugins | None" = None) -> FileReader | None:
    """Returns the reader of the file at `path`, whose path in the run is `relative`; None if it holds no metrics.

    Plugins only read files that Gage does not read itself.
    """
    kind = find_kind(relative)
    if kind is None or kind.reader is None:
        return None if plugins is None else plugins.find_reader(path, relative)
    reader: FileReader = pkgutil.resolve_name(kind.reader)(path, relative)
    return reader


def find_kind(relative: str) -> FileKind | None:
    """Returns the kind of a file by its path in the run; None if it is of no kind that Gage knows."""
    for kind in KINDS:
        if kind.pattern.fullmatch(relative):
            return kind
    return None


def list_curve_files(run_dir: Path | str, all_files: bool = False) -> list[tuple[str, int]]:
    """Returns path in the run and size of all files that may hold series, directory by directory, by name in each.

    With `all_files` returns all files, as plugins may read any of them. Links are not followed.
    """
    entries = walk_files(run_dir, lambda path: all_files or _has_curves(path))
    files = [(path, status.st_size) for path, status in entries]
    return sorted(files, key=lambda file: (file[0][: file[0].rfind("/") + 1], file[0]))


def _has_curves(relative: str) -> bool:
    kind = find_kind(relative)
    return kind is not None and kind.has_curves
