"""Copies what a run takes over from the run that it resumes: files such as checkpoints, and Git facts.

The earlier run is never written to, and no link in its directory is followed.
"""

import os

from gage.lib.files import READ_DIR_FLAGS, clone_open_file, open_inside
from gage.runner.job import Job
from gage.store import manifest
from gage.store.copied_files import parse_resumed_paths
from gage.store.meta_writer import MetaWriter
from gage.types.errors import RunFailed
from gage.types.plan import RestartOrigin
from gage.types.run import ManifestEntry
from gage.types.values import JSONValue

RESUMED_FILE = "resumed.json"


def copy_origin_files(job: Job) -> None:
    """Copies the files of the plan's origin and lists them in `resumed.json`. Raises RunFailed when one is gone."""
    origin = job.plan.origin
    if origin is None:
        return
    for name, data in (origin.git or {}).items():
        job.dir.write(name, data)
    if not origin.files:
        return
    run_dir = _open_directory(origin.run_dir)
    try:
        copied = _copy_files(job, origin, run_dir)
    finally:
        os.close(run_dir)
    files: list[JSONValue] = [[entry.path, entry.size, entry.digest] for entry in copied]
    job.dir.write_json(RESUMED_FILE, {"run": origin.id, "files": files})
    job.log(f"Copied {len(files)} files of run {origin.id}")


def _open_directory(run_dir: str) -> int:
    """Opens the run directory, which may itself be a link."""
    try:
        return os.open(os.path.realpath(run_dir), READ_DIR_FLAGS)
    except OSError as e:
        raise RunFailed(f"Cannot read the earlier run: {e.strerror}", f"Try: ls {run_dir}") from None


def _copy_files(job: Job, origin: RestartOrigin, run_dir: int) -> list[ManifestEntry]:
    copied: list[ManifestEntry] = []
    done, total = 0, sum(origin.files.values())
    for path, size in origin.files.items():
        target = job.dir.path / path
        if not os.path.lexists(target):  # else it is source code, or a dependency, of the new run
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                source = open_inside(run_dir, path)
                try:
                    clone_open_file(source, target)
                finally:
                    os.close(source)
            except OSError as e:
                message = f"Cannot copy {path} from the earlier run: {e.strerror}"
                raise RunFailed(message, f"Try: ls {origin.run_dir}") from None
            if (digested := manifest.digest_regular_file(target)) is not None:
                copied.append(ManifestEntry("d", *digested, path))
                job.entries[path] = copied[-1]
        done += size
        job.report_progress("Copying files of the earlier run", done, max(done, total))
    return copied


def read_resumed_paths(run: MetaWriter) -> frozenset[str]:
    """Returns the files that a run took over, as `resumed.json` lists them."""
    data = run.find(RESUMED_FILE)
    if data is None:
        return frozenset()
    from gage.store.meta import parse_json

    return parse_resumed_paths(parse_json(data, RESUMED_FILE))
