"""Writes the page with some runs in it as one HTML file that needs no server and requests nothing.

The file has the program of the page, the answers that it would get from a server, and a policy that allows only these.
"""

import base64
import hashlib
import html
import json
import os
from collections.abc import Sequence
from pathlib import Path

from gage.board.value_columns import find_differing_columns, list_value_columns
from gage.lib.output_file import write_output_file
from gage.types.errors import GageError, NotFound, StoreError, UsageError
from gage.types.run import Run
from gage.types.values import JSONValue
from gage.view.answer_compare import ComparisonQuery, compare_chosen_runs
from gage.view.answer_curves import CurvesQuery, read_curves
from gage.view.answer_fields import FieldNames, FieldsQuery, list_fields
from gage.view.answer_output import OutputQuery, read_output_page
from gage.view.answer_ranking import RankingQuery, rank_chosen_runs
from gage.view.answer_run import RunPageQuery, describe_run
from gage.view.answer_runs import RunsQuery, list_runs
from gage.view.answer_session import NoQuery, describe_session
from gage.view.records import convert_record
from gage.view.stores import ViewedStores

MAX_RUNS = 500
MAX_COLUMNS = 200
MAX_METRICS = 50
MAX_POINTS = 2_000
"""Points of a curve; longer ones are thinned, and the page says so."""
OUTPUT_LINES = 500
EXPORT_DIR = Path(__file__).parent / "page" / "export"
INDEX_NAME = "index.html"
POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


def export_page(stores: ViewedStores, target: Path) -> Path:
    """Writes the page with the runs of the first store, and returns the file: `target`, or `index.html` in it if it has
    no suffix `.html`. Raises NotFound if there is no run, UsageError for too many, StoreError if it cannot be written.
    """
    path = target if target.suffix.lower() in (".html", ".htm") else target / INDEX_NAME
    page = build_page(collect_answers(stores._replace(can_write=False)))
    try:
        if path != target:
            os.makedirs(target, exist_ok=True)
        write_output_file(path, page.encode())
    except OSError as error:
        raise StoreError(f"Cannot write {path}: {error.strerror}", "Use another path") from None
    return path


def build_page(answers: JSONValue, export_dir: Path = EXPORT_DIR) -> str:
    """Returns the page as HTML. Raises UsageError if the page is not built."""
    try:
        script, style = ((export_dir / name).read_text() for name in ("export.js", "export.css"))
    except OSError:
        raise UsageError("The page of this installation is not built", "Run: make page") from None
    script, style = script.replace("</script", "<\\/script"), style.replace("</style", "<\\/style")
    policy = POLICY.format(script=_digest(script), style=_digest(style))
    data = json.dumps(answers, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<title>Gage</title>\n'
        f'<style>{style}</style>\n</head>\n<body>\n<div id="page"></div>\n'
        f'<script type="application/json" id="answers">{data}</script>\n'
        f'<script type="module">{script}</script>\n</body>\n</html>\n'
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def collect_answers(stores: ViewedStores) -> JSONValue:
    """Returns the answers of the server about the runs. Paths of this machine are left out."""
    with stores.open_index(0) as index:
        listed = list_runs(stores, RunsQuery(limit=MAX_RUNS))
        ids = tuple(row.id for row in listed.rows)
        runs = index.load(ids)
    if not ids:
        raise NotFound("There is no run to export", "Choose other runs, or another filter")
    if listed.total > MAX_RUNS:
        raise UsageError(f"{listed.total:,} runs match, and at most {MAX_RUNS} are exported", "Choose fewer runs")
    fields = _limit_fields(list_fields(stores, FieldsQuery()), runs)
    columns = (*(each.name for each in fields.run), *list_value_columns(runs))[:MAX_COLUMNS]
    metrics = tuple(dict.fromkeys((*fields.main_metrics, *(each.name for each in fields.metrics))))[:MAX_METRICS]
    session = describe_session(stores, NoQuery())
    names = tuple(each._replace(path="") for each in session.stores[:1])
    curves = read_curves(stores, CurvesQuery(ids, metrics, points=MAX_POINTS))
    answers = {
        "session": session._replace(stores=names),
        "fields": fields,
        "columns": columns,
        "runs": list_runs(stores, RunsQuery(columns=columns, limit=MAX_RUNS)),
        "comparison": compare_chosen_runs(stores, ComparisonQuery(limit=MAX_RUNS)),
        "rankings": [rank_chosen_runs(stores, RankingQuery(metric=each)) for each in fields.main_metrics],
        "pages": [describe_run(stores, RunPageQuery(id))._replace(directory="") for id in ids],
        "outputs": [output for id in ids if (output := _read_output(stores, id))],
        "curves": base64.b64encode(curves.data).decode(),
    }
    return {name: _to_json(convert_record(answer)) for name, answer in answers.items()}


def _to_json(value: object) -> JSONValue:
    return value  # type: ignore[return-value]  # records of the API are JSON


def _limit_fields(fields: FieldNames, runs: Sequence[Run]) -> FieldNames:
    """Returns the names that these runs have, and no others of the store."""
    config = {name for run in runs for name in run.config}
    metrics = {name for run in runs for name in run.metrics}
    attributes = {name for run in runs for name in (*run.attributes, *run.user_attrs.other)}
    differing = set(find_differing_columns(runs, [*config]))
    return fields._replace(
        config=tuple(
            each._replace(differs=each.name in differing, runs=sum(each.name in run.config for run in runs))
            for each in fields.config
            if each.name in config
        ),
        metrics=tuple(
            each._replace(runs=sum(each.name in run.metrics for run in runs))
            for each in fields.metrics
            if each.name in metrics
        ),
        attributes=tuple(each for each in fields.attributes if each.name in attributes),
        main_metrics=tuple(name for name in fields.main_metrics if name in metrics),
    )


def _read_output(stores: ViewedStores, id: str) -> JSONValue:
    """Returns the last lines of the output of a run, None if it cannot be read."""
    try:
        page = read_output_page(stores, OutputQuery(id, -OUTPUT_LINES, OUTPUT_LINES))
    except (GageError, OSError):
        return None
    return {"id": id, "page": _to_json(convert_record(page))}
