"""Reads the values of a run by name: config, metrics, attributes and functions of metrics. Knows no columns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gage.types.filter import SeriesReader
from gage.types.run import Attribute, Metric, Run
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.select.evaluate import RunRow


def get_run_value(run: Run, name: str, read_series: SeriesReader | None = None) -> JSONValue:
    """Returns a config value, the last value of a metric or an attribute, whichever the run has first, else None.

    `config.NAME`, `metric.NAME` and `attribute.NAME` (or `attr.NAME`) are these values only, `eval.NAME` is a metric of
    an evaluation, and `min(METRIC)` is a function, unless something has such a name itself.
    """
    values = find_run_values(run, name, read_series)
    return values[0] if values else None


def find_run_values(run: Run, name: str, read_series: SeriesReader | None = None) -> tuple[JSONValue, ...]:
    """Returns the value that `get_run_value` describes in a tuple, which is empty if the run has no such value: a
    config value may be null.
    """
    if name in run.config:
        return (run.config[name],)
    if name in run.metrics:
        return (run.metrics[name].last,)
    if name in run.user_attrs.other or name in run.attributes:
        return (_get_plain(_list_values(run)["attribute"][name]),)
    kind, dot, rest = name.partition(".")
    values = _list_values(run).get(KINDS[kind], {}) if dot and kind in KINDS else {}
    if rest in values:
        return (_get_plain(values[rest]),)
    return _evaluate(run, name, read_series) if is_computed(name) else ()


KINDS = {
    "config": "config",
    "metric": "metric",
    "attribute": "attribute",
    "attr": "attribute",
    "eval": "evaluation",
}
"""Prefix before the dot of a name → the kind of value."""


def _list_values(run: Run) -> "dict[str, Mapping[str, JSONValue | Metric | Attribute]]":
    """Returns the values of a run by kind."""
    attributes = {**run.attributes, **run.user_attrs.other} if run.user_attrs.other else run.attributes
    return {"config": run.config, "metric": run.metrics, "attribute": attributes, "evaluation": run.evaluated}


def _get_plain(value: JSONValue | Metric | Attribute) -> JSONValue:
    if isinstance(value, Metric):
        return value.last
    return value.value if isinstance(value, Attribute) else value


def is_computed(name: str) -> bool:
    """Returns whether a name may be an expression such as `loss@100` or `min(loss)`."""
    return "@" in name or "(" in name


def build_row(run: Run, read_series: SeriesReader | None) -> "RunRow":
    """Returns a run as the input of expressions. Without `read_series`, it has no points of metrics."""
    from gage.select.evaluate import RunRow

    return RunRow(run) if read_series is None else RunRow(run, lambda name: read_series(run.id, name))


def _evaluate(run: Run, text: str, read_series: SeriesReader | None) -> tuple[JSONValue, ...]:
    """Returns the value of an expression in a tuple, which is empty if there is none. Raises UsageError."""
    from gage.select.evaluate import list_values
    from gage.select.grammar import parse_value

    return list_values(parse_value(text), build_row(run, read_series))[:1]


def has_metrics_of(run: Run, text: str) -> bool:
    """Returns whether a run has the metrics that a function such as `mean(loss, 10)`, or `loss@100`, needs."""
    from gage.select.evaluate import parse_step
    from gage.select.fields import iter_fields
    from gage.select.grammar import parse_value

    expression = parse_value(text)
    steps = [parse_step(field) for field in iter_fields(expression)]
    names = [step[0] if step else field for field, step in zip(iter_fields(expression), steps, strict=True)]
    return is_computed(text) and all(any(each in run.metrics for each in name.metric_names) for name in names)
