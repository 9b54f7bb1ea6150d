"""`gage show`."""

import shlex
from collections import Counter
from typing import TYPE_CHECKING

import click

from gage.board.formatting import format_count, format_number, format_size, format_value
from gage.board.run_table import collect_attributes, convert_run_to_json
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, parse_count, reject_together
from gage.cli.global_options import open_store
from gage.cli.render import terminal
from gage.cli.render.comments import format_comment
from gage.cli.render.print_output import print_output_to_stdout
from gage.compare.run_details import RunDetails, describe_evaluation, find_evaluations, read_run_details
from gage.lib import times
from gage.lib.suggest import join_some
from gage.lib.uuid7 import name_from_id
from gage.store.layout import is_run_id
from gage.types.errors import NotFound
from gage.types.run import REPORT_OPERATION
from gage.types.values import as_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gage.types.run import ManifestEntry, Run
    from gage.types.values import JSONValue

PARENT_TITLES = {
    "restart": "Restarted from",
    "resume": "Resumed from",
    "trial": "Trial of",
    "evaluation": "Evaluation of",
}
"""The title of a run's parent, by the relation to it."""
MAX_FILES = 20
MAX_METRICS = 40
MAX_MENTIONS = 8
LAST_LINES = 10


@make_command("show", "gage show", "gage show 2", "gage show lusab-babad --json")
@run_selection.select_run
@click.option("-c", "--config", is_flag=True, help="Show only the config.")
@click.option("-f", "--files", is_flag=True, help="Show only the files, without a limit.")
@click.option("-s", "--summary", is_flag=True, help="Show only the metrics and attributes.")
@click.option("-o", "--output", is_flag=True, help="Print all output, as 'gage cat --output' does.")
@click.option("--limit-files", type=parse_count, metavar="N", help=f"List at most N files (default: {MAX_FILES}).")
@click.option("--all-files", is_flag=True, help="List all files.")
@json_option
def command(
    selection: run_selection.RunSelection,
    config: bool,
    files: bool,
    summary: bool,
    output: bool,
    limit_files: int | None,
    all_files: bool,
    as_json: bool,
) -> None:
    """Show the details of a run (default: the latest)."""
    reject_together("--config", "--files", "--summary", "--output", "--json")
    reject_together("--limit-files", "--all-files")
    if output:
        print_output_to_stdout(selection.store, selection.find_one().id, (1, 2))
        return
    details = read_run_details(selection.store, selection.find_one(), LAST_LINES)
    if as_json:
        terminal.print_json(_as_json(details))
    elif config or files or summary:
        run = details.run
        shown = _config(run) if config else [*_metrics(run), *_attributes(run)] if summary else _files(details)
        for line in shown:
            terminal.print_stdout(line)
    else:
        _print(details, _count_trials(details.run), len(details.files) if all_files else limit_files or MAX_FILES)


def _as_json(details: RunDetails) -> "dict[str, JSONValue]":
    summary = convert_run_to_json(details.run, 0)
    del summary["index"]
    return summary | {
        "run_dir": details.run_dir,
        **({"report": {"runs": list(details.mentions)}} if details.run.op == REPORT_OPERATION else {}),
        "command": details.command,
        "arguments": list(details.arguments),
        "git": details.git,
        "dependencies": [_convert_dependency(item) for item in details.inputs],
        "files": [_convert_file(details, entry) for entry in details.files],
        "evaluations": list(map(_convert_evaluation, find_evaluations(open_store(), details.run))),
        "output": list(details.output),
        "problems": list(details.problems),
    }


def _convert_file(details: RunDetails, entry: "ManifestEntry") -> "JSONValue":
    path = entry.path
    facts = {"changed": path in details.changed, "resumed": path in details.resumed}
    return {"kind": entry.kind, "sha256": entry.digest, "size": entry.size, "path": path, **facts}


def _count_trials(run: "Run") -> str:
    """Returns the number of runs of a batch by status; "" for a run that is not a batch."""
    if not run.op.name.endswith("+"):
        return ""
    first = run.parent or run.id
    runs = run_selection.RunSelection(where=(f"parent={first}",)).query().runs
    counts = Counter(r.status for r in runs if not r.op.name.endswith("+"))
    text = ", ".join(f"{n:,} {status}" for status, n in counts.most_common())
    return f"{text}  (gage list --where batch={name_from_id(first)})" if text else ""


