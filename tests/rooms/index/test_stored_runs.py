"""Runs that are read from the index when they are needed."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import locate_index, make_run

from gage.board.value_columns import list_value_columns
from gage.index import index as index_module
from gage.index import stored_runs
from gage.index.index import Index, QueryResult, open_index
from gage.index.stored_runs import StoredRuns
from gage.select.parse import parse_where
from gage.store.store import RunStore
from gage.types.filter import RunFilter

ALL_RUNS = RunFilter()


def build_metrics(*names: str) -> dict[str, str]:
    last = {"count": 1, "last": {"step": 1, "value": 0.5}}
    return {"summaries/metrics.json": json.dumps(dict.fromkeys(names, last))}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """Creates eight runs, of which the fourth is a batch; the latest has the fewest names."""
    monkeypatch.setattr(index_module, "MAX_LOADED_RUNS", 2)
    monkeypatch.setattr(stored_runs, "SAMPLED_RUNS", 2)
    store = RunStore(tmp_path / "runs")
    make_run(store, config={"oldest": 1, "lr": 1}, members=build_metrics("acc", "~odd"), run_dir=False)
    make_run(store, config={"@label": "x", "lr": 1}, label="first", run_dir=False)
    make_run(store, config={"~note": 1}, run_dir=False)
    store.annotate([make_run(store, config={"lr": 2}, label="third", run_dir=False)], {"note": "an attribute"})
    batch = {"batch.json": '{"members": [{}, {}]}'}
    make_run(store, "train+", config={"@": "trials.csv"}, members=batch, run_dir=False)
    make_run(store, "c++", config={"lr": 3}, members=build_metrics("loss"), run_dir=False)
    make_run(store, config={"lr": 4}, label="second", run_dir=False)
    make_run(store, config={"lr": 5}, run_dir=False)
    return store


@pytest.fixture
def index(store: RunStore) -> Iterator[Index]:
    with open_index(store) as index:
        yield index


def find(index: Index) -> tuple[QueryResult, StoredRuns]:
    result = index.find_lazily(ALL_RUNS)
    assert isinstance(result.runs, StoredRuns)
    return result, result.runs


def test_lazy_runs_are_those_of_a_query(store: RunStore, index: Index) -> None:
    with open_index(store) as other:
        expected = other.find(ALL_RUNS)
    result, runs = find(index)
    assert list(runs) == list(runs) == expected.runs
    assert (result.total, result.positions, len(runs)) == (expected.total, expected.positions, 8)
    assert runs[1] == expected.runs[1] and runs[-1] == expected.runs[-1] and runs[2:4] == expected.runs[2:4]
    with pytest.raises(IndexError):
        runs[8]
    assert result.list_operations() == expected.list_operations() == {"train", "train+", "c++"}


def test_few_runs_are_loaded_at_once(index: Index) -> None:
    found = index.find_lazily(RunFilter(where=parse_where(["lr=5"])))
    assert isinstance(found.runs, list) and len(found.runs) == 1
    assert found.find_batches() == [] and found.sample_names() == found.runs and found.sample_names([0]) == []


def test_finds_batches_and_not_operations_with_a_plus_sign(store: RunStore, index: Index) -> None:
    result, _ = find(index)
    assert result.find_batches() == [3] == index.find(ALL_RUNS).find_batches()


def test_sample_has_all_names_in_their_order(index: Index) -> None:
    result, runs = find(index)
    batches = result.find_batches()
    expected = list_value_columns([run for i, run in enumerate(runs) if i not in batches])
    assert {"@label", "~note", "~odd", "oldest", "loss"} <= set(expected) and "@" not in expected
    assert list_value_columns(result.sample_names(batches)) == expected
    assert list_value_columns(result.sample_names()) == list_value_columns(list(runs))


def test_later_changes_do_not_change_what_is_read(store: RunStore, index: Index) -> None:
    _, runs = find(index)
    reading = iter(runs)
    first = next(reading)
    store.purge(runs[-1].id, "sam")
    with open_index(store) as other:
        assert other.find(ALL_RUNS).total == 7
    assert [first, *reading] == list(runs) and len(list(runs)) == 8


def test_reads_the_store_when_the_index_fails(store: RunStore, index: Index) -> None:
    expected = index.find(ALL_RUNS).runs
    result, runs = find(index)
    index.close()
    assert list(runs) == expected
    assert result.find_batches() == [3] and result.list_operations() == {"train", "train+", "c++"}
    assert len(result.sample_names()) == 8


def test_a_damaged_index_is_replaced(store: RunStore) -> None:
    with open_index(store) as index:
        expected = index.find(ALL_RUNS).runs
    db = sqlite3.connect(locate_index(store))
    db.execute("ALTER TABLE record RENAME COLUMN json TO text")
    db.close()
    with open_index(store) as index:
        assert list(find(index)[1]) == expected
    with open_index(store) as index:
        assert index._db.execute("SELECT count(json) FROM record").fetchone() == (8,) == (index.find(ALL_RUNS).total,)


def test_queries_again_if_another_process_writes_meanwhile(
    store: RunStore, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    select, calls = index_module._select_page, []

    def select_and_write(*arguments: object) -> object:
        page = select(*arguments)  # type: ignore[arg-type]
        if not calls:
            with open_index(store) as other:
                make_run(store, run_dir=False)
                calls.append(1)
                other.find(ALL_RUNS)
        return page

    monkeypatch.setattr(index_module, "_select_page", select_and_write)
    assert len(find(index)[1]) == 9


def test_loads_runs_where_reading_would_keep_others_from_writing(store: RunStore, index: Index) -> None:
    index._db.execute("PRAGMA journal_mode=DELETE")
    assert isinstance(index.find_lazily(ALL_RUNS).runs, list)
