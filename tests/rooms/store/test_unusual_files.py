"""Files of a store that disappear, are damaged or are of another type, and system calls that fail."""

import errno
import os
import shutil

import pytest
from faults import fail_with
from stores import make_run

from gage.lib import uuid7
from gage.store import change_log, copied_files, manifest, meta, opref, output_log, read_run, repair, seal, summaries
from gage.store import store as store_module
from gage.store.check import check_run
from gage.store.meta import DirMetaReader, MetaReader
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import StoreError
from gage.types.run import OpRef

RANDOM_ID = "6b1c9a52-6f0e-4d0f-9f57-2f6f0a8f3c11"
"""An ID that does not contain its time."""


def test_records_a_change_in_the_log_that_replaced_the_open_one(store, monkeypatch):
    id = make_run(store)
    write_all = change_log.write_all

    def write_and_replace(fd, data):
        write_all(fd, data)
        if os.fstat(fd).st_nlink:
            os.unlink(store.root / change_log.CHANGE_LOG)

    with monkeypatch.context() as patch:
        patch.setattr(change_log, "write_all", write_and_replace)
        patch.setattr(os, "unlink", _unlink_once(os.unlink))
        change_log.record_changes(store.root, [id], change_log.read_dir_time(store.root))
    assert id in (store.root / change_log.CHANGE_LOG).read_text()


def _unlink_once(unlink):
    left = [True]

    def once(path, *args, **options):
        if left and left.pop():
            unlink(path, *args, **options)

    return once