def _print(details: RunDetails, trials: str, max_files: int) -> None:
    run = details.run
    terminal.print_stdout(f"{terminal.paint(run.name, 'bold')}  {terminal.paint(run.id, 'dim')}")
    terminal.print_stdout()
    terminal.print_facts(_facts(details, trials), status=terminal.STATUS_COLORS[run.status])
    sections = {
        "Config": _config(run),
        "Metrics": terminal.limit_lines(_metrics(run), MAX_METRICS, "use --json"),
        "Evaluations": terminal.limit_lines(
            list(map(_evaluation, find_evaluations(open_store(), run))), MAX_METRICS, "use --json"
        ),
        "Attributes": _attributes(run),
        "Comments": [line for comment in run.user_attrs.comments for line in format_comment(comment)],
        "Dependencies": terminal.limit_lines(list(map(_dependency, details.inputs)), max_files, "use --json"),
        "Files": terminal.limit_lines(_files(details), max_files, "use --files"),
        "Output": [*(["…"] if details.is_truncated else []), *map(terminal.escape, details.output)],
        "Problems": list(map(terminal.escape, details.problems)),
    }
    for title, lines in sections.items():
        if lines:
            terminal.print_section(title, lines)


def _facts(details: RunDetails, trials: str) -> dict[str, str]:
    run, attrs = details.run, details.run.user_attrs

    def at(when: int | None) -> str:
        return "" if when is None else f"{times.format_iso(when)}  ({times.format_age(when)})"

    took = run.stopped - run.started if run.stopped and run.started else -1
    return {
        "Operation": f"{run.op} {run.op.version}".strip(),
        "Status": run.status,
        "Reason": run.reason,
        "Damage": run.damage,
        "Runs": trials,
        "Made from": _describe_mentions(details.mentions),
        "Exit code": "" if run.exit is None else str(run.exit),
        "Label": run.label,
        "Tags": " ".join(f"#{tag}" for tag in run.tags),
        "Marked": "yes" if attrs.marked else "",
        "Archive": attrs.archive,
        "Deleted": f"by {attrs.deleted_by}" if attrs.deleted_by else "",
        "Created": at(run.created),
        "Started": at(run.started),
        "Stopped": at(run.stopped),
        "Duration": times.format_duration(took) if took >= 0 else "",
        "Host": run.host,
        "User": run.user,
        "Command": _command(details.command),
        "Arguments": shlex.join(map(str, details.arguments)),
        "Project": run.project or run.project_id,
        "Run directory": details.run_dir,
        PARENT_TITLES.get(run.relation, ""): _describe_parent(run),
        "Source code": _source(details),
        "Git": _git(as_table(details.git)),
    }


def _describe_mentions(ids: "Sequence[str]") -> str:
    """Returns the number of runs that a report read, and the names of the first ones."""
    names = [name_from_id(id) for id in ids if is_run_id(id)]
    return f"{format_count(len(names), 'run')}: {join_some(names, MAX_MENTIONS)}" if names else ""


def _command(command: "JSONValue") -> str:
    """Returns the command as a user would type it."""
    return shlex.join(map(str, command)) if isinstance(command, list) else str(command or "")


def _describe_parent(run: "Run") -> str:
    """Returns the name and ID of the parent, and a note if the evaluated run is deleted, archived or not here."""
    if not is_run_id(run.parent):
        return run.parent
    note = ""
    if run.relation == "evaluation":
        try:
            (found,) = run_selection.RunSelection((run.parent,)).find_to_read()
            note = "  (deleted)" if found.user_attrs.deleted_by else "  (archived)" if found.user_attrs.archive else ""
        except NotFound:
            note = "  (not in this store)"
    return f"{name_from_id(run.parent)}  {run.parent}{note}"


def _evaluation(run: "Run") -> str:
    """Returns a line for an evaluation: name, operation, status and metrics."""
    metrics = "  ".join(f"{name}={format_number(run.metrics[name].last)}" for name in sorted(run.metrics))
    return terminal.escape(f"{describe_evaluation(run)}  {metrics}".rstrip())


