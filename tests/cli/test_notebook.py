"""Notebooks as operations: executed in the operation's own environment, by Jupyter or by Python alone."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from runs import is_alive
from waiting import wait_until

CELLS = [
    ("lr = 0.1\nname = 'adam'", ["parameters"]),
    ("import os, sys\nprint('folder', os.path.basename(os.getcwd()))\nprint('python', sys.prefix)", []),
    ("print('warned', file=sys.stderr)\nopen('model.txt', 'w').write(f'{name} {lr}')\n{'loss': lr}", []),
]


def notebook(path: Path, cells=CELLS, **about) -> Path:
    made = [
        {"cell_type": "code", "id": f"c{i}", "execution_count": None, "outputs": [], "source": source.splitlines(True)}
        | {"metadata": {"tags": tags}}
        for i, (source, tags) in enumerate(cells)
    ]
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# A title"}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": [text, *made], "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    )
    return path


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory) -> Path:
    """A Python that has nothing but itself."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    return folder / "bin"


@pytest.fixture(params=["jupyter", "bare"])
def env(request, bare_python, monkeypatch) -> dict:
    """Where `python` is one with Jupyter, or one without."""
    path = os.environ["PATH"]
    return {"PATH": f"{bare_python}{os.pathsep}{path}"} if request.param == "bare" else {}


def executed(gage, name="train.executed.ipynb"):
    return json.loads(gage("cat", "1", name).out)


def test_passes_config_and_stores_outputs_in_the_run(gage, project, env):
    path = notebook(project / "train.ipynb", kernelspec={"name": "another", "language": "python"})
    before = path.read_bytes()
    result = gage("run", "train.ipynb", "lr=0.5", "name=007", "--yes", env=env)
    assert "{'loss': 0.5}" in result.out and "warned" in result.err
    if env:
        assert f"python {Path(env['PATH'].partition(':')[0]).parent}" in result.out
        assert "cells run as plain Python" in result.err
    report = gage("show", "--json").json
    assert (report["status"], report["config"]) == ("completed", {"lr": 0.5, "name": "007"})
    assert gage("cat", "1", "model.txt").out == "007 0.5"
    cells = executed(gage)["cells"]
    assert cells[1]["source"] == ["lr = 0.5\n", "name = '007'"] and cells[1]["execution_count"] == 1
    kinds = ["stream", "stream"] if env else ["stream", "execute_result"]  # plain Python records text
    assert [o["output_type"] for o in cells[3]["outputs"]] == kinds
    assert path.read_bytes() == before and [p.name for p in project.glob("*executed*")] == []


def test_reports_an_error_in_a_cell(gage, project, env):
    notebook(project / "train.ipynb", [("x = 1", []), ("def f():\n    raise ValueError('bad')\n\nf()", []), ("y", [])])
    result = gage("run", "train.ipynb", "--yes", env=env, code=1)
    assert "gage: Cell 2 of 3 failed: ValueError: bad" in result.err
    assert "raise ValueError('bad')" in result.err and "notebook_executor" not in result.err
    last = executed(gage)["cells"]
    assert last[2]["outputs"][-1]["ename"] == "ValueError" and last[3]["outputs"] == []


@pytest.mark.parametrize(("call", "code"), [("sys.exit(3)", 3), ("sys.exit()", 0)])
def test_ends_at_a_cell_that_exits(gage, project, env, call, code):
    notebook(project / "train.ipynb", [(f"import sys\n{call}", []), ("print('never')", [])])
    result = gage("run", "train.ipynb", "--yes", env=env, code=code)
    assert "never" not in result.out and "Cell 1 failed" not in result.err


def test_respects_cell_tags_for_errors_and_skipping(gage, project, env):
    cells = [("1/0", ["raises-exception"]), ("print('left out')", ["skip-execution"]), ("print('on')", [])]
    notebook(project / "train.ipynb", cells)
    result = gage("run", "train.ipynb", "--yes", env=env)
    assert "on\n" in result.out and "left out" not in result.out


def test_starts_in_the_run_directory(gage, project, env):
    notebook(project / "notebooks" / "train.ipynb")
    (project / "notebooks" / "helper.py").write_text("VALUE = 7\n")
    notebook(project / "notebooks" / "use.ipynb", [("import helper\nprint(helper.VALUE)", [])])
    assert "folder notebooks" in gage("run", "notebooks/train.ipynb", "--yes", env=env).out
    assert gage("run", "notebooks/use.ipynb", "--yes", env=env).out.endswith("7\n")
    assert gage("cat", "1", "notebooks/use.executed.ipynb").out