def test_recording_changes_of_a_removed_store_raises_nothing(tmp_path):
    change_log.record_changes(tmp_path / "gone", [uuid7.generate()], 0)
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[" * 200_000])
def test_ignores_states_of_copies_that_are_not_json(data):
    assert copied_files.parse_copied_states(data) == {}


def test_lists_no_files_that_disappear_meanwhile(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "x").write_text("x")
    for name in "ab":
        (tmp_path / name).write_text(name)
    entries = []
    for path, size in manifest.walk_files(tmp_path):
        entries.append((path, size))
        for name in {"a", "b"} - {path}:
            (tmp_path / name).unlink()
        shutil.rmtree(tmp_path / "inner")
    assert entries in ([("a", 1)], [("b", 1)])


def test_reports_a_zip_whose_members_have_no_headers(store):
    id = make_run(store, output="line\n")
    path = store.get_paths(id).meta_zip
    path.write_bytes(path.read_bytes().replace(b"PK\x03\x04", b"XXXX"))
    with MetaReader.open(store.get_paths(id)) as reader, pytest.raises(StoreError, match="metadata zip is damaged"):
        reader.read_head("output/run", 10)


def test_reports_metadata_that_cannot_be_listed_or_read(store, monkeypatch):
    id = make_run(store, sealed=False)
    with DirMetaReader(store.get_paths(id).meta_dir) as reader:
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", fail_with(errno.EIO))
            with pytest.raises(StoreError, match="cannot be read: Input/output error"):
                reader.list_names()
        with pytest.raises(StoreError, match=r"config\.json is over 0 MB"):
            reader.read("config.json", 1)
        with pytest.raises(StoreError, match="Unsafe name"):
            reader.read("../config.json")
    with monkeypatch.context() as patch:
        patch.setattr(os, "read", fail_with(errno.EIO))
        run = store.read(id)
    assert (run.status, run.damage) == ("damaged", "Metadata cannot be read: Input/output error")


def test_reads_all_of_a_member_that_arrives_in_pieces(store, monkeypatch):
    id = make_run(store, sealed=False)
    read = os.read
    monkeypatch.setattr(os, "read", lambda fd, count: read(fd, min(count, 3)))
    assert store.read(id).op.name == "train"


def test_replaces_surrogates_in_lists():
    assert meta.parse_json(b'["\\ud800", "a"]', "x.json") == ["\ufffd", "a"]


def test_reports_metadata_that_is_removed_while_it_is_written(store):
    run = MetaWriter.open(store, make_run(store, sealed=False))
    shutil.rmtree(run.paths.meta_dir)
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        run.read("config.json")


def test_reads_operations_with_quotes_and_backslashes():
    assert opref.parse("1 train") == OpRef("train")
    assert opref.parse('2 demo "\\q" ""') == OpRef('"\\q"', "demo")


def test_splits_a_line_of_over_a_megabyte():
    chunks = [b"x" * (1 << 20), b"x" * (1 << 20), b"\n"]
    buffer = output_log._ChunkBuffer(lambda: chunks.pop(0) if chunks else b"")
    assert len(buffer.take_line()) > 1 << 20


def test_directory_instead_of_a_project_file_names_no_project(store):
    id = make_run(store, project="")
    store.get_paths(id).project_file.mkdir()
    assert store.read(id).project == ""


def test_damaged_run_whose_id_has_no_time_is_as_old_as_its_files(store):
    make_run(store, id=RANDOM_ID, sealed=False)
    paths = store.get_paths(RANDOM_ID)
    (paths.meta_dir / "opref").unlink()
    os.utime(paths.meta_dir, (5, 5))
    assert store.read(RANDOM_ID).created == 5_000_000
    shutil.rmtree(paths.meta_dir)
    assert read_run._guess_created(paths) == 0


def test_repairs_other_leftovers_if_one_cannot_be_repaired(store, monkeypatch):
    for _ in range(2):
        make_run(store, id=(id := uuid7.generate()))
        make_run(store, id=id, sealed=False, run_dir=False)
    failing = [StoreError("It is read-only")]
    remove = seal.remove_meta_dir

    def fail_once(paths):
        if failing:
            raise failing.pop()
        remove(paths)

    monkeypatch.setattr(seal, "remove_meta_dir", fail_once)
    messages = repair.repair_store(store)
    assert [text.split(":")[0] for text in messages] == ["Not repaired", "Repaired"]
    assert messages[0].endswith("(It is read-only)")


def test_store_that_is_a_file_cannot_be_repaired(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(StoreError, match="cannot be read: Not a directory"):
        repair.find_leftovers(RunStore(tmp_path / "runs"))


def test_file_instead_of_user_attributes_is_damaged(store):
    id = make_run(store)
    store.get_paths(id).user_dir.write_text("")
    assert repair.find_leftovers(store) == []
    assert not check_run(store, id).ok
    assert store.read(id).label == ""


def test_does_not_repair_a_run_without_usable_metadata(store):
    id = make_run(store)
    make_run(store, id=id, sealed=False, run_dir=False)
    store.get_paths(id).meta_zip.write_bytes(b"cut")
    (store.get_paths(id).meta_dir / "initialized").unlink()
    assert [each.repair for each in repair.find_leftovers(store)] == [None]


def test_file_that_disappears_is_not_a_leftover(tmp_path):
    assert not repair._is_quiet(tmp_path / "gone")


def test_seals_beside_a_zip_that_exists(store, monkeypatch):
    for number in (None, errno.EPERM):
        id = make_run(store, config={"lr": 2}, sealed=False)
        run = MetaWriter.open(store, id)
        make_run(store, id=id, config={"lr": 1}, run_dir=False)
        with monkeypatch.context() as patch:
            if number:
                patch.setattr(os, "link", fail_with(number))
            run.seal()
        assert store.read(id).config == {"lr": 1}
        assert not store.get_paths(id).meta_dir.exists()


def test_seals_without_a_member_that_disappears(store):
    id = make_run(store, sealed=False)
    small = {}
    with DirMetaReader(store.get_paths(id).meta_dir) as reader:
        seal._add_member(None, reader, "schema", small)
        seal._add_member(None, reader, "gone", small)
    assert small == {"schema": b"2"}


def test_removing_metadata_twice_raises_nothing(store):
    id = make_run(store)
    seal.remove_meta_dir(store.get_paths(id))
    assert store.read(id).status == "completed"


def test_purges_an_entry_that_disappears_meanwhile(store):
    id = make_run(store)
    paths = store.get_paths(id)
    store_module._remove_entry(paths, paths.cache_dir)
    assert store.exists(id)


def test_lists_a_run_whose_marker_may_not_be_read(store, monkeypatch):
    id = make_run(store, sealed=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", fail_with(errno.EACCES))
        assert store_module._is_initialized(str(store.get_paths(id).meta_dir))


def test_ignores_numbers_that_are_too_large():
    assert summaries.parse_number(10**400) is None
