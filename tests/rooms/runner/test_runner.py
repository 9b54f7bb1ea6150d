"""A run from plan to sealed files, with real programs."""

import json
import os
import signal
import sys

import pytest
from runs import Project, is_alive

from gage.lib.digests import digest_file_set
from gage.types.errors import ConfigError, RunFailed


def test_records_a_run(project):
    project.write("train.py", 'lr = 0.1\nprint("loss", lr)\nopen("model.txt", "w").write("x")\n')
    run = project.run("train.py", "lr=0.5", label="first", tags=("a", "b"))
    assert (run.status, run.exit, run.sealed) == ("completed", 0, True)
    assert run.config == {"lr": 0.5}
    assert run.changed_config == ("lr",)
    assert (run.label, run.tags) == ("first", ("a", "b"))
    assert run.created <= run.staged <= run.started <= run.stopped
    assert project.events.streams[1] == b"loss 0.5\n"
    assert project.lines(run) == [(1, b"loss 0.5")]
    assert (project.run_dir(run) / "train.py").read_text().startswith("lr = 0.5\n")
    assert (project.dir / "train.py").read_text().startswith("lr = 0.1\n")
    assert "-lr = 0.1\n+lr = 0.5\n" in project.read(run, "log/patched")
    manifest = [line.split(" ", 3) for line in project.read(run, "manifest").splitlines()]
    assert [(m[0], m[3].rpartition(".")[2]) for m in manifest] == [("g", "gage-output"), ("g", "txt"), ("s", "py")]
    assert project.json(run, "summaries/metrics.json")["loss"]["last"]["value"] == 0.5
    assert project.json(run, "proc/cmd.json") == ["python", "train.py"]
    assert project.json(run, "sys/platform.json")["system"] == sys.platform
    assert project.json(run, "sys/hardware.json")["cpus"] == os.cpu_count()
    assert "version" in project.json(run, "sys/python.json")
    assert project.json(run, "sys/packages.json")
    assert project.json(run, "run-cmd.json")["cwd"] == str(project.dir)
    assert not project.store.get_paths(run.id).meta_dir.exists()


def test_records_the_source_digest(project):
    project.write("train.py", "lr = 0.1\n")
    plan = project.plan("train.py", "lr=2")
    run = project.run("train.py", "lr=2")
    files = project.json(run, "sourcecode.json")["files"]
    assert run.source_digest == digest_file_set((f[0], f[2]) for f in files)
    from gage.project.source_selection import digest_source

    assert run.source_digest == digest_source(project.dir, plan.source)


def test_sets_environment_variables(project):
    show = "import os, json; print(json.dumps(dict(os.environ)))\n"
    project.write("train.py", f"learning_rate = 0.1\nname = 'x y'\n{show}")
    run = project.run("train.py", env={"MINE": "1"})
    env = json.loads(project.events.streams[1])
    assert env["RUN_ID"] == run.id
    assert env["RUN_DIR"] == str(project.run_dir(run))
    assert env["PROJECT_DIR"] == str(project.dir)
    assert env["GAGE_RUNS"] == str(project.store.root)
    assert env["FLAG_LEARNING_RATE"] == "0.1"
    assert env["FLAG_NAME"] == "x y"
    assert env["MINE"] == "1"


def test_never_writes_secrets(project, monkeypatch):
    token = "hf_" + "a" * 30
    for name, value in {"MY_TOKEN": "s3cr3t-one", "PLAIN": token, "DB": "postgres://me:s3cr3t-two@h/db"}.items():
        monkeypatch.setenv(name, value)
    project.write("train.py", "import os\nassert os.environ['MY_TOKEN'] == 's3cr3t-one'\napi_key = ''\n")
    run = project.run(
        "train.py", "api_key=s3cr3t-three", env={"OTHER_SECRET": "s3cr3t-four"}, argv=("gage", "--env", f"A={token}")
    )
    assert run.status == "completed"
    with project.meta(run) as meta:
        everything = b"\n".join(meta.read(n) for n in meta.list_names() if n != "log/patched")
    assert b"s3cr3t" not in everything
    assert token.encode() not in everything
    run = project.run(command=("true", "--password", "s3cr3t-five", "--api-key=s3cr3t-six", f"x={token}"))
    with project.meta(run) as meta:
        everything = b"\n".join(meta.read(n) for n in meta.list_names())
    assert b"s3cr3t-five" not in everything
    assert b"s3cr3t-six" not in everything


