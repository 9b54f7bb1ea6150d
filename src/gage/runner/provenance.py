"""Collects provenance: the machine, and what Git and the program's Python answer. Started early, read late."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gage.lib import secrets
from gage.lib.processes import read_host_id
from gage.types.plan import RunPlan
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.lib.git import GitQuery, GitState

MAX_WAIT_SECONDS = 10.0

_LIST_PACKAGE_DIRS = """\
import os, site, sys
def keep(folder, known=None):
    folders.append(folder)
    return known
folders = [folder for folder in sys.path if folder]
site.addsitedir = keep
known = set()
if hasattr(site, "venv"):
    site.venv(known)
try:
    if site.check_enableusersite():
        site.addusersitepackages(known)
    site.addsitepackages(known)
except Exception:
    pass
for text in [sys.version.replace("\\n", " "), sys.executable, sys.prefix] + folders:
    print(text)
"""
"""Prints Python's version and the directories of packages. With -S, no start-up hook of a package runs."""


Provenance = tuple[dict[str, JSONValue], bytes]
"""Member name → JSON value, and the diff of the project against its commit."""


class ProvenanceProbe:
    """Git and the program's Python at work. `start` returns at once; `collect` waits for their answers."""

    _collected: Provenance | None = None

    def __init__(self, git: "GitQuery | None", python: "subprocess.Popen[bytes] | None", is_own: bool = False) -> None:
        self._git = git
        self._python = python
        self._uses_own_python = is_own

    @classmethod
    def start(cls, plan: RunPlan, of_project: bool = True) -> "ProvenanceProbe":
        """Starts Git, if `of_project`, and the program's Python."""
        git = _start_git(Path(plan.project_dir)) if of_project else None
        if not plan.interpreter:
            return cls(git, None)
        if _is_own_python(plan):
            return cls(git, None, is_own=True)
        return cls(git, _start_python(plan.interpreter, {**os.environ, **plan.env}))

    @classmethod
    def from_provenance(cls, provenance: Provenance) -> "ProvenanceProbe":
        """Returns a probe that has answers already, for many runs of one project."""
        probe = cls(None, None)
        probe._collected = provenance
        return probe

    def collect(self) -> Provenance:
        """Waits for the answers and returns them, the same each time."""
        if self._collected is not None:
            return self._collected
        files = _describe_python(_list_own_package_dirs() if self._uses_own_python else _read_python(self._python))
        git = self._git.wait(MAX_WAIT_SECONDS) if self._git else None
        self._git = self._python = None
        diff = b""
        if git is not None:
            files["sys/git.json"] = _git_to_json(git)
            diff = secrets.mask_diff(git.diff.decode("utf-8", "replace")).encode()
        self._collected = files, diff
        return self._collected

    def cancel(self) -> None:
        """Stops the processes. May be called after `collect`."""
        if self._git:
            self._git.cancel()
        if self._python:
            self._python.kill()
            self._python.communicate()
        self._git = self._python = None


def list_packages(folders: Iterable[str]) -> Mapping[str, str]:
    """Returns name → version of the packages in these directories; as in Python, the first of a name counts."""
    versions: dict[str, str] = {}
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            base, _, kind = name.rpartition(".")
            if kind in ("dist-info", "egg-info") and base:
                package, _, rest = base.partition("-")
                version = rest.partition("-py")[0] or _read_version(f"{folder}/{name}")
                versions.setdefault(package.replace("_", "-").replace(".", "-").lower(), version)
    return dict(sorted(versions.items()))


def _read_version(info: str) -> str:
    """Returns the version of a package whose directory name does not contain it."""
    for line in _read_text(f"{info}/PKG-INFO").partition("\n\n")[0].splitlines():
        if line.startswith("Version: "):
            return line[9:].strip()
    return ""


def _start_git(project: Path) -> "GitQuery | None":
    if not any(os.path.lexists(folder / ".git") for folder in (project, *project.parents)):
        return None
    from gage.lib.git import GitQuery

    return GitQuery.start(project)


def _is_own_python(plan: RunPlan) -> bool:
    """Returns whether the program runs with Gage's own Python and sees the same packages."""
    same_place = os.path.dirname(plan.interpreter) == os.path.dirname(sys.executable)
    same_file = same_place and os.path.realpath(plan.interpreter) == os.path.realpath(sys.executable)
    return same_file and not any(name.startswith("PYTHON") for name in plan.env)


def _describe_python(lines: Sequence[str]) -> dict[str, JSONValue]:
    """Returns member name → JSON value of a Python: its version, executable and prefix, and directories of packages."""
    if len(lines) < 3:
        return {}
    version, executable, prefix, *folders = lines
    return {
        "sys/packages.json": list_packages(folders),
        "sys/python.json": {"version": version, "executable": executable, "prefix": prefix},
    }


def _list_own_package_dirs() -> list[str]:
    """Returns the lines that `_LIST_PACKAGE_DIRS` prints, for Gage's own Python."""
    return [sys.version.replace("\n", " "), sys.executable, sys.prefix, *(folder for folder in sys.path if folder)]


def _start_python(interpreter: str, env: Mapping[str, str]) -> "subprocess.Popen[bytes] | None":
    try:
        return subprocess.Popen(
            [interpreter, "-S", "-c", _LIST_PACKAGE_DIRS],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=env,
            start_new_session=True,  # Ctrl-C must not reach it
        )
    except (OSError, ValueError):
        return None


def _read_python(process: "subprocess.Popen[bytes] | None") -> list[str]:
    if process is None:
        return []
    try:
        return os.fsdecode(process.communicate(timeout=MAX_WAIT_SECONDS)[0]).splitlines()
    except (subprocess.TimeoutExpired, ValueError):
        process.kill()
        process.communicate()
        return []


def _git_to_json(git: "GitState") -> JSONValue:
    return {
        "commit": git.commit,
        "branch": git.branch,
        "remote": secrets.mask_remote(git.remote),
        "dirty": git.changed_files,
        "diff-cut": git.is_diff_truncated,
    }


def describe_machine() -> dict[str, JSONValue]:
    """Returns member name → JSON value of what this process knows about the machine."""
    system = os.uname()
    return {
        "sys/platform.json": {
            "system": sys.platform,
            "release": system.release,
            "machine": system.machine,
            "host": read_host_id(),
        },
        "sys/hardware.json": {
            "cpu": _read_cpu_model(),
            "cpus": os.cpu_count(),
            "memory": _read_memory_bytes(),
            "gpus": _read_gpu_models(),
        },
    }


def _read_cpu_model() -> str:
    for line in _read_text("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return ""


def _read_memory_bytes() -> int:
    """Returns the bytes of memory, 0 if unknown."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def _read_gpu_models(driver: Path = Path("/proc/driver/nvidia/gpus")) -> list[JSONValue]:
    """Returns the models of NVIDIA GPUs, read from the driver's files."""
    try:
        cards = sorted(driver.iterdir())
    except OSError:
        return []
    models: list[JSONValue] = []
    for card in cards:
        model = [s for s in _read_text(str(card / "information")).splitlines() if s.startswith("Model:")]
        models += [m.partition(":")[2].strip() for m in model]
    return models


def _read_text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16).decode("utf-8", "replace")
    except OSError:
        return ""
