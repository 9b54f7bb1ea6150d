"""Builds the table of runs that all faces (terminal, JSON, API) show.

Knows what each column shows, and not where runs come from or how a table is drawn.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from gage.board.formatting import format_cell, format_number, format_value
from gage.lib import times
from gage.lib.suggest import find_closest
from gage.lib.uuid7 import find_name
from gage.types.filter import SeriesReader
from gage.types.run import Attribute, Metric, OpRef, Run
from gage.types.table import Column, Table
from gage.types.values import JSONValue

DEFAULT_COLUMNS = ("index", "name", "op", "started", "status", "description")
"""Columns of a listing in a terminal."""

JSON_COLUMNS = (
    *("index", "id", "name", "operation", "namespace", "version", "status", "exit"),
    *("created_at", "staged_at", "started_at", "stopped_at", "label", "tags", "marked", "archive", "deleted_by"),
    *("comments", "config", "metrics", "attributes", "source_digest", "project", "project_id", "parent", "relation"),
    *("host", "user", "commit", "branch", "damage", "incomplete", "reason"),
)
"""Columns of a listing as JSON. Times are ISO 8601."""


class ListedRun(NamedTuple):
    """A run and its position in the listing."""

    run: Run
    position: int


def build_run_table(
    runs: Sequence[Run],
    positions: Sequence[int],
    columns: Sequence[str] = DEFAULT_COLUMNS,
    now: int | None = None,
    read_series: SeriesReader | None = None,
    described: Sequence[str] = (),
) -> Table:
    """Returns a table with one row for each run, in the given order.

    `positions` are the runs' positions in the listing. `columns` are keys of `COLUMNS` or names of metrics, config
    values and attributes; a cell is empty where the run has no such value. `now` (µs) is the time that "ago" refers to.
    `read_series` reads the points that a column such as `loss@100` needs. `described` has the names of the values in
    descriptions, () for the usual ones.
    """
    chosen = [resolve_column(key, runs) for key in columns]
    at = times.now_us() if now is None else now

    def render_row(run: Run, position: int, metrics_first: bool) -> tuple[JSONValue, ...]:
        context = CellContext(run, position, at, metrics_first, read_series, described)
        return tuple(cell(context) for _, cell in chosen)

    rows: list[tuple[JSONValue, ...]] = []
    metrics_first, config_first_rows = False, 0
    for run, position in zip(runs, positions, strict=True):
        if not metrics_first and _has_long_config(run):
            metrics_first, config_first_rows = True, len(rows)
        rows.append(render_row(run, position, metrics_first))
    for i, run in enumerate(islice(runs, config_first_rows)):
        rows[i] = render_row(run, positions[i], metrics_first=True)
    return Table(tuple(column for column, _ in chosen), tuple(rows))


def _has_long_config(run: Run) -> bool:
    """Returns whether the metrics of a run, and so of all runs of its table, come before the config."""
    return bool(run.metrics) and len(_describe_config(run)) > MAX_CONFIG_BEFORE_METRICS


def _is_key(name: str) -> bool:
    """Returns whether a name stands for something else than a value of a run."""
    return name in COLUMNS


def suggest_qualified_name(key: str, runs: Sequence[Run]) -> str | None:
    """Returns the name, such as `config.version` or `metric.lr`, of values of the runs that `key` hides."""
    if _is_key(key):
        kinds = {"config": any(key in run.config for run in runs), "metric": any(key in run.metrics for run in runs)}
        return next((f"{kind}.{key}" for kind, is_hidden in kinds.items() if is_hidden), None)
    both = (run for run in runs if key in run.config and key in run.metrics)
    return f"metric.{key}" if any(run.config[key] != run.metrics[key].last for run in both) else None


def convert_run_to_json(run: Run, position: int) -> dict[str, JSONValue]:
    """Returns a run as JSON, with the keys `JSON_COLUMNS`."""
    context = CellContext(run, position, now=0)
    return {key: COLUMNS[key][1](context) for key in JSON_COLUMNS}


class CellContext(NamedTuple):
    """Input of a cell renderer: the run and its position in the listing. `now` is the current time in µs (0 = values
    for programs). `metrics_first`: descriptions start with metrics; `described` has the names of the values in them.
    """

    run: Run
    position: int
    now: int
    metrics_first: bool = False
    read_series: SeriesReader | None = None
    described: Sequence[str] = ()


RenderCell = Callable[[CellContext], JSONValue]


def resolve_column(key: str, runs: Sequence[Run]) -> tuple[Column, RenderCell]:
    """Returns a column for people and the function that renders its cells. `key` is one of `COLUMNS` or the name of a
    value of the runs.
    """
    if key == "tags":
        return COLUMNS[key][0], lambda row: " ".join(f"#{tag}" for tag in row.run.tags)
    if key == "comments":
        return COLUMNS[key][0], lambda row: "; ".join(comment.text for comment in row.run.user_attrs.comments)
    if key in COLUMNS:
        return COLUMNS[key]
    from gage.board.run_values import get_run_value

    values = [get_run_value(run, key) for run in runs if not run.trials]
    is_number = all(value is None or isinstance(value, int | float) for value in values)
    return Column(key, key, "right" if is_number else "left"), lambda row: _render_value(row, key)


def _render_value(row: CellContext, key: str) -> str:
    """Returns the text of a value, "null" for a config value that is null, "" for a batch's own run."""
    from gage.board.run_values import find_run_values

    values = () if row.run.trials else find_run_values(row.run, key, row.read_series)
    return "" if not values else "null" if values[0] is None else format_cell(values[0])


