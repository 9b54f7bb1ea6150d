"""`gage run --evaluate`: files of the evaluated run, the record of the new run, metrics beside the evaluated run."""

from pathlib import Path

import pytest

TRAIN = """\
lr = 0.1
open("model.bin", "wb").write(b"\\0%f" % lr)
open("metrics.json", "w").write('{"acc": 0.1}')
print(f"loss: {lr}")
"""
EVALUATE = """\
import os
scale = 1
print("of", os.environ["GAGE_EVALUATED_RUN"])
print(f"error: {float(open('model.bin', 'rb').read()[1:]) * scale}")
"""


@pytest.fixture
def trained(gage, project: Path) -> list[str]:
    """Returns the IDs of two runs of train.py, the newest first."""
    (project / "train.py").write_text(TRAIN)
    (project / "evaluate.py").write_text(EVALUATE)
    (project / "model.bin").write_bytes(b"\x0099")  # a dependency of both programs: that of the run counts
    gage("run", "train.py", "--yes", "--quiet")
    gage("run", "train.py", "lr=0.5", "--yes", "--quiet")
    return gage("select", "1:2").out.split()


def test_an_evaluation_has_the_files_of_the_run_and_names_it(gage, trained) -> None:
    before = gage("show", trained[0], "--json").json
    result = gage("run", "evaluate.py", "--evaluate", trained[0], "--yes")
    assert f"of {trained[0]}" in result.out and "error: 0.5" in result.out
    assert f"Evaluates {before['name']} (train.py), with 2 files of that run" in result.err
    run = gage("show", "1", "--json").json
    assert (run["parent"], run["relation"], list(run["metrics"])) == (trained[0], "evaluation", ["error"])
    assert {file["path"]: file["resumed"] for file in run["files"]}["model.bin"]
    assert "(evaluation)" in gage("list", "1").out
    assert f"Evaluation of  {before['name']}  {trained[0]}" in gage("show", "1").out
    after = gage("show", trained[0], "--json").json
    assert [(each["id"], each["metrics"]) for each in after["evaluations"]] == [(run["id"], {"error": 0.5})]
    assert after | {"evaluations": []} == before
    assert "Evaluations\n  " in gage("show", trained[0]).out


def test_metrics_show_beside_the_evaluated_runs(gage, trained) -> None:
    gage("run", "evaluate.py", "--evaluate", "1", "--evaluate", "2", "--yes", "--quiet")
    rows = gage("list", "--columns", "lr,eval.error", "--sort", "eval.error", "--limit", "2").out.splitlines()
    assert [row.split()[2:] for row in rows] == [["lr", "eval.error"], ["0.1", "0.1"], ["0.5", "0.5"]]
    assert gage("select", "-w", "eval.error > 0.2").out.split() == [trained[0]]
    assert "Best of 2 runs by eval.error (lower is better)" in gage("best", "eval.error").out
    best = gage("best", "error")
    assert "Best of 2 runs by error" in best.out and "repetition" not in best.out


def test_best_leaves_out_evaluations_beside_other_runs(gage, project, trained) -> None:
    (project / "evaluate.py").write_text('print("loss: 0.001")\n')
    gage("run", "evaluate.py", "--evaluate", "1", "--yes", "--quiet")
    out = gage("best", "loss").out
    assert "Best of 2 runs by loss" in out and "Left out: 1 evaluations" in out


def test_needed_compares_the_evaluated_run(gage, trained) -> None:
    first, second = trained
    gage("run", "evaluate.py", "--evaluate", first, "--yes", "--quiet")
    assert "Not needed" in gage("run", "evaluate.py", "--evaluate", first, "--needed", "--yes").err
    assert "Not needed" not in gage("run", "evaluate.py", "--evaluate", second, "--needed", "--yes").err
    assert "Not needed" not in gage("run", "evaluate.py", "scale=2", "--evaluate", first, "--needed", "--yes").err


def test_previews_and_stages_an_evaluation(gage, trained) -> None:
    assert "with 2 files of that run" in gage("run", "evaluate.py", "--evaluate", "1", "--preview").out
    preview = gage("run", "evaluate.py", "--evaluate", "1", "--evaluate", "2", "--preview", "--json").json
    assert [each["evaluates"] for each in preview["runs"]] == trained
    gage("run", "evaluate.py", "--evaluate", "2", "--stage", "--yes")
    assert "error: 0.1" in gage("run", "--start", "1", "--yes").out


def test_says_which_files_are_source_code_and_that_there_are_none(gage, project, trained) -> None:
    (project / "plain.py").write_text("print('acc: 1')\n")
    gage("run", "plain.py", "--yes", "--quiet")
    assert "wrote no files" in gage("run", "plain.py", "--evaluate", "1", "--yes").err
    (project / "metrics.json").write_text("{}")
    err = gage("run", "evaluate.py", "--evaluate", trained[0], "--yes").err
    assert "The evaluation uses these files of the project, not those of " in err and ": metrics.json" in err
    gage("run", "train.py", "--yes", "--quiet")  # changes metrics.json, its source code
    err = gage("run", "evaluate.py", "--evaluate", "1", "--yes").err
    assert "The evaluation uses these files of the project, not those of " in err and ": metrics.json" in err


def test_says_that_the_evaluated_run_is_gone(gage, trained) -> None:
    gage("run", "evaluate.py", "--evaluate", trained[0], "--yes", "--quiet")
    gage("run", "evaluate.py", "--evaluate", trained[1], "--yes", "--quiet")
    gage("delete", trained[0], "--yes")
    gage("archive", trained[1], "--yes", "--name", "old")
    assert "(deleted)" in gage("show", "2").out and "(archived)" in gage("show", "1").out
    assert "is deleted\nTry: gage restore" in gage("run", "evaluate.py", "--evaluate", trained[0], code=2).err
    gage("purge", trained[0], "--yes")
    assert "(not in this store)" in gage("show", "2").out
    assert gage("list", "--columns", "eval.error", code=0).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("evaluate.py", "--evaluate", "nope"), "There is no run 'nope'"),
        (("evaluate.py", "--evaluate", ""), "--evaluate requires a run"),
        (("evaluate.py", "scale=[1,2]", "--evaluate", "1"), "--evaluate cannot be used with a batch"),
        (("--restart", "1", "--evaluate", "1"), "--evaluate and --restart cannot be used together"),
        (("evaluate.py", "--evaluate", "1", "--evaluate", "2", "--run-dir", "x"), "--run-dir takes one evaluation"),
    ],
)
def test_explains_mistakes(gage, trained, words, message) -> None:
    assert message in gage("run", *words, "--yes", code=None).err


def test_refuses_runs_that_cannot_be_evaluated(gage, trained) -> None:
    gage("run", "train.py", "--stage", "--yes")
    assert "has not started" in gage("run", "evaluate.py", "--evaluate", "1", "--yes", code=2).err
    gage("run", "train.py", "lr=[1,2]", "--yes", "--quiet")
    batch = gage("select", "--name", "-w", "op='train.py+'").out.strip()
    assert "is a batch" in gage("run", "evaluate.py", "--evaluate", batch, "--yes", code=2).err
    gage("run", "evaluate.py", "--evaluate", trained[0], "--yes", "--quiet")
    assert "is an evaluation and cannot be restarted" in gage("run", "--restart", "1", "--yes", code=2).err
