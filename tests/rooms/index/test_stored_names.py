"""Names of the values that runs have."""

import contextlib
from pathlib import Path

import pytest
from stores import make_run, make_store

from gage.index import database, stored_names
from gage.index.index import open_index


def test_cached_names_follow_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_names, "MIN_AGE_NS", 0)
    store = make_store(tmp_path / "runs", 3)
    with open_index(store) as index:
        assert [each.name for each in index.list_stored_names().config] == ["epochs", "lr", "name"]
        with contextlib.closing(database.connect(str(store.root))) as db:
            assert stored_names.select_stored_names(db) is stored_names.select_stored_names(db)
        make_run(store, config={"brand_new": 1})
        assert "brand_new" in [each.name for each in index.list_stored_names().config]


def test_names_are_read_again_while_the_index_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_names, "MIN_AGE_NS", 10**18)
    with open_index(make_store(tmp_path / "runs", 3)) as index:
        answers = [index.list_stored_names() for _ in range(3)]
    assert answers[1] == answers[2]
    assert answers[1] is not answers[2]
