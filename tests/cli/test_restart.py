"""`gage run --restart` and `--resume-from`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

STEPS = """\
import os

epochs = 2

done = int(open("state.txt").read()) if os.path.exists("state.txt") else 0
print("from", done, os.environ.get("GAGE_RESUMED_FROM", "-"))
open("state.txt", "w").write(str(done + epochs))
"""


def show_json(gage, run="1"):
    return gage("show", run, "--json").json


def meta(gage, name, run="1"):
    from gage.store.layout import RunPaths
    from gage.store.meta import MetaReader

    folder = Path(show_json(gage, run)["run_dir"])
    with MetaReader.open(RunPaths(folder.parent, folder.name)) as reader:
        return reader.read_text(name)


def test_uses_config_and_source_of_the_previous_run(gage, project):
    gage("run", "train.py", "lr=0.5", "epochs=3", "--yes")
    old = show_json(gage)
    (project / "train.py").write_text("print('another program')\n")
    result = gage("run", "--restart", "1", "epochs=4", "--yes")
    assert result.out == "loss: 2.0\n"
    assert f"train.py, restarted from {old['name']}\n  epochs: 3 → 4\n" in result.err
    new = show_json(gage)
    assert new["config"] == {"lr": 0.5, "epochs": 4}
    assert f"\nRestarted from  {old['name']}  {old['id']}\n" in gage("show", "1").out
    assert (old["relation"], new["relation"], new["parent"]) == ("", "restart", old["id"])
    assert "epochs=4 lr=0.5  loss=2  (restart)\n" in gage("list").out
    assert json.loads(meta(gage, "run-cmd.json"))["parent"] == old["id"]
    assert json.loads(meta(gage, "sourcecode.json")) == json.loads(meta(gage, "sourcecode.json", "2"))
    assert "-lr = 0.1\n" in meta(gage, "log/patched") and "+epochs = 4\n" in meta(gage, "log/patched")


def test_names_the_run_that_a_run_resumes(gage):
    gage("run", "train.py", "--yes")
    earlier = gage("select", "--name").out.strip()
    gage("run", f"--resume-from={earlier}", "--yes")
    assert f"\nResumed from   {earlier}  " in gage("show", "1").out
    assert gage("list", "1", "--json").json["runs"][0]["relation"] == "resume"
    assert "(resumed)\n" in gage("list").out


def test_reports_no_changes(gage):
    gage("run", "train.py", "lr=0.5", "--yes")
    result = gage("run", "--restart", "1", "--yes")
    assert "no changes" in result.err and result.out == "loss: 1.0\n"
    assert gage("run", "--restart", "1", "--yes", "--quiet").err == ""


def test_uses_the_latest_source_if_asked(gage, project):
    gage("run", "train.py", "lr=0.5", "--yes")
    text = (project / "train.py").read_text()
    (project / "train.py").write_text(text.replace("epochs = 2", "epochs = 5"))
    (project / "new.py").write_text("x = 1\n")
    report = gage("run", "--restart", "1", "--latest-source", "lr=0.6", "--preview", "--json").json["changes"]
    assert report["run"] == show_json(gage)["id"]
    assert [(c["name"], c["before"], c["after"]) for c in report["config"]] == [("epochs", 2, 5), ("lr", 0.5, 0.6)]
    assert [(c["path"], c["change"]) for c in report["source"]] == [("new.py", "added"), ("train.py", "changed")]
    assert "+epochs = 5" in report["source"][1]["diff"] and not any(
        "lr" in d for d in report["source"][1]["diff"][2:] if d[0] != " "
    )
    text = gage("run", "--restart", "1", "--latest-source", "--preview").out
    assert "train.py: changed (+1 −1)" in text and "\n-epochs = 2\n+epochs = 5\n" in text
    assert gage("run", "--restart", "1", "--latest-source", "--yes").out == "loss: 2.5\n"


def test_shows_changes_before_confirmation(gage, project):
    gage("run", "train.py", "lr=0.5", "--yes")
    words = [sys.executable, "-m", "gage", "run", "--restart", "1", "lr=0.7"]
    at = pexpect.spawn(words[0], words[1:], cwd=str(project), timeout=30, encoding="utf-8", env=dict(os.environ))
    at.expect_exact("You are about to run train.py, restarted from")
    at.expect_exact("lr: 0.5 → 0.7")
    at.expect_exact("Continue? (Y/n) ")
    at.sendline("n")
    at.expect(pexpect.EOF)
    at.close()
    assert at.exitstatus == 1 and gage("list", "--json").json["total"] == 1


def test_says_that_a_resumed_run_left_no_files(gage, project):
    (project / "train.py").write_text("lr = 0.1\n")
    gage("run", "train.py", "--yes")
    assert "continues with no files: that run left none" in gage("run", "--resume-from", "1", "--yes").err


def test_resumes_with_files_of_a_run(gage, project):
    (project / "train.py").write_text(STEPS)
    gage("run", "train.py", "--yes")
    first = show_json(gage)
    result = gage("run", "--resume-from", "1", "epochs=10", "--yes")
    assert result.out == f"from 2 {first['id']}\n"
    assert "continues with 1 file of that run (1 byte)" in result.err
    assert gage("cat", "1", "state.txt").out == "12" and gage("cat", "2", "state.txt").out == "2"
    assert [f["kind"] for f in show_json(gage)["files"] if f["path"] == "state.txt"] == ["g"]
    assert json.loads(meta(gage, "resumed.json"))["run"] == first["id"]
    assert gage("run", "--resume-from", "1", "--yes").out.startswith("from 12 ")
    assert gage("run", "--restart", "1", "--yes").out == "from 0 -\n"


def test_excludes_untouched_files_from_a_resumed_run(gage, project):
    (project / "train.py").write_text("import os\nif not os.path.exists('big.bin'): open('big.bin', 'w').write('x')\n")
    gage("run", "train.py", "--yes")
    gage("run", "--resume-from", "1", "--yes")
    assert [f["kind"] for f in show_json(gage)["files"] if f["path"] == "big.bin"] == ["d"]
    gage("run", "--resume-from", "1", "--yes")
    assert [f["kind"] for f in show_json(gage)["files"] if f["path"] == "big.bin"] == ["d"]
    assert gage("check", "--run", "1").code == 0


def test_resumes_a_killed_run(gage, project):
    (project / "train.py").write_text(
        f"import time\n{STEPS}print('saved', os.getpid(), flush=True)\ntime.sleep(30 * epochs)\n"
    )
    words = [sys.executable, "-m", "gage", "run", "train.py", "--yes"]
    with subprocess.Popen(words, cwd=project, stdout=subprocess.PIPE, text=True) as running:
        while not (line := running.stdout.readline()).startswith("saved"):
            pass
        assert "still writes its files" in gage("run", "--resume-from", "1", "--yes", code=2).err
        running.kill()
        os.kill(int(line.split()[1]), 9)
    assert show_json(gage)["status"] == "terminated"
    assert gage("run", "--resume-from", "1", "epochs=0", "--yes").out.startswith("from 2 ")


def test_restarts_on_another_machine(gage, project, tmp_path):
    """Neither the project is there nor anything but the store's files."""
    (project / "train.py").write_text("lr = 0.1\nprint(lr)\nopen('model.txt', 'w').write('m')\n")
    gage("run", "train.py", "lr=0.5", "--yes")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(
        project / ".gage" / "runs", elsewhere / ".gage" / "runs", ignore=shutil.ignore_patterns("*.project", ".changes")
    )
    shutil.rmtree(project)
    assert gage("run", "--restart", "1", "--yes", cwd=elsewhere).out == "0.5\n"
    assert gage("run", "--resume-from", "2", "lr=0.7", "--yes", cwd=elsewhere).out == "0.7\n"
    assert gage("show", "1", "--json", cwd=elsewhere).json["project"] == ""


