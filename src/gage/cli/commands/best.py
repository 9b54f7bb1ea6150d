"""`gage best`."""

from typing import TYPE_CHECKING

import click

from gage.assignments.convert_words import join_words
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.render import terminal
from gage.index import load_series
from gage.types.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gage.compare.ranking import MeasureEffects, Ranking
    from gage.index.index import QueryResult
    from gage.types.filter import Expression, SeriesReader
    from gage.types.run import Run
    from gage.types.table import Table

SHOWN_RUNS = 3

min_option = click.option(
    "--min", "minimum", is_flag=True, help="Low values are better (default for a loss or an error)."
)
max_option = click.option(
    "--max", "maximum", is_flag=True, help="High values are better (default for an accuracy or a score)."
)


@make_command(
    "best", "gage best loss", "gage best val_acc --where 'lr < 0.1'", "gage best 'min(val_loss)' --per config.model"
)
@click.argument("metric", metavar="METRIC", required=False)
@run_selection.select_runs()
@min_option
@max_option
@run_selection.project_option
@click.option("--per", metavar="NAME", help="Show the best run for each value of NAME: op, tag, config.lr, ...")
@click.option(
    "--importance",
    type=click.Choice(("rank", "ped-anova")),
    is_flag=False,
    flag_value="rank",
    default="rank",
    help="Measure which config values matter: by rank effects (default), or by PED-ANOVA of Optuna.",
)
@run_selection.limit_option
@run_selection.columns_option
@json_option
def command(
    selection: run_selection.RunSelection,
    metric: str | None,
    minimum: bool,
    maximum: bool,
    per: str | None,
    importance: str,
    columns: str | None,
    as_json: bool,
) -> None:
    """Show the best runs by a metric, what sets them apart, and how much of it may be chance.

    METRIC is a metric (its last value), or a function such as 'min(loss)' or loss@100. Three runs are listed, or with
    --per all groups, unless --limit is used. Completed runs count; to include others, name their status in --where.
    --columns replaces the columns after the value. See 'gage help statistics' for the methods.
    """
    from gage.board.table_formats import convert_to_records
    from gage.cli.render.ranking import print_ranking
    from gage.compare.metric import has_status_condition, pick_metric
    from gage.compare.ranking import rank_runs
    from gage.compare.ranking_text import convert_ranking_to_json, describe_reasons

    reject_together("--min", "--max")
    reject_together("--per", "--importance")
    result = _find_runs(selection, metric)
    ranked_by = pick_metric(result.runs, metric, read_direction(minimum, maximum), "best")
    group_by = None if per is None else _parse_group(per, result.runs)
    limit = selection.limit or (SHOWN_RUNS if per is None else len(result.runs))
    read_series = load_series.build_series_reader(selection.store)
    any_status = has_status_condition(selection.where)
    measure = _choose_measure(importance)
    ranking = rank_runs(result.runs, result.positions, ranked_by, limit, group_by, read_series, any_status, measure)
    chosen = None if columns is None else _build_columns(ranking, columns, read_series, as_json)
    if as_json:
        terminal.print_json(
            convert_ranking_to_json(ranking, per, None if chosen is None else convert_to_records(chosen))
        )
    elif ranking.total:
        print_ranking(ranking, per, chosen)
        if per is None:
            _print_next(ranking)
    else:
        others = [s for s in ("running", "error", "terminated") if s in ranking.left_out]
        hint = (
            f"Try: {join_words(('gage', 'best', ranked_by.text, '--where', f'status={others[0]}'))}" if others else ""
        )
        raise NotFound(
            f"No completed run has a {ranked_by.text} to rank by: {describe_reasons(ranking.left_out, ranked_by.text)}",
            hint,
        )


def _build_columns(ranking: "Ranking", option: str, read_series: "SeriesReader", as_json: bool) -> "Table":
    """Returns the columns of `--columns` for the best runs; reports those that none of them has."""
    from gage.board.run_table import build_run_table
    from gage.board.value_columns import build_export_table
    from gage.cli.columns import FIRST_COLUMNS, parse_columns, report_columns

    runs, positions = [each.run for each in ranking.best_runs], [each.position for each in ranking.best_runs]
    keys = tuple(key for key in parse_columns(option, runs, ()) if key not in FIRST_COLUMNS)
    report_columns(keys, runs)
    if as_json and keys:
        return build_export_table(runs, positions, keys, read_series)
    return build_run_table(runs, positions, keys, read_series=read_series)


def _choose_measure(importance: str) -> "MeasureEffects":
    """Returns the function that measures the effects of config values."""
    if importance == "ped-anova":
        from gage.compare.ped_anova import measure_shares

        return measure_shares
    from gage.compare.importance import measure_effects

    return measure_effects


def read_direction(minimum: bool, maximum: bool) -> bool | None:
    """Returns whether low values are better, None without `--min` and `--max`."""
    return minimum if minimum or maximum else None


def _find_runs(selection: run_selection.RunSelection, metric: str | None) -> "QueryResult":
    """Returns the runs. Raises NotFound if there are none, or if a word is a metric that comes after the runs."""
    try:
        result = selection._replace(limit=None).query_lazily().require()
    except NotFound as error:
        latest = run_selection.RunSelection().query_lazily().runs
        name = next((word for word in selection.words if any(word in run.metrics for run in latest)), None)
        if name is None or metric is None:
            raise
        others = (metric, *(word for word in selection.words if word != name))
        raise NotFound(error.message, f"Try: {join_words(('gage', 'best', name, *others))}") from None
    if not result.runs:
        raise selection.build_no_runs_error()
    return result


def _parse_group(text: str, runs: "Sequence[Run]") -> "Expression":
    """Returns the value that `--per` names. Raises NotFound if no run has it, and UsageError."""
    from gage.compare.metric import find_missing_name
    from gage.lib.suggest import suggest_closest
    from gage.select.parse import parse_value_name

    expression = parse_value_name(text)
    missing = find_missing_name(expression, runs)
    if missing is not None:
        names = sorted({name for run in runs for name in run.config})
        raise NotFound(f"No run has {missing!r}", suggest_closest(missing, names, "Try: --per op, or a config value"))
    return expression


def _print_next(ranking: "Ranking") -> None:
    """Prints how to see what the best run did, and what the second one did differently."""
    first, *others = (each.position for each in ranking.runs)
    commands = [f"gage show {first}", *(f"gage diff {second} {first}" for second in others[:1])]
    terminal.print_stdout()
    terminal.print_stdout(terminal.paint(f"To see more: {', '.join(commands)}", "dim"))
