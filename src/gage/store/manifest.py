"""The manifest: every file of a run with its kind, digest and size. Builds, formats and parses it."""

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gage.lib.digests import digest_descriptor
from gage.lib.files import READ_FLAGS, is_safe_name
from gage.store.layout import REFERENCE_SUFFIX
from gage.types.errors import StoreError
from gage.types.events import Events
from gage.types.run import ManifestEntry

KINDS = "sdrg"


def build(run_dir: Path, kinds: Mapping[str, ManifestEntry | str], events: Events) -> list[ManifestEntry]:
    """Returns the manifest of all files in the run directory, sorted by path.

    `kinds` maps a path (with slashes) to its kind, or to an entry whose digest is valid while the file has the same
    size. All other files are generated ("g"). Links are not followed and not listed. A file that disappears, cannot be
    read, or has a name that is not portable (a backslash) is left out. Raises OSError if the directory cannot be read.
    """
    if not os.access(run_dir, os.R_OK | os.X_OK) and not os.path.islink(run_dir):
        os.chmod(run_dir, 0o700)  # the program took the permissions
    files = sorted(entry for entry in walk_files(run_dir) if is_safe_path(entry[0]))
    total = sum(size for _, size in files)
    done = 0
    entries = []
    for path, size in files:
        known = kinds.get(path, "g")
        if isinstance(known, ManifestEntry) and known.size == size:
            entries.append(known)
        else:
            kind = known.kind if isinstance(known, ManifestEntry) else known
            digested = digest_regular_file(run_dir / path)
            if digested is not None:
                entries.append(ManifestEntry(kind, *digested, path))
        done += size
        events.progress("digest", done, total)
    return entries


def mark_changed_source(entries: Iterable[ManifestEntry], staged: Mapping[str, ManifestEntry]) -> list[ManifestEntry]:
    """Returns the entries of a run that has ended: source files that are not as they were staged are generated."""
    return [
        entry._replace(kind="g")
        if entry.kind == "s" and entry.path in staged and staged[entry.path].digest != entry.digest
        else entry
        for entry in entries
    ]


def walk_files(folder: Path) -> Iterator[tuple[str, int]]:
    """Yields every regular file below the directory: its path with slashes and its size in bytes."""
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            entries = os.scandir(folder / prefix)
        except OSError:
            if not prefix:
                raise
            continue
        with entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    try:
                        yield prefix + entry.name, entry.stat(follow_symlinks=False).st_size
                    except OSError:
                        continue  # removed meanwhile


def describe_incomplete(run_dir: Path | str, entries: Iterable[ManifestEntry]) -> str:
    """Returns how many files are missing or have another size than the manifest says, "" if none. Reads no content.

    If the run directory itself is missing, it says so. A copy of a run can have the final manifest and older files. A
    dependency may have a reference file in its place.
    """
    total = wrong = 0
    for entry in entries:
        total += 1
        path = f"{run_dir}/{entry.path}"
        try:
            info = os.lstat(path)
        except (OSError, ValueError):
            wrong += entry.kind != "d" or not os.path.lexists(path + REFERENCE_SUFFIX)
        else:
            wrong += not stat.S_ISREG(info.st_mode) or entry.size not in (info.st_size, -1)
    if (wrong or not total) and not os.path.isdir(run_dir):
        return "run directory missing"
    return f"{wrong:,} of {total:,} files missing or changed" if wrong else ""


def digest_regular_file(path: Path) -> tuple[str, int] | None:
    """Returns SHA-256 in hex and size of a regular file; None if it cannot be read. Follows no link."""
    try:
        fd = os.open(path, READ_FLAGS)
        try:
            return digest_descriptor(fd) if stat.S_ISREG(os.fstat(fd).st_mode) else None
        finally:
            os.close(fd)
    except OSError:
        return None


def format(entries: Iterable[ManifestEntry]) -> bytes:
    """Returns the manifest as text, a line for each file."""
    return "".join(f"{e.kind} {e.digest} {e.size} {_quote_path(e.path)}\n" for e in entries).encode()


def parse(data: bytes, schema: int = 2) -> list[ManifestEntry]:
    """Parses a manifest of version 1 (no sizes) or 2. Raises StoreError for a damaged line or an unsafe path."""
    try:
        return [_parse_line(line, sized=schema > 1) for line in data.decode().split("\n") if line]
    except ValueError:
        raise StoreError("The manifest is damaged") from None


def _parse_line(line: str, sized: bool) -> ManifestEntry:
    kind, sha, rest = line.split(" ", 2)
    size, _, path = rest.partition(" ") if sized else ("-1", "", rest)
    if kind not in tuple(KINDS) or len(sha) != 64 or sha.strip("0123456789abcdef") or len(size) > 19:
        raise ValueError(line)
    if path.startswith('"'):
        path = json.loads(path)
    if not isinstance(path, str) or not is_safe_path(path):
        raise StoreError(f"The manifest names a file outside the run: {path!r:.80}")
    return ManifestEntry(kind, sha, int(size), path)


def is_safe_path(path: str) -> bool:
    """Returns whether a path of a manifest stays in the run directory. Names may have control characters."""
    if not path.isprintable():
        path = "".join("_" if "\x00" < c < " " or c == "\x7f" else c for c in path)
    return is_safe_name(path)


def _quote_path(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return json.dumps(path)
    return json.dumps(path, ensure_ascii=False) if path.startswith('"') or "\n" in path or "\r" in path else path
