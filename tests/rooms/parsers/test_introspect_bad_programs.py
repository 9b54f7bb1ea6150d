"""Programs that do anything but parse: they are asked without harm, and a note says why nothing came of it."""

import os
import sys
import time
from pathlib import Path

import pytest
from asked import Asked

from gage.parsers.introspect import probe_process

PARSER = "\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', type=float, default=0.1)\n"
END = "\np.parse_args()\nopen('trained', 'w').close()\n"

NOTES = {
    "import not_installed_here": "No module named 'not_installed_here'",
    "import os; os.open('out.txt', os.O_WRONLY | os.O_CREAT)": "to write out.txt",
    "import os; os.remove('train.py')": "to remove train.py",
    "import os; os.rename('train.py', 'b.py')": "to rename train.py",
    "import shutil; shutil.rmtree('.')": "to remove .",
    "import pathlib; pathlib.Path('x').touch()": "to change x",
    "import sqlite3; sqlite3.connect('x.db')": "to open the database x.db",
    "import subprocess; subprocess.run(['touch', 'x'])": "to start touch",
    "import os; os.system('touch x')": "to start touch x",
    "import os; os.fork()": "to start another process",
    "import multiprocessing as m; m.get_context('fork').Process(target=print).start()": "to start another process",
    "import multiprocessing as m; m.get_context('spawn').Process(target=print).start()": "to start another process",
    "import socket; socket.create_connection(('127.0.0.1', 9))": "to use the network",
    "import sys; sys.exit(3)": "it ended before",
    "import os; os._exit(0)": "it ended before",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": "it ended before",
    "def f(:": "SyntaxError",
}


@pytest.mark.parametrize("line", NOTES)
def test_the_note_says_why(tmp_path: Path, line: str) -> None:
    program = Asked(tmp_path, line + PARSER + END)
    found = program.find()
    assert found is not None
    assert found.origin == "source"
    assert NOTES[line] in found.note
    assert "train.py could not be asked for its settings" in found.note
    assert program.files() == {"train.py"}


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
        "assert 'GAGE_ASKED' not in __import__('os').environ",
        "assert 'PYTHONPATH' not in __import__('os').environ",
        "assert not any('asking' in p for p in __import__('sys').path)",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    ],
)
def test_nothing_of_this_is_in_the_way(tmp_path: Path, line: str) -> None:
    program = Asked(tmp_path, line + PARSER + END)
    assert program.settings()["lr"].default == 0.1
    assert program.files() == {"train.py"}


@pytest.mark.parametrize(
    "line",
    [
        "import time; time.sleep(60)",
        "while True: pass",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
    ],
)
def test_what_never_parses_is_ended(tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "train.py"
    script.write_text(f"import os; from pathlib import Path\n{line}\n" + PARSER + END)
    began = time.monotonic()
    answer = probe_process.run_probe([sys.executable, "train.py"], tmp_path, os.environ, limit=0.5)
    assert answer.reason == "it did not come to its parser within 0.5 seconds"
    assert time.monotonic() - began < 10


def test_a_program_without_a_parser_is_not_started(tmp_path: Path) -> None:
    (tmp_path / "lib.py").write_text(
        "import argparse\ndef f(): pass\nif __name__ == '__main__':\n    argparse.ArgumentParser().parse_args()\n"
    )
    program = Asked(tmp_path, "import lib, os\nlr = 0.1\nos.kill(os.getppid(), 9)\n")
    assert program.find() is None


def test_the_users_own_start_is_not_forgotten(tmp_path: Path) -> None:
    from gage.parsers import parser_lookup

    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("import builtins\nbuiltins.mine = 0.7\n")
    (tmp_path / "train.py").write_text(
        PARSER
        + "p.add_argument('--x', default=mine)\nimport os\np.add_argument('--path', default=os.environ['PYTHONPATH'])"
        + END
    )
    own = str(tmp_path / "own")
    found = parser_lookup.find_parser_spec(
        [sys.executable, "train.py"], tmp_path / "train.py", tmp_path, tmp_path, {"PYTHONPATH": own}
    )
    assert found is not None
    assert {p.name: p.default for p in found.parameters} == {"lr": 0.1, "x": 0.7, "path": own}


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    answer = probe_process.run_probe([str(tmp_path / "python"), "train.py"], tmp_path, os.environ)
    assert "cannot be started" in answer.reason


def test_a_report_from_a_stranger_is_read_with_care() -> None:
    from gage.parsers.introspect.decode_report import decode_reports

    odd = {
        "parser": 3,
        "parameters": [{"name": [], "flags": "x", "truth": [1], "line": "a", "choices": {}}, 7],
        "commands": None,
    }
    found = decode_reports([odd])
    assert (found.parser, found.commands, found.parameters[0].name) == ("argparse", (), "")
