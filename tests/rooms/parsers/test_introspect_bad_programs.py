"""Programs that do not reach a parser: introspection has no side effects and explains the failure."""

import os
import sys
from pathlib import Path

import pytest
from introspected import Program

from gage.parsers.introspect import probe_process

PARSER = "\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', type=float, default=0.1)\n"
END = "\np.parse_args()\nopen('trained', 'w').close()\n"

REASONS = {
    "import not_installed_here": "No module named 'not_installed_here'",
    "import os; os.open('out.txt', os.O_WRONLY | os.O_CREAT)": "to write out.txt",
    "import os; os.remove('train.py')": "to remove train.py",
    "import os; os.rename('train.py', 'b.py')": "to rename train.py",
    "import shutil; shutil.rmtree('.')": "to remove",
    "import pathlib; pathlib.Path('x').touch()": "to change x",
    "import sqlite3; sqlite3.connect('x.db')": "to open the database x.db",
    "import subprocess; subprocess.run(['touch', 'x'])": "to start touch",
    "import os; os.system('touch x')": "to start touch x",
    "import os; os.fork()": "to start another process",
    "import multiprocessing as m; m.get_context('fork').Process(target=print).start()": "to start another process",
    "import multiprocessing as m; m.get_context('spawn').Process(target=print).start()": "to start another process",
    "import socket; socket.create_connection(('127.0.0.1', 9))": "to use the network",
    "import sys; sys.exit(3)": "it ended before it parsed",
    "import os; os._exit(0)": "it ended before it parsed",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "to send a signal",
    "import os, signal; os.killpg(0, signal.SIGTERM)": "to send a signal",
    "import signal, threading; signal.pthread_kill(threading.get_ident(), signal.SIGTERM)": "to send a signal",
    "import ctypes; ctypes.CDLL(None).system(b'touch x')": "to call the C function system",
    "import ctypes; ctypes.CDLL('libc.so.6').write(1, b'x', 1)": "to call the C function write",
    "import os; os.mkfifo('pipe')": "to make a special file",
    "import os; os.setxattr('train.py', 'user.x', b'1')": "to change train.py",
    "def f(:": "SyntaxError",
}


@pytest.mark.parametrize("line", REASONS)
def test_explains_why_introspection_failed(tmp_path: Path, line: str) -> None:
    program = Program(tmp_path, line + PARSER + END)
    spec = program.find_spec()
    assert spec is not None
    assert spec.origin == "source"
    assert REASONS[line] in spec.note
    assert "Could not introspect train.py" in spec.note
    assert program.list_files() == {"train.py"}


@pytest.mark.parametrize(
    "line",
    [
        "import os; os.chdir('/')",
        "print('x' * 5_000_000)",
        "import sys; sys.stderr.write('x' * 5_000_000)",
        "import sys; sys.stdin.read()",
        "import sys; sys.stdout.close()",
        "import os; os.environ.clear()",
        "import sys; sys.excepthook = None",
        "import tempfile; tempfile.mkdtemp()",
        "import threading; threading.Thread(target=input, daemon=True).start()",
        "try:\n    open('out.txt', 'w')\nexcept OSError:\n    pass",
        "import logging; logging.basicConfig(filename='log.txt'); logging.warning('x')",
        "import os; os.makedirs('out/x'); open('out/x/log', 'w').write('x')",
        "import pathlib; pathlib.Path('out').mkdir(); pathlib.Path('out/x').write_text('x')",
        "import atexit; atexit.register(print, 'x')",
        "assert 'GAGE_PROBE' not in __import__('os').environ",
        "assert 'PYTHONPATH' not in __import__('os').environ",
        "assert not any('introspect/hook' in p for p in __import__('sys').path)",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "import os; os.kill(os.getpid(), 0)",
        "import ctypes; ctypes.pythonapi.Py_GetVersion()",
    ],
)
def test_introspects_programs_with_side_effects(tmp_path: Path, line: str) -> None:
    program = Program(tmp_path, line + PARSER + END)
    assert program.parameters()["lr"].default == 0.1
    assert program.list_files() == {"train.py"}


@pytest.mark.parametrize(
    "line",
    [
        "import signal; signal.pause()",
        "while True: pass",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()",
    ],
)
def test_ends_programs_that_never_parse(tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "train.py"
    script.write_text(f"import os; from pathlib import Path\n{line}\n" + PARSER + END)
    result = probe_process.run_probe([sys.executable, "train.py"], tmp_path, os.environ, timeout=0.5)
    assert result.reason == "it did not reach its parser within 0.5 seconds"


def test_does_not_start_programs_without_a_parser(tmp_path: Path) -> None:
    (tmp_path / "lib.py").write_text(
        "import argparse\ndef f(): pass\nif __name__ == '__main__':\n    argparse.ArgumentParser().parse_args()\n"
    )
    program = Program(tmp_path, "import lib, os\nlr = 0.1\nos.kill(os.getppid(), 9)\n")
    assert program.find_spec() is None


def test_runs_the_sitecustomize_of_the_user(tmp_path: Path) -> None:
    from gage.parsers import parser_lookup

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("import builtins\nbuiltins.mine = 0.7\n")
    (tmp_path / "train.py").write_text(
        PARSER
        + "p.add_argument('--x', default=mine)\nimport os\np.add_argument('--path', default=os.environ['PYTHONPATH'])"
        + END
    )
    directory = str(tmp_path / "own")
    spec = parser_lookup.find_parser_spec(
        [sys.executable, "train.py"], tmp_path / "train.py", tmp_path, tmp_path, {"PYTHONPATH": directory}
    )
    assert spec is not None
    assert {p.name: p.default for p in spec.parameters} == {"lr": 0.1, "x": 0.7, "path": directory}


def test_reports_a_missing_interpreter(tmp_path: Path) -> None:
    result = probe_process.run_probe([str(tmp_path / "python"), "train.py"], tmp_path, os.environ)
    assert "cannot be started" in result.reason


def test_ignores_invalid_parts_of_reports() -> None:
    from gage.parsers.introspect.decode_report import decode_reports

    report = {
        "parser": 3,
        "parameters": [{"name": [], "flags": "x", "bool_words": [1], "line": "a", "choices": {}}, 7],
        "commands": None,
    }
    spec = decode_reports([report])
    assert (spec.parser, spec.commands, spec.parameters[0].name) == ("argparse", (), "")
