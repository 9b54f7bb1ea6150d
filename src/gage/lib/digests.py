"""SHA-256 digests of files and of sets of files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest_file(path: Path | str) -> str:
    """Returns the digest of a file's content, in hex. Raises OSError."""
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_file_set(files: Iterable[tuple[str, str]]) -> str:
    """Returns the digest of (path, digest) pairs: SHA-256 over `path NUL digest LF` of each, sorted by path."""
    whole = hashlib.sha256()
    for path, digest in sorted(files):
        whole.update(path.encode("utf-8", "surrogateescape") + b"\0" + digest.encode() + b"\n")
    return whole.hexdigest()
