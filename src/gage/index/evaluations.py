"""Finds the metrics of evaluations. An evaluation is a run that evaluates another run; Gage shows its metrics with it.

If several evaluations of a run have a metric, the newest one counts. Only completed evaluations count that are neither
deleted nor archived.
"""

import math
import sqlite3
from collections.abc import Sequence

from gage.index import rows
from gage.index.where_sql import build_numbers_condition

_METRICS = f"""
SELECT evaluated.n AS n, metric.k AS k, metric.last AS last,
    row_number() OVER (PARTITION BY evaluated.n, metric.k ORDER BY run.created DESC, run.id DESC) AS age
FROM attr JOIN run ON run.n = attr.n JOIN run AS evaluated ON evaluated.id = attr.v JOIN metric ON metric.n = attr.n
WHERE attr.k = '{rows.EVALUATED_RUN}' AND run.place = 'active' AND run.status = 'completed'
"""
METRIC_ROWS = f"({_METRICS} AND metric.k = ?) WHERE age = 1"
"""Rows with `n` of the evaluated run and `last`, of one metric."""


def load_metrics(db: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, dict[str, float]]:
    """Returns the metrics of the evaluations of some runs: the row number of a run → names → last values."""
    chosen = build_numbers_condition(numbers, "evaluated.n")
    found: dict[int, dict[str, float]] = {}
    sql = f"SELECT n, k, last FROM ({_METRICS} AND {chosen.sql}) WHERE age = 1 ORDER BY k"
    for n, name, last in db.execute(sql, chosen.parameters):
        found.setdefault(n, {})[name] = math.nan if isinstance(last, str) else last
    return found
