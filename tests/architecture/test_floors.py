"""Checks which modules may import which."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import MODULES, SRC, find_room, list_imports


def test_imports_only_go_down_a_floor() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    completed = subprocess.run([lint, "--no-cache"], cwd=SRC.parent.parent, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr


@pytest.mark.parametrize(
    ("package", "room"),
    [
        ("sqlite3", "index"),
        ("click", "cli"),
        ("rich", "cli"),
        ("curses", "cli"),
        ("pty", "runner"),
        ("yaml", "gagefile formats"),
        ("optuna", "lib"),
    ],
)
def test_a_package_is_imported_only_by_its_rooms(package: str, room: str) -> None:
    strangers = [
        str(path.relative_to(SRC))
        for path, tree in MODULES.items()
        if find_room(path) not in room.split() and package in {name.split(".")[0] for name in list_imports(tree)}
    ]
    assert strangers == []


def test_one_module_imports_optuna() -> None:
    importing = [
        path.name for path, tree in MODULES.items() if any(n.split(".")[0] == "optuna" for n in list_imports(tree))
    ]
    assert importing == ["optuna_study.py"]


def test_types_import_only_the_standard_library() -> None:
    allowed = set(sys.stdlib_module_names) | {"gage"}
    imports = {
        f"{path.relative_to(SRC)}: {name}"
        for path, tree in MODULES.items()
        if find_room(path) == "types"
        for name in list_imports(tree)
        if name.split(".")[0] not in allowed
    }
    assert imports == set()


def test_init_files_of_rooms_contain_no_code() -> None:
    for path, tree in MODULES.items():
        if path.name == "__init__.py" and path.parent != SRC:
            code = [node for node in tree.body if not _is_docstring(node)]
            assert code == [], f"{path}: import the module instead"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
