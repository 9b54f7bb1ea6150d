"""Results of introspection, cached in the user's cache directory until something changes that they depend on.

One JSON file for each command line. It names its dependencies: files with size, time and digest, directories with their
time, variables of the environment.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from gage.lib.cache import find_cache_dir
from gage.parsers.parser_spec import Parameter, ParserSpec

try:
    from _blake2 import blake2b  # as in hashlib, without the 3 ms that loading OpenSSL takes
except ImportError:  # pragma: no cover - this Python was built without _blake2
    from hashlib import blake2b

FORMAT = 21
"""To be changed with the content of the files, and whenever introspection finds something else."""
MAX_CACHED_SPECS = 500
MAX_DIGESTED_BYTES = 1 << 20
"""A larger file is compared by size and time only."""
TIMEOUT_TTL_SECONDS = 600
"""How long it is cached that a program did not reach its parser in time: it may be faster the next time."""
_RACY_NS = 2_000_000_000
"""A file may have changed again, with the same time, within this time before the program was started."""


def load_cached_spec(path: Path | None, env: Mapping[str, str]) -> ParserSpec | None:
    """Returns the result cached at `path`; None when there is none, or a dependency has changed."""
    if path is None:
        return None
    try:
        raw = json.loads(path.read_bytes())
        if raw["format"] != FORMAT or not all(_is_unchanged(p, stamp) for p, stamp in raw["files"].items()):
            return None
        if any(_digest_variable(env.get(name)) != digest for name, digest in raw["variables"].items()):
            return None
        if raw["timeout"] and time.time() > path.stat().st_mtime + TIMEOUT_TTL_SECONDS:
            return None
        return _decode_spec(raw["spec"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def save_cached_spec(
    path: Path | None,
    spec: ParserSpec,
    dependencies: Iterable[Path | str],
    variables: Mapping[str, str | None],
    started_ns: int,
    is_timeout: bool = False,
) -> None:
    """Caches a result with what it depends on. Errors are ignored.

    `started_ns` is when the program was started, since the epoch.
    """
    if path is None:
        return
    from gage.lib.files import write_atomic

    stamps = {str(p): _stamp(str(p), started_ns) for p in dependencies}
    content = {
        "format": FORMAT,
        "files": {p: stamp for p, stamp in stamps.items() if stamp is not None},
        "variables": {name: _digest_variable(value) for name, value in variables.items()},
        "timeout": is_timeout,
        "spec": {**spec._asdict(), "parameters": [p._asdict() for p in spec.parameters]},
    }
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, json.dumps(content).encode())
        _remove_oldest(path.parent)
    except OSError:
        pass  # the program is introspected again next time


def _digest_variable(value: str | None) -> str | None:
    """Returns a digest instead of the value, which may be a secret."""
    return None if value is None else blake2b(value.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def locate_entry(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Path | None:
    """Returns where the result for a command line is cached; None where there is no cache directory."""
    directory = find_cache_dir()
    if directory is None:
        return None
    python = _stat(os.path.realpath(argv[0]))
    key = json.dumps([list(argv), str(cwd), sorted(env.items()), python], default=str)
    digest = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return Path(directory, "parsers", f"{digest}.json")


def _stat(path: str) -> list[int] | None:
    """Returns size and time in ns of a file; None when there is none."""
    try:
        info = os.stat(path)
    except OSError:
        return None
    return [info.st_size, info.st_mtime_ns]


def _stamp(path: str, started_ns: int) -> list[object] | None:
    """Returns size, time and digest of a file (time 0 if it is too new to rely on); for a directory -1, time and "".

    A large file has no digest ("").
    """
    info = _stat(path)
    if info is None:
        return None
    size, time_ns = info
    if os.path.isdir(path):
        return [-1, time_ns, ""]
    if size > MAX_DIGESTED_BYTES:
        return [size, time_ns, ""]
    try:
        return [size, time_ns if time_ns < started_ns - _RACY_NS else 0, _digest_file(path)]
    except OSError:
        return None


def _is_unchanged(path: str, stamp: Sequence[object]) -> bool:
    info = _stat(path)
    if info is None:
        return False
    if stamp[0] == -1:
        return info[1] == stamp[1]
    return info[0] == stamp[0] and (info[1] == stamp[1] or (bool(stamp[2]) and _digest_file(path) == stamp[2]))


def _digest_file(path: str) -> str:
    return blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()


def _decode_spec(raw: Mapping[str, object]) -> ParserSpec:
    """Returns a spec with its lists as tuples again. Raises TypeError for other fields."""
    parameters = cast(list[dict[str, object]], raw["parameters"])
    fields = {**raw, "parameters": tuple(Parameter(**_to_tuples(p)) for p in parameters)}  # type: ignore[arg-type]
    return ParserSpec(**_to_tuples(fields))  # type: ignore[arg-type]


def _to_tuples(fields: Mapping[str, object]) -> dict[str, object]:
    values = ("default", "const")
    return {n: tuple(v) if isinstance(v, list) and n not in values else v for n, v in fields.items()}


def _remove_oldest(directory: Path) -> None:
    """Removes the oldest half of the cached results when there are too many."""
    names = os.listdir(directory)
    if len(names) <= MAX_CACHED_SPECS:
        return
    for path in sorted((directory / n for n in names), key=lambda p: p.stat().st_mtime)[: MAX_CACHED_SPECS // 2]:
        path.unlink(missing_ok=True)
