"""The steps that carry out a staged run and finish it: the program, then references, manifest and archive."""

import os
from pathlib import Path

from gage.lib.files import remove_tree
from gage.runner import commands
from gage.runner.job import Job
from gage.runner.lock import release_reserve
from gage.runner.resume_files import read_resumed_paths
from gage.runner.stage_inputs import replace_inputs
from gage.store import manifest
from gage.types.errors import StoreError
from gage.types.run import ManifestEntry


def execute(job: Job) -> None:
    """Start the program and wait for its end."""
    job.started.append(job.dir.mark("started"))
    job.log("Started")
    job.metrics.start(job)
    job.ends.append(commands.run_command(job, job.plan.command, "run", job.plan.max_time))


def finish(job: Job) -> None:
    """The run has ended, as the last of `job.ends` says: write down how, then what it left, and seal.

    From the marker `stopped` on, the run has its final status. If the rest cannot be written, that is told, and it
    is left to `gage check --repair`.
    """
    job.signals.finishing = True
    code = job.ends[-1] if job.ends else 1
    if job.ends and code == 0:
        code = _run_finalize(job)
    job.metrics.finish()
    release_reserve(job.dir)
    job.dir.write("proc/exit", str(code))
    job.dir.mark("stopped")
    job.log(f"Ended with exit code {code}")
    try:
        write_provenance(job)
        _write_manifest(job)
        job.dir.seal()
    except (StoreError, OSError) as e:
        why = e.message if isinstance(e, StoreError) else e.strerror
        job.events.notice(f"The run has ended, but it is not sealed: {why}. To seal it later: gage check --repair")
        job.dir.close()


def _write_manifest(job: Job) -> None:
    if not job.dir.path.is_dir():
        job.events.notice("The run directory is gone")
        job.dir.write("manifest", b"")
        return
    referred = replace_inputs(job)
    _remove_caches(job.dir.path)
    entries = manifest.build(job.dir.path, {**_known_entries(job), **referred}, job.events)
    job.dir.write("manifest", manifest.format(entries))
    job.dir.write("log/files", "".join(f"{e.kind} {e.size} {e.path}\n" for e in entries if e.kind != "s"))


def _known_entries(job: Job) -> dict[str, ManifestEntry | str]:
    """What is known of files, but only their kind where they may have changed since the program was started.

    A file of an earlier run that the program changed is its own.
    """
    if not job.started:
        return dict(job.entries)
    since, of_earlier = job.started[0], read_resumed_paths(job.dir)
    found: dict[str, ManifestEntry | str] = dict(job.entries)
    for path, entry in job.entries.items():
        if job.is_newer(path, since):
            found[path] = _resumed_or_generated(job, entry) if path in of_earlier else entry.kind
    return found


def _resumed_or_generated(job: Job, entry: ManifestEntry) -> ManifestEntry | str:
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
        job.log(f"finalize failed with exit code {commands.to_shell_code(code)}")
        job.events.notice(f"finalize failed with exit code {commands.to_shell_code(code)}")
    return code


def write_provenance(job: Job) -> None:
    """Write down what was asked of Git and of the program's Python."""
    found, diff = job.provenance.collect()
    for name, value in found.items():
        job.dir.write_json(name, value)
    if diff:
        job.dir.write("sys/git.diff", diff)


def _remove_caches(folder: Path) -> None:
    """Byte code of the source code is made again whenever it is wanted."""
    for top, folders, _ in os.walk(folder):
        if "__pycache__" in folders:
            folders.remove("__pycache__")
            try:
                remove_tree(os.path.join(top, "__pycache__"))
            except OSError:
                pass
