"""Adds metrics to runs whose record in the index has no more of them: only the first of thousands are in it."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from gage.index.rows import MAX_METRICS
from gage.types.run import Metric, Run

_SELECT = """
    SELECT run.id, k, last, first, min, max, mean, count FROM metric JOIN run USING (n)
    WHERE k IN (SELECT value FROM json_each(?)) AND run.id IN (SELECT value FROM json_each(?))
"""


def complete_metrics(db: sqlite3.Connection, runs: Sequence[Run], names: Iterable[str]) -> list[Run]:
    """Returns the runs with the metrics `names` that their records lack. Steps and times of added metrics are None."""
    ids = [run.id for run in runs if len(run.metrics) >= MAX_METRICS]
    if not ids:
        return list(runs)
    found: dict[str, dict[str, Metric]] = {}
    rows = db.execute(_SELECT, (json.dumps(list(names)), json.dumps(ids)))
    for id, name, last, first, low, high, mean, count in rows:
        limits = [None if value is None else float(value) for value in (low, high, mean)]
        found.setdefault(id, {})[name] = Metric(float(last), float(first), limits[0], limits[1], limits[2], int(count))
    return [run._replace(metrics={**found[run.id], **run.metrics}) if run.id in found else run for run in runs]
