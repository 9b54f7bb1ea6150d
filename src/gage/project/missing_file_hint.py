"""Explains the failure of a program that did not find a file of the project. Reads only the program's output."""

import os
import re
import shlex
from pathlib import Path

from gage.project.find import suggest_project
from gage.store.layout import REFERENCE_SUFFIX

_PATTERNS = (
    r"No such file or directory: (?P<q>['\"])(?P<path>.+?)(?P=q)",
    r"[Nn]o such file or directory, open (?P<q>['\"])(?P<path>.+?)(?P=q)",
    r"cannot open file (?P<q>['\"‘])(?P<path>.+?)['\"’]: No such file",
    r"opening file (?P<q>['\"])(?P<path>.+?)(?P=q): No such file",
    r"(?:does not exist|not found|Unable to open file|Couldn't find)[^'\"\n]*(?P<q>['\"])(?P<path>[^'\"\n]+)(?P=q)",
    r"(?P<q>['\"])(?P<path>[^'\"\n]+)(?P=q)[^'\"\n]*(?:does not exist|not found)",
    r"(?:^|: )(?P<path>[^\s:'\"]+): No such file or directory",
)
_MISSING_MODULE = r"ModuleNotFoundError: No module named '([\w.]+)'"
_MAX_OUTPUT_BYTES = 64 * 1024


def find_missing_file_hint(
    output: bytes, project: Path, cwd: str = "", script: str = "", run_dir: Path | None = None
) -> tuple[str, str] | None:
    """Returns a message and a hint if the end of `output` names a path of the project, else None.

    `cwd` is the directory below the project in which the program started, `script` its path in the project, `run_dir`
    the directory of its run.
    """
    text = output[-_MAX_OUTPUT_BYTES:].decode("utf-8", "replace")
    for pattern in _PATTERNS:
        for match in re.finditer(pattern, text, re.MULTILINE):
            path = _find_in_project(match["path"], project, cwd)
            if path and cwd and run_dir and _is_in_run(run_dir, match["path"]):
                message = f"The program did not find {match['path']}: it started in {cwd}, and the file is not below it"
                return message, f"To start it in the project: gage -C {shlex.quote(str(project))} run {script} ..."
            if path:
                message = f"The program did not find {match['path']}, which is in the project but not in the run"
                return message, f"To copy it into the run: gage run --depends {shlex.quote(path)} ..."
            if above := _find_above(match["path"], project, cwd):
                message = f"The program did not find {match['path']}, which is outside the project {project}"
                return message, describe_project_above(project, Path(above))
            if start := suggest_script_directory(match["path"], project, cwd, script):
                where = os.path.dirname(script)
                return f"The program did not find {match['path']}, which exists relative to {where}", start
    for match in re.finditer(_MISSING_MODULE, text):
        if hint := _find_linked_module(match[1], project, cwd):
            return hint
    return None


def describe_project_above(project: Path, above: Path) -> str:
    """Returns the hint for a file that is outside the project, but below the directory `above`."""
    command = suggest_project(project, above)
    return f"To make {above} the project: {command}" if command else "A program can read it by its absolute path"


def suggest_script_directory(text: str, project: Path, cwd: str, script: str) -> str:
    """Returns the hint that starts a script in its own directory, if a path such as `../data` leads from there to
    something in the project; else "".
    """
    folder, start = (project / script).parent, project / cwd
    if not script or "\0" in text or not re.match(r"\.\.[/\\]", text) or folder == start:
        return ""
    path = Path(os.path.normpath(folder / text))
    is_inside = path.is_relative_to(project) and path != project
    if not is_inside or not os.path.exists(path) or not (project / script).is_file():
        return ""
    command = suggest_project(folder, project)
    run = f"gage -C {shlex.quote(str(folder))} run {shlex.quote(Path(script).name)} ..."
    if command is None:
        return "A program can read it by its absolute path"
    return f"To start it in {os.path.dirname(script)}: {f'{command} && ' if command else ''}{run}"


def _find_linked_module(module: str, project: Path, cwd: str) -> tuple[str, str] | None:
    """Returns a message and a hint if a module is a link out of the project, which a run does not have."""
    for base in (project / cwd, project):
        for name in (module.partition(".")[0], f"{module.partition('.')[0]}.py"):
            link, target = base / name, Path(os.path.realpath(base / name))
            if link.is_symlink() and target.exists() and not target.is_relative_to(project.resolve()):
                message = f"The program did not find {name}, which is a link out of the project: a run does not have it"
                if target.name != name:
                    return message, f"Replace the link with a copy of {target}"
                return message, f"To find it there: gage run --env PYTHONPATH={shlex.quote(str(target.parent))} ..."
    return None


def _find_above(text: str, project: Path, cwd: str) -> str:
    """Returns the directory that has both the project and a path outside it, "" if there is no such path."""
    path = Path(os.path.normpath(project / cwd / text)) if text.startswith("../") and "\0" not in text else project
    try:
        is_outside = not path.is_relative_to(project) and path.exists()
    except OSError:
        return ""
    return os.path.commonpath((path, project)) if is_outside else ""


def _is_in_run(run_dir: Path, text: str) -> bool:
    """Returns whether a path from the top of the project is in the run, or in a dependency that was replaced by a
    reference file.
    """
    path = Path(os.path.normpath(text))
    replaced = (f"{run_dir / each}{REFERENCE_SUFFIX}" for each in (path, *path.parents))
    return os.path.lexists(run_dir / path) or any(map(os.path.lexists, replaced))


def _find_in_project(text: str, project: Path, cwd: str) -> str:
    """Returns the path relative to the user's directory, "" if the project does not have it."""
    if os.path.isabs(text) or "\0" in text or len(text) > 4000:
        return ""
    for base in (project / cwd, project):
        path = Path(os.path.normpath(base / text))
        if path.is_relative_to(project) and path != project and path.exists():
            return os.path.relpath(path, project / cwd)
    return ""
