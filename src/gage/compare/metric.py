"""What a run is ranked by: a metric or a function of it, and whether higher or lower is better.

Knows names and expressions; the values are in runs.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from gage.assignments.convert_words import join_words
from gage.board.run_table import pick_headline_metrics
from gage.board.run_values import build_row
from gage.compare.groups import split_name
from gage.index.load_series import build_no_metric_error
from gage.lib.suggest import suggest_closest
from gage.select.evaluate import RunRow, list_values, parse_step
from gage.select.fields import RUN_FIELDS, iter_fields
from gage.select.parse import parse_value_name, parse_where
from gage.types.errors import NotFound, UsageError
from gage.types.filter import Call, Expression, FieldName, SeriesReader
from gage.types.run import Run
from gage.types.values import Comparable

LOWER_WORDS = frozenset(
    """
    loss losses err error errors mae mse rmse rmsle mape smape nll bpc bpb perplexity ppl wer cer fid kid lpips brier
    ece eer logloss xent bce crossentropy deviance regret divergence latency duration mismatch misclassification
    """.split()
)
"""Words in the names of metrics: low values are better."""
HIGHER_WORDS = frozenset(
    """
    acc accs accuracy accuracies f1 fbeta auc auroc auprc ap map precision recall sensitivity specificity reward rewards
    return returns score scores bleu rouge meteor cider r2 iou miou dice jaccard psnr ssim mcc kappa ndcg mrr likelihood
    elbo throughput fps correct correlation pearson spearman success winrate
    """.split()
)
"""Words in the names of metrics: high values are better."""
NEGATIONS = frozenset(("neg", "negative"))
PLAIN_FUNCTIONS = ("last", "first", "min", "max", "mean", "at")
"""Functions that return a value of the metric or the mean of its values: what is better stays the same."""


class RankedMetric(NamedTuple):
    """The value that runs are ranked by: a metric, or a function of metrics."""

    text: str
    expression: Expression
    lower_is_better: bool

    @property
    def field(self) -> FieldName | None:
        """The metric, if runs are ranked by its last value, otherwise None."""
        return self.expression if isinstance(self.expression, FieldName) and not parse_step(self.expression) else None

    def list_values(self, run: Run, read_series: SeriesReader | None) -> tuple[Comparable, ...]:
        """Returns the value of a run in a tuple, which is empty if the value is missing."""
        return list_values(self.expression, build_row(run, read_series))

    def get_best(self, run: Run, read_series: SeriesReader | None) -> tuple[float | None, int | None]:
        """Returns the best of all values of the metric and its step. Each of them is None if it is not known, and both
        are if the metric has a single value.
        """
        if self.field is None:
            return None, None
        row = build_row(run, read_series)
        if row.get_statistic(self.field, "count") in (None, 1):
            return None, None
        word = "min" if self.lower_is_better else "max"
        best = row.get_statistic(self.field, word)
        step = list_values(Call(f"arg{word}", (self.field,)), row) if read_series else ()
        return (
            best if isinstance(best, int | float) else None,
            int(step[0]) if step and isinstance(step[0], int | float) else None,
        )


def pick_metric(runs: Sequence[Run], text: str | None, lower_is_better: bool | None, command: str) -> RankedMetric:
    """Returns the metric to rank by. If `lower_is_better` is None, the name of the metric decides. Hints in errors
    start with `command`, the words of the command line before the metric.

    Raises NotFound for an unknown metric, UsageError if `text` is None or the name does not say which values are
    better.
    """
    if text is None:
        names = pick_headline_metrics({name for run in runs for name in run.metrics}, 1)
        raise UsageError("Missing metric", f"Try: gage {command} {join_words(names or ['loss'])}")
    expression = parse_metric(text, runs)
    missing = find_missing_name(expression, runs)
    if missing is not None:
        raise build_no_metric_error([missing], sorted({name for run in runs for name in run.metrics}))
    if lower_is_better is None:
        lower_is_better = infer_direction(expression)
    if lower_is_better is None:
        words = f"gage {command} {join_words((text,))}"
        raise UsageError(
            f"It is not clear whether a high or a low {text} is better", f"Try: {words} --max, or: {words} --min"
        )
    return RankedMetric(text, expression, lower_is_better)


def parse_metric(text: str, runs: Sequence[Run]) -> Expression:
    """Returns the value that `text` names. A plain name means the metric if the runs have one, even if a config value
    has the same name. Raises UsageError.
    """
    expression = parse_value_name(text)
    if isinstance(expression, FieldName) and not expression.kind and any(expression.name in r.metrics for r in runs):
        return FieldName(f"metric.{expression.name}", "metric")
    return expression


def find_missing_name(expression: Expression, runs: Sequence[Run]) -> str | None:
    """Returns the first name in a value that no run has."""
    for field in iter_fields(expression):
        name = (parse_step(field) or (field,))[0]
        if field.kind in ("", "run") and field.plain_name in RUN_FIELDS:
            continue
        if not any(RunRow(run).list_values(each) for run in runs for each in {field, name}):
            return name.name
    return None


def require_names(expressions: Sequence[Expression], runs: Sequence[Run]) -> None:
    """Raises NotFound for a name that no run has."""
    missing = next(filter(None, (find_missing_name(each, runs) for each in expressions)), None)
    if missing is not None:
        names = sorted({name for run in runs for name in (*run.config, *run.metrics)} | set(RUN_FIELDS))
        raise NotFound(f"No run has {missing!r}", suggest_closest(missing, names, "Try: gage compare --all-columns"))


def infer_direction(expression: Expression) -> bool | None:
    """Returns whether lower values are better, such as those of a loss; None if the name does not say."""
    if isinstance(expression, Call) and expression.function in PLAIN_FUNCTIONS:
        return infer_direction(expression.arguments[0])
    if not isinstance(expression, FieldName):
        return None
    words = split_name((parse_step(expression) or (expression,))[0].name)
    numbered = ["".join(pair) for pair in pairwise(words)]  # f1, r2
    known = [word for word in (*numbered, *words) if word in LOWER_WORDS or word in HIGHER_WORDS]
    if not known:
        return None
    directions = {word in LOWER_WORDS for word in known}
    if len(directions) > 1 and words[-1] not in LOWER_WORDS:
        return None
    is_lower = words[-1] in LOWER_WORDS if len(directions) > 1 else directions.pop()
    return is_lower != bool(NEGATIONS & set(words))


def has_status_condition(where: Sequence[str]) -> bool:
    """Returns whether a filter has a condition on the status."""
    return any(field.plain_name == "status" for each in parse_where(where) for field in iter_fields(each.condition))
