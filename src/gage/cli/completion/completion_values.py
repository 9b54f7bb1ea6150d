"""What values there are for a RUN, a TAG, an OPERATION ...: what completion offers, with descriptions."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from gage.cli import run_selection
from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.cli.completion.complete import CompletionContext, CompletionItems
    from gage.store.store import RunStore
    from gage.types.filter import Collection
    from gage.types.run import Run

MAX_VALUES = 40
"""Of what there may be thousands, so many are offered."""

MAX_FILES = 1000
MAX_HELP_LENGTH = 100
"""Characters of a description."""


def complete_value(place: "CompletionContext") -> "CompletionItems":
    """What the value of the parameter may become; each begins with what has been typed."""
    param = place.param
    assert param is not None
    if "--" in place.ctx.meta or place.ctx.meta.get("gage.after-dashes") is not None:
        return _complete_file(place)
    if not isinstance(param.type, click.types.StringParamType):
        return param.shell_complete(place.ctx, place.word)
    return COMPLETERS.get(param.metavar or "", _complete_nothing)(place)


def _complete_nothing(place: "CompletionContext") -> "CompletionItems":
    return []


def _complete_file(place: "CompletionContext") -> "CompletionItems":
    return [CompletionItem(place.word, type="file")]


def _complete_directory(place: "CompletionContext") -> "CompletionItems":
    return [CompletionItem(place.word, type="dir")]


def make_item(value: str, help: str = "", is_open: bool = False) -> "CompletionItem[str]":
    """A value and what to say about it. `is_open`: more of the same word is to come, so no blank after it."""
    return CompletionItem(value, help=terminal.truncate(terminal.escape(help), MAX_HELP_LENGTH), is_open=is_open)


def filter_items(place: "CompletionContext", found: Iterable[tuple[str, str]]) -> "CompletionItems":
    """Those of the values, with descriptions, that begin with the word."""
    return [make_item(value, text) for value, text in found if value.startswith(place.word)]


def get_words(place: "CompletionContext") -> tuple[str, ...]:
    """The words that the command has already."""
    found = place.ctx.params.get(place.param.name if place.param and place.param.nargs == -1 else "words") or ()
    return tuple(found)


# Runs and what belongs to them


def _complete_runs(place: "CompletionContext") -> "CompletionItems":
    from gage.index.suggestions import Suggestions

    collection, statuses = _completable_runs(place)
    with Suggestions(run_selection.open_store()) as offers:
        found = offers.runs(place.word, MAX_VALUES, collection, statuses)
    named = get_words(place)
    word = place.word.lower()
    items: CompletionItems = []
    for run in found:
        value = run.name if run.name.startswith(word) else run.id
        if value not in named:
            items.append(make_item(value, _describe_run(run)))
    return items


def _completable_runs(place: "CompletionContext") -> tuple["Collection", tuple[str, ...]]:
    """Which runs a command can do something with."""
    name, said = place.ctx.command.name, place.ctx.params
    if name in ("restore", "purge") or (name in ("list", "select") and said.get("deleted")):
        return "deleted", ()
    if (name == "archive" and said.get("restore")) or (name == "list" and said.get("archive") is not None):
        return "archive", ()
    if name == "stop":
        return "active", ("running", "pending")
    return "active", ("staged",) if name == "run" else ()


def _describe_run(run: "Run") -> str:
    from gage.lib.times import format_age

    tags = " ".join(f"#{tag}" for tag in run.tags)
    return ", ".join(filter(None, (run.op.name, run.status, format_age(run.started or run.created), run.label, tags)))


def _complete_tags(place: "CompletionContext") -> "CompletionItems":
    from gage.index.suggestions import Suggestions

    given = place.ctx.params.get(place.param.name or "") if place.param else ()
    with Suggestions(run_selection.open_store()) as offers:
        return [make_item(tag) for tag in offers.tags(place.word, MAX_VALUES) if tag not in (given or ())]


def _complete_run_then_tags(place: "CompletionContext") -> "CompletionItems":
    said = place.ctx.params
    only_runs = said.get("add") or said.get("remove") or said.get("clear")
    if only_runs or not (get_words(place) or said.get("where") or said.get("everything")):
        return _complete_runs(place)
    return _complete_tags(place)


def _complete_runs_then_directory(place: "CompletionContext") -> "CompletionItems":
    return [*_complete_runs(place), *_complete_directory(place)]


def _complete_runs_then_metric(place: "CompletionContext") -> "CompletionItems":
    return [*_complete_runs(place), *_complete_metrics(place)]


def _complete_metrics(place: "CompletionContext") -> "CompletionItems":
    from gage.index.suggestions import Suggestions

    with Suggestions(run_selection.open_store()) as offers:
        return [make_item(name) for name in offers.measured_names(place.word, MAX_VALUES)]


def _complete_runs_then_attributes(place: "CompletionContext") -> "CompletionItems":
    return [
        *_complete_runs(place),
        *(make_item(f"{found.value}=", "", is_open=True) for found in _complete_metrics(place)),
    ]


def _complete_columns(place: "CompletionContext") -> "CompletionItems":
    """The last name of several."""
    from gage.board.run_table import COLUMNS
    from gage.index.suggestions import Suggestions

    before, comma, start = place.word.rpartition(",")
    with Suggestions(run_selection.open_store()) as offers:
        names = {*COLUMNS, *offers.config_names(start, MAX_VALUES), *offers.measured_names(start, MAX_VALUES)}
    return [make_item(before + comma + name, "", is_open=True) for name in sorted(names) if name.startswith(start)]


def _complete_names(place: "CompletionContext") -> "CompletionItems":
    return _complete_archives(place) if place.ctx.command.name == "archive" else _complete_metrics(place)


def _complete_media_kinds(place: "CompletionContext") -> "CompletionItems":
    from gage.metrics.media import SUFFIXES_BY_KIND

    return filter_items(place, ((kind, "") for kind in SUFFIXES_BY_KIND))


def _complete_archives(place: "CompletionContext") -> "CompletionItems":
    from gage.index.suggestions import Suggestions

    with Suggestions(run_selection.open_store()) as offers:
        return [make_item(name) for name in offers.archives(place.word, MAX_VALUES)]


def _complete_run_then_file(place: "CompletionContext") -> "CompletionItems":
    said = place.ctx.params
    needed = 0 if said.get("path") or said.get("output") or said.get("where") else 1
    return _complete_runs(place) if len(get_words(place)) < needed else _complete_run_files(place)


def _complete_path(place: "CompletionContext") -> "CompletionItems":
    return _complete_run_files(place) if place.ctx.command.name in ("cat", "open") else _complete_file(place)


def _complete_run_files(place: "CompletionContext") -> "CompletionItems":
    """The files in one folder of the run, and its folders."""
    from gage.cli.run_files import resolve_run_path

    said = place.ctx.params
    named = next(iter((*get_words(place), "1")))
    store = run_selection.open_store()
    run = (
        run_selection.find_run(store, None, said["where"])
        if said.get("where")
        else _find_run(store, said.get("run") or named)
    )
    folder, _, start = place.word.rpartition("/")
    entries = list(os.scandir(resolve_run_path(store.get_paths(run.id).run_dir, folder or ".")))
    before = f"{folder}/" if folder else ""
    found: CompletionItems = []
    for entry in sorted(entries, key=lambda entry: entry.name)[:MAX_FILES]:
        if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
            continue
        if entry.is_dir():
            found.append(make_item(f"{before}{entry.name}/", "folder", is_open=True))
        else:
            found.append(
                make_item(before + entry.name, terminal.format_size(entry.stat(follow_symlinks=False).st_size))
            )
    return found


def _find_run(store: "RunStore", word: str) -> "Run":
    """The run of that index, name or ID. Raises `LookupError`."""
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


def _complete_filters(place: "CompletionContext") -> "CompletionItems":
    """The last condition of the filter: a status, `name=`, or values after that."""
    from gage.index.suggestions import Suggestions

    before, blank, term = place.word.rpartition(" ")
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


def _complete_run_arguments(place: "CompletionContext") -> "CompletionItems":
    from gage.cli.completion.run_arguments import complete_run_arguments

    return complete_run_arguments(place)


def _complete_topics(place: "CompletionContext") -> "CompletionItems":
    from gage.cli.command_index import COMMANDS
    from gage.cli.commands.help import TOPICS

    return filter_items(place, (TOPICS | COMMANDS).items())


def _complete_variables(place: "CompletionContext") -> "CompletionItems":
    """Names of environment variables; never their values, which may be secret."""
    return (
        []
        if "=" in place.word
        else [make_item(f"{n}=", "", True) for n in sorted(os.environ) if n.startswith(place.word)]
    )


COMPLETERS: dict[str, Callable[["CompletionContext"], "CompletionItems"]] = {
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
    "[OPERATION|SCRIPT] [NAME=VALUE]... [-- COMMAND]": _complete_run_arguments,
    "[OPERATION|SCRIPT|FILE]": _complete_run_arguments,
    "[TOPIC|COMMAND]": _complete_topics,
    "NAME=VALUE": _complete_variables,
    "DIR": _complete_directory,
    "PATH": _complete_path,
    "[PATH]": _complete_path,
}
"""What a metavar stands for."""

FREE_TEXT_METAVARS = frozenset(("TEXT", "TIME", "N", "ID", "CMD", "SPEC"))
"""Metavars of what only the user can know."""
