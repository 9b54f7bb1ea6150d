"""`gage compare`: tables of runs, groups over seeds, pivot tables, and their formats."""

import csv
import io
import json

import pyarrow.parquet
import pytest
from on_terminal import COLOUR, on_terminal
from stores import make_run


def add_run(root, metrics=None, status="completed", **config):
    members = {"summaries/metrics.json": json.dumps({n: build_summary(v) for n, v in (metrics or {}).items()})}
    return make_run(root, config=config, members=members, status=status, output="", run_dir=False)


def build_summary(value):
    point = {"step": 1, "value": value}
    return {"count": 2, "last": point, "first": point, "min": {"step": 0, "value": value / 2}, "max": point}


@pytest.fixture
def runs(project):
    """Creates eight runs: two models, with three seeds on the first data set, and one that failed."""
    root = project / ".gage" / "runs"
    for model, base in (("cnn", 0.8), ("vit", 0.9)):
        for seed in (1, 2, 3):
            add_run(root, {"acc": base + seed / 100, "loss": 1 - base}, model=model, data="a", seed=seed, epochs=3)
    add_run(root, {"acc": 0.5, "loss": 0.5}, model="vit", data="b", seed=1, epochs=3)
    add_run(root, {"acc": 0.1}, status="error", model="cnn", data="b", seed=1, epochs=3)
    return root


def read_csv(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_shows_what_differs_and_counts_the_rest(gage, runs):
    result = gage("compare", "3:5")
    lines = result.out.splitlines()
    assert lines[0].split() == ["#", "Name", "acc", "seed"]
    assert [line.split()[2:] for line in lines[1:]] == [["0.93", "3"], ["0.92", "2"], ["0.91", "1"]]
    assert "4 columns are the same everywhere\nTry: gage compare 3:5 --all-columns" in result.err
    everything = gage("compare", "3:5", "--all-columns")
    assert everything.out.split("\n")[0].split() == ["#", "Name", "loss", "acc", "model", "data", "seed", "epochs"]
    assert not everything.err


def test_the_command_that_shows_all_columns_repeats_the_others(gage, runs):
    err = gage("compare", "-w", "data=a", "--sort=-acc", "-n", "2", "--baseline", "3").err
    assert "gage compare --where data=a --limit 2 --sort=-acc --baseline 3 --all-columns" in err


def test_a_single_run_is_shown_with_all_columns(gage, runs):
    result = gage("compare", "3")
    assert result.out.split("\n")[0].split() == ["#", "Name", "loss", "acc", "model", "data", "seed", "epochs"]
    assert not result.err


def test_sorts_limits_and_takes_names_of_filters(gage, runs):
    names = "acc,min(loss),run.status,tag,config.model,created"
    rows = read_csv(gage("compare", "--sort=-acc", "-n", "3", "--columns", names, "--csv").out)
    assert [row["acc"] for row in rows] == ["0.93", "0.92", "0.91"]
    assert [*rows[0]] == ["index", "name", "acc", "min(loss)", "status", "tags", "config.model", "created_at"]
    assert (rows[0]["min(loss)"], rows[0]["status"], rows[0]["config.model"]) == (
        "0.04999999999999999",
        "completed",
        "vit",
    )


def test_reports_columns_that_no_run_has(gage, runs):
    result = gage("compare", "1", "2", "--columns", "acc,lss")
    assert "No listed run has 'lss'\nDid you mean 'loss'?" in result.err
    assert result.out.startswith("#  Name") and "gage" not in result.out


def test_baseline_is_first_and_says_what_is_better(gage, runs):
    result = gage("compare", "3:5", "--baseline", "4")
    head, first, second, third = result.out.splitlines()
    assert head.split() == ["#", "Name", "acc", "Δ", "acc", "seed"]
    assert first.split()[2:] == ["0.92", "baseline", "2"]
    assert second.split()[2:6] == ["0.93", "+0.01", "▲", "better"] and third.split()[3:6] == ["-0.01", "▼", "worse"]
    other = gage("compare", "3:5", "--baseline", "2", "--columns", "acc,loss", "--json").json
    assert [run["index"] for run in other["runs"]] == [2, 3, 4, 5]
    assert other["runs"][0]["delta"] == {"acc": None, "loss": None}
    assert other["runs"][1]["delta"]["loss"] == {"value": pytest.approx(-0.4), "better": True}
    assert other["baseline"] == other["runs"][0]["name"]


def test_baseline_without_the_metric_has_no_difference(gage, runs):
    rows = gage("compare", "3", "1", "--baseline", "1", "--json").json["runs"]
    assert rows[1]["delta"] == {"loss": None, "acc": {"value": pytest.approx(0.83), "better": True}}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("--baseline", "1:2"), 2, "'1:2' matches several runs, but one is expected"),
        (("--baseline", "nothing"), 1, "There is no run 'nothing'"),
        (("-w", "model=mlp"), 1, "No run"),
        (("--group", "1"), 1, "No run is completed: 1 error"),
        (("--group", "--baseline", "1"), 1, "is in no group: it is error"),
        (("--columns", "min(acc"), 2, "min(acc"),
        (("--rows", "model"), 2, "A pivot table needs --values"),
        (("--values", "acc"), 2, "A pivot table needs --rows"),
        (("--rows", "model", "--values", "avg(acc)"), 2, "Unknown function 'avg' in 'avg(acc)'"),
        (("--rows", "modell", "--values", "acc"), 1, "No run has 'modell'\nDid you mean 'model'?"),
        (("--rows", "model", "--values", "mean(ac)"), 1, "No run has 'ac'\nDid you mean 'acc'?"),
        (
            ("--rows", "model", "--values", "acc", "-w", "data=b model=cnn"),
            1,
            "No run has a value for the pivot table: 1 error",
        ),
        (("--rows", "model", "--values", "mean()"), 2, "The name of a value is empty"),
        (("--rows", "model", "--values", "acc", "--sort", "acc"), 2, "--rows and --sort cannot be used together"),
        (("1", "2", "--metric", "acc", "--csv"), 2, "--metric and --csv cannot be used together"),
        (("1", "2", "--csv", "--json"), 2, "--csv and --json cannot be used together"),
        (("1", "2", "--parquet", "no/such/x"), 2, "Cannot write no/such/x"),
    ],
)
def test_explains_mistakes(gage, runs, words, code, message):
    result = gage("compare", *words, code=code)
    assert message in result.err and not result.out


