"""The steps that carry out a staged run and finish it: the program, then references, manifest and archive."""

import os
from pathlib import Path

from gage.lib.files import remove_tree
from gage.runner import hooks
from gage.runner.job import Job
from gage.store import manifest
from gage.store.rundir import to_json
from gage.types.run import ManifestEntry

REFERENCE = ".ref.json"


def execute(job: Job) -> None:
    """Start the program and wait for its end."""
    job.dir.mark("started")
    job.log("Started")
    job.ends.append(hooks.run_command(job, job.plan.command, "run", job.plan.max_time))


def finish(job: Job) -> None:
    """The run has ended, as the last of `job.ends` says: write down what it left, and seal."""
    code = job.ends[-1] if job.ends else 1
    if job.ends and code == 0:
        code = _finalize(job)
    _write_answers(job)
    job.dir.write("proc/exit", str(code))
    job.dir.mark("stopped")
    job.log(f"Ended with exit code {code}")
    referred = _replace_inputs(job)
    _remove_caches(job.dir.path)
    entries = manifest.build(job.dir.path, {**job.known, **referred}, job.events)
    job.dir.write("manifest", manifest.format(entries))
    job.dir.write("log/files", "".join(f"{e.kind} {e.size} {e.path}\n" for e in entries if e.kind != "s"))
    job.dir.remove("proc/lock")
    job.dir.seal()


def _finalize(job: Job) -> int:
    command = job.plan.hooks.get("finalize")
    if command is None:
        return 0
    code = hooks.run_command(job, command, "finalize")
    if code:
        job.log(f"finalize failed with exit code {hooks.shell_code(code)}")
        job.events.notice(f"finalize failed with exit code {hooks.shell_code(code)}")
    return code


def _write_answers(job: Job) -> None:
    found, diff = job.inquiry.answers()
    for name, value in found.items():
        job.dir.write_json(name, value)
    if diff:
        job.dir.write("sys/git.diff", diff)


def _replace_inputs(job: Job) -> dict[str, ManifestEntry]:
    """Inputs that the run left as they were become small reference files."""
    referred: dict[str, ManifestEntry] = {}
    for path, state in job.copied.items():
        file = job.dir.path / path
        try:
            info = file.lstat()
        except OSError:
            continue
        digested = manifest.digest(file) if (info.st_size, info.st_mtime_ns) == state else None
        if digested is None:
            continue
        digest, size = digested
        source = os.path.join(job.plan.project_dir, path)
        reference = Path(f"{file}{REFERENCE}")
        try:
            reference.write_bytes(to_json({"source": source, "sha256": digest, "size": size}))
            file.unlink()
        except OSError as e:
            job.log(f"Not replaced by a reference: {path} ({e.strerror})")
            continue
        referred[path + REFERENCE] = ManifestEntry("d", "", -1, path + REFERENCE)
    return referred


def _remove_caches(folder: Path) -> None:
    """Byte code of the source code is made again whenever it is wanted."""
    for top, folders, _ in os.walk(folder):
        if "__pycache__" in folders:
            folders.remove("__pycache__")
            try:
                remove_tree(os.path.join(top, "__pycache__"))
            except OSError:
                pass
