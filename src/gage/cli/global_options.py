"""The options `-C` and `--runs`, and what they decide: the current directory, the project, the runs directory."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.project.find import Project
    from gage.types.opdef import GageFile

CommandT = TypeVar("CommandT", bound=Callable[..., object])

_RUNS_KEY = "gage.runs"
_PROJECT_KEY = "gage.project"


def add_global_options(hidden: bool) -> Callable[[CommandT], CommandT]:
    """Adds `-C DIR` and `--runs DIR` to a command; both take effect at once."""

    def decorate(command: CommandT) -> CommandT:
        for option in reversed(_build_options(hidden)):
            command = option(command)
        return command

    return decorate


def _build_options(hidden: bool) -> list[Callable[[CommandT], CommandT]]:
    return [
        click.option(
            "-C",
            "folder",
            metavar="DIR",
            is_eager=True,
            expose_value=False,
            callback=_change_directory,
            hidden=hidden,
            help="Run as if gage was started in DIR.",
        ),
        click.option(
            "--runs",
            "runs_option",
            metavar="DIR",
            expose_value=False,
            callback=_store_runs_option,
            hidden=hidden,
            help="Runs directory (default: $GAGE_RUNS, else that of the project).",
        ),
    ]


def _change_directory(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    try:
        os.chdir(value)
    except FileNotFoundError:
        raise NotFound(f"Directory {value} does not exist", "-C expects a directory") from None
    except (OSError, ValueError) as e:
        raise UsageError(f"Cannot change to {value}: {getattr(e, 'strerror', e)}", "-C expects a directory") from None


def _store_runs_option(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.meta[_RUNS_KEY] = value


def get_current_dir() -> Path:
    """The folder the user is in. Raises `NotFound` when it has been removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise NotFound("The current directory no longer exists", "Change to another one with cd") from None


MAX_GAGEFILE_BYTES = 4_000_000
"""Bytes of a Gage file that are looked at."""


def find_current_project() -> "Project":
    """Returns the project of the current directory. Its Gage file is read once a command."""
    from gage.project.find import find_project

    meta = click.get_current_context().meta
    if _PROJECT_KEY not in meta:
        meta[_PROJECT_KEY] = find_project(get_current_dir())
    project: Project = meta[_PROJECT_KEY]
    return project


def find_runs_dir() -> Path:
    """Returns the runs directory that the command works with; it need not exist."""
    from gage.store.locate import resolve_runs_dir

    given = click.get_current_context().meta.get(_RUNS_KEY)
    cwd = get_current_dir()
    if given is not None or os.environ.get("GAGE_RUNS"):
        return resolve_runs_dir(given, cwd)
    from gage.project.find import find_project_dir

    folder = find_project_dir(cwd)
    return resolve_runs_dir(None, folder, _read_runs_dir(folder) or _read_user_runs_dir())


def _read_runs_dir(folder: Path) -> str:
    project: Project | None = click.get_current_context().meta.get(_PROJECT_KEY)
    gagefile = project.gagefile if project is not None else _load_gagefile_if(folder, b"runs-dir")
    return gagefile.runs_dir if gagefile else ""


def _read_user_runs_dir() -> str:
    from gage.identity.user_config import load_user_config

    return load_user_config().runs_dir


def read_listing_columns(operation: str) -> tuple[str, ...]:
    """Returns the columns that the project's Gage file sets for listings of an operation."""
    from gage.project.find import find_project_dir

    found = _load_gagefile_if(find_project_dir(get_current_dir()), b"listing")
    op = found.operations.get(operation) if found else None
    return op.columns if op else ()


def _load_gagefile_if(folder: Path, word: bytes) -> "GageFile | None":
    """Returns the Gage file of a project if it contains `word`; others are not parsed."""
    from gage.gagefile.file_names import GAGEFILE_NAMES
    from gage.project.find import load_gagefile

    path = next((folder / name for name in GAGEFILE_NAMES if (folder / name).is_file()), None)
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            text = file.read(MAX_GAGEFILE_BYTES)
    except OSError:
        return None
    return load_gagefile(folder) if word in text else None
