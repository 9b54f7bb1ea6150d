"""`gage run`, `stop`, `watch`."""

import hashlib
import os
import re
import signal
import subprocess
import sys

import pexpect
import pytest
from stores import make_run

from gage.cli.run.run_single import compute_exit_code
from gage.store.meta import MetaReader
from gage.store.store import RunStore

SLOW = "import time\nprint('begun', flush=True)\ntime.sleep(60)\n"


def latest(gage):
    return gage("show", "--json").json


def test_runs_a_script_with_a_value(gage, project):
    result = gage("run", "train.py", "lr=0.5", "--label", "first", "-t", "a", "-t", "b")
    assert (result.out, result.err) == ("loss: 1.0\n", "a warning\n")
    assert "lr = 0.1" in (project / "train.py").read_text()
    report = latest(gage)
    assert report["status"] == "completed" and report["config"]["lr"] == 0.5
    assert report["label"] == "first" and report["tags"] == ["a", "b"]
    assert gage("cat", "1", "model.txt").out == "0.5\n"
    assert "lr=0.5" in gage("list").out


def test_quiet_hides_output(gage):
    result = gage("run", "train.py", "--quiet")
    assert (result.out, result.err) == ("", "")
    assert latest(gage)["output"] == ["loss: 0.2", "a warning"] or latest(gage)["output"] == ["a warning", "loss: 0.2"]


@pytest.mark.parametrize("code", [0, 1, 7, 200])
def test_exits_with_the_exit_code_of_the_program(gage, code):
    gage("run", "--", "sh", "-c", f"exit {code}", code=code)
    assert latest(gage)["status"] == ("error" if code else "completed")


def test_exits_with_128_plus_the_signal(gage):
    gage("run", "--", "sh", "-c", "kill -9 $$", code=137)
    assert latest(gage)["status"] == "terminated"


def test_passes_words_after_dashes_unchanged(gage):
    result = gage("run", "--", sys.executable, "-c", "import sys; print(sys.argv[1:])", "--yes", "-q", "--", "lr=1")
    assert result.out == "['--yes', '-q', '--', 'lr=1']\n"


def test_preserves_binary_output(gage):
    code = "import sys; sys.stdout.buffer.write(bytes(range(256)))"
    assert gage("run", "--", sys.executable, "-c", "print('x')").raw == b"x\n"
    result = subprocess.run(
        [sys.executable, "-m", "gage", "run", "--", sys.executable, "-c", code], capture_output=True
    )
    assert result.stdout == bytes(range(256))


def test_sets_environment_variables(gage):
    gage("run", "--env", "GREETING=hello=you", "-e", "EMPTY=", "--", "sh", "-c", "echo $GREETING$EMPTY.")
    assert gage("cat", "--output").out == "hello=you.\n"


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        (("train.py", "leaning_rate=1"), "leaning_rate", None),
        (("tran.py",), "Did you mean 'train.py'?", 1),
        ((), "Nothing to run", 2),
        (("--",), "Missing command after --", 2),
        (("train.py", "--stage", "--background"), "--stage and --background cannot be used together", 2),
        (("--background", "train.py", "--stage"), "--stage and --background cannot be used together", 2),
        (("train.py", "--preview", "--stage"), "--preview and --stage cannot be used together", 2),
        (("--start", "1", "lr=2"), "--start and NAME=VALUE cannot be used together", 2),
        (("--start", "1", "--label", "x"), "--start and --label cannot be used together", 2),
        (("--start", "1", "--", "ls"), "--start and -- COMMAND cannot be used together", 2),
        (("train.py", "--json"), "--json requires --preview", 2),
        (("train.py", "--max-time", "soon"), "--max-time: 'soon' is not a duration", 2),
        (("train.py", "--max-time", "0"), "--max-time: '0' is not a duration", 2),
        (("train.py", "--env", "NAME"), "--env: expected NAME=VALUE, got 'NAME'", 2),
        (("train.py", "--env", "1A=2"), "--env: '1A' is not the name of a variable", 2),
        (("train.py", "--run-dir", "."), "--run-dir: . already exists", 2),
        (("--start", "1"), "There is no run 1", 1),
    ],
)
def test_rejects_invalid_command_lines_without_a_run(gage, project, words, message, code):
    result = gage("run", *words, code=code)
    assert result.code != 0 and message in result.err
    assert gage("list", "--json").json["total"] == 0


