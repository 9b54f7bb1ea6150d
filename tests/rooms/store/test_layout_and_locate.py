"""Only valid run IDs become paths; the store is located in a fixed order."""

from pathlib import Path

import pytest
from stores import make_run

from gage.lib import uuid7
from gage.store.layout import SUFFIXES, RunPaths, is_run_id, parse_entry_id
from gage.store.locate import resolve_runs_dir
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import NotFound, StoreError, UsageError

NO_IDS = [
    "", ".", "..", "../x", "/etc", "x", "01a207a9", "0" * 36, "01A207A9-83E5-717A-8C01-C651A23FBBDE",
    "01a207a9-83e5-717a-8c01-c651a23fbbde\n", "01a207a9-83e5-717a-8c01-c651a23fbbde/..", "../../../../etc/passwd",
    "01a207a9-83e5-117a-8c01-c651a23fbbde", "01a207a9-83e5-717a-cc01-c651a23fbbde",
    "01a207a9_83e5_717a_8c01_c651a23fbbde",
    "\u0660" * 8 + "-83e5-717a-8c01-c651a23fbbde", "01a207a9-83e5-717a-8c01-c651a23fbbd\0", "%2e%2e%2f",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_IDS, ids=ascii)
def test_rejects_paths_for_invalid_ids(tmp_path, text):
    store = RunStore(tmp_path / "runs")
    make_run(store)
    assert not is_run_id(text)
    assert not store.exists(text)
    for use in (store.read, store.get_paths, lambda t: store.purge(t, "sam"), lambda t: MetaWriter.create(store, t)):
        with pytest.raises((StoreError, NotFound)):
            use(text)
    with pytest.raises((StoreError, NotFound)):
        store.annotate([text], {"label": "x"}, author="sam")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["runs"]


def test_accepts_uuids_of_both_versions():
    assert is_run_id(uuid7.generate())
    assert is_run_id("11295acb-365c-4b2d-8651-5ad8e527dd1a")


def test_builds_the_paths_of_a_run():
    id = uuid7.generate()
    paths = RunPaths(Path("/runs"), id)
    assert paths.run_dir == Path("/runs") / id
    assert paths.meta_zip.name == f"{id}.meta.zip"
    assert RunPaths(Path("/runs"), id, deleted=True).run_dir.name == f"{id}.deleted"
    assert {path.name for path in paths.list_all()} == {id + suffix for suffix in SUFFIXES}


def test_finds_the_run_of_an_entry():
    id = uuid7.generate()
    assert parse_entry_id(id) == parse_entry_id(f"{id}.user") == parse_entry_id(f"{id}.meta.deleted") == id
    assert parse_entry_id(f"{id}.other") == parse_entry_id(".changes") == parse_entry_id("") == ""


def test_does_not_list_other_names(tmp_path):
    store = RunStore(tmp_path)
    id = make_run(store)
    for name in ("notes.meta", "x.meta.zip", f"{id}x.meta.zip", f"{id.upper()}.meta.zip", f".{id}.meta"):
        (tmp_path / name).write_text("")
    (tmp_path / f"{uuid7.generate()}.meta").mkdir()
    (tmp_path / f"{uuid7.generate()}.meta").write_text("a file")
    (tmp_path / uuid7.generate()).mkdir()
    assert list(store.list_ids()) == [id]


def test_missing_store_is_empty(tmp_path):
    store = RunStore(tmp_path / "none")
    assert list(store.list_ids()) == []
    assert not store.exists(uuid7.generate())
    with pytest.raises(NotFound, match="No run"):
        store.read(uuid7.generate())
    assert not (tmp_path / "none").exists()


def test_locates_the_store_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = tmp_path / "project"
    assert resolve_runs_dir(None, project) == project / ".gage" / "runs"
    assert resolve_runs_dir(None, project, "../shared/runs") == tmp_path / "shared" / "runs"
    monkeypatch.setenv("GAGE_RUNS", "from-env")
    assert resolve_runs_dir(None, project, "x") == tmp_path / "from-env"
    assert resolve_runs_dir("given", project, "x") == tmp_path / "given"
    assert resolve_runs_dir("/abs/./given", project) == Path("/abs/given")
    assert resolve_runs_dir("~/runs", project) == Path.home() / "runs"
    monkeypatch.setenv("GAGE_RUNS", "")
    assert resolve_runs_dir(None, project) == project / ".gage" / "runs"
    with pytest.raises(UsageError, match="--runs"):
        resolve_runs_dir("", project)
