"""Finds the project files that a Python file imports."""

import pytest

from gage.static_analysis.import_scan import find_imported_files


@pytest.fixture
def find(tmp_path):
    """Returns a function that finds the imports of a text in `pkg/train.py`, relative to the project."""
    for name in ("util.py", "pkg/train.py", "pkg/data.py", "pkg/sub/__init__.py", "pkg/sub/net.py", "src/lib.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    script = tmp_path / "pkg" / "train.py"
    roots = (script.parent, tmp_path, tmp_path / "src")

    def find_imports(text):
        return [path.relative_to(tmp_path).as_posix() for path in find_imported_files(text.encode(), script, roots)]

    return find_imports


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("import util", ["util.py"]),
        ("import data as d, lib", ["pkg/data.py", "src/lib.py"]),
        ("import sub.net", ["pkg/sub/net.py"]),
        ("from sub import net", ["pkg/sub/__init__.py", "pkg/sub/net.py"]),
        ("from sub.net import Net", ["pkg/sub/net.py"]),
        ("from . import data", ["pkg/data.py"]),
        ("from .sub.net import *", ["pkg/sub/net.py"]),
        ("from .. import util", ["util.py"]),
        ("from sub import (\n    missing,  # a, b\n    net,\n)\n", ["pkg/sub/__init__.py", "pkg/sub/net.py"]),
        ("    import util; x = 1", ["util.py"]),
        ("# import util\nimporter = util\nimport numpy, os", []),
        ("from ..... import util", []),
    ],
)
def test_finds_imported_files(find, text, files):
    assert find(text) == files


def test_script_directory_hides_the_standard_library(find, tmp_path):
    (tmp_path / "pkg" / "random.py").touch()
    (tmp_path / "queue.py").touch()
    assert find("import random, queue") == ["pkg/random.py"]
