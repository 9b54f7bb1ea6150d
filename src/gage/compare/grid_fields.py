"""The values of runs that a grid can show as columns: their names in filters, and how one is read from a run.

Knows single values; neither the order of columns nor how they are shown.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Literal, NamedTuple

from gage.lib.uuid7 import find_name
from gage.select.evaluate import VALUE_KINDS, RunRow, list_values, parse_step
from gage.select.fields import FIELDS, RUN_FIELDS, iter_fields
from gage.select.parse import parse_value_name
from gage.types.errors import UsageError
from gage.types.filter import (
    AllOf,
    AnyOf,
    Arithmetic,
    Call,
    Comparison,
    Condition,
    Constant,
    Expression,
    FieldName,
    Membership,
    Not,
    SeriesReader,
    State,
)
from gage.types.run import Run
from gage.types.values import Comparable, normalize_value

FieldKind = Literal["run", "config", "metric", "attribute", "evaluation", "expression", "curve"]

MEASURED_KINDS = ("metric", "evaluation")
"""Kinds of values that are measured: by the run, or by a run that evaluates it."""

REDUCERS = ("last", "min", "max", "mean", "first")
"""The numbers of a metric that its column can show."""

POSITION, NAME, CURVE = "index", "name", "curve"
"""Keys of the columns of the position, the name and the curve of a run."""

TIME_KEYS = frozenset(("created", "staged", "started", "stopped"))

SINGLE_VALUES = frozenset(("name", "op", "status", "label", "exit", "created", "started", "stopped"))
"""The run's own values that a filter reads just as a column does."""

UNKNOWN_NAME_HINT = "Try: gage compare --all-columns"
"""The hint for a name that no run has and that resembles no other name."""


class GridField(NamedTuple):
    """A value that runs have. `key` is its name in filters, `name` its name among the values of its kind."""

    key: str
    kind: FieldKind
    name: str
    expression: Expression | None = None


class GridColumn(NamedTuple):
    """A field as a column; `reducer` says which number of a metric the column shows."""

    field: GridField
    reducer: str = ""

    @property
    def title(self) -> str:
        """The heading: the name of the value in filters."""
        return f"{self.reducer}({self.field.key})" if self.reducer not in ("", "last") else self.field.key


ReadValue = Callable[[Run, int], Comparable | None]
"""Takes a run and the present in µs, and returns a value of the run; None if it is missing."""


def list_fields(runs: Iterable[Run]) -> dict[str, GridField]:
    """Returns the fields of the runs by key: the run's own values, config values, metrics, attributes and, as
    `eval.NAME`, the metrics of evaluations. If several kinds have a name, the key contains the kind, such as
    `metric.lr`. The key of a config value does so only if the run itself has a value of that name.
    """
    configs: dict[str, None] = {}
    metrics: dict[str, None] = {}
    attributes: dict[str, None] = {}
    evaluated: dict[str, None] = {}
    for run in runs:
        configs.update(dict.fromkeys(run.config))
        metrics.update(dict.fromkeys(run.metrics))
        attributes.update(dict.fromkeys(run.attributes))
        attributes.update(dict.fromkeys(run.user_attrs.other))
        evaluated.update(dict.fromkeys(run.evaluated))
    fields = {key: GridField(key, "run", key) for key in OWN_VALUES}
    fields[CURVE] = GridField(CURVE, "curve", CURVE)
    _add_fields(fields, "config", "config", configs)
    _add_fields(fields, "metric", "metric", metrics)
    _add_fields(fields, "attribute", "attr", attributes)
    for name in evaluated:
        fields.setdefault(f"eval.{name}", GridField(f"eval.{name}", "evaluation", name))
    return fields


def _add_fields(fields: dict[str, GridField], kind: FieldKind, prefix: str, names: Iterable[str]) -> None:
    for name in names:
        key = f"{prefix}.{name}" if name in fields or name in RUN_FIELDS else name
        fields.setdefault(key, GridField(key, kind, name))


