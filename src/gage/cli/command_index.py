"""All commands with a line of help: the help of `gage` itself. Imports nothing, so that it starts fast."""

COMMANDS = {
    "run": "Run an operation, a script or any command",
    "stop": "Stop running runs",
    "watch": "Follow the output of a run",
    "list": "List runs",
    "show": "Show the details of a run",
    "diff": "Show what differs between runs",
    "cat": "Print a file or the output of a run",
    "metrics": "Show metrics of runs, or export all values",
    "plot": "Plot metrics of runs in the terminal",
    "best": "Show the best runs by a metric, and why",
    "compare": "Compare runs in a table, or two groups by a metric",
    "board": "Show a board, a saved table of runs",
    "report": "Render a report of runs as text, HTML or Markdown",
    "view": "Show runs in a web page",
    "media": "List images, audio, tables and other media",
    "open": "Open a run directory or one of its files",
    "select": "Print IDs, names or paths of runs, for scripts",
    "label": "Set or clear the label of runs",
    "tag": "Add or remove tags of runs",
    "attr": "Set, show or remove attributes of runs",
    "comment": "Add, list, edit or delete comments on runs",
    "mark": "Mark runs",
    "delete": "Delete runs; they can be restored",
    "restore": "Restore deleted runs",
    "purge": "Remove deleted runs permanently",
    "archive": "Move runs to a named archive",
    "associate": "Link runs to a project",
    "operations": "List the operations of a project",
    "config": "List the parameters of an operation or script",
    "init": "Create a Gage file",
    "check": "Check a Gage file, the installation or runs",
    "completion": "Install shell completion",
    "help": "Show help for a topic or command",
}
"""Every command and what it does, in the order in which they are shown."""

MAX_HELP_WIDTH = 100
"""Columns of help and manual, however wide the terminal is."""

ALIASES = {"ls": "list", "runs": "list", "del": "delete", "rm": "delete", "ops": "operations"}

GROUPS = (
    ("Run", ("run", "stop", "watch", "operations", "config", "init")),
    (
        "Find",
        (
            *("list", "show", "best", "compare", "board", "diff", "report"),
            *("view", "metrics", "plot", "media", "cat", "open", "select"),
        ),
    ),
    ("Annotate", ("label", "tag", "attr", "comment", "mark")),
    ("Clean up", ("delete", "restore", "purge", "archive", "associate")),
    ("Help", ("check", "completion", "help")),
)

_TEXT = """\
Usage: gage [OPTIONS] COMMAND ...

  Experiment tracking for machine learning. No changes to your code.
{groups}
Options:
  -C DIR      Run as if gage was started in DIR.
  --runs DIR  Runs directory (default: $GAGE_RUNS, else that of the project).
  --version   Show the version and exit.
  -h, --help  Show this message and exit.

Run 'gage COMMAND --help' for a command, 'gage help' for topics."""


def format_top_help() -> str:
    """Returns the help of `gage` itself."""
    known_as = {name: alias for alias, name in reversed(ALIASES.items())}
    groups = ""
    for title, names in GROUPS:
        groups += f"\n{title}:\n"
        for name in names:
            shown = f"{name}, {known_as[name]}" if name in known_as else name
            groups += f"  {shown:<15}  {COMMANDS[name]}\n"
    return _TEXT.format(groups=groups)
