"""What `gage check` says of the set-up: facts, and what looks wrong. Changes nothing and prints nothing."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gage.cli.render import terminal
from gage.types.errors import StoreError

if TYPE_CHECKING:
    from gage.lib.plugins import Plugin
    from gage.project.find import Project
    from gage.store.store import RunStore

LIBRARIES = ("click", "psutil", "PyYAML", "regex")
LITTLE_SPACE = 1 << 30
"""So few free bytes are soon used up by a run."""
EARLIEST = 1_735_689_600
"""The start of 2025, in seconds since the epoch: a clock that says less is wrong."""
AHEAD_MS = 60_000
"""So much may one machine's clock be ahead of another's."""


class Wrong(NamedTuple):
    """Something that looks wrong, and what to do."""

    message: str
    hint: str


def facts(store: "RunStore", project: "Project") -> dict[str, str]:
    """Versions and places, by title."""
    import platform

    from gage import __version__
    from gage.identity.user import author
    from gage.index.location import file_system

    gagefile = project.gagefile
    count = len(gagefile.operations) if gagefile else 0
    return {
        "Gage": __version__,
        "Gage is in": str(Path(__file__).resolve().parents[1]),
        "Python": f"{platform.python_version()} ({sys.executable})",
        "Libraries": ", ".join(f"{name} {version or 'missing'}" for name, version in _libraries().items()),
        "Plugins": ", ".join(f"{each}{' (broken)' if each.problem else ''}" for each in plugins()) or "none",
        "Git": _git_version(),
        "System": platform.platform(),
        "User": author(),
        "User config": _user_config(),
        "Variables": " ".join(f"{name}={value}" for name, value in sorted(os.environ.items()) if name[:5] == "GAGE_"),
        "Project": str(project.dir),
        "Project ID": gagefile.project_id if gagefile else "",
        "Gage file": f"{gagefile.path} ({terminal.count_text(count, 'operation')})" if gagefile else "none",
        "Runs": f"{store.root} ({terminal.count_text(sum(1 for _ in _ids(store)), 'run')})",
        "Writable": "yes" if os.access(_existing(store.root), os.W_OK) else "no",
        "File system": f"{file_system(str(_existing(store.root)))}, {terminal.size_text(_free(store.root))} free",
        "Index": _index(store)[0] or "in memory",
    }


def _user_config() -> str:
    from gage.identity.user_config import config_path

    path = config_path()
    return f"{path}{'' if path.exists() else ' (not there)'}" if path else "none"


def wrongs(store: "RunStore", project: "Project") -> Iterator[Wrong]:
    """All that looks wrong, what prevents most first."""
    for name, version in _libraries().items():
        if not version:
            yield Wrong(f"The library {name} is not installed", "Try: pip install --upgrade gage-ml")
    for plugin in plugins():
        if plugin.problem:
            yield Wrong(
                f"The plugin {plugin} cannot be used: {plugin.problem}",
                f"Try: pip install --upgrade {plugin.package}, or pip uninstall {plugin.package}",
            )
    problems = len(project.gagefile.diagnostics) if project.gagefile else 0
    if project.gagefile and problems:
        path = os.path.relpath(project.gagefile.path)
        yield Wrong(f"There {_are(problems, 'problem')} in {path}", f"Try: gage check {path}")
    yield from _of_place(store)
    yield from _of_clock(store)
    try:
        yield from _of_runs(store)
    except StoreError as e:
        yield Wrong(e.message, e.hint)


def plugins() -> "tuple[Plugin, ...]":
    """What other packages add to Gage."""
    from gage.metrics.plugins import installed_readers

    return installed_readers()


def _of_place(store: "RunStore") -> Iterator[Wrong]:
    if store.root.exists() and not store.root.is_dir():
        yield Wrong(f"{store.root} is not a folder", "Use --runs DIR for another one")
        return
    if not os.access(_existing(store.root), os.W_OK | os.X_OK):
        yield Wrong(f"Runs cannot be written to {store.root}", "Check that you may write there, or use --runs DIR")
    elif _free(store.root) < LITTLE_SPACE:
        free = terminal.size_text(_free(store.root))
        yield Wrong(
            f"Only {free} are free where runs are",
            "Remove what is not needed with gage purge, or use --runs DIR on another disk",
        )
    path, why = _index(store)
    if not path:
        yield Wrong(
            f"Each listing reads all runs, as their index cannot be kept: {why}", "Set GAGE_CACHE to a folder of yours"
        )


def _of_clock(store: "RunStore") -> Iterator[Wrong]:
    from gage.lib import uuid7

    now = time.time()
    if now < EARLIEST:
        yield Wrong(f"The clock of this machine says {time.strftime('%Y-%m-%d', time.gmtime(now))}", "Set it")
    latest = max((uuid7.parse_ms(id) for id in _ids(store) if id[14] == "7"), default=0)
    if latest > now * 1000 + AHEAD_MS:
        ahead = terminal.duration_text(int(latest * 1000 - now * 1_000_000))
        yield Wrong(
            f"The latest run was made {ahead} from now: the clock of this machine, or of the run's, is wrong",
            "Compare the clocks: the order of runs is that of their times",
        )


def _of_runs(store: "RunStore") -> Iterator[Wrong]:
    from gage.cli import run_selection
    from gage.store import repair

    damaged = run_selection.find(store, (), statuses=("damaged",)).runs
    if damaged:
        ids = " ".join(f"--run {run.name}" for run in damaged[:3])
        more = " ..." if len(damaged) > 3 else ""
        yield Wrong(f"There {_are(len(damaged), 'damaged run')}", f"Try: gage check {ids}{more}")
    left = repair.find(store)
    if left:
        more = f" (and {len(left) - 1:,} more)" if len(left) > 1 else ""
        can = any(each.mend for each in left)
        yield Wrong(f"{left[0].what}{more}", "Try: gage check --repair" if can else "Look at it with: gage check --all")


def _are(count: int, thing: str) -> str:
    return f"{'is' if count == 1 else 'are'} {terminal.count_text(count, thing)}"


def _ids(store: "RunStore") -> Iterator[str]:
    try:
        yield from store.ids()
    except StoreError:
        return  # it is told elsewhere


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    while not folder.exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def _free(folder: Path) -> int:
    import shutil

    try:
        return shutil.disk_usage(_existing(folder)).free
    except OSError:
        return LITTLE_SPACE


def _index(store: "RunStore") -> tuple[str, str]:
    """The file of the index, or "" and why there is none."""
    from gage.index.database import VERSION, problem
    from gage.index.location import index_path

    path = index_path(str(store.root), VERSION)
    why = "there is no cache folder" if path is None else problem(path) if store.root.is_dir() else ""
    return ("", why) if why or path is None else (path, "")


def _libraries() -> dict[str, str]:
    from importlib import metadata

    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found


def _git_version() -> str:
    import subprocess

    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return "none"
    return done.stdout.strip().removeprefix("git version ")
