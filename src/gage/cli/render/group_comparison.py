"""Prints how two groups of runs differ."""

from collections.abc import Sequence

from gage.cli.render import terminal
from gage.cli.render.ranking import print_wrapped
from gage.compare.group_text import build_groups_table, describe_comparison
from gage.compare.run_groups import MetricComparison
from gage.compare.statistics import GroupComparison


def print_comparison(comparison: MetricComparison, result: GroupComparison, labels: Sequence[str]) -> None:
    """Prints a table of the two groups, and how they differ."""
    terminal.print_table(*build_groups_table(comparison, result, labels))
    terminal.print_stdout()
    for text in describe_comparison(comparison, result, labels):
        print_wrapped(text)
