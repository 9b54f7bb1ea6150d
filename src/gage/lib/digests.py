"""SHA-256 digests of files and of sets of files."""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib

sha256: "Callable[[bytes], hashlib._Hash]"
"""As in hashlib, without the 3 ms that loading OpenSSL takes; slower for large files."""
try:
    sha256 = import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
except ImportError:
    sha256 = import_module("hashlib").sha256


def digest_file(path: Path | str) -> str:
    """Returns the digest of a file's content, in hex. Raises OSError."""
    import hashlib

    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_file_set(files: Iterable[tuple[str, str]]) -> str:
    """Returns the digest of (path, digest) pairs: SHA-256 over `path NUL digest LF` of each, sorted by path."""
    whole = sha256(b"")
    for path, digest in sorted(files):
        whole.update(path.encode("utf-8", "surrogateescape") + b"\0" + digest.encode() + b"\n")
    return whole.hexdigest()


def digest_bytes(data: bytes) -> str:
    """Returns the digest of some data, in hex."""
    return sha256(data).hexdigest()
