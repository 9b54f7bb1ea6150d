"""What a run takes over from the run that it is made from: files to go on with, each as a copy, and Git facts.

Nothing of the earlier run is ever written to, and no link in its folder is followed.
"""

import errno
import json
import os
from pathlib import Path

from gage.lib.files import READ_FLAGS, clone_file
from gage.runner.job import Job
from gage.store import manifest
from gage.store.meta_writer import MetaWriter
from gage.types.errors import GageError, RunFailed
from gage.types.run import ManifestEntry
from gage.types.values import JSONValue

RESUMED_FILE = "resumed.json"


def copy_origin_files(job: Job) -> None:
    """Copy the files that the plan's origin left; `resumed.json` says which. Raises RunFailed when one is gone."""
    origin = job.plan.origin
    if origin is None:
        return
    for name, data in (origin.git or {}).items():
        job.dir.write(name, data)
    if not origin.files:
        return
    files: list[JSONValue] = []
    done, total = 0, sum(origin.files.values())
    for path, size in origin.files.items():
        entry = _copy_file(job, origin.run_dir, path)
        if entry is not None:
            job.entries[path] = entry
            files.append([path, entry.size, entry.digest])
        done += size
        job.report_progress("Copying files of the earlier run", done, max(done, total))
    job.dir.write_json(RESUMED_FILE, {"run": origin.id, "files": files})
    job.log(f"Took {len(files)} files of run {origin.id}")


def _copy_file(job: Job, run_dir: str, path: str) -> ManifestEntry | None:
    """Copy one file. None for one that the new run has already as its source code or input."""
    target = job.dir.path / path
    if os.path.lexists(target):
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    source = Path(run_dir, path)
    try:
        if os.path.realpath(source) != os.path.join(os.path.realpath(run_dir), path):
            raise OSError(errno.ELOOP, "it is a link")
        os.close(os.open(source, READ_FLAGS))
        clone_file(source, target)
    except OSError as e:
        raise RunFailed(f"{path} cannot be taken from the earlier run: {e.strerror}", f"Try: ls {run_dir}") from None
    digested = manifest.digest_regular_file(target)
    return ManifestEntry("d", *digested, path) if digested else None


def read_resumed_paths(run: MetaWriter) -> frozenset[str]:
    """The files that a run took over, as `resumed.json` has them."""
    try:
        raw = json.loads(run.read(RESUMED_FILE))
        return frozenset(str(file[0]) for file in raw["files"])
    except (GageError, ValueError, KeyError, TypeError, IndexError):
        return frozenset()
