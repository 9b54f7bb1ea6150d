"""Stores of Gage 0.1 are read, annotated and deleted from; their files are never changed."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from predecessor import SAMPLES

from gage.store import user_attrs
from gage.store.check import check_run
from gage.store.meta import MetaReader
from gage.store.output_log import list_phases, read_lines
from gage.store.repair import find_leftovers, repair_store
from gage.store.store import RunStore

STORES = ("gage-0.1.2", "gage-2024-07")


@pytest.fixture(params=STORES)
def store(request, tmp_path):
    shutil.copytree(SAMPLES / request.param, tmp_path / "runs", symlinks=True)
    return RunStore(tmp_path / "runs")


def map_labeled_runs(store):
    return {run.label: run for run in map(store.read, store.list_ids()) if run.label}


def hash_files(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(root.rglob("*"))
    }


def test_lists_every_run_of_gage_0_1(store):
    runs = [store.read(id) for id in store.list_ids()]
    assert len(runs) == 6
    assert sorted((str(run.op), run.status) for run in runs) == [
        ("proj:fail", "error"),
        ("proj:train", "completed"),
        ("proj:train", "completed"),
        ("proj:train", "completed"),
        ("proj:train", "completed"),
        ("proj:train", "staged"),
    ]
    assert {run.project for run in runs} == {"/home/sam/toy"}
    assert [run.exit for run in runs if run.status == "error"] == [3]
    assert all(run.created > 1_795_424_000_000_000 and not run.damage for run in runs)
    assert all(run.sealed == (run.status != "staged") for run in runs)


def test_reads_attributes_of_gage_0_1(store):
    runs = map_labeled_runs(store)
    assert set(runs) == {"first", "second", "renamed"}
    assert runs["second"].config == {"epochs": 3, "loss": 1.0, "lr": 0.3, "name": "sgd"}
    comments = [c for id in store.list_ids() for c in store.read(id).user_attrs.comments]
    assert [(c.text, c.author) for c in comments] == [("looks good", "root")]
    assert comments[0].when > 1_795_424_000_000_000


def test_reads_output_of_gage_0_1(store):
    run = map_labeled_runs(store)["first"]
    with MetaReader.open(store.get_paths(run.id)) as meta:
        assert list_phases(meta) == ["40_run"]
        lines = list(read_lines(meta, "40_run"))
    assert lines[0].data == b"step: 0"
    assert len(lines) == 6
    assert all(line.stream == 1 and abs(line.when - run.started) < 10**6 for line in lines)


def test_restores_and_deletes_a_deleted_run_of_gage_0_1(store):
    before = hash_files(store.root)
    (deleted,) = [id for id in store.list_ids() if store.read(id).user_attrs.deleted_by]
    assert store.read(deleted).user_attrs.deleted_by == user_attrs.UNKNOWN_AUTHOR
    assert store.get_paths(deleted).run_dir.is_dir()
    assert (store.get_paths(deleted).run_dir / "train.py").exists()
    store.annotate([deleted], delete=["deleted"], author="sam")
    assert store.read(deleted).user_attrs.deleted_by == ""
    store.annotate([deleted], {"deleted": True}, author="kim")
    assert store.read(deleted).user_attrs.deleted_by == "kim"
    store.annotate([deleted], delete=["deleted"], author="sam")
    assert store.read(deleted).user_attrs.deleted_by == ""
    after = hash_files(store.root)
    assert {path: after[path] for path in before} == before


def test_annotating_changes_only_user_attributes(store):
    before = hash_files(store.root)
    ids = list(store.list_ids())
    store.annotate(ids, {"label": "all", "tag:old": True}, author="sam")
    assert {store.read(id).label for id in ids} == {"all"}
    after = hash_files(store.root)
    assert {path: after[path] for path in before} == before
    added = {path.split("/")[0] for path in set(after) - set(before)}
    assert all(name.endswith(".user") or name == ".changes" for name in added)


def test_runs_of_gage_0_1_have_no_problems(store):
    for id in store.list_ids():
        assert check_run(store, id).ok
    before = hash_files(store.root)
    assert find_leftovers(store) == []
    assert repair_store(store) == []
    assert hash_files(store.root) == before


def test_purging_leaves_only_the_tombstone(store):
    for id in list(store.list_ids()):
        store.purge(id, "sam")
        assert [name for name in os.listdir(store.root) if name.startswith(id)] == [f"{id}.user"]
        assert user_attrs.replay(store.root / f"{id}.user").purged_by == "sam"
    assert list(store.list_ids()) == []
