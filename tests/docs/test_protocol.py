"""Runs the clients of docs/protocol.md."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
CLIENTS = {
    "python": ("python", "log.py"),
    "sh": ("sh", "log.sh"),
    "r": ("Rscript", "log.R"),
    "js": ("node", "log.js"),
    "julia": ("julia", "log.jl"),
}


def logged(language: str, folder: Path) -> dict[str, object]:
    """The metrics and attributes of a run of the page's client."""
    program, name = CLIENTS[language]
    if program != "python" and not shutil.which(program):
        pytest.skip(f"there is no {program} here")
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.S)
    assert found
    (folder / name).write_text(found[1])
    gage = [sys.executable, "-m", "gage"]
    done = subprocess.run([*gage, "run", name, "--yes"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    shown = subprocess.run([*gage, "show", "--json"], cwd=folder, capture_output=True, text=True, timeout=60)
    return json.loads(shown.stdout)


def check(shown: dict[str, object]) -> None:
    assert shown["metrics"]["loss"]["points"] == 3
    assert shown["metrics"]["loss"]["step"] == 2
    assert shown["metrics"]["best"]["last"] == 0.25
    assert shown["attributes"]["optimizer"] == {"value": "sgd", "origin": "run"}


def test_python_client_logs_metrics(tmp_path: Path) -> None:
    check(logged("python", tmp_path))


def test_shell_client_logs_metrics(tmp_path: Path) -> None:
    check(logged("sh", tmp_path))


def test_r_client_logs_metrics(tmp_path: Path) -> None:
    check(logged("r", tmp_path))


def test_javascript_client_logs_metrics(tmp_path: Path) -> None:
    check(logged("js", tmp_path))


def test_julia_client_logs_metrics(tmp_path: Path) -> None:
    check(logged("julia", tmp_path))
