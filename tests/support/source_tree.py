"""Parses the modules of `src/gage` for the tests that check the source."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SRC = PROJECT / "src" / "gage"
MODULES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SRC.rglob("*.py"))}


def find_room(path: Path) -> str:
    """Returns the room of a module, "" if it is directly in the package."""
    parts = path.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else ""


def list_imports(tree: ast.Module) -> Iterator[str]:
    """Yields the full names of the modules that a module imports, also those imported in functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def list_project_files() -> list[Path]:
    """Returns the files that Git tracks, or without Git, all files in the directories of the project."""
    try:
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
        names = listing.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [str(path) for folder in ("src", "tests", "docs", "examples") for path in (PROJECT / folder).rglob("*")]
    return [path for name in names if name and (path := PROJECT / name).is_file()]
