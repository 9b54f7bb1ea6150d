"""The records that a comparison works on: what is known of a run, section by section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gage.types.run import Metric
from gage.types.values import JSONValue

SECTIONS = (
    *("run", "config", "metrics", "attributes", "source", "dependencies"),
    *("packages", "environment", "git", "hardware", "output", "files"),
)
"""What is compared, in the order in which it is shown."""

TEXT_SECTIONS = ("source", "output")
"""The sections whose files are compared line by line."""


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file: its SHA-256 in hex ("" = not known) and its size in bytes (-1 = not known)."""

    digest: str
    size: int


Fact = JSONValue | Metric | FileFact


class FileContent(NamedTuple):
    """The bytes of a file with a note about them; None if they cannot be read, with the reason in `note`."""

    data: bytes | None
    note: str = ""


class FileText(NamedTuple):
    """The lines of a file, secrets masked; None if it cannot be shown as text, with the reason in `note`."""

    lines: tuple[str, ...] | None
    note: str = ""


class RunFacts(NamedTuple):
    """What is compared of a run: section → name → value. A section that was not recorded is missing.

    `read_source` returns a source file by its path, `read_output` the output of a phase. `problems` are messages about
    what could not be read.
    """

    id: str
    name: str
    sections: Mapping[str, Mapping[str, Fact]]
    read_source: Callable[[str], FileContent]
    read_output: Callable[[str], FileText]
    problems: tuple[str, ...] = ()
