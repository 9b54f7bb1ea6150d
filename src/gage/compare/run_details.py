"""Reads the metadata of one run beyond its `Run`: command, files, output. Damage is reported, never raised."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from gage.store import output_log
from gage.store.copied_files import read_files
from gage.store.meta import MetaReader
from gage.store.output_log import describe_missing_output, read_missing_bytes, read_output, strip_colors
from gage.store.store import RunStore
from gage.types.errors import GageError, StoreError
from gage.types.run import REPORT_OPERATION, ManifestEntry, Run
from gage.types.values import JSONValue, as_list, as_table

T = TypeVar("T")

_NO_OUTPUT: tuple[str, ...] = ()
_NO_PATHS: frozenset[str] = frozenset()

REPORT_FILE = "report.json"
"""Member of the metadata of a report's run: title, digest, and the runs that the report read."""
MAX_READ_BYTES = 4 << 20
"""Bytes of output from which only the end is read."""
MAX_UNPACKED_BYTES = 2 << 30
"""Bytes of a finished run's output that are unpacked to read its end."""
MAX_LINE_BYTES = 2000
"""Bytes of an output line; the rest is cut."""


class RunDetails(NamedTuple):
    """A run with the rest of its metadata. `output` holds the last lines; `is_truncated`: there are more. `changed` are
    the source files and dependencies that the program changed, `resumed` the unchanged files of the resumed run,
    `mentions` the IDs of the runs that a report read.
    """

    run: Run
    run_dir: str
    command: JSONValue = None
    arguments: Sequence[JSONValue] = ()
    git: JSONValue = None
    inputs: Sequence[JSONValue] = ()
    source_count: int = 0
    files: tuple[ManifestEntry, ...] = ()
    changed: frozenset[str] = frozenset()
    resumed: frozenset[str] = frozenset()
    output: tuple[str, ...] = ()
    is_truncated: bool = False
    problems: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


def read_run_details(store: RunStore, run: Run, last_lines: int) -> RunDetails:
    """Returns the details of a run. Damaged or missing metadata is listed in `problems`, not raised."""
    paths = store.get_paths(run.id)
    problems = [] if paths.run_dir.is_dir() else ["The run directory is missing"]

    def safely(read: Callable[[], T], default: T) -> T:
        try:
            return read()
        except (GageError, OSError) as e:
            problems.append(_format_error(e))
            return default

    meta = safely(lambda: MetaReader.open(paths), None)
    details = RunDetails(run, str(paths.run_dir))
    if meta is not None:
        with meta:
            output = safely(lambda: _read_last_lines(meta, last_lines + 1), _NO_OUTPUT)
            if missing := safely(lambda: read_missing_bytes(meta), 0):
                problems.append(describe_missing_output(missing))
            details = details._replace(
                command=safely(lambda: meta.read_json("proc/cmd.json"), None),
                arguments=safely(lambda: as_list(as_table(meta.read_json("plan.json")).get("arguments")), []),
                git=safely(lambda: meta.read_json("sys/git.json"), None),
                mentions=safely(lambda: _read_mentions(meta), ()) if run.op == REPORT_OPERATION else (),
                inputs=safely(lambda: as_list(meta.read_json("inputs.json")), []),
                source_count=safely(lambda: _count_source_files(meta), 0),
                files=safely(lambda: _sort_files(read_files(meta, paths.run_dir)), ()),
                output=output[-last_lines:],
                is_truncated=len(output) > last_lines,
            )
            generated = {entry.path for entry in details.files if entry.kind == "g"}
            details = details._replace(
                changed=safely(lambda: _read_staged_paths(meta), _NO_PATHS) & generated,
                resumed=safely(lambda: _read_resumed_paths(meta), _NO_PATHS) - generated,
            )
    from gage.store.manifest import describe_incomplete

    if run.sealed and details.files and paths.run_dir.is_dir():
        problems += filter(None, [describe_incomplete(paths.run_dir, details.files)])
    return details._replace(problems=tuple(dict.fromkeys(problems)))


def find_evaluations(store: RunStore, run: Run) -> list[Run]:
    """Returns the evaluations of a run, the newest first. Raises GageError."""
    from gage.index.index import open_index
    from gage.select.parse import parse_where
    from gage.types.filter import RunFilter

    with open_index(store) as index:
        found = index.find(RunFilter(where=parse_where(f"parent={run.id}")))
    return [each for each in found.runs if each.relation == "evaluation"]


def describe_evaluation(run: Run) -> str:
    """Returns name and operation of an evaluation, and its status unless it is completed."""
    status = "" if run.status == "completed" else f"  {run.status}"
    return f"{run.name}  {run.op.name}{status}"


def _format_error(error: GageError | OSError) -> str:
    return error.message if isinstance(error, GageError) else str(error)


def _read_mentions(meta: MetaReader) -> tuple[str, ...]:
    """Returns the IDs of the runs that a report's run read."""
    listed = as_list(as_table(meta.read_json(REPORT_FILE)).get("runs"))
    return tuple(each for each in listed if isinstance(each, str))


def _count_source_files(meta: MetaReader) -> int:
    from gage.store.copied_files import parse_source_files

    return len(parse_source_files(meta.read_json("sourcecode.json")) or ())


def _read_staged_paths(meta: MetaReader) -> frozenset[str]:
    """Returns the source files and dependencies that were copied into the run."""
    from gage.store.copied_files import parse_copied_states, parse_source_files

    source = parse_source_files(meta.read_json("sourcecode.json")) or {}
    return frozenset(source) | frozenset(parse_copied_states(meta.read("copied.json")))


def _read_resumed_paths(meta: MetaReader) -> frozenset[str]:
    from gage.store.copied_files import parse_resumed_paths

    return parse_resumed_paths(meta.read_json("resumed.json"))


def _sort_files(entries: Iterable[ManifestEntry]) -> tuple[ManifestEntry, ...]:
    """Returns files in the order in which they are shown."""
    return tuple(sorted(entries, key=lambda e: ("gdrs".index(e.kind), e.path)))


def _read_last_lines(meta: MetaReader, count: int) -> tuple[str, ...]:
    sizes = {phase: meta.get_size(f"output/{phase}") or 0 for phase in output_log.list_phases(meta)}
    if sum(sizes.values()) <= MAX_READ_BYTES:
        last = deque((data for _, data in read_output(meta) if data), count)
    elif meta.sealed and sum(sizes.values()) > MAX_UNPACKED_BYTES:
        raise StoreError(f"The output has {sum(sizes.values()) >> 30:,} GB: see gage cat --output")
    else:
        tails = [meta.read_tail(f"output/{phase}", MAX_READ_BYTES) for phase in sizes]
        last = deque((line for tail in tails for line in tail.splitlines()), count)
    return tuple(strip_colors(line.removesuffix(b"\n")[:MAX_LINE_BYTES]) for line in last)