def test_preview_creates_nothing(gage, project):
    (project / "big.csv").write_text("1,2\n" * 400_000)
    result = gage("run", "train.py", "lr=0.5", "--preview", "--env", "API_TOKEN=abc123secret", "--label", "x")
    for text in ("train.py", "lr = 0.5  (default 0.1)", "epochs = 2", "Source code to copy", "Not copied", "big.csv"):
        assert text in result.out
    assert "abc123secret" not in result.out
    report = gage("run", "train.py", "lr=0.5", "--preview", "--json").json
    assert {"train.py"} <= {f["path"] for f in report["source"]["files"]}
    assert [s["value"] for s in report["config"] if s["set_by_user"]] == [0.5]
    report = gage("run", "train.py", "lr=.nan", "--preview", "--json").json
    assert {s["name"]: s["value"] for s in report["config"]}["lr"] == "NaN"
    assert not (project / ".gage").exists()


def test_stages_then_starts(gage, project):
    result = gage("run", "train.py", "lr=0.5", "--stage")
    assert result.out == "" and "gage run --start" in result.err
    assert latest(gage)["status"] == "staged"
    (project / "train.py").write_text("print('changed')\n")
    assert gage("run", "--start", "1").out == "loss: 1.0\n"
    assert latest(gage)["status"] == "completed"
    assert "only a staged run can be started" in gage("run", "--start", "1", code=2).err


def test_skips_a_run_that_is_not_needed(gage, project):
    gage("run", "train.py", "lr=0.5", "--needed")
    result = gage("run", "train.py", "lr=0.5", "--needed")
    assert result.out == "" and result.err.startswith("gage: Not needed: ")
    gage("run", "train.py", "lr=0.6", "--needed")
    (project / "train.py").write_text("lr = 0.1\n")
    gage("run", "train.py", "lr=0.5", "--needed")
    assert gage("list", "--json").json["total"] == 3


def test_run_dir_is_a_link(gage, project):
    gage("run", "train.py", "--run-dir", "here/out")
    assert (project / "here" / "out" / "model.txt").read_text() == "0.1\n"


def test_suggests_depends_for_a_missing_file(gage, project):
    (project / "data").mkdir()
    (project / "data" / ".nocopy").write_text("")
    (project / "data" / "points.csv").write_text("1\n2\n")
    (project / "late.py").write_text("folder = ''.join(['da', 'ta'])\nprint(len(list(open(folder + '/points.csv'))))\n")
    result = gage("run", "late.py", code=1)
    assert "data/points.csv" in result.err.splitlines()[-2] and "--depends data" in result.err.splitlines()[-1]
    assert gage("run", "late.py", "--depends", "data").out == "2\n"


def test_stops_after_max_time(gage, project):
    (project / "slow.py").write_text(SLOW)
    assert "time limit" in gage("run", "slow.py", "--max-time", "0.5", code=143).err
    assert latest(gage)["status"] == "terminated"


