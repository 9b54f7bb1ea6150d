"""Runs real programs for tests, through the API in this process or through the `gage` command."""

import os
import subprocess
import sys
from pathlib import Path

import pexpect

from gage.lib import uuid7
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.runner import runner
from gage.runner.stdio import UserStreams
from gage.store.meta import MetaReader
from gage.store.output_log import read_lines
from gage.store.store import RunStore


class Recorder:
    """Records the events of a run."""

    def __init__(self):
        self.streams = {1: b"", 2: b""}
        self.notices = []
        self.steps = []

    def step(self, name):
        self.steps.append(name)

    def output(self, stream, data):
        self.streams[stream] += data

    def notice(self, text):
        self.notices.append(text)

    def progress(self, task, done, total):
        assert 0 <= done <= total


class Project:
    """A project directory with scripts and a store; its methods plan, stage, start and read runs."""

    def __init__(self, parent: Path):
        self.dir = parent / "project"
        (self.dir / ".gage").mkdir(parents=True)
        self.store = RunStore(self.dir / ".gage" / "runs")
        self.events = Recorder()

    def write(self, name, text):
        """Writes a file of the project. Returns its path."""
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def plan(self, target="train.py", *assignments, **options):
        return plan_run(RunRequest(target, assignments=assignments, cwd=self.dir, store=self.store.root, **options))

    def run(self, target="train.py", *assignments, **options):
        """Plans and executes a run in this process. Returns the run."""
        plan = self.plan(target, *assignments, **options)
        return runner.run_plan(plan, self.store, uuid7.generate(), self.events, UserStreams())

    def stage(self, target="train.py", *assignments, **options):
        return runner.stage_plan(self.plan(target, *assignments, **options), self.store, uuid7.generate(), self.events)

    def start(self, run):
        """Executes a staged run. Returns the run."""
        return runner.start_staged(self.store, run.id, self.events, UserStreams())

    def meta(self, run):
        """Opens the metadata of a run."""
        return MetaReader.open(self.store.get_paths(run.id))

    def read(self, run, name):
        """Returns the text of a metadata member, None if it is missing."""
        with self.meta(run) as meta:
            data = meta.read(name)
            return None if data is None else data.decode("utf-8", "replace")

    def json(self, run, name):
        with self.meta(run) as meta:
            return meta.read_json(name)

    def lines(self, run, phase="run"):
        """Returns stream and bytes of each stored line of output."""
        with self.meta(run) as meta:
            return [(line.stream, line.data) for line in read_lines(meta, phase)]

    def map_kinds(self, run):
        """Returns the kind of each file in the manifest of a run, by path."""
        lines = (line.split(" ", 3) for line in self.read(run, "manifest").splitlines())
        return {path: kind for kind, _, _, path in lines}

    def run_dir(self, run):
        return self.store.get_paths(run.id).run_dir

    def latest(self):
        """Returns the run that was created last."""
        return self.store.read(max(self.store.list_ids()))

    def gage(self, *arguments, **options):
        """Runs the real `gage` command in the project directory and waits for it."""
        options.setdefault("cwd", self.dir)
        return subprocess.run(command(*arguments), capture_output=True, timeout=60, **options)

    def spawn(self, *arguments, **options):
        """Starts the real `gage` command in the project directory."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(command(*arguments), cwd=self.dir, **{**pipes, **options})

    def spawn_on_terminal(self, *arguments, **options):
        """Starts the real `gage` command in the project directory, at a pseudo-terminal (pexpect)."""
        program, *rest = command(*arguments)
        # pexpect would pass on the window size that readline sets in the environment of the C library
        options.setdefault("env", dict(os.environ))
        child = pexpect.spawn(program, rest, cwd=str(self.dir), timeout=20, **options)
        child.delaybeforesend = None
        return child


def command(*arguments):
    return [sys.executable, "-m", "gage", *arguments]


def wait_for_exit(child):
    """Waits until a program at a terminal (pexpect) ends, and returns its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        os.kill(pid, 0)
        return True
