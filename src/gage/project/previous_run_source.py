"""Restores the source code of a previous run to what it was before config was applied. Never writes to the run."""

import os
from collections.abc import Iterable
from pathlib import Path

from gage.formats.registry import detect_config_source
from gage.lib.digests import digest_bytes
from gage.lib.files import READ_FLAGS, is_inside
from gage.lib.secrets import MASK
from gage.lib.suggest import join_some
from gage.project.previous_run import CHANGED_HINT, PreviousRun, PreviousSource, Raw
from gage.types.errors import ConfigError, GageError, NotFound
from gage.types.plan import SourceFile, SourcePlan
from gage.types.values import JSONValue, as_list


def restore_source(
    previous: PreviousRun, projects: Iterable[Path] = (), keep_changed: bool = False
) -> tuple[SourcePlan, list[str]]:
    """Returns the source code to copy from the run directory, and notices.

    Undoes the config that was applied, if the result has the recorded digest; otherwise the file stays as the run has
    it. A file that has changed since the run started is taken from one of `projects` that has its original content,
    and stays as it is with `keep_changed`. Raises NotFound for a file that is gone, ConfigError for one that has
    changed and whose original content is gone.
    """
    source = previous.source
    files: list[SourceFile] = []
    contents: dict[str, bytes] = {}
    changed: list[str] = []
    replaced: list[str] = []
    for path, digest in source.files.items():
        data = _read_run_file(previous, path)
        before = revert_config(source, previous.config_values, path, data) if path in source.patched else None
        if before is None and _is_changed(previous, path, data, digest):
            is_kept = keep_changed or _is_from_hook(previous, path, data)
            before = None if is_kept else _find_original(previous, path, digest, projects)
            (changed if before is None else replaced).append(path)
        if before is not None:
            contents[path] = before
        files.append(SourceFile(path, len(data if before is None else before)))
    unrestored = [path for path in source.files if path in source.patched and path not in contents]
    notices = [
        *_format_notice(f"Source code has changed since run {previous.run.name} started", changed),
        *_format_notice(f"Source code that run {previous.run.name} changed is taken from the project", replaced),
        *_format_notice(f"Source code keeps the config values of run {previous.run.name} as defaults", unrestored),
    ]
    return SourcePlan(tuple(files), rule=source.rule, root=str(previous.run_dir), contents=contents), notices


def _is_changed(previous: PreviousRun, path: str, data: bytes, digest: str) -> bool:
    """Returns whether a file is not as the run started with it. A source file that the program changed is generated."""
    entry = previous.entries.get(path)
    is_from_manifest = entry is not None and (path in previous.source.patched or not digest)
    expected = entry.digest if entry is not None and is_from_manifest else digest
    return digest_bytes(data) != expected or (entry is not None and entry.kind == "g")


def _is_from_hook(previous: PreviousRun, path: str, data: bytes) -> bool:
    """Returns whether a hook may have changed a file before the program started, which the new run may need."""
    entry = previous.entries.get(path)
    has_hooks = any(hook.startswith("stage-") for hook in previous.op.hooks)
    return has_hooks and entry is not None and entry.kind == "s" and entry.digest == digest_bytes(data)


def _find_original(previous: PreviousRun, path: str, digest: str, projects: Iterable[Path]) -> bytes:
    """Returns the content that a file had when it was copied from the project. Raises ConfigError."""
    for project in projects:
        try:
            data = (project / path).read_bytes() if is_inside(project / path, project) else b""
        except OSError:
            continue
        if digest_bytes(data) == digest:
            return data
    raise ConfigError(
        f"{path} has changed since run {previous.run.name} started, and the project does not have its original content",
        CHANGED_HINT,
    )


def _format_notice(text: str, paths: list[str]) -> list[str]:
    return [f"{text}: {join_some(paths, 5)}"] if paths else []


def read_source_file(previous: PreviousRun, path: str, selected: SourcePlan) -> bytes:
    """Returns the content of a file that `restore_source` selected. Raises NotFound."""
    return selected.contents[path] if path in selected.contents else _read_run_file(previous, path)


def _read_run_file(previous: PreviousRun, path: str) -> bytes:
    """Returns a source file of the run, without following links. Raises NotFound."""
    place = previous.run_dir / path
    try:
        if Path(os.path.realpath(place.parent)) != Path(os.path.realpath(previous.run_dir), path).parent:
            raise FileNotFoundError(path)
        with open(os.open(place, READ_FLAGS), "rb") as file:
            return file.read()
    except OSError:
        reason = f"{path} is missing from its directory" if previous.run_dir.is_dir() else "its directory is missing"
        raise NotFound(
            f"Cannot restart run {previous.run.name}: {reason}",
            f"To use the project's current source code: gage run --restart {previous.run.name} --latest-source",
        ) from None


def revert_config(source: PreviousSource, config_values: Iterable[Raw], path: str, data: bytes) -> bytes | None:
    """Returns the file before config was applied, None if it cannot be restored: Gage 0.1 recorded only a diff, and
    Gage 0.2 also the defaults, which are in the `config_values` of the plan.
    """
    for before in (_restore_replaced(source, path, data), _apply_defaults(config_values, path, data)):
        if before is not None and digest_bytes(before) == source.files.get(path):
            return before
    return None


def _restore_replaced(source: PreviousSource, path: str, data: bytes) -> bytes | None:
    """Returns the file with the bytes that config replaced, None if they are not recorded."""
    for edit in reversed(as_list(source.replaced.get(path))):
        match edit:
            case [int(start), int(end), str(text)]:
                data = data[:start] + text.encode("latin-1", "replace") + data[end:]
            case _:
                return None
    return data


def _apply_defaults(config_values: Iterable[Raw], path: str, data: bytes) -> bytes | None:
    """Returns the file with its defaults, as the run's plan recorded them; None if there are none."""
    values: dict[str, JSONValue] = {}
    for record in config_values:
        file, _, key = str(record.get("place")).partition("#")
        if record.get("target") == "file" and file == path and record.get("given") and record.get("default") != MASK:
            values[key] = record.get("default")
    source = detect_config_source(path, data)
    try:
        return source.apply(data, values) if source is not None and values else None
    except GageError:
        return None
