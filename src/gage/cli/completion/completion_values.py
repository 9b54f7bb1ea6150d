"""What values there are for a RUN, a TAG, an OPERATION ...: what completion offers, with descriptions."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from gage.cli import run_selection
from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.cli.completion.complete import Items, Place
    from gage.store.store import RunStore
    from gage.types.filter import Collection
    from gage.types.run import Run

MOST = 40
"""Of what there may be thousands, so many are offered."""

MOST_FILES = 1000
LONGEST = 100
"""Characters of a description."""


def values(place: "Place") -> "Items":
    """What the value of the parameter may become; each begins with what has been typed."""
    param = place.param
    assert param is not None
    if "--" in place.ctx.meta or place.ctx.meta.get("gage.after-dashes") is not None:
        return _files(place)
    if not isinstance(param.type, click.types.StringParamType):
        return param.shell_complete(place.ctx, place.word)
    return KINDS.get(param.metavar or "", _nothing)(place)


def _nothing(place: "Place") -> "Items":
    return []


def _files(place: "Place") -> "Items":
    return [CompletionItem(place.word, type="file")]


def _folders(place: "Place") -> "Items":
    return [CompletionItem(place.word, type="dir")]


def item(value: str, help: str = "", is_open: bool = False) -> "CompletionItem[str]":
    """A value and what to say about it. `is_open`: more of the same word is to come, so no blank after it."""
    return CompletionItem(value, help=terminal.cut(terminal.safe(help), LONGEST), is_open=is_open)


def fitting(place: "Place", found: Iterable[tuple[str, str]]) -> "Items":
    """Those of the values, with descriptions, that begin with the word."""
    return [item(value, text) for value, text in found if value.startswith(place.word)]


def words_of(place: "Place") -> tuple[str, ...]:
    """The words that the command has already."""
    found = place.ctx.params.get(place.param.name if place.param and place.param.nargs == -1 else "words") or ()
    return tuple(found)


# Runs and what belongs to them


def _runs(place: "Place") -> "Items":
    from gage.index.suggestions import Offers

    collection, statuses = _wanted(place)
    with Offers(run_selection.open_store()) as offers:
        found = offers.runs(place.word, MOST, collection, statuses)
    named = words_of(place)
    word = place.word.lower()
    items: Items = []
    for run in found:
        value = run.name if run.name.startswith(word) else run.id
        if value not in named:
            items.append(item(value, _description(run)))
    return items


def _wanted(place: "Place") -> tuple["Collection", tuple[str, ...]]:
    """Which runs a command can do something with."""
    name, said = place.ctx.command.name, place.ctx.params
    if name in ("restore", "purge") or (name in ("list", "select") and said.get("deleted")):
        return "deleted", ()
    if (name == "archive" and said.get("restore")) or (name == "list" and said.get("archive") is not None):
        return "archive", ()
    if name == "stop":
        return "active", ("running", "pending")
    return "active", ("staged",) if name == "run" else ()


def _description(run: "Run") -> str:
    from gage.lib.times import format_age

    tags = " ".join(f"#{tag}" for tag in run.tags)
    return ", ".join(filter(None, (run.op.name, run.status, format_age(run.started or run.created), run.label, tags)))


def _tags(place: "Place") -> "Items":
    from gage.index.suggestions import Offers

    given = place.ctx.params.get(place.param.name or "") if place.param else ()
    with Offers(run_selection.open_store()) as offers:
        return [item(tag) for tag in offers.tags(place.word, MOST) if tag not in (given or ())]


def _run_then_tags(place: "Place") -> "Items":
    said = place.ctx.params
    only_runs = said.get("add") or said.get("remove") or said.get("clear")
    if only_runs or not (words_of(place) or said.get("where") or said.get("everything")):
        return _runs(place)
    return _tags(place)


def _runs_then_folder(place: "Place") -> "Items":
    return [*_runs(place), *_folders(place)]


def _runs_then_metric(place: "Place") -> "Items":
    return [*_runs(place), *_measured(place)]


def _measured(place: "Place") -> "Items":
    from gage.index.suggestions import Offers

    with Offers(run_selection.open_store()) as offers:
        return [item(name) for name in offers.measured_names(place.word, MOST)]


def _runs_then_attributes(place: "Place") -> "Items":
    return [*_runs(place), *(item(f"{found.value}=", "", is_open=True) for found in _measured(place))]


def _columns(place: "Place") -> "Items":
    """The last name of several."""
    from gage.board.run_table import COLUMNS
    from gage.index.suggestions import Offers

    before, comma, start = place.word.rpartition(",")
    with Offers(run_selection.open_store()) as offers:
        names = {*COLUMNS, *offers.config_names(start, MOST), *offers.measured_names(start, MOST)}
    return [item(before + comma + name, "", is_open=True) for name in sorted(names) if name.startswith(start)]


def _names(place: "Place") -> "Items":
    return _archives(place) if place.ctx.command.name == "archive" else _measured(place)


def _media_kinds(place: "Place") -> "Items":
    from gage.metrics.media import SUFFIXES_BY_KIND

    return fitting(place, ((kind, "") for kind in SUFFIXES_BY_KIND))


def _archives(place: "Place") -> "Items":
    from gage.index.suggestions import Offers

    with Offers(run_selection.open_store()) as offers:
        return [item(name) for name in offers.archives(place.word, MOST)]


def _run_then_file(place: "Place") -> "Items":
    said = place.ctx.params
    needed = 0 if said.get("path") or said.get("output") or said.get("where") else 1
    return _runs(place) if len(words_of(place)) < needed else _files_of_run(place)


def _path(place: "Place") -> "Items":
    return _files_of_run(place) if place.ctx.command.name in ("cat", "open") else _files(place)


def _files_of_run(place: "Place") -> "Items":
    """The files in one folder of the run, and its folders."""
    from gage.cli.run_files import own_path

    said = place.ctx.params
    named = next(iter((*words_of(place), "1")))
    store = run_selection.open_store()
    run = (
        run_selection.one(store, None, said["where"]) if said.get("where") else _named(store, said.get("run") or named)
    )
    folder, _, start = place.word.rpartition("/")
    entries = list(os.scandir(own_path(store.paths(run.id).run_dir, folder or ".")))
    before = f"{folder}/" if folder else ""
    found: Items = []
    for entry in sorted(entries, key=lambda entry: entry.name)[:MOST_FILES]:
        if not entry.name.startswith(start) or (entry.name.startswith(".") and not start):
            continue
        if entry.is_dir():
            found.append(item(f"{before}{entry.name}/", "folder", is_open=True))
        else:
            found.append(item(before + entry.name, terminal.size_text(entry.stat(follow_symlinks=False).st_size)))
    return found


def _named(store: "RunStore", word: str) -> "Run":
    """The run of that index, name or ID. Raises `LookupError`."""
    from gage.index.suggestions import Offers

    collections: tuple[Collection, ...] = ("active", "archive", "deleted")
    with Offers(store) as offers:
        if word.isascii() and word.isdigit() and 0 < int(word) <= MOST_FILES:
            return offers.runs("", int(word))[int(word) - 1]
        found = (run for collection in collections for run in offers.runs(word, 1, collection))
        return next(found)


# Filters

ATTRIBUTES = ("status", "operation", "label", "tag", "archive", "id", "name", "mark")
STATUSES = ("completed", "error", "terminated", "running", "staged", "pending", "damaged")


def _filters(place: "Place") -> "Items":
    """The last condition of the filter: a status, `name=`, or values after that."""
    from gage.index.suggestions import Offers

    before, blank, term = place.word.rpartition(" ")
    before += blank
    name, equals, start = term.partition("=")
    with Offers(run_selection.open_store()) as offers:
        if not equals:
            names = [*ATTRIBUTES, *offers.config_names(term, MOST), *offers.measured_names(term, MOST)]
            found = [item(f"{before}{n}=", "", is_open=True) for n in dict.fromkeys(names) if n.startswith(term)]
            words = [*((s, "status") for s in STATUSES), ("marked", "runs with a mark")]
            return [*(item(before + word, text) for word, text in words if word.startswith(term)), *found]
        key = name.removesuffix("!")
        values = {
            "status": lambda: [s for s in STATUSES if s.startswith(start)],
            "operation": lambda: offers.operations(start, MOST),
            "op": lambda: offers.operations(start, MOST),
            "tag": lambda: offers.tags(start, MOST),
            "archive": lambda: offers.archives(start, MOST),
            "label": lambda: offers.config_values("@label", start, MOST),
        }.get(key, lambda: offers.config_values(key, start, MOST))()
    return [item(f"{before}{name}={value}") for value in values if not set(value) & set(" '\"")]


def _operations_and_config(place: "Place") -> "Items":
    from gage.cli.completion.run_words import offers

    return offers(place)


def _topics(place: "Place") -> "Items":
    from gage.cli.command_index import COMMANDS
    from gage.cli.commands.help import TOPICS

    return fitting(place, (TOPICS | COMMANDS).items())


def _variables(place: "Place") -> "Items":
    """Names of environment variables; never their values, which may be secret."""
    return (
        [] if "=" in place.word else [item(f"{n}=", "", True) for n in sorted(os.environ) if n.startswith(place.word)]
    )


KINDS: dict[str, Callable[["Place"], "Items"]] = {
    "RUN": _runs,
    "BATCH": _runs,
    "[RUN]": _runs,
    "[RUN]...": _runs,
    "[RUN]... [TEXT]": _runs,
    "[RUN] [TAG]...": _run_then_tags,
    "[RUN]... DIR": _runs_then_folder,
    "[RUN] [PATH]": _run_then_file,
    "TAG": _tags,
    "FILTER": _filters,
    "NAME": _names,
    "NAME,...": _columns,
    "METRIC": _measured,
    "KIND": _media_kinds,
    "[RUN]... METRIC...": _runs_then_metric,
    "[RUN]... [NAME=VALUE]...": _runs_then_attributes,
    "FILE": _files,
    "DIR|ID": _folders,
    "[NAME]": _archives,
    "[OPERATION|SCRIPT] [NAME=VALUE]... [-- COMMAND]": _operations_and_config,
    "[OPERATION|SCRIPT|FILE]": _operations_and_config,
    "[TOPIC|COMMAND]": _topics,
    "NAME=VALUE": _variables,
    "DIR": _folders,
    "PATH": _path,
    "[PATH]": _path,
}
"""What a metavar stands for."""

FREE = frozenset(("TEXT", "TIME", "N", "ID", "CMD", "SPEC"))
"""Metavars of what only the user can know."""
