"""The ranking of runs by a metric, their groups over seeds, and comparisons of two groups of runs."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.cli.render.group_comparison import print_comparison
from gage.cli.render.ranking import print_ranking
from gage.compare.group_text import convert_comparison_to_json, describe_comparison
from gage.compare.groups import group_by_seed, is_seed_name, normalize_config
from gage.compare.metric import RankedMetric, infer_direction, parse_metric
from gage.compare.ranking import rank_runs
from gage.compare.ranking_text import convert_ranking_to_json, describe_effects
from gage.compare.run_groups import compare_by_metric, find_siblings
from gage.select.parse import parse_value_name
from gage.types.errors import UsageError
from gage.types.run import Metric, OpRef, Run, UserAttrs


def make(loss, status="completed", /, *, best=None, points=1, op="train", digest="", trials=0, tags=(), **config):
    """Returns a run; `loss` None: it has no metric."""
    make.count += 1
    low = loss if best is None else best
    metrics = {} if loss is None else {"loss": Metric(loss, loss, low, loss, loss, points)}
    return Run(
        f"{make.count:036}",
        f"run-{make.count}",
        OpRef(op),
        status,
        make.count,
        config=config,
        source_digest=digest,
        trials=trials,
        metrics=metrics,
        user_attrs=UserAttrs(tags=tags),
    )


make.count = 0
LOSS = RankedMetric("loss", parse_value_name("loss"), True)
LABELS = ("depth=1", "depth=3")


def rank(runs, text="loss", limit=3, lower=True, **options):
    metric = RankedMetric(text, parse_metric(text, runs), lower)
    return rank_runs(runs, range(1, len(runs) + 1), metric, limit, **options)


def test_orders_runs_and_counts_those_left_out():
    runs = [
        *(make(0.3, lr=1), make(math.nan, lr=2), make(0.1, lr=3), make(None, lr=4), make(0.01, "error", lr=5)),
        *(make(math.inf), make(0.001, "running"), make(-9.0, trials=3)),
    ]
    ranking = rank(runs)
    assert [(each.position, each.value) for each in ranking.runs] == [(3, 0.1), (1, 0.3)]
    assert ranking.total == 2
    assert ranking.left_out == {"nan": 1, "missing": 1, "error": 1, "infinite": 1, "running": 1}
    assert [each.value for each in rank(runs, lower=False).runs] == [0.3, 0.1]
    assert [each.value for each in rank(runs, any_status=True).runs] == [0.001, 0.01, 0.1]
    assert rank([make(math.nan)]).runs == ()


def test_one_run_and_ties():
    only = rank([make(0.5, lr=1, seed=1)])
    assert only.runs[0].set_apart == () and only.noise is None and only.best_config is None
    tied = rank([make(0.5, lr=1), make(0.5, lr=2), make(0.5, lr=3)])
    assert [each.position for each in tied.runs] == [1, 2, 3]


def test_text_is_not_a_metric():
    assert rank([make(0.5, opt="adam")], "config.opt").left_out == {"text": 1}


def test_metric_comes_before_config_of_the_same_name():
    assert rank([make(0.5, loss=9)]).runs[0].value == 0.5
    assert rank([make(0.5, loss=9)], "config.loss").runs[0].value == 9


def test_functions_and_missing_values():
    runs = [make(0.5, best=0.1, points=9), make(0.4, best=0.3, points=9), make(None)]
    ranking = rank(runs, "min(loss)")
    assert [each.value for each in ranking.runs] == [0.1, 0.3]
    assert ranking.runs[0].best is None
    ranking = rank(runs)
    assert [(each.value, each.best) for each in ranking.runs] == [(0.4, 0.3), (0.5, 0.1)]
    assert ranking.first_by_best.value == 0.5
    assert rank(runs[:1]).first_by_best is None


def test_set_apart_by_rare_values():
    runs = [make(i, depth=12 if i == 0 else 4, lr=i / 10, data="x", seed=i) for i in range(10)]
    first = rank(runs).runs[0]
    assert [(each.name, each.value, each.runs) for each in first.set_apart] == [("depth", 12, 1), ("lr", 0.0, 1)]
    assert "depth" not in {each.name for each in rank(runs).runs[1].set_apart}
    other = [make(1, digest="a"), make(2, digest="b"), make(3, digest="b"), make(4, digest="b", extra=1)]
    assert [each.name for each in rank(other).runs[0].set_apart] == ["source code"]
    missing = rank([make(1), make(2, depth=4), make(3, depth=4), make(4, depth=4)]).runs[0].set_apart
    assert [(each.name, each.value) for each in missing] == [("depth", None)]


def test_groups_have_the_same_config_but_seeds():
    runs = [make(1, lr=1, seed=1), make(2, lr=1, seed=2), make(3, lr=2, seed=1), make(4, lr=1.0, seed=2)]
    groups = group_by_seed(runs, list(map(normalize_config, runs)))
    assert [group.members for group in groups] == [(0, 1, 3), (2,)]
    assert [group.indexes for group in groups] == [(0, 3), (2,)]  # the newer one of seed 2
    others = [make(1, digest="a"), make(1, digest="b"), make(1, op="eval"), make(1)]
    assert len(group_by_seed(others, [{}] * 4)) == 4
    assert [group.indexes for group in group_by_seed([make(1), make(2)], [{}, {}])] == [(0, 1)]


@pytest.mark.parametrize("name", ["seed", "data.seed", "random_state", "randomSeed", "seed_everything", "rng"])
def test_seeds_are_known_by_name(name):
    assert is_seed_name(name)


@pytest.mark.parametrize("name", ["seeded", "lr", "state", "random", "speed", ""])
def test_other_names_are_no_seeds(name):
    assert not is_seed_name(name)


def test_noise_is_pooled_over_seeds():
    """Two configs with losses 1, 3 and 11, 15: variances 2 and 8, so the pooled deviation is √5."""
    runs = [make(1, lr=1, seed=1), make(3, lr=1, seed=2), make(11, lr=2, seed=1), make(15, lr=2, seed=2)]
    noise = rank(runs).noise
    assert noise.std == pytest.approx(math.sqrt(5)) and (noise.groups, noise.runs) == (2, 4)
    assert noise.tied == 3  # t(2) = 4.303; 4.303 · √2 · √5 = 13.6
    assert noise.luck < 0 and not noise.may_be_all
    assert noise.p == pytest.approx(1 - math.sqrt(24.2 / 26.2))  # F(1, 2) = 121 / 5, the square of a t(2)


def test_warns_where_seeds_alone_explain_the_spread():
    draw = [0.1, 0.9, 0.4, 0.6, 0.2, 0.85, 0.5, 0.45]
    runs = [make(loss, lr=i // 2, seed=i % 2) for i, loss in enumerate(draw)]
    assert rank(runs).noise.may_be_all
    assert rank([make(1.0, seed=1), make(2.0, seed=2)]).noise.p is None
    equal = [make(loss, lr=lr, seed=seed) for lr, loss in ((1, 0.5), (2, 0.5)) for seed in (1, 2)]
    assert rank(equal).noise.p == 1 and rank([*equal, make(9, lr=3)]).noise.p == 0


def test_best_config_by_mean_over_three_seeds():
    losses = {1: (0.1, 0.9, 0.8), 2: (0.4, 0.41, 0.42), 3: (0.01, 0.02)}
    runs = [make(loss, lr=lr, seed=i) for lr, each in losses.items() for i, loss in enumerate(each)]
    ranking = rank(runs)
    assert ranking.runs[0].run.config["lr"] == 3
    assert ranking.best_config.values == {"lr": 2} and ranking.best_config.configs == 2
    assert ranking.best_config.summary.mean == pytest.approx(0.41)


def test_effects_count_configs_and_not_their_seeds():
    """Of 12 configs with 20 seeds each, the better half may have any other value by chance: 12 are too few to tell."""
    runs = [make(i // 6 + seed / 100, lr=i // 6, path=i, seed=seed) for i in range(12) for seed in range(20)]
    ranking = rank(runs)
    assert (ranking.total, ranking.configs) == (240, 12)
    assert ranking.importance.effects == () and set(ranking.differing) == {"lr", "path"}
    more = rank([*runs, *(make(i % 2, lr=i % 2, path=i, seed=1) for i in range(20, 40))])
    assert more.importance.effects[0].keys[0] == "lr" and not more.differing


def test_best_run_of_each_group():
    runs = [make(3, lr=1, tags=("a", "b")), make(1, lr=2, tags=("b",)), make(2, lr=1)]
    groups = rank(runs, limit=9, per=parse_value_name("tag")).groups
    assert [(group.label, group.best.value, group.summary.n) for group in groups] == [
        ("b", 1, 2),
        ("", 2, 1),
        ("a", 3, 1),
    ]
    groups = rank(runs, limit=1, per=parse_value_name("config.lr")).groups
    assert [(group.label, group.best.value) for group in groups] == [(2, 1)]


@pytest.mark.parametrize(
    ("text", "lower"),
    [
        *(("loss", True), ("val/loss", True), ("valLoss", True), ("error_rate", True), ("top1_error", True)),
        *(("cross_entropy", True), ("neg_log_likelihood", True), ("perplexity", True), ("reward_loss", True)),
        *(("acc", False), ("eval_f1", False), ("r2", False), ("mAP50", False), ("neg_mse", False), ("bleu", False)),
        *(("min(val_loss)", True), ("max(acc)", False), ("loss@100", True), ("at(acc, argmin(loss))", False)),
        *(("speed", None), ("loss_accuracy", None), ("argmin(loss)", None), ("max(acc) - last(acc)", None)),
        *(("count(loss)", None), ("entropy", None)),
    ],
)
def test_direction_by_name(text, lower):
    assert infer_direction(parse_value_name(text)) is lower


def test_runs_are_compared_in_pairs_if_their_seeds_match():
    a = [make(loss, lr=1, seed=i) for i, loss in enumerate((1.0, 2.0, 4.0))]
    b = [make(loss, lr=2, seed=i) for i, loss in ((2, 4.5), (0, 1.4), (1, 2.6))]
    metric = RankedMetric("loss", parse_value_name("loss"), True)
    assert compare_by_metric(a, b, metric).result.method == "paired t"
    assert compare_by_metric(a, b, metric).result.difference == pytest.approx(-0.5)
    assert compare_by_metric(a, b[:2], metric).result.method == "Welch"
    assert compare_by_metric(a, [*b, make(1, lr=3, seed=9)], metric).result.method == "Welch"
    assert compare_by_metric([make(1), make(2)], [make(3), make(4)], metric).result.method == "Welch"
    failed = compare_by_metric(a, [make(1, "error"), make(math.nan)], metric)
    assert failed.result is None and failed.left_out == ({}, {"error": 1, "nan": 1})


def test_refuses_to_compare_values_whose_difference_may_not_be_a_float():
    with pytest.raises(UsageError, match=r"-1e\+308 of loss is too large to compare: the limit is 1e\+300"):
        compare_by_metric([make(1, lr=1)], [make(-1e308, lr=2)], LOSS)


def test_runs_without_partner_are_left_out_if_enough_pairs_remain():
    a = [make(float(seed), lr=1, seed=seed) for seed in range(8)]
    b = [make(seed + 0.5 + seed / 100, lr=2, seed=seed) for seed in range(2, 9)]
    found = compare_by_metric(a, b, LOSS)
    assert found.result.method == "paired t" and found.result.a.n == found.result.b.n == 6
    assert found.left_out == ({"unpaired": 2}, {"unpaired": 1})
    note = describe_comparison(found, found.result, LABELS)[2]
    assert note.startswith("Compared in 6 pairs of runs that differ in lr only; left out: 2 of A and 1 of B, which")
    assert compare_by_metric(a, b[:4], LOSS).result.method == "Welch"
    many = [*a, *(make(float(seed), lr=1, seed=seed) for seed in range(20, 30))]
    assert compare_by_metric(many, b, LOSS).result.method == "Welch"


def test_runs_of_a_grid_are_compared_in_pairs_that_differ_in_one_value():
    grid = [(lr, seed) for lr in (0.1, 0.2, 0.4) for seed in (1, 2)]
    a = [make(10 * lr + seed, depth=1, lr=lr, seed=seed) for lr, seed in grid]
    b = [make(10 * lr + seed + 0.1 + seed / 100, depth=3, lr=lr, seed=seed) for lr, seed in reversed(grid)]
    found = compare_by_metric(a, b, LOSS)
    assert found.result.method == "paired t" and found.result.difference == pytest.approx(-0.115)
    assert found.contrast.apart == ("depth",) and len(found.contrast.pairs) == 6
    assert describe_comparison(found, found.result, LABELS)[2] == "Each pair of runs differs in depth only"


def test_says_what_groups_without_pairs_mix_and_differ_in():
    a = [make(1.0, depth=1, lr=0.1, data=data, opt="a") for data in "xy"]
    b = [make(2.0, depth=3, lr=lr, data=data, opt="b") for data in "xy" for lr in (0.1, 0.2)]
    found = compare_by_metric(a, b, LOSS)
    assert found.result.method == "Welch"
    note = describe_comparison(found, found.result, LABELS)[2]
    assert note == "Not compared in pairs: the groups also differ in opt, lr; each group mixes values of data"
    answer = convert_comparison_to_json(found, found.result, LABELS)
    assert answer["differ_in"] == ["depth", "opt", "lr"] and answer["mix"] == ["data"]


def test_groups_that_differ_in_their_seeds_only_have_no_note():
    a, b = ([make(float(seed), depth=depth, seed=seed) for seed in (depth, depth + 1)] for depth in (1, 3))
    found = compare_by_metric(a, b, LOSS)
    assert found.result.method == "Welch" and len(describe_comparison(found, found.result, LABELS)) == 2
    swapped = compare_by_metric(b, a, LOSS)
    assert swapped.result.a_better == 0
    assert "; B is better in 100 % of all pairs" in describe_comparison(swapped, swapped.result, LABELS)[1]


def test_digests_of_source_code_are_short():
    runs = [make(loss, digest=str(loss)[0] * 64) for loss in (1.0, 2.0)]
    notes = describe_effects(rank_runs(runs, [1, 2], LOSS, 3)).notes
    assert notes[0] == "Differing: source code (111111111111, 222222222222)"


def test_siblings_of_a_run():
    runs = [make(1, lr=1, seed=1), make(2, lr=2, seed=1), make(3, lr=1, seed=2), make(4, op="eval", lr=1, seed=2)]
    assert find_siblings(runs[2], runs) == [runs[0], runs[2]]
    assert find_siblings(make(0), runs) == []


losses = st.sampled_from((0.0, -0.0, 1.0, 1.0, 2.5, 1e300, -1e300, 5e-324, math.nan, math.inf, -math.inf, 7, None))
values = st.sampled_from((0, 1, 1.0, 2, 3, 4, 5, 6.5, True, None, "adam", "", "a b", [1], {"a": 1}, math.nan, math.inf))
configs = st.dictionaries(st.sampled_from(("lr", "seed", "opt", "rng", "")), values)
odd_runs = st.builds(lambda loss, config: make(loss)._replace(config=config), losses, configs)


@given(st.lists(odd_runs, max_size=45), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_values_have_a_ranking(runs, lower, by_group):
    metric = RankedMetric("loss", parse_metric("loss", runs), lower)
    per = parse_value_name("config.opt") if by_group else None
    ranking = rank_runs(runs, range(1, len(runs) + 1), metric, 3, per)
    convert_ranking_to_json(ranking, "opt" if by_group else None)
    if ranking.total:
        print_ranking(ranking, "opt" if by_group else None)
        ordered = [each.value for each in ranking.runs]
        assert ordered == sorted(ordered, reverse=not lower)
    assert ranking.total + sum(ranking.left_out.values()) == len(runs)
    assert all(math.isfinite(each.value) for each in ranking.runs)


@given(st.lists(odd_runs, min_size=1, max_size=8), st.lists(odd_runs, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_groups_are_compared(a, b):
    comparison = compare_by_metric(a, b, RankedMetric("loss", parse_metric("loss", a), True))
    if comparison.result is not None:
        print_comparison(comparison, comparison.result, ("a", "b"))
        convert_comparison_to_json(comparison, comparison.result, ("a", "b"))