def test_stages_a_restart(gage, project):
    gage("run", "train.py", "lr=0.5", "--yes")
    gage("run", "--resume-from", "1", "epochs=4", "--stage", "--yes")
    assert show_json(gage)["status"] == "staged"
    assert gage("run", "--start", "1", "--yes").out == "loss: 2.0\n"
    assert gage("run", "--restart", "1", "--yes").out == "loss: 2.0\n"


def test_restarts_runs_of_earlier_releases(gage, old_store, project):
    for run in gage("--runs", str(old_store), "list", "--json").json["runs"]:
        name = run["name"]
        result = gage("--runs", str(old_store), "run", "--restart", name, "lr=0.25", "--yes", code=None)
        assert "lr: " in result.err and "→ 0.25" in result.err
        again = gage("--runs", str(old_store), "show", "--json").json
        assert again["config"]["lr"] == 0.25 and again["config"]["name"] == run["config"]["name"]
        assert again["status"] == ("error" if run["operation"].endswith("fail") else "completed")


def test_values_keep_their_type(gage, project):
    (project / "train.py").write_text(
        "import argparse\n"
        "p = argparse.ArgumentParser()\n"
        "p.add_argument('--name', default='a')\n"
        "p.add_argument('--fast', action='store_true')\n"
        "p.add_argument('--quiet', action='store_false', dest='loud')\n"
        "p.add_argument('--cache', action=argparse.BooleanOptionalAction, default=True)\n"
        "p.add_argument('--layers', type=int, nargs='+', default=[1])\n"
        "print(p.parse_args())\n"
    )
    first = gage("run", "train.py", "name=0123", "fast=yes", "cache=no", "layers=[2,3]", "--yes").out
    assert "name='0123'" in first and "fast=True" in first and "cache=False" in first and "[2, 3]" in first
    assert gage("run", "--restart", "1", "--yes").out == first
    changed = gage("run", "--restart", "1", "name=1e10", "fast=no", "--yes").out
    assert "name='1e10'" in changed and "fast=False" in changed and "cache=False" in changed and "[2, 3]" in changed


