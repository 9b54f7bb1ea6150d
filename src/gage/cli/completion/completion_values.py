"""Completes the value of a parameter: runs, tags, files ..., with descriptions, by the parameter's metavar."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from gage.board.formatting import format_size
from gage.cli import run_selection
from gage.cli.completion.context import CompletionContext, CompletionItems, filter_items, get_words, make_item
from gage.cli.completion.run_arguments import complete_run_arguments
from gage.cli.global_options import get_current_dir, open_store

if TYPE_CHECKING:
    from gage.index.suggestions import Suggestions
    from gage.types.filter import Collection
    from gage.types.run import Run

Completer = Callable[[CompletionContext], CompletionItems]

MAX_VALUES = 40
"""Values that are offered where there may be thousands."""

MAX_FILES = 1000


def complete_value(context: CompletionContext) -> CompletionItems:
    """Returns what the value of the parameter may become; each value begins with what has been typed."""
    param = context.param
    assert param is not None
    if "--" in context.ctx.meta or context.ctx.meta.get("gage.after-dashes") is not None:
        return _complete_file(context)
    if not isinstance(param.type, click.types.StringParamType):
        return param.shell_complete(context.ctx, context.word)
    complete = COMPLETERS.get(param.metavar or "")
    return complete(context) if complete else []


def _complete_file(context: CompletionContext) -> CompletionItems:
    return [CompletionItem(context.word, type="file")]


def _complete_directory(context: CompletionContext) -> CompletionItems:
    return [CompletionItem(context.word, type="dir")]


# Runs and what belongs to them


def _complete_runs(context: CompletionContext) -> CompletionItems:
    collection, statuses = _completable_runs(context)
    with _open_suggestions() as suggestions:
        runs = suggestions.runs(context.word, MAX_VALUES, collection, statuses)
    word, words = context.word.lower(), get_words(context)
    values = [(run.name if run.name.startswith(word) else run.id, run) for run in runs]
    return [make_item(value, _describe_run(run)) for value, run in values if value not in words]


def _open_suggestions() -> "Suggestions":
    from gage.index.suggestions import Suggestions

    return Suggestions(open_store())


def _completable_runs(context: CompletionContext) -> tuple["Collection", tuple[str, ...]]:
    """Returns the collection and the statuses of runs that a command accepts."""
    name, params = context.ctx.command.name, context.ctx.params
    if name in ("restore", "purge") or (name in ("list", "select") and params.get("deleted")):
        return "deleted", ()
    if (name == "archive" and params.get("restore")) or (name == "list" and params.get("archive") is not None):
        return "archive", ()
    if name == "stop":
        return "active", ("running", "pending")
    return "active", ("staged",) if name == "run" else ()


def _describe_run(run: "Run") -> str:
    from gage.lib.times import format_age

    tags = " ".join(f"#{tag}" for tag in run.tags)
    return ", ".join(filter(None, (run.op.name, run.status, format_age(run.started or run.created), run.label, tags)))


def _complete_tags(context: CompletionContext) -> CompletionItems:
    tags = (context.ctx.params.get(context.param.name or "") if context.param else None) or ()
    with _open_suggestions() as suggestions:
        return [make_item(tag) for tag in suggestions.tags(context.word, MAX_VALUES) if tag not in tags]


def _complete_run_then_tags(context: CompletionContext) -> CompletionItems:
    params = context.ctx.params
    only_runs = params.get("add") or params.get("remove") or params.get("clear")
    if only_runs or not (get_words(context) or params.get("where") or params.get("everything")):
        return _complete_runs(context)
    return _complete_tags(context)


def _complete_board_then_runs(context: CompletionContext) -> CompletionItems:
    if get_words(context) or context.ctx.params.get("config"):
        return _complete_runs(context)
    from gage.project.boards import list_boards
    from gage.project.find import find_project_dir

    boards = list_boards(find_project_dir(get_current_dir()))
    return filter_items(context, ((board.name, board.path.name) for board in boards)) or _complete_file(context)


def _complete_either(*completers: Completer) -> Completer:
    """Returns a completer that offers the values of several."""
    return lambda context: [item for complete in completers for item in complete(context)]


def _complete_metrics(context: CompletionContext) -> CompletionItems:
    with _open_suggestions() as suggestions:
        return [make_item(name) for name in suggestions.measured_names(context.word, MAX_VALUES)]


def _complete_attributes(context: CompletionContext) -> CompletionItems:
    return [make_item(f"{item.value}=", "", is_open=True) for item in _complete_metrics(context)]


def _complete_columns(context: CompletionContext) -> CompletionItems:
    """Completes the last name of a comma-separated list."""
    from gage.board.run_table import COLUMNS

    before, comma, start = context.word.rpartition(",")
    with _open_suggestions() as suggestions:
        names = {*COLUMNS, *suggestions.config_names(start, MAX_VALUES), *suggestions.measured_names(start, MAX_VALUES)}
    return [make_item(before + comma + name, "", is_open=True) for name in sorted(names) if name.startswith(start)]


def _complete_sections(context: CompletionContext) -> CompletionItems:
    """Completes the last name of a comma-separated list of what `gage diff` compares."""
    from gage.compare.facts import SECTIONS

    before, comma, start = context.word.rpartition(",")
    used = before.split(",")
    return [make_item(before + comma + name) for name in SECTIONS if name.startswith(start) and name not in used]


def _complete_names(context: CompletionContext) -> CompletionItems:
    if context.ctx.command.name == "best":
        return _complete_columns(context)
    return _complete_archives(context) if context.ctx.command.name == "archive" else _complete_metrics(context)


def _complete_optional_name(context: CompletionContext) -> CompletionItems:
    if context.ctx.command.name != "diff":
        return _complete_archives(context)
    from gage.cli.difftool import list_difftools

    return filter_items(context, ((name, "") for name in list_difftools(get_current_dir())))


def _complete_media_kinds(context: CompletionContext) -> CompletionItems:
    from gage.metrics.media import SUFFIXES_BY_KIND

    return filter_items(context, ((kind, "") for kind in SUFFIXES_BY_KIND))


def _complete_archives(context: CompletionContext) -> CompletionItems:
    with _open_suggestions() as suggestions:
        return [make_item(name) for name in suggestions.archives(context.word, MAX_VALUES)]


def _complete_run_then_file(context: CompletionContext) -> CompletionItems:
    params = context.ctx.params
    needed = 0 if params.get("path") or params.get("output") or params.get("where") else 1
    return _complete_runs(context) if len(get_words(context)) < needed else _complete_run_files(context)


def _complete_path(context: CompletionContext) -> CompletionItems:
    return _complete_run_files(context) if context.ctx.command.name in ("cat", "open") else _complete_file(context)


def _complete_run_files(context: CompletionContext) -> CompletionItems:
    """Returns the files and directories in one directory of the run."""
    from gage.store.run_files import resolve_run_path

    params = context.ctx.params
    words = [params["run"]] if params.get("run") else get_words(context)[:1]
    where = params.get("where", ())
    run = run_selection.RunSelection(() if where else tuple(words), where).find_one()
    directory, slash, start = context.word.rpartition("/")
    entries = list(os.scandir(resolve_run_path(open_store().get_paths(run.id).run_dir, directory or ".")))
    items: CompletionItems = []
    for entry in sorted(entries, key=lambda entry: entry.name)[:MAX_FILES]:
        if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
            continue
        path = directory + slash + entry.name
        if entry.is_dir():
            items.append(make_item(f"{path}/", "directory", is_open=True))
        else:
            items.append(make_item(path, format_size(entry.stat(follow_symlinks=False).st_size)))
    return items


def _complete_filters(context: CompletionContext) -> CompletionItems:
    from gage.index.complete_filter import complete_filter

    with _open_suggestions() as suggestions:
        return [make_item(*completed) for completed in complete_filter(context.word, suggestions)]


def _complete_topics(context: CompletionContext) -> CompletionItems:
    from gage.cli.command_index import COMMANDS
    from gage.cli.commands.help import TOPICS

    return filter_items(context, (TOPICS | COMMANDS).items())


def _complete_variables(context: CompletionContext) -> CompletionItems:
    """Completes names of environment variables; never their values, which may be secret."""
    if "=" in context.word:
        return []
    return [make_item(f"{name}=", "", is_open=True) for name in sorted(os.environ) if name.startswith(context.word)]


def _complete_report_then_runs(context: CompletionContext) -> CompletionItems:
    """Completes the name of a report, then runs."""
    if get_words(context):
        return _complete_runs(context)
    from gage.cli.global_options import find_current_project
    from gage.report.templates import list_templates

    templates = list_templates(find_current_project().dir).values()
    names = filter_items(context, ((each.name, each.title) for each in templates))
    return [*names, *_complete_runs(context), *_complete_file(context)]


COMPLETERS: dict[str, Completer] = {
    "RUN": _complete_runs,
    "BATCH": _complete_runs,
    "[RUN]": _complete_runs,
    "[RUN]...": _complete_runs,
    "[RUN|FILTER]...": _complete_either(_complete_runs, _complete_filters),
    "[RUN]... [TEXT]": _complete_runs,
    "[REPORT] [RUN]...": _complete_report_then_runs,
    "[RUN] [TAG]...": _complete_run_then_tags,
    "[RUN]... DIR": _complete_either(_complete_runs, _complete_directory),
    "[RUN] [PATH]": _complete_run_then_file,
    "[BOARD] [RUN]...": _complete_board_then_runs,
    "TAG": _complete_tags,
    "FILTER": _complete_filters,
    "NAME": _complete_names,
    "NAME,...": _complete_columns,
    "SECTION,...": _complete_sections,
    "METRIC": _complete_metrics,
    "VALUE": _complete_metrics,
    "KIND": _complete_media_kinds,
    "[RUN]... METRIC...": _complete_either(_complete_runs, _complete_metrics),
    "[RUN]... [NAME=VALUE]...": _complete_either(_complete_runs, _complete_attributes),
    "FILE": _complete_file,
    "DIR|ID": _complete_directory,
    "DIR|FILE": _complete_file,
    "[NAME]": _complete_optional_name,
    "[OPERATION|SCRIPT] [NAME=VALUE]... [-- ARGUMENT|COMMAND]": complete_run_arguments,
    "[OPERATION|SCRIPT|FILE]": complete_run_arguments,
    "[TOPIC|COMMAND]": _complete_topics,
    "NAME=VALUE": _complete_variables,
    "DIR": _complete_directory,
    "PATH": _complete_path,
    "[PATH]": _complete_path,
}
"""The completer of each metavar."""

FREE_TEXT_METAVARS = frozenset(("TEXT", "TIME", "N", "ID", "CMD", "SPEC", "PORT", "HOST"))
"""Metavars of values that only the user can know."""
