"""Files in a newer Python's syntax than that of the Python which runs Gage."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from gage.formats import newer_python, python, python_values
from gage.types.errors import ConfigError

TEXT = 'lr = 0.1  # é\nclass C:\n    n = 1\ntype X = int\ndef f[T](x: T) -> T:\n    return f"{"x"}"\n'


def newer() -> Path | None:
    """A newer Python on this machine."""
    folders = [f for f in os.environ["PATH"].split(os.pathsep) if not f.endswith("shims")]
    for folder in (*folders, *Path(pwd.getpwuid(os.getuid()).pw_dir).glob(".pyenv/versions/*/bin")):
        for name in (f"python3.{minor}" for minor in range(sys.version_info.minor + 1, sys.version_info.minor + 6)):
            if (path := Path(folder, name)).is_file():
                return path
    return None


def test_a_newer_python_is_asked(tmp_path, monkeypatch):
    path = newer()
    if path is None:
        pytest.skip("no newer Python is installed")
    (tmp_path / "python").symlink_to(path)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = python.read(TEXT.encode())
    assert {n: (f.value, f.line, f.description, f.aliases) for n, f in found.items() if not f.is_hidden} == {
        "lr": (0.1, 1, "é", ()),
        "C.n": (1, 3, "", ("n",)),
    }
    assert python.apply(TEXT.encode(), {"lr": 5}) == TEXT.replace("0.1", "5").encode()
    with pytest.raises(ConfigError, match="There is no setting 'x'"):
        python.apply(TEXT.encode(), {"x": 5})
    with pytest.raises(ConfigError, match=r"cannot be read as Python \(line 1\)"):
        python.read(b"x = (\n")


def test_where_there_is_none(tmp_path, monkeypatch):
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    (tmp_path / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    for call in (lambda: python.read(b"x = (\n"), lambda: python.apply(b"x = (\n", {})):
        with pytest.raises(ConfigError, match=r"cannot be read as Python \(line 1\)"):
            call()


def test_what_it_is_asked():
    """The question and the answer, in a process of their own."""
    code = "from gage.config import newer_python; newer_python.answer()"
    ask = [sys.executable, "-c", code]
    done = subprocess.run(ask, input=b'{"text": "lr = 1", "values": {"lr": 2}}', capture_output=True, check=True)
    assert done.stdout == b'"lr = 2"'
    done = subprocess.run(ask, input=b'{"text": "lr = (", "values": {}}', capture_output=True, check=True)
    assert b"cannot be read as Python" in done.stdout
    assert issubclass(python_values.PythonSyntaxError, ConfigError)
    assert newer_python.TIMEOUT <= 30
