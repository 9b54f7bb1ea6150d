"""Which files of a folder git knows, or would know. Walks no folder that is closed to source code."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

CACHES = frozenset(
    "__pycache__ node_modules .git .hg .svn .gage .guild .dvc .venv .tox .nox .mypy_cache .pytest_cache .ruff_cache"
    " .hypothesis .ipynb_checkpoints .eggs .cache .idea .vscode mlruns wandb lightning_logs".split()
)
"""Folders that are never source code, by name."""
SENTINELS = {
    ".nocopy": "directory with .nocopy",
    "pyvenv.cfg": "virtual environment",
    "conda-meta": "conda environment",
}


def list_project_files(project: Path, skip: Callable[[str, str], None], most: int) -> tuple[set[str], set[str]] | None:
    """Tracked and new (not ignored) files of a git work tree; None when there is none, or no git.

    `skip` is told of folders that are not walked, and why; after `most` entries of new folders no more are looked for.
    """
    top = next((p for p in (project, *project.parents) if (p / ".git").exists()), None)
    if top is None:
        return None
    tracked = run_ls_files(project, "--cached")
    if tracked is None:
        return None
    new = _new_files(project, top, skip, most)
    return (tracked, new) if tracked or new else None


def _new_files(project: Path, top: Path, skip: Callable[[str, str], None], most: int) -> set[str]:
    """Files that git does not ignore and does not know; it does not walk the folders that are closed."""
    folders = [n for n in run_ls_files(project, "--others", "--exclude-standard", "--directory") or () if n[-1] == "/"]
    closed = dict(_sentinels(project, sorted(name.removeprefix("./") for name in folders), most))
    for name, why in closed.items():
        skip(name, why)
    excluded = ("--exclude=" + _pattern(f"{project.relative_to(top).as_posix()}/{name}") for name in closed)
    return run_ls_files(project, "--others", "--exclude-standard", *excluded) or set()


def _pattern(path: str) -> str:
    """Git's pattern for one path below the work tree's top: tied to it by a slash, and without wildcards."""
    return "/" + re.sub(r"([\\*?\[\]])", r"\\\1", path.removeprefix("./"))


def _sentinels(project: Path, folders: list[str], most: int) -> Iterator[tuple[str, str]]:
    """Of these folders and those in them, the ones that are closed, and why."""
    seen = 0
    for name in folders:
        try:
            with os.scandir(project / name) as found:
                entries = {entry.name: entry for entry in found}
        except OSError:
            continue
        seen += len(entries)
        if seen > most:
            return
        sentinel = next((s for s in SENTINELS if s in entries), None) if name else None
        if sentinel:
            yield name, SENTINELS[sentinel]
        elif ".git" not in entries:
            inside = (e.name for e in entries.values() if e.is_dir(follow_symlinks=False) and e.name not in CACHES)
            folders += [f"{name}{each}/" for each in sorted(inside)]


def run_ls_files(project: Path, *options: str) -> set[str] | None:
    """What `git ls-files` with these options says; None when it fails."""
    import subprocess

    from gage.lib import git

    command = ["git", "--no-optional-locks", "-C", str(project), "ls-files", "-z", *options]
    if "--others" in options:
        command += [f"--exclude={name}/" for name in sorted(CACHES)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=True, env=git.build_git_env()
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return {os.fsdecode(n) for n in done.stdout.split(b"\0") if n}
