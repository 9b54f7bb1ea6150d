"""`gage compare A B --metric METRIC`: compares two groups of runs by a metric."""

import re
from typing import TYPE_CHECKING

from gage.assignments.convert_words import join_words
from gage.board.formatting import format_count
from gage.cli.render import terminal
from gage.cli.run_selection import RunSelection
from gage.index import load_series
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gage.types.run import Run

_FILTER = re.compile(r"[\s=<>~!()]")


def is_filter(word: str) -> bool:
    """Returns whether a word is a filter, and not the name of a run."""
    return _FILTER.search(word) is not None


def compare_two_groups(
    selection: RunSelection, metric: str | None, lower_is_better: bool | None, as_json: bool
) -> None:
    """Prints how two groups of runs differ in a metric. Raises UsageError and NotFound."""
    from gage.cli.render.group_comparison import print_comparison
    from gage.compare.group_text import convert_comparison_to_json
    from gage.compare.metric import pick_metric
    from gage.compare.ranking_text import describe_reasons
    from gage.compare.run_groups import compare_by_metric

    if len(selection.words) != 2:
        is_selection = metric is None and len(selection.words) == 1 and is_filter(selection.words[0])
        table = join_words(("gage", "compare", "--where", *selection.words))
        hint = (
            f"To compare the runs that match in a table: {table}"
            if is_selection
            else "Try: gage compare 1 2 --metric loss"
        )
        raise UsageError("Two groups of runs are needed", hint)
    runs = selection.with_words(()).query().require().runs
    compared = pick_metric(runs, metric, lower_is_better, f"compare {join_words(selection.words)} --metric")
    (label_a, a), (label_b, b) = (_find_group(selection, word, runs) for word in selection.words)
    both = {run.id for run in a} & {run.id for run in b}
    if both:
        raise UsageError(
            f"{format_count(len(both), 'run')} would be in both groups",
            "A run stands for all runs that differ from it in their seed only",
        )
    comparison = compare_by_metric(a, b, compared, load_series.build_series_reader(selection.store))
    if comparison.result is None:
        empty = comparison.sizes.index(0)
        reasons = describe_reasons(comparison.left_out[empty], compared.text)
        raise NotFound(f"{'AB'[empty]} has no completed run with a {compared.text}{reasons and f': {reasons}'}")
    if as_json:
        terminal.print_json(convert_comparison_to_json(comparison, comparison.result, (label_a, label_b)))
    else:
        print_comparison(comparison, comparison.result, (label_a, label_b))


def _find_group(selection: RunSelection, word: str, runs: "Sequence[Run]") -> "tuple[str, Sequence[Run]]":
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
