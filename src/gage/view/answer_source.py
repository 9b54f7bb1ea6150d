"""Answers with the source code of a run as it was copied from its project, and its environment."""

from collections.abc import Mapping
from typing import NamedTuple

from gage.compare.facts import Fact, FileFact
from gage.compare.file_text import convert_to_text
from gage.compare.read_facts import read_run_facts
from gage.lib.secrets import mask_diff
from gage.store.meta import MetaReader
from gage.types.errors import NotFound
from gage.types.run import Metric
from gage.types.values import JSONValue, replace_non_finite
from gage.view.answer_run import RunPageQuery
from gage.view.stores import ViewedStores

ENVIRONMENT_SECTIONS = ("run", "git", "hardware", "packages", "environment", "dependencies")
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


def _convert_fact(fact: Fact) -> JSONValue:
    if isinstance(fact, FileFact):
        return {"sha256": fact.digest, "size": fact.size}
    return replace_non_finite(fact.last if isinstance(fact, Metric) else fact)
