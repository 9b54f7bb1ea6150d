"""Finds the project of a directory and loads its Gage file. Reads nothing else."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gage.gagefile.file_names import GAGEFILE_NAMES

if TYPE_CHECKING:
    from gage.types.filter import ProjectRef
    from gage.types.opdef import GageFile  # only for types: `gage list` looks for projects as well
    from gage.types.run import Run

PROJECT_MARKERS = (*GAGEFILE_NAMES, ".git")
"""Entries that make a directory the project of all directories below it."""


class Project(NamedTuple):
    """A project: its directory, and its Gage file (None = it has none)."""

    dir: Path
    gagefile: "GageFile | None" = None


def find_project(cwd: Path) -> Project:
    """Returns the project of `cwd`: the nearest directory upwards with a Gage file or a `.git`, or with a `.gage`.

    A `.gage` that only holds runs makes its own directory a project, but not those below it: Gage creates one wherever
    something is run. The search ends at the home directory (which is a project only if `cwd` is it) and at the root of
    the file system. Without a result, `cwd` itself is the project.
    """
    folder = find_project_dir(cwd)
    return Project(folder, load_gagefile(folder))


def find_project_dir(cwd: Path) -> Path:
    """Returns the directory of the project that `cwd` belongs to."""
    start = Path(os.path.abspath(cwd))
    home = Path(os.path.expanduser("~"))
    for folder in (start, *start.parents):
        if folder == home and folder != start:
            break
        if folder.parent != folder and _is_project(folder, folder == start):
            return folder
    return start


def suggest_project(folder: Path, project: Path) -> str | None:
    """Returns the command that makes `project` the project of what is run in `folder` below it, "" if it is that
    already; None if there is no such command, as `folder` has a Gage file or a `.git`.
    """
    if find_project_dir(folder) == project:
        return ""
    if any((folder / mark).exists() for mark in PROJECT_MARKERS):
        return None
    steps = []
    own, above = shlex.quote(f"{folder}/.gage"), shlex.quote(f"{project}/.gage")
    if (folder / ".gage").exists() and folder != project:  # else `folder` stays its own project, with these runs
        join = f"mv {own}/runs/* {above}/runs/ && rm -r {own}"
        steps.append(join if (project / ".gage").exists() else f"mv {own} {above}")
    if not any((project / mark).exists() for mark in PROJECT_MARKERS):
        steps.append(f"gage -C {shlex.quote(str(project))} init")
    return " && ".join(steps)


def is_run_of(run: "Run", project: Path | str) -> bool:
    """Returns whether the run was made in the directory `project`, also by another path to it."""
    return run.project != "" and os.path.realpath(run.project) == os.path.realpath(project)


def _is_project(folder: Path, is_start: bool) -> bool:
    if any((folder / mark).exists() for mark in PROJECT_MARKERS):
        return True
    try:
        return (is_start and (folder / ".gage").exists()) or any(n != "runs" for n in os.listdir(folder / ".gage"))
    except OSError:
        return False


def parse_project_ref(text: str, cwd: Path) -> "ProjectRef":
    """Returns the project that `text` names: a directory of it, relative to `cwd`, which may be gone; or its ID."""
    from gage.types.filter import ProjectRef

    path = Path(os.path.abspath(cwd / os.path.expanduser(text)))
    if path.is_dir():
        path = find_project_dir(path)
        gagefile = load_gagefile(path)
        id = gagefile.project_id if gagefile else ""
    else:
        id = "" if os.sep in text or text.startswith((".", "~")) else text
    return ProjectRef(tuple(dict.fromkeys((str(path), os.path.realpath(path)))), id)


def load_gagefile(folder: Path) -> "GageFile | None":
    """Returns the Gage file of a project directory, None where there is none."""
    paths = [folder / name for name in GAGEFILE_NAMES]
    path = next((p for p in paths if p.is_file()), None) or next((p for p in paths if os.path.lexists(p)), None)
    if path is None:
        return None
    from gage.gagefile.load import load_gagefile

    return load_gagefile(str(path))
