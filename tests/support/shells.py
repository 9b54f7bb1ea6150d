"""Real shells at a terminal, in which a test presses keys. What a shell makes of the line is told by a command of ours:
`words`, put in front of the line, writes its arguments into a file.
"""

import json
import os
import re
import shutil
import sys
import time
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
QUIET = 0.5
TRIES = 4
CTRL_A, CTRL_C, CTRL_U = "\x01", "\x03", "\x15"


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
        self.shown = ""
        self._until(READY)

    def close(self) -> None:
        """End it."""
        self.child.close(force=True)

    def press(self, keys: str) -> str:
        """What the terminal gets to show after the keys, without control sequences."""
        self.shown = ""
        self.child.send(keys)
        self._settle()
        return SEQUENCE.sub("", self.shown)

    def complete(self, typed: str) -> list[str]:
        """The words of the line after `typed` and TAB."""
        found: list[str] = []
        for _ in range(TRIES):  # a busy machine may be slower than QUIET
            out = self.folder / "words.json"
            out.unlink(missing_ok=True)
            self.press(typed)
            self.press("\t")
            self.press(f"{CTRL_A}words ")
            self.child.send("\r")
            if self._wait_for(out):
                found = json.loads(out.read_text())
            if " ".join(found) != typed.strip():
                break
            self.press(CTRL_C)
        return found

    def look(self, typed: str, wanted: str) -> str:
        """What is listed after `typed` and TAB, pressed twice if need be."""
        text = ""
        for _ in range(TRIES):
            self.press(typed)
            text = self.press("\t")
            if wanted not in text:
                text += self.press("\t")
            self.press(CTRL_C)
            if wanted in text:
                break
        return text

    def _wait_for(self, path: Path) -> bool:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            self._read()
            if path.exists():
                self._settle()
                return True
        return False

    def _settle(self) -> None:
        last = time.monotonic()
        while time.monotonic() - last < QUIET:
            if self._read():
                last = time.monotonic()

    def _until(self, wanted: str) -> None:
        end = time.monotonic() + 60
        while wanted not in self.shown:
            assert time.monotonic() < end, self.shown
            self._read()
        self._settle()

    def _read(self) -> bool:
        try:
            text = self.child.read_nonblocking(65536, timeout=0.05)
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
        f"os.rename({str(out)!r} + '~', {str(out)!r})\n"
    )
    script.chmod(0o755)
