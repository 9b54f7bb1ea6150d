"""Runs the console blocks of a page as a reader would, and compares the output with the one on the page.

A fenced block ```` ```python title="train.py" ```` is a file of the project. A block ```` ```console ```` contains
commands (`$ command`), each with its output; `console exit=1` gives the exit code of its last command. In expected
output, `...` matches anything. Names and IDs of runs, times, durations, digests and the host in the name of an event
file match any value of the same form, but a run name must stand for the same run on the whole page.
The reader's home directory is `/home/sam`.
"""

import os
import pty
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
AGE = rf"(?:\d+ {UNIT} ago|just now|now)"
SHORT_AGE = r"\d+(?:[smhdy]|mo)"
DAY_AND_TIME = r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
VARIABLE_PARTS = {
    rf"\b(?:{AGE}|{SHORT_AGE}(?=  ))\b": rf"(?:{AGE}|{SHORT_AGE})",
    DAY_AND_TIME: DAY_AND_TIME,
    r"\b\d+(?:\.\d+)? ?(?:ms|s|seconds?)\b": r"\d+(?:\.\d+)? ?(?:ms|s|seconds?)",
    r"\btfevents\.\d+\.[\w-]+\.": r"tfevents\.\d+\.[\w.-]+\.",
    r"\bHost +[\w.-]+": r"Host +[\w.-]+",
    r"\b\d{16}\b": r"\d{16}",
    r"\b\d+(?= bytes +\S+\.ref\.json)": r"\d+",  # a reference file contains the path of the project
    r"\b[0-9a-f]{64}\b": "[0-9a-f]{64}",
    r"\b(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,12}\b": "[0-9a-f]{7,12}",
    r"\.\.\.": ".*?",
    r" +": " +",
}
"""Parts that differ from one execution to the next: pattern on the page → pattern of the actual output."""
QUESTION = re.compile(r".*\((?:Y/n|y/N)\) y(?:\n|$)", re.DOTALL)
"""What Gage prints up to the last answer of the reader."""
TOKEN = re.compile(
    "|".join((rf"(?P<run>{ID}|{NAME})", *(rf"(?P<part{n}>{pattern})" for n, pattern in enumerate(VARIABLE_PARTS))))
)


@dataclass
class DocumentReader:
    """Runs the commands of a page in a home directory and a project directory of its own."""

    home: Path
    directory: Path
    actual_runs: dict[str, str] = field(default_factory=dict)
    """Names and IDs of runs: on the page → in this execution."""

    def run(self, command: str) -> tuple[str, int]:
        """Runs a shell command. Returns its output, with paths as on a page, and its exit code."""
        if command.startswith("cd "):
            self.directory = (self.directory / self._to_actual(command[3:])).resolve()
            return "", 0
        env = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "USER": "sam",
            "LOGNAME": "sam",
            "COLUMNS": "100",
        }
        keyboard, terminal = pty.openpty()
        try:
            os.write(keyboard, b"y\ny\ny\n")
            result = subprocess.run(
                ["bash", "-c", self._to_actual(command)],
                cwd=self.directory,
                env=env,
                stdin=terminal,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=100,
                check=False,
            )
        finally:
            os.close(terminal)
            os.close(keyboard)
        text = result.stdout.decode("utf-8", "replace").replace(str(self.home), HOME).replace(BIN, f"{HOME}/venv/bin")
        text = re.sub(r"\((?:Y/n|y/N)\) ", r"\g<0>y\n", text)  # the echo of the answer
        return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n"), result.returncode

    def _to_actual(self, text: str) -> str:
        """Returns the text of a page with the runs and the home directory of this execution."""
        for on_page, actual in self.actual_runs.items():
            text = text.replace(on_page, actual)
        return text.replace(HOME, str(self.home))

    def matches(self, expected: str, output: str) -> bool:
        """Returns whether output matches the page, and if it does, remembers the runs that the page names."""
        pattern, groups = self._build_pattern(expected)
        match = re.fullmatch(pattern, output, re.DOTALL)
        if match:
            self.actual_runs.update({on_page: match[group] for on_page, group in groups.items()})
        return match is not None

    def _build_pattern(self, expected: str) -> tuple[str, dict[str, str]]:
        """Returns a pattern for the output, and its group for each run that the page names for the first time."""
        groups: dict[str, str] = {}
        parts: list[str] = []
        end = 0
        for token in TOKEN.finditer(expected):
            parts.append(re.escape(expected[end : token.start()]))
            parts.append(self._run_pattern(token[0], groups) if token["run"] else _part_pattern(token))
            end = token.end()
        parts.append(re.escape(expected[end:]))
        return "".join(parts), groups

    def _run_pattern(self, run: str, groups: dict[str, str]) -> str:
        if run in self.actual_runs:
            return re.escape(self.actual_runs[run])
        if run in groups:
            return f"(?P={groups[run]})"
        groups[run] = f"run{len(groups)}"
        return f"(?P<{groups[run]}>{NAME if re.fullmatch(NAME, run) else ID})"


