"""Restores the source code of a previous run to what it was before config was applied. Never writes to the run."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from gage.formats.registry import find_config_source
from gage.lib.files import READ_FLAGS
from gage.lib.secrets import MASK
from gage.project.previous_run import PreviousRun
from gage.types.errors import GageError, NotFound
from gage.types.plan import SourceFile, SourcePlan
from gage.types.values import JSONValue

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")  # @@ -3 +3,2 @@
_NO_FINAL_NEWLINE = "\\ No newline at end of file"

Hunk = tuple[int, list[str], list[str]]
"""The first line in the changed file (from 0), the lines there, and those that were there before."""


def restore_source(previous: PreviousRun) -> tuple[SourcePlan, list[str]]:
    """Returns the source code to copy from the run directory, and notices.

    Undoes the config that was applied: with `log/patched`, else with the recorded defaults, if the result has the
    recorded digest; otherwise the file stays as the run has it. Raises NotFound for a file that is gone.
    """
    files: list[SourceFile] = []
    contents: dict[str, bytes] = {}
    changed: list[str] = []
    undo = dict(parse_hunks(previous.patch))
    patched = {str(s.get("place")).partition("#")[0] for s in previous.config_values if s.get("target") == "file"}
    for path, digest in previous.source.items():
        data = _read_run_file(previous, path)
        found = hashlib.sha256(data).hexdigest()
        is_patched = found != digest and (path in undo or path in patched)
        before = _restore_content(previous, path, data, undo.get(path), digest) if is_patched else None
        if before is not None:
            contents[path] = before
        elif found != _expected_digest(previous, path, digest, is_patched):
            changed.append(path)
        files.append(SourceFile(path, len(data if before is None else before)))
    return SourcePlan(tuple(files), (), previous.rule, "", str(previous.run_dir), contents), _list_notices(
        previous, changed
    )


def _expected_digest(previous: PreviousRun, path: str, digest: str, is_patched: bool) -> str:
    """Returns the digest that a file must have: as copied, or as the run left it if config was applied to it."""
    entry = previous.entries.get(path)
    return entry.digest if entry and (is_patched or not digest) else digest


def read_source_file(previous: PreviousRun, path: str, selected: SourcePlan) -> bytes:
    """Returns the content of a file that `restore_source` selected. Raises NotFound."""
    return selected.contents[path] if path in selected.contents else _read_run_file(previous, path)


def _list_notices(previous: PreviousRun, changed: list[str]) -> list[str]:
    if not changed:
        return []
    names = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return [f"Source code has changed since run {previous.run.name} started: {names}"]


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


def _restore_content(
    previous: PreviousRun, path: str, data: bytes, hunks: list[Hunk] | None, digest: str
) -> bytes | None:
    """Returns the file before config was applied, None where that is uncertain."""
    restored = revert_hunks(path, data, hunks) if hunks else None
    if restored is not None and _has_digest(restored, digest):
        return restored
    restored = _apply_defaults(previous, path, data)
    return restored if restored is not None and digest and _has_digest(restored, digest) else None


def _has_digest(data: bytes, digest: str) -> bool:
    return not digest or hashlib.sha256(data).hexdigest() == digest


def revert_hunks(path: str, data: bytes, hunks: list[Hunk]) -> bytes | None:
    """Returns the content before the hunks were applied, None where they do not fit."""
    encoding = _detect_encoding(path, data)
    try:
        lines = data.decode(encoding).splitlines(True)
        for at, now, before in reversed(hunks):
            if lines[at : at + len(now)] != now:
                return None
            lines[at : at + len(now)] = before
        return "".join(lines).encode(encoding)
    except UnicodeError:
        return None


def _detect_encoding(path: str, data: bytes) -> str:
    from gage.formats.python import detect_encoding

    try:
        return detect_encoding(data) if path.endswith(".py") else "utf-8"
    except GageError:
        return "utf-8"


def _apply_defaults(previous: PreviousRun, path: str, data: bytes) -> bytes | None:
    """Returns the file with its defaults, as the run's plan recorded them; None if there are none."""
    values: dict[str, JSONValue] = {}
    for record in previous.config_values:
        file, _, key = str(record.get("place")).partition("#")
        if record.get("target") == "file" and file == path and record.get("given") and record["default"] != MASK:
            values[key] = record["default"]
    source = find_config_source(path)
    if source is None or not values:
        return None
    try:
        return source.apply(data, values)
    except GageError:
        return None


def parse_hunks(patched: str) -> Iterator[tuple[str, list[Hunk]]]:
    """Yields each file of a unified diff with its hunks. Leaves out damaged parts."""
    path, found, lines = "", list[Hunk](), patched.splitlines(True)
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ "):
            if path:
                yield path, found
            path, found = line[4:].rstrip("\r\n").split("\t")[0], []
            at += 2
        elif match := _HUNK.match(line):
            count, hunk = _parse_hunk(lines[at + 1 :], match)
            found.append(hunk)
            at += 1 + count
        else:
            at += 1
    if path:
        yield path, found


def _parse_hunk(lines: list[str], header: "re.Match[str]") -> tuple[int, Hunk]:
    """Returns the number of lines that a hunk takes, and the hunk."""
    size = {"-": int(header[2] or 1), "+": int(header[4] or 1)}
    sides: Mapping[str, list[str]] = {"-": [], "+": []}
    count = 0
    last = ""
    for line in lines:
        if line.startswith(_NO_FINAL_NEWLINE):
            for side in "-+" if last == " " else last:
                sides[side][-1] = sides[side][-1].removesuffix("\n")
        elif len(sides["-"]) >= size["-"] and len(sides["+"]) >= size["+"]:
            break
        elif line[:1] in ("-", "+", " "):
            last = line[0]
            for side in "-+" if last == " " else last:
                sides[side].append(line[1:])
        else:
            break
        count += 1
    start = int(header[3])
    return count, (start - 1 if size["+"] else start, sides["+"], sides["-"])