def suggest_column(key: str, runs: Sequence[Run]) -> str | None:
    """Returns None if `key` is a column or a value of a run, else the most similar name ("" if none is similar)."""
    if key in COLUMNS:
        return None
    from gage.board.run_values import find_run_values, has_metrics_of

    if any(find_run_values(run, key) or has_metrics_of(run, key) for run in runs):
        return None
    known = [
        *DEFAULT_COLUMNS,
        *dict.fromkeys(name for run in runs for name in (*run.config, *run.metrics, *collect_attributes(run))),
    ]
    return find_closest(key, known) or ""


def format_operation(op: OpRef) -> str:
    """Returns an operation's name and version, such as `train v2`."""
    return f"{op.name} {'v' if op.version[:1].isdigit() else ''}{op.version}" if op.version else op.name


def _describe_config(run: Run) -> str:
    """Returns the config values that the user set, or all if these are not known."""
    names = run.config.keys() if run.changed_config is None else [n for n in run.changed_config if n in run.config]
    return " ".join(f"{name}={format_value(run.config[name])}" for name in sorted(names))


def describe_run(run: Run, metrics_first: bool = False) -> str:
    """Returns the description of a run: changed config, main metrics, mark, label, why it failed, tags and its relation
    to its parent. What is wrong with a damaged or incomplete run comes first, and metrics before config that is long,
    or if `metrics_first`.
    """
    if run.damage:
        return run.damage
    config = _describe_config(run)
    metrics = " ".join(f"{name}={format_number(run.metrics[name].last)}" for name in _headline_metrics(run.metrics))
    mark = "marked" if run.user_attrs.marked else ""
    tags = " ".join(f"#{t}" for t in run.tags)
    values = (metrics, config) if metrics_first or len(config) > MAX_CONFIG_BEFORE_METRICS else (config, metrics)
    batch = f"(batch of {run.trials})" if run.trials else ""
    parts = (run.incomplete, *values, batch, mark, run.label, run.reason, tags, RELATION_NOTES.get(run.relation, ""))
    return "  ".join(part for part in parts if part)


def _render_description(row: CellContext) -> str:
    if row.described and not row.run.damage:
        from gage.board.run_description import describe_values

        return describe_values(row)
    return describe_run(row.run, row.metrics_first)


def _headline_metrics(metrics: Mapping[str, Metric]) -> list[str]:
    """Returns the metrics that the operation ranks, else those picked by their names."""
    ranked = sorted((m.rank, name) for name, m in metrics.items() if m.rank is not None)
    return [name for _, name in ranked[:MAX_HEADLINE_METRICS]] or pick_headline_metrics(metrics)


def pick_headline_metrics(names: Iterable[str], count: int = 2) -> list[str]:
    """Returns the most telling metrics, such as a loss and an accuracy; those of validation and tests come first."""

    def rank(name: str) -> tuple[int, int, int, str]:
        low = name.lower()
        kind = next((i for i, word in enumerate(HEADLINE_WORDS) if word in low), len(HEADLINE_WORDS))
        held_out = 0 if any(word in low for word in ("val", "test", "eval")) else 1
        return kind, held_out, len(name), name

    chosen: dict[int, str] = {}
    for name in sorted(names, key=rank):
        chosen.setdefault(rank(name)[0], name)
        if len(chosen) == count:
            break
    return list(chosen.values())


RELATION_NOTES = {"restart": "(restart)", "resume": "(resumed)", "trial": "(trial)", "evaluation": "(evaluation)"}
"""The last word of a description, by the relation of the run to its parent."""
MAX_CONFIG_BEFORE_METRICS = 24
"""Characters of config that may come before the metrics in a description."""
MAX_HEADLINE_METRICS = 4
HEADLINE_WORDS = "loss acc f1 auc reward score error rmse mae mse perplexity ppl bleu".split()
"""Words in the names of headline metrics, the most important first."""


