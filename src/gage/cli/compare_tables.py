"""`gage compare` without --metric: prints a table of runs, of groups of runs, or a pivot table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gage.assignments.convert_words import join_words
from gage.board.formatting import format_count
from gage.board.run_table import ListedRun
from gage.board.table_formats import convert_to_records
from gage.cli.columns import FIRST_COLUMNS, parse_columns, report_columns, split_names
from gage.cli.render import terminal
from gage.cli.run_selection import RunSelection
from gage.cli.table_output import TableOutput
from gage.compare.comparison_table import ComparedColumns, build_comparison_table, pick_columns
from gage.index.load_series import build_series_reader
from gage.types.errors import NotFound, UsageError
from gage.types.run import Run
from gage.types.table import Table
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.compare.seed_table import RunGroup
    from gage.types.filter import Expression


class TableOptions(NamedTuple):
    """Options of the table: `--columns`, `--all-columns`, `--baseline` and `--group`."""

    columns: str | None = None
    all_columns: bool = False
    baseline: str | None = None
    group: bool = False


def print_comparison(selection: RunSelection, output: TableOutput, options: TableOptions) -> None:
    """Prints a table of runs, or of groups of runs. Raises NotFound if there are none."""
    runs = _find_runs(selection._replace(sort=()) if options.group else selection)
    baseline = None if options.baseline is None else _find_baseline(selection, options.baseline)
    if options.group:
        _print_groups(selection, output, options, runs, baseline)
        return
    if baseline is not None:
        runs = [baseline, *(each for each in runs if each.run.id != baseline.run.id)]
    runs = runs[: selection.limit]
    several = [each.run for each in runs]
    if options.columns is None:
        chosen = pick_columns(several, options.all_columns)
        keys = (*FIRST_COLUMNS, *chosen.shown)
    else:
        chosen, keys = ComparedColumns(()), parse_columns(options.columns, several)
    read_series = build_series_reader(selection.store)
    own = None if baseline is None else baseline.run
    table = build_comparison_table(runs, keys, own, read_series, output.is_for_people)
    _print(table, output, "runs", {"baseline": own and own.name, "same": chosen.same})
    if options.columns is not None:
        report_columns(keys, several)
    _report_same(selection, options, chosen)


def _find_runs(selection: RunSelection) -> list[ListedRun]:
    """Returns the selected runs, without the rows of batches. Raises NotFound if there are none."""
    result = selection._replace(limit=None).query().require()
    runs = [ListedRun(run, at) for run, at in zip(result.runs, result.positions, strict=True) if not run.trials]
    if result.runs and not runs:
        batch = result.runs[0].name
        raise UsageError(f"{batch} is a batch", f"Try: gage compare --where batch={batch}")
    if not runs:
        raise selection.build_no_runs_error()
    return runs


def _find_baseline(selection: RunSelection, word: str) -> ListedRun:
    everything = selection._replace(where=(), project=None, limit=None, sort=())
    runs = _find_runs(everything.with_words((word,)))
    if len(runs) > 1:
        raise UsageError(f"{word!r} matches several runs, but one is expected", "Name one, such as --baseline 1")
    return runs[0]


def _print_groups(
    selection: RunSelection,
    output: TableOutput,
    options: TableOptions,
    runs: Sequence[ListedRun],
    baseline: ListedRun | None,
) -> None:
    from gage.compare.metric import has_status_condition
    from gage.compare.seed_table import (
        FIRST_COLUMNS,
        build_seed_table,
        count_unusable_values,
        join_seeds,
        pick_group_columns,
        sort_groups,
    )

    joined = join_seeds(_include(runs, baseline), has_status_condition(selection.where))
    read_series = build_series_reader(selection.store)
    groups = sort_groups(joined.groups, selection.sort, read_series)
    if baseline is not None:
        groups = _move_first(groups, baseline)
    groups = groups[: selection.limit]
    if not groups:
        raise NotFound(f"No run is completed: {_describe_left_out(joined.left_out)}", "Try: --where status=error")
    everything = [each.run for group in groups for each in group]
    if options.columns is None:
        chosen = pick_group_columns(groups, options.all_columns)
        keys = chosen.shown
    else:
        own = {column.key for column in FIRST_COLUMNS}
        chosen = ComparedColumns(())
        keys = tuple(key for key in parse_columns(options.columns, everything, ()) if key not in own)
    run = None if baseline is None else baseline.run
    table = build_seed_table(groups, keys, run, read_series, output.is_for_people)
    unusable = count_unusable_values(groups, keys, read_series)
    facts: dict[str, JSONValue] = {"same": chosen.same, "left_out": joined.left_out, "without_value": unusable}
    _print(table, output, "groups", {"baseline": run and run.name, **facts})
    if options.columns is not None:
        report_columns(keys, everything)
    _report_left_out(joined.left_out, unusable)
    if baseline is not None and not _has_run(runs, baseline):
        name = baseline.run.name
        terminal.print_stderr(f"Baseline {name} is not among the selected runs; others of its config are not added")
    _report_source_variants([group[0].run for group in groups], "differ from another one in source code only")
    _report_same(selection, options, chosen)


def _report_source_variants(runs: Sequence[Run], problem: str) -> None:
    """Reports groups that look equal in the table, or share its cells, because only their source code differs. `runs`
    has one run of each group.
    """
    from gage.compare.groups import list_source_variants

    variants = list_source_variants(runs)
    if variants:
        first, second = (run.name for run in variants[:2])
        terminal.print_stderr(f"{format_count(len(variants), 'group')} {problem}", f"Try: gage diff {first} {second}")


def _include(runs: Sequence[ListedRun], baseline: ListedRun | None) -> Sequence[ListedRun]:
    return runs if baseline is None or _has_run(runs, baseline) else [*runs, baseline]


def _has_run(runs: Sequence[ListedRun], listed: ListedRun) -> bool:
    return any(each.run.id == listed.run.id for each in runs)


def _move_first(groups: Sequence["RunGroup"], baseline: ListedRun) -> list["RunGroup"]:
    """Returns the groups, starting with the group of the baseline. Raises NotFound if the baseline does not count."""
    of_baseline = [group for group in groups if _has_run(group, baseline)]
    if not of_baseline:
        raise NotFound(f"{baseline.run.name} is in no group: it is {baseline.run.status}, or a newer run has its seed")
    return [*of_baseline, *(group for group in groups if group is not of_baseline[0])]


def _report_left_out(left_out: Mapping[str, int], unusable: Mapping[str, Mapping[str, int]]) -> None:
    """Reports how many runs do not count or have no finite value of a metric, and why."""
    from gage.compare.seed_table import describe_unusable_values

    reasons = [*([_describe_left_out(left_out)] if left_out else []), *describe_unusable_values(unusable)]
    if reasons:
        terminal.print_stderr(f"Left out: {', '.join(reasons)}")


def _describe_left_out(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {status}" for status, count in left_out.items())


def print_pivot(
    selection: RunSelection, output: TableOutput, rows: str | None, columns: str | None, values: Sequence[str]
) -> None:
    """Prints a pivot table. Raises UsageError for names that are missing, NotFound for those that no run has."""
    from gage.board.pivot import build_pivot, mark_missing_rows, parse_pivot_value
    from gage.compare.metric import has_status_condition, require_names
    from gage.compare.ranking_text import describe_reasons
    from gage.compare.seed_table import join_seeds

    listed = _find_runs(selection)
    runs = [each.run for each in listed]
    if rows is None or not split_names(rows):
        raise UsageError("A pivot table needs --rows", "Try: gage compare --rows op --values 'mean(loss)'")
    if not values:
        raise UsageError("A pivot table needs --values", f"Try: {_suggest_value(runs)}")
    parsed = [parse_pivot_value(text, runs) for text in dict.fromkeys(values)]
    row_names, column_names = _parse_names(rows), _parse_names(columns or "")
    require_names([*(each for _, each in (*row_names, *column_names)), *(each.expression for each in parsed)], runs)
    read_series = build_series_reader(selection.store)
    pivot = build_pivot(runs, row_names, column_names, parsed, read_series, has_status_condition(selection.where))
    if not pivot.table.rows:
        reason = describe_reasons(pivot.left_out[parsed[0].text], parsed[0].text)
        raise NotFound(f"No run has a value for the pivot table: {reason}")
    if output.is_for_people:
        pivot = mark_missing_rows(pivot, len(row_names))
    names: dict[str, JSONValue] = {
        "rows": [name for name, _ in row_names],
        "cols": [name for name, _ in column_names],
        "values": [each.text for each in parsed],
    }
    _print(pivot.table, output, "table", {**names, "left_out": pivot.left_out})
    reasons = dict.fromkeys(describe_reasons(counts, text) for text, counts in pivot.left_out.items())
    if reasons:
        terminal.print_stderr(f"Left out: {'; '.join(reasons)}")
    if not {"source_digest", "version"} & {name for name, _ in (*row_names, *column_names)}:
        groups = join_seeds(listed, has_status_condition(selection.where)).groups
        problem = "of runs over seeds share cells with another one that differs in source code only"
        _report_source_variants([group[0].run for group in groups], problem)


def _suggest_value(runs: Sequence[Run]) -> str:
    from gage.board.run_table import pick_headline_metrics

    name = next(iter(pick_headline_metrics({name for run in runs for name in run.metrics}, 1)), "loss")
    return join_words(("--values", f"mean({name})"))


def _parse_names(text: str) -> list[tuple[str, "Expression"]]:
    from gage.select.parse import parse_value_name

    return [(name, parse_value_name(name)) for name in dict.fromkeys(split_names(text))]


def _print(table: Table, output: TableOutput, name: str, facts: Mapping[str, JSONValue]) -> None:
    if output.format != "json":
        output.print_table(table)
        return
    records = convert_to_records(table)
    deltas = [column.key for column in table.columns if column.content == "delta"]
    for record in records if deltas else ():
        record["delta"] = {key[len("delta(") : -1]: record.pop(key) for key in deltas}
    terminal.print_json({name: records, **facts})


def _report_same(selection: RunSelection, options: TableOptions, chosen: ComparedColumns) -> None:
    """Reports the number of columns that the table hides because all runs have the same value, with a command that
    shows them.
    """
    if not chosen.same:
        return
    words = [*selection.words, *(word for text in selection.where for word in ("--where", text))]
    words += ["--project", selection.project] if selection.project is not None else []
    words += ["--limit", str(selection.limit)] if selection.limit is not None else []
    words += [*(f"--sort={text}" for text in selection.sort), *(["--group"] if options.group else [])]
    words += ["--baseline", options.baseline] if options.baseline is not None else []
    count = format_count(len(chosen.same), "column")
    verb = "is" if len(chosen.same) == 1 else "are"
    terminal.print_stderr(
        f"{count} {verb} the same everywhere", f"Try: {join_words(('gage', 'compare', *words, '--all-columns'))}"
    )
