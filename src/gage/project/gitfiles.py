"""Lists the files of a directory that git tracks or would track. Never walks directories excluded from source code."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

CACHE_DIRECTORIES = frozenset(
    "__pycache__ node_modules .git .hg .svn .gage .guild .dvc .venv .tox .nox .mypy_cache .pytest_cache .ruff_cache"
    " .hypothesis .ipynb_checkpoints .eggs .cache .idea .vscode mlruns wandb lightning_logs".split()
)
"""Names of directories that are never source code."""
EXCLUSION_MARKERS = {
    ".nocopy": "directory with .nocopy",
    "pyvenv.cfg": "virtual environment",
    "conda-meta": "conda environment",
}


def list_project_files(
    project: Path, skip: Callable[[str, str], None], max_entries: int
) -> tuple[set[str], set[str]] | None:
    """Returns tracked and new (not ignored) files of a git work tree; None without a work tree or git.

    Calls `skip` with each directory that is not walked and the reason. Looks at `max_entries` of new directories.
    """
    top = next((p for p in (project, *project.parents) if (p / ".git").exists()), None)
    if top is None:
        return None
    tracked = run_ls_files(project, "--cached")
    if tracked is None:
        return None
    new = _list_new_files(project, top, skip, max_entries)
    return (tracked, new) if tracked or new else None


def _list_new_files(project: Path, top: Path, skip: Callable[[str, str], None], most: int) -> set[str]:
    """Returns files that git neither ignores nor tracks, without walking excluded directories."""
    folders = [n for n in run_ls_files(project, "--others", "--exclude-standard", "--directory") or () if n[-1] == "/"]
    closed = dict(_find_markers(project, sorted(name.removeprefix("./") for name in folders), most))
    for name, why in closed.items():
        skip(name, why)
    excluded = ("--exclude=" + _escape_pattern(f"{project.relative_to(top).as_posix()}/{name}") for name in closed)
    return run_ls_files(project, "--others", "--exclude-standard", *excluded) or set()


def _escape_pattern(path: str) -> str:
    """Returns git's pattern for a single path below the top of the work tree."""
    return "/" + re.sub(r"([\\*?\[\]])", r"\\\1", path.removeprefix("./"))


def _find_markers(project: Path, folders: list[str], most: int) -> Iterator[tuple[str, str]]:
    """Yields the excluded directories among these and those below them, with the reason."""
    seen = 0
    for name in folders:
        try:
            with os.scandir(project / name) as scan:
                entries = {entry.name: entry for entry in scan}
        except OSError:
            continue
        seen += len(entries)
        if seen > most:
            return
        sentinel = next((s for s in EXCLUSION_MARKERS if s in entries), None) if name else None
        if sentinel:
            yield name, EXCLUSION_MARKERS[sentinel]
        elif ".git" not in entries:
            inside = (
                e.name for e in entries.values() if e.is_dir(follow_symlinks=False) and e.name not in CACHE_DIRECTORIES
            )
            folders += [f"{name}{each}/" for each in sorted(inside)]


def run_ls_files(project: Path, *options: str) -> set[str] | None:
    """Returns the output of `git ls-files` with these options; None if it fails."""
    import subprocess

    from gage.lib import git

    command = ["git", "--no-optional-locks", "-C", str(project), "ls-files", "-z", *options]
    if "--others" in options:
        command += [f"--exclude={name}/" for name in sorted(CACHE_DIRECTORIES)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=True, env=git.build_git_env()
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return {os.fsdecode(n) for n in done.stdout.split(b"\0") if n}
