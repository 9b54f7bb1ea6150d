"""The source tree as syntax trees, for the tests that read it."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SRC = PROJECT / "src" / "gage"
MODULES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SRC.rglob("*.py"))}


def room_of(path: Path) -> str:
    """The room that a module is in ("" = the package itself)."""
    parts = path.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else ""


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """Full names of what a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def project_files() -> list[Path]:
    """All files that belong to the project: those Git tracks, or all where there is no Git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
        names = listed.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [str(path) for folder in ("src", "tests", "docs", "examples") for path in (PROJECT / folder).rglob("*")]
    return [path for name in names if name and (path := PROJECT / name).is_file()]
