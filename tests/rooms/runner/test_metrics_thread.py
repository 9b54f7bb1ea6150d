"""`summaries/metrics.json` during a run and after a kill."""

import os
import signal

import pytest
from runs import Project
from waiting import wait_until

from gage.runner.metrics_thread import pause_after

pytestmark = pytest.mark.measured

PROGRAM = """\
import json, os, pathlib, sys, time
import gage
from gage.metrics.tf_writer import EventWriter
writer = EventWriter("logs/events.out.tfevents.1.box")
go = pathlib.Path(os.environ["GO"])
for step in (1, 2):
    print(f"step {step} printed={step}", flush=True)
    writer.add(step, time.time(), {"event": step})
    writer.flush()
    with open("metrics.jsonl", "a") as file:
        file.write(json.dumps({"step": step, "line": step}) + "\\n")
    gage.log(logged=step, step=step)
    pathlib.Path(os.environ["PIDS"]).write_text(f"{step} {os.getpid()} .")
    while not go.exists():
        time.sleep(0.02)
    if step == 2:
        time.sleep(60)
"""
KILLED = [("program", signal.SIGKILL), ("gage", signal.SIGTERM), ("gage", signal.SIGINT)]


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", PROGRAM.replace("writer = ", 'os.mkdir("logs"); writer = '))
    return project


def list_last_values(project):
    metrics = project.latest().metrics if any(project.store.list_ids()) else {}
    return {name: (each.last, each.step) for name, each in metrics.items()}


def read_step_and_pid(project):
    path = project.dir / "pids"
    text = path.read_text() if path.exists() else ""
    return text.split() if text.endswith(".") else ["0", "0"]


@pytest.mark.parametrize(("receiver", "number"), KILLED)
def test_metrics_are_current_while_running_and_after_kill(project, receiver, number):
    env = {**os.environ, "GO": str(project.dir / "go"), "PIDS": str(project.dir / "pids")}
    gage = project.spawn("run", "train.py", "-y", env=env)
    names = ("printed", "event", "line", "logged")
    wait_until(lambda: list_last_values(project) == dict.fromkeys(names, (1.0, 1)))
    (project.dir / "go").touch()
    wait_until(lambda: read_step_and_pid(project)[0] == "2")
    os.kill(int(read_step_and_pid(project)[1]) if receiver == "program" else gage.pid, number)
    gage.communicate(timeout=30)
    values = list_last_values(project)
    assert {name: values[name] for name in names[:3]} == dict.fromkeys(names[:3], (2.0, 2))
    assert project.latest().status in ("terminated", "error")


@pytest.mark.parametrize(("spent", "pause"), [(0.01, 1.0), (0.055, 1.1), (0.2, 1.2), (0.5, 2.0), (100.0, 30.0)])
def test_pause_depends_on_the_duration_of_a_scan(spent: float, pause: float) -> None:
    assert pause_after(spent) == pytest.approx(pause)
