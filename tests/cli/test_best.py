"""`gage best` and `gage compare --metric` on stores with runs of known metrics."""

import json
import random
import re

import pytest
from stores import make_run

TRAIN = """\
lr = 0.1
seed = 1

for epoch in range(1, 6):
    loss = lr * epoch + seed / 100 - (0.5 if epoch == 2 else 0)
    print(f"epoch {epoch}: loss={loss:.4f}")
"""


def add_run(root, values, status="completed", op="train", tags=(), **config):
    """Adds a run whose metrics have these last values; a pair is last and best value."""
    metrics = {}
    for name, value in values.items():
        last, best = value if isinstance(value, tuple) else (value, value)
        metrics[name] = {"count": 1 if last == best else 5, "last": {"step": 5, "value": last}}
        metrics[name] |= {"min": {"step": 2, "value": best}, "max": {"step": 2, "value": best}}
    members = {"summaries/metrics.json": json.dumps(metrics)}
    return make_run(root, op, status, config, members=members, tags=tags, run_dir=False)


@pytest.fixture
def runs(project):
    return project / ".gage" / "runs"


def test_shows_the_best_runs_and_what_sets_them_apart(gage, runs):
    for i in range(6):
        add_run(runs, {"acc": 0.5 + i / 100}, lr=0.1 if i < 5 else 0.3, depth=4, note=f"n{i}")
    add_run(runs, {"acc": 0.99}, "error", lr=0.1)
    add_run(runs, {"acc": float("nan")}, lr=0.1)
    add_run(runs, {"loss": 1.0}, lr=0.1)
    lines = gage("best", "acc").out.splitlines()
    assert lines[:2] == ["Best of 6 runs by acc (higher is better)", "Left out: 1 error, 1 NaN, 1 without acc"]
    assert re.fullmatch(r"4  \S+ +0\.55  lr=0\.3, note=n5", lines[4]) and len(lines[3:]) > 4
    assert lines[5].split()[0] == "5" and lines[6].split()[0] == "6" and lines[7] == ""
    assert "Noise  not known: no two runs differ in seed only" in lines
    assert "Differing: lr (0.1, 0.3), note (n0, n1, n2, n3 and 2 more)" in lines
    assert len(gage("best", "acc", "--limit", "1").out.splitlines()) == len(lines) - 2
    assert gage("best", "acc", "--min").out.splitlines()[4].split()[0] == "9"
    assert "Best of 2 runs" in gage("best", "acc", "-w", "acc > 0.535").out
    assert "Best of 1 run " in gage("best", "acc", "4").out


