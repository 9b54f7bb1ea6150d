"""Writes the output and the files of runs to a terminal or a pipe."""

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gage.store.store import RunStore

MAX_LAST_LINES = 200


def print_output(store: "RunStore", id: str) -> bytes:
    """Prints the output of all phases of a run, each stream to its own. Returns its last lines."""
    last: deque[bytes] = deque(maxlen=MAX_LAST_LINES)
    for stream, data in _read_stored(store, id):
        write_bytes(stream, data)
        last.append(data)
    return b"".join(last)


def print_output_to_stdout(store: "RunStore", id: str, streams: Sequence[int] = (1, 2)) -> None:
    """Prints what all phases of a run wrote to `streams`, in the order of its lines, to standard output."""
    for stream, data in _read_stored(store, id):
        if stream in streams:
            write_bytes(1, data)


def _read_stored(store: "RunStore", id: str) -> Iterator[tuple[int, bytes]]:
    from gage.store.meta import MetaReader
    from gage.store.output_log import read_output

    with MetaReader.open(store.get_paths(id)) as meta:
        yield from read_output(meta)


def write_bytes(stream: int, data: bytes) -> None:
    """Writes bytes unchanged to a pipe or file; to a terminal with control characters escaped."""
    file = sys.stderr if stream == 2 else sys.stdout
    file.buffer.write(escape_control_bytes(data) if file.isatty() else data)


def escape_control_bytes(data: bytes) -> bytes:
    """Returns bytes with control characters escaped, except colours."""
    import re

    control = rb"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]"
    order = rb"|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]"  # the direction of text, and lines
    return re.sub(control + order, lambda match: match[0].decode().encode("unicode_escape"), data)