def test_records_a_failing_program(project):
    project.write("train.py", "import sys; sys.exit(7)\n")
    run = project.run()
    assert (run.status, run.exit, run.sealed) == ("error", 7, True)


def test_records_a_program_that_kills_itself(project):
    project.write("train.py", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)\n")
    run = project.run()
    assert (run.status, run.exit) == ("error", -11)


def test_reports_a_missing_command(project):
    with pytest.raises(RunFailed) as error:
        project.run(command=("no-such-program-here",))
    assert (error.value.message, error.value.code) == ("Command not found: no-such-program-here", 127)
    assert (project.latest().status, project.latest().exit) == ("error", 127)


def test_separates_stdout_and_stderr(project):
    project.write("train.py", "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')\n")
    run = project.run()
    assert sorted(project.lines(run)) == [(1, b"a"), (1, b"c"), (2, b"b")]
    assert project.events.streams == {1: b"a\nc\n", 2: b"b\n"}


def test_preserves_binary_output(project):
    project.write("train.py", r"import sys; sys.stdout.buffer.write(bytes(range(256)) * 3 + b'\n\xff')")
    run = project.run()
    expected = bytes(range(256)) * 3 + b"\n\xff"
    assert project.events.streams[1] == expected
    assert project.lines(run)[-1] == (1, b"\xff")


def test_stores_progress_compactly(project):
    text = "import sys, time\nfor i in range(1000):\n    sys.stderr.write(f'\\r{i}/1000')\nsys.stderr.write('\\n')\n"
    project.write("train.py", text)
    run = project.run()
    assert project.lines(run) == [(2, b"999/1000")]
    assert project.events.streams[2].count(b"\r") == 1000


def test_completes_when_a_child_process_continues(project):
    text = """\
import os, subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]).pid)
"""
    project.write("train.py", text)
    run = project.run()
    assert run.status == "completed"
    [(_, child)] = project.lines(run)
    assert is_alive(int(child))
    os.kill(int(child), signal.SIGKILL)


@pytest.mark.parametrize("name", ["a b.py", "it's.py", 'q".py', "line\nbreak.py", "été ☃.py", "-x.py", "$(touch x).py"])
def test_runs_scripts_with_unusual_names(project, name):
    project.write(name, "lr = 1\nprint(lr)\n")
    run = project.run(f"./{name}", "lr=5")
    assert run.status == "completed"
    assert project.events.streams[1] == b"5\n"
    assert project.read(run, "manifest").startswith("s ")


@pytest.mark.parametrize("value", ["", "-1", "--x", "a b", "it's", 'q"', "line\nbreak", "$(id)", "été ☃", "\\"])
def test_passes_unusual_values(project, value):
    project.write("train.py", "import os\nname = 'x'\nprint(repr(name))\nassert os.environ['FLAG_NAME'] == name\n")
    project.write(
        "args.py",
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--name')\nprint(repr(p.parse_args().name))\n",
    )
    for script in ("train.py", "args.py"):
        run = project.run(script, f"name={value}")
        assert run.status == "completed", project.events.streams
        assert project.events.streams[1].endswith(f"{value!r}\n".encode())
        assert run.config["name"] == value


def test_rejects_config_of_a_file_outside_the_source_code(project):
    project.write("train.py", "lr = 1\n")
    project.write("gage.toml", '[train]\nexec = "python train.py"\nconfig = "train.py"\nsourcecode = "-*.py"\n')
    with pytest.raises(ConfigError) as error:
        project.run("train", "lr=2")
    assert "train.py is not part of the source code" in error.value.message
    assert list(project.store.list_ids()) == []


def test_runs_hooks_in_order(project):
    project.write("train.py", "print('run')\n")
    project.write(
        "gage.toml",
        """\
[train.exec]
stage-sourcecode = "echo 1 >> order; test -f train.py"
stage-runtime = ["sh", "-c", "echo 2 >> order"]
stage-dependencies = "#!/bin/sh\\necho 3 >> order\\necho from hook\\n"
run = "echo 4 >> order; python train.py"
finalize = "echo 5 >> order"
""",
    )
    run = project.run("train")
    assert run.status == "completed"
    assert (project.run_dir(run) / "order").read_text().split() == ["1", "2", "3", "4", "5"]
    assert project.lines(run, "stage-dependencies") == [(1, b"from hook")]


