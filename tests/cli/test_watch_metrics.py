"""`gage watch --metrics`."""

import subprocess
import sys

from gage.cli.follow_metrics import MAX_METRICS, format_line
from gage.types.run import Metric

PROGRAM = """\
import time, pathlib
for step in range(3):
    print(f"step {step} loss={1 / (step + 1):.3f}", flush=True)
    while not pathlib.Path(f"{project}/go-{step}").exists():
        time.sleep(0.02)
"""


def test_prints_each_change_and_the_last_values(gage, project):
    (project / "train.py").write_text(PROGRAM.replace("{project}", str(project)))
    gage("run", "train.py", "--yes", "--background")
    argv = [sys.executable, "-m", "gage", "watch", "--metrics"]
    watch = subprocess.Popen(argv, cwd=project, stdout=subprocess.PIPE, text=True)
    assert watch.stdout
    for step, value in enumerate(("1", "0.5", "0.333")):
        assert watch.stdout.readline().split()[1:] == ["step", str(step), f"loss={value}"]
        (project / f"go-{step}").touch()
    rest = watch.communicate(timeout=20)[0].splitlines()
    assert [line.split()[1:] for line in rest] == [["step", "2", "loss=0.333"]]
    assert watch.returncode == 0


def test_prints_the_last_values_of_a_finished_run(gage, project):
    (project / "train.py").write_text("print('loss: 0.25')")
    gage("run", "train.py", "--yes")
    assert gage("watch", "-m").out.rstrip().endswith("loss=0.25")
    (project / "train.py").write_text("print('nothing')")
    gage("run", "train.py", "--yes")
    assert gage("watch", "-m").out == ""


def metric(value: float, step: int | None = None, time: float | None = None, rank: int | None = None) -> Metric:
    return Metric(value, value, value, value, value, 1, step, time, rank)


def test_shows_ranked_metrics_first_and_the_newest_step():
    line = format_line({"a": metric(1, 3, 10.0), "b": metric(2, 7, 20.0), "c": metric(float("nan"), rank=1)})
    assert line.split()[1:] == ["step", "7", "c=nan", "a=1", "b=2"]


def test_limits_the_line_to_some_of_a_thousand_metrics():
    line = format_line({f"m{i:04}": metric(i) for i in range(1000)})
    assert line.endswith("  …") and line.count("=") == MAX_METRICS


def test_escapes_control_characters_in_names():
    assert "\x1b" not in format_line({"\x1b[2J": metric(1)})