def test_keeps_variables_and_limits(gage, project):
    (project / "train.py").write_text("import os\nprint(os.environ.get('GREETING'), os.environ.get('API_KEY'))\n")
    gage("run", "train.py", "--env", "GREETING=hello", "--env", "API_KEY=verysecret", "--max-time", "50", "--yes")
    result = gage("run", "--restart", "1", "--yes")
    assert result.out == "hello None\n" and "secret variable API_KEY" in result.err and "--env API_KEY=" in result.err
    assert gage("run", "--restart", "1", "--preview", "--json").json["max_time"] == 50
    assert gage("run", "--restart", "1", "--env", "GREETING=bye", "--env", "API_KEY=k", "--yes").out == "bye k\n"


def test_requires_secret_values_again(gage, project):
    (project / "train.py").write_text("api_key = ''\nprint(len(api_key))\n")
    gage("run", "train.py", "api_key=abcdef", "--yes")
    assert "api_key is a secret" in gage("run", "--restart", "1", "--yes", code=1).err
    assert gage("run", "--restart", "1", "api_key=abc", "--yes").out == "3\n"


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        (("--restart", "1", "epoch=3"), "Did you mean 'epochs'?", 1),
        (("--restart", "1", "lr=fast"), "lr must be a number, got 'fast'", 1),
        (("--restart", "7"), "There is no run 7", 1),
        (("--restart", ""), "--restart requires a run", 2),
        (("--resume-from", ""), "--resume-from requires a run", 2),
        (("--restart", "1", "train.py"), "--restart and 'train.py' cannot be used together", 2),
        (("--restart", "1", "--resume-from", "1"), "--restart and --resume-from cannot be used together", 2),
        (("--restart", "1", "--start", "1"), "--restart and --start cannot be used together", 2),
        (("--restart", "1", "--needed"), "--restart and --needed cannot be used together", 2),
        (("--resume-from", "1", "--link", "x"), "--resume-from and --link cannot be used together", 2),
        (("--restart", "1", "--help-op"), "--restart and --help-op cannot be used together", 2),
        (("--restart", "1", "--jobs", "2"), "--restart and --jobs cannot be used together", 2),
        (("--restart", "1", "--resume", "1"), "--restart and --resume cannot be used together", 2),
        (("--restart", "1", "lr=[1,2]"), "lr must be a number", 1),
        (("train.py", "--latest-source"), "--latest-source requires --restart", 2),
    ],
)
def test_rejects_invalid_restarts_without_a_run(gage, words, message, code):
    gage("run", "train.py", "--yes")
    assert message in gage("run", *words, "--yes", code=code).err
    assert gage("list", "--json").json["total"] == 1


def test_reports_source_that_no_longer_exists(gage, project):
    gage("run", "train.py", "lr=0.5", "--yes")
    folder = Path(show_json(gage)["run_dir"])
    (folder / "train.py").unlink()
    result = gage("run", "--restart", "1", "--yes", code=1)
    assert "train.py is missing from its directory" in result.err and "--latest-source" in result.err
    assert gage("run", "--restart", "1", "--latest-source", "--yes").out == "loss: 1.0\n"
    shutil.rmtree(folder)
    assert "its directory is missing" in gage("run", "--restart", "2", "--yes", code=1).err


def test_rejects_damaged_runs(gage, project):
    gage("run", "train.py", "--yes")
    folder = Path(show_json(gage)["run_dir"])
    Path(f"{folder}.meta.zip").write_bytes(b"no zip")
    assert "it is damaged" in gage("run", "--restart", "1", "--yes", code=1).err


def test_restarts_runs_of_a_batch(gage):
    gage("run", "train.py", "lr=[0.5,0.6]", "--yes")
    runs = gage("list", "--json").json["runs"]
    batch = next(run["name"] for run in runs if run["operation"].endswith("+"))
    result = gage("run", "--restart", batch, "--yes", code=2)
    assert f"Cannot restart {batch}: it is a batch" in result.err and f"gage run --resume {batch}" in result.err
    assert gage("run", "--restart", runs[0]["name"], "epochs=3", "--yes").out in (
        "loss: 1.5\n",
        "loss: 1.7999999999999998\n",
    )