def _age(row: CellContext) -> str:
    return "" if row.run.started is None else times.format_short_age(row.run.started, row.now)


def _duration(row: CellContext) -> JSONValue:
    """Returns how long a run took, or has taken until now, as text; for programs in seconds."""
    run = row.run
    stopped = run.stopped or (row.now if run.status == "running" else 0)
    if run.started is None or not stopped:
        return "" if row.now else None
    took = max(stopped - run.started, 0)
    return times.format_duration(took) if row.now else took / 1_000_000


def _name_batch(run: Run) -> str:
    """Returns the name of the batch that a run is a trial of, "" if none."""
    return (find_name(run.parent) or "") if run.relation == "trial" else ""


def _iso(when: int | None) -> str | None:
    return None if when is None else times.format_iso(when)


def convert_comments_to_json(run: Run) -> JSONValue:
    """Returns the comments on a run as JSON."""
    return [
        {"id": c.id, "author": c.author, "time": times.format_iso(c.when), "text": c.text}
        for c in run.user_attrs.comments
    ]


def collect_attributes(run: Run) -> dict[str, Attribute]:
    """Returns the attributes by name. One set by a user replaces the run's own."""
    return {**run.attributes, **{name: Attribute(value, "user") for name, value in run.user_attrs.other.items()}}


def _attributes_to_json(run: Run) -> JSONValue:
    return {name: attribute._asdict() for name, attribute in collect_attributes(run).items()}


COLUMNS: dict[str, tuple[Column, RenderCell]] = {
    "index": (Column("index", "#", "right"), lambda row: row.position),
    "id": (Column("id", "ID"), lambda row: row.run.id),
    "name": (Column("name", "Name"), lambda row: row.run.name),
    "op": (Column("op", "Operation"), lambda row: format_operation(row.run.op)),
    "operation": (Column("operation", "Operation"), lambda row: row.run.op.name),
    "namespace": (Column("namespace", "Namespace"), lambda row: row.run.op.namespace),
    "version": (Column("version", "Version"), lambda row: row.run.op.version),
    "status": (Column("status", "Status"), lambda row: row.run.status),
    "exit": (Column("exit", "Exit", "right"), lambda row: row.run.exit),
    "started": (Column("started", "Started"), _age),
    "created_at": (Column("created_at", "Created"), lambda row: _iso(row.run.created)),
    "staged_at": (Column("staged_at", "Staged"), lambda row: _iso(row.run.staged)),
    "started_at": (Column("started_at", "Started"), lambda row: _iso(row.run.started)),
    "stopped_at": (Column("stopped_at", "Stopped"), lambda row: _iso(row.run.stopped)),
    "duration": (Column("duration", "Duration", "right"), _duration),
    "description": (Column("description", "Description"), _render_description),
    "label": (Column("label", "Label"), lambda row: row.run.label),
    "tags": (Column("tags", "Tags"), lambda row: list(row.run.tags)),
    "marked": (Column("marked", "Marked"), lambda row: row.run.user_attrs.marked),
    "archive": (Column("archive", "Archive"), lambda row: row.run.user_attrs.archive),
    "deleted_by": (Column("deleted_by", "Deleted by"), lambda row: row.run.user_attrs.deleted_by),
    "comments": (Column("comments", "Comments"), lambda row: convert_comments_to_json(row.run)),
    "config": (Column("config", "Config"), lambda row: dict(row.run.config)),
    "metrics": (Column("metrics", "Metrics"), lambda row: {n: m._asdict() for n, m in row.run.metrics.items()}),
    "attributes": (Column("attributes", "Attributes"), lambda row: _attributes_to_json(row.run)),
    "source_digest": (Column("source_digest", "Source digest"), lambda row: row.run.source_digest),
    "project": (Column("project", "Project"), lambda row: row.run.project),
    "project_id": (Column("project_id", "Project ID"), lambda row: row.run.project_id),
    "parent": (Column("parent", "Parent"), lambda row: row.run.parent),
    "batch_name": (Column("batch_name", "Batch"), lambda row: _name_batch(row.run)),
    "relation": (Column("relation", "Relation"), lambda row: row.run.relation),
    "host": (Column("host", "Host"), lambda row: row.run.host),
    "user": (Column("user", "User"), lambda row: row.run.user),
    "commit": (Column("commit", "Commit"), lambda row: row.run.commit),
    "branch": (Column("branch", "Branch"), lambda row: row.run.branch),
    "damage": (Column("damage", "Damage"), lambda row: row.run.damage),
    "incomplete": (Column("incomplete", "Incomplete"), lambda row: row.run.incomplete),
    "reason": (Column("reason", "Reason"), lambda row: row.run.reason),
}
"""All columns by key: title and alignment, and the function that renders a cell."""
