"""Reads the values of a run by name: config, metrics, attributes and functions of metrics. Knows no columns."""

from collections.abc import Mapping

from gage.types.filter import Points, SeriesReader
from gage.types.run import Attribute, Metric, Run
from gage.types.values import JSONValue


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
    return _evaluate(run, name, read_series) if "(" in name or "@" in name else ()


KINDS = {
    "config": "config",
    "metric": "metric",
    "attribute": "attribute",
    "attr": "attribute",
    "eval": "evaluation",
}
"""What may stand before a name and a dot → the kind of value, in the order in which a name is looked for."""


def _list_values(run: Run) -> "dict[str, Mapping[str, JSONValue | Metric | Attribute]]":
    """Returns the values of a run by kind."""
    attributes = {**run.attributes, **run.user_attrs.other} if run.user_attrs.other else run.attributes
    return {"config": run.config, "metric": run.metrics, "attribute": attributes, "evaluation": run.evaluated}


def _get_plain(value: JSONValue | Metric | Attribute) -> JSONValue:
    if isinstance(value, Metric):
        return value.last
    return value.value if isinstance(value, Attribute) else value


def _is_expression(text: str) -> bool:
    """Returns whether a column may be `loss@100` or a function, and is more than the name of a value."""
    return "@" in text or ")" in text


def _evaluate(run: Run, text: str, read_series: SeriesReader | None) -> tuple[JSONValue, ...]:
    """Returns the value of `min(loss)` or `loss@100`, none for another text. Raises UsageError for a mistake."""
    from gage.select.evaluate import RunRow, list_values
    from gage.select.grammar import parse_value

    def read(name: str) -> Points | None:
        return read_series(run.id, name) if read_series else None

    return list_values(parse_value(text), RunRow(run, read))[:1]


def has_metrics_of(run: Run, text: str) -> bool:
    """Returns whether a run has the metrics that a function such as `mean(loss, 10)`, or `loss@100`, needs."""
    from gage.select.evaluate import parse_step
    from gage.select.fields import iter_fields
    from gage.select.grammar import parse_value

    expression = parse_value(text)
    steps = [parse_step(field) for field in iter_fields(expression)]
    names = [step[0] if step else field for field, step in zip(iter_fields(expression), steps, strict=True)]
    return _is_expression(text) and all(any(each in run.metrics for each in name.metric_names) for name in names)
