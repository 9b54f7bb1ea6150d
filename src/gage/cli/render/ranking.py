"""Prints a ranking: the table of the best runs, and below it noise, best config and effects."""

import textwrap

from gage.cli.render import terminal
from gage.compare import ranking_text
from gage.compare.ranking import Ranking
from gage.compare.ranking_text import MAX_WIDTH
from gage.types.table import Table


def print_ranking(ranking: Ranking, per: str | None = None, chosen: Table | None = None) -> None:
    """Prints a ranking that has runs. `per` is the name whose values the groups share. `chosen` is the table of
    `--columns`, with a row for each of the best runs.
    """
    print_wrapped(ranking_text.describe_ranking(ranking))
    left_out = ranking_text.describe_reasons(ranking.left_out, ranking.metric.text)
    if left_out:
        print_wrapped(f"Left out: {left_out}")
    terminal.print_stdout()
    if per is not None:
        table = ranking_text.build_ranked_groups_table(ranking, per)
    else:
        table = ranking_text.build_ranking_table(ranking, terminal.detect_width() or MAX_WIDTH)
    terminal.print_table(*(table if chosen is None else ranking_text.replace_columns(table, chosen)))
    terminal.print_stdout()
    _print_facts(ranking_text.list_ranking_facts(ranking, per))
    if per is None:
        _print_effects(ranking)


def print_wrapped(text: str, indent: str = "") -> None:
    """Prints a line, in several lines if it is wider than the terminal."""
    for line in _wrap(text, len(indent)):
        terminal.print_stdout(indent + line)


def _wrap(text: str, indent: int = 0) -> list[str]:
    width = max(min(terminal.detect_width() or MAX_WIDTH, MAX_WIDTH) - indent, 20)
    return textwrap.wrap(terminal.escape(text), width, break_on_hyphens=False, break_long_words=False)


def _print_facts(facts: dict[str, str]) -> None:
    width = max(map(len, facts), default=0) + terminal.COLUMN_GAP
    terminal.print_facts({title: "\n".join(_wrap(text, width)) for title, text in facts.items()}, style="bold")


def _print_effects(ranking: Ranking) -> None:
    title, lines, notes = ranking_text.describe_effects(ranking)
    if title or notes:
        terminal.print_stdout()
    for line in _wrap(title):
        terminal.print_stdout(terminal.paint(line, "bold"))
    for text in lines:
        print_wrapped(text, "  ")
    for note in notes:
        print_wrapped(note, "  " if title else "")
