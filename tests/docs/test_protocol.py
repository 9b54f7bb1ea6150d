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


def run_client(language: str, folder: Path) -> dict[str, object]:
    """Runs a client of the page. Returns what `gage show --json` prints about the run."""
    program, name = CLIENTS[language]
    if program != "python" and not shutil.which(program):
        pytest.skip(f"there is no {program} here")
    match = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.S)
    assert match
    (folder / name).write_text(match[1])
    gage = [sys.executable, "-m", "gage"]
    completed = subprocess.run([*gage, "run", name, "--yes"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    details = subprocess.run([*gage, "show", "--json"], cwd=folder, capture_output=True, text=True, timeout=60)
    return json.loads(details.stdout)


def assert_metrics_are_logged(run: dict[str, object]) -> None:
    assert run["metrics"]["loss"]["points"] == 3
    assert run["metrics"]["loss"]["step"] == 2
    assert run["metrics"]["best"]["last"] == 0.25
    assert run["attributes"]["optimizer"] == {"value": "sgd", "origin": "run"}


def test_python_client_logs_metrics(tmp_path: Path) -> None:
    assert_metrics_are_logged(run_client("python", tmp_path))


def test_shell_client_logs_metrics(tmp_path: Path) -> None:
    assert_metrics_are_logged(run_client("sh", tmp_path))


def test_r_client_logs_metrics(tmp_path: Path) -> None:
    assert_metrics_are_logged(run_client("r", tmp_path))


def test_javascript_client_logs_metrics(tmp_path: Path) -> None:
    assert_metrics_are_logged(run_client("js", tmp_path))


def test_julia_client_logs_metrics(tmp_path: Path) -> None:
    assert_metrics_are_logged(run_client("julia", tmp_path))