def test_reports_noise_luck_and_the_best_config(gage, runs):
    draw = random.Random(1)
    for i in range(84):
        lr, config = (0.1, 0.2)[i // 42], {"bs": i // 21 % 2, "layers": i // 3 % 7}
        add_run(runs, {"loss": 1 - lr + draw.gauss(0, 0.02)}, lr=lr, **config, seed=i % 3)
    out = gage("best", "loss", "-n", "1").out
    assert "Noise        std over seeds 0.0" in out and "ranks 1 to " in out
    assert "below their mean" in out and "Warning" not in out
    assert re.search(
        r"Best config +bs=[01] layers=\d lr=0.2: 0\.\d+ ± 0\.\d+, n = 3 \(best mean of 28 configs with 3", out
    )
    assert re.search(
        r"\n  lr  0\.\d\d \(0\.\d\d–\d\.\d\d\), best with 0.2\n  May be chance, each judged alone: \w+, \w+\n", out
    )
    answer = gage("best", "loss", "--json").json
    assert answer["direction"] == "min" and answer["total"] == 84
    assert answer["effects"][0]["keys"] == ["lr"] and not answer["effects"][0]["may_be_chance"]
    assert answer["runs"][0]["seed_siblings"] == 2 and answer["noise"]["groups"] == 28
    assert gage("best", "loss", "--json").out == gage("best", "loss", "--json").out


def test_measures_importance_by_optuna(gage, runs):
    draw = random.Random(1)
    for _ in range(55):
        lr = draw.choice((0.1, 0.2, 0.3, 0.4))
        add_run(runs, {"loss": lr + draw.gauss(0, 0.02)}, lr=lr, bs=draw.choice((1, 2)), note=draw.random())
    out = gage("best", "loss", "--importance", "ped-anova").out
    assert "What goes with loss (share by PED-ANOVA over 55 configs, 95 % range; not a cause)\n  lr  0." in out
    assert "A share may be chance" in out and "best with 0.1" in out
    report = gage("best", "loss", "--importance", "ped-anova", "--json").json
    assert report["effects_method"] == "PED-ANOVA" and report["effects"][0]["p"] is None
    assert gage("best", "loss", "--json").json["effects_method"] == "rank effect"
    few = gage("best", "loss", "--importance", "ped-anova", "-w", "lr < 0.25").out
    assert "PED-ANOVA needs 50 configs, so that five are the best 10 %" in few


def test_long_differences_are_cut_to_the_line(gage, runs):
    names = [f"{letter * 9}_rate" for letter in "abcdefgh"]
    for i in range(5):
        add_run(runs, {"acc": 0.9 - i / 10}, **dict.fromkeys(names, 1 if i else 0.123))
    line = next(line for line in gage("best", "acc").out.splitlines() if line.startswith("5 "))
    assert line.endswith("aaaaaaaaa_rate=0.123, bbbbbbbbb_rate=0.123, ccccccccc_rate=0.123") and len(line) <= 100
    assert len(gage("best", "acc", "--json").json["runs"][0]["set_apart"]) == 8


def test_names_the_run_that_is_first_by_its_best_value(gage, runs):
    for i in range(3):
        add_run(runs, {"acc": (0.5 + i / 10, 0.95 - i / 10)}, lr=i)
    out = gage("best", "acc", "--limit", "1").out
    assert re.search(r"\nBest value +0\.95: by best value, \S+ \(run 3\) would be first\n", out)
    assert "0.6  first by best value, lr=0" not in out
    assert re.search(r"3 +\S+ +0\.5 +0\.95  first by best value, lr=0\n", gage("best", "acc").out)
    assert gage("best", "acc", "--json").json["first_by_best"]["index"] == 3


def test_names_what_has_no_effect_to_show(gage, runs):
    draw = random.Random(3)
    for i in range(24):
        rare = {"momentum": 0.9} if i < 4 else {}
        add_run(runs, {"loss": draw.random()}, lr=i // 2 % 3, path=f"out/{i}", **rare)
    out = gage("best", "loss").out
    assert (
        "\nMay be chance, each judged alone: lr\n"
        "Left out of the effects: momentum (in 4 configs only), path (24 different texts)\n" in out
    )


def test_repetitions_without_a_seed_are_named_so(gage, runs):
    for acc in (0.5, 0.6, 0.7):
        add_run(runs, {"acc": acc}, lr=0.1)
    out = gage("best", "acc").out
    assert "2 repetitions" in out and "std over repetitions 0.1 (1 config, 3 runs)" in out


def test_warns_where_seeds_explain_all(gage, runs):
    for seed in range(4):
        add_run(runs, {"loss": 0.1 * seed}, seed=seed)
    assert "all runs have the same config except for seeds" in " ".join(gage("best", "loss").out.split())
    for seed in range(4):
        add_run(runs, {"loss": 0.1 * seed + 0.01}, seed=seed, lr=1)
    assert "seeds alone may explain how these runs differ" in " ".join(gage("best", "loss").out.split())


def test_names_the_values_over_which_noise_is_pooled(gage, runs):
    for data in ("moons", "xor"):
        for seed in (1, 2):
            add_run(runs, {"loss": seed / 10}, data=data, lr=len(data), seed=seed)
    assert "the noise may differ by data: select one value by --where\n" in gage("best", "loss").out
    assert gage("best", "loss", "--importance").out == gage("best", "loss").out
    assert "Pooled" not in gage("best", "loss", "-w", "data=xor").out


def test_best_runs_per_value_have_no_ranks_in_their_noise(gage, runs):
    for lr in (0.1, 0.2):
        for seed in (1, 2):
            add_run(runs, {"loss": lr + seed / 1000}, lr=lr, seed=seed)
    assert "Noise  std over seeds 0.000707 (2 configs, 4 runs)\n" in gage("best", "loss", "--per", "lr").out
    assert "; there are 2." in gage("best", "loss").out


def test_best_of_each_group(gage, runs):
    add_run(runs, {"loss": 0.3}, tags=("old",), lr=0.1)
    add_run(runs, {"loss": 0.2}, tags=("old", "new"), lr=0.1)
    add_run(runs, {"loss": 0.1}, op="other", lr=0.2)
    by_tag = [line.split()[3:] for line in gage("best", "loss", "--per", "tag").out.splitlines()[3:6]]
    assert by_tag == [["(none)", "1", "0.1"], ["new", "1", "0.2"], ["old", "2", "0.25", "0.071"]]
    answer = gage("best", "loss", "--per", "op", "--json").json
    assert [(each["value"], each["best"]["value"], each["n"]) for each in answer["groups"]] == [
        ("other", 0.1, 1),
        ("train", 0.2, 2),
    ]
    assert "No run has 'lrr'\nDid you mean 'lr'?" in gage("best", "loss", "--per", "lrr", code=1).err


def test_real_runs_have_the_step_of_the_best_value(gage, project):
    (project / "train.py").write_text(TRAIN)
    gage("run", "train.py", "lr=[0.1,0.2]", "--quiet", "--yes")
    out = gage("best", "loss").out
    assert out.startswith("Best of 2 runs by loss (last value, lower is better)\n")
    assert re.search(r"2  \S+ +0\.51 +-0\.29@2  lr=0\.1", out)
    assert "first by best value" not in out
    assert "to measure it, run one config with seed=[1:5]" in " ".join(out.split())
    by_step = gage("best", "loss@3", "-n", "1").out
    assert by_step.startswith("Best of 2 runs by loss@3 (lower is better)") and "0.31" in by_step
    gage("run", "train.py", "seed=[2:3]", "--quiet", "--yes")
    assert "std over seeds 0.01 (1 config, 3 runs)" in gage("best", "loss").out


@pytest.mark.parametrize(
    ("words", "code", "message", "hint"),
    [
        ((), 2, "Missing metric", "Try: gage best loss"),
        (("los",), 1, "No run has the metric 'los'", "Did you mean 'loss'?"),
        (("speed",), 2, "whether a high or a low speed is better", "gage best speed --max, or: gage best speed --min"),
        (("argmin(loss)",), 2, "a high or a low argmin(loss)", "gage best 'argmin(loss)' --max"),
        (("loss", "--min", "--max"), 2, "--min and --max cannot be used together", ""),
        (("min(loss",), 2, "Expected ')'", ""),
        (("1", "loss"), 1, "There is no run 'loss'", "Try: gage best loss 1"),
        (("loss", "-w", "error"), 1, "No completed run has a loss to rank by: 1 error", "--where status=error"),
        (("loss", "-w", "lr=7"), 1, "No runs match", ""),
        (("config.opt", "--max"), 1, "No completed run has a config.opt to rank by: 1 error, 1 text", ""),
    ],
)
def test_explains_mistakes(gage, runs, words, code, message, hint):
    add_run(runs, {"loss": 0.3, "speed": 5}, opt="adam", lr=0.1)
    add_run(runs, {"loss": 0.2}, "error")
    error = gage("best", *words, code=code).err
    assert message in error and hint in error


def test_without_runs_and_without_metrics(gage, runs):
    assert "There are no runs" in gage("best", "loss", code=1).err
    add_run(runs, {})
    assert "The runs have no metrics" in gage("best", "loss", code=1).err


def test_a_filter_that_names_the_status_includes_it(gage, runs):
    add_run(runs, {"loss": 0.3})
    add_run(runs, {"loss": 0.2}, "terminated")
    assert "Best of 1 run " in gage("best", "loss").out
    assert "Best of 2 runs" in gage("best", "loss", "-w", "status in [completed, terminated]").out


def test_compares_configs_over_seeds(gage, runs):
    for seed, (a, b) in enumerate(((0.30, 0.41), (0.31, 0.40), (0.35, 0.44))):
        add_run(runs, {"loss": a}, lr=0.1, seed=seed)
        add_run(runs, {"loss": b}, lr=0.2, seed=seed)
    add_run(runs, {"loss": 0.1}, "error", lr=0.2, seed=9)
    out = " ".join(gage("compare", "7", "2", "--metric", "loss").out.split())
    assert "1 error" in out
    assert "loss (lower is better): A is 0.09667 better (95 % interval 0.068 to 0.13; 3 runs each; paired t)" in out
    assert "A is better in 100 % of all pairs" in out
    out = " ".join(gage("compare", "lr=0.2", "lr=0.1 and seed < 2", "-m", "loss").out.split())
    assert "B is" in out and "3 and 2 runs; Welch" in out
    answer = gage("compare", "7", "2", "-m", "loss", "--json").json
    assert answer["method"] == "paired t" and answer["p"] == answer["least_p"] == 0.25
    assert answer["a"]["n"] == 3 and answer["b"]["left_out"] == {"error": 1}


def test_groups_without_spread_have_no_interval(gage, runs):
    for lr, loss in ((0.1, 0.5), (0.1, 0.5), (0.2, 0.25), (0.2, 0.25)):
        add_run(runs, {"loss": loss}, lr=lr)
    out = " ".join(gage("compare", "1", "4", "-m", "loss").out.split())
    assert "A is 0.25 better (2 runs each; no interval: the runs of a group do not differ)" in out
    for lr in (0.3, 0.4):
        for seed in (1, 2):
            add_run(runs, {"loss": lr + seed}, lr=lr, seed=seed)
    out = " ".join(gage("compare", "1", "4", "-m", "loss").out.split())
    assert "B is 0.1 better (2 runs each; no interval: all pairs differ by the same)" in out


def test_says_that_no_difference_has_difference(gage, runs):
    for seed, (a, b) in enumerate(((0.3, 0.6), (0.7, 0.4), (0.5, 0.45))):
        add_run(runs, {"acc": a}, lr=0.1, seed=seed)
        add_run(runs, {"acc": b}, lr=0.2, seed=10 + seed)
    out = " ".join(gage("compare", "1", "2", "-m", "acc").out.split())
    assert re.search(
        r"no difference shown \(95 % interval -0\.\d+ to 0\.\d+; Welch\): with 3 runs each, a difference under", out
    )
    single = " ".join(gage("compare", "seed=0", "seed=11", "-m", "acc").out.split())
    assert "B is 0.1 better (1 run each; no interval: a group has one run only)" in single


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("seed=1", "2"), 2, "Missing metric\nTry: gage compare seed=1 2 --metric loss"),
        (("1", "-m", "loss"), 2, "Two groups of runs are needed"),
        (("1", "2", "-m", "loss"), 2, "2 runs would be in both groups"),
        (("1", "nothing", "-m", "loss"), 1, "There is no run 'nothing'"),
        (("1", "3", "-m", "loss"), 1, "B has no completed run with a loss: 1 error"),
    ],
)
def test_explains_what_cannot_be_compared(gage, runs, words, code, message):
    add_run(runs, {"loss": 0.2}, "error", lr=0.2)
    add_run(runs, {"loss": 0.3}, lr=0.1, seed=1)
    add_run(runs, {"loss": 0.3}, lr=0.1, seed=2)
    assert message in gage("compare", *words, code=code).err


