"""Real shells at a terminal, in which a test presses keys. What a shell makes of the line is told by a command of ours:
`words`, put in front of the line, writes its arguments into a file.
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
STARTS = {
    "bash": (".bashrc", f"PS1='{READY}> '\nbind 'set bell-style none'\n"),
    "zsh": (".zshrc", f"PROMPT='{READY}> '\nunsetopt beep\n"),
    "fish": (".config/fish/config.fish", f"function fish_prompt; echo -n '{READY}> '; end\nset -g fish_greeting\n"),
    "nushell": (
        ".config/nushell/config.nu",
        f"$env.config.show_banner = false\n$env.PROMPT_COMMAND = '{READY}'\n$env.PROMPT_COMMAND_RIGHT = ''\n",
    ),
}
QUESTIONS = {"\x1b[6n": "\x1b[1;1R", "\x1b[c": "\x1b[?1;2c", "\x1b[0c": "\x1b[?1;2c"}
"""What a terminal is asked, and its answer."""

SEQUENCE = re.compile(r"\x1b(\[[0-9;?<>=]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\)|[78=>]|\([AB])")
DONE = "WORDS-ARE-WRITTEN"
QUIET = 0.5
LISTED = 1.0
SOON = 0.1
"""Seconds: of silence, until a list is shown, of silence after what was waited for."""

TRIES = 4
CTRL_A, CTRL_C = "\x01", "\x03"


class Shell:
    """One interactive shell that was started as a user would, so with what its start files say."""

    def __init__(self, name: str, home: Path, cwd: Path) -> None:
        self.folder = home / "seen"
        self.folder.mkdir()
        _write_words(self.folder)
        file, text = STARTS[name]
        path = home / file
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text() if path.exists() else ""
        path.write_text(text + before)
        env = os.environ | {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}", "SHELL": "/bin/sh"}
        self.child = pexpect.spawn(
            _program(name), cwd=str(cwd), env=env, dimensions=(50, 120), encoding="utf-8", codec_errors="replace"
        )
        self.shown = self.text = ""
        self._until(READY)

    def close(self) -> None:
        """End it."""
        self.child.close(force=True)

    def complete(self, typed: str) -> list[str]:
        """The words of the line after `typed` and TAB."""
        found: list[str] = []
        for attempt in range(TRIES):
            found = self.words(typed, QUIET if attempt else 0)
            if " ".join(found) != typed.strip():
                break
        return found

    def words(self, typed: str, pause: float = 0) -> list[str]:
        """The words of the line after `typed` and TAB, also if nothing is completed; what was shown is in `text`.

        A shell takes keys one after the other, so that all can be sent at once: `pause` is for one that does not.
        """
        out = self.folder / "words.json"
        out.unlink(missing_ok=True)
        self.shown = ""
        for keys in (typed, "\t", f"{CTRL_A}words ", "\r"):
            self.child.send(keys)
            if pause:
                self._settle(pause)
        is_done = self._wait(lambda text: READY in text.partition(DONE)[2], 10)
        self.text = self._text()
        if not is_done:
            self._interrupt()
        return list(map(str, json.loads(out.read_text()))) if out.exists() else []

    def look(self, typed: str, wanted: str) -> str:
        """What is listed after `typed` and TAB, pressed twice if need be."""
        text = ""
        for _ in range(TRIES):
            self.shown = ""
            self.child.send(f"{typed}\t")
            for _ in range(2):
                if self._wait(lambda text: wanted in text, LISTED):
                    break
                self.child.send("\t")
            self._settle(SOON)
            text = self._text()
            self._interrupt()
            if wanted in text:
                break
        return text

    def _interrupt(self) -> None:
        """Leave the line that is typed."""
        self.shown = ""
        self.child.send(CTRL_C)
        self._wait(lambda text: READY in text, 10)
        self._settle(SOON)

    def _text(self) -> str:
        return SEQUENCE.sub("", self.shown)

    def _wait(self, is_there: Callable[[str], bool], most: float) -> bool:
        """Whether what is shown comes to be so, within seconds."""
        end = time.monotonic() + most
        while not is_there(self._text()):
            if time.monotonic() > end:
                return False
            self._read()
        return True

    def _settle(self, quiet: float = QUIET) -> None:
        last = time.monotonic()
        while time.monotonic() - last < quiet:
            if self._read():
                last = time.monotonic()

    def _until(self, wanted: str) -> None:
        end = time.monotonic() + 60
        while wanted not in self.shown:
            assert time.monotonic() < end, self.shown
            self._read()
        self._settle(SOON)

    def _read(self) -> bool:
        try:
            text = self.child.read_nonblocking(65536, timeout=0.02)
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            raise AssertionError(f"The shell has ended: {self.shown}") from None
        for question, reply in QUESTIONS.items():
            for _ in range(text.count(question)):
                self.child.send(reply)
        self.shown += text
        return True


def skip_if_missing(name: str) -> None:
    """Skip the test, with the shell's name, where the shell is not installed."""
    if shutil.which(PROGRAMS[name]) is None:
        pytest.skip(f"{name} ({PROGRAMS[name]}) is not installed, so its completion is NOT TESTED")


def _program(name: str) -> str:
    found = shutil.which(PROGRAMS[name])
    assert found
    return found


def _write_words(folder: Path) -> None:
    script = folder / "words"
    out = folder / "words.json"
    script.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nopen({str(out)!r} + '~', 'w').write(json.dumps(sys.argv[1:]))\n"
        f"os.rename({str(out)!r} + '~', {str(out)!r})\nprint({DONE!r})\n"
    )
    script.chmod(0o755)