@pytest.mark.parametrize("hook", ["stage-sourcecode", "stage-runtime", "stage-dependencies"])
def test_failing_hook_ends_the_run(project, hook):
    project.write("gage.toml", f'[train.exec]\n{hook} = "exit 9"\nrun = "touch ran"\n')
    with pytest.raises(RunFailed) as error:
        project.run("train")
    assert error.value.code == 9
    run = project.latest()
    assert (run.status, run.exit, run.sealed) == ("error", 9, True)
    assert not (project.run_dir(run) / "ran").exists()


def test_records_a_failing_finalize(project):
    project.write("gage.toml", '[train.exec]\nrun = "true"\nfinalize = "exit 4"\n')
    run = project.run("train")
    assert (run.status, run.exit) == ("error", 4)


def test_stops_at_the_time_limit(project):
    project.write("train.py", "import time; time.sleep(60)\n")
    run = project.run(max_time=0.2)
    assert (run.status, run.exit) == ("terminated", 143)
    assert "time limit" in project.events.notices[0]


def test_replaces_copied_dependencies_by_references(project):
    data = project.write("data/x.bin", b"\0" * 100)
    project.write("data/y.bin", b"\0" * 200)
    project.write(
        "train.py", 'n = len(open("data/x.bin", "rb").read())\nopen("data/y.bin", "r+b").write(b"new")\nprint(n)\n'
    )
    run = project.run()
    assert project.events.streams[1] == b"100\n"
    assert data.read_bytes() == b"\0" * 100
    assert (project.dir / "data/y.bin").read_bytes() == b"\0" * 200
    reference = json.loads((project.run_dir(run) / "data/x.bin.ref.json").read_text())
    assert (reference["source"], reference["size"]) == (str(data), 100)
    assert not (project.run_dir(run) / "data/x.bin").exists()
    assert (project.run_dir(run) / "data/y.bin").read_bytes().startswith(b"new")
    kinds = project.map_kinds(run)
    assert kinds["data/x.bin.ref.json"] == "d"
    assert kinds["data/y.bin"] == "g"


def test_replaces_a_read_only_dependency_by_a_reference(project):
    project.write("data/x.bin", b"\0" * 100).chmod(0o444)
    project.write("train.py", 'open("data/x.bin", "rb").read()\n')
    run = project.run()
    assert run.status == "completed"
    assert (project.run_dir(run) / "data/x.bin.ref.json").exists()


def test_stages_a_run_and_starts_it_later(project):
    project.write("train.py", "lr = 0.1\nprint(lr)\n")
    project.write("data/x.bin", b"\0" * 10)
    staged = project.stage("train.py", "lr=3", depends=("data",), label="later")
    assert (staged.status, staged.label, staged.config) == ("staged", "later", {"lr": 3})
    assert project.events.streams[1] == b""
    project.write("train.py", "changed\n")
    run = project.start(staged)
    assert (run.status, run.exit, run.sealed) == ("completed", 0, True)
    assert project.events.streams[1] == b"3.0\n"
    assert (project.run_dir(run) / "data.ref.json").exists()
    assert run.changed_config == ("lr",)
    with pytest.raises(Exception, match="it is finished"):
        project.start(staged)


def test_starts_a_staged_run_after_a_move(project, tmp_path):
    project.write("train.py", "lr = 0.1\nprint(lr)\n")
    staged = project.stage()
    elsewhere = Project(tmp_path / "other")
    os.rename(project.store.root, elsewhere.store.root)
    assert elsewhere.start(staged).status == "completed"
    assert elsewhere.events.streams[1] == b"0.1\n"


def test_creates_nothing_for_an_invalid_request(project):
    project.write("train.py", "lr = 0.1\n")
    with pytest.raises(ConfigError):
        project.run("train.py", "lrr=1")
    assert not project.store.root.exists()


def test_records_git_state(project):
    for words in (["init", "-q"], ["remote", "add", "origin", "https://me:s3cr3t@example.org/x.git"]):
        os.spawnlp(os.P_WAIT, "git", "git", "-C", str(project.dir), *words)
    project.write("train.py", "lr = 0.1\n")
    for words in (["add", "-A"], ["commit", "-qm", "x"]):
        os.spawnlp(os.P_WAIT, "git", "git", "-C", str(project.dir), *words)
    project.write("train.py", "lr = 0.2\n")
    run = project.run()
    git = project.json(run, "sys/git.json")
    assert len(git["commit"]) == 40
    assert (git["branch"], git["dirty"]) == ("main", 1)
    assert git["remote"] == "https://me:********@example.org/x.git"
    assert "+lr = 0.2" in project.read(run, "sys/git.diff")