def resolve_field(text: str, fields: Mapping[str, GridField]) -> GridColumn:
    """Returns the column that a name, or an expression such as `min(loss)` or `loss@100`, stands for. Raises UsageError
    for a name that no run has.
    """
    from gage.lib.suggest import suggest_closest

    key = text.removeprefix("run.")
    key = SYNONYMS.get(key, key)
    if key in fields:
        return _as_column(fields[key])
    expression = parse_value_name(text)
    for field in iter_fields(expression):
        if _find_field(field, fields) is None and _find_metric_at_step(field, fields) is None:
            raise UsageError(f"No run has {field.name!r}", suggest_closest(field.name, fields, UNKNOWN_NAME_HINT))
    if isinstance(expression, FieldName) and (found := _find_field(expression, fields)):
        return _as_column(found)
    if isinstance(expression, Call) and expression.function in REDUCERS and len(expression.arguments) == 1:
        argument = expression.arguments[0]
        found = _find_field(argument, fields, "metric") if isinstance(argument, FieldName) else None
        if found and found.kind == "metric":
            return GridColumn(found, expression.function)
    if isinstance(expression, Constant):
        raise UsageError(f"{text!r} is not the name of a value", UNKNOWN_NAME_HINT)
    return GridColumn(GridField(text, "expression", text, expression))


def _as_column(field: GridField) -> GridColumn:
    return GridColumn(field, "last" if field.kind == "metric" else "")


def _find_field(field: FieldName, fields: Mapping[str, GridField], preferred: str = "") -> GridField | None:
    """Returns the field that a name in a filter stands for."""
    if field.kind in ("", "run") and field.plain_name in OWN_VALUES:
        return fields.get(field.plain_name)
    kinds = (preferred, field.kind) if preferred or field.kind else ("config", "metric", "attribute")
    for kind in kinds:
        for each in fields.values():
            if each.kind == kind and each.name in (field.name, field.plain_name if field.kind else field.name):
                return each
    return None


def _find_metric_at_step(field: FieldName, fields: Mapping[str, GridField]) -> GridField | None:
    """Returns the metric of a name such as `loss@100`."""
    parsed = parse_step(field)
    return _find_field(parsed[0], fields, "metric") if parsed else None


def is_read_from_points(column: GridColumn) -> bool:
    """Returns whether the values of a column are read from the points of metrics, which takes long for many runs."""
    expression = column.field.expression
    return expression is not None and (
        has_point_function(expression) or any(parse_step(field) for field in iter_fields(expression))
    )


def find_column(expression: Expression, fields: Mapping[str, GridField]) -> GridColumn | None:
    """Returns the column with the values that an expression of a filter has; None if no single column has them."""
    match expression:
        case FieldName(kind="" | "run") if expression.plain_name in RUN_FIELDS:
            found = [fields[expression.name]] if expression.name in SINGLE_VALUES else []
            found += _list_fields_named(fields, {expression.name})
        case FieldName(name, kind):
            found = _list_fields_named(fields, {name})
            found += _list_fields_named(fields, {expression.plain_name}, {kind}) if kind else []
        case Call(function, (FieldName() as metric,)) if function in REDUCERS:
            found = _list_fields_named(fields, set(metric.metric_names), {"metric"})
            return GridColumn(found[0], function) if len(found) == 1 else None
        case _:
            return None
    return _as_column(found[0]) if len(set(found)) == 1 else None


def _list_fields_named(
    fields: Mapping[str, GridField], names: Container[str], kinds: Container[str] = VALUE_KINDS
) -> list[GridField]:
    return [field for field in fields.values() if field.name in names and field.kind in kinds]


def has_point_function(node: Condition | Expression) -> bool:
    """Returns whether a function in a condition or an expression needs more than the summary of a metric."""
    match node:
        case Call(function, arguments):
            return (
                function in ("at", "argmin", "argmax") or len(arguments) > 1 or any(map(has_point_function, arguments))
            )
        case AllOf(conditions) | AnyOf(conditions):
            return any(map(has_point_function, conditions))
        case Not(negated):
            return has_point_function(negated)
        case Comparison(left, _, right) | Arithmetic(_, left, right):
            return has_point_function(left) or has_point_function(right)
        case Membership(left, _) | State(left, _):
            return has_point_function(left)
    return False


def build_reader(column: GridColumn, read_series: SeriesReader | None = None) -> ReadValue:
    """Returns the function that reads the value of a column from a run. Without `read_series`, runs have no points."""
    field, name = column.field, column.field.name
    if field.kind == "run":
        return OWN_VALUES[name]
    if field.kind == "config":
        return lambda run, now: normalize_value(run.config[name]) if name in run.config else None
    if field.kind == "metric":
        return _build_metric_reader(name, column.reducer)
    if field.kind == "evaluation":
        return lambda run, now: normalize_value(run.evaluated[name]) if name in run.evaluated else None
    if field.kind == "attribute":
        return lambda run, now: _read_attribute(run, name)
    expression = field.expression
    if expression is None:
        return lambda run, now: None  # a curve has no value
    return lambda run, now: next(iter(list_values(expression, _build_row(run, now, read_series))), None)


