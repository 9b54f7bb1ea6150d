"""`gage compare A B --metric METRIC`: compares two or more groups of runs by a metric."""

import re
from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from gage.assignments.convert_words import join_words
from gage.board.formatting import format_count
from gage.cli.render import terminal
from gage.cli.run_selection import RunSelection
from gage.index import load_series
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gage.compare.metric import RankedMetric
    from gage.types.filter import SeriesReader
    from gage.types.run import Run

    Group = tuple[str, Sequence[Run]]

_FILTER = re.compile(r"[\s=<>~!()]")


def is_filter(word: str) -> bool:
    """Returns whether a word is a filter, and not the name of a run."""
    return _FILTER.search(word) is not None


def compare_selected_groups(
    selection: RunSelection, metric: str | None, lower_is_better: bool | None, as_json: bool
) -> None:
    """Prints how two or more groups of runs differ in a metric. Raises UsageError and NotFound."""
    from gage.compare.metric import pick_metric
    from gage.compare.several_text import LETTERS

    _require_groups(selection, metric, len(LETTERS))
    runs = selection.with_words(()).query().require().runs
    compared = pick_metric(runs, metric, lower_is_better, f"compare {join_words(selection.words)} --metric")
    groups = [_find_group(selection, word, runs) for word in selection.words]
    _reject_shared_runs(groups)
    compare = _compare_two if len(groups) == 2 else _compare_several
    compare(groups, compared, load_series.build_series_reader(selection.store), as_json)


def _require_groups(selection: RunSelection, metric: str | None, most: int) -> None:
    """Raises UsageError unless the words select from two to `most` groups."""
    if len(selection.words) > most:
        raise UsageError(
            f"At most {most} groups can be compared, got {len(selection.words)}",
            "To rank more: gage best METRIC --per NAME",
        )
    if len(selection.words) < 2:
        is_selection = metric is None and len(selection.words) == 1 and is_filter(selection.words[0])
        table = join_words(("gage", "compare", "--where", *selection.words))
        hint = (
            f"To compare the runs that match in a table: {table}"
            if is_selection
            else "Try: gage compare 1 2 --metric loss"
        )
        raise UsageError("Two groups of runs are needed", hint)


def _reject_shared_runs(groups: "Sequence[Group]") -> None:
    """Raises UsageError if a run is in more than one group."""
    counts = Counter(run.id for _, runs in groups for run in runs)
    shared = sum(count > 1 for count in counts.values())
    if shared:
        raise UsageError(
            f"{format_count(shared, 'run')} would be in {'both' if len(groups) == 2 else 'several'} groups",
            "A run stands for all runs that differ from it in their seed only",
        )


def _compare_two(groups: "Sequence[Group]", metric: "RankedMetric", read_series: "SeriesReader", as_json: bool) -> None:
    from gage.cli.render.group_comparison import print_comparison
    from gage.compare.group_text import convert_comparison_to_json
    from gage.compare.run_groups import compare_by_metric

    (label_a, a), (label_b, b) = groups
    comparison = compare_by_metric(a, b, metric, read_series)
    if comparison.result is None:
        _raise_empty(comparison.sizes.index(0), comparison.left_out, metric)
    elif as_json:
        terminal.print_json(convert_comparison_to_json(comparison, comparison.result, (label_a, label_b)))
    else:
        print_comparison(comparison, comparison.result, (label_a, label_b))


def _compare_several(
    groups: "Sequence[Group]", metric: "RankedMetric", read_series: "SeriesReader", as_json: bool
) -> None:
    from gage.cli.render.group_comparison import print_several_groups
    from gage.compare.several_groups import compare_several_groups
    from gage.compare.several_text import convert_several_to_json

    labels = [label for label, _ in groups]
    compared = compare_several_groups([runs for _, runs in groups], metric, read_series)
    if None in compared.summaries:
        _raise_empty(compared.summaries.index(None), compared.left_out, metric)
    elif as_json:
        terminal.print_json(convert_several_to_json(compared, labels))
    else:
        print_several_groups(compared, labels)


def _raise_empty(place: int, left_out: "Sequence[Mapping[str, int]]", metric: "RankedMetric") -> NoReturn:
    """Raises NotFound for a group without a value."""
    from gage.compare.ranking_text import describe_reasons
    from gage.compare.several_text import LETTERS

    reasons = describe_reasons(left_out[place], metric.text)
    raise NotFound(f"{LETTERS[place]} has no completed run with a {metric.text}{reasons and f': {reasons}'}")


def _find_group(selection: RunSelection, word: str, runs: "Sequence[Run]") -> "Group":
    """Returns the label and the runs of a group: the runs that match a filter, or a run and, among `runs`, those that
    differ from it in their seed only.
    """
    from gage.compare.run_groups import find_siblings

    if is_filter(word):
        found = selection.with_words(())._replace(where=(*selection.where, word)).query().require().runs
        return word, [run for run in found if not run.trials]
    run = selection.with_words((word,)).find_one()
    if run.trials:
        raise UsageError(f"{run.name} is a batch", f"Try: gage compare batch={run.name} ...")
    return run.name, find_siblings(run, runs)
