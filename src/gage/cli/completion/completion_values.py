"""Completes the value of a parameter: runs, tags, files ..., with descriptions, by the parameter's metavar."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from gage.cli import run_selection
from gage.cli.completion.context import CompletionContext, CompletionItems, filter_items, get_words, make_item
from gage.cli.completion.run_arguments import complete_run_arguments
from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.store.store import RunStore
    from gage.types.filter import Collection
    from gage.types.run import Run

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
    return COMPLETERS.get(param.metavar or "", _complete_nothing)(context)


def _complete_nothing(context: CompletionContext) -> CompletionItems:
    return []


def _complete_file(context: CompletionContext) -> CompletionItems:
    return [CompletionItem(context.word, type="file")]


def _complete_directory(context: CompletionContext) -> CompletionItems:
    return [CompletionItem(context.word, type="dir")]


# Runs and what belongs to them


def _complete_runs(context: CompletionContext) -> CompletionItems:
    from gage.index.suggestions import Suggestions

    collection, statuses = _completable_runs(context)
    with Suggestions(run_selection.open_store()) as offers:
        found = offers.runs(context.word, MAX_VALUES, collection, statuses)
    named = get_words(context)
    word = context.word.lower()
    items: CompletionItems = []
    for run in found:
        value = run.name if run.name.startswith(word) else run.id
        if value not in named:
            items.append(make_item(value, _describe_run(run)))
    return items


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
    from gage.index.suggestions import Suggestions

    given = context.ctx.params.get(context.param.name or "") if context.param else ()
    with Suggestions(run_selection.open_store()) as offers:
        return [make_item(tag) for tag in offers.tags(context.word, MAX_VALUES) if tag not in (given or ())]


def _complete_run_then_tags(context: CompletionContext) -> CompletionItems:
    params = context.ctx.params
    only_runs = params.get("add") or params.get("remove") or params.get("clear")
    if only_runs or not (get_words(context) or params.get("where") or params.get("everything")):
        return _complete_runs(context)
    return _complete_tags(context)


def _complete_runs_then_directory(context: CompletionContext) -> CompletionItems:
    return [*_complete_runs(context), *_complete_directory(context)]


def _complete_runs_then_metric(context: CompletionContext) -> CompletionItems:
    return [*_complete_runs(context), *_complete_metrics(context)]


def _complete_metrics(context: CompletionContext) -> CompletionItems:
    from gage.index.suggestions import Suggestions

    with Suggestions(run_selection.open_store()) as offers:
        return [make_item(name) for name in offers.measured_names(context.word, MAX_VALUES)]


def _complete_runs_then_attributes(context: CompletionContext) -> CompletionItems:
    return [
        *_complete_runs(context),
        *(make_item(f"{found.value}=", "", is_open=True) for found in _complete_metrics(context)),
    ]


def _complete_columns(context: CompletionContext) -> CompletionItems:
    """Completes the last name of a comma-separated list."""
    from gage.board.run_table import COLUMNS
    from gage.index.suggestions import Suggestions

    before, comma, start = context.word.rpartition(",")
    with Suggestions(run_selection.open_store()) as offers:
        names = {*COLUMNS, *offers.config_names(start, MAX_VALUES), *offers.measured_names(start, MAX_VALUES)}
    return [make_item(before + comma + name, "", is_open=True) for name in sorted(names) if name.startswith(start)]


def _complete_names(context: CompletionContext) -> CompletionItems:
    return _complete_archives(context) if context.ctx.command.name == "archive" else _complete_metrics(context)


def _complete_media_kinds(context: CompletionContext) -> CompletionItems:
    from gage.metrics.media import SUFFIXES_BY_KIND

    return filter_items(context, ((kind, "") for kind in SUFFIXES_BY_KIND))


def _complete_archives(context: CompletionContext) -> CompletionItems:
    from gage.index.suggestions import Suggestions

    with Suggestions(run_selection.open_store()) as offers:
        return [make_item(name) for name in offers.archives(context.word, MAX_VALUES)]


def _complete_run_then_file(context: CompletionContext) -> CompletionItems:
    params = context.ctx.params
    needed = 0 if params.get("path") or params.get("output") or params.get("where") else 1
    return _complete_runs(context) if len(get_words(context)) < needed else _complete_run_files(context)


def _complete_path(context: CompletionContext) -> CompletionItems:
    return _complete_run_files(context) if context.ctx.command.name in ("cat", "open") else _complete_file(context)


def _complete_run_files(context: CompletionContext) -> CompletionItems:
    """Returns the files and directories in one directory of the run."""
    from gage.cli.run_files import resolve_run_path

    params = context.ctx.params
    named = next(iter((*get_words(context), "1")))
    store = run_selection.open_store()
    run = (
        run_selection.find_run(store, None, params["where"])
        if params.get("where")
        else _find_run(store, params.get("run") or named)
    )
    folder, _, start = context.word.rpartition("/")
    entries = list(os.scandir(resolve_run_path(store.get_paths(run.id).run_dir, folder or ".")))
    before = f"{folder}/" if folder else ""
    found: CompletionItems = []
    for entry in sorted(entries, key=lambda entry: entry.name)[:MAX_FILES]:
        if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
            continue
        if entry.is_dir():
            found.append(make_item(f"{before}{entry.name}/", "directory", is_open=True))
        else:
            found.append(
                make_item(before + entry.name, terminal.format_size(entry.stat(follow_symlinks=False).st_size))
            )
    return found


def _find_run(store: "RunStore", word: str) -> "Run":
    """Returns the run with that position, name or ID. Raises LookupError."""
    from gage.index.suggestions import Suggestions

    collections: tuple[Collection, ...] = ("active", "archive", "deleted")
    with Suggestions(store) as offers:
        if word.isascii() and word.isdigit() and 0 < int(word) <= MAX_FILES:
            return offers.runs("", int(word))[int(word) - 1]
        found = (run for collection in collections for run in offers.runs(word, 1, collection))
        return next(found)


# Filters

ATTRIBUTES = ("status", "operation", "label", "tag", "archive", "id", "name", "mark")
STATUSES = ("completed", "error", "terminated", "running", "staged", "pending", "damaged")


def _complete_filters(context: CompletionContext) -> CompletionItems:
    """Completes the last condition of the filter: a status, `name=`, or the value after it."""
    from gage.index.suggestions import Suggestions

    before, blank, term = context.word.rpartition(" ")
    before += blank
    name, equals, start = term.partition("=")
    with Suggestions(run_selection.open_store()) as offers:
        if not equals:
            names = [*ATTRIBUTES, *offers.config_names(term, MAX_VALUES), *offers.measured_names(term, MAX_VALUES)]
            found = [make_item(f"{before}{n}=", "", is_open=True) for n in dict.fromkeys(names) if n.startswith(term)]
            words = [*((s, "status") for s in STATUSES), ("marked", "runs with a mark")]
            return [*(make_item(before + word, text) for word, text in words if word.startswith(term)), *found]
        key = name.removesuffix("!")
        values = {
            "status": lambda: [s for s in STATUSES if s.startswith(start)],
            "operation": lambda: offers.operations(start, MAX_VALUES),
            "op": lambda: offers.operations(start, MAX_VALUES),
            "tag": lambda: offers.tags(start, MAX_VALUES),
            "archive": lambda: offers.archives(start, MAX_VALUES),
            "label": lambda: offers.config_values("@label", start, MAX_VALUES),
        }.get(key, lambda: offers.config_values(key, start, MAX_VALUES))()
    return [make_item(f"{before}{name}={value}") for value in values if not set(value) & set(" '\"")]


def _complete_topics(context: CompletionContext) -> CompletionItems:
    from gage.cli.command_index import COMMANDS
    from gage.cli.commands.help import TOPICS

    return filter_items(context, (TOPICS | COMMANDS).items())


def _complete_variables(context: CompletionContext) -> CompletionItems:
    """Completes names of environment variables; never their values, which may be secret."""
    return (
        []
        if "=" in context.word
        else [make_item(f"{n}=", "", True) for n in sorted(os.environ) if n.startswith(context.word)]
    )


COMPLETERS: dict[str, Callable[[CompletionContext], CompletionItems]] = {
    "RUN": _complete_runs,
    "BATCH": _complete_runs,
    "[RUN]": _complete_runs,
    "[RUN]...": _complete_runs,
    "[RUN]... [TEXT]": _complete_runs,
    "[RUN] [TAG]...": _complete_run_then_tags,
    "[RUN]... DIR": _complete_runs_then_directory,
    "[RUN] [PATH]": _complete_run_then_file,
    "TAG": _complete_tags,
    "FILTER": _complete_filters,
    "NAME": _complete_names,
    "NAME,...": _complete_columns,
    "METRIC": _complete_metrics,
    "KIND": _complete_media_kinds,
    "[RUN]... METRIC...": _complete_runs_then_metric,
    "[RUN]... [NAME=VALUE]...": _complete_runs_then_attributes,
    "FILE": _complete_file,
    "DIR|ID": _complete_directory,
    "[NAME]": _complete_archives,
    "[OPERATION|SCRIPT] [NAME=VALUE]... [-- COMMAND]": complete_run_arguments,
    "[OPERATION|SCRIPT|FILE]": complete_run_arguments,
    "[TOPIC|COMMAND]": _complete_topics,
    "NAME=VALUE": _complete_variables,
    "DIR": _complete_directory,
    "PATH": _complete_path,
    "[PATH]": _complete_path,
}
"""The completer of each metavar."""

FREE_TEXT_METAVARS = frozenset(("TEXT", "TIME", "N", "ID", "CMD", "SPEC"))
"""Metavars of values that only the user can know."""
