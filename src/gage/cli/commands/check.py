"""`gage check`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gage.board.formatting import format_count
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.global_options import get_current_dir, open_store
from gage.cli.render import terminal
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gage.lib.plugins import Plugin
    from gage.store.check import CheckReport
    from gage.store.store import RunStore
    from gage.types.opdef import Diagnostic, GageFile
    from gage.types.values import JSONValue

FORMATS = (".toml", ".json", ".yaml", ".yml")
PATH_KINDS = ("missing", "changed", "extra", "unchecked")
"""Lists of paths in a report. Unchecked ones are not wrong: they have no digest, or cannot be read."""


@make_command("check", "gage check", "gage check gage.toml", "gage check --run 1", "gage check --all --repair")
@click.argument("path", metavar="[PATH]", required=False)
@click.option(
    "-r", "--run", "runs", metavar="RUN", multiple=True, help="Verify a run's files against its manifest (repeatable)."
)
@click.option("-a", "--all", "everything", is_flag=True, help="Verify all runs.")
@click.option("--repair", is_flag=True, help="Repair what killed processes left in the store.")
@click.option("-v", "--verbose", is_flag=True, hidden=True, expose_value=False)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of Gage files, for editors.")
@click.option("--version", "version", metavar="SPEC", help="Check that Gage's version matches, for example '>=0.2,<1'.")
@json_option
def command(
    path: str | None,
    runs: tuple[str, ...],
    everything: bool,
    repair: bool,
    schema: bool,
    version: str | None,
    as_json: bool,
) -> None:
    """Check the installation, a Gage file or board (PATH), or runs. Exits with code 1 if there are problems."""
    reject_together("PATH", "--run", "--all", "--schema")
    reject_together("PATH", "--repair")
    for other in ("PATH", "--run", "--all", "--repair", "--schema", "--json"):
        reject_together("--version", other)
    if version is not None:
        raise click.exceptions.Exit(_check_version(version))
    if schema:
        from gage.gagefile.schema import build_json_schema

        terminal.print_json(build_json_schema())
    elif path is not None:
        raise click.exceptions.Exit(_check_file(path, as_json))
    elif runs or everything or repair:
        from gage.runner.recover import complete_metrics
        from gage.store.repair import repair_store

        store = open_store()
        for line in (repair_store(store, complete_metrics) or ["Nothing to repair"]) if repair else ():
            terminal.print_stderr(line)
        if runs or everything:
            ids = (
                store.list_ids() if everything else (run.id for run in run_selection.RunSelection(runs).find_to_read())
            )
            raise click.exceptions.Exit(_check_runs(store, ids, as_json))
    else:
        raise click.exceptions.Exit(_check_installation(as_json))


def _check_file(path: str, as_json: bool) -> int:
    from gage.gagefile.load_board import is_board

    if Path(path).is_file() and is_board(path, _read(Path(path))):
        return _check_board(Path(path), as_json)
    file, gagefile = _load_file(Path(path))
    if gagefile.operations:
        from gage.project.find import find_project_dir
        from gage.project.gagefile_checks import find_project_problems

        directory = file.absolute().parent
        project = directory if file.suffix in FORMATS else find_project_dir(directory)
        found = find_project_problems(gagefile, _read(file), project)
        gagefile = gagefile._replace(diagnostics=tuple(sorted((*gagefile.diagnostics, *found))))
    if as_json:
        problems = [_diagnostic_to_json(file, each) for each in gagefile.diagnostics]
        terminal.print_json({"file": str(file), "operations": list(gagefile.operations), "problems": problems})
    elif gagefile.diagnostics:
        _print_diagnostics(file, gagefile.diagnostics, "gagefile")
    else:
        count = format_count(len(gagefile.operations), "operation")
        terminal.print_stdout(f"{terminal.escape(str(file))}: {count}, no problems")
    return 1 if gagefile.diagnostics else 0


def _check_board(file: Path, as_json: bool) -> int:
    from gage.gagefile.load_board import load_board

    problems = load_board(str(file)).diagnostics
    if as_json:
        listed = [_diagnostic_to_json(file, each, "boards") for each in problems]
        terminal.print_json({"file": str(file), "board": file.stem, "problems": listed})
    elif problems:
        _print_diagnostics(file, problems, "boards")
    else:
        terminal.print_stdout(f"{terminal.escape(str(file))}: a board, no problems")
    return 1 if problems else 0


def _print_diagnostics(file: Path, problems: "Sequence[Diagnostic]", topic: str) -> None:
    from gage.gagefile.render_diagnostics import render_diagnostics

    terminal.print_stdout(terminal.escape_lines(render_diagnostics(str(file), problems, _read(file))))
    terminal.print_stderr(f"{format_count(len(problems), 'problem')} in {file}", f"See 'gage help {topic}'")


def _diagnostic_to_json(file: Path, problem: "Diagnostic", topic: str = "gagefile") -> "JSONValue":
    text = {
        "message": problem.message,
        "hint": problem.hint,
        "operation": problem.disables or problem.operation,
        "topic": topic,
    }
    return {"file": str(file), **problem.span._asdict(), **text}


def _load_file(file: Path) -> "tuple[Path, GageFile]":
    """Returns the Gage file at a path, or the block in a script. Raises NotFound and OSError."""
    from gage.gagefile.file_names import GAGEFILE_NAMES
    from gage.gagefile.load import load_gagefile

    if file.is_dir() and file.name not in GAGEFILE_NAMES:
        names = [name for name in GAGEFILE_NAMES if os.path.lexists(file / name)]
        file = file / (names or GAGEFILE_NAMES)[0]
    if not os.path.lexists(file) or (file.name not in GAGEFILE_NAMES and not file.is_file()):
        raise NotFound(f"Gage file {file} does not exist", f"Gage files are named {', '.join(GAGEFILE_NAMES)}")
    return file, load_gagefile(str(file)) if file.suffix in FORMATS else _load_script_block(file)


def _load_script_block(file: Path) -> "GageFile":
    from gage.gagefile.script_block import load_script_block
    from gage.types.opdef import GageFile

    op, problems = load_script_block(_read(file), str(file), file.name)
    if op is None and not problems:
        raise NotFound(f"{file} is not a Gage file and has no gage block", "See 'gage help gagefile'")
    return GageFile(str(file), {op.name: op} if op else {}, diagnostics=tuple(problems))


def _read(file: Path) -> str:
    from gage.gagefile.decode_text import MAX_GAGEFILE_BYTES

    if not file.is_file():
        return ""
    with file.open("rb") as f:
        return f.read(MAX_GAGEFILE_BYTES).decode("utf-8", "replace")


def _check_runs(store: "RunStore", ids: "Iterable[str]", as_json: bool) -> int:
    from gage.store.check import check_run

    reports = []
    for id in sorted(ids, reverse=True):
        try:
            reports.append(check_run(store, id))
        except NotFound:
            continue  # purged meanwhile
    if as_json:
        terminal.print_json({"runs": [_report_to_json(report) for report in reports]})
    for report in reports if not as_json else ():
        _print_report(report)
    damaged = sum(not report.ok for report in reports)
    if damaged:
        terminal.print_stderr(f"Problems in {damaged:,} of {format_count(len(reports), 'run')}")
    if unsealed := sum(report.unsealed for report in reports):
        runs = format_count(unsealed, "run")
        message = f"{runs} ended without being sealed: files cannot be verified"
        terminal.print_stderr(message, "To seal: gage check --repair")
    if not as_json and not reports:
        terminal.print_stdout("There are no runs")
    return 1 if damaged else 0


def _report_to_json(report: "CheckReport") -> "dict[str, JSONValue]":
    lists = {name: list(getattr(report, name)) for name in (*PATH_KINDS, "problems")}
    return {"id": report.id, "ok": report.ok, "unsealed": report.unsealed, **lists}


def _print_report(report: "CheckReport") -> None:
    from gage.lib.uuid7 import name_from_id

    name = name_from_id(report.id)
    if report.ok:
        text = terminal.paint("not sealed", "yellow") if report.unsealed else terminal.paint("ok", "green")
        terminal.print_stdout(f"{name}  {text}")
    else:
        terminal.print_stdout(f"{name}  {terminal.paint('damaged', 'red')}  {terminal.paint(report.id, 'dim')}")
    for kind in PATH_KINDS:
        for path in getattr(report, kind):
            terminal.print_stdout(f"  {kind.ljust(8)} {terminal.escape(path)}")
    for problem in report.problems:
        terminal.print_stdout(f"  {terminal.escape(problem)}")


def _check_installation(as_json: bool) -> int:
    from gage.cli import diagnostics
    from gage.project.find import find_project

    project = find_project(get_current_dir())
    store = open_store()
    facts, problems = diagnostics.collect_facts(store, project), list(diagnostics.find_problems(store, project))
    if as_json:
        report: dict[str, JSONValue] = {title.lower().replace(" ", "_"): text for title, text in facts.items()}
        report |= {"plugins": [_plugin_to_json(plugin) for plugin in diagnostics.list_plugins()]}
        report |= {"gagefile_problems": len(project.gagefile.diagnostics) if project.gagefile else 0}
        terminal.print_json(report | {"problems": [each._asdict() for each in problems]})
        return 1 if problems else 0
    terminal.print_facts(facts)
    for each in problems:
        terminal.print_stderr(each.message, each.hint)
    if not problems:
        terminal.print_stdout("\nNo problems found")
    return 1 if problems else 0


def _plugin_to_json(plugin: "Plugin") -> "JSONValue":
    kind = plugin.group.removeprefix("gage.").removesuffix("s")
    package = {"package": plugin.package, "version": plugin.version}
    return {"name": plugin.name, "kind": kind, **package, "problem": plugin.problem}


def _check_version(conditions: str) -> int:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from gage import __version__

    try:
        specifiers = SpecifierSet(conditions)
    except InvalidSpecifier:
        specifiers = SpecifierSet()
    if not specifiers:
        raise UsageError(f"{conditions!r} is not a version condition", "Try: gage check --version '>=0.2,<1'")
    if specifiers.contains(__version__, prereleases=True):
        terminal.print_stdout(f"Gage {__version__} matches {conditions}")
        return 0
    terminal.print_stderr(f"Gage {__version__} does not match {conditions}", f"Try: pip install 'gage-ml{conditions}'")
    return 1