def _convert_evaluation(run: "Run") -> "JSONValue":
    metrics: dict[str, JSONValue] = {name: metric.last for name, metric in run.metrics.items()}
    return {"id": run.id, "name": run.name, "operation": run.op.name, "status": run.status, "metrics": metrics}


def _source(details: RunDetails) -> str:
    digest = details.run.source_digest
    return f"{format_count(details.source_count, 'file')}, {digest[:12]}" if digest else ""


def _git(git: "Mapping[str, JSONValue]") -> str:
    """Returns commit, branch and state."""
    branch = f" on {git['branch']}" if git.get("branch") else ""
    return (
        f"{str(git['commit'])[:12]}{branch}{', with changes' if git.get('dirty') else ''}" if git.get("commit") else ""
    )


def _config(run: "Run") -> list[str]:
    changed = run.changed_config or ()
    return [_value(name, value, "set" if name in changed else "") for name, value in sorted(run.config.items())]


def _attributes(run: "Run") -> list[str]:
    return [_value(name, each.value, each.origin) for name, each in sorted(collect_attributes(run).items())]


def _value(name: str, value: "JSONValue", note: str) -> str:
    return terminal.escape(f"{name} = {format_value(value)}") + terminal.paint(f"  ({note})" if note else "", "dim")


def _metrics(run: "Run") -> list[str]:
    """Returns a line for each metric: its name, last value and range."""
    width = max((len(terminal.escape(name)) for name in sorted(run.metrics)[:MAX_METRICS]), default=0)
    lines = []
    for name, m in sorted(run.metrics.items()):
        text = f"{terminal.escape(name):<{width}}  {format_number(m.last):>10}"
        if m.points > 1 and m.min is not None and m.max is not None:
            step = "" if m.step is None else f"  at step {m.step}"
            range = f"min {format_number(m.min)}  max {format_number(m.max)}  {m.points:,} values"
            text += terminal.paint(f"{step}  {range}", "dim")
        lines.append(text)
    return lines


def _convert_dependency(item: "JSONValue") -> "JSONValue":
    """Returns a dependency of `inputs.json` under the keys that `gage run --preview --json` has."""
    return {"reason" if k == "why" else k: v for k, v in item.items()} if isinstance(item, dict) else item


def _dependency(item: "JSONValue") -> str:
    entry = as_table(item)
    why = f" ({entry['why']})" if entry.get("why") else ""
    return terminal.escape(f"{_link(entry) if _is_link(entry) else entry.get('path', item)}{why}")


def _is_link(dependency: "Mapping[str, JSONValue]") -> bool:
    return dependency.get("mode") == "link"


def _link(dependency: "Mapping[str, JSONValue]") -> str:
    """Returns a link out of the project, with where it leads."""
    return f"{dependency.get('path')} → {dependency.get('source')}"


EVENT_FILE_SUFFIX = ".gage-output"
"""Ends the name of the event file in which Gage keeps the metrics of a run's output."""

KINDS = {"s": "source code", "d": "dependency", "r": "runtime", "g": "generated"}


def _files(details: RunDetails) -> list[str]:
    """Returns lines for the files of a run and its links out of the project, which it has as dependencies."""
    links = [_link(entry) for entry in map(as_table, details.inputs) if _is_link(entry)]
    kind = terminal.paint(KINDS["d"].ljust(11), "dim")
    files = [_file(entry, _describe_kind(details, entry)) for entry in details.files]
    return [*files, *(f"{kind}  {'link':>10}  {terminal.escape(link)}" for link in links)]


def _describe_kind(details: RunDetails, entry: "ManifestEntry") -> str:
    if entry.path in details.changed:
        return "changed"
    if entry.path in details.resumed:
        return "evaluated" if details.run.relation == "evaluation" else "resumed"
    return "by Gage" if entry.kind == "g" and entry.path.endswith(EVENT_FILE_SUFFIX) else KINDS[entry.kind]


def _file(entry: "ManifestEntry", kind: str) -> str:
    size = format_size(entry.size) if entry.size >= 0 else ""
    return f"{terminal.paint(kind.ljust(11), 'dim')}  {size:>10}  {terminal.escape(entry.path)}"
