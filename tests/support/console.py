"""Carries out the console blocks of a page, as a reader would type them, and compares what they print.

In a page, ```` ```python title="train.py" ```` gives a file of the project, and a block of ```` ```console ````
holds commands (`$ command`) with what they print; `console exit=1` says how its last command ends. In what is printed
`...` stands for anything. Names and IDs of runs, times, durations, digests and where an event file is from need only
look alike, but the same name must stay the same run on the whole page.
The reader's home is `/home/sam`.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

HOME = "/home/sam"
BIN = str(Path(sys.executable).parent)

_WORD = "[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]"
NAME = rf"\b{_WORD}-{_WORD}\b"
ID = r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
UNIT = r"(?:second|minute|hour|day)s?"
DAY_AND_TIME = r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
# What need only look alike: in the page → in what was printed.
ALIKE = {
    rf"\b(?:\d+ {UNIT} ago|just now|now)\b": rf"(?:\d+ {UNIT} ago|just now|now)",
    DAY_AND_TIME: DAY_AND_TIME,
    r"\b\d+(?:\.\d+)? ?(?:ms|s|seconds?)\b": r"\d+(?:\.\d+)? ?(?:ms|s|seconds?)",
    r"\btfevents\.\d+\.[\w-]+\.": r"tfevents\.\d+\.[\w.-]+\.",
    r"\b\d{16}\b": r"\d{16}",
    r"\b\d+(?= bytes +\S+\.ref\.json)": r"\d+",  # a reference file holds the path of the project
    r"\b[0-9a-f]{64}\b": "[0-9a-f]{64}",
    r"\b(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,12}\b": "[0-9a-f]{7,12}",
    r"\.\.\.": ".*?",
    r" +": " +",
}
TOKEN = re.compile("|".join((rf"(?P<same>{ID}|{NAME})", *(rf"(?P<alike{n}>{page})" for n, page in enumerate(ALIKE)))))


@dataclass
class Reader:
    """Somebody who follows a page: in a home and a project of their own."""

    home: Path
    folder: Path
    known: dict[str, str] = field(default_factory=dict)  # names and IDs: in the page → here

    def run(self, command: str) -> tuple[str, int]:
        """Type a command; what it prints, as the page would show it, and its exit code."""
        if command.startswith("cd "):
            self.folder = (self.folder / self._here(command[3:])).resolve()
            return "", 0
        env = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "USER": "sam",
            "LOGNAME": "sam",
            "COLUMNS": "100",
        }
        done = subprocess.run(
            ["bash", "-c", self._here(command)],
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=100,
            check=False,
        )
        text = done.stdout.decode("utf-8", "replace").replace(str(self.home), HOME).replace(BIN, f"{HOME}/venv/bin")
        return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n"), done.returncode

    def _here(self, text: str) -> str:
        for theirs, ours in self.known.items():
            text = text.replace(theirs, ours)
        return text.replace(HOME, str(self.home))

    def sees(self, expected: str, printed: str) -> bool:
        """Whether what was printed is what the page says; remembers new names of runs."""
        pattern, groups = self._pattern(expected)
        found = re.fullmatch(pattern, printed, re.DOTALL)
        if found:
            self.known.update({theirs: found[group] for theirs, group in groups.items()})
        return found is not None

    def _pattern(self, expected: str) -> tuple[str, dict[str, str]]:
        groups: dict[str, str] = {}
        parts: list[str] = []
        end = 0
        for token in TOKEN.finditer(expected):
            parts.append(re.escape(expected[end : token.start()]))
            parts.append(self._same(token[0], groups) if token["same"] else _alike(token))
            end = token.end()
        parts.append(re.escape(expected[end:]))
        return "".join(parts), groups

    def _same(self, text: str, groups: dict[str, str]) -> str:
        if text in self.known:
            return re.escape(self.known[text])
        if text in groups:
            return f"(?P={groups[text]})"
        groups[text] = f"run{len(groups)}"
        return f"(?P<{groups[text]}>{NAME if re.fullmatch(NAME, text) else ID})"


def _alike(token: re.Match[str]) -> str:
    return next(here for n, here in enumerate(ALIKE.values()) if token[f"alike{n}"])


@dataclass
class Printed:
    """What the command at `start` to `end` of a page printed in place of what the page says."""

    start: int
    end: int
    command: str
    expected: str
    text: str


def follow(page: Path, reader: Reader) -> list[Printed]:
    """Do all that the page says, in its order; what was printed otherwise than it says."""
    sybil = Sybil(parsers=[_files, _consoles])
    document = sybil.parse(page)
    document.namespace.update(reader=reader, otherwise=[])
    for example in document.examples():
        example.evaluate()
    found: list[Printed] = document.namespace["otherwise"]
    return found


def rewrite(page: Path, otherwise: list[Printed], reader: Reader) -> None:
    """Put what was printed into the page."""
    text = page.read_text("utf-8")
    for change in sorted(otherwise, key=lambda change: change.start, reverse=True):
        shown = change.text
        for theirs, ours in reader.known.items():
            shown = shown.replace(ours, theirs)
        text = text[: change.start] + (shown + "\n" if shown else "") + text[change.end :]
    page.write_text(text, "utf-8")


def _files(document: Document) -> Iterator[Region]:
    for block in RawFencedCodeBlockLexer(re.compile(r'[^\n]*? ?title="(?P<name>[^"\n]+)"[^\n]*\n'))(document):
        yield Region(block.start, block.end, (block.lexemes["name"], block.lexemes["source"]), _write_file)


def _write_file(example: Example) -> None:
    name, source = example.parsed
    path = example.namespace["reader"].folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, "utf-8")


def _consoles(document: Document) -> Iterator[Region]:
    for block in RawFencedCodeBlockLexer(re.compile(r"console(?: exit=(?P<exit>\d+))?\n"))(document):
        yield Region(block.start, block.end, (block.lexemes["source"], int(block.lexemes["exit"] or 0)), _type_in)


COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n(?P<printed>(?:(?!\$ ).*\n)*)", re.MULTILINE)


def _type_in(example: Example) -> None:
    source, exit_code = example.parsed
    reader: Reader = example.namespace["reader"]
    at = example.start + example.document.text[example.start : example.end].index(source)
    commands = list(COMMAND.finditer(source))
    for command in commands:
        expected = command["printed"].strip("\n")
        text, code = reader.run(command["command"])
        wanted = exit_code if command is commands[-1] else 0
        assert code == wanted, f"exit code {code} in place of {wanted}: $ {command['command']}\n{text}"
        if not reader.sees(expected, text):
            start, end = command.span("printed")
            example.namespace["otherwise"].append(Printed(at + start, at + end, command["command"], expected, text))
