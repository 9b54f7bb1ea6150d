"""Invalid programs and files: Gage works or prints one clear message, and leaves no files behind."""

import json
import os
import sys
from pathlib import Path

import pytest

from gage.parsers import parser_lookup
from gage.parsers.introspect import probe_process

BIN = str(Path(sys.executable).parent)
PARSES = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.1)
print("lr", p.parse_args().lr)
"""
WITH_SIDE_EFFECTS = {
    "prints megabytes": "import sys\nfor _ in range(200_000): print('x' * 99); print('y', file=sys.stderr)",
    "changes directory": "import os, tempfile\nos.chdir(tempfile.gettempdir())",
    "writes files": "open('a.txt', 'w').write('x'); import os; os.makedirs('d/e'); open('d/e/f', 'w').write('x')",
    "writes beside itself": "import pathlib; pathlib.Path(__file__).with_name('b.txt').write_text('x')",
    "appends": "open('keep.txt', 'a').write('more')",
    "leaves a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(0.2,)).start()",
}
"""What programs do before they parse, and are introspected all the same."""
NOT_INTROSPECTABLE = {
    "needs a package": ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
    "leaves": ("import sys\nif __name__ == '__main__': sys.exit(3)", "it ended before it parsed its arguments"),
    "leaves at once": ("import os\nos._exit(4)", "it ended before it parsed its arguments"),
    "kills itself": ("import os\nos.kill(os.getpid(), 9)", "it tries to send a signal"),
    "closes everything": ("import os\nos.closerange(0, 256)", "it ended before it parsed its arguments"),
    "reads stdin": ("input('name? ')", "EOFError"),
    "forks": ("import os, time\nif os.fork() == 0: time.sleep(60)", "tries to start another process"),
    "starts programs": ("import os\nos.system('touch a.txt')", "tries to start touch a.txt"),
    "removes files": ("import os\nos.remove('keep.txt')", "tries to remove keep.txt"),
    "removes folders": ("import shutil\nshutil.rmtree('data')", "tries to remove data"),
    "uses the network": ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "tries to use the network"),
    "never ends a call": ("def f(): f()\nf()", "RecursionError"),
}
"""What prevents introspection, and the reason that Gage gives."""
ENDLESS = {
    "trains": "import time\nopen('model.txt', 'w').write('x')\nwhile True: time.sleep(0.05)",
    "does not listen": "import signal\nfor s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\nwhile True:\n"
    "    try: signal.pause()\n    except BaseException: pass",
}


@pytest.fixture
def run_program(gage, project, monkeypatch, tmp_path):
    """Writes a program and runs `gage`; fails if the project changes or a temporary file stays."""
    for name, folder in (("TMPDIR", "tmp"), ("GAGE_CACHE", "cache")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("PATH", BIN + os.pathsep + os.environ["PATH"])
    (project / "keep.txt").write_text("kept")
    (project / "data").mkdir()

    def write_and_run(source, *words, code=0):
        (project / "train.py").write_text(source)
        before = tree(project)
        result = gage(*words, code=code)
        assert "Traceback" not in result.err
        assert tree(project) == before
        assert list((tmp_path / "tmp").iterdir()) == []
        return result

    return write_and_run


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def stamps(folder):
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", WITH_SIDE_EFFECTS)
def test_introspects_programs_with_side_effects(name, run_program):
    output = run_program(WITH_SIDE_EFFECTS[name] + PARSES, "config", "train.py", "--explain").out
    assert ("--lr" in output, "introspected" in output) == (True, True), output
    assert "--lr=0.5" in run_program(WITH_SIDE_EFFECTS[name] + PARSES, "run", "train.py", "lr=0.5", "--preview").out


@pytest.mark.parametrize("name", NOT_INTROSPECTABLE)
def test_reads_the_source_of_programs_that_cannot_be_introspected(name, run_program):
    source, why = NOT_INTROSPECTABLE[name]
    output = run_program(source + PARSES, "run", "train.py", "lr=0.5", "--preview").out
    assert ("--lr=0.5" in output, why in output) == (True, True), output
    assert why in run_program(source + PARSES, "run", "train.py", "lr=[0.5,0.7]", "--preview").err
    assert "must be a number" in run_program(source + PARSES, "run", "train.py", "lr=x", "--yes", code=1).err


@pytest.mark.slow
@pytest.mark.parametrize("name", ENDLESS)
def test_caches_that_a_program_did_not_reach_its_parser(name, project, tmp_path, monkeypatch):
    monkeypatch.setattr(probe_process, "TIMEOUT_SECONDS", 3.0)
    monkeypatch.setenv("GAGE_CACHE", str(tmp_path / "cache"))
    script = project / "train.py"
    script.write_text(ENDLESS[name] + PARSES)
    before = tree(project)

    def find_spec():
        return parser_lookup.find_parser_spec([sys.executable, "train.py"], script, project, project, {})

    assert "it did not reach its parser within 3 seconds" in find_spec().note
    cached = stamps(tmp_path / "cache")
    assert cached != {}
    assert find_spec().parameters[0].name == "lr"
    assert stamps(tmp_path / "cache") == cached  # a second introspection would replace the entry
    assert tree(project) == before


@pytest.mark.parametrize("source", ["def (:\n" + PARSES, "lr = 0.1\n\0\n", "", "#coding: nope\nlr = 0.1\n", "lr = \n"])
def test_rejects_invalid_programs(source, run_program):
    error = run_program(source, "run", "train.py", "lr=0.5", "--yes", code=1).err
    assert error.startswith("gage: ")
    assert len(error.splitlines()) == 2
    assert "lr" in run_program(source, "run", "train.py", "lr=[1,2]", "--yes", code=1).err


BATCH_FILES = {
    "missing.csv": (b"lr,opt\n0.1\n", ""),
    "extra.csv": (b"lr,opt\n0.1,b,c\n", "extra.csv:2: Wrong number of cells: expected 2, got 3"),
    "no-header.csv": (b"0.1,b\n0.2,c\n", "no-header.csv:2): Unknown parameter '0.1' for train.py"),
    "latin.csv": (b"lr,opt\n0.1,\xe9\n", "latin.csv:2: Not UTF-8 text"),
    "wide.csv": ("lr\n1\n".encode("utf-16"), "wide.csv:1: Not UTF-8 text"),
    "million.csv": (b"lr\n" + b"0.1\n" * 1_000_000, "million.csv has over 100,000 rows"),
    "million.jsonl": (b'{"lr": 1}\n' * 1_000_000, "million.jsonl has over 100,000 rows"),
    "ten.json": (b"[" + b'{"lr": 0.1, "opt": "' + b"x" * 10_000_000 + b'"}]', ""),
    "deep.json": (b"[" * 100_000, "deep.json is nested too deeply"),
    "twice.json": (b'[{"lr": 1, "lr": 2}]', "'lr' is defined twice"),
    "twice.yaml": (b"- lr: 1\n  lr: 2\n", "'lr' is defined twice (line 2)"),
    "anchors.yaml": (b"- &a {lr: 0.1, opt: q}\n- {<<: *a, lr: 0.2}\n", ""),
}


@pytest.mark.parametrize("name", BATCH_FILES)
def test_reads_or_rejects_unusual_batch_files(name, run_program, project):
    data, message = BATCH_FILES[name]
    (project / name).write_bytes(data)
    result = run_program(
        "lr = 0.1\nopt = 'n'\n", "run", "train.py", f"@{name}", "--preview", "--json", code=1 if message else 0
    )
    assert message in (result.err if message else result.out)
    if name == "anchors.yaml":
        assert result.json["runs"] == [{"lr": 0.1, "opt": "q"}, {"lr": 0.2, "opt": "q"}]


CONFIG_FILES = {
    "anchors.yaml": (b"a: &a {lr: 0.1}\nb:\n  <<: *a\n", "a.lr=0.5", ""),
    "twice.yaml": (b"lr: 1\nlr: 2\n", "lr=0.5", "'lr' is defined twice (line 2)"),
    "ten.json": (json.dumps({"lr": 0.1, "t": "x" * 10_000_000}).encode(), "lr=0.5", ""),
    "many.json": (json.dumps({str(n): n for n in range(600_000)}).encode(), "lr=0.5", "more than 20,000 values"),
    "list.json": (b'{"lr": 1, "l": [' + b"1," * 500_000 + b"1]}", "lr=0.5", ""),
}


@pytest.mark.parametrize("name", CONFIG_FILES)
def test_reads_or_rejects_unusual_config_files(name, run_program, project):
    data, word, message = CONFIG_FILES[name]
    (project / name).write_bytes(data)
    (project / "gage.toml").write_text(f'[t]\nexec = "true"\nconfig = "{name}"\nsourcecode = "{name}"\n')
    result = run_program("", "run", "t", word, "--preview", code=1 if message else 0)
    assert message in result.err
    assert message or word.replace("=", " = ") in result.out


def test_program_that_makes_a_deep_directory(gage, project):
    (project / "deep.py").write_text("import os\nfor i in range(1100): os.mkdir('d'); os.chdir('d')\n")
    assert gage("run", "deep.py", "--yes").code == 0
    assert gage("delete", "--permanent", "1", "--yes").code == 0
    assert [name for name in os.listdir(project / ".gage" / "runs") if name.endswith(("meta.zip", ".meta"))] == []
    assert gage("check", "--repair").err == "gage: Nothing to repair\n"


def test_names_the_module_that_a_program_without_parameters_lacks(gage, project):
    (project / "t.py").write_text("import helper\n")
    (project / "helper.py").write_text(
        "try:\n    import nosuch1\nexcept ImportError:\n    pass\nimport json, nosuch2.x\n"
    )
    reason = "t.py cannot be imported: ModuleNotFoundError: No module named 'nosuch2' (helper.py, line 5)"
    assert gage("config", "t.py").err == f"gage: t.py has no parameters\n{reason}\n"
    assert reason in gage("run", "t.py", "--help-op").out
    assert reason in gage("run", "t.py", "x=1", code=1).err
    (project / "helper.py").write_text("import json\n")
    assert "cannot be imported" not in gage("config", "t.py").err
