"""docs/cli.md equals the output of `--help`. `make docs` writes it."""

import os

import click
from source_tree import PROJECT

from gage.cli.command_index import ALIASES, COMMANDS
from gage.cli.main import run_gage

UPDATE = os.environ.get("GAGE_UPDATE_DOCS")
PAGE = PROJECT / "docs" / "cli.md"
INTRO = """\
# Commands

The output of `gage COMMAND --help` for every command; `make docs` updates it. `-C DIR` and
`--runs DIR` may also follow the command. See the topics of `gage help` for names of runs, filters
and the rest.
"""


def test_cli_page_equals_the_help() -> None:
    if UPDATE:
        PAGE.write_text(render_page(), "utf-8")
    assert PAGE.read_text("utf-8") == render_page(), "make docs"


def render_page() -> str:
    top = click.Context(
        run_gage, info_name="gage", help_option_names=["-h", "--help"], terminal_width=100, max_content_width=100
    )
    parts = [INTRO, _format_help(top), "".join(_format_command(name, top) for name in COMMANDS)]
    return "\n".join(parts).rstrip() + "\n"


def _format_command(name: str, top: click.Context) -> str:
    command = run_gage.get_command(top, name)
    assert command is not None
    ctx = click.Context(command, info_name=name, parent=top, terminal_width=100, max_content_width=100)
    aliases = [f"`{alias}`" for alias, command_name in ALIASES.items() if command_name == name]
    alias_line = f"\nAlso: {', '.join(aliases)}.\n" if aliases else ""
    return f"## {name}\n{alias_line}\n{_format_help(ctx)}\n"


def _format_help(ctx: click.Context) -> str:
    text = "\n".join(line.rstrip() for line in ctx.get_help().splitlines())
    return f"```text\n{text.strip()}\n```\n"
