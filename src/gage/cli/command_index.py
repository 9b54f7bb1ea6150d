"""Which commands there are and what each does: the help of `gage` itself. Imports nothing, so that it is quick."""

COMMANDS = {
    "run": "Run an operation, a script or any command as a run",
    "stop": "End runs that are running",
    "watch": "Follow what a run prints",
    "list": "List runs",
    "show": "Tell all about a run",
    "cat": "Print a file of a run, or what it printed",
    "metrics": "Show the metrics of runs, or print all values",
    "plot": "Draw a metric of runs in the terminal",
    "media": "List images and other things to look at",
    "open": "Open a run's folder or one of its files",
    "select": "Print the IDs of runs, for other commands",
    "label": "Give runs a label",
    "tag": "Add tags to runs or remove them",
    "attr": "Say something of runs as name and value",
    "comment": "Say something about runs",
    "mark": "Mark runs",
    "delete": "Delete runs; they can be restored",
    "restore": "Bring back deleted runs",
    "purge": "Remove deleted runs for good",
    "archive": "Put runs away under a name",
    "associate": "Say which project runs belong to",
    "operations": "List what a project can run",
    "config": "List what can be set for an operation or a script",
    "init": "Write a first Gage file",
    "check": "Check a Gage file, the set-up or runs",
    "completion": "Let the shell complete what is typed",
    "help": "Explain something",
}
"""Every command and what it does, in the order in which they are shown."""

MAX_HELP_WIDTH = 100
"""Columns of help and manual, however wide the terminal is."""

ALIASES = {"ls": "list", "runs": "list", "del": "delete", "rm": "delete", "ops": "operations"}

GROUPS = (
    ("Run", ("run", "stop", "watch", "operations", "config", "init")),
    ("Find", ("list", "show", "metrics", "plot", "media", "cat", "open", "select")),
    ("Annotate", ("label", "tag", "attr", "comment", "mark")),
    ("Tidy up", ("delete", "restore", "purge", "archive", "associate")),
    ("Get help", ("check", "completion", "help")),
)

_TEXT = """\
Usage: gage [OPTIONS] COMMAND ...

  Run anything as a run, keep it as plain files, find it again.
{groups}
Options:
  -C DIR      Work in DIR as if you were there.
  --runs DIR  Use the runs in DIR (default: GAGE_RUNS, else the project's).
  --version   Print the version.
  -h, --help  Show this message and exit.

'gage COMMAND --help' tells more about a command, 'gage help' about all else."""


def format_top_help() -> str:
    """What `gage --help` says."""
    known_as = {name: alias for alias, name in reversed(ALIASES.items())}
    groups = ""
    for title, names in GROUPS:
        groups += f"\n{title}:\n"
        for name in names:
            shown = f"{name}, {known_as[name]}" if name in known_as else name
            groups += f"  {shown:<15}  {COMMANDS[name]}\n"
    return _TEXT.format(groups=groups)
