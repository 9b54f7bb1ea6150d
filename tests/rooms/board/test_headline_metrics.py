"""Selection of the metrics in the line about a run."""

import pytest

from gage.board.run_table import describe_run, pick_headline_metrics
from gage.types.run import Metric, OpRef, Run


def make_metric(value: float, rank: int | None = None) -> Metric:
    return Metric(value, value, value, value, value, rank=rank)


@pytest.mark.parametrize(
    ("names", "selected"),
    [
        (["acc", "loss", "lr"], ["loss", "acc"]),
        (["train/loss", "val/loss", "val/acc"], ["val/loss", "val/acc"]),
        (["f1", "seconds"], ["f1", "seconds"]),
        (["b", "a"], ["a"]),
        ([], []),
    ],
)
def test_selects_the_most_informative_metrics(names: list[str], selected: list[str]) -> None:
    assert pick_headline_metrics(names) == selected


def test_important_metrics_of_the_operation_come_first() -> None:
    metrics = {"loss": make_metric(0.12345678), "wer": make_metric(3, 1), "cer": make_metric(1e-9, 2)}
    assert describe_run(Run("", "", OpRef("x"), "completed", 0, metrics=metrics)) == "wer=3 cer=1e-09"
    del metrics["wer"], metrics["cer"]
    assert describe_run(Run("", "", OpRef("x"), "completed", 0, metrics=metrics)) == "loss=0.1235"