def test_compares_three_groups(gage, runs):
    for seed, noise in enumerate((0.0, 0.01, 0.03, -0.01, -0.02)):
        for depth, acc in ((1, 0.5), (2, 0.6), (3, 0.61)):
            add_run(runs, {"acc": acc + noise * (1 + depth / 10)}, depth=depth, seed=seed + 10 * depth)
    words = ("compare", "depth=1", "depth=2", "depth=3", "--metric", "acc")
    lines = gage(*words).out.splitlines()
    assert lines[0].split() == ["Runs", "of", "n", "Mean", "Std"]
    assert [line.split()[:3] for line in lines[1:4]] == [[c, f"depth={i}", "5"] for i, c in enumerate("ABC", 1)]
    assert lines[5].startswith("acc (higher is better): the groups differ (Welch's F test, p = ")
    assert re.fullmatch(r"A - B +-0\.1002 +-0\.\d+ to -0\.\d+ +B is better \(Welch\)", lines[8])
    assert lines[10].endswith("no difference shown (Welch)")
    assert "all 3 pairs together (Dunn)" in lines[12]
    answer = gage(*words, "--json").json
    assert [group["runs"] for group in answer["groups"]] == ["depth=1", "depth=2", "depth=3"]
    assert answer["overall"]["p"] < 0.001 and answer["overall"]["numerator"] == 2
    assert [pair["has_difference"] for pair in answer["pairs"]] == [True, True, False]
    assert all(pair["p"] <= pair["p_holm"] for pair in answer["pairs"])
    low, high = answer["pairs"][2]["interval"]
    assert low < answer["pairs"][2]["difference"] < high
    single = gage("compare", "depth=1", "depth=2 seed=20", "depth=3", "-m", "acc").out
    assert "no overall test" in single and "no interval" in single
    many = [f"seed={i}" for i in range(11)]
    assert "At most 10 groups" in gage("compare", *many, "-m", "acc", code=2).err
    assert "would be in several groups" in gage("compare", "1", "2", "depth=3", "-m", "acc", code=2).err


