"""Says how a run ended: one line on standard error, and where to look if it failed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gage.cli.render import terminal
from gage.types.errors import RunFailed

if TYPE_CHECKING:
    from gage.store.store import RunStore
    from gage.types.run import Run


def report_end(store: "RunStore", run: "Run", output: bytes, quiet: bool = False, cwd: str = "") -> None:
    """Reports the end of a run, of which `output` is the last output: a failure always, success on a terminal.

    `cwd` is the directory below the project in which the program started.
    """
    if run.status == "completed":
        if not quiet and sys.stderr.isatty():
            sys.stdout.flush()
            sys.stderr.write(terminal.paint(f"gage: {run.name} completed", "dim", sys.stderr) + "\n")
        return
    hints = [f"Try: gage cat {run.name} --output" if output else f"Try: gage show {run.name}"]
    if copy := _find_copy(store, run, output):
        hints.append(f"{copy[0]} is a copy: edit {copy[1]}")
    how, reason = describe_end(run.status, run.exit, run.reason)
    terminal.print_stderr(f"{run.name} {how}: {reason}", "\n".join(hints))
    if run.status == "error" and run.project:
        from gage.project.missing_file_hint import find_missing_file_hint

        run_dir = store.get_paths(run.id).run_dir
        if hint := find_missing_file_hint(output, Path(run.project), cwd, run.op.name, run_dir):
            terminal.print_stderr(*hint)


@contextmanager
def name_failed_run(store: "RunStore", id: str) -> Iterator[None]:
    """Adds the name of the run to the error if a step of Gage or a hook ended it."""
    try:
        yield
    except RunFailed as e:
        if not store.exists(id) or (run := store.read(id)).status not in ("error", "terminated"):
            raise
        how = "was terminated" if run.status == "terminated" else "failed"
        raise RunFailed(f"{run.name} {how}: {e.message}", e.hint or f"Try: gage show {run.name}", e.code) from None


def describe_end(status: str, exit: int | None, reason: str) -> tuple[str, str]:
    """Returns how a run ended that did not complete, such as "failed (exit code 1)", and why."""
    if status == "terminated":
        return "was terminated", reason
    if exit is None or exit < 0 or reason.startswith(f"exit code {exit}"):
        return "failed", reason
    return f"failed (exit code {exit})", reason


def _find_copy(store: "RunStore", run: "Run", output: bytes) -> tuple[str, str] | None:
    run_dir = str(store.get_paths(run.id).run_dir.absolute())
    if not run.project or run_dir.encode() not in output:
        return None
    from gage.project.copied_file_hint import find_copied_file
    from gage.store.copied_files import parse_source_files
    from gage.store.meta import MetaReader

    with MetaReader.open(store.get_paths(run.id)) as meta:
        files = parse_source_files(meta.read_json("sourcecode.json")) or {}
    return find_copied_file(output, run_dir, files, run.project)
