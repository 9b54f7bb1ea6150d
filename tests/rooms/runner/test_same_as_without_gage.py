"""A program behaves as without Gage."""

import subprocess
import sys

import pexpect
import pytest
from runs import command, wait_for_exit
from waiting import wait_for_file_source

pytestmark = pytest.mark.measured


PROBE = """\
import json, os, pickle, sys, logging, __main__
class Thing:
    pass
print(json.dumps({
    "name": __name__, "file": os.path.basename(__file__), "argv": sys.argv, "path0": os.path.relpath(sys.path[0]),
    "exe": sys.executable, "flags": str(sys.flags), "handlers": len(logging.getLogger().handlers),
    "pickle": type(pickle.loads(pickle.dumps(Thing()))).__module__, "main": os.path.basename(__main__.__file__),
    "gage": [m for m in sys.modules if "gage" in m], "tty": [os.isatty(i) for i in (1, 2)],
    "site": "sitecustomize" in sys.modules, "modules": len(sys.modules),
}))
"""


def test_uses_the_same_interpreter_and_modules(project):
    project.write("train.py", PROBE)
    output_without_gage = subprocess.run(
        ["python", "train.py"], cwd=project.dir, capture_output=True, check=True
    ).stdout
    project.run()
    assert project.events.streams[1] == output_without_gage


def test_passes_arguments_unchanged(project):
    project.write("train.py", "import sys; print(sys.argv)\n")
    project.run(command=("python", "train.py", "--x", "a b", ""))
    assert project.events.streams[1] == b"['train.py', '--x', 'a b', '']\n"


def test_supports_multiprocessing_spawn(project):
    project.write(
        "train.py",
        """\
import multiprocessing as mp
class Item:
    def __init__(self, n): self.n = n
def double(item): return Item(item.n * 2)
if __name__ == "__main__":
    mp.set_start_method("spawn")
    with mp.Pool(2) as pool:
        print([i.n for i in pool.map(double, [Item(1), Item(2)])])
""",
    )
    run = project.run()
    assert (run.status, project.events.streams[1]) == ("completed", b"[2, 4]\n")


def test_imports_modules_and_writes_relative_outputs(project):
    project.write("lib/__init__.py", "")
    project.write("lib/model.py", "name = 'model'\n")
    project.write("train.py", "from lib.model import name\nopen('out.txt', 'w').write(name)\n")
    run = project.run()
    assert (project.run_dir(run) / "out.txt").read_text() == "model"
    assert not (project.dir / "out.txt").exists()
    assert not list(project.run_dir(run).rglob("__pycache__"))


def test_forwards_standard_input(project):
    project.write("train.py", "import sys; print(sys.stdin.read().upper())\n")
    completed = project.gage("run", "train.py", input=b"typed")
    assert completed.stdout == b"TYPED\n"


def test_behaves_the_same_on_a_terminal(project):
    text = """\
import os, shutil, sys
print([os.isatty(i) for i in range(3)], shutil.get_terminal_size(), os.ttyname(0) == os.ttyname(1))
print(open("/dev/tty") is not None)
name = input("name? ")
print("hello", name)
import getpass
print(len(getpass.getpass("secret? ")))
"""
    project.write("train.py", text)
    child = project.spawn_on_terminal("run", "train.py", "-y", dimensions=(30, 77))
    child.expect_exact("[True, True, True] os.terminal_size(columns=77, lines=30) True")
    child.expect("True")
    child.expect_exact("name? ")
    child.send("sam\r")
    child.expect("hello sam")
    child.expect_exact("secret? ")
    child.send("hidden\r")
    child.expect("6")
    assert wait_for_exit(child) == 0
    run = project.latest()
    stored_output = b"\n".join(line for _, line in project.lines(run))
    assert b"hello sam" in stored_output
    assert b"hidden" not in stored_output


def test_prints_and_records_output_once(project):
    project.write("train.py", "import sys\nprint('one')\nprint('two', file=sys.stderr)\n")
    child = project.spawn_on_terminal("run", "train.py", "-y")
    terminal_output = child.read()
    assert terminal_output.count(b"one") == 1
    assert terminal_output.count(b"two") == 1
    assert b"one\r\n" in terminal_output
    assert b"\r\r" not in terminal_output
    run = project.latest()
    assert sorted(project.lines(run)) == [(1, b"one"), (2, b"two")]


def test_shows_progress_bars_live(project):
    go = project.dir / "go"
    text = f"""\
import os, sys, time
assert sys.stderr.isatty()
sys.stderr.write('\\r25%')
{wait_for_file_source(go)}
for i in (50, 75, 100):
    sys.stderr.write(f'\\r{{i}}%')
print(file=sys.stderr)
"""
    project.write("train.py", text)
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect("25%")
    go.touch()
    child.expect("75%")
    child.expect(pexpect.EOF)
    assert project.lines(project.latest()) == [(2, b"100%")]


def test_runs_under_a_debugger(project):
    project.write("train.py", "x = 41\nbreakpoint()\nprint(x)\n")
    child = project.spawn_on_terminal("run", "train.py", "-y")
    child.expect_exact("(Pdb)")
    child.send("x + 1\r")
    child.expect("42")
    child.send("c\r")
    assert wait_for_exit(child) == 0


def test_restores_the_terminal(project):
    project.write("train.py", "print('x')\n")
    shell = pexpect.spawn("bash", ["--norc"], cwd=str(project.dir), timeout=20)
    shell.sendline(
        "stty -g > before; " + " ".join(command("run", "train.py", "-y")) + "; stty -g > after; echo finished-$?"
    )
    shell.expect("finished-0")
    shell.close()
    assert (project.dir / "before").read_text() == (project.dir / "after").read_text()


@pytest.mark.slow
def test_captures_large_output_in_constant_memory(project):
    line = "x" * 99
    project.write(
        "train.py", f"import sys\nline = '{line}\\n' * 1000\nfor i in range(5000):\n    sys.stdout.write(line)\n"
    )
    code = (
        "import resource, subprocess, sys\n"
        f"subprocess.run({command('run', 'train.py', '--quiet')!r}, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    completed = subprocess.run([sys.executable, "-c", code], cwd=project.dir, capture_output=True, check=True)
    assert int(completed.stdout) < 150_000  # KB
    run = project.latest()
    with project.meta(run) as meta:
        assert meta.get_size("output/run") == 500_000_000
