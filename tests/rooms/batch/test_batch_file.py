"""Batches that were started before: their records, and which of them is the latest."""

import json
import math
from pathlib import Path

import pytest
from stores import make_run

from gage.batch.batch_file import read_batch
from gage.batch.resume import _find_latest_batch
from gage.lib import uuid7
from gage.store.store import RunStore
from gage.types.errors import StoreError, UsageError

RECORD = {
    "target": "train.py",
    "command": [],
    "attributes": [],
    "env": {},
    "label": "",
    "tags": [],
    "links": [],
    "max-time": None,
    "seed": 1,
    "source": "",
    "members": [{"id": uuid7.generate(), "values": {"lr": [None, "-inf", False]}}],
}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def make_batch(store: RunStore, status: str = "completed", **changes: object) -> str:
    return make_run(store, "train.py+", status, members={"batch.json": json.dumps(RECORD | changes)})


def test_reads_values_that_json_lacks(store: RunStore) -> None:
    record = read_batch(store, store.read(make_batch(store)))
    assert [values["lr"].value for values in record.trials.values()] == [-math.inf]


def test_rejects_a_record_with_text_in_place_of_a_list(store: RunStore) -> None:
    run = store.read(make_batch(store, tags="paper"))
    with pytest.raises(StoreError, match="is damaged: expected a list"):
        read_batch(store, run)


def test_rejects_a_batch_that_is_removed_meanwhile(store: RunStore) -> None:
    run = store.read(make_batch(store))
    store.get_paths(run.id).meta_zip.unlink()
    with pytest.raises(UsageError, match="is not a batch"):
        read_batch(store, run)


def test_finds_no_run_of_a_batch_whose_runs_are_gone(store: RunStore) -> None:
    make_batch(store)
    assert _find_latest_batch(store, uuid7.generate()) is None


def test_rejects_a_running_batch(store: RunStore) -> None:
    with pytest.raises(UsageError, match=r"Batch .* is running"):
        _find_latest_batch(store, make_batch(store, "running"))