@pytest.mark.parametrize("command", ["train.ipynb", "python train.ipynb"])
def test_runs_a_notebook_of_the_gage_file(gage, project, command):
    notebook(project / "train.ipynb")
    (project / "gage.toml").write_text(f'[train]\nexec = "{command}"\nconfig = "train.ipynb"\n')
    assert "{'loss': 0.7}" in gage("run", "train", "lr=0.7", "--yes").out


def test_plain_python_skips_only_unneeded_magics(gage, project, bare_python):
    env = {"PATH": f"{bare_python}{os.pathsep}{os.environ['PATH']}"}
    notebook(project / "plain.ipynb", [("%matplotlib inline\nprint('on')", []), ("%%time\nprint('timed')", [])])
    assert gage("run", "plain.ipynb", "--yes", env=env).out == "on\ntimed\n"
    notebook(project / "magic.ipynb", [("print(1)", []), ("!ls", [])])
    result = gage("run", "magic.ipynb", "--yes", env=env, code=1)
    assert "plain Python, without IPython's magics" in result.err
    assert "    !ls" in result.err and "Cell 2 of 2 failed: SyntaxError: invalid syntax" in result.err
    notebook(project / "await.ipynb", [("import asyncio\nawait asyncio.sleep(0)\nprint('waited')", [])])
    assert gage("run", "await.ipynb", "--yes", env=env).out == "waited\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [("not json", "is not a notebook of format 4"), ('{"worksheets": []}', "is not a notebook of format 4")],
)
def test_rejects_an_invalid_notebook(gage, project, content, message):
    (project / "train.ipynb").write_text(content)
    result = gage("run", "train.ipynb", "--yes", code=1)
    assert message in result.err and "Traceback" not in result.err


def test_rejects_a_language_without_a_kernel(gage, project, bare_python):
    env = {"PATH": f"{bare_python}{os.pathsep}{os.environ['PATH']}"}
    notebook(project / "train.ipynb", [("x <- 1", [])], kernelspec={"name": "ir", "language": "R"})
    assert "A notebook in r needs nbclient" in gage("run", "train.ipynb", "--yes", env=env, code=1).err


def test_reports_a_kernel_that_dies(gage, project):
    notebook(project / "train.ipynb", [("x = 1", []), ("import os\nos._exit(3)", []), ("x", [])])
    assert "Cell 2 of 3 failed: its kernel died" in gage("run", "train.ipynb", "--yes", code=1).err


@pytest.mark.parametrize(("source", "code"), [("", 0), ("1/0", 1)])
def test_ends_the_kernel_before_the_run_ends(gage, project, source, code):
    notebook(project / "train.ipynb", [(f"import os\nprint('pid', os.getpid())\n{source}", [])])
    result = gage("run", "train.ipynb", "--yes", code=code)
    assert not is_alive(int(result.out.split()[1]))
    assert "processes that it started have not" not in result.err


def test_removes_earlier_outputs(gage, project, env):
    path = notebook(project / "train.ipynb", [("1/0", []), ("x", [])])
    report = json.loads(path.read_text())
    report["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "stale\n"}]
    path.write_text(json.dumps(report))
    gage("run", "train.ipynb", "--yes", env=env, code=1)
    assert executed(gage)["cells"][2]["outputs"] == []


def test_restarts_and_resumes_a_notebook(gage, project):
    notebook(project / "train.ipynb")
    gage("run", "train.ipynb", "lr=0.5", "--yes")
    (project / "train.ipynb").unlink()
    assert "{'loss': 0.5}" in gage("run", "--restart", "1", "name=b", "--yes").out
    assert [f["path"] for f in gage("show", "--json").json["files"] if f["path"].endswith("executed.ipynb")]
    report = gage("run", "--resume-from", "1", "--preview", "--json").json["changes"]
    assert [f["path"] for f in report["files"]] == ["model.txt"]


@pytest.mark.slow
def test_streams_output_and_stops_the_kernel(project, home):
    notebook(project / "train.ipynb", [("import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(60)", [])])
    words = [sys.executable, "-m", "gage", "run", "train.ipynb", "--yes"]
    with subprocess.Popen(words, cwd=project, stdout=subprocess.PIPE, text=True) as running:
        kernel = int(running.stdout.readline().split()[1])
        running.terminate()
        assert running.wait(30) == 143
    wait_until(lambda: not is_alive(kernel))
