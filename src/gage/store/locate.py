"""Finds the store. Knows the precedence of the places where it can be set, not what is in it."""

import os
from pathlib import Path

from gage.types.errors import UsageError


def resolve_runs_dir(cli: str | None, project: Path, setting: str = "") -> Path:
    """Returns the runs directory: `--runs`, else `GAGE_RUNS`, `$runs-dir`, the user's setting, `<project>/.gage/runs`.

    `cli` is the value of `--runs` (None: not given), relative to the current directory, as is `GAGE_RUNS`; `setting`
    is the Gage file's value, relative to `project`, else the user's. The directory need not exist. Raises UsageError
    for an empty `--runs`.
    """
    if cli is not None:
        return _path(Path.cwd(), cli, "--runs")
    if named := os.environ.get("GAGE_RUNS"):
        return _path(Path.cwd(), named, "GAGE_RUNS")
    if setting:
        return _path(project, setting, "$runs-dir")
    return project / ".gage" / "runs"


def _path(start: Path, text: str, what: str) -> Path:
    if not text or "\x00" in text:
        raise UsageError(f"{what} must name a directory", "Give the path of a runs directory, such as --runs ./runs")
    return Path(os.path.normpath(start / Path(text).expanduser()))
