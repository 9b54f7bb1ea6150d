"""`gage compare`."""

import click

from gage.cli import run_selection
from gage.cli.command import make_command, reject_together
from gage.cli.commands.best import max_option, min_option, read_direction
from gage.cli.table_output import FORMATS, TableOutput, add_format_options

PIVOT_OPTIONS = ("--rows", "--cols", "--values")
TABLE_OPTIONS = ("--columns", "--all-columns", "--baseline", "--group", "--sort", "--limit")


@make_command(
    "compare",
    "gage compare 1:5",
    "gage compare --where op=train --sort=-acc --baseline 3",
    "gage compare 1 4 --metric loss",
    "gage compare --rows model --cols dataset --values 'mean(acc)'",
)
@run_selection.select_runs("[RUN|FILTER]...")
@run_selection.sort_option
@run_selection.limit_option
@run_selection.project_option
@run_selection.columns_option
@click.option("--all-columns", is_flag=True, help="Also show columns with the same value in all runs.")
@click.option("--baseline", metavar="RUN", help="Show the difference of each metric from that of RUN.")
@click.option("--group", is_flag=True, help="Join runs that differ in their seed only: mean ± std.")
@click.option("--rows", metavar="NAME,...", help="Pivot table with a row for each value of NAME.")
@click.option("--cols", metavar="NAME,...", help="Columns of the pivot table: one for each value of NAME.")
@click.option(
    "--values",
    metavar="VALUE",
    multiple=True,
    help="Cells of the pivot table: mean, std, min, max, median or count over runs, such as 'mean(acc)' or "
    "'mean(min(loss))' (repeatable).",
)
@click.option("-m", "--metric", metavar="METRIC", help="Compare groups by this metric, or function of one.")
@min_option
@max_option
@click.option("--ascii", "is_ascii", is_flag=True, help="Draw the screen with ASCII characters only.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@add_format_options
def command(
    selection: run_selection.RunSelection,
    output: TableOutput,
    columns: str | None,
    all_columns: bool,
    baseline: str | None,
    group: bool,
    rows: str | None,
    cols: str | None,
    values: tuple[str, ...],
    metric: str | None,
    minimum: bool,
    maximum: bool,
    is_ascii: bool,
    no_mouse: bool,
) -> None:
    """Compare runs in a table, or groups of runs by a metric.

    On a terminal, the table is a full screen, with curves and output of the runs: press ? for its keys; --table prints
    it. It shows the config values and metrics that differ. With --rows, --cols and --values it is a pivot table: in
    'mean(min(loss))', min(loss) is the value of each run (default: the last), and mean is over the runs of a cell.

    With --metric, two groups are compared: difference, 95 % interval and effect size; three or more by an overall test
    and the differences of all pairs. A run stands for all runs that
    differ from it in their seed only, a filter such as lr=0.1 for all that match. Only completed runs count in groups
    and pivot tables, unless --where names a status. See 'gage help compare'.
    """
    from gage.cli.compare_groups import compare_selected_groups, is_filter

    _reject_options()
    if metric is not None or minimum or maximum or any(map(is_filter, selection.words)):
        compare_selected_groups(selection, metric, read_direction(minimum, maximum), output.format == "json")
        return
    from gage.cli import compare_tables
    from gage.cli.compare_screen import open_screen

    if rows is not None or cols is not None or values:
        compare_tables.print_pivot(selection, output, rows, cols, values)
        return
    options = compare_tables.TableOptions(columns, all_columns, baseline, group)
    if not output.format and open_screen.can_open_screen():
        open_screen.open_screen(selection, options, is_ascii, has_mouse=not no_mouse)
        return
    compare_tables.print_comparison(selection, output, options)


def _reject_options() -> None:
    """Raises UsageError for options that have no effect together."""
    reject_together("--min", "--max")
    reject_together("--columns", "--all-columns")
    formats = [f"--{name}" for name in FORMATS if name != "json"]
    for option in ("--metric", "--min", "--max"):
        for other in (*TABLE_OPTIONS, *PIVOT_OPTIONS, *formats):
            reject_together(option, other)
    for option in PIVOT_OPTIONS:
        for other in TABLE_OPTIONS:
            reject_together(option, other)
