"""`gage help`."""

from pathlib import Path

import click

from gage.cli import looks
from gage.cli.command import gage_command
from gage.types.errors import NotFound

TOPICS = {
    "runs": "How runs are named, and what becomes of them",
    "filters": "What can be said with --where",
    "config": "Values of a run: where they come from and where they go",
    "sourcecode": "Which files are copied into a run",
    "inputs": "What a program reads",
    "environment": "Variables for programs, and for Gage",
    "store": "Where runs are on disk",
    "completion": "Finishing words with TAB",
    "errors": "Messages and exit codes",
    "gagefile": "All settings of a Gage file",
}


@gage_command("help", "gage help", "gage help filters", "gage help run")
@click.argument("topic", metavar="[TOPIC|COMMAND]", required=False)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    """Explain a topic or a command; without one, list what there is."""
    from gage.cli.contents import ALIASES, COMMANDS
    from gage.cli.main import gage

    if topic is None:
        _list(COMMANDS)
    elif topic in TOPICS:
        looks.say(shown(text_of(topic)))
    elif topic in COMMANDS or topic in ALIASES:
        found = gage.get_command(ctx, topic)
        assert found is not None and ctx.parent is not None
        looks.say(found.get_help(click.Context(found, info_name=found.name, parent=ctx.parent)))
    else:
        from gage.lib.suggest import nearest

        near = nearest(topic, [*TOPICS, *COMMANDS])
        raise NotFound("No such topic", f"Did you mean: gage help {near}" if near else "Try: gage help")


def _list(commands: dict[str, str]) -> None:
    for title, rows in (("Topics", TOPICS), ("Commands", commands)):
        looks.say(looks.paint(title.upper(), "bold"))
        looks.print_facts(dict(rows), indent="  ")
        looks.say()
    looks.say("'gage help NAME' tells more about each of them.")


def text_of(topic: str) -> str:
    """A topic as Markdown."""
    if topic == "gagefile":
        from gage.gagefile.reference import markdown

        return markdown()
    return (Path(__file__).parent.parent / "topics" / f"{topic}.md").read_text("utf-8")


def shown(text: str) -> str:
    """Markdown as it looks on a terminal: section titles in upper case, no fences."""
    lines = []
    inside = False
    for line in text.rstrip().split("\n"):
        if line.startswith("```"):
            inside = not inside
        elif inside:
            lines.append(f"    {line}".rstrip())
        elif line.startswith("#"):
            lines.append(looks.paint(line.lstrip("# ").upper(), "bold"))
        elif line.startswith("|"):
            lines += _row(line)
        else:
            lines.append(line.replace("`", ""))
    return "\n".join(lines)


def _row(line: str) -> list[str]:
    """A row of a table: its first cells on a line, the last one below."""
    cells = [cell.strip("| ").replace("`", "") for cell in line.strip("|").split(" | ")]
    if set(line) <= set("|- ") or cells[0] == "setting":
        return []
    kind = f"  ({cells[1]})" if len(cells) > 2 else ""
    return [f"  {cells[0]}{kind}", f"      {cells[-1]}"]
