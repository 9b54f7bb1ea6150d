"""Staged runs: what they store, who may start them, and signals while staging."""

import json
import os
import signal
import subprocess
import sys
import threading

import pytest
from runs import command

from gage.lib import uuid7
from gage.runner import runner
from gage.runner.background import spawn_background
from gage.runner.stdio import UserStreams
from gage.types.errors import RunFailed, StoreError

SHOW = "import os, json\nprint(json.dumps(dict(os.environ)))\n"


def test_reads_secrets_from_the_environment_at_start(project, monkeypatch):
    project.write("train.py", SHOW)
    staged = project.stage(env={"API_KEY": "s3cr3t", "MODE": "fast"})
    assert b"s3cr3t" not in b"".join(p.read_bytes() for p in project.store.root.rglob("*") if p.is_file())
    monkeypatch.setenv("API_KEY", "s3cr3t-again")
    assert project.start(staged).status == "completed"
    env = json.loads(project.events.streams[1])
    assert (env["API_KEY"], env["MODE"]) == ("s3cr3t-again", "fast")


def test_does_not_stage_a_command_with_a_secret(project):
    with pytest.raises(RunFailed) as error:
        project.stage(command=("true", "--password", "s3cr3t"))
    assert "contains a secret" in error.value.message
    assert not project.store.root.exists()


def test_records_the_project_at_staging(project):
    for words in (["init", "-q"], ["commit", "-qm", "x", "--allow-empty"]):
        subprocess.run(["git", "-C", project.dir, *words], check=True)
    project.write("train.py", "lr = 1\n")
    subprocess.run(["git", "-C", project.dir, "add", "train.py"], check=True)
    staged = project.stage()
    subprocess.run(["git", "-C", project.dir, "commit", "-qm", "later"], check=True)
    run = project.start(staged)
    assert project.json(run, "sys/git.json")["dirty"] == 1
    assert "+lr = 1" in project.read(run, "sys/git.diff")
    assert project.json(run, "sys/python.json")["executable"]


def test_starts_a_staged_run_only_once(project):
    project.write("train.py", "open(__import__('os').environ['PROJECT_DIR'] + '/count', 'a').write('x')\n")
    staged = project.stage()
    starts = [
        subprocess.Popen(command("run", "--start", staged.id, "-y"), cwd=project.dir, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    codes = sorted(bool(p.wait(60)) for p in starts)
    for p in starts:
        p.stderr.close()
    assert codes == [False, True, True, True]
    assert (project.dir / "count").read_text() == "x"


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan.clear(),
        lambda plan: plan.update(cwd="../.."),
        lambda plan: plan.update(cwd="/"),
        lambda plan: plan.update(command=None, env=3),
        lambda plan: plan.update(settings=[{"name": 1}]),
        lambda plan: plan.update(hooks=[]),
    ],
)
def test_rejects_a_damaged_plan(project, change):
    project.write("train.py", "pass\n")
    staged = project.stage()
    path = project.store.get_paths(staged.id).meta_dir / "plan.json"
    plan = json.loads(path.read_text())
    change(plan)
    path.write_text(json.dumps(plan))
    with pytest.raises(StoreError):
        project.start(staged)
    assert project.store.read(staged.id).status == "staged"


def test_passes_secrets_to_a_background_run(project):
    project.write("train.py", "import os\nopen('received', 'w').write(os.environ['API_KEY'])\n")
    (project.dir / ".gage" / "runs").mkdir()
    project.write(".gage/runs/json.py", "raise SystemExit(99)\n")
    staged = project.stage(env={"API_KEY": "s3cr3t"})
    pid = spawn_background(project.store, staged.id, {"API_KEY": "s3cr3t"})
    os.waitpid(pid, 0)
    assert project.store.read(staged.id).status == "completed"
    assert (project.run_dir(staged) / "received").read_text() == "s3cr3t"


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_stops_on_a_signal_while_staging(project, number, code):
    # no shell: one that is about to start a program when it is interrupted loses the signal
    wait = """["python", "-c", "import time; print('ready', flush=True); time.sleep(60)"]"""
    project.write("gage.toml", f'[train.exec]\nstage-runtime = {wait}\nrun = "touch ran"\nfinalize = "touch ran"\n')
    process = project.spawn("run", "train")
    process.stdout.readline()
    process.send_signal(number)
    assert process.wait(20) == code
    run = project.latest()
    assert (run.status, run.exit, run.sealed) == ("terminated", code, True)
    assert not (project.run_dir(run) / "ran").exists()


