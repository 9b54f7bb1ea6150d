"""A run whose Gage process was killed needs no repair by hand."""

import subprocess
import sys

import pytest
from waiting import wait_until

from gage.cli import run_selection
from gage.store.store import RunStore


@pytest.fixture
def killed(project):
    """A run whose Gage process was killed, after which its program ended."""
    kill_gage(project, "--", "sh", "-c", "echo begun; read line")
    return project


def kill_gage(project, *words):
    """Runs a command whose Gage process is killed when the program has printed a line. The program then ends."""
    command = [sys.executable, "-m", "gage", "run", "-y", *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=project, **pipes) as child:
        assert child.stdout.readline() == "begun\n"
        child.kill()
    store = RunStore(project / ".gage/runs")
    wait_until(lambda: all(store.read(id).status != "running" for id in store.list_ids()))


def list_unsealed(project):
    return [path for path in (project / ".gage/runs").iterdir() if path.name.endswith(".meta")]


@pytest.mark.parametrize("words", [("label", "1", "known"), ("run", "--yes", "--", "true"), ("check", "--repair")])
def test_next_command_that_writes_seals_the_run(gage, killed, words):
    gage("list", "--where", "terminated")
    assert "terminated" in gage("list").out and len(list_unsealed(killed)) == 1
    assert "not sealed" not in gage("check", code=None).err
    gage(*words)
    assert list_unsealed(killed) == []
    assert "Gage was killed" in gage("show", gage("list", "--json").json["runs"][-1]["name"]).out
    gage("check", "--all")


def test_check_reports_a_run_that_is_not_sealed(gage, project):
    (project / "state.txt").write_text("1")
    program = "open('state.txt', 'w').write('22'); open('w.bin', 'w'); print('begun', flush=True); input()"
    (project / "t.py").write_text(program)
    kill_gage(project, "t.py")
    result = gage("check", "--all")
    name = gage("select", "--name").out.strip()
    assert result.out == f"{name}  not sealed\n"
    assert "1 run ended without being sealed" in result.err and "gage check --repair" in result.err
    [report] = gage("check", "--all", "--json").json["runs"]
    assert (report["unsealed"], report["ok"], report["extra"], report["changed"]) == (True, True, [], [])
    assert gage("check", "--all", "--repair").out == f"{name}  ok\n"
    assert [f["path"] for f in gage("show", "--json").json["files"] if f["changed"]] == ["state.txt"]


def test_seals_a_run_of_a_store_that_is_not_listed(gage, killed, monkeypatch):
    monkeypatch.setattr(run_selection, "MIN_LARGE_DIRECTORY_BYTES", 0)
    gage("list")
    run_selection.seal_abandoned_runs(RunStore(killed / ".gage/runs"))
    assert list_unsealed(killed) == []


def test_show_lists_the_files_of_a_killed_run(gage, killed):
    run_dir = list_unsealed(killed)[0].with_suffix("")
    (run_dir / "model.pt").write_text("x" * 7)
    files = gage("show", "--json").json["files"]
    assert [(f["kind"], f["size"], f["sha256"]) for f in files if f["path"] == "model.pt"] == [("g", 7, "")]
    assert "generated       7 bytes  model.pt" in gage("show", "--files").out
    gage("check", "--repair")
    assert [len(f["sha256"]) for f in gage("show", "--json").json["files"] if f["path"] == "model.pt"] == [64]


@pytest.mark.parametrize("word", ["--restart", "--resume-from"])
def test_data_of_a_restarted_killed_run_stays_a_dependency(gage, project, word):
    (project / "data").mkdir()
    (project / "data/a.bin").write_bytes(b"\0\1")
    (project / "t.py").write_text(
        "import sys\nopen('data/a.bin').read()\nprint('begun', flush=True)\nsys.stdin.read()\n"
    )
    kill_gage(project, "t.py")
    gage("run", "--yes", word, "1")
    assert gage("list", "--json").json["runs"][0]["status"] == "completed"
    assert [f["kind"] for f in gage("show", "--json").json["files"] if f["path"] == "data/a.bin"] == ["d"]
    is_same = "Not needed" in gage("run", "--yes", "--needed", "t.py").err
    assert is_same == (word == "--restart")  # a resumed run does not count


def test_metrics_of_the_stored_output_are_read(gage, project):
    (project / "t.py").write_text(
        "for i in range(8):\n    print('step:', i, 'loss:', 8 - i)\nprint('begun', flush=True)\ninput()\n"
    )
    command = [sys.executable, "-m", "gage", "run", "-y", "t.py"]
    with subprocess.Popen(command, cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        while child.stdout.readline() != "begun\n":
            pass
        child.kill()
    gage("check", "--repair")
    run = gage("show", "--json").json
    assert (run["metrics"]["loss"]["points"], run["status"]) == (8, "terminated")
    assert len(gage("metrics", "1", "--series", "loss", "--csv").out.splitlines()) == 9


def test_git_packages_and_python_of_a_killed_run_are_recorded(gage, project):
    git = ["git", "-C", project, "-c", "user.name=a", "-c", "user.email=a@example.org"]
    (project / "t.py").write_text("lr = 1\n")
    for words in (["init", "-q"], ["add", "t.py"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    wait = (
        "import glob, os, time\nmeta = os.environ['RUN_DIR'] + '.meta/sys/'\nuntil = time.monotonic() + 20\n"
        "while not os.path.exists(meta + 'git.diff') and time.monotonic() < until: time.sleep(0.02)\n"
    )
    (project / "t.py").write_text(f"lr = 2\n{wait}print('begun', flush=True)\ninput()\n")
    kill_gage(project, "t.py")
    meta = list_unsealed(project)[0]
    assert {path.name for path in (meta / "sys").iterdir()} >= {"git.json", "git.diff", "packages.json", "python.json"}
    run = gage("show", "--json").json
    assert (run["git"]["branch"], run["git"]["dirty"]) == ("main", 1)
    gage("check", "--repair")
    assert gage("show", "--json").json["git"] == run["git"]
