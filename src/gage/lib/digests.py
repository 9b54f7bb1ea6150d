"""SHA-256 digests of files and of sets of files."""

import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib

_CHUNK_BYTES = 1 << 20
_BUILTIN_MODULE = "_sha2" if sys.version_info >= (3, 12) else "_sha256"
MAX_SMALL_BYTES = 4 << 20
"""Loading OpenSSL takes 5 ms, which pays for more than this."""


def create_sha256(size: int) -> "hashlib._Hash":
    """Returns an empty SHA-256 for so many bytes: that of OpenSSL for many, else the one that is built in."""
    new: Callable[[], hashlib._Hash]
    try:
        new = import_module(_BUILTIN_MODULE if size <= MAX_SMALL_BYTES else "hashlib").sha256
    except ImportError:
        new = import_module("hashlib").sha256
    return new()


def digest_file(path: Path | str) -> str:
    """Returns the digest of a file's content, in hex. Raises OSError."""
    with open(path, "rb", buffering=0) as file:
        return digest_descriptor(file.fileno())[0]


def digest_descriptor(fd: int) -> tuple[str, int]:
    """Returns SHA-256 in hex and size of an open file from its position on. Raises OSError."""
    sha, size = create_sha256(os.fstat(fd).st_size), 0
    while data := os.read(fd, _CHUNK_BYTES):
        sha.update(data)
        size += len(data)
    return sha.hexdigest(), size


def digest_file_set(files: Iterable[tuple[str, str]]) -> str:
    """Returns the digest of (path, digest) pairs: SHA-256 over `path NUL digest LF` of each, sorted by path."""
    whole = create_sha256(0)
    for path, digest in sorted(files):
        whole.update(path.encode("utf-8", "surrogateescape") + b"\0" + digest.encode() + b"\n")
    return whole.hexdigest()


def digest_bytes(data: bytes) -> str:
    """Returns the digest of some data, in hex."""
    sha = create_sha256(len(data))
    sha.update(data)
    return sha.hexdigest()
