"""`gage diff`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gage.board.formatting import format_count
from gage.cli import run_selection
from gage.cli.command import GageCommand, json_option, make_command, reject_together
from gage.cli.global_options import get_current_dir
from gage.cli.render import run_differences, terminal
from gage.lib import times
from gage.types.errors import GageError, UsageError

if TYPE_CHECKING:
    from gage.compare.facts import RunFacts
    from gage.types.run import Run

EXIT_DIFFERENT = 1
EXIT_TROUBLE = 2


class _DiffCommand(GageCommand):
    """Exits with code 2 for every error: as in `diff`, code 1 means that the runs differ."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except GageError as e:
            e.code = EXIT_TROUBLE
            raise


@make_command(
    "diff",
    "gage diff 2 1",
    "gage diff 1:4 --only config,metrics",
    "gage diff 1 --working",
    "gage diff 2 1 --tool",
    cls=_DiffCommand,
)
@run_selection.select_runs()
@click.option("--working", is_flag=True, help="Compare one run (default: the latest) with its project's working tree.")
@click.option("-o", "--only", metavar="SECTION,...", help="Compare only these sections, and show them as a whole.")
@click.option("-a", "--all", "with_changing", is_flag=True, help="Also compare what always differs: IDs, times, paths.")
@click.option("--stat", is_flag=True, help="Show only how many values differ.")
@click.option(
    "-t",
    "--tool",
    metavar="[NAME]",
    is_flag=False,
    flag_value="",
    help="Open the source code in a difftool of Git (default: diff.tool).",
)
@json_option
def command(
    selection: run_selection.RunSelection,
    working: bool,
    only: str | None,
    with_changing: bool,
    stat: bool,
    tool: str | None,
    as_json: bool,
) -> None:
    """Show what differs between runs: config, source code, packages, metrics, output and more.

    Two runs are compared line by line; more runs become columns. Exits with code 0 if there is no difference, 1 if
    there is one, and 2 for an error.

    Sections: run, config, metrics, attributes, source, dependencies, packages, environment, git, hardware, output,
    files.
    """
    reject_together("--stat", "--json", "--tool")
    reject_together("--only", "--tool")
    reject_together("--all", "--working")
    from gage.compare.difference_text import convert_differences_to_json
    from gage.compare.differences import compare_runs
    from gage.compare.working_facts import WORKING_TREE

    sections = _parse_sections(only, working)
    runs = _find_runs(selection, working, tool)
    facts = _read_facts(selection, runs, working, with_changing)
    if tool is not None:
        from gage.cli.difftool import open_difftool

        if len(facts) != 2:
            raise UsageError(f"--tool compares two runs, and {len(facts)} were selected", "Try: gage diff 2 1 --tool")
        raise click.exceptions.Exit(open_difftool(tool, facts[0], facts[1], get_current_dir()))
    comparison = compare_runs(facts, sections)
    problems = [problem for each in facts for problem in each.problems]
    if as_json:
        heads = [{"id": each.id, "name": each.name} for each in facts]
        differences = convert_differences_to_json(comparison, [each.id for each in facts])
        terminal.print_json({"runs": heads, **differences, "problems": list(problems)})
    else:
        tree = [(WORKING_TREE, "", "", facts[1].name)] if working else []
        run_differences.print_runs([*map(_describe, runs), *tree])
        run_differences.print_equal(comparison)
        if stat:
            run_differences.print_stat(comparison, len(facts))
        elif len(facts) == 2:
            run_differences.print_pair(comparison, only is not None, "Config defaults" if working else "Config")
        else:
            run_differences.print_columns(comparison, len(facts), only is not None)
        if not comparison.differences:
            terminal.print_stdout("No differences")
    for problem in dict.fromkeys(problems):
        terminal.print_stderr(problem)
    raise click.exceptions.Exit(EXIT_TROUBLE if problems else EXIT_DIFFERENT if comparison.differences else 0)


def _parse_sections(only: str | None, working: bool) -> Sequence[str]:
    """Returns the sections to compare. Raises UsageError for an unknown one."""
    from gage.compare.facts import SECTIONS
    from gage.compare.working_facts import WORKING_SECTIONS
    from gage.lib.suggest import suggest_closest

    known = WORKING_SECTIONS if working else SECTIONS
    if only is None:
        return known
    chosen = [word.strip() for word in only.split(",")]
    for word in chosen:
        if word not in known:
            what = "a section that --working compares" if working else "a section"
            raise UsageError(f"{word!r} is not {what}", suggest_closest(word, known, f"Sections: {', '.join(known)}"))
    return [section for section in known if section in chosen]


def _find_runs(selection: run_selection.RunSelection, working: bool, tool: str | None) -> "Sequence[Run]":
    """Returns the runs to compare. Raises UsageError if they are too few, or a filter selects more than two."""
    if working:
        return [selection.find_one()]
    if not selection.words and not selection.where:
        raise UsageError("No runs specified", "Try: gage diff 2 1, the latest run and the one before it")
    runs = selection.find_each()
    if not selection.words and len(runs) != 2:
        found = format_count(len(runs), "run")
        raise UsageError(f"The filter matches {found}, but two are compared", "Name the runs, such as: gage diff 1:3")
    if len(runs) < 2:
        name = runs[0].name
        hint = f"{tool!r} is the NAME of --tool: write --tool at the end, or --tool=NAME" if tool else ""
        raise UsageError(
            f"Only {name} was selected, but two runs are compared",
            hint or f"Try: gage diff {name} RUN, or gage diff {name} --working",
        )
    return runs


def _read_facts(
    selection: run_selection.RunSelection, runs: "Sequence[Run]", working: bool, with_changing: bool
) -> "list[RunFacts]":
    from gage.compare.read_facts import read_run_facts

    store = selection.store
    facts = [read_run_facts(store, run, with_changing) for run in runs]
    if not working:
        return facts
    from gage.cli.render.spinner import wait_for_parameters
    from gage.compare.working_facts import read_default_facts, read_working_facts

    with wait_for_parameters(runs[0].op.name):
        return [read_default_facts(store, runs[0], facts[0]), read_working_facts(store, runs[0], get_current_dir())]


def _describe(run: "Run") -> tuple[str, ...]:
    """Returns the words by which people recognize a run."""
    return run.name, run.op.name, times.format_age(run.started or run.created), run.label
