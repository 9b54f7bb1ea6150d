"""Restores the source code of a previous run to what it was before config was applied. Never writes to the run."""

import os
from pathlib import Path

from gage.formats.registry import detect_config_source
from gage.lib.digests import digest_bytes
from gage.lib.files import READ_FLAGS
from gage.lib.secrets import MASK
from gage.lib.suggest import join_some
from gage.project.previous_run import PreviousRun
from gage.types.errors import GageError, NotFound
from gage.types.plan import SourceFile, SourcePlan
from gage.types.values import JSONValue, as_list


def restore_source(previous: PreviousRun) -> tuple[SourcePlan, list[str]]:
    """Returns the source code to copy from the run directory, and notices.

    Undoes the config that was applied, if the result has the recorded digest; otherwise the file stays as the run has
    it. Raises NotFound for a file that is gone.
    """
    source = previous.source
    files: list[SourceFile] = []
    contents: dict[str, bytes] = {}
    changed: list[str] = []
    for path, digest in source.files.items():
        data = _read_run_file(previous, path)
        entry = previous.entries.get(path)
        before = _undo_config(previous, path, data, digest) if path in source.patched else None
        if before is not None:
            contents[path] = before
        elif digest_bytes(data) != (entry.digest if entry and (path in source.patched or not digest) else digest):
            changed.append(path)
        files.append(SourceFile(path, len(data if before is None else before)))
    unrestored = [path for path in source.files if path in source.patched and path not in contents]
    notices = [
        *_format_notice(f"Source code has changed since run {previous.run.name} started", changed),
        *_format_notice(f"Source code keeps the config values of run {previous.run.name} as defaults", unrestored),
    ]
    return SourcePlan(tuple(files), rule=source.rule, root=str(previous.run_dir), contents=contents), notices


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


def _undo_config(previous: PreviousRun, path: str, data: bytes, digest: str) -> bytes | None:
    """Returns the file before config was applied, None if it cannot be restored: Gage 0.1 recorded only a diff, and
    Gage 0.2 also the defaults.
    """
    for undo in (_restore_replaced, _apply_defaults):
        before = undo(previous, path, data)
        if before is not None and digest_bytes(before) == digest:
            return before
    return None


def _restore_replaced(previous: PreviousRun, path: str, data: bytes) -> bytes | None:
    """Returns the file with the bytes that config replaced, None if they are not recorded."""
    for edit in reversed(as_list(previous.source.replaced.get(path))):
        match edit:
            case [int(start), int(end), str(text)]:
                data = data[:start] + text.encode("latin-1", "replace") + data[end:]
            case _:
                return None
    return data


def _apply_defaults(previous: PreviousRun, path: str, data: bytes) -> bytes | None:
    """Returns the file with its defaults, as the run's plan recorded them; None if there are none."""
    values: dict[str, JSONValue] = {}
    for record in previous.config_values:
        file, _, key = str(record.get("place")).partition("#")
        if record.get("target") == "file" and file == path and record.get("given") and record.get("default") != MASK:
            values[key] = record.get("default")
    source = detect_config_source(path, data)
    try:
        return source.apply(data, values) if source is not None and values else None
    except GageError:
        return None
