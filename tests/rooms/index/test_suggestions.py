"""Suggestions for completion from the index."""

import contextlib
import sqlite3
from pathlib import Path

import pytest
from stores import locate_index, make_run, make_store

from gage.index import database
from gage.index.index import open_index
from gage.index.suggestions import Suggestions
from gage.lib.uuid7 import name_from_id
from gage.store.store import RunStore
from gage.types.filter import RunFilter


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return make_store(tmp_path / "runs", 60)


def suggest_ids(store: RunStore, *args: object) -> list[str]:
    with Suggestions(store) as suggestions:
        return [run.id for run in suggestions.runs(*args)]  # type: ignore[arg-type]


def test_suggests_the_latest_runs_first(store: RunStore) -> None:
    latest = sorted(store.list_ids(), reverse=True)
    assert suggest_ids(store, "", 10) == latest[:10]
    assert suggest_ids(store, latest[7][:34], 10) == [latest[7]]


@pytest.mark.parametrize("length", [1, 2, 5])
def test_suggests_runs_whose_names_have_a_prefix(store: RunStore, length: int) -> None:
    with open_index(store) as index:
        runs = index.find(RunFilter()).runs
    start = runs[3].name[:length]
    expected = [run.id for run in runs if run.name.startswith(start)]
    assert suggest_ids(store, start.upper(), 100)[: len(expected)] == expected


def test_suggests_changed_runs(store: RunStore) -> None:
    suggest_ids(store, "", 1)
    id = make_run(store, tags=("new",))
    assert suggest_ids(store, "", 1) == [id]
    with Suggestions(store) as suggestions:
        assert suggestions.tags("n", 10) == ["new"]


@pytest.mark.parametrize("listed_before", [True, False])
def test_does_not_read_thousands_of_runs(tmp_path: Path, listed_before: bool) -> None:
    store = make_store(tmp_path / "runs", 10)
    if listed_before:
        suggest_ids(store, "", 1)
    make_store(tmp_path / "runs", 900)
    deleted = make_run(store, deleted=True)
    latest = sorted(set(store.list_ids()) - {deleted}, reverse=True)
    assert suggest_ids(store, "", 5) == latest[:5]
    assert suggest_ids(store, latest[-1], 5) == [latest[-1]]
    assert latest[-1] in suggest_ids(store, name_from_id(latest[-1]), 5)
    with contextlib.closing(database.connect(str(store.root))) as db:
        assert db.execute("SELECT count(*) FROM run").fetchone() == (10 if listed_before else 0,)
    assert suggest_ids(store, latest[3][:35], 5) == [latest[3]]
    assert suggest_ids(store, "", 5, "deleted") == [deleted]
    assert suggest_ids(store, "", 5, "active", ("running",)) == []


def test_suggests_names_and_values_of_config(store: RunStore) -> None:
    make_run(store, config={"size": 10, "kind": "a"}, archive="old")
    make_run(store, config={"size": 9, "kind": "b", "flag": True})
    with Suggestions(store) as suggestions:
        assert suggestions.config_names("", 10) == ["epochs", "flag", "kind", "lr", "name", "size"]
        assert suggestions.config_values("size", "", 10) == ["9", "10"]
        assert suggestions.config_values("size", "1", 10) == ["10"]
        assert suggestions.config_values("kind", "b", 10) == ["b"]
        assert suggestions.config_values("nothing", "", 10) == []
        assert suggestions.archives("", 10) == ["old"]
        assert suggestions.operations("t", 10) == ["train"]


def test_reads_an_index_that_another_process_writes(store: RunStore) -> None:
    before = suggest_ids(store, "", 100)
    make_run(store)
    other = sqlite3.connect(locate_index(store), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert suggest_ids(store, "", 100) == before
    other.close()


def test_ignores_a_broken_index(store: RunStore) -> None:
    before = suggest_ids(store, "", 100)
    locate_index(store).write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    assert suggest_ids(store, "", 100) == before


def test_suggests_nothing_without_a_store(tmp_path: Path) -> None:
    assert suggest_ids(RunStore(tmp_path / "none"), "", 10) == []
