"""Answers with the source code of a run as it was copied from its project, its environment, and what differs from
another run.
"""

from collections.abc import Mapping
from typing import NamedTuple

from gage.compare.difference_text import convert_differences_to_json
from gage.compare.differences import compare_runs
from gage.compare.facts import SECTIONS, Fact, FileFact
from gage.compare.file_text import convert_to_text
from gage.compare.read_facts import read_run_facts
from gage.lib.secrets import mask_diff
from gage.store.meta import MetaReader
from gage.types.errors import NotFound, UsageError
from gage.types.run import Metric
from gage.types.values import JSONValue, replace_non_finite
from gage.view.answer_run import RunPageQuery
from gage.view.stores import ViewedStores

ENVIRONMENT_SECTIONS = ("run", "git", "hardware", "packages", "environment", "dependencies")
COMPARED_SECTIONS = tuple(each for each in SECTIONS if each not in ("output", "files"))
MAX_DIFF_BYTES = 2 << 20


class SourceEntry(NamedTuple):
    """A source file of a run. `size` is in bytes, -1 if unknown."""

    path: str
    size: int


class SourceFiles(NamedTuple):
    """The source files of a run; `is_recorded` is false if it did not record them."""

    files: tuple[SourceEntry, ...]
    is_recorded: bool


class SourceQuery(NamedTuple):
    """A source file of a run."""

    id: str
    path: str


class SourceText(NamedTuple):
    """A source file as it was copied, secrets masked. `lines` is None if it cannot be shown: `note` says why."""

    lines: tuple[str, ...] | None
    note: str


class EnvironmentSection(NamedTuple):
    """Values that a run recorded about where it ran, by name."""

    name: str
    values: Mapping[str, JSONValue]


class Environment(NamedTuple):
    """Where a run ran: program, Git, machine, packages, variables, dependencies."""

    sections: tuple[EnvironmentSection, ...]


class GitDiff(NamedTuple):
    """The uncommitted changes with which a run started, secrets masked. `is_cut`: there are more."""

    text: str
    is_cut: bool


class RunDiffQuery(NamedTuple):
    """Two runs: how the run `id` differs from the run `other`."""

    id: str
    other: str


class DiffHunk(NamedTuple):
    """Lines that differ, each after its mark ("-", "+" or " "). `before` and `after` number the first line, from 1."""

    before: int
    after: int
    lines: tuple[str, ...]


class DifferentValue(NamedTuple):
    """A value that differs. Of a text file, `hunks` are the lines that differ, else `note` may say why there are none.
    A run without the value has None, and `has_before` or `has_after` is false.
    """

    section: str
    name: str
    before: JSONValue
    after: JSONValue
    has_before: bool
    has_after: bool
    added: int
    removed: int
    hunks: tuple[DiffHunk, ...]
    note: str


class RunDiff(NamedTuple):
    """What differs between two runs, and how many values are the same, by section."""

    before: str
    after: str
    differences: tuple[DifferentValue, ...]
    same: Mapping[str, int]
    problems: tuple[str, ...]


def list_source(stores: ViewedStores, query: RunPageQuery) -> SourceFiles:
    """The source files of a run."""
    facts = read_run_facts(*stores.find_run(query.id), output=False)
    section = facts.sections.get("source")
    listed = [
        SourceEntry(path, fact.size if isinstance(fact, FileFact) else -1) for path, fact in (section or {}).items()
    ]
    return SourceFiles(tuple(sorted(listed)), section is not None)


def read_source(stores: ViewedStores, query: SourceQuery) -> SourceText:
    """A source file of a run as it was copied from its project."""
    facts = read_run_facts(*stores.find_run(query.id), output=False)
    if query.path not in facts.sections.get("source", {}):
        raise NotFound(f"The run has no source file {query.path!r}")
    return SourceText(*convert_to_text(query.path, facts.read_source(query.path)))


def describe_environment(stores: ViewedStores, query: RunPageQuery) -> Environment:
    """The environment of a run."""
    facts = read_run_facts(*stores.find_run(query.id), everything=True, output=False)
    return Environment(
        tuple(
            EnvironmentSection(name, {key: _convert_fact(fact) for key, fact in facts.sections[name].items()})
            for name in ENVIRONMENT_SECTIONS
            if facts.sections.get(name)
        )
    )


def read_git_diff(stores: ViewedStores, query: RunPageQuery) -> GitDiff:
    """The uncommitted changes with which a run started."""
    store, run = stores.find_run(query.id)
    with MetaReader.open(store.get_paths(run.id)) as meta:
        data = meta.read_head("sys/git.diff", MAX_DIFF_BYTES + 1) or b""
    return GitDiff(mask_diff(data[:MAX_DIFF_BYTES].decode("utf-8", "replace")), len(data) > MAX_DIFF_BYTES)


def compare_two_runs(stores: ViewedStores, query: RunDiffQuery) -> RunDiff:
    """The differences between a run and another one."""
    if query.id == query.other:
        raise UsageError("Both runs are the same", "Choose another run")
    facts = [read_run_facts(*stores.find_run(id), output=False) for id in (query.other, query.id)]
    converted = convert_differences_to_json(compare_runs(facts, COMPARED_SECTIONS), (query.other, query.id))
    differences, same = converted["differences"], converted["same"]
    assert isinstance(differences, list) and isinstance(same, dict)
    return RunDiff(
        facts[0].name,
        facts[1].name,
        tuple(_convert_difference(each, query) for each in differences if isinstance(each, dict)),
        {section: len(names) for section, names in same.items() if isinstance(names, list)},
        (*facts[0].problems, *facts[1].problems),
    )


def _convert_difference(difference: Mapping[str, JSONValue], query: RunDiffQuery) -> DifferentValue:
    values, hunks = difference["values"], difference.get("hunks", [])
    assert isinstance(values, dict) and isinstance(hunks, list)
    added, removed = difference.get("added"), difference.get("removed")
    return DifferentValue(
        section=str(difference["section"]),
        name=str(difference["name"]),
        before=replace_non_finite(values.get(query.other)),
        after=replace_non_finite(values.get(query.id)),
        has_before=query.other in values,
        has_after=query.id in values,
        added=added if isinstance(added, int) else 0,
        removed=removed if isinstance(removed, int) else 0,
        hunks=tuple(_convert_hunk(each) for each in hunks if isinstance(each, dict)),
        note=str(difference["note"]),
    )


def _convert_hunk(hunk: Mapping[str, JSONValue]) -> DiffHunk:
    start, lines = hunk["start"], hunk["lines"]
    assert isinstance(start, list) and isinstance(lines, list)
    before, after = (each if isinstance(each, int) else 0 for each in start)
    return DiffHunk(before, after, tuple(map(str, lines)))


def _convert_fact(fact: Fact) -> JSONValue:
    if isinstance(fact, FileFact):
        return {"sha256": fact.digest, "size": fact.size}
    return replace_non_finite(fact.last if isinstance(fact, Metric) else fact)