def test_reports_that_there_are_no_runs(gage, project):
    assert "There are no runs yet" in gage("compare", code=1).err


def test_groups_runs_over_seeds(gage, runs):
    result = gage("compare", "--group")
    lines = [line.split() for line in result.out.splitlines()]
    assert lines[0] == ["#", "Name", "n", "loss", "acc", "model", "data"]
    assert lines[1][2:] == ["1", "0.5", "0.5", "vit", "b"]
    assert lines[2][2:] == ["3", "0.1", "±", "0", "0.920", "±", "0.010", "vit", "a"]
    assert "Left out: 1 error" in result.err and "1 column is the same everywhere" in result.err
    groups = gage("compare", "--group", "--json", "--baseline", "6", "--sort=-acc", "-n", "2").json
    assert [group["model"] for group in groups["groups"]] == ["cnn", "vit"] and groups["left_out"] == {"error": 1}
    assert groups["groups"][1]["acc"] == {"n": 3, "mean": pytest.approx(0.92), "std": pytest.approx(0.01)}
    assert groups["groups"][1]["delta"]["acc"] == {"value": pytest.approx(0.1), "better": True}


def test_groups_of_failed_runs_are_shown_if_the_filter_names_their_status(gage, runs):
    out = gage("compare", "--group", "-w", "status in [completed, error]", "--columns", "label,acc,seed", "--csv").out
    rows = read_csv(out)
    assert [row["runs"] for row in rows] == ["1", "1", "3", "3"]
    assert [row["seed"] for row in rows] == ["1", "1", "", ""] and rows[0]["n(acc)"] == "1"


def test_says_which_groups_differ_in_source_code_only(gage, project):
    script = project / "train.py"
    for text in ("lr = 0.1\nseed = 1\nprint('loss: 1')\n", "lr = 0.1\nseed = 1\nprint('loss: 2')\n"):
        script.write_text(text)
        gage("run", "train.py", "-y")
    err = gage("compare", "--group").err
    assert "2 groups differ from another one in source code only\nTry: gage diff " in err
    gage("run", "train.py", "lr=0.2", "-y")
    assert "source code only" not in gage("compare", "--group", "1:2").err


def test_a_group_says_how_many_of_its_runs_have_a_metric(gage, runs):
    add_run(runs, {"acc": float("inf")}, model="vit", data="b", seed=2, epochs=3)
    assert "0.5 (1)" in gage("compare", "--group").out


def test_groups_count_runs_without_a_finite_value(gage, runs):
    add_run(runs, {"acc": float("nan"), "loss": float("nan")}, model="vit", data="b", seed=2, epochs=3)
    add_run(runs, {"acc": 0.5}, model="vit", data="b", seed=3, epochs=3)
    result = gage("compare", "--group")
    assert "Left out: 1 error, 1 missing (loss), 1 NaN (loss, acc)\n" in result.err
    assert gage("compare", "--group", "--json").json["without_value"]["loss"] == {"nan": 1, "missing": 1}


def test_says_that_the_baseline_is_not_among_the_selected_runs(gage, runs):
    result = gage("compare", "--group", "-w", "model=cnn", "--baseline", "3")
    assert "is not among the selected runs; others of its config are not added" in result.err
    assert "not among" not in gage("compare", "--group", "--baseline", "3").err


