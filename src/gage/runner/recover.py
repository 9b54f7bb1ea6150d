"""Completes the records of a run whose process was killed, before it is sealed: the metrics that were not read yet."""

from contextlib import suppress

from gage.runner import planfile
from gage.runner.metrics_thread import MetricsThread
from gage.store import manifest, output_log
from gage.store.copied_files import parse_copied_states
from gage.store.meta import MetaReader
from gage.store.meta_writer import MetaWriter
from gage.types.errors import GageError
from gage.types.run import Run

MAX_OUTPUT_BYTES = 256 << 20
"""A larger output is not read again: that would take minutes."""


def complete_metrics(dir: MetaWriter, run: Run) -> None:
    """Reads the metrics of a killed run from its stored output and files. Leaves them as they are if that fails."""
    if run.started is None or run.stopped is not None:
        return
    with suppress(GageError, OSError), MetaReader.open(dir.paths) as meta:
        if (meta.get_size("output/run") or 0) > MAX_OUTPUT_BYTES:
            return
        staged = [entry.path for entry in manifest.parse(meta.read("manifest") or b"")]
        copied = parse_copied_states(meta.read("copied.json"))
        metrics = MetricsThread(planfile.load_plan(dir), dir, lambda note: dir.append("log/runner", f"{note}\n"))
        metrics.read_stored([*staged, *copied], run.started, output_log.read_lines(meta, "run"))
