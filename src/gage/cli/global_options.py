"""The options `-C` and `--runs`, and what they decide: the current directory, the project, the store."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from gage.identity.listing_settings import ListingSettings
    from gage.project.find import Project
    from gage.store.store import RunStore
    from gage.types.opdef import GageFile

CommandT = TypeVar("CommandT", bound=Callable[..., object])

_RUNS_KEY = "gage.runs"
_PROJECT_KEY = "gage.project"
_STORE_KEY = "gage.store"


def add_global_options(hidden: bool) -> Callable[[CommandT], CommandT]:
    """Adds `-C DIR` and `--runs DIR` to a command; both take effect at once."""

    option = partial(click.option, metavar="DIR", expose_value=False, hidden=hidden)
    help = "Run as if gage was started in DIR."
    directory = option("-C", "directory", is_eager=True, callback=_change_directory, help=help)
    help = "Runs directory (default: $GAGE_RUNS, else that of the project)."
    runs = option("--runs", "runs_option", multiple=True, callback=_store_runs_option, help=help)
    return lambda command: directory(runs(command))


def _change_directory(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    try:
        os.chdir(value)
    except FileNotFoundError:
        raise NotFound(f"Directory {value} does not exist", "-C expects a directory") from None
    except NotADirectoryError:
        raise NotFound(f"{value} is not a directory", "-C expects a directory") from None
    except (OSError, ValueError) as e:
        raise UsageError(f"Cannot change to {value}: {getattr(e, 'strerror', e)}", "-C expects a directory") from None


def _store_runs_option(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> None:
    if values:
        ctx.meta[_RUNS_KEY] = values


def _get_runs_options() -> tuple[str, ...]:
    values: tuple[str, ...] = click.get_current_context().meta.get(_RUNS_KEY, ())
    return values


def _get_runs_option() -> str | None:
    """Returns the value of `--runs`, None if it is not given. Raises UsageError if it is given several times."""
    values = _get_runs_options()
    if len(values) > 1:
        raise UsageError(f"--runs is given {len(values)} times", "Only 'gage view' shows several stores")
    return values[0] if values else None


def get_current_dir() -> Path:
    """Returns the current directory. Raises NotFound if it has been removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise NotFound("The current directory no longer exists", "Change to another one with cd") from None


def require_store() -> None:
    """Raises NotFound if `--runs` names a directory that does not exist."""
    for option in _get_runs_options():
        if option and not os.path.lexists(os.path.expanduser(option)):
            raise NotFound(f"Runs directory {option} does not exist", "Check --runs; 'gage run' creates it")


MAX_GAGEFILE_BYTES = 4_000_000
"""Bytes of a Gage file that are searched."""


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

    option = _get_runs_option()
    cwd = get_current_dir()
    if option is not None or os.environ.get("GAGE_RUNS"):
        return resolve_runs_dir(option, cwd)
    from gage.project.find import find_project_dir

    project_dir = find_project_dir(cwd)
    return resolve_runs_dir(None, project_dir, _read_runs_dir(project_dir))


def suggest_without_runs() -> str:
    """Returns a hint for a store without runs: where those of a directory above are, else how to run something."""
    import shlex

    for directory in get_current_dir().parents:
        if (directory / ".gage" / "runs").is_dir() and directory / ".gage" / "runs" != find_runs_dir():
            return f"There are runs of {directory}: gage -C {shlex.quote(str(directory))} list"
    return "Try: gage run SCRIPT"


def open_store() -> "RunStore":
    """Returns the store that the command works with, the same one each time."""
    from gage.store.store import RunStore

    meta = click.get_current_context().meta
    if _STORE_KEY not in meta:
        meta[_STORE_KEY] = RunStore(find_runs_dir())
    store: RunStore = meta[_STORE_KEY]
    return store


def open_stores() -> "tuple[RunStore, ...]":
    """Returns the stores of `gage view`: one for each `--runs`, else the one that every command works with."""
    from gage.store.locate import resolve_runs_dir
    from gage.store.store import RunStore

    options = _get_runs_options()
    if len(options) < 2:
        return (open_store(),)
    require_store()
    return tuple(RunStore(resolve_runs_dir(option, get_current_dir())) for option in dict.fromkeys(options))


def _read_runs_dir(directory: Path) -> str:
    """Returns the runs directory that the project's Gage file sets, else that of the user's settings, else ""."""
    from gage.identity.user import load_user_config

    project: Project | None = click.get_current_context().meta.get(_PROJECT_KEY)
    gagefile = project.gagefile if project is not None else _load_gagefile_if(directory, b"runs-dir")
    return (gagefile.runs_dir if gagefile else "") or load_user_config().runs_dir


def read_listing_columns(operation: str) -> tuple[str, ...]:
    """Returns the columns that the project's Gage file sets for listings of an operation."""
    from gage.project.find import find_project_dir

    gagefile = _load_gagefile_if(find_project_dir(get_current_dir()), b"listing")
    op = gagefile.operations.get(operation) if gagefile else None
    return op.columns if op else ()


def read_user_listing(operation: str | None) -> "ListingSettings":
    """Returns the user's settings for listings of runs of an operation, or of several operations (None). Raises
    ConfigError.
    """
    from gage.identity.listing_settings import ListingSettings
    from gage.identity.user import load_user_config

    listing = load_user_config().listing
    return ListingSettings() if listing is None else listing.select(operation)


def _load_gagefile_if(directory: Path, word: bytes) -> "GageFile | None":
    """Returns the Gage file of a project if it contains `word`; others are not parsed."""
    from gage.gagefile.file_names import GAGEFILE_NAMES
    from gage.project.find import load_gagefile

    path = next((directory / name for name in GAGEFILE_NAMES if (directory / name).is_file()), None)
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            is_needed = word in file.read(MAX_GAGEFILE_BYTES)
    except OSError:
        return None
    return load_gagefile(directory) if is_needed else None