def test_a_single_filter_is_answered_with_where(gage, runs):
    err = gage("compare", "model=cnn", "--table", code=2).err
    assert "To compare the runs that match in a table: gage compare --where model=cnn" in err


def test_pivot_shows_mean_and_deviation_over_the_rest(gage, runs):
    result = gage("compare", "--rows", "model", "--cols", "data", "--values", "mean(acc)")
    assert [line.split() for line in result.out.splitlines()] == [
        ["model", "data=a", "data=b"],
        ["cnn", "0.820", "±", "0.010", "(3)"],
        ["vit", "0.920", "±", "0.010", "(3)", "0.5", "(1)"],
    ]
    assert result.err == "gage: Left out: 1 error\n"
    pivot = gage("compare", "--rows", "model", "--cols", "data", "--values", "mean(acc)", "--json").json
    assert (pivot["rows"], pivot["cols"], pivot["values"]) == (["model"], ["data"], ["mean(acc)"])
    assert pivot["left_out"] == {"mean(acc)": {"error": 1}}
    assert pivot["table"][0] == {
        "model": "cnn",
        "data=a": {"n": 3, "mean": pytest.approx(0.82), "std": pytest.approx(0.01)},
        "data=b": None,
    }


def test_pivot_has_several_values_and_formats(gage, runs):
    words = ("--rows", "op,tag", "--cols", "model", "--values", "max(acc)", "--values", "count(min(loss))")
    rows = read_csv(gage("compare", *words, "--csv").out)
    assert rows == [
        {
            "op": "train",
            "tag": "",
            "max(acc) model=cnn": "0.8300000000000001",
            "count(min(loss)) model=cnn": "3",
            "max(acc) model=vit": "0.93",
            "count(min(loss)) model=vit": "4",
        }
    ]
    assert "| train | (missing) |" in gage("compare", *words, "--markdown").out
    assert "train & (missing) &" in gage("compare", *words, "--latex").out
    assert gage("compare", *words).err.count("Left out: 1 error") == 1


def test_pivot_says_once_what_is_left_out(gage, runs):
    add_run(runs, {"loss": 0.1}, model="cnn", data="a", seed=9)
    result = gage("compare", "--rows", "model", "--values", "mean(acc)", "--values", "mean(loss)")
    assert result.err.count("Left out") == 1 and "; " in result.err


def test_prints_and_writes_all_formats(gage, runs, project):
    assert gage("compare", "1", "2", "--table").out == gage("compare", "1", "2").out
    assert gage("compare", "1", "2", "--markdown").out.splitlines()[1].startswith("| --: | ----------- |")
    assert "\\toprule" in gage("compare", "1", "2", "--latex").out
    assert "Wrote 2 rows to x.parquet" in gage("compare", "1", "2", "--parquet", "x.parquet").err
    assert pyarrow.parquet.read_table(project / "x.parquet")["acc"].to_pylist() == [0.1, 0.5]
    add_run(runs, {"acc": 0.1}, model=7)
    assert "Values of several types are text: model" in gage("compare", "1", "2", "--parquet", "y.parquet").err


def test_hostile_texts_stay_in_their_cells(gage, runs):
    for text in ("=HYPERLINK(1)", "a|b\x1b[2J\n"):
        add_run(runs, {"acc": 0.1}, model=text)
    assert "'=HYPERLINK(1)" in gage("compare", "1", "2", "--csv").out
    out = gage("compare", "1", "2", "--markdown").out
    assert "a\\|b\\\\x1b\\[2J\\\\n" in out and "\x1b" not in out
    assert "\x1b" not in gage("compare", "1", "2").out + gage("compare", "1", "2", "--latex").out


def test_whole_columns_are_left_out_of_a_narrow_terminal(project, runs):
    for i in range(2):
        add_run(runs, {f"a_metric_with_a_long_name_{n}": n + i for n in range(6)}, learning_rate=i)
    text = COLOUR.sub("", on_terminal(project, "compare", "1", "2", "--table", columns=80)[0])
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert "+5 columns: a_metric_with_a_long_name_1," in text
    assert lines[0].split() == ["#", "Name", "a_metric_with_a_long_name_0", "learning_rate"]


def test_pivot_says_that_cells_pool_source_code(gage, project):
    for text in ("acc = 0.5\nlr = 1\nprint(f'acc: {acc}')\n", "acc = 0.5\nlr = 1\nprint(f'acc:  {acc}')\n"):
        (project / "fit.py").write_text(text)
        gage("run", "fit.py", "--yes")
    words = ("compare", "--rows", "lr", "--values", "mean(acc)")
    error = gage(*words).err
    assert "2 groups of runs over seeds share cells with another one that differs in source code only" in error
    assert "Try: gage diff " in error
    assert "source code" not in gage("compare", "--rows", "lr,source_digest", "--values", "mean(acc)").err
