"""Runs the demo, twice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import PROJECT

from gage.store.store import RunStore

GAGE = Path(sys.executable).with_name("gage")


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """Copies the examples without the runs of the person who runs the tests."""
    return Path(shutil.copytree(PROJECT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns(".gage")))


def run_demo(examples: Path) -> str:
    env = {**os.environ}
    command = ["sh", "demo.sh", str(GAGE)]
    completed = subprocess.run(command, cwd=examples, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout


@pytest.mark.slow
def test_demo_creates_its_runs_once(examples: Path) -> None:
    first = run_demo(examples)
    assert "epoch: 6" in first
    assert "twice as wide" in first
    store = RunStore(examples / "digits" / ".gage" / "runs")
    runs = [store.read(id) for id in store.list_ids()]
    assert [run.status for run in runs] == ["completed"] * 4
    assert {run.config["lr"] for run in runs} == {0.05, 0.01, 0.3}
    run_demo(examples)
    assert len(list(store.list_ids())) == 4


def test_make_data_reproduces_the_data(examples: Path) -> None:
    data = examples / "digits" / "data" / "digits.txt"
    before = data.read_bytes()
    subprocess.run([sys.executable, "make_data.py"], cwd=examples / "digits", check=True, timeout=60)
    assert data.read_bytes() == before
