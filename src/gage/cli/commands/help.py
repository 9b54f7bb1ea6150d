"""`gage help`."""

import click

from gage.cli.command import gage_command, reject_together
from gage.cli.command_index import ALIASES, COMMANDS, MAX_HELP_WIDTH
from gage.cli.render import help_pages, terminal
from gage.types.errors import NotFound

TOPICS = {
    "runs": "How runs are named, and what becomes of them",
    "filters": "What can be said with --where",
    "config": "Values of a run: where they come from and where they go",
    "gagefile": "All settings of a Gage file",
    "exec": "What an operation runs, and the hooks around it",
    "sourcecode": "Which files are copied into a run",
    "dependencies": "What a program reads, and how it gets into a run",
    "metrics": "What is found of what a program measures, and where it is",
    "restart": "Making a run again, and going on with what one left",
    "notebooks": "Notebooks as operations",
    "batches": "Many runs at once: grids, ranges, draws, files",
    "debug": "Running under a debugger",
    "environment": "Variables for programs, and for Gage",
    "store": "Where runs are on disk",
    "repos": "Runs in other places, and how they come together",
    "completion": "Finishing words with TAB",
    "errors": "Messages and exit codes",
}


@gage_command("help", "gage help", "gage help filters", "gage help run", "gage help --search label")
@click.argument("topic", metavar="[TOPIC|COMMAND]", default="")
@click.option("-s", "--search", metavar="TEXT", help="Show where the topics and commands speak of TEXT.")
def command(topic: str, search: str | None) -> None:
    """Explain a topic or a command; without one, list what there is."""
    reject_together(("TOPIC", topic), ("--search", search is not None))
    name = ALIASES.get(topic, topic)
    if search is not None:
        _search(search)
    elif not topic:
        _list()
    elif topic in TOPICS:
        terminal.print_stdout(help_pages.render_markdown(help_pages.read_topic(topic)))
        if topic in COMMANDS:
            terminal.print_stdout(f"\n'gage {topic} --help' tells of the command.")
    elif name in COMMANDS:
        terminal.print_stdout(_help_of(name))
    else:
        _refuse(topic, [*TOPICS, *COMMANDS])


def _list() -> None:
    for title, rows in (("Topics", TOPICS), ("Commands", COMMANDS)):
        terminal.print_stdout(terminal.paint(title.upper(), "bold"))
        terminal.print_facts(dict(rows), indent="  ")
        terminal.print_stdout()
    terminal.print_stdout("'gage help NAME' tells more about each of them, 'gage help --search TEXT' looks into all.")


def _help_of(name: str, width: int | None = None) -> str:
    """What `--help` says of a command."""
    from gage.cli.main import gage

    top = click.Context(gage, info_name="gage")
    found = gage.get_command(top, name)
    assert found is not None
    ctx = click.Context(
        found,
        info_name=name,
        parent=top,
        help_option_names=["-h", "--help"],
        terminal_width=width,
        max_content_width=width or MAX_HELP_WIDTH,
    )
    return found.get_help(ctx)


def _search(text: str) -> None:
    """Print what speaks of the text. Raises `NotFound`."""
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        raise NotFound("There is nothing to search for", "Try: gage help --search label")
    places = {
        f"gage help {topic}": list(help_pages.extract_sentences(help_pages.read_topic(topic))) for topic in TOPICS
    }
    places |= {f"gage {name} --help": _help_of(name, width=1000).splitlines() for name in COMMANDS}
    found = {
        place: hits
        for place, lines in places.items()
        if (hits := [line for line in lines if wanted in " ".join(line.split()).casefold()])
    }
    if not found:
        raise NotFound(f"Nothing speaks of {text!r}", "Try another word, or: gage help")
    for number, (place, lines) in enumerate(found.items()):
        terminal.print_stdout(("\n" if number else "") + terminal.paint(place, "bold"))
        for line in lines:
            terminal.print_stdout(help_pages.render_line(line.strip()))


def _refuse(topic: str, known: list[str]) -> None:
    """Raises `NotFound` with the nearest topic, and all of them."""
    from gage.lib.suggest import find_closest

    near = find_closest(topic, known)
    hint = f"Did you mean: gage help {near}\n" if near else ""
    raise NotFound(
        f"No such topic: {topic!r}", f"{hint}There are {', '.join(TOPICS)}\nCommands are topics too: gage help"
    )