def test_stops_on_a_signal_between_programs(project):
    """No program is running: Gage itself receives the signal."""
    project.write("train.py", "print('never')\n")

    def step(name):
        if name == "stage_dependencies":
            os.kill(os.getpid(), signal.SIGTERM)

    project.events.step = step
    with pytest.raises(RunFailed) as error:
        project.run()
    assert error.value.code == 143
    run = project.latest()
    assert (run.status, run.exit, run.sealed) == ("terminated", 143, True)
    assert project.events.streams[1] == b""
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_finishes_on_a_signal_while_finishing(project):
    """One signal does not prevent that a completed run is sealed."""
    project.write("train.py", "print('done')\n")
    signalled = []

    def progress(what, done, total):
        if what == "digest" and not signalled:
            signalled.append(what)
            os.kill(os.getpid(), signal.SIGINT)

    project.events.progress = progress
    run = project.run()
    assert signalled
    assert (run.status, run.sealed) == ("completed", True)


def test_second_signal_while_finishing_leaves_the_run_unsealed(project):
    project.write("train.py", "print('done')\n")

    def progress(what, done, total):
        if what == "digest":
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    project.events.progress = progress
    with pytest.raises(RunFailed) as error:
        project.run()
    assert (error.value.message, error.value.code) == ("The run has ended, but it is not sealed", 130)
    run = project.latest()
    assert (run.status, run.exit, run.sealed) == ("completed", 0, False)


def test_runs_outside_the_main_thread(project):
    project.write("train.py", "print('x')\n")
    runs = []
    thread = threading.Thread(target=lambda: runs.append(project.run()))
    thread.start()
    thread.join(60)
    assert runs[0].status == "completed"


def test_keeps_ignored_signals_ignored(project):
    """As nohup does."""
    project.write("train.py", "import signal\nprint(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)\n")
    code = (
        "import signal, subprocess, sys\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        f"subprocess.run({command('run', 'train.py', '-y')!r}, check=True)\n"
    )
    completed = subprocess.run([sys.executable, "-c", code], cwd=project.dir, capture_output=True, check=True)
    assert completed.stdout == b"True\n"


def test_removes_a_run_that_was_not_created(project):
    project.write("train.py", "pass\n")
    plan = project.plan()
    id = uuid7.generate()

    def step(name):
        if name == "create":
            os.kill(os.getpid(), signal.SIGTERM)

    project.events.step = step
    with pytest.raises(RunFailed):
        runner.run_plan(plan, project.store, id, project.events, UserStreams())
    assert not [name for name in os.listdir(project.store.root) if name.startswith(id)]


def test_does_not_write_through_hard_links(project, monkeypatch):
    """A copy may share its content with another one: only the run's own changes."""
    from gage.runner import staging

    project.write("train.py", "lr = 0.1\n")
    (project.dir / "train.py").chmod(0o755)
    copy_source = staging._copy_source

    def copy_and_link(*args):
        entry = copy_source(*args)
        copy = next(project.store.root.glob("*/train.py"))
        copy.unlink()
        os.link(project.dir / "train.py", copy)
        return entry

    monkeypatch.setattr(staging, "_copy_source", copy_and_link)
    run = project.run("train.py", "lr=5")
    path = project.store.get_paths(run.id).run_dir / "train.py"
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("lr = 5.0\n", 0o755)
    assert (project.dir / "train.py").read_text() == "lr = 0.1\n"