def test_chosen_columns_replace_what_sets_runs_apart(gage, runs):
    for i in range(4):
        add_run(runs, {"acc": 0.5 + i / 10, "loss": (1.0, 0.25)}, lr=i, value="x", tags=("t",), note="a\x1bb")
    lines = gage("best", "acc", "-n", "2", "--columns", "lr,min(loss),eval.acc,tag,value,note").out.splitlines()
    assert lines[2].split() == ["#", "Name", "acc", "lr", "min(loss)", "eval.acc", "Tags", "value", "note"]
    assert re.fullmatch(r"1  \S+ +0\.8 +3 +0\.25 +#t +x +a\\x1bb", lines[3])
    first = gage("best", "acc", "--columns", "lr,min(loss),tags", "--json").json["runs"][0]
    assert first["columns"] == {"lr": 3, "min(loss)": 0.25, "tags": ["t"]}
    assert "columns" not in gage("best", "acc", "--json").json["runs"][0]


def test_chosen_columns_of_groups_follow_the_group(gage, runs):
    for i in range(4):
        add_run(runs, {"acc": 0.5 + i / 10}, lr=i // 2, depth=i)
    groups = gage("best", "acc", "--per", "lr", "--columns", "name,depth,group")
    assert groups.out.splitlines()[2].split() == ["#", "Name", "acc", "lr", "depth", "group"]
    assert groups.out.splitlines()[3].split()[2:] == ["0.8", "1", "3"]
    assert "No listed run has 'group'" in groups.err
    best = gage("best", "acc", "--per", "lr", "--columns", "depth", "--json").json["groups"][1]["best"]
    assert best["columns"] == {"depth": 1}
    assert gage("best", "acc", "--columns", "index", "--json").json["runs"][0]["columns"] == {}
    assert gage("best", "acc", "--columns", "depht").err == "gage: No listed run has 'depht'\nDid you mean 'depth'?\n"
