"""The steps that stage a run: metadata, source code, config, runtime, dependencies. Starts no program but hooks."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from gage.lib import secrets
from gage.lib.digests import digest_bytes, digest_descriptor, digest_file_set
from gage.lib.files import clone_file, write_atomic
from gage.runner import commands, plan_secrets, planfile, provenance
from gage.runner.dependencies import copy_dependencies, create_links
from gage.runner.job import Job
from gage.runner.lock import claim_run
from gage.runner.resume_files import copy_origin_files
from gage.store import manifest, opref, summaries
from gage.types.errors import RunFailed
from gage.types.plan import FilePatch
from gage.types.run import ManifestEntry
from gage.types.values import JSONValue


def create(job: Job) -> None:
    """Writes the run's metadata. From here on, the run exists."""
    plan, run = job.plan, job.dir
    claim_run(run)
    run.write("schema", "2")
    run.write("id", run.id)
    run.write("opref", opref.format(plan.op))
    run.write_json("opdef.json", planfile.mask_json(plan.opdef))
    run.write_json("config.json", plan_secrets.mask_config(plan))
    run.write_json("plan.json", planfile.plan_to_json(plan))
    run.write_json(
        "run-cmd.json",
        {
            "argv": plan_secrets.mask_words(plan, plan.request.argv),
            "cwd": plan.request.cwd,
            "gage": plan.request.gage_version,
            "parent": plan.request.parent,
            "project-id": plan.project_id,
            "user": job.author,
            "set": list(dict.fromkeys(s.name for s in plan.config_values if s.set_by_user)),
            **({"relation": "evaluation"} if plan.request.is_evaluation else {}),
        },
    )
    run.write_json("proc/cmd.json", plan_secrets.mask_command(plan, plan.command))
    for name, value in provenance.describe_machine().items():
        run.write_json(name, value)
    if plan.attributes:
        run.write_json(summaries.ATTRIBUTES_MEMBER, summaries.encode_attributes(plan.attributes))
    run.mark("initialized")
    user_attrs: dict[str, JSONValue] = {"label": plan.label} if plan.label else {}
    user_attrs |= {f"tag:{tag}": True for tag in plan.tags}
    if user_attrs:
        job.store.annotate([run.id], set=user_attrs, author=job.author)


def stage_sourcecode(job: Job) -> None:
    """Copies the source code and lists it in `sourcecode.json`."""
    plan = job.plan.source
    root, target = plan.root or job.plan.project_dir, job.dir.path
    made: set[str] = {""}
    files: list[JSONValue] = []
    total = len(plan.files)
    for i, file in enumerate(plan.files):
        entry = _copy_source(root, target, file.path, made, plan.contents.get(file.path))
        if entry is None:
            job.log(f"Not copied, since the file no longer exists: {file.path}")
            continue
        job.entries[file.path] = entry
        files.append([file.path, entry.size, entry.digest])
        if i % 200 == 0:
            job.report_progress("Copying source code", i, total)
    digest = digest_file_set((e.path, e.digest) for e in job.entries.values())
    job.dir.write_json("sourcecode.json", {"rule": plan.rule, "limit": plan.limit, "digest": digest, "files": files})
    job.log(f"Copied {len(files)} source files ({plan.rule})")
    commands.run_hook(job, "stage-sourcecode")


def _copy_source(root: str, target: Path, path: str, made: set[str], instead: bytes | None) -> ManifestEntry | None:
    """Copies one file, or writes `instead`, and digests it. Returns None when the file is gone."""
    source = f"{root}/{path}"
    copy = f"{target}/{path}"
    folder = path.rpartition("/")[0]
    if folder not in made:
        os.makedirs(f"{target}/{folder}", exist_ok=True)
        made.add(folder)
    try:
        with open(source, "rb", buffering=0) as file:
            info = os.fstat(file.fileno())
            if not stat.S_ISREG(info.st_mode):
                return None
            if info.st_size > 1 << 20 and instead is None:
                clone_file(source, copy)
                return ManifestEntry("s", digest_descriptor(file.fileno())[0], info.st_size, path)
            data = file.read() if instead is None else instead
    except (FileNotFoundError, NotADirectoryError):
        return None
    fd = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, info.st_mode & 0o777 | 0o600)
    with open(fd, "wb", buffering=0) as out:
        out.write(data)
    return ManifestEntry("s", digest_bytes(data), len(data), path)