def _build_row(run: Run, now: int, read_series: SeriesReader | None) -> RunRow:
    return RunRow(run, now=now) if read_series is None else RunRow(run, partial(read_series, run.id), now=now)


def _build_metric_reader(name: str, reducer: str) -> ReadValue:
    get_number = attrgetter(reducer or "last")

    def read(run: Run, now: int) -> Comparable | None:
        metric = run.metrics.get(name)
        value = None if metric is None else get_number(metric)
        return None if value is None else value if value == value else "nan"

    return read


def _read_attribute(run: Run, name: str) -> Comparable | None:
    if name in run.user_attrs.other:
        return normalize_value(run.user_attrs.other[name])
    return normalize_value(run.attributes[name].value) if name in run.attributes else None


def _read_duration(run: Run, now: int) -> Comparable | None:
    """Returns how long a run took, or has taken until now, in seconds."""
    end = run.stopped if run.stopped is not None else now if run.status == "running" else None
    return None if run.started is None or end is None else max(end - run.started, 0) / 1_000_000


def _name_parent(run: Run) -> str | None:
    return find_name(run.parent) or run.parent or None


OWN_VALUES: dict[str, ReadValue] = {
    POSITION: lambda run, now: None,  # a run does not know its position in the listing
    NAME: lambda run, now: run.name,
    "op": lambda run, now: run.op.name,
    "version": lambda run, now: run.op.version or None,
    "namespace": lambda run, now: run.op.namespace or None,
    "status": lambda run, now: run.status,
    "label": lambda run, now: run.label or None,
    "tags": lambda run, now: " ".join(run.tags) or None,
    "mark": lambda run, now: "true" if run.user_attrs.marked else None,
    "comments": lambda run, now: len(run.user_attrs.comments) or None,
    "created": lambda run, now: run.created,
    "started": lambda run, now: run.started,
    "staged": lambda run, now: run.staged,
    "stopped": lambda run, now: run.stopped,
    "duration": _read_duration,
    "exit": lambda run, now: run.exit,
    "reason": lambda run, now: run.reason or None,
    "batch": lambda run, now: _name_parent(run) if run.relation == "trial" else None,
    "parent": lambda run, now: _name_parent(run),
    "relation": lambda run, now: run.relation or None,
    "project": lambda run, now: run.project or None,
    "project_id": lambda run, now: run.project_id or None,
    "archive": lambda run, now: run.user_attrs.archive or None,
    "host": lambda run, now: run.host or None,
    "user": lambda run, now: run.user or None,
    "commit": lambda run, now: run.commit or None,
    "branch": lambda run, now: run.branch or None,
    "source_digest": lambda run, now: run.source_digest or None,
    "damage": lambda run, now: run.damage or None,
    "incomplete": lambda run, now: run.incomplete or None,
    "id": lambda run, now: run.id,
}
"""The run's own values that can be columns: key → the function that reads the value."""


SYNONYMS = {
    name: key for field in FIELDS for key in field.names if key in OWN_VALUES for name in field.names if name != key
}
"""Other names of the run's own values, in filters and listings → their keys."""


def format_filter_name(field: GridField) -> str:
    """Returns the name of a field for a filter: in backticks if a filter would read it as something else."""
    if field.kind == "run":
        return field.key
    prefix = field.key[: -len(field.name)] if field.key != field.name else ""
    return field.key if _is_filter_name(field.key) else f"{prefix}`{field.name}`"


def _is_filter_name(key: str) -> bool:
    """Returns whether a filter reads a text as a name."""
    from gage.select.grammar import parse_condition

    try:
        condition = parse_condition(f"{key} = 1")
    except UsageError:
        return False
    return isinstance(condition, Comparison) and isinstance(condition.left, FieldName) and condition.left.name == key


def list_metrics(fields: Sequence[GridField]) -> list[GridField]:
    """Returns the fields that are metrics."""
    return [field for field in fields if field.kind == "metric"]
