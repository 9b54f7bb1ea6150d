"""Runs interactive shells in a pseudo-terminal and sends keys to them, to test completion.

To find out how a shell parses a line, the test inserts a command in front of it, `record-arguments`, which writes its
arguments to a file.
"""

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

PROGRAMS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "nushell": "nu"}
READY = "READY-TO-TYPE"
START_FILES = {
    "bash": (
        ".bashrc",
        f"PS1='{READY}> '\nbind 'set bell-style none'\n"
        "bind 'set completion-query-items -1'\nbind 'set page-completions off'\n",  # no question after a second TAB
    ),
    "zsh": (".zshrc", f"PROMPT='{READY}> '\nunsetopt beep\nLISTMAX=10000\n"),
    "fish": (".config/fish/config.fish", f"function fish_prompt; echo -n '{READY}> '; end\nset -g fish_greeting\n"),
    "nushell": (
        ".config/nushell/config.nu",
        f"$env.config.show_banner = false\n$env.PROMPT_COMMAND = '{READY}'\n$env.PROMPT_COMMAND_RIGHT = ''\n",
    ),
}
TERMINAL_QUERIES = {"\x1b[6n": "\x1b[1;1R", "\x1b[c": "\x1b[?1;2c", "\x1b[0c": "\x1b[?1;2c"}
"""Control sequences that query the terminal → its reply."""

SEQUENCE = re.compile(r"\x1b(\[[0-9;?<>=]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[78=>]|\([AB])")
RECORDED = "ARGUMENTS-ARE-RECORDED"
KEY_PAUSE_SECONDS = 0.5
"""Silence after each key, when sending all keys at once has failed."""
LIST_TIMEOUT_SECONDS = 1.0
"""Time until a shell shows its list of completions: three times as long at each further attempt."""
SETTLE_SECONDS = 0.1
"""Silence after the expected output."""

MAX_ATTEMPTS = 4
CTRL_A, CTRL_C = "\x01", "\x03"


class Shell:
    """An interactive shell that has read its start files."""

    def __init__(self, name: str, home: Path, cwd: Path) -> None:
        self.name = name
        self.directory = home / "recorded"
        self.directory.mkdir()
        _write_recorder(self.directory)
        file, text = START_FILES[name]
        path = home / file
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text() if path.exists() else ""
        path.write_text(text + before)
        env = os.environ | {"PATH": f"{self.directory}{os.pathsep}{os.environ['PATH']}", "SHELL": "/bin/sh"}
        self.child = pexpect.spawn(
            _find_program(name), cwd=str(cwd), env=env, dimensions=(50, 120), encoding="utf-8", codec_errors="replace"
        )
        self.raw_output = self.text = ""
        self._wait_for_text(READY)

    def close(self) -> None:
        """Ends the shell."""
        self.child.close(force=True)

    def complete(self, line: str, end: str = "") -> list[str]:
        """Types a line, TAB and `end`, again if nothing is completed. Returns the arguments that the shell parses."""
        arguments: list[str] = []
        for attempt in range(MAX_ATTEMPTS):
            arguments = self.type_line_and_tab(line, KEY_PAUSE_SECONDS if attempt else 0, end)
            if " ".join(arguments) != line.strip():
                break
        return arguments

    def type_line_and_tab(self, line: str, pause: float = 0, end: str = "") -> list[str]:
        """Types a line, TAB and `end`. Returns the arguments that the shell parses, and stores its output in `text`.

        `pause` is in seconds after each key, for a shell that loses keys which are sent at once.
        """
        path = self.directory / "arguments.json"
        path.unlink(missing_ok=True)
        self.raw_output = ""
        for keys in (line, "\t", end, f"{CTRL_A}record-arguments ", "\r"):
            self.child.send(keys)
            if pause:
                self._wait_for_silence(pause)
        is_recorded = self._wait(lambda text: READY in text.partition(RECORDED)[2], 10)
        self.text = self._plain_output()
        if not is_recorded:
            self._interrupt()
        return list(map(str, json.loads(path.read_text()))) if path.exists() else []

    def list_completions(self, line: str, expected: str) -> str:
        """Types a line and TAB, once or twice, until `expected` is listed. Returns the output of the shell."""
        text = ""
        for attempt in range(MAX_ATTEMPTS):
            self.raw_output = ""
            self.child.send(f"{line}\t")
            for _ in range(2):
                if self._wait(lambda text: expected in text, LIST_TIMEOUT_SECONDS * 3**attempt):
                    break
                self.child.send("\t")
            self._wait_for_silence(SETTLE_SECONDS)
            text = self._plain_output()
            self._interrupt()
            if expected in text:
                break
        return text

    def _interrupt(self) -> None:
        """Discards the line that is typed."""
        self.raw_output = ""
        self.child.send(CTRL_C)
        self._wait(lambda text: READY in text, 10)
        self._wait_for_silence(SETTLE_SECONDS)

    def _plain_output(self) -> str:
        return SEQUENCE.sub("", self.raw_output)

    def _wait(self, condition: Callable[[str], bool], timeout: float) -> bool:
        """Returns whether the output meets a condition within `timeout` seconds."""
        end = time.monotonic() + timeout
        while not condition(self._plain_output()):
            if time.monotonic() > end:
                return False
            self._read()
        return True

    def _wait_for_silence(self, seconds: float) -> None:
        last = time.monotonic()
        while time.monotonic() - last < seconds:
            if self._read():
                last = time.monotonic()

    def _wait_for_text(self, text: str) -> None:
        end = time.monotonic() + 60
        while text not in self.raw_output:
            assert time.monotonic() < end, self.raw_output
            self._read()
        self._wait_for_silence(SETTLE_SECONDS)

    def _read(self) -> bool:
        try:
            text = self.child.read_nonblocking(65536, timeout=0.02)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            raise AssertionError(f"The shell has ended: {self.raw_output}") from None
        for query, reply in TERMINAL_QUERIES.items():
            for _ in range(text.count(query)):
                self.child.send(reply)
        self.raw_output += text
        return True


def skip_if_missing(name: str) -> None:
    """Skips the test if the shell is not installed."""
    if shutil.which(PROGRAMS[name]) is None:
        pytest.skip(f"{name} ({PROGRAMS[name]}) is not installed, so its completion is NOT TESTED")


def _find_program(name: str) -> str:
    path = shutil.which(PROGRAMS[name])
    assert path
    return path


def _write_recorder(directory: Path) -> None:
    script = directory / "record-arguments"
    path = directory / "arguments.json"
    script.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nopen({str(path)!r} + '~', 'w').write(json.dumps(sys.argv[1:]))\n"
        f"os.rename({str(path)!r} + '~', {str(path)!r})\nprint({RECORDED!r})\n"
    )
    script.chmod(0o755)
