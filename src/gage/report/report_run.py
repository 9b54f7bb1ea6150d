"""Saves a report as a run, which has no program. Its metadata name the runs that the report read.

The files of the run are the text of the report, the rendered pages, and the data, which a frozen report reuses.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gage import __version__
from gage.board.formatting import format_count
from gage.compare.run_details import REPORT_FILE
from gage.identity.user import get_author
from gage.index.index import Index
from gage.lib import secrets
from gage.lib.digests import digest_bytes
from gage.lib.files import open_inside, write_atomic
from gage.lib.uuid7 import generate, name_from_id
from gage.report.items import Report
from gage.report.report_json import encode_report, parse_frozen_data
from gage.report.resolve import FrozenData
from gage.runner.lock import claim_run, release_reserve
from gage.select.parse import parse_where
from gage.store import manifest, opref
from gage.store.meta import MetaReader
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import GageError, StoreError
from gage.types.events import SilentEvents
from gage.types.filter import RunFilter
from gage.types.run import REPORT_OPERATION, Run
from gage.types.values import JSONValue, as_table

SOURCE_NAME = "source.md"
DATA_NAME = "data.json"
HTML_NAME = "report.html"
MARKDOWN_NAME = "report.md"
MAX_DATA_BYTES = 512 << 20


class ReportRequest(NamedTuple):
    """The text of a report, its selection of runs in words, and the command line and directories of the request."""

    text: str
    runs: str
    argv: tuple[str, ...]
    cwd: str
    project_dir: str
    project_id: str = ""


def find_last_run(index: Index, name: str, runs: str) -> Run | None:
    """Returns the newest run of a report with the same selection of runs, None if there is none."""
    result = index.find(RunFilter(where=parse_where("op=report")))
    wanted = _build_config(name, runs)
    return next((run for run in result.runs if run.op == REPORT_OPERATION and dict(run.config) == wanted), None)


def _build_config(name: str, runs: str) -> dict[str, JSONValue]:
    return {"report": name, "runs": secrets.mask_text(runs)} if runs else {"report": name}


def read_frozen_data(store: RunStore, run: Run) -> FrozenData:
    """Returns the data of a report's run. Raises StoreError if it is missing or damaged."""
    name = name_from_id(run.id)
    try:
        folder = os.open(store.get_paths(run.id).run_dir, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with open(open_inside(folder, DATA_NAME), "rb") as file:
                data = file.read(MAX_DATA_BYTES)
        finally:
            os.close(folder)
        return parse_frozen_data(data)
    except (OSError, ValueError, TypeError) as e:
        hint = "To read the runs again: gage report --refresh"
        raise StoreError(f"The data of the report {name} cannot be used: {e}", hint) from None


def compute_digest(report: Report, text: str) -> str:
    """Returns the digest of a report's text and data, without the time at which the data was read."""
    return digest_bytes(text.encode("utf-8", "replace") + b"\0" + encode_report(report._replace(made=0)))


def read_digest(store: RunStore, run: Run) -> str:
    """Returns the digest that a report's run recorded, "" if it cannot be read."""
    try:
        with MetaReader.open(store.get_paths(run.id)) as meta:
            return str(as_table(meta.read_json(REPORT_FILE)).get("digest") or "")
    except (GageError, OSError):
        return ""


def create_report_run(store: RunStore, report: Report, request: ReportRequest, files: dict[str, bytes]) -> str:
    """Creates the finished run of a report with its files, and returns its ID. Raises StoreError.

    A report with errors has exit code 1.
    """
    run = MetaWriter.create(store, generate(), request.project_dir)
    claim_run(run)
    _write_metadata(run, report, request)
    for marker in ("initialized", "staged", "started"):
        run.mark(marker)
    try:
        _write_files(run.path, {SOURCE_NAME: request.text.encode("utf-8", "replace"), **files})
    except OSError as e:
        raise StoreError(f"The report cannot be written to {run.path}: {e.strerror}") from None
    errors = len(report.errors)
    run.write("proc/exit", "1" if errors else "0")
    if errors:
        run.write("proc/reason", f"{format_count(errors, 'error')} in the report")
    release_reserve(run)
    run.mark("stopped")
    run.write("manifest", manifest.format(manifest.build(run.path, {SOURCE_NAME: "s"}, SilentEvents())))
    run.seal()
    return run.id


def _write_metadata(run: MetaWriter, report: Report, request: ReportRequest) -> None:
    argv = secrets.mask_args(request.argv)
    config = _build_config(report.name, request.runs)
    run.write("schema", "2")
    run.write("id", run.id)
    run.write("opref", opref.format(REPORT_OPERATION))
    run.write_json("opdef.json", {})
    run.write_json("config.json", config)
    command: dict[str, JSONValue] = {
        "argv": argv,
        "cwd": request.cwd,
        "gage": __version__,
        "parent": "",
        "project-id": request.project_id,
        "user": get_author(),
        "set": list(config),
    }
    run.write_json("run-cmd.json", command)
    run.write_json("proc/cmd.json", argv)
    record: dict[str, JSONValue] = {
        "title": report.title,
        "made": report.made,
        "digest": compute_digest(report, request.text),
        "runs": [mention.id for mention in report.runs],
    }
    run.write_json(REPORT_FILE, record)


def _write_files(run_dir: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = run_dir / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomic(path, data)


def describe_selection(words: Sequence[str], where: Sequence[str], project: str | None, front_runs: str) -> str:
    """Returns the selection of runs of a report in words, "" for all runs."""
    parts = [" ".join(words), *where, f"project={project}" if project else "", front_runs]
    return "; ".join(part for part in parts if part)
