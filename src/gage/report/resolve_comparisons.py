"""Resolves blocks that rank, compare and diff runs. Statistics and sentences come from `compare`."""

import re
from collections.abc import Iterator, Sequence

from gage.compare.difference_text import (
    TITLES,
    format_cells,
    format_delta,
    format_values,
    list_not_compared,
    list_same,
    name_columns,
)
from gage.compare.differences import Difference, RunComparison, compare_runs
from gage.compare.facts import SECTIONS
from gage.compare.group_text import build_groups_table, describe_comparison
from gage.compare.line_diff import LineDiff
from gage.compare.ranking import rank_runs
from gage.compare.ranking_text import (
    build_ranked_groups_table,
    build_ranking_table,
    describe_effects,
    describe_ranking,
    describe_reasons,
    list_ranking_facts,
)
from gage.compare.read_facts import read_run_facts
from gage.compare.run_groups import compare_by_metric, find_siblings
from gage.lib.suggest import join_some, suggest_closest
from gage.report.items import CodeItem, FactsItem, Item, TableItem, TextItem
from gage.report.run_query import RunQuery
from gage.report.source import BlockSettings
from gage.select.parse import parse_value_name
from gage.types.errors import NotFound, UsageError
from gage.types.run import Run
from gage.types.table import Column, Table

SHOWN_RUNS = 3
MAX_VALUES = 12
MAX_LINES = 60
"""Values of a section and lines of a file in a diff without the setting `limit`."""
MAX_RUNS = 50
"""Runs of one diff, whose files are all read."""
MAX_NOT_COMPARED = 8
"""Names of values that are not compared."""
_FILTER = re.compile(r"[\s=<>~!]")