def test_runs_in_the_background_watches_and_stops(gage, project):
    (project / "slow.py").write_text(SLOW)
    result = gage("run", "slow.py", "--background")
    name = gage("select", "1", "--name").out.strip()
    assert f"gage watch {name}" in result.err and f"gage stop {name}" in result.err
    assert latest(gage)["status"] == "running"
    watch = subprocess.Popen([sys.executable, "-m", "gage", "watch", name], cwd=project, stdout=subprocess.PIPE)
    other = subprocess.Popen([sys.executable, "-m", "gage", "watch"], cwd=project, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "begun\n"
    other.send_signal(signal.SIGINT)
    assert other.wait(20) == 130 and latest(gage)["status"] == "running"
    gage("stop", name)
    assert watch.communicate(timeout=20)[0] == b"begun\n" and watch.returncode == 143
    assert latest(gage)["status"] == "terminated"
    assert "not running" in gage("stop", name, code=1).err
    assert gage("watch", name, code=143).out == "begun\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_records_an_interrupted_run(gage, project, number, code):
    (project / "slow.py").write_text(SLOW)
    run = subprocess.Popen([sys.executable, "-m", "gage", "run", "slow.py"], cwd=project, stdout=subprocess.PIPE)
    assert run.stdout is not None and run.stdout.readline() == b"begun\n"
    os.kill(run.pid, number)
    run.communicate(timeout=20)
    assert run.returncode in (code, -number)
    assert latest(gage)["status"] == "terminated"


def test_closed_output_pipe_does_not_end_the_run(gage, project):
    (project / "much.py").write_text("for i in range(100_000):\n    print(i)\nopen('done', 'w').write('x')\n")
    command = f"{sys.executable} -m gage run much.py | head -1"
    result = subprocess.run(["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False)
    assert result.stdout == "0\n" and "Traceback" not in result.stderr
    assert gage("cat", "1", "done").out == "x"


def test_runs_operations_of_a_gage_file(gage, project):
    (project / "gage.toml").write_text(
        '[train]\nexec = "python train.py"\nconfig = "train.py#lr"\ndescription = "Learn"\ndefault = true\n'
        '[bad]\nexce = "x"\n[fails]\nexec = { run = "true", finalize = "exit 3" }\n'
    )
    listed = gage("operations")
    assert "train  (default)  Learn" in listed.out and "gage.toml:7:1" in listed.err and "bad" not in listed.out
    assert [op["name"] for op in gage("ops", "--json").json["operations"]] == ["train", "fails"]
    result = gage("run", "lr=0.5")
    assert result.out == "loss: 1.0\n" and result.err.count("gage.toml:7:1") == 1
    assert "cannot be used" in gage("run", "bad", code=1).err
    gage("run", "fails", code=3)
    assert latest(gage)["status"] == "error" and latest(gage)["exit"] == 3


def test_starts_without_asking_if_stdin_is_not_a_terminal(gage):
    assert gage("run", "train.py").out == "loss: 0.2\n"


def test_starts_a_staged_run_in_the_background(gage, project):
    gage("run", "train.py", "--stage")
    assert "gage watch" in gage("run", "--start", "1", "--background", "--yes").err
    assert "loss: 0.2" in gage("watch", "1").out


def test_rejects_a_dependency_with_another_digest(gage, project):
    digest = hashlib.sha256(b"x").hexdigest()
    depends = f'depends = {{ path = "data.bin", sha256 = "{digest}" }}'
    (project / "gage.toml").write_text(f'[fit]\nexec = "cat data.bin"\n{depends}\n')
    (project / "data.bin").write_text("y")
    assert "data.bin is not the file that the operation expects" in gage("run", "fit", "--yes", code=1).err
    (project / "data.bin").write_text("x")
    assert gage("run", "fit", "--yes").out == "x"


def test_fills_placeholders_of_labels_and_reports_unknown_ones(gage, project):
    gage("run", "train.py", "lr=0.5", "--yes", "--label", "rate={lr} {{lr}}")
    assert latest(gage)["label"] == "rate=0.5 {lr}"
    result = gage("run", "train.py", "--yes", "--label", "{lrr}", code=2)
    assert "--label uses {lrr}, which is not a parameter of train.py\nDid you mean {lr}?" in result.err
    (project / "gage.toml").write_text('[fit]\nexec = "echo {nope}"\nlabel = "is {missing}"\n')
    result = gage("run", "fit", "--yes")
    assert result.out == "{nope}\n"
    assert "The command of fit uses {nope}, which is not a parameter" in result.err
    assert "The label of fit uses {missing}" in result.err


def test_reports_other_invalid_operations_only_where_they_matter(gage, project):
    (project / "gage.toml").write_text('[bad]\nexce = "ls"\n[none]\n[fit]\nexec = "echo 1"\n')
    for words in (("fit",), ("train.py",)):
        assert "gage.toml" not in gage("run", *words, "--yes").err
    assert 'Unknown setting "exce"' in gage("run", "bad", code=1).err
    assert "gage check gage.toml" in gage("operations").err
    (project / "gage.toml").write_text('[bad]\nexce = "ls"\n')
    assert "No operation of the Gage file can be used" in gage("operations").err
    assert "no operation of gage.toml can be used" in gage("run", code=2).err


def test_prints_a_description_as_lines(gage, project):
    (project / "gage.toml").write_text('[fit]\nexec = "ls"\ndescription = """one\n\ntwo"""\n')
    assert gage("operations").out == "fit  one\n\n  two\n"
    assert "fit\none\n\ntwo\n" in gage("run", "fit", "--help-op").out


def test_question_shows_another_project_and_the_size_of_copies(gage, project, monkeypatch):
    (project / "gage.toml").write_text('[fit]\nexec = "ls"\ndepends = "data.bin"\n')
    (project / "data.bin").write_bytes(b"x" * 2_000_000)
    (project / "sub").mkdir()
    at = pexpect.spawn(sys.executable, ["-m", "gage", "run", "fit"], cwd=str(project / "sub"), encoding="utf-8")
    at.expect_exact("You are about to run fit")
    at.expect_exact(f"Project: {project}")
    at.expect_exact("Copies 2.0 MB of dependencies")
    at.sendline("n")
    at.expect(pexpect.EOF)
    at.close()
    assert "Dependencies (copies 2.0 MB)" in gage("run", "fit", "--preview").out


def test_preview_lists_dependencies(gage, project):
    (project / "data.bin").write_bytes(bytes(10))
    (project / "read.py").write_text("open('data.bin', 'rb')\n")
    assert "data.bin  1 file, 10 bytes (read.py:1)" in gage("run", "read.py", "--preview").out


def test_leaves_no_link_to_a_run_that_does_not_exist(gage, project):
    (project / "file").write_text("")
    gage("run", "train.py", "--run-dir", "here", "--runs", "file/runs", code=1)
    assert not os.path.lexists(project / "here")


def test_operations_reports_a_missing_gage_file(gage):
    assert "No Gage file in this directory" in gage("operations").err


def test_exit_code_of_a_run_without_one(project):
    store = RunStore(project / ".gage" / "runs")
    assert compute_exit_code(store.read(make_run(store, status="staged"))) == 1


def test_masks_secret_config_values_in_commands(gage, project):
    (project / "gage.toml").write_text(
        '[op]\nexec = "true {password} {api_key}"\nenv = { URL = "x{password}" }\n'
        '[[op.config]]\nname = "password"\ndefault = "hunter2"\n[[op.config]]\nname = "api_key"\ndefault = "x9"\n',
    )
    secret = re.compile("hunter2|x9")
    for args in (["op"], ["op", "password=hunter22", "--", "hunter22"]):
        for option in ([], ["--json"]):
            assert not secret.search(gage("run", *args[:2], "--preview", *option, *args[2:]).out)
        gage("run", *args[:2], "--yes", *args[2:])
        assert not secret.search(gage("show", "1").out + gage("show", "1", "--json").out)
        with MetaReader.open(RunStore(project / ".gage" / "runs").get_paths(latest(gage)["id"])) as meta:
            assert not [name for name in meta.list_names() if secret.search(meta.read_text(name) or "")]


def test_masks_secret_options_in_the_preview(gage, project):
    for command in (["echo", "--password", "hunter2"], ["sh", "-c", "echo -u bob:hunter2"]):
        for option in ([], ["--json"]):
            assert "hunter2" not in gage("run", "--preview", *option, "--", *command).out