def apply_config(job: Job) -> None:
    """Writes config values into the run's copy of the source code, the diff to `log/patched`, and what was replaced to
    `patched.json`.
    """
    if not job.plan.patches:
        return
    diffs: list[str] = []
    replaced: dict[str, JSONValue] = {}
    for patch in job.plan.patches:
        path = job.dir.path / patch.path
        try:
            before = path.read_bytes()
        except FileNotFoundError:
            raise RunFailed(
                f"Cannot apply config: {patch.path} is not part of the source code",
                "Add it to sourcecode in the Gage file",
            ) from None
        data = _patch(patch, before)
        mode = path.stat().st_mode & 0o777
        write_atomic(path, data)  # a new file, since the copy may share blocks with others
        path.chmod(mode)
        job.entries[patch.path] = ManifestEntry("s", digest_bytes(data), len(data), patch.path)
        diffs.append(secrets.mask_lines("".join(_render_diff(patch.path, before, data)), patch.path))
        replaced[patch.path] = _list_replaced(patch.path, before, data)
    job.dir.write_json("patched.json", replaced)
    job.dir.write("log/patched", "".join(diffs))
    job.log(f"Applied config to {', '.join(p.path for p in job.plan.patches)}")


def _patch(patch: FilePatch, before: bytes) -> bytes:
    from gage.formats.registry import detect_config_source

    source = detect_config_source(patch.path, before)
    if source is None:
        raise RunFailed(f"Cannot apply config to {patch.path}", "Gage cannot write this format")
    return source.apply(before, patch.values)


def _render_diff(path: str, before: bytes, after: bytes) -> Iterator[str]:
    """Returns the diff, decoded as Python decodes the file if it is a Python file."""
    import difflib

    from gage.formats.python import decode

    read = decode if path.endswith(".py") else bytes.decode
    lines = difflib.unified_diff(read(before).splitlines(True), read(after).splitlines(True), path, path)
    for line in lines:
        # a file that does not end with a line feed is marked as other tools do
        yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


def _list_replaced(path: str, before: bytes, after: bytes) -> JSONValue:
    """Returns the ranges of bytes in `after` that differ, each with the text that it replaced, secrets masked."""
    import difflib
    from itertools import accumulate

    old, new = before.splitlines(True), after.splitlines(True)
    starts = list(accumulate(map(len, new), initial=0))
    changes = difflib.SequenceMatcher(None, old, new).get_opcodes()
    return [
        [starts[first], starts[end], secrets.mask_lines(b"".join(old[i:j]).decode("latin-1"), path)]
        for kind, i, j, first, end in changes
        if kind != "equal"
    ]


def stage_runtime(job: Job) -> None:
    """Runs the operation's hook that prepares the runtime."""
    commands.run_hook(job, "stage-runtime")


def stage_dependencies(job: Job) -> None:
    """Copies the dependencies, so that the program cannot change the originals, and links those outside the project."""
    if job.plan.dependencies:
        job.dir.write_json("inputs.json", copy_dependencies(job))
        job.log(f"Dependencies: {', '.join(i.path for i in job.plan.dependencies)}")
    copy_origin_files(job)
    create_links(job)
    commands.run_hook(job, "stage-dependencies")


def mark_staged(job: Job) -> None:
    """Writes the manifest of staged files and the marker `staged`: the run can be started."""
    entries = [*job.entries.values()]
    job.dir.write("manifest", manifest.format(entries))
    if job.copied_states:
        job.dir.write_json("copied.json", {p: list(s) for p, s in job.copied_states.items()})
    job.dir.mark("staged")
