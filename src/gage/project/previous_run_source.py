"""The source code of an earlier run as it was before config was applied. Reads the run's folder; never writes to it."""

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

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NO_END = "\\ No newline at end of file"

Hunk = tuple[int, list[str], list[str]]
"""Where it begins in the changed file (from 0), the lines there, and those that were there before."""


def restore_source(earlier: PreviousRun) -> tuple[SourcePlan, list[str]]:
    """The source code to copy from the run's folder, and what has to be said about it.

    Config that was applied is undone: by `log/patched`, else by the defaults that the run recorded, as far as the
    digests agree; where neither does, the file stays as the run has it. Raises NotFound for a file that is gone.
    """
    files: list[SourceFile] = []
    contents: dict[str, bytes] = {}
    changed: list[str] = []
    undo = dict(parse_hunks(earlier.patched))
    patched = {str(s.get("place")).partition("#")[0] for s in earlier.settings if s.get("target") == "file"}
    for path, digest in earlier.source.items():
        data = _read(earlier, path)
        found = hashlib.sha256(data).hexdigest()
        is_patched = found != digest and (path in undo or path in patched)
        before = _before(earlier, path, data, undo.get(path), digest) if is_patched else None
        if before is not None:
            contents[path] = before
        elif found != _known(earlier, path, digest, is_patched):
            changed.append(path)
        files.append(SourceFile(path, len(data if before is None else before)))
    return SourcePlan(tuple(files), (), earlier.rule, "", str(earlier.run_dir), contents), _notices(earlier, changed)


def _known(earlier: PreviousRun, path: str, digest: str, is_patched: bool) -> str:
    """The digest that a file has to have: as it was copied; as the run left it where config was applied to it."""
    entry = earlier.entries.get(path)
    return entry.digest if entry and (is_patched or not digest) else digest


def read_source_file(earlier: PreviousRun, path: str, selected: SourcePlan) -> bytes:
    """A file of the source code that `source_of_run` selected. Raises NotFound."""
    return selected.contents[path] if path in selected.contents else _read(earlier, path)


def _notices(earlier: PreviousRun, changed: list[str]) -> list[str]:
    if not changed:
        return []
    names = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
    return [f"Source files changed since run {earlier.run.name} started: {names}"]


def _read(earlier: PreviousRun, path: str) -> bytes:
    """A source file of the run, which follows no link. Raises NotFound."""
    place = earlier.run_dir / path
    try:
        if Path(os.path.realpath(place.parent)) != Path(os.path.realpath(earlier.run_dir), path).parent:
            raise FileNotFoundError(path)
        with open(os.open(place, READ_FLAGS), "rb") as file:
            return file.read()
    except OSError:
        what = (
            f"{path} is missing from its run directory" if earlier.run_dir.is_dir() else "its run directory is missing"
        )
        raise NotFound(
            f"Cannot restart run {earlier.run.name}: {what}",
            f"To use the project's current source code: gage run --restart {earlier.run.name} --latest-source",
        ) from None


def _before(earlier: PreviousRun, path: str, data: bytes, hunks: list[Hunk] | None, digest: str) -> bytes | None:
    """The file before config was applied, None where that cannot be told for sure."""
    restored = undo_hunks(path, data, hunks) if hunks else None
    if restored is not None and _fits(restored, digest):
        return restored
    restored = _with_defaults(earlier, path, data)
    return restored if restored is not None and digest and _fits(restored, digest) else None


def _fits(data: bytes, digest: str) -> bool:
    return not digest or hashlib.sha256(data).hexdigest() == digest


def undo_hunks(path: str, data: bytes, hunks: list[Hunk]) -> bytes | None:
    """The content before the hunks were applied, None where they do not fit."""
    encoding = _encoding(path, data)
    try:
        lines = data.decode(encoding).splitlines(True)
        for at, now, before in reversed(hunks):
            if lines[at : at + len(now)] != now:
                return None
            lines[at : at + len(now)] = before
        return "".join(lines).encode(encoding)
    except UnicodeError:
        return None


def _encoding(path: str, data: bytes) -> str:
    from gage.formats.python import detect_encoding

    try:
        return detect_encoding(data) if path.endswith(".py") else "utf-8"
    except GageError:
        return "utf-8"


def _with_defaults(earlier: PreviousRun, path: str, data: bytes) -> bytes | None:
    """The file with the values that it had by itself, as the run's settings have them."""
    values: dict[str, JSONValue] = {}
    for setting in earlier.settings:
        file, _, key = str(setting.get("place")).partition("#")
        if setting.get("target") == "file" and file == path and setting.get("given") and setting["default"] != MASK:
            values[key] = setting["default"]
    source = find_config_source(path)
    if source is None or not values:
        return None
    try:
        return source.apply(data, values)
    except GageError:
        return None


def parse_hunks(patched: str) -> Iterator[tuple[str, list[Hunk]]]:
    """What a unified diff says of each file. A part that is broken is left out."""
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
            count, hunk = _hunk(lines[at + 1 :], match)
            found.append(hunk)
            at += 1 + count
        else:
            at += 1
    if path:
        yield path, found


def _hunk(lines: list[str], header: "re.Match[str]") -> tuple[int, Hunk]:
    """One hunk, and how many lines it takes."""
    size = {"-": int(header[2] or 1), "+": int(header[4] or 1)}
    sides: Mapping[str, list[str]] = {"-": [], "+": []}
    count = 0
    last = ""
    for line in lines:
        if line.startswith(_NO_END):
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
