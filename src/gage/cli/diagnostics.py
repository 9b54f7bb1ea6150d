"""Facts and problems of the installation, for `gage check`. Changes nothing and prints nothing."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gage.board.formatting import format_count, format_size
from gage.lib import times
from gage.types.errors import StoreError

if TYPE_CHECKING:
    from gage.lib.plugins import Plugin
    from gage.project.find import Project
    from gage.store.store import RunStore

LIBRARIES = ("click", "markdown-it-py", "psutil", "PyYAML", "regex")
MIN_FREE_BYTES = 1 << 30
"""Free bytes below which a warning is shown."""
MIN_CLOCK_SECONDS = 1_735_689_600
"""The start of 2025, in seconds since the epoch: a clock that says less is wrong."""
MAX_CLOCK_SKEW_MS = 60_000
"""So much may one machine's clock be ahead of another's."""


class SetupProblem(NamedTuple):
    """A problem of the installation, and how to solve it."""

    message: str
    hint: str


def collect_facts(store: "RunStore", project: "Project") -> dict[str, str]:
    """Returns versions and paths, by title."""
    import platform

    from gage import __version__
    from gage.identity.user import get_author
    from gage.index.location import read_file_system_type

    gagefile = project.gagefile
    count = len(gagefile.operations) if gagefile else 0
    free = format_size(_free_bytes(store.root))
    return {
        "Gage": __version__,
        "Installed in": str(Path(__file__).resolve().parents[1]),
        "Python": f"{platform.python_version()} ({sys.executable})",
        "Libraries": ", ".join(f"{name} {version or 'missing'}" for name, version in _library_versions().items()),
        "Plugins": ", ".join(f"{each}{' (broken)' if each.problem else ''}" for each in list_plugins()) or "none",
        "Git": _git_version(),
        "System": platform.platform(),
        "User": get_author(),
        "User config": _describe_user_config(),
        "Environment": " ".join(f"{name}={value}" for name, value in sorted(os.environ.items()) if name[:5] == "GAGE_"),
        "Project": str(project.dir),
        "Project ID": gagefile.project_id if gagefile else "",
        "Gage file": f"{gagefile.path} ({format_count(count, 'operation')})" if gagefile else "none",
        "Runs": f"{store.root} ({format_count(sum(1 for _ in _list_ids(store)), 'run')})",
        "Writable": "yes" if os.access(_nearest_existing(store.root), os.W_OK) else "no",
        "File system": f"{read_file_system_type(str(_nearest_existing(store.root)))}, {free} free",
        "Index": _locate_index(store)[0] or "in memory",
    }


def _describe_user_config() -> str:
    from gage.identity.user import locate_user_config

    path = locate_user_config()
    return f"{path}{'' if path.exists() else ' (does not exist)'}" if path else "none"


def find_problems(store: "RunStore", project: "Project") -> Iterator[SetupProblem]:
    """Yields the problems of the installation, the most severe first."""
    for name, version in _library_versions().items():
        if not version:
            yield SetupProblem(f"The library {name} is not installed", "Try: pip install --upgrade gage-ml")
    for plugin in list_plugins():
        if plugin.problem:
            yield SetupProblem(
                f"The plugin {plugin} cannot be used: {plugin.problem}",
                f"Try: pip install --upgrade {plugin.package}, or pip uninstall {plugin.package}",
            )
    problems = len(project.gagefile.diagnostics) if project.gagefile else 0
    if project.gagefile and problems:
        path = os.path.relpath(project.gagefile.path)
        yield SetupProblem(f"{format_count(problems, 'problem')} in {path}", f"Try: gage check {path}")
    yield from _check_location(store)
    yield from _check_clock(store)
    try:
        yield from _check_runs(store)
    except StoreError as e:
        yield SetupProblem(e.message, e.hint)


def list_plugins() -> "tuple[Plugin, ...]":
    """Returns what other packages add to Gage: metrics readers, config formats, parsers and reports."""
    from gage.formats.registry import load_format_plugins
    from gage.metrics.plugins import load_reader_plugins
    from gage.parsers.parser_table import load_parser_plugins
    from gage.report.templates import load_report_plugins

    return (*load_reader_plugins(), *load_format_plugins(), *load_parser_plugins(), *load_report_plugins())


def _check_location(store: "RunStore") -> Iterator[SetupProblem]:
    if store.root.exists() and not store.root.is_dir():
        yield SetupProblem(f"{store.root} is not a directory", "Use --runs DIR to choose another")
        return
    if not os.access(_nearest_existing(store.root), os.W_OK | os.X_OK):
        yield SetupProblem(f"Cannot write runs to {store.root}", "Check its permissions, or use --runs DIR")
    elif _free_bytes(store.root) < MIN_FREE_BYTES:
        free = format_size(_free_bytes(store.root))
        yield SetupProblem(
            f"Only {free} free in the runs directory", "Free space with 'gage purge', or use --runs DIR on another disk"
        )
    path, why = _locate_index(store)
    if not path:
        yield SetupProblem(
            f"Cannot store the index, so each listing reads all runs: {why}",
            "Set GAGE_CACHE to a directory that you can write to",
        )


def _check_clock(store: "RunStore") -> Iterator[SetupProblem]:
    from gage.lib import uuid7

    now = time.time()
    if now < MIN_CLOCK_SECONDS:
        day = time.strftime("%Y-%m-%d", time.gmtime(now))
        yield SetupProblem(f"The clock of this machine is wrong: it says {day}", "Set the clock")
    latest = max((uuid7.parse_ms(id) for id in _list_ids(store) if id[14] == "7"), default=0)
    if latest > now * 1000 + MAX_CLOCK_SKEW_MS:
        ahead = times.format_duration(int(latest * 1000 - now * 1_000_000))
        yield SetupProblem(
            f"The latest run was created {ahead} in the future: a clock is wrong, this machine's or that of the run's",
            "Compare the clocks: runs are ordered by time",
        )


def _check_runs(store: "RunStore") -> Iterator[SetupProblem]:
    from gage.cli import run_selection
    from gage.store import repair

    damaged = run_selection.RunSelection().query(statuses=("damaged",)).require().runs
    if damaged:
        ids = " ".join(f"--run {run.name}" for run in damaged[:3])
        more = " ..." if len(damaged) > 3 else ""
        yield SetupProblem(format_count(len(damaged), "damaged run"), f"Try: gage check {ids}{more}")
    left = [leftover for leftover in repair.find_leftovers(store) if not leftover.is_automatic]
    if left:
        more = f" (and {len(left) - 1:,} more)" if len(left) > 1 else ""
        can = any(each.repair for each in left)
        yield SetupProblem(
            f"{left[0].message}{more}", "Try: gage check --repair" if can else "To see details: gage check --all"
        )


def _list_ids(store: "RunStore") -> Iterator[str]:
    try:
        yield from store.list_ids()
    except StoreError:
        return  # `_check_runs` reports it


def _nearest_existing(path: Path) -> Path:
    """Returns the path, or its nearest parent that exists."""
    while not path.exists() and path.parent != path:
        path = path.parent
    return path


def _free_bytes(directory: Path) -> int:
    import shutil

    try:
        return shutil.disk_usage(_nearest_existing(directory)).free
    except OSError:
        return MIN_FREE_BYTES


def _locate_index(store: "RunStore") -> tuple[str, str]:
    """Returns the file of the index and ""; or "" and the reason why there is none."""
    from gage.index.database import SCHEMA_VERSION, describe_problem
    from gage.index.location import resolve_index_path

    path = resolve_index_path(str(store.root), SCHEMA_VERSION)
    why = "there is no cache directory" if path is None else describe_problem(path) if store.root.is_dir() else ""
    return ("", why) if why or path is None else (path, "")


def _library_versions() -> dict[str, str]:
    from importlib import metadata

    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = ""
    return versions


def _git_version() -> str:
    import subprocess

    try:
        completed = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return "none"
    return completed.stdout.strip().removeprefix("git version ")
