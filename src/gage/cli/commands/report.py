"""`gage report`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gage.board.formatting import format_count
from gage.cli import run_selection
from gage.cli.command import json_option, make_command, reject_together
from gage.cli.global_options import find_current_project, get_current_dir
from gage.cli.render import terminal
from gage.types.errors import GageError, NotFound, StoreError, UsageError

if TYPE_CHECKING:
    from gage.index.index import Index
    from gage.report.items import Report
    from gage.report.source import ReportSource
    from gage.report.templates import ReportTemplate


@make_command(
    "report",
    "gage report",
    "gage report summary --where 'op=train' --html summary.html",
    "gage report paper.md --markdown results/",
    "gage report --list",
)
@run_selection.select_runs("[REPORT] [RUN]...")
@run_selection.project_option
@click.option("--html", metavar="FILE", help="Write one self-contained HTML file (-: print it).")
@click.option("--markdown", metavar="DIR|FILE", help="Write Markdown, with plots as SVG files beside it.")
@click.option("--no-run", is_flag=True, help="Do not save the report as a run.")
@click.option("--refresh", is_flag=True, help="Read the runs again, even if the report is frozen.")
@click.option("-l", "--list", "as_list", is_flag=True, help="List the reports.")
@json_option
def command(
    selection: run_selection.RunSelection,
    html: str | None,
    markdown: str | None,
    no_run: bool,
    refresh: bool,
    as_list: bool,
    as_json: bool,
) -> None:
    """Render a report: Markdown with tables, plots and values of runs.

    REPORT is the name of a report (default: summary) or a Markdown file. NAME stands for reports/NAME.md of the
    project. Gage shows the report, or writes it with --html and --markdown, and saves it as a run of the operation
    'report'. RUN, --where and the front matter select its runs (default: all). Exits with code 1 if the report has
    errors. See 'gage help reports'.
    """
    reject_together("--json", "--html")
    reject_together("--json", "--markdown")
    for option, target, example in (("--html", html, "report.html"), ("--markdown", markdown, "results")):
        if target == "":
            raise UsageError(f"The path of {option} is empty", f"Try: {option} {example}")
    if markdown == "-":
        raise UsageError("A report in Markdown has pictures in files beside it", "Name a file: --markdown results.md")
    if as_list:
        _print_list(as_json)
        return
    from gage.cli.run.live_output import LiveOutput
    from gage.index.index import open_index
    from gage.index.load_series import build_series_reader
    from gage.report.parse import parse_report

    template, words = _find_report(selection)
    text = template.read()
    source = parse_report(text)
    selection = selection.with_words(words)
    with open_index(selection.store, LiveOutput(quiet=False), build_series_reader(selection.store)) as index:
        report = _resolve(selection, template, source, index, refresh)
        if as_json:
            from gage.report.report_json import convert_report_to_json

            terminal.print_json(convert_report_to_json(report))
        elif html is not None or markdown is not None:
            _write_files(report, template, html, markdown)
        else:
            from gage.cli.render.report_pages import print_report

            print_report(report)
        if not no_run:
            _keep_run(selection, report, text, source, index)
    if report.errors:
        sys.stdout.flush()
        terminal.print_stderr(f"{format_count(len(report.errors), 'error')} in the report {template.name}")
        raise click.exceptions.Exit(1)


def _print_list(as_json: bool) -> None:
    from gage.report.templates import list_templates, load_report_plugins
    from gage.types.table import Column

    templates = list_templates(find_current_project().dir).values()
    if as_json:
        terminal.print_json([{"name": t.name, "title": t.title, "origin": t.origin} for t in templates])
    else:
        columns = (Column("name", "Name"), Column("title", "Title"), Column("origin", "Origin"))
        terminal.print_table(columns, [(t.name, t.title, t.origin) for t in templates])
    for plugin in load_report_plugins():
        if plugin.problem:
            terminal.print_stderr(f"The report {plugin} cannot be used: {plugin.problem}")


def _find_report(selection: run_selection.RunSelection) -> "tuple[ReportTemplate, tuple[str, ...]]":
    """Returns the report and the words that name runs. If the first word is not a report but a run, the report is the
    default one.
    """
    from gage.report.templates import DEFAULT_REPORT, find_template

    cwd, project_dir = get_current_dir(), find_current_project().dir
    words = selection.words
    first = words[0] if words else DEFAULT_REPORT
    try:
        return find_template(first, cwd, project_dir), words[1:]
    except NotFound:
        if not _is_position(first) and not _is_run(selection, first):
            raise
        return find_template(DEFAULT_REPORT, cwd, project_dir), words


def _is_position(word: str) -> bool:
    """Returns whether a word can only be a position or a slice of the listing, such as `1` or `-2:`."""
    return all(part.removeprefix("-").isdigit() or not part for part in word.strip().split(":"))


def _is_run(selection: run_selection.RunSelection, word: str) -> bool:
    try:
        return bool(selection._replace(words=(word,), where=()).query(limit=1).runs)
    except GageError:
        return False


def _resolve(
    selection: run_selection.RunSelection,
    template: "ReportTemplate",
    source: "ReportSource",
    index: "Index",
    refresh: bool,
) -> "Report":
    """Returns the report with its data. A frozen report uses the data of its last run."""
    from gage.report.report_run import find_last_run, read_frozen_data
    from gage.report.resolve import resolve_report
    from gage.report.run_query import RunQuery

    last = None
    if source.front.freeze and not refresh:
        last = find_last_run(index, template.name, _describe_runs(selection, source))
    run_filter = selection.build_filter()
    if last is None:
        result = index.find(run_filter._replace(limit=1)).require()
        if result.ambiguity is not None:
            terminal.print_stderr(*result.ambiguity)
        if not result.runs:
            raise selection.build_no_runs_error()
    frozen = None if last is None else read_frozen_data(selection.store, last)
    project_dir = find_current_project().dir
    query = RunQuery(selection.store, index, run_filter, project_dir, source.front.runs)
    return resolve_report(source, template.name, query, frozen)


def _describe_runs(selection: run_selection.RunSelection, source: "ReportSource") -> str:
    from gage.report.report_run import describe_selection

    return describe_selection(selection.words, selection.where, selection.project, source.front.runs)


def _write_files(report: "Report", template: "ReportTemplate", html: str | None, markdown: str | None) -> None:
    """Writes the report to the files of `--html` and `--markdown`."""
    from gage.lib.output_file import STANDARD_OUTPUT, write_output_file

    if html is not None:
        from gage.report.html_output import render_html_report

        path = _check_target(Path(html), template)
        write_output_file(path, render_html_report(report).encode("utf-8", "replace"))
        if html != STANDARD_OUTPUT:
            terminal.print_stderr(f"Wrote {path}")
    if markdown is not None:
        from gage.report.markdown_output import render_markdown_report

        path = Path(markdown)
        if path.suffix != ".md":
            path.mkdir(parents=True, exist_ok=True)
            path = path / f"{Path(report.name).stem}.md"
        path = _check_target(path, template)
        rendered = render_markdown_report(report, f"{path.stem}_files".replace(" ", "_"))
        write_output_file(path, rendered.text.encode("utf-8", "replace"))
        for name, data in rendered.files.items():
            (path.parent / name).parent.mkdir(exist_ok=True)
            write_output_file(path.parent / name, data)
        pictures = f" and {format_count(len(rendered.files), 'picture')}" if rendered.files else ""
        terminal.print_stderr(f"Wrote {path}{pictures}")


def _check_target(path: Path, template: "ReportTemplate") -> Path:
    """Returns the path. Raises UsageError if it is the file with the text of the report."""
    if template.path is not None and path.exists() and path.samefile(template.path):
        raise UsageError(f"{path} is the text of the report itself", "Choose another file")
    return path


def _keep_run(
    selection: run_selection.RunSelection, report: "Report", text: str, source: "ReportSource", index: "Index"
) -> None:
    """Saves the report as a run, unless its last run has the same text and data."""
    from gage.lib.uuid7 import name_from_id
    from gage.report.render_files import render_report_files
    from gage.report.report_run import ReportRequest, compute_digest, create_report_run, find_last_run, read_digest

    store, runs = selection.store, _describe_runs(selection, source)
    last = find_last_run(index, report.name, runs)
    if last is not None and read_digest(store, last) == compute_digest(report, text):
        sys.stdout.flush()
        terminal.print_stderr(f"Saved as run {last.name}: nothing has changed since")
        return
    run_selection.seal_abandoned_runs(store)
    project = find_current_project()
    project_id = project.gagefile.project_id if project.gagefile else ""
    request = ReportRequest(text, runs, ("gage", *sys.argv[1:]), str(get_current_dir()), str(project.dir), project_id)
    try:
        id = create_report_run(store, report, request, render_report_files(report))
    except StoreError as error:
        raise StoreError(error.message, error.hint or "To show it without a run: gage report --no-run") from None
    name = name_from_id(id)
    terminal.print_stderr(f"Saved as run {name}", f"To open it: gage open {name} report.html")
