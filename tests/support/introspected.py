"""Creates programs, introspects them, and runs them with values for their parameters."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gage.parsers import build_args, parser_lookup
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.project.plan import plan_run
from gage.project.request import RunRequest
from gage.types.values import JSONValue

HYDRA_IMPORT = """\
import argparse, hydra
argparse.ArgumentParser._check_help = lambda *_: None
"""
"""Imports Hydra so that Hydra 1.3 starts under Python 3.14 as well, whose argparse rejects one of its help texts."""


FORK_EACH = """\
import contextlib, importlib, json, os, runpy, sys, tempfile
script, commands = json.load(sys.stdin)
sys.path.insert(0, os.getcwd())
loaded = tempfile.TemporaryFile("w+")
for n, arguments in enumerate(commands):
    if os.fork():
        if os.wait()[1]:
            sys.exit(f"{arguments} failed")
        if n == 0:
            loaded.seek(0)
            for module in loaded.read().split():
                with contextlib.suppress(Exception):
                    importlib.import_module(module)
    else:
        sys.argv = [script, *arguments]
        with contextlib.suppress(SystemExit):
            runpy.run_path(script, run_name="__main__")
        sys.stdout.flush()
        if n == 0:
            loaded.write(" ".join(sys.modules))
            loaded.flush()
        os._exit(0)
"""
"""Runs a script once for each list of arguments, in forks of a process. It imports what the first run has imported."""


class Program:
    """A program in a directory of its own."""

    def __init__(self, directory: Path, source: str, *args: str, name: str = "train.py") -> None:
        self.directory = directory
        self.script = directory / name
        self.script.write_text(source)
        self.command = [sys.executable, name, *args]

    def find_spec(self) -> ParserSpec | None:
        """Returns its parameters, by introspection or from its source."""
        return parser_lookup.find_parser_spec(self.command, self.script, self.directory, self.directory, {})

    def introspect(self) -> ParserSpec:
        """Returns its parameters; fails if it cannot be introspected."""
        spec = self.find_spec()
        assert spec is not None
        assert spec.origin == "introspected", spec.note
        return spec

    def parameters(self) -> dict[str, Parameter]:
        """Returns its parameters by name; `command name` for those of a sub-command."""
        return {f"{p.command} {p.name}".strip(): p for p in self.introspect().parameters}

    def build_command(self, values: Mapping[str, JSONValue]) -> list[str]:
        """Returns its command with arguments for the values."""
        return build_args.insert_args(self.command, 2, self.introspect(), values)

    def run(self, values: Mapping[str, JSONValue]) -> object:
        """Starts it with the values; returns what it prints as JSON."""
        command = self.build_command(values)
        completed = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, check=False)
        assert completed.returncode == 0, f"{command[2:]}: {completed.stderr or completed.stdout}"
        return json.loads(completed.stdout)

    def run_each(self, values: Sequence[Mapping[str, JSONValue]]) -> list[object]:
        """Runs it once for each of `values`, in forks of one process; returns what each prints as JSON."""
        spec = self.introspect()
        commands = [build_args.insert_args(self.command, 2, spec, each)[2:] for each in values]
        completed = subprocess.run(
            [sys.executable, "-c", FORK_EACH],
            cwd=self.directory,
            input=json.dumps([self.command[1], commands]),
            capture_output=True,
            text=True,
            check=False,
        )
        assert completed.returncode == 0, completed.stderr or completed.stdout
        return [json.loads(line) for line in completed.stdout.splitlines()]

    def list_files(self) -> set[str]:
        """Returns the paths of all files in its directory."""
        files = ((at, name) for at, _, names in os.walk(self.directory) for name in names)
        return {os.path.relpath(os.path.join(at, name), self.directory) for at, name in files}


def run_planned_command(project: Path, target: str, *assignments: str) -> object:
    """Plans a run and starts its command in the project directory; returns what the program prints as JSON."""
    plan = plan_run(RunRequest(target, assignments=assignments, cwd=project))
    command = ["sh", "-c", plan.command.shell] if plan.command.shell else [sys.executable, *plan.command.args[1:]]
    env = os.environ | {"HYDRA_FULL_ERROR": "1"}
    completed = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout)
