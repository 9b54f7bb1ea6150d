"""minigage works, and it and Gage read each other's stores."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import PROJECT

from gage.store.store import RunStore

MINIGAGE = PROJECT / "docs" / "minigage.py"
SCRIPT = """\
import sys
lr = 0.1  # how fast
name, count = "x", 3
tags = ["a",
        "b"]
print("lr", lr, tags)
print("careful", file=sys.stderr)
open("model.txt", "w").write("weights")
sys.exit(lr > 1)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(SCRIPT)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "net.py").write_text("layers = 3\n")
    (tmp_path / "lib" / "weights.bin").write_bytes(b"\0\1")
    return tmp_path


def run_command(project: Path, *words: str, code: int = 0) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    completed = subprocess.run(words, cwd=project, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert completed.returncode == code, completed.stdout + completed.stderr
    return completed.stdout


def run_minigage(project: Path, *words: str, code: int = 0) -> str:
    return run_command(project, sys.executable, str(MINIGAGE), *words, code=code)


def run_gage(project: Path, *words: str, code: int = 0) -> str:
    return run_command(project, sys.executable, "-m", "gage", *words, code=code)


def open_store(project: Path) -> RunStore:
    return RunStore(project / ".gage" / "runs")


def test_minigage_has_at_most_300_lines() -> None:
    assert len(MINIGAGE.read_text().splitlines()) <= 300


def test_runs_a_changed_copy_of_the_script(project: Path) -> None:
    assert run_minigage(project, "run", "train.py", "lr=0.5", 'tags=["c"]') == "lr 0.5 ['c']\n"
    assert (project / "train.py").read_text() == SCRIPT
    [id] = open_store(project).list_ids()
    copy = project / ".gage" / "runs" / id
    assert "lr = 0.5  # how fast" in (copy / "train.py").read_text()
    assert (copy / "lib" / "net.py").exists()
    assert not (copy / "lib" / "weights.bin").exists()
    assert run_minigage(project, "list").split()[1:3] == ["completed", "train.py"]


def test_rejects_an_unknown_parameter(project: Path) -> None:
    run_minigage(project, "run", "train.py", "rate=1", code=1)
    assert run_minigage(project, "list") == ""


def test_gage_reads_the_store_of_minigage(project: Path) -> None:
    run_minigage(project, "run", "train.py", "lr=0.5")
    run_minigage(project, "run", "train.py", "lr=2", code=1)
    runs = [open_store(project).read(id) for id in sorted(open_store(project).list_ids())]
    assert [(run.op.name, run.status, run.exit, run.config["lr"], run.damage) for run in runs] == [
        ("train.py", "completed", 0, 0.5, ""),
        ("train.py", "error", 1, 2, ""),
    ]
    listing = run_gage(project, "list")
    assert runs[0].name in listing
    assert "error" in listing
    assert run_gage(project, "cat", runs[0].name, "--stdout") == "lr 0.5 ['a', 'b']\n"
    run_gage(project, "check", "--run", runs[0].name)


def test_minigage_reads_the_store_of_gage(project: Path) -> None:
    run_gage(project, "run", "train.py", "lr=0.5", "--label", "from Gage", "--yes")
    run_gage(project, "run", "train.py", "lr=3", "--yes", code=1)
    first, second = run_minigage(project, "list").splitlines()
    assert first.split()[1:3] == ["error", "train.py"]
    assert second.split()[1:5] == ["completed", "train.py", "from", "Gage"]
    assert "lr=0.5" in second
    run_gage(project, "delete", "1", "--yes")
    assert run_minigage(project, "list").splitlines() == [second]


def test_both_record_the_same_run(project: Path) -> None:
    run_minigage(project, "run", "train.py", "lr=0.5")
    run_gage(project, "run", "train.py", "lr=0.5", "--yes")
    one, other = (open_store(project).read(id) for id in sorted(open_store(project).list_ids()))
    assert (one.op, one.source_digest) == (other.op, other.source_digest)
    assert one.config.items() <= other.config.items()  # the real one finds more, such as names in tuples


def test_lists_a_damaged_run(project: Path) -> None:
    run_minigage(project, "run", "train.py")
    [id] = open_store(project).list_ids()
    meta_zip = project / ".gage" / "runs" / f"{id}.meta.zip"
    meta_zip.write_bytes(meta_zip.read_bytes()[:100])
    assert run_minigage(project, "list").split()[1] == "damaged"
