"""Facts about the machine and the project that other programs have to be asked for: asked early, read late."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from gage.lib import secrets
from gage.lib.git import GitQuery, GitState
from gage.lib.procs import host
from gage.types.plan import RunPlan
from gage.types.values import JSONValue

WAIT = 10.0

_ASK_PYTHON = """\
import json, os, sys
found = {}
for folder in sys.path:
    try:
        names = os.listdir(folder or ".")
    except OSError:
        continue
    for name in names:
        base, dot, kind = name.rpartition(".")
        if kind in ("dist-info", "egg-info") and "-" in base:
            package, version = base.split("-")[:2]
            found.setdefault(package, version)
json.dump({"version": sys.version, "executable": sys.executable, "prefix": sys.prefix, "packages": found}, sys.stdout)
"""


class Inquiry:
    """Questions under way. `start` asks and returns at once; `answers` waits for what was asked."""

    def __init__(self, git: GitQuery | None, python: "subprocess.Popen[bytes] | None") -> None:
        self._git = git
        self._python = python

    @classmethod
    def start(cls, plan: RunPlan) -> "Inquiry":
        """Ask Git about the project, and the program's Python about its packages."""
        return cls(GitQuery.start(Path(plan.project_dir)), _ask_python(plan.interpreter))

    @classmethod
    def nothing(cls) -> "Inquiry":
        """Nothing was asked."""
        return cls(None, None)

    def answers(self) -> tuple[dict[str, JSONValue], bytes]:
        """Member name → its JSON value, and the diff of the project against its commit."""
        found: dict[str, JSONValue] = {}
        python = _answer(self._python) if self._python else None
        if python:
            found["sys/packages.json"] = python.pop("packages", {})
            found["sys/python.json"] = python
        git = self._git.answer(WAIT) if self._git else None
        if git:
            found["sys/git.json"] = _git_json(git)
        return found, secrets.mask(git.diff.decode("utf-8", "replace")).encode() if git else b""

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        if self._git:
            self._git.cancel()
        if self._python:
            self._python.kill()
            self._python.communicate()


def _ask_python(interpreter: str) -> "subprocess.Popen[bytes] | None":
    if not interpreter:
        return None
    try:
        return subprocess.Popen(
            [interpreter, "-c", _ASK_PYTHON],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/" if os.name == "posix" else None,
        )
    except OSError:
        return None


def _answer(process: "subprocess.Popen[bytes]") -> dict[str, JSONValue]:
    try:
        found = json.loads(process.communicate(timeout=WAIT)[0])
    except (subprocess.TimeoutExpired, ValueError):
        process.kill()
        process.communicate()
        return {}
    return found if isinstance(found, dict) else {}


def _git_json(git: GitState) -> JSONValue:
    return {
        "commit": git.commit,
        "branch": git.branch,
        "remote": secrets.mask(git.remote),
        "dirty": git.dirty,
        "diff-cut": git.diff_cut,
    }


def machine() -> dict[str, JSONValue]:
    """Member name → JSON value of what this process can see by itself."""
    system = os.uname() if hasattr(os, "uname") else None
    return {
        "sys/platform.json": {
            "system": sys.platform,
            "release": system.release if system else platform.release(),
            "machine": system.machine if system else platform.machine(),
            "host": host(),
        },
        "sys/hardware.json": {"cpu": _cpu_model(), "cpus": os.cpu_count(), "memory": _memory(), "gpus": _gpus()},
    }


def _cpu_model() -> str:
    for line in _text("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() if sys.platform != "linux" else ""


def _memory() -> int:
    """Bytes of memory, 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def _gpus() -> list[JSONValue]:
    """Models of NVIDIA GPUs, as the driver's files tell."""
    try:
        cards = sorted(Path("/proc/driver/nvidia/gpus").iterdir())
    except OSError:
        return []
    found: list[JSONValue] = []
    for card in cards:
        model = [s for s in _text(str(card / "information")).splitlines() if s.startswith("Model:")]
        found += [m.partition(":")[2].strip() for m in model]
    return found


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16).decode("utf-8", "replace")
    except OSError:
        return ""
