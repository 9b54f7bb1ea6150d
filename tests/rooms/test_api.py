"""`gage.log` and `gage.summary`, in separate processes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    (tmp_path / "some-run").mkdir()
    return tmp_path / "some-run"


def run_python(text: str, folder: Path | None, **more: object) -> "subprocess.CompletedProcess[str]":
    env = {k: v for k, v in os.environ.items() if k not in ("RUN_DIR", "RUN_ID")}
    if folder is not None:
        env |= {"RUN_DIR": str(folder), "RUN_ID": folder.name}
    words = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", text]
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=60, **more)


def read_records(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


def test_log_writes_values_with_step_and_time(run_dir: Path) -> None:
    completed = run_python(
        "import gage\ngage.log(loss=1, step=3)\ngage.log({'train/acc': 0.5}, x=float('nan'))", run_dir
    )
    assert (completed.returncode, completed.stderr) == (0, "")
    first, second = read_records(run_dir)
    assert (first["step"], first["loss"]) == (3, 1.0)
    assert isinstance(first["time"], float)
    assert ("step" in second, second["train/acc"], second["x"] == second["x"]) == (False, 0.5, False)


def test_summary_accepts_numbers_and_text(run_dir: Path) -> None:
    completed = run_python(
        "import gage\ngage.summary(best=0.1, opt='sgd')\ngage.summary({'path': __import__('pathlib').Path('a')})",
        run_dir,
    )
    assert (completed.returncode, completed.stderr) == (0, "")
    assert [r["summary"] for r in read_records(run_dir)] == [{"best": 0.1, "opt": "sgd"}, {"path": "a"}]


def test_does_nothing_outside_of_a_run(tmp_path: Path) -> None:
    completed = run_python("import gage\ngage.log(loss=1)\ngage.summary(a=1)\nprint('on')", None, cwd=tmp_path)
    assert (completed.returncode, completed.stdout, completed.stderr, list(tmp_path.iterdir())) == (0, "on\n", "", [])


@pytest.mark.parametrize("arguments", ["loss='x'", "loss=None", "loss=[1, 2]", "step='x', loss=1"])
def test_rejects_values_that_are_not_numbers(run_dir: Path, arguments: str) -> None:
    completed = run_python(f"import gage\ngage.log({arguments})", run_dir)
    assert completed.returncode == 1
    assert "Error" in completed.stderr


def test_accepts_other_types_of_numbers(run_dir: Path) -> None:
    text = "import gage, decimal, fractions\ngage.log(a=decimal.Decimal('0.5'), b=fractions.Fraction(1, 4), c=True)"
    run_python(text, run_dir)
    assert {k: v for k, v in read_records(run_dir)[0].items() if k != "time"} == {"a": 0.5, "b": 0.25, "c": 1.0}


def test_logs_from_threads_and_processes_at_once(run_dir: Path) -> None:
    text = """
import gage, os, threading
def work(name):
    for i in range(1000):
        gage.log({name: i}, step=i)
gage.log(start=1)
pids = []
for p in range(3):
    pid = os.fork()
    if pid == 0:
        threads = [threading.Thread(target=work, args=(f"{p}/{t}",)) for t in range(3)]
        [t.start() for t in threads]; [t.join() for t in threads]
        raise SystemExit
    pids.append(pid)
[os.waitpid(pid, 0) for pid in pids]
"""
    completed = run_python(text, run_dir)
    assert (completed.returncode, completed.stderr) == (0, "")
    assert len(list(run_dir.iterdir())) == 4
    records = read_records(run_dir)
    assert len(records) == 9001
    assert [r["start"] for r in records if "start" in r] == [1.0]


def test_killed_process_loses_at_most_its_last_second(run_dir: Path) -> None:
    text = """
import gage, os, pathlib, signal, time
for i in range(100):
    gage.log(i=i, step=i)
while sum(file.read_bytes().count(b"\\n") for file in pathlib.Path(os.environ["RUN_DIR"]).glob("*.jsonl")) < 100:
    time.sleep(0.02)
gage.log(i=-1, step=-1)
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert run_python(text, run_dir).returncode == -signal.SIGKILL
    assert [r["step"] for r in read_records(run_dir)][:100] == list(range(100))


def test_program_continues_without_its_run_directory(run_dir: Path) -> None:
    text = "import gage, shutil, os\nshutil.rmtree(os.environ['RUN_DIR'])\ngage.log(a=1)\nprint('on')"
    text = text.replace("shutil.rmtree", "gage.log\nshutil.rmtree")
    completed = run_python(text, run_dir)
    assert (completed.returncode, completed.stdout) == (0, "on\n")
    assert "Gage cannot write logged values" in completed.stderr


def test_gage_does_not_import_its_api() -> None:
    completed = run_python("import gage.cli.main, sys\nprint('gage.api' in sys.modules)", None)
    assert completed.stdout == "False\n"
    assert "no attribute" in run_python("import gage\ngage.nothing", None).stderr