def _part_pattern(token: re.Match[str]) -> str:
    return next(pattern for n, pattern in enumerate(VARIABLE_PARTS.values()) if token[f"part{n}"])


@dataclass
class Difference:
    """A command whose output differs from the page, where the expected output is the text from `start` to `end`."""

    start: int
    end: int
    command: str
    expected: str
    output: str


def execute_page(page: Path, reader: DocumentReader) -> list[Difference]:
    """Writes the files and runs the commands of a page, in its order. Returns the outputs that differ from it."""
    document = Sybil(parsers=[_parse_files, _parse_consoles]).parse(page)
    differences: list[Difference] = []
    document.namespace.update(reader=reader, differences=differences)
    for example in document.examples():
        example.evaluate()
    return differences


def update_page(page: Path, differences: list[Difference], reader: DocumentReader) -> None:
    """Replaces the expected outputs of a page by the actual ones."""
    text = page.read_text("utf-8")
    for difference in sorted(differences, key=lambda difference: difference.start, reverse=True):
        output = difference.output
        for on_page, actual in reader.actual_runs.items():
            output = output.replace(actual, on_page)
        text = text[: difference.start] + (output + "\n" if output else "") + text[difference.end :]
    page.write_text(text, "utf-8")


def format_differences(differences: list[Difference]) -> str:
    """Returns the commands with expected and actual output, for the message of a failed test."""
    return "\n".join(f"$ {d.command}\n--- expected\n{d.expected}\n--- actual\n{d.output}\n" for d in differences)


def _parse_files(document: Document) -> Iterator[Region]:
    for block in RawFencedCodeBlockLexer(re.compile(r'[^\n]*? ?title="(?P<name>[^"\n]+)"[^\n]*\n'))(document):
        yield Region(block.start, block.end, (block.lexemes["name"], block.lexemes["source"]), _write_file)


def _write_file(example: Example) -> None:
    name, source = example.parsed
    path = example.namespace["reader"].directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, "utf-8")


def _parse_consoles(document: Document) -> Iterator[Region]:
    for block in RawFencedCodeBlockLexer(re.compile(r"console(?: exit=(?P<exit>\d+))?\n"))(document):
        yield Region(block.start, block.end, (block.lexemes["source"], int(block.lexemes["exit"] or 0)), _run_commands)


COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)


def _run_commands(example: Example) -> None:
    source, last_exit_code = example.parsed
    reader: DocumentReader = example.namespace["reader"]
    source_start = example.start + example.document.text[example.start : example.end].index(source)
    commands = list(COMMAND.finditer(source))
    for match in commands:
        command, expected = match["command"], match["output"].strip("\n")
        output, exit_code = reader.run(command)
        if not QUESTION.search(expected):
            output = QUESTION.sub("", output)
        expected_exit_code = last_exit_code if match is commands[-1] else 0
        assert exit_code == expected_exit_code, (
            f"expected exit code {expected_exit_code}, got exit code {exit_code}: $ {command}\n{output}"
        )
        if not reader.matches(expected, output):
            start, end = match.span("output")
            difference = Difference(source_start + start, source_start + end, command, expected, output)
            example.namespace["differences"].append(difference)
