"""Evaluation of conditions on a run."""

import math
from typing import NamedTuple

import pytest

from gage.select.evaluate import RunRow, is_met
from gage.select.grammar import parse_condition
from gage.types.run import Attribute, Metric, OpRef, Run, UserAttrs

RUN = Run(
    "0197b1c4-5a3e-7000-8000-000000000001",
    "zoru-bemak",
    OpRef("train", "demo", "2"),
    "completed",
    created=1_700_000_000_000_000,
    started=1_700_000_000_000_000,
    stopped=1_700_000_090_000_000,
    exit=0,
    config={"lr": 0.1, "model": "mlp", "betas": [0.9, 0.999], "flag": True, "none": None, "same": 1, "status": "odd"},
    user_attrs=UserAttrs(label="first try", tags=("old", "paper"), marked=True, other={"note": "good", "loss": 9}),
    metrics={
        "loss": Metric(0.5, 2.0, 0.4, 2.0, 0.9, 4),
        "acc": Metric(0.9, 0.1, 0.1, 0.95, 0.5, 3),
        "recall@5": Metric(0.7, 0.1, 0.1, 0.7, 0.5, 3),
        "same": Metric(7, 7, 7, 7, 7, 1),
        "eval/top 1": Metric(0.8, 0.8, 0.8, 0.8, 0.8, 1),
        "bad": Metric(math.nan, 1.0, 1.0, 1.0, 1.0, 2),
        "big": Metric(math.inf, 1.0, 1.0, 1.0, 1.0, 2),
    },
    attributes={"params": Attribute("10", "run"), "size": Attribute(2_000_000, "run")},
)


class Points(NamedTuple):
    """A series for `RunRow`."""

    steps: list[int]
    values: list[float]


SERIES = {
    "loss": Points([0, 10, 20, 30], [2.0, 0.4, 0.7, 0.5]),
    "acc": Points([0, 10, 30], [0.1, 0.95, 0.9]),
}


def check(text: str) -> bool:
    """Returns whether the run meets the filter."""
    return is_met(parse_condition(text), RunRow(RUN, SERIES.get))


@pytest.mark.parametrize(
    "text",
    [
        "train first",
        "#paper and marked and comp",
        "lr=0.1 lr=1e-1 flag=yes none=null model=mlp betas=[0.9,0.999]",
        "lr = 0.1 and lr < 1 and 0 < lr <= 0.1",
        "op=train version=2 namespace=demo name=zoru-bemak status=odd status=completed exit=0",
        "tag=old and tag != new and tag in [new, paper] and len(tags) = 2",
        "min(loss) = 0.4 and max(acc) - last(acc) > 0.04 and count(loss) = 4 and first(loss) = 2",
        "loss@10 = 0.4 and loss@15 = 0.4 and loss@1000 = 0.5 and recall@5 = 0.7",
        "mean(loss, 2) = 0.6 and mean(loss) = 0.9",
        "at(acc, argmin(loss)) = 0.95 and argmax(acc) = 10",
        "same=1 and metric.same=7 and loss=0.5 and attr.loss=9",
        "acc / loss > 1.7 and abs(loss - acc) < 0.5 and 2 ** 3 = 8",
        "acc > loss and config.lr < metric.acc",
        "metric.`eval/top 1` > 0.7",
        "bad=nan and bad=NaN and bad = NAN",
        "bad is nan and bad is set and not (bad > 0) and not (bad < 0) and bad != 1",
        "big > 1e300 and big = inf",
        "missing is null and none is null and lr is not null and missing != 1 and missing=''",
        "betas contains 0.999 and label contains try and tag contains pap",
        'op ~ "tr*" and op !~ "ev*" and label =~ "^f.*y$"',
        "started = 2023-11 and started < today and created < now and duration = 90s and duration < 2m",
        "size > 1MB and size < 2MiB and acc >= 0.9",
        "not (lr > 1 or model = cnn)",
        "params = 10 and params != 11",
    ],
)
def test_meets(text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(
    "text",
    [
        "error",
        "model > 0.5",
        "lr > adam",
        "missing < 1",
        "missing > 1",
        "loss@-1 = 2",
        "mean(model, 2) < 1",
        "model + 1 > 0",
        "1 / 0 > 0",
        "lr / (lr - lr) > 0",
        "10 ** 400 > 1",
        "op = Train",
        "betas contains 0.99",
        "at(acc, missing) > 0",
        "argmin(missing) = 0",
        "params > 5",
        "tag = ''",
    ],
)
def test_does_not_meet(text: str) -> None:
    assert not check(text)


def test_parent_that_is_not_an_id_has_no_name() -> None:
    run = RUN._replace(parent="no ID, but as many characters as one")
    assert is_met(parse_condition("parent contains 'no ID'"), RunRow(run))
