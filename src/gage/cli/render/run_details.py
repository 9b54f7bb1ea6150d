"""Reads the details of one run for `gage show`: metadata beyond the `Run`. Damage is reported, never raised."""

import shlex
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gage.store.meta import MetaReader
from gage.store.store import RunStore
from gage.types.errors import GageError
from gage.types.run import ManifestEntry, Run
from gage.types.values import JSONValue

T = TypeVar("T")

_NO_OUTPUT: tuple[tuple[str, ...], bool] = ((), False)

MAX_LINE_BYTES = 2000
"""Bytes of an output line; the rest is cut."""


@dataclass(frozen=True, slots=True)
class RunDetails:
    """A run with the rest of its metadata. `output` holds the last lines; `is_truncated`: there are more."""

    run: Run
    run_dir: str
    command: JSONValue
    git: JSONValue
    inputs: tuple[JSONValue, ...]
    source_count: int
    files: tuple[ManifestEntry, ...]
    output: tuple[str, ...]
    is_truncated: bool
    problems: tuple[str, ...]

    @property
    def command_line(self) -> str:
        """The command as a user would type it."""
        if isinstance(self.command, list):
            return shlex.join(str(word) for word in self.command)
        return str(self.command or "")

    @property
    def git_line(self) -> str:
        """Commit, branch and state, in one line."""
        if not isinstance(self.git, dict) or not self.git.get("commit"):
            return ""
        branch = f" on {self.git['branch']}" if self.git.get("branch") else ""
        dirty = ", with changes" if self.git.get("dirty") else ""
        return f"{str(self.git['commit'])[:12]}{branch}{dirty}"


def read_run_details(store: RunStore, run: Run, last_lines: int) -> RunDetails:
    """Returns the details of a run. Damaged or missing metadata is listed in `problems`, not raised."""
    paths = store.get_paths(run.id)
    problems: list[str] = []
    if not paths.run_dir.is_dir():
        problems.append("The run directory is missing")
    try:
        meta = MetaReader.open(paths)
    except (GageError, OSError) as e:
        return RunDetails(run, str(paths.run_dir), None, None, (), 0, (), (), False, (*problems, _format_error(e)))
    with meta:

        def safely(read: Callable[[], T], instead: T) -> T:
            try:
                return read()
            except (GageError, OSError, ValueError, KeyError, TypeError) as e:
                problems.append(_format_error(e))
                return instead

        inputs = safely(lambda: meta.read_json("inputs.json"), None)
        output, cut = safely(lambda: _read_last_lines(meta, last_lines), _NO_OUTPUT)
        return RunDetails(
            run,
            str(paths.run_dir),
            safely(lambda: meta.read_json("proc/cmd.json"), None),
            safely(lambda: meta.read_json("sys/git.json"), None),
            tuple(inputs) if isinstance(inputs, list) else (),
            safely(lambda: _count_source_files(meta), 0),
            safely(lambda: _read_manifest(meta), ()),
            output,
            cut,
            tuple(dict.fromkeys(problems)),
        )


def _format_error(error: Exception) -> str:
    return error.message if isinstance(error, GageError) else str(error) or type(error).__name__


def _count_source_files(meta: MetaReader) -> int:
    source = meta.read_json("sourcecode.json")
    files = source.get("files") if isinstance(source, dict) else None
    return len(files) if isinstance(files, list) else 0


def _read_manifest(meta: MetaReader) -> tuple[ManifestEntry, ...]:
    from gage.store import manifest

    data = meta.read("manifest")
    schema = 1 if meta.get_size("__schema__") is not None else 2
    entries = manifest.parse(data, schema) if data else []
    return tuple(sorted(entries, key=lambda e: ("gdrs".index(e.kind), e.path)))


def _read_last_lines(meta: MetaReader, count: int) -> tuple[tuple[str, ...], bool]:
    from gage.store import output_log

    last: deque[bytes] = deque(maxlen=count)
    total = 0
    for phase in output_log.list_phases(meta):
        for line in output_log.read_lines(meta, phase):
            last.append(line.data[:MAX_LINE_BYTES])
            total += 1
        for rest in output_log.read_partial(meta, phase):
            if rest:
                last.append(rest[:MAX_LINE_BYTES])
    return tuple(_strip_colors(line) for line in last), total > count


def _strip_colors(line: bytes) -> str:
    """Returns a line without the program's colours."""
    import re

    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line.decode("utf-8", "backslashreplace"))
