"""Runs scripts in the languages that the README lists."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = {
    "hello.py": ("python", 'import os\nprint("hello from", bool(os.environ["RUN_ID"]))\n'),
    "hello.sh": ("sh", 'echo "hello from ${RUN_ID:+True}"\n'),
    "hello.R": ("Rscript", 'cat("hello from", if (nchar(Sys.getenv("RUN_ID"))) "True", "\\n")\n'),
    "hello.jl": ("julia", 'println("hello from ", haskey(ENV, "RUN_ID") ? "True" : "")\n'),
    "hello.js": ("node", 'console.log("hello from", process.env.RUN_ID ? "True" : "")\n'),
    "./hello": ("awk", '#!/usr/bin/awk -f\nBEGIN { print "hello from " (ENVIRON["RUN_ID"] ? "True" : "") }\n'),
}


def run_hello(name: str, folder: Path) -> str:
    """Returns what a script prints as a run. Skips the test if its interpreter is missing."""
    program, source = SCRIPTS[name]
    if program != "python" and not shutil.which(program):
        pytest.skip(f"there is no {program} here")
    script = folder / name
    script.write_text(source)
    if source.startswith("#!"):
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    command = [sys.executable, "-m", "gage", "run", name, "--yes"]
    completed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout.strip()


def test_runs_python(tmp_path: Path) -> None:
    assert run_hello("hello.py", tmp_path) == "hello from True"


def test_runs_shell(tmp_path: Path) -> None:
    assert run_hello("hello.sh", tmp_path) == "hello from True"


def test_runs_r(tmp_path: Path) -> None:
    assert run_hello("hello.R", tmp_path) == "hello from True"


def test_runs_julia(tmp_path: Path) -> None:
    assert run_hello("hello.jl", tmp_path) == "hello from True"


def test_runs_javascript(tmp_path: Path) -> None:
    assert run_hello("hello.js", tmp_path) == "hello from True"


def test_runs_an_executable_file(tmp_path: Path) -> None:
    assert run_hello("./hello", tmp_path) == "hello from True"
