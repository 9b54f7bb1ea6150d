"""Answers of programs, kept in the user's cache folder until something changes that they came from.

One JSON file per command line. It names what it hangs on: files with size, time and digest, folders with their time,
variables of the environment.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple, cast

from gage.lib.cache import find_cache_dir
from gage.parsers.parser_spec import Parameter, ParserSpec

try:
    from _blake2 import blake2b  # what hashlib has, without the 3 ms that loading OpenSSL takes
except ImportError:
    from hashlib import blake2b

FORMAT = 11
"""Another number for another content, and whenever programs are asked in another way."""
MAX_CACHED_SPECS = 500
"""How many answers are kept."""
TIMEOUT_TTL_SECONDS = 600
"""Seconds for which it is remembered that a program did not come to its parser in time: the next time it may."""
_RACY = 2_000_000_000
"""Nanoseconds before an answer in which a file may have changed again without its time showing it."""


class CachedSpec(NamedTuple):
    """What is known of a program: what it takes, or why it could not be asked (`program` None)."""

    program: ParserSpec | None
    reason: str = ""


def load_cached_spec(path: Path | None, env: Mapping[str, str]) -> CachedSpec | None:
    """The answer kept at `path`, if all that it hangs on is as it was."""
    if path is None:
        return None
    try:
        kept = json.loads(path.read_bytes())
        if kept["format"] != FORMAT or not all(_is_same(at, was) for at, was in kept["on"].items()):
            return None
        if any(_secret(env.get(name)) != was for name, was in kept["variables"].items()):
            return None
        if kept["late"] and time.time() > path.stat().st_mtime + TIMEOUT_TTL_SECONDS:
            return None
        return CachedSpec(_program(kept["program"]) if kept["program"] else None, kept["reason"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def save_cached_spec(
    path: Path | None,
    known: CachedSpec,
    hangs_on: Iterable[Path | str],
    variables: Mapping[str, str | None],
    began: int,
    late: bool = False,
) -> None:
    """Keep an answer, and what it hangs on; does nothing where it cannot.

    `began` is when the program was started, in ns since the epoch; what came too `late` is kept for a while only.
    """
    if path is None:
        return
    from gage.lib.files import write_atomic

    content = {
        "format": FORMAT,
        "on": {str(p): mark for p in hangs_on if (mark := _mark(str(p), began)) is not None},
        "variables": {name: _secret(value) for name, value in variables.items()},
        "late": late,
        "program": asdict(known.program) if known.program else None,
        "reason": known.reason,
    }
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, json.dumps(content).encode())
        _thin_out(path.parent)
    except OSError:
        pass


def _secret(value: str | None) -> str | None:
    """A digest of a variable's value, which may be a key."""
    return None if value is None else blake2b(value.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def cache_path(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Path | None:
    """Where the answer of a command line is kept; None where there is no cache folder."""
    folder = find_cache_dir()
    if folder is None:
        return None
    python = _stat(os.path.realpath(argv[0]))
    key = json.dumps([list(argv), str(cwd), sorted(env.items()), python], default=str)
    return Path(folder, "asked", blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest() + ".json")


def _stat(path: str) -> list[int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _mark(path: str, began: int) -> list[object] | None:
    """Size, time and digest of a file (time 0 where it says nothing yet), the time of a folder; None for none."""
    found = _stat(path)
    if found is None:
        return None
    if os.path.isdir(path):
        return [-1, found[1], ""]
    try:
        return [found[0], found[1] if found[1] < began - _RACY else 0, _digest(path)]
    except OSError:
        return None


def _is_same(path: str, was: Sequence[object]) -> bool:
    found = _stat(path)
    if found is None:
        return False
    if was[0] == -1:
        return found[1] == was[1]
    return found[0] == was[0] and (found[1] == was[1] or _digest(path) == was[2])


def _digest(path: str) -> str:
    return blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()


def _program(found: Mapping[str, object]) -> ParserSpec:
    """A program as it was kept; lists become tuples again. Raises TypeError for another shape."""
    parameters = cast(list[dict[str, object]], found["parameters"])
    fields = {**found, "parameters": tuple(Parameter(**_tuples(p)) for p in parameters)}  # type: ignore[arg-type]
    return ParserSpec(**_tuples(fields))  # type: ignore[arg-type]


def _tuples(fields: Mapping[str, object]) -> dict[str, object]:
    free = ("default", "const")
    return {n: tuple(v) if isinstance(v, list) and n not in free else v for n, v in fields.items()}


def _thin_out(folder: Path) -> None:
    """Remove the oldest half when there are too many."""
    names = os.listdir(folder)
    if len(names) <= MAX_CACHED_SPECS:
        return
    for path in sorted((folder / n for n in names), key=lambda p: p.stat().st_mtime)[: MAX_CACHED_SPECS // 2]:
        path.unlink(missing_ok=True)
