"""Prints how groups of runs differ."""

from collections.abc import Sequence

from gage.cli.render import terminal
from gage.cli.render.ranking import print_wrapped
from gage.compare.group_text import build_groups_table, describe_comparison
from gage.compare.run_groups import MetricComparison
from gage.compare.several_groups import SeveralGroups
from gage.compare.several_text import build_pairs_table, build_several_table, describe_several
from gage.compare.statistics import GroupComparison


def print_comparison(comparison: MetricComparison, result: GroupComparison, labels: Sequence[str]) -> None:
    """Prints a table of the two groups, and how they differ."""
    terminal.print_table(*build_groups_table(comparison, result, labels))
    terminal.print_stdout()
    for text in describe_comparison(comparison, result, labels):
        print_wrapped(text)


def print_several_groups(compared: SeveralGroups, labels: Sequence[str]) -> None:
    """Prints a table of the groups, and how they differ."""
    overall, correction = describe_several(compared)
    terminal.print_table(*build_several_table(compared, labels))
    terminal.print_stdout()
    print_wrapped(overall)
    terminal.print_stdout()
    terminal.print_table(*build_pairs_table(compared))
    terminal.print_stdout()
    print_wrapped(correction)