def resolve_best(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns a ranking. Raises GageError."""
    found = query.find(settings.where)
    if not found.runs:
        return (TextItem(found.reason, "note"),)
    metric = query.pick_metric(settings.metric, settings.where, settings.direction)
    per = parse_value_name(settings.per) if settings.per else None
    if per is not None:
        query.require_names([per], found.runs)
    limit = settings.limit or (len(found.runs) if per else SHOWN_RUNS)
    positions = range(1, len(found.runs) + 1)
    any_status = query.has_status_condition(settings.where)
    ranking = rank_runs(found.runs, positions, metric, limit, per, query.read_series, any_status)
    left_out = describe_reasons(ranking.left_out, metric.text)
    if not ranking.total:
        raise NotFound(f"No completed run has a {metric.text} to rank by{left_out and f': {left_out}'}")
    items: list[Item] = [TextItem(describe_ranking(ranking))]
    items += [TextItem(f"Left out: {left_out}", "note")] if left_out else []
    table = build_ranked_groups_table(ranking, settings.per) if per else build_ranking_table(ranking)
    items.append(TableItem(_drop_position(table)))
    items.append(FactsItem(tuple(list_ranking_facts(ranking, settings.per or None).items())))
    if per is None:
        effects = describe_effects(ranking)
        items += [TextItem(effects.title, "title"), *map(TextItem, effects.lines)] if effects.title else []
        items += [TextItem(note, "note") for note in effects.notes]
    return tuple(items)


def _drop_position(table: Table) -> Table:
    """Returns a table without the positions of runs, which each new run changes."""
    kept = [i for i, column in enumerate(table.columns) if column.key != "index"]
    return Table(tuple(table.columns[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in table.rows))


def resolve_comparison(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns the difference between two groups of runs. Raises GageError."""
    found = query.find(settings.where)
    metric = query.pick_metric(settings.metric, settings.where, settings.direction)
    groups = [_find_group(text, found.runs, settings.where, query) for text in (settings.a, settings.b)]
    both = {run.id for run in groups[0]} & {run.id for run in groups[1]}
    if both:
        raise UsageError(
            f"{len(both):,} of the runs would be in both groups",
            "A run stands for all runs that differ from it in their seed only",
        )
    comparison = compare_by_metric(groups[0], groups[1], metric, query.read_series)
    if comparison.result is None:
        empty = comparison.sizes.index(0)
        reasons = describe_reasons(comparison.left_out[empty], metric.text)
        raise NotFound(f"{'AB'[empty]} has no completed run with a {metric.text}{reasons and f': {reasons}'}")
    labels = (settings.a, settings.b)
    table = build_groups_table(comparison, comparison.result, labels)
    return (TableItem(table), *map(TextItem, describe_comparison(comparison, comparison.result, labels)))


def _find_group(text: str, runs: Sequence[Run], where: str, query: RunQuery) -> Sequence[Run]:
    """Returns the runs that match a filter, or a run and its siblings."""
    if _FILTER.search(text) and not text.startswith("best("):
        return query.find(f"({where}) and ({text})" if where else text).runs
    return find_siblings(query.find_run(text, where), runs)


def resolve_diff(settings: BlockSettings, query: RunQuery) -> tuple[Item, ...]:
    """Returns the differences between runs. Raises GageError."""
    for section in settings.only:
        if section not in SECTIONS:
            hint = suggest_closest(section, SECTIONS, f"Sections: {', '.join(SECTIONS)}")
            raise UsageError(f"{section!r} is not a section", hint)
    runs = [query.find_run(word, settings.where) for word in settings.runs]
    if not 2 <= len(runs) <= MAX_RUNS:
        raise UsageError(f"A diff needs 2 to {MAX_RUNS} runs, got {len(runs)}", "Write runs: latest best(loss)")
    facts = [read_run_facts(query.store, run) for run in runs]
    sections = [section for section in SECTIONS if not settings.only or section in settings.only]
    comparison = compare_runs(facts, sections)
    heads = [f"{head} is {run.name}" for head, run in zip(name_columns(len(runs)), runs, strict=True)]
    items: list[Item] = [TextItem("; ".join(heads)), *_describe_same(comparison)]
    for section in sections:
        items += _resolve_section(section, comparison.list_section(section), len(runs), settings.limit)
    if not comparison.differences:
        items.append(TextItem("No differences"))
    problems = dict.fromkeys(problem for each in facts for problem in each.problems)
    return (*items, *(TextItem(problem, "note") for problem in problems))


def _describe_same(comparison: RunComparison) -> Iterator[Item]:
    if same := ", ".join(list_same(comparison)):
        yield TextItem(f"Same: {same}", "note")
    if unknown := list_not_compared(comparison):
        yield TextItem(f"Not compared: {join_some(unknown, MAX_NOT_COMPARED)}", "note")


def _resolve_section(section: str, differences: Sequence[Difference], count: int, limit: int | None) -> Iterator[Item]:
    """Yields the title of a section, a table of its values, and the lines of its files."""
    values = [each for each in differences if each.lines is None]
    if differences:
        yield TextItem(TITLES[section], "title")
    if values:
        shown = values[: limit or MAX_VALUES]
        yield TableItem(_build_table(section, shown, count))
        if more := len(values) - len(shown):
            yield TextItem(f"{more:,} more", "note")
    for each in differences:
        if each.lines is not None:
            yield _build_code(each, each.lines, limit)


def _build_table(section: str, differences: Sequence[Difference], count: int) -> Table:
    is_pair = count == 2
    deltas = [format_delta(each) if section == "metrics" and is_pair else "" for each in differences]
    columns = [Column("name", ""), *(Column(head, head) for head in name_columns(count))]
    columns += [Column("delta", "Δ")] if any(deltas) else []
    rows = []
    for each, delta in zip(differences, deltas, strict=True):
        cells = format_values(each) if is_pair else format_cells(each)
        if is_pair and len(set(cells)) == 1:
            cells = [cells[0], each.note or "different content"]
        rows.append((each.name, *cells, *([delta] if any(deltas) else [])))
    return Table(tuple(columns), tuple(rows))


def _build_code(difference: Difference, diff: LineDiff, limit: int | None) -> CodeItem:
    most = limit or MAX_LINES
    lines: list[tuple[str, str]] = []
    for hunk in diff.hunks:
        if difference.section != "output":
            lines.append(("@", f"{hunk.start[0]}"))
        lines += [(line.mark.strip(), line.text) for line in hunk.lines]
    more = [("@", f"{len(lines) - most:,} more lines")] if len(lines) > most else []
    note = f" ({difference.note})" if difference.note else ""
    return CodeItem(f"{difference.name}  +{diff.added} -{diff.removed}{note}", (*lines[:most], *more))
