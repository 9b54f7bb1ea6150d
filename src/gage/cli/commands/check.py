"""`gage check`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gage.cli import run_selection
from gage.cli.command import gage_command, json_option, reject_together
from gage.cli.global_options import get_current_dir
from gage.cli.render import terminal
from gage.types.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gage.store.check import CheckReport
    from gage.store.store import RunStore
    from gage.types.opdef import GageFile
    from gage.types.values import JSONValue

FORMATS = (".toml", ".json", ".yaml", ".yml")


@gage_command("check", "gage check", "gage check gage.toml", "gage check --run 1", "gage check --all --repair")
@click.argument("path", metavar="[PATH]", required=False)
@click.option(
    "-r", "--run", "runs", metavar="RUN", multiple=True, help="Verify a run's files against its manifest (repeatable)."
)
@click.option("-a", "--all", "everything", is_flag=True, help="Verify all runs.")
@click.option("--repair", is_flag=True, help="Repair what killed processes left in the store.")
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
    """Check the installation, a Gage file (PATH), or runs. Exits with code 1 if there are problems."""
    reject_together(("PATH", path), ("--run", runs), ("--all", everything), ("--schema", schema))
    reject_together(("PATH", path), ("--repair", repair))
    reject_together(("--version", version is not None), ("PATH", path), ("--run", runs), ("--all", everything))
    reject_together(("--version", version is not None), ("--repair", repair), ("--schema", schema), ("--json", as_json))
    if version is not None:
        raise click.exceptions.Exit(_check_version(version))
    if schema:
        from gage.gagefile.schema import build_json_schema

        terminal.print_json(build_json_schema())
    elif path is not None:
        raise click.exceptions.Exit(_check_file(path, as_json))
    elif runs or everything or repair:
        store = run_selection.open_store()
        if repair:
            _repair(store)
        if runs or everything:
            ids = store.list_ids() if everything else (run.id for run in run_selection.find_runs(store, runs).runs)
            raise click.exceptions.Exit(_check_runs(store, ids, as_json))
    else:
        raise click.exceptions.Exit(_check_set_up(as_json))


def _check_file(path: str, as_json: bool) -> int:
    from gage.gagefile.render_diagnostics import render_diagnostics

    file, found = _loaded(Path(path))
    if as_json:
        terminal.print_json(
            {
                "file": str(file),
                "operations": list(found.operations),
                "problems": [
                    {
                        "file": str(file),
                        "line": p.span.line,
                        "column": p.span.column,
                        "length": p.span.length,
                        "message": p.message,
                        "hint": p.hint,
                        "operation": p.disables,
                        "topic": "gagefile",
                    }
                    for p in found.diagnostics
                ],
            }
        )
    elif found.diagnostics:
        terminal.print_stdout(terminal.escape_lines(render_diagnostics(str(file), found.diagnostics, _text(file))))
        terminal.print_stderr(
            f"{terminal.format_count(len(found.diagnostics), 'problem')} in {file}", "See 'gage help gagefile'"
        )
    else:
        count = terminal.format_count(len(found.operations), "operation")
        terminal.print_stdout(f"{terminal.escape(str(file))}: {count}, no problems")
    return 1 if found.diagnostics else 0


def _loaded(file: Path) -> "tuple[Path, GageFile]":
    """The Gage file that a path means, or the block in a script. Raises `NotFound`, OSError."""
    from gage.gagefile.file_names import GAGEFILE_NAMES
    from gage.gagefile.load import load_gagefile

    if file.is_dir() and file.name not in GAGEFILE_NAMES:
        file = next((file / name for name in GAGEFILE_NAMES if os.path.lexists(file / name)), file / GAGEFILE_NAMES[0])
    if not os.path.lexists(file) or (file.name not in GAGEFILE_NAMES and not file.is_file()):
        raise NotFound(f"Gage file {file} does not exist", f"Gage files are named {', '.join(GAGEFILE_NAMES)}")
    return file, load_gagefile(str(file)) if file.suffix in FORMATS else _of_script(file)


def _of_script(file: Path) -> "GageFile":
    from gage.gagefile.script_block import load_script_block
    from gage.types.opdef import GageFile

    op, problems = load_script_block(_text(file), str(file), file.name)
    if op is None and not problems:
        raise NotFound(f"{file} is not a Gage file and has no gage block", "See 'gage help gagefile'")
    return GageFile(str(file), {op.name: op} if op else {}, diagnostics=tuple(problems))


def _text(file: Path) -> str:
    from gage.gagefile.load import MAX_GAGEFILE_BYTES

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
            continue
    if as_json:
        terminal.print_json({"runs": [_report_json(r) for r in reports]})
    else:
        for report in reports:
            _print_report(report)
    bad = sum(not report.ok for report in reports)
    if bad:
        terminal.print_stderr(f"Problems in {bad:,} of {terminal.format_count(len(reports), 'run')}")
    elif not as_json and not reports:
        terminal.print_stdout("There are no runs")
    return 1 if bad else 0


def _report_json(report: "CheckReport") -> "dict[str, JSONValue]":
    report_data: dict[str, JSONValue] = {"id": report.id, "ok": report.ok}
    for name in ("missing", "changed", "extra", "problems"):
        report_data[name] = list(getattr(report, name))
    return report_data


def _print_report(report: "CheckReport") -> None:
    from gage.lib.run_names import name_from_id

    name = name_from_id(report.id)
    if report.ok:
        terminal.print_stdout(f"{name}  {terminal.paint('ok', 'green')}")
        return
    terminal.print_stdout(f"{name}  {terminal.paint('damaged', 'red')}  {terminal.paint(report.id, 'dim')}")
    for what in ("missing", "changed", "extra"):
        for path in getattr(report, what):
            terminal.print_stdout(f"  {what.ljust(8)} {terminal.escape(path)}")
    for problem in report.problems:
        terminal.print_stdout(f"  {terminal.escape(problem)}")


def _repair(store: "RunStore") -> None:
    from gage.store.repair import repair_store

    done = repair_store(store)
    for line in done:
        terminal.print_stderr(line)
    if not done:
        terminal.print_stderr("Nothing to repair")


def _check_set_up(as_json: bool) -> int:
    from gage.cli import diagnostics
    from gage.project.find import find_project

    project = find_project(get_current_dir())
    store = run_selection.open_store()
    facts, wrong = diagnostics.collect_facts(store, project), list(diagnostics.find_problems(store, project))
    problems = len(project.gagefile.diagnostics) if project.gagefile else 0
    if as_json:
        report_data: list[JSONValue] = [{"message": w.message, "hint": w.hint} for w in wrong]
        named: dict[str, JSONValue] = {title.lower().replace(" ", "_"): text for title, text in facts.items()}
        terminal.print_json(
            {**named, "plugins": _plugins_json(), "gagefile_problems": problems, "problems": report_data}
        )
        return 1 if wrong else 0
    terminal.print_facts({title: terminal.escape(text) for title, text in facts.items()})
    for each in wrong:
        terminal.print_stderr(each.message, each.hint)
    if not wrong:
        terminal.print_stdout("\nNo problems found")
    return 1 if wrong else 0


def _plugins_json() -> "JSONValue":
    from gage.cli import diagnostics

    return [
        {
            "name": p.name,
            "kind": p.group.removeprefix("gage.").removesuffix("s"),
            "package": p.package,
            "version": p.version,
            "problem": p.problem,
        }
        for p in diagnostics.plugins()
    ]


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
