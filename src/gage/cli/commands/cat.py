"""`gage cat`."""

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from gage.cli import choose
from gage.cli.command import gage_command, refuse_together
from gage.types.errors import UsageError

if TYPE_CHECKING:
    from gage.store.store import RunStore

PIECE = 1 << 18

_CONTROL = re.compile(rb"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]")
"""What may do something to a terminal; colours may pass."""


@gage_command("cat", "gage cat 1 model.txt", "gage cat 1 --output", "gage cat --path results/plot.png > plot.png")
@click.argument("words", metavar="[RUN] [PATH]", nargs=-1)
@choose.where_option
@click.option("-p", "--path", "-f", "--file", metavar="PATH", help="The file, relative to the run's folder.")
@click.option("-o", "--output", is_flag=True, help="Print what the run printed.")
def command(words: tuple[str, ...], where: tuple[str, ...], path: str | None, output: bool) -> None:
    """Print a file of a run, or what the run printed.

    With --path or --output, RUN may be left out: then it is the latest.
    """
    refuse_together(("--path", path), ("--output", output))
    needed = 0 if path is not None or output else 1
    if len(words) > needed + 1:
        raise UsageError("There are too many words", "Try: gage cat 1 model.txt")
    if needed and len(words) < 2 and not (words and where):
        raise UsageError("A file is missing", f"Try: gage cat {words[0] if words else 1} PATH, or --output")
    store = choose.open_store()
    name = words[-1] if needed else path or ""
    run = choose.one(store, words[0] if len(words) > needed else "", where)
    if output:
        for stream, data in _output(store, run.id):
            _write(stream, data)
        return
    from gage.cli.runfiles import open_file

    with open_file(store.paths(run.id).run_dir, name) as file:
        head = file.read(PIECE)
        if sys.stdout.isatty() and b"\x00" in head:
            raise UsageError(f"{name!r} is no text", f"Send it to a file: gage cat {run.name} {name} > FILE")
        while head:
            _write(1, head)
            head = file.read(PIECE)


def _output(store: "RunStore", id: str) -> Iterator[tuple[int, bytes]]:
    """What all phases of the run printed, with the stream, as it was."""
    from gage.store import output
    from gage.store.meta import MetaReader

    with MetaReader.of(store.paths(id)) as meta:
        for phase in output.phases(meta):
            for line in output.lines(meta, phase):
                yield line.stream, line.data + (b"\n" if line.ended else b"")
            yield from enumerate(output.partial(meta, phase), start=1)


def _write(stream: int, data: bytes) -> None:
    file = sys.stderr if stream == 2 else sys.stdout
    file.buffer.write(defused([data]) if file.isatty() else data)


def defused(pieces: Iterable[bytes]) -> bytes:
    """Bytes for a terminal: control characters other than colours are shown instead of obeyed."""
    return _CONTROL.sub(lambda found: b"\\x%02x" % found[0][-1], b"".join(pieces))
