"""`gage show`."""

from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.render import terminal
from gage.cli.render.run_details import RunDetails, read_run_details

if TYPE_CHECKING:
    from gage.store.store import RunStore
    from gage.types.run import Comment, ManifestEntry, Run
    from gage.types.values import JSONValue

MAX_FILES = 20
MAX_METRICS = 40
LAST_LINES = 10


@make_command("show", "gage show", "gage show 2", "gage show lusab-babad --json")
@run_selection.select_run
@click.option("-c", "--config", is_flag=True, help="Show only the config.")
@click.option("-f", "--files", is_flag=True, help="Show only the files, without a limit.")
@json_option
def command(selection: run_selection.RunSelection, config: bool, files: bool, as_json: bool) -> None:
    """Show the details of a run (default: the latest)."""
    reject_together(("--config", config), ("--files", files), ("--json", as_json))
    store, details = selection.store, read_run_details(selection.store, selection.find_one(), LAST_LINES)
    if as_json:
        terminal.print_json(_as_json(details))
    elif config or files:
        for line in _config(details.run) if config else map(_file, details.files):
            terminal.print_stdout(line)
    else:
        _print(details, _count_trials(store, details.run))


def _as_json(details: RunDetails) -> "dict[str, JSONValue]":
    from gage.board import run_table as board

    table = board.build_run_table([details.run], [0], 1, board.JSON_COLUMNS)
    summary = dict(zip((c.key for c in table.columns), table.rows[0], strict=True))
    del summary["index"]
    files: list[JSONValue] = [
        {"kind": f.kind, "sha256": f.digest, "size": f.size, "path": f.path} for f in details.files
    ]
    more: dict[str, JSONValue] = {
        "run_dir": details.run_dir,
        "command": details.command,
        "git": details.git,
        "dependencies": [_convert_dependency(item) for item in details.inputs],
        "files": files,
        "output": list(details.output),
        "problems": list(details.problems),
    }
    return summary | more


def _count_trials(store: "RunStore", run: "Run") -> str:
    """Returns the number of runs of a batch by status; "" for a run that is not a batch."""
    if not run.op.name.endswith("+"):
        return ""
    from collections import Counter

    from gage.index.index import open_index
    from gage.lib.run_names import name_from_id
    from gage.types.filter import RunFilter, Term

    first = run.parent or run.id
    with open_index(store) as index:
        runs = index.find(RunFilter(where=(Term(first, "parent"),))).runs
    counts = Counter(r.status for r in runs if not r.op.name.endswith("+"))
    text = ", ".join(f"{n:,} {status}" for status, n in counts.most_common())
    return f"{text}  (gage list --where batch={name_from_id(first)})" if text else ""


def _print(details: RunDetails, trials: str) -> None:
    run = details.run
    terminal.print_stdout(f"{terminal.paint(run.name, 'bold')}  {terminal.paint(run.id, 'dim')}")
    terminal.print_stdout()
    terminal.print_facts(_facts(details, trials))
    _section("Config", _config(run))
    _section("Metrics", _metrics(run))
    _section("Attributes", _attributes(run))
    _section("Comments", [line for c in run.user_attrs.comments for line in _comment(c)])
    _section("Dependencies", [terminal.escape(_input(i)) for i in details.inputs])
    more = [f"and {len(details.files) - MAX_FILES:,} more: use --files"] if len(details.files) > MAX_FILES else []
    _section("Files", [_file(f) for f in details.files[:MAX_FILES]] + more)
    _section("Output", [*(["…"] if details.is_truncated else []), *map(terminal.escape, details.output)])
    _section("Problems", [terminal.escape(p) for p in details.problems])


def _section(title: str, lines: list[str]) -> None:
    if lines:
        terminal.print_stdout()
        terminal.print_stdout(terminal.paint(title, "bold"))
        for line in lines:
            terminal.print_stdout(f"  {line}")


