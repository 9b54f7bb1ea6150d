"""`gage help`."""

import click

from gage.cli.command import make_command, reject_together
from gage.cli.command_index import ALIASES, COMMANDS, MAX_HELP_WIDTH
from gage.cli.render import help_pages, terminal
from gage.types.errors import NotFound

TOPICS = {
    "runs": "Names and status of runs",
    "filters": "Conditions for --where",
    "boards": "Saved tables of runs: columns, formats, groups, scores",
    "config": "Config of a run: where values come from and where they go",
    "gagefile": "All settings of a Gage file",
    "exec": "What an operation runs, and its hooks",
    "sourcecode": "Which files are copied into a run",
    "dependencies": "Files that a run reads, and how they get into it",
    "metrics": "Which metrics are found, and where they are stored",
    "compare": "Tables of runs: full screen, baselines, groups over seeds, pivot tables, formats",
    "statistics": "Methods of 'gage best' and 'gage compare', with their sources",
    "reports": "Reports: Markdown with tables, plots and values of runs",
    "view": "The web page: who can see it, comparing, boards, export, API",
    "restart": "Restarting a run, and continuing with its files",
    "needed": "Skipping runs that are already done",
    "notebooks": "Notebooks as operations",
    "batches": "Many runs at once: grids, ranges, random values, files",
    "debug": "Running under a debugger",
    "environment": "Environment variables for programs and for Gage",
    "store": "Where runs are stored",
    "repos": "Runs in other stores, and how to combine them",
    "completion": "Shell completion with TAB",
    "errors": "Messages and exit codes",
}


TOPIC_SYNONYMS = {
    **dict.fromkeys("where filter query search select -w".split(), "filters"),
    **dict.fromkeys("status statuses state columns label tags positions names ids".split(), "runs"),
    **dict.fromkeys("pivot table tables baseline csv tsv markdown latex parquet export delta group".split(), "compare"),
    **dict.fromkeys("parameters params flags arguments args hyperparameters yaml".split(), "config"),
    **dict.fromkeys("board leaderboard table tables aggregate scores".split(), "boards"),
    **dict.fromkeys("grid sweep sweeps trials parallel random".split(), "batches"),
    **dict.fromkeys("resume rerun repeat continue checkpoint checkpoints resume-from".split(), "restart"),
    **dict.fromkeys("evaluate evaluation evaluations".split(), "restart"),
    **dict.fromkeys("data inputs datasets depends".split(), "dependencies"),
    **dict.fromkeys("env variables secrets".split(), "environment"),
    **dict.fromkeys("source git code".split(), "sourcecode"),
    **dict.fromkeys("exit codes exit-codes messages error".split(), "errors"),
    **dict.fromkeys("skip skipping cache".split(), "needed"),
    **dict.fromkeys(
        "seeds noise importance significance significant p-value confidence interval".split(), "statistics"
    ),
    **dict.fromkeys("screen tui keys fullscreen".split(), "compare"),
    **dict.fromkeys("report svg template templates freeze".split(), "reports"),
    **dict.fromkeys("jupyter ipynb notebook".split(), "notebooks"),
    **dict.fromkeys("runs-dir storage backup delete".split(), "store"),
}
"""Words that are looked for → topic."""


@make_command("help", "gage help", "gage help filters", "gage help run", "gage help --search label")
@click.argument("topic", metavar="[TOPIC|COMMAND]", default="")
@click.option("-s", "--search", metavar="TEXT", help="Search the topics and commands for TEXT.")
def command(topic: str, search: str | None) -> None:
    """Show help for a topic or a command. Without one, list all topics and commands."""
    reject_together("TOPIC|COMMAND", "--search")
    name = ALIASES.get(topic, topic)
    if search is not None:
        _search(search)
    elif not topic:
        _list()
    elif topic in TOPICS:
        terminal.print_stdout(help_pages.render_markdown(help_pages.read_topic(topic)))
        if topic in COMMANDS:
            terminal.print_stdout(f"\nRun 'gage {topic} --help' for the command.")
    elif name in COMMANDS:
        terminal.print_stdout(_format_command_help(name))
    else:
        _reject_topic(topic, [*TOPICS, *COMMANDS])


def _list() -> None:
    for title, rows in (("Topics", TOPICS), ("Commands", COMMANDS)):
        terminal.print_stdout(terminal.paint(title.upper(), "bold"))
        terminal.print_facts(rows, indent="  ", style="bold")
        terminal.print_stdout()
    terminal.print_stdout("Run 'gage help NAME' for details, 'gage help --search TEXT' to search.")


def _format_command_help(name: str, width: int | None = None) -> str:
    """Returns the `--help` text of a command."""
    from gage.cli.main import run_gage

    top = click.Context(run_gage, info_name="gage")
    command = run_gage.get_command(top, name)
    assert command is not None
    ctx = click.Context(
        command,
        info_name=name,
        parent=top,
        help_option_names=["-h", "--help"],
        terminal_width=width,
        max_content_width=width or MAX_HELP_WIDTH,
    )
    return command.get_help(ctx)


def _search(text: str) -> None:
    """Prints the lines that contain the text. Raises NotFound if there are none."""
    folded = " ".join(text.split()).casefold()
    if not folded:
        raise NotFound("Missing search text", "Try: gage help --search label")
    places = {
        f"gage help {topic}": list(help_pages.extract_sentences(help_pages.read_topic(topic))) for topic in TOPICS
    }
    places |= {f"gage {name} --help": _format_command_help(name, width=1000).splitlines() for name in COMMANDS}
    hits_by_place = {
        place: hits
        for place, lines in places.items()
        if (hits := [line for line in lines if folded in " ".join(line.split()).casefold()])
    }
    if not hits_by_place:
        raise NotFound(f"No match for {text!r}", "Try another word, or: gage help")
    for number, (place, lines) in enumerate(hits_by_place.items()):
        terminal.print_stdout(("\n" if number else "") + terminal.paint(place, "bold"))
        for line in lines:
            terminal.print_stdout(help_pages.render_line(line.strip()))


def _reject_topic(topic: str, names: list[str]) -> None:
    """Raises NotFound with the nearest of `names` and all topics."""
    from gage.lib.suggest import find_closest

    near = TOPIC_SYNONYMS.get(topic.casefold().removeprefix("--")) or find_closest(topic, names)
    hint = f"Did you mean: gage help {near}\n" if near else ""
    raise NotFound(
        f"Unknown topic {topic!r}", f"{hint}Topics: {', '.join(TOPICS)}\nCommands are also topics: gage help"
    )
