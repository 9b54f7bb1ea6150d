"""Checks for vague names and for text that must not be in the project."""

import ast
import re
from pathlib import Path

import pytest
from source_tree import MODULES, PROJECT, SRC, list_project_files

VAGUE = {"util", "utils", "core", "common", "base", "manager", "helper", "helpers", "misc"}
VAGUE_STARTS = ("handle_", "process_", "do_")

RUN_PARTS = (".meta", ".meta.zip", ".user", ".project", ".cache", ".deleted")

MACHINE = re.compile(
    r"(?<![\w.$~-])/(?:work|farm|opt/py"
    + r"pi|tmp/v)/|(?i:py"
    + r"pi\.org|python"
    + r"hosted|npm"
    + r"js\.|registry\.yarn"
    + r"pkg|deb\.deb"
    + r"ian)"
)

modules = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))


@modules
def test_names_are_not_vague(path: Path) -> None:
    names = {path.stem} | {
        node.name
        for node in ast.walk(MODULES[path])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    vague = {name for name in names if _words(name) & VAGUE or name.lstrip("_").startswith(VAGUE_STARTS)}
    assert vague == set()


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


@modules
def test_only_layout_contains_path_parts_of_a_run(path: Path) -> None:
    if path == SRC / "store" / "layout.py":
        return
    constants = {
        f"{node.value!r} in line {node.lineno}"
        for node in ast.walk(MODULES[path])
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in RUN_PARTS
    }
    assert constants == set()


def test_no_file_names_this_machine_or_a_registry() -> None:
    lines = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in list_project_files()
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), start=1)
        if MACHINE.search(line)
    ]
    assert lines == []


def test_no_file_contains_a_to_do_mark() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|NotImplemented" + r"Error")
    lines = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in list_project_files()
        if path.suffix in (".py", ".md", ".toml", ".sh")
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1)
        if later.search(line)
    ]
    assert lines == []