def _facts(details: RunDetails, trials: str) -> dict[str, str | list[str]]:
    from gage.lib import times

    run, attrs = details.run, details.run.user_attrs

    def at(when: int | None) -> str:
        return "" if when is None else f"{times.format_iso(when)}  ({times.format_age(when)})"

    took = run.stopped - run.started if run.stopped and run.started else None
    facts: dict[str, str | list[str]] = {
        "Operation": str(run.op) + (f" {run.op.version}" if run.op.version else ""),
        "Status": terminal.paint(run.status, terminal.STATUS_COLORS[run.status]),
        "Damage": run.damage,
        "Runs": trials,
        "Exit code": "" if run.exit is None else str(run.exit),
        "Label": run.label,
        "Tags": " ".join(f"#{tag}" for tag in run.tags),
        "Marked": "yes" if attrs.marked else "",
        "Archive": attrs.archive,
        "Deleted": f"by {attrs.deleted_by}" if attrs.deleted_by else "",
        "Created": at(run.created),
        "Started": at(run.started),
        "Stopped": at(run.stopped),
        "Duration": terminal.format_duration(took) if took is not None and took >= 0 else "",
        "Command": details.command_line,
        "Project": run.project or run.project_id,
        "Run directory": details.run_dir,
        "Created from": _describe_parent(run.parent),
        "Source code": _source(details),
        "Git": details.git_line,
    }
    return {title: text if title == "Status" else terminal.escape(str(text)) for title, text in facts.items()}


def _describe_parent(parent: str) -> str:
    from gage.lib.run_names import name_from_id
    from gage.store.layout import is_run_id

    return f"{name_from_id(parent)}  {parent}" if is_run_id(parent) else parent


def _source(details: RunDetails) -> str:
    digest = details.run.source_digest
    return f"{terminal.format_count(details.source_count, 'file')}, {digest[:12]}" if digest else ""


def _config(run: "Run") -> list[str]:
    return [_setting(name, value, run.changed_config) for name, value in sorted(run.config.items())]


def _metrics(run: "Run") -> list[str]:
    """Returns a line for each metric: its name, last value and range."""
    from gage.board.formatting import format_number

    most = sorted(run.metrics)[:MAX_METRICS]
    width = max((len(terminal.escape(name)) for name in most), default=0)
    lines = []
    for name in most:
        m = run.metrics[name]
        text = f"{terminal.escape(name):<{width}}  {format_number(m.last):>10}"
        if m.points > 1 and m.min is not None and m.max is not None:
            range = f"min {format_number(m.min)}  max {format_number(m.max)}  {m.points:,} values"
            text += terminal.paint(f"  at step {m.step}  {range}" if m.step is not None else f"  {range}", "dim")
        lines.append(text)
    more = len(run.metrics) - len(most)
    return [*lines, f"and {more:,} more: use --json"] if more else lines


def _attributes(run: "Run") -> list[str]:
    from gage.board.formatting import format_value
    from gage.board.run_table import collect_attributes

    lines = []
    for name, attribute in sorted(collect_attributes(run).items()):
        if isinstance(attribute, dict):
            lines.append(
                terminal.escape(f"{name} = {format_value(attribute['value'])}")
                + terminal.paint(f"  ({attribute['origin']})", "dim")
            )
    return lines


def _setting(name: str, value: "JSONValue", changed: tuple[str, ...] | None) -> str:
    from gage.board.formatting import format_value

    chosen = terminal.paint("  (set)", "dim") if changed and name in changed else ""
    return terminal.escape(f"{name} = {format_value(value)}") + chosen


def _comment(comment: "Comment") -> list[str]:
    from gage.lib import times

    head = terminal.paint(f"{terminal.escape(comment.author)}, {times.format_iso(comment.when)}", "dim")
    return [head, *terminal.escape_lines(comment.text).split("\n")]


def _convert_dependency(item: "JSONValue") -> "JSONValue":
    """Returns a dependency of `inputs.json` under the keys that `gage run --preview --json` has."""
    return {"reason" if k == "why" else k: v for k, v in item.items()} if isinstance(item, dict) else item


def _input(item: "JSONValue") -> str:
    if not isinstance(item, dict):
        return str(item)
    why = f" ({item['why']})" if item.get("why") else ""
    return f"{item.get('path')}{why}"


KINDS = {"s": "source code", "d": "dependency", "r": "runtime", "g": "generated"}


def _file(entry: "ManifestEntry") -> str:
    size = terminal.format_size(entry.size) if entry.size >= 0 else ""
    return f"{terminal.paint(KINDS[entry.kind].ljust(11), 'dim')}  {size:>10}  {terminal.escape(entry.path)}"
