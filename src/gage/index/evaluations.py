"""Finds the metrics of evaluations: runs that evaluate another run, and whose metrics show beside it.

Of each metric, the newest completed evaluation counts that has it and is neither deleted nor archived.
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
    """Returns the last values of metrics of evaluations, by the row number of the evaluated run: of these runs."""
    chosen = build_numbers_condition(numbers)
    condition = chosen.sql.replace("n IN", "evaluated.n IN", 1)
    found: dict[int, dict[str, float]] = {}
    sql = f"SELECT n, k, last FROM ({_METRICS} AND {condition}) WHERE age = 1 ORDER BY k"
    for n, name, last in db.execute(sql, chosen.parameters):
        found.setdefault(n, {})[name] = math.nan if isinstance(last, str) else last
    return found
