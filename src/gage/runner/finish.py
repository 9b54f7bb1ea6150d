"""The steps that execute a staged run and finish it: the program, then reference files, manifest and sealing."""

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread

from gage.lib.files import remove_tree, walk_dirs
from gage.lib.times import now_us
from gage.runner import commands
from gage.runner.dependencies import replace_unchanged_dependencies
from gage.runner.job import Job
from gage.runner.lock import release_reserve
from gage.runner.metrics_thread import MetricsThread
from gage.runner.resume_files import read_resumed_paths
from gage.store import manifest
from gage.store.output_log import MISSING_SUFFIX
from gage.types.errors import GageError, StoreError
from gage.types.run import ManifestEntry


def execute(job: Job) -> None:
    """Starts the program and waits for its end. Prepares the steps after it while the program starts."""
    job.started_us = job.dir.mark("started")
    job.log("Started")
    metrics = MetricsThread(job.plan, job.dir, job.log)
    metrics.start([*job.entries, *job.copied_states], job.started_us)
    job.metrics = metrics
    job.exit_code = commands.run_command(job, job.plan.command, "run", job.plan.max_time, lambda: _prepare_finish(job))


def _prepare_finish(job: Job) -> None:
    """Loads what seals and reads the run, and starts to write provenance: Gage would otherwise only wait now."""
    job.provenance_writer = Thread(target=_write_provenance_early, args=(job,), daemon=True)
    job.provenance_writer.start()  # a thread of its own: if Git is slow, the program's end must not wait for it
    for module in ("gage.store.seal", "gage.store.read_run"):
        import_module(module)


def _write_provenance_early(job: Job) -> None:
    """Writes provenance while the program runs, so that a killed run has it. What fails is tried again at the end."""
    with suppress(GageError, OSError):
        _write_provenance(job)


def finish(job: Job) -> None:
    """Writes how the run ended (`job.exit_code`) and what it left, then seals it.

    From the marker `stopped` on, the run has its final status. If the rest cannot be written, Gage says so, and
    `gage check --repair` can do it later.
    """
    job.signals.finishing = True
    code = 1 if job.exit_code is None else job.exit_code
    if code == 0:
        code = _run_finalize(job)
    metrics, job.metrics = job.metrics, None  # if this step fails, it is run once more
    for note in metrics.finish() if metrics else ():
        job.events.notice(note)
    release_reserve(job.dir)
    _record_missing_output(job)
    job.dir.write("proc/exit", str(code))
    if code and job.reason:
        job.dir.write("proc/reason", job.reason)
    job.dir.mark("stopped")
    job.log(f"Ended with exit code {code}")
    try:
        write_provenance(job)
        _write_manifest(job)
        job.dir.seal()
    except (StoreError, OSError) as e:
        reason = e.message if isinstance(e, StoreError) else e.strerror
        job.events.notice(f"The run has ended, but it is not sealed: {reason}. To seal it later: gage check --repair")
        job.dir.close()


def _record_missing_output(job: Job) -> None:
    """Records how much of the output could not be stored."""
    for phase, writer in job.writers.items():
        if writer.lost:
            writer.finish(now_us())
            job.dir.write(f"output/{phase}{MISSING_SUFFIX}", str(writer.lost))
            job.log(f"Output of {phase} cut: {writer.lost} bytes missing")


def _write_manifest(job: Job) -> None:
    if not job.dir.path.is_dir():
        job.events.notice("The run directory no longer exists")
        job.dir.write("manifest", b"")
        return
    references = replace_unchanged_dependencies(job)
    _remove_caches(job.dir.path)
    entries = manifest.build(job.dir.path, {**_list_staged_entries(job), **references}, job.events)
    entries = manifest.mark_changed_source(entries, job.entries)
    job.dir.write("manifest", manifest.format(entries))
    job.dir.write("log/files", "".join(f"{e.kind} {e.size} {e.path}\n" for e in entries if e.kind != "s"))


def _list_staged_entries(job: Job) -> dict[str, ManifestEntry | str]:
    """Returns the entries of staged files, and only the kind of those that may have changed since the program started.

    A file of an earlier run that the program changed counts as generated.
    """
    known: dict[str, ManifestEntry | str] = dict(job.entries)
    if job.started_us is None:
        return known
    resumed = read_resumed_paths(job.dir)
    for path, entry in job.entries.items():
        if job.is_newer(path, job.started_us):
            known[path] = _resumed_or_generated(job, entry) if path in resumed else entry.kind
    return known


def _resumed_or_generated(job: Job, entry: ManifestEntry) -> ManifestEntry:
    digested = manifest.digest_regular_file(job.dir.path / entry.path)
    if digested is None or digested[0] == entry.digest:
        return entry
    return ManifestEntry("g", *digested, entry.path)


def _run_finalize(job: Job) -> int:
    command = job.plan.hooks.get("finalize")
    if command is None:
        return 0
    code = commands.run_command(job, command, "finalize")
    if code:
        message = f"finalize failed with exit code {commands.to_shell_code(code)}"
        job.reason = message
        job.log(message)
        job.events.notice(message)
    return code


def write_provenance(job: Job) -> None:
    """Writes what Git and the program's Python answered, unless it was written while the program ran."""
    if job.provenance_writer is not None:
        job.provenance_writer.join()
    if not job.has_provenance:
        _write_provenance(job)


def _write_provenance(job: Job) -> None:
    members, diff = job.provenance.collect()
    for name, value in members.items():
        job.dir.write_json(name, value)
    if diff:
        job.dir.write("sys/git.diff", diff)
    job.has_provenance = True


def _remove_caches(directory: Path) -> None:
    """Removes byte code, which Python writes again when it is needed."""
    for top, directories, _ in walk_dirs(directory):
        if "__pycache__" in directories:
            directories.remove("__pycache__")
            try:
                remove_tree(os.path.join(top, "__pycache__"))
            except OSError:
                pass  # then it is listed as generated
