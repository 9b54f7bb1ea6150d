"""`gage run` of several runs."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import zipfile

import pytest
from waiting import wait_for_file_source, wait_until

from gage.batch.scheduler import Scheduler
from gage.cli.main import run_gage

TRAIN = """\
import os, time
lr = 0.1
opt = "sgd"
seconds = 0.0
assert lr < 0.9
if seconds > 1:
    open("began", "w").close()
time.sleep(seconds)
print(f"loss: {lr * 2}")
"""


@pytest.fixture
def trial_project(gage, project):
    (project / "train.py").write_text(TRAIN)
    return project


def list_trials(gage, *words):
    return [r for r in gage("list", "--all", "--json", *words).json["runs"] if not r["operation"].endswith("+")]


def batches(gage):
    return [r for r in gage("list", "--all", "--json").json["runs"] if r["operation"].endswith("+")]


def test_runs_a_grid(gage, trial_project):
    result = gage(
        "run", "train.py", "lr=[0.1,0.2]", "opt=[sgd,adam]", "--jobs", "2", "--tag", "x", "--label", "y", "--yes"
    )
    assert "4 completed" in result.err
    runs = list_trials(gage)
    assert sorted((r["config"]["lr"], r["config"]["opt"]) for r in runs) == [
        (0.1, "adam"),
        (0.1, "sgd"),
        (0.2, "adam"),
        (0.2, "sgd"),
    ]
    assert all((r["tags"], r["label"], r["status"]) == (["x"], "y", "completed") for r in runs)
    [batch] = batches(gage)
    assert (batch["operation"], batch["status"], batch["config"]) == (
        "train.py+",
        "completed",
        {"lr": "[0.1,0.2]", "opt": "[sgd,adam]"},
    )
    assert {(r["parent"], r["relation"]) for r in runs} == {(batch["id"], "trial")}
    assert f"\nTrial of       {batch['name']}  {batch['id']}\n" in gage("show", "1").out
    assert "loss=0.4  y  #x  (trial)\n" in gage("list").out
    assert len(gage("select", "--where", f"batch={batch['name']}").out.splitlines()) == 4
    assert gage("check", "--run", batch["name"]).code == 0
    assert "-lr = 0.1" in _member(trial_project, runs[0]["id"], "log/patched")


def _member(project, id, name):
    with zipfile.ZipFile(project / ".gage/runs" / f"{id}.meta.zip") as meta:
        return meta.read(name).decode()


def test_copies_an_untracked_script(gage, trial_project):
    subprocess.run(["git", "init", "-q"], check=True)
    (trial_project / ".gitignore").write_text("train.py\n.gage\n")
    assert "2 completed" in gage("run", "train.py", "lr=[0.1,0.2]", "--yes", "--quiet").err


def test_shows_output_only_with_one_job(gage, trial_project):
    result = gage("run", "train.py", "lr=[0.1:0.3:0.1]", "--yes")
    assert result.out == "loss: 0.2\nloss: 0.4\nloss: 0.6\n"
    assert "Run 3 of 3" in result.err
    assert gage("run", "train.py", "lr=0.1,0.2", "--jobs", "2", "--yes").out == ""


def test_preview_creates_no_runs(gage, trial_project):
    output = gage("run", "train.py", "lr=[0.1,0.2]", "opt=adam", "--preview").out
    assert output.splitlines()[0] == "2 runs of train.py"
    assert "opt=adam" in output
    preview = gage("run", "train.py", "lr=[0.1,0.2]", "--preview", "--json").json
    assert [r["lr"] for r in preview["runs"]] == [0.1, 0.2]
    assert not (trial_project / ".gage").exists()


def test_random_values_depend_on_the_seed(gage, trial_project):
    words = ("run", "train.py", "lr=loguniform[1e-4:0.5]", "--max-runs", "3", "--seed", "5", "--preview", "--json")
    first = gage(*words).json
    assert first == gage(*words).json
    assert len({r["lr"] for r in first["runs"]}) == 3
    [note] = gage("run", "train.py", "lr=uniform[0:1]", "--preview", "--json").json["notes"]
    assert note.startswith("To use the same random values again: --seed ")


def test_combines_rows_of_batch_files(gage, trial_project):
    (trial_project / "a.csv").write_text("lr\n0.1\n0.2\n")
    (trial_project / "b.json").write_text('[{"opt": "a"}, {"opt": "b"}]')
    preview = gage("run", "train.py", "@a.csv", "@b.json", "--preview", "--json").json
    assert [(r["lr"], r["opt"]) for r in preview["runs"]] == [(0.1, "a"), (0.1, "b"), (0.2, "a"), (0.2, "b")]
    (trial_project / "gaps.csv").write_text("lr,opt\n0.1,\n0.2,b\n")
    preview = gage("run", "train.py", "@gaps.csv", "opt=a", "--preview", "--json").json
    assert [(r["lr"], r["opt"]) for r in preview["runs"]] == [(0.1, "a"), (0.2, "a")]
    assert preview["notes"] == ["The command line overrides opt of gaps.csv"]
    preview = gage("run", "train.py", "@gaps.csv", "lr=[1,2]", "--preview", "--json").json
    assert [(r["lr"], r.get("opt")) for r in preview["runs"]] == [(1, "sgd"), (2, "sgd"), (1, "b"), (2, "b")]
    (trial_project / "short.csv").write_text("opt,lr\na\nb,0.3\n")
    preview = gage("run", "train.py", "@short.csv", "lr=0.7", "--preview", "--json").json
    assert [(r["lr"], r["opt"]) for r in preview["runs"]] == [(0.7, "a"), (0.7, "b")]
    preview = gage("run", "train.py", "@a.csv", "lr=[0.3,0.4]", "--preview", "--json").json
    assert [r["lr"] for r in preview["runs"]] == [0.3, 0.4]
    assert preview["notes"] == ["The command line overrides lr of a.csv; equal rows then run once: 1 of 2"]
    preview = gage("run", "train.py", "@a.csv", "@b.json", "--zip", "--preview", "--json").json
    assert [(r["lr"], r["opt"]) for r in preview["runs"]] == [(0.1, "a"), (0.2, "b")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("lr=[0.1,x]",), "Run 2 of 2: lr must be a number, got 'x'"),
        (("speed=[1,2]",), "Unknown parameter 'speed'"),
        (("@none.csv",), "No such file: none.csv"),
        (("@bad.csv", "@unknown.csv"), "lr is set by unknown.csv and by bad.csv"),
        (("lr=[1,2]", "--zip"), "--zip requires several batch files"),
        (("@wrong.csv",), "wrong.csv:2"),
        (("@unknown.csv",), "Run 1 of 1 (unknown.csv:2): Unknown parameter 'sped' for train.py"),
        (("@bad.csv", "opt=[a,b]"), "Run 3 of 4 (bad.csv:3): lr must be a number, got 'x'"),
        (("lr=[1:0]",), "is empty: the step"),
        (("lr=0.1", "--jobs", "2"), "--jobs applies to a batch"),
        (("lr=0.1", "--zip"), "--zip applies to a batch"),
        (("lr=[0.1,0.2]", "--jobs", "0"), "--jobs"),
        (("lr=[0.1,0.2]", "--background"), "background"),
        (("--resume", "1", "--max-runs", "2"), "--max-runs"),
    ],
)
def test_starts_nothing_when_a_trial_is_invalid(gage, trial_project, words, message):
    (trial_project / "wrong.csv").write_text("lr,opt\n1,a,2\n")
    (trial_project / "bad.csv").write_text("lr\n1\nx\n")
    (trial_project / "unknown.csv").write_text("lr,sped\n1,2\n")
    target = () if words[0] == "--resume" else ("train.py",)
    result = gage("run", *target, *words, "--yes", code=None)
    assert result.code != 0
    assert message in result.err
    assert "Traceback" not in result.err
    assert not (trial_project / ".gage").exists()


def test_failure_stops_other_trials_only_with_fail_fast(gage, trial_project):
    result = gage("run", "train.py", "lr=[0.95,0.1]", "--yes", "--quiet", code=1)
    assert "1 completed, 1 failed" in result.err
    assert re.search(r"Run 1 of 2 failed \(exit code 1\): \S+  lr=0.95: AssertionError\n", result.err)
    assert "1 completed, 1 failed\n  1 failed (exit code 1): AssertionError\n" in result.err
    result = gage("run", "train.py", "lr=[0.95,0.1]", "--yes", "--fail-fast", "--quiet", code=1)
    assert "0 completed, 1 failed, 1 not started" in result.err
    assert [b["status"] for b in batches(gage)] == ["error", "error"]
    assert batches(gage)[0]["reason"] == "0 completed, 1 failed, 1 not started"


def test_reports_a_killed_trial_as_a_killed_run(gage, project):
    (project / "train.py").write_text("import os\nseed = 1\nif seed == 2:\n    os.kill(os.getpid(), 9)\n")
    result = gage("run", "train.py", "seed=[1,2]", "--yes", code=1)
    assert re.search(r"Run 2 of 2 was terminated: \S+  seed=2: signal 9 \(SIGKILL\)\n", result.err)
    assert "1 completed, 1 terminated\n  1 terminated: signal 9 (SIGKILL)\n" in result.err


def test_resume_runs_only_missing_trials(gage, trial_project):
    gage("run", "train.py", "lr=[0.1,0.95,0.2]", "--yes", "--fail-fast", "--quiet", code=1)
    (trial_project / "train.py").write_text(TRAIN.replace("0.9", "0.99"))
    first = batches(gage)[0]["name"]
    assert f"1 error, 1 completed  (gage list --where batch={first})" in gage("show", first).out
    result = gage("run", "--resume", first, "--jobs", "2", "--yes")
    assert "1 of 3 runs have completed: running the other 2" in result.err
    assert "The source code has changed" in result.err
    completed = [r["config"]["lr"] for r in list_trials(gage) if r["status"] == "completed"]
    assert sorted(completed) == [0.1, 0.2, 0.95]
    assert "have completed" in gage("run", "--resume", batches(gage)[0]["name"], "--yes").err
    assert "is not a batch" in gage("run", "--resume", list_trials(gage)[0]["name"], code=None).err


def test_resumed_batch_keeps_its_name(gage, trial_project):
    gage("run", "train.py", "lr=[0.1,0.95,0.2]", "--yes", "--fail-fast", "--quiet", code=1)
    first = batches(gage)[0]["name"]
    output = gage("run", "--resume", first, "--preview").out
    assert output.splitlines()[0] == "2 runs of train.py"
    resumed = gage("run", "--resume", first, "--yes", "--quiet", code=1).err
    assert f"Batch {first}: 1 completed, 1 failed; 2 of 3 in total" in resumed
    assert batches(gage)[0]["config"] == {"resumes": first}
    (trial_project / "train.py").write_text(TRAIN.replace("0.9", "0.99"))
    (trial_project / "below").mkdir()
    (trial_project / "gage.toml").touch()
    assert "1 completed" in gage("run", "--resume", first, "--yes", "--quiet", cwd=trial_project / "below").err
    for each in batches(gage):
        assert f"All 3 runs of {first} have completed" in gage("run", "--resume", each["name"], "--yes").err
    found = gage("list", "--where", f"batch={first}", "--where", "completed", "--json").json["runs"]
    assert sorted(r["config"].get("lr") for r in found if r["operation"] == "train.py") == [0.1, 0.2, 0.95]


def test_stores_no_secrets_and_requires_them_to_resume(gage, trial_project):
    (trial_project / "train.py").write_text(
        "import os\napi_key = 'x'\nlr = 0.1\nassert lr < 0.9 or 'MY_TOKEN' not in os.environ\n"
    )
    words = ("lr=[0.1,0.95]", "--yes", "--quiet")
    gage("run", "train.py", *words, "--env", "MY_TOKEN=hush", code=1)
    gage("run", "train.py", "api_key=hush", *words, "--env", "MY_TOKEN=hush", code=1)
    assert "hush" not in str([_member(trial_project, b["id"], "batch.json") for b in batches(gage)])
    [second, first] = [b["name"] for b in batches(gage)]
    assert "api_key" in gage("run", "--resume", second, "--yes", "--env", "MY_TOKEN=hush", code=2).err
    assert "--env MY_TOKEN=..." in gage("run", "--resume", first, "--yes", code=2).err
    assert "1 failed" in gage("run", "--resume", first, "--yes", "--env", "MY_TOKEN=hush", code=1).err


def test_stores_and_shows_no_secret_value_of_a_trial(gage, trial_project):
    parser = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--api-key')\np.add_argument('--lr')\n"
    (trial_project / "s.py").write_text(parser + "p.parse_args()\n")
    label = ("--label", "as {api-key} or hunter3", "--attr", "note=hunter3", "--yes", "--quiet")
    gage("run", "s.py", "lr=[1,2]", "api-key=hunter3", *label)
    gage("run", "s.py", "lr=[1,2]", *label, "--", "--api-key", "hunter3")
    gage("run", "s.py", "api-key=[hunter3,hunter4]", "--label", "as {api-key}", "--yes", "--quiet")
    gage("run", "s.py", "api-key=hunter3", *label)
    for path in (trial_project / ".gage" / "runs").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as meta:
                data = b"".join(map(meta.read, meta.namelist()))
        assert b"hunter" not in data, path
    assert "as ******** or ********" in gage("list").out
    for words in (("api-key=hunter3", "lr=[1,2]"), ("api-key=[hunter3,hunter4]",)):
        for more in ((), ("--json",)):
            assert "hunter" not in gage("run", "s.py", *words, "--preview", *more).out


def test_runs_only_needed_trials(gage, trial_project):
    gage("run", "train.py", "lr=0.1", "--yes")
    result = gage("run", "train.py", "lr=[0.1,0.2]", "--needed", "--yes")
    assert "1 completed, 1 not needed" in result.err


def test_stages_trials_and_runs_them_later(gage, trial_project):
    assert "2 staged" in gage("run", "train.py", "lr=[0.1,0.2]", "--stage", "--yes").err
    assert [r["status"] for r in list_trials(gage)] == ["staged", "staged"]
    gage("run", "--resume", batches(gage)[0]["name"], "--yes", "--quiet")
    assert [r["status"] for r in list_trials(gage)] == ["completed", "completed"]
    assert [b["status"] for b in batches(gage)] == ["completed"]
    assert gage("check", "--all").code == 0


def test_a_staged_batch_completes_when_its_trials_were_started_one_by_one(gage, trial_project):
    gage("run", "train.py", "lr=[0.1,0.2]", "--stage", "--yes")
    for trial in list_trials(gage):
        gage("run", "--start", trial["name"], "--yes")
    gage("run", "--resume", batches(gage)[0]["name"], "--yes")
    assert [b["status"] for b in batches(gage)] == ["completed"]


def start(project, *words):
    def listen():
        signal.signal(signal.SIGINT, signal.default_int_handler)

    return subprocess.Popen(
        [sys.executable, "-m", "gage", "run", "train.py", *words, "--yes"],
        cwd=project,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listen,
        env=dict(os.environ),
    )


def wait_for(gage, condition):
    def is_there():
        result = gage("list", "--all", "--json", code=None)
        runs = result.json["runs"] if result.code == 0 else []
        return condition([r for r in runs if not r["operation"].endswith("+")])

    wait_until(is_there)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_running_trials_and_starts_no_more(gage, trial_project, number):
    process = start(trial_project, "lr=[0.1,0.2,0.3,0.4]", "seconds=30", "--jobs", "2")
    # a Python that is still loading may swallow a Ctrl-C
    wait_for(gage, lambda runs: len(list(trial_project.glob(".gage/runs/*/began"))) == 2)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert "2 terminated, 2 not started" in err
    reason = {signal.SIGINT: "interrupted (Ctrl-C)", signal.SIGTERM: "stopped (SIGTERM)"}[number]
    assert f"\n  2 terminated: {reason}\n" in err
    assert [r["status"] for r in list_trials(gage)] == ["terminated", "terminated"]
    assert batches(gage)[0]["status"] == "terminated"
    (trial_project / "train.py").write_text(TRAIN.replace("time.sleep(seconds)", ""))
    assert "4 completed" in gage("run", "--resume", batches(gage)[0]["name"], "--yes", "--quiet").err


@pytest.mark.slow
def test_killed_batch_is_listed_and_can_be_resumed(gage, trial_project):
    go = trial_project.parent / "go"
    (trial_project / "train.py").write_text(TRAIN.replace("time.sleep(seconds)\n", wait_for_file_source(go)))
    process = start(trial_project, "lr=[0.1,0.2,0.3]", "--jobs", "2")
    wait_for(gage, lambda runs: "running" in [r["status"] for r in runs])
    process.kill()
    process.wait(timeout=30)
    assert "still has running trials" in gage("run", "--resume", batches(gage)[0]["name"], "--yes", code=2).err
    go.touch()
    process.communicate(timeout=30)  # until the runs that have outlived it are over
    wait_for(gage, lambda runs: "running" not in [r["status"] for r in runs])
    assert batches(gage)[0]["status"] == "terminated"
    gage("run", "--resume", batches(gage)[0]["name"], "--yes", "--quiet")
    assert sorted(r["config"]["lr"] for r in list_trials(gage) if r["status"] == "completed") == [0.1, 0.2, 0.3]


def test_asks_and_shows_progress_on_a_terminal(trial_project):
    ours, theirs = os.openpty()
    words = [sys.executable, "-m", "gage", "run", "train.py", "lr=[0.1,0.2,0.95]", "seconds=0.2", "--jobs", "2"]
    process = subprocess.Popen(
        words, cwd=trial_project, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    os.write(ours, b"y\n")
    output = b""
    try:
        while piece := os.read(ours, 1 << 16):
            output += piece
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    assert process.wait(timeout=30) == 1
    text = output.decode()
    assert "You are about to start 3 runs of train.py" in text
    assert "0 of 3 runs" in text
    assert re.search(r"1 of 3 runs, [12] running", text)
    assert re.search(r"To see why: gage cat \w+-\w+ --output", text)
    assert "2 completed, 1 failed" in text


def test_rejects_a_batch_record_with_an_invalid_run_id(gage, trial_project):
    gage("run", "train.py", "lr=[0.1,0.2]", "--yes", "--quiet")
    [batch] = batches(gage)
    path = trial_project / ".gage/runs" / f"{batch['id']}.meta.zip"
    with zipfile.ZipFile(path) as old:
        members = {n: old.read(n) for n in old.namelist()}
    record = json.loads(members["batch.json"])
    record["members"][0]["id"] = "../../etc"
    members["batch.json"] = json.dumps(record).encode()
    os.chmod(path, 0o600)
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    result = gage("run", "--resume", batch["name"], "--yes", code=None)
    assert result.code != 0
    assert "is damaged" in result.err


def test_preview_says_that_the_program_was_started(gage, project):
    (project / "p.py").write_text(
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', type=float)\np.parse_args()\n"
    )
    assert "read by starting the program" in gage("run", "p.py", "lr=[1,2]", "--preview").err
    assert "read by starting the program" in gage("run", "p.py", "lr=1", "--preview").out
    assert "start the program" in " ".join(gage("run", "--help").out.partition("--help-op")[2][:300].split())


def test_previews_many_trials_and_a_single_one(gage, trial_project):
    assert gage("run", "train.py", "lr=[1:25]", "--preview").out.endswith("and 5 more\n")
    (trial_project / "one.csv").write_text("lr,opt\n0.1,a\n")
    assert gage("run", "train.py", "@one.csv", "--preview").out == "1 run of train.py\nlr=0.1 opt=a\n"


def test_rejects_a_batch_file_whose_values_the_arguments_set(gage, project):
    parser = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', type=float)\np.parse_args()\n"
    (project / "train.py").write_text(parser)
    (project / "trials.csv").write_text("lr\n0.1\n0.2\n")
    assert gage("run", "train.py", "@trials.csv", "--", "--lr", "0.3", code=2).err == (
        "gage: lr is set by trials.csv:2 and by the arguments after --\n"
        "To use one value for all rows, put it before --: gage run train.py @trials.csv lr=VALUE\n"
    )


def test_rejects_options_for_single_runs(gage, trial_project):
    words = ("run", "train.py", "lr=[0.1,0.2]", "--yes")
    assert "--debug and several runs" in gage(*words, "--debug", "pdb", code=2).err
    assert "--run-dir and several runs" in gage(*words, "--run-dir", "x", code=2).err
    assert "--resume takes no operation" in gage("run", "train.py", "--resume", "1", code=2).err


def test_records_a_batch_whose_workers_cannot_start(gage, trial_project, monkeypatch):
    def fail(scheduler):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.chdir(trial_project)
    monkeypatch.setattr(Scheduler, "run", fail)
    with pytest.raises(OSError, match="temporarily unavailable"):
        run_gage.main(["run", "train.py", "lr=[0.1,0.2]", "--yes", "--quiet"], standalone_mode=False)
    assert [batch["status"] for batch in batches(gage)] == ["error"]


def test_lists_a_staged_batch_as_staged(gage, project):
    gage("run", "train.py", "lr=[0.1,0.2]", "--stage", "--yes")
    runs = gage("list", "--json").json["runs"]
    assert [run["status"] for run in runs] == ["staged"] * 3
    assert "(batch of 2)" in gage("list", "-w", "op=train.py+").out
    batch = runs[-1]["name"]
    assert f"Try: gage run --resume={batch}" in gage("run", "--start", batch, "--yes", code=2).err
    assert "no problems" in gage("check", code=None).out.lower()
    assert gage("check", "--all", code=None).code == 0
    gage("run", "--resume", batch, "--yes")
    assert sorted(run["status"] for run in gage("list", "--json").json["runs"] if run["operation"] == "train.py") == [
        "completed",
        "completed",
    ]


def test_reports_source_code_that_changed_while_a_batch_was_running(gage, project):
    (project / "edit.py").write_text(
        "import os\nlr = 1\npath = os.path.join(os.environ['PROJECT'], 'other.py')\n"
        "open(path, 'a').write('# changed\\n') if lr == 1 else None\n"
    )
    (project / "other.py").write_text("")
    run = gage("run", "edit.py", "lr=[1,2]", "--yes", "--env", f"PROJECT={project}")
    assert "The source code changed while the batch was running" in run.err
    again = gage("run", "edit.py", "lr=[2,3]", "--yes", "--env", f"PROJECT={project}")
    assert "source code changed" not in again.err


def test_resume_says_that_the_batch_file_has_changed(gage, trial_project):
    (trial_project / "trials.csv").write_text("lr\n0.1\n0.95\n")
    gage("run", "train.py", "@trials.csv", "--yes", "--quiet", code=1)
    (trial_project / "trials.csv").write_text("lr\n0.1\n0.2\n")
    first = batches(gage)[0]["name"]
    error = gage("run", "--resume", first, "--yes", code=1).err
    assert "trials.csv has changed: the remaining runs keep the values that were planned" in error
    assert "gage run train.py @trials.csv --needed" in error and "The source code has changed" not in error
    (trial_project / "train.py").write_text(TRAIN + "# more\n")
    error = gage("run", "--resume", first, "--yes", code=1).err
    assert "trials.csv has changed" in error and "The source code has changed" in error