@pytest.mark.parametrize("is_own", [True, False])
def test_question_shows_what_a_run_of_another_project_executes(gage, project, tmp_path, is_own):
    gage("run", "train.py", "--env", "LD_PRELOAD=evil.so", "--yes")
    other = tmp_path / "other"
    other.mkdir()
    (other / "gage.toml").write_text("")
    command = ["-m", "gage", "--runs", str(project / ".gage" / "runs"), "run", "--restart", "1"]
    child = pexpect.spawn(sys.executable, command, cwd=str(project if is_own else other), encoding="utf-8", timeout=30)
    child.expect("Continue")
    assert ("Variable: LD_PRELOAD=evil.so" in child.before) is not is_own
    assert ("Command: " in child.before) is not is_own
    child.sendline("n")
    child.expect(pexpect.EOF)
    child.close()


@pytest.mark.parametrize("option", ["--restart", "--resume-from"])
def test_uses_changed_data_with_the_latest_source(gage, project, option):
    (project / "data").mkdir()
    (project / "data/a.bin").write_bytes(b"\0one")
    (project / "read.py").write_text("print(open('data/a.bin').read()[1:])\n")
    gage("run", "read.py", "--yes", "--depends", "data")
    (project / "data/a.bin").write_bytes(b"\0two")
    (project / "data/b.bin").write_bytes(b"\0new")
    refused = gage("run", option, "1", "--yes", code=1).err
    assert "data/a.bin has changed since run" in refused or "data has changed since run" in refused
    assert "add --latest-source to use the project's current source code and data" in refused
    result = gage("run", option, "1", "--latest-source", "--yes")
    assert result.out == "two\n"
    assert "it: the new run reads it as it is now" in result.err
    dependency = show_json(gage)["dependencies"][0]
    assert (dependency["path"], dependency["reason"], dependency["files"]) == ("data", "--depends", 2)
    again = gage("run", "--restart", "1", "--yes")
    assert (again.out, "changed since" in again.err) == ("two\n", False)


COUNTS = """\
import json

state = json.load(open("{path}"))
print("n:", state["n"])
json.dump({{"n": state["n"] + 1}}, open("{path}", "w"))
"""


@pytest.mark.parametrize(("path", "depends"), [("state.json", ()), ("data/state.bin", ("--depends", "data"))])
def test_restart_starts_with_the_original_of_a_file_that_the_run_changed(gage, project, path, depends):
    (project / "count.py").write_text(COUNTS.format(path=path))
    (project / "data").mkdir()
    (project / path).write_text('{"n": 1}')
    gage("run", "count.py", "--yes", *depends)
    name, (changed,) = show_json(gage)["name"], [f for f in show_json(gage)["files"] if f["changed"]]
    assert (changed["path"], changed["kind"]) == (path, "g")
    assert f"changed         8 bytes  {path}\n" in gage("show").out
    again = gage("run", "--restart", "1", "--yes")
    assert again.out == "n: 1\n" and f"{path}" in again.err and f"{name} changed" in again.err
    assert gage("run", "--restart", "1", "--yes").out == "n: 1\n"
    assert gage("run", "--resume-from", "1", "--yes").out == "n: 2\n"
    (project / path).write_text('{"n": 77}')
    refused = gage("run", "--restart", name, "--yes", code=1).err
    assert path.split("/")[0] in refused and "add --latest-source to use the project's current" in refused
    preview = gage("run", "--restart", name, "--latest-source", "--preview", "--json").json["changes"]["source"]
    assert all(change["diff"] == [] for change in preview)
    assert gage("run", "--restart", name, "--latest-source", "--yes").out == "n: 77\n"


def test_keeps_source_that_a_hook_changed(gage, project):
    gagefile = {"train": {"exec": {"run": "python read.py", "stage-sourcecode": "echo two > note.txt"}}}
    (project / "gage.json").write_text(json.dumps(gagefile))
    (project / "note.txt").write_text("one\n")
    (project / "read.py").write_text("print(open('note.txt').read().strip())\n")
    assert gage("run", "train", "--yes").out == "two\n"
    (project / "note.txt").write_text("three\n")
    assert gage("run", "--restart", "1", "--yes").out == "two\n"


def test_shows_the_files_of_the_resumed_run(gage, project):
    (project / "steps.py").write_text("open('weights.bin', 'a').close()\n")
    gage("run", "steps.py", "--yes")
    gage("run", "--resume-from", "1", "--yes")
    assert "resumed         0 bytes  weights.bin\n" in gage("show").out
    assert [f["resumed"] for f in show_json(gage)["files"] if f["path"] == "weights.bin"] == [True]
