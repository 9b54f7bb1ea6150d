"""Check reports problems of runs; repair removes leftovers of killed processes and no user files."""

import errno
import json
import os
import shutil
import subprocess
import sys

import pytest
from stores import make_run

from gage.lib import uuid7
from gage.lib.uuid7 import name_from_id
from gage.store import check, manifest, repair
from gage.store.check import REFERENCE_SUFFIX, check_run
from gage.store.meta import MetaReader
from gage.store.output_log import read_lines
from gage.store.status import Lock
from gage.store.store import RunStore
from gage.store.user_attrs import AttrChange, write_change
from gage.types.errors import NotFound
from gage.types.events import SilentEvents


def age_file(path):
    """Makes the last change of a path a day older."""
    os.utime(path, (path.lstat().st_mtime - 86_400,) * 2, follow_symlinks=False)


def make_dead_lock():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    lock = Lock.for_process(child.pid)
    child.communicate(b"\n")
    return lock


def test_finds_no_problem_in_a_complete_run(store):
    assert check_run(store, make_run(store, files={"out/x": "1"}, label="x")).ok
    assert check_run(store, make_run(store, status="staged")).ok
    assert check_run(store, make_run(store, status="running", files={"x": "1"})).ok
    with pytest.raises(NotFound):
        check_run(store, uuid7.generate())


def test_reports_missing_changed_and_extra_files(store):
    id = make_run(store, files={"a": "1", "b": "2", "c/d": "3"})
    run_dir = store.get_paths(id).run_dir
    (run_dir / "a").unlink()
    (run_dir / "b").write_text("9")
    (run_dir / "c" / "new").write_text("x")
    report = check_run(store, id)
    assert (report.missing, report.changed, report.extra) == (("a",), ("b",), ("c/new",))
    assert not report.ok


def test_dependency_with_a_reference_file_is_not_missing(store):
    sha, size = "a" * 64, 100
    id = make_run(store, members={"manifest": f"d {sha} {size} data.csv\n"})
    run_dir = store.get_paths(id).run_dir
    (run_dir / "train.py").unlink()
    reference = run_dir / f"data.csv{REFERENCE_SUFFIX}"
    reference.write_text(json.dumps({"source": "/data.csv", "sha256": sha, "size": size}))
    assert check_run(store, id).ok
    reference.write_text(json.dumps({"source": "/data.csv", "sha256": "b" * 64, "size": size}))
    assert check_run(store, id).changed == ("data.csv",)
    reference.write_text("[]")
    assert check_run(store, id).missing == ("data.csv",)


def test_reports_a_flipped_bit_in_the_zip(store):
    id = make_run(store)
    path = store.get_paths(id).meta_zip
    raw = path.read_bytes()
    offset = raw.index(b"ython train.py")
    path.write_bytes(raw[:offset] + b"Y" + raw[offset + 1 :])
    assert store.read(id).status == "completed"
    assert "damaged" in check_run(store, id).problems[0]


def test_reports_a_broken_user_attribute(store):
    id = make_run(store, label="x")
    name = f"{uuid7.generate()}.json"
    (store.get_paths(id).user_dir / name).write_text("{")
    assert name in check_run(store, id).problems[0]


def test_repairs_nothing_in_a_healthy_store(store):
    for status in ("completed", "staged", "running", "pending"):
        make_run(store, status=status, label="x")
    store.purge(make_run(store), "sam")
    assert repair.find_leftovers(store) == []
    assert repair.repair_store(RunStore(store.root / "none")) == []


def test_removes_a_metadata_directory_beside_its_zip(store):
    id = make_run(store, config={"lr": 1})
    make_run(store, id=id, config={"lr": 2}, sealed=False, run_dir=False)
    assert [text.split(":")[0] for text in repair.repair_store(store)] == ["Repaired"]
    assert store.read(id).config == {"lr": 1}
    assert not os.path.lexists(store.get_paths(id).meta_dir)
    assert repair.find_leftovers(store) == []


def test_replaces_a_broken_zip_beside_its_directory(store):
    id = make_run(store, config={"lr": 2}, sealed=False)
    store.get_paths(id).meta_zip.write_bytes(b"cut")
    age_file(store.get_paths(id).meta_dir)
    repair.repair_store(store)
    assert store.read(id).config == {"lr": 2}
    repair.repair_store(store)
    assert store.read(id).sealed
    assert repair.find_leftovers(store) == []
    assert check_run(store, id).ok


def test_seals_a_killed_run_with_its_files(store):
    members = {"proc/lock": make_dead_lock().format(), "proc/heartbeat": "", "output/run.partial": "Epoch 7\n90%\n4\n"}
    id = make_run(store, status="running", members=members, output="one\n")
    (store.get_paths(id).run_dir / "model.pt").write_text("weights")
    assert store.read(id).status == "terminated"
    assert repair.repair_store(store) == [f"Repaired: {name_from_id(id)} has ended but is not sealed"]
    run = store.read(id)
    assert (run.status, run.sealed) == ("terminated", True)
    with MetaReader.open(store.get_paths(id)) as meta:
        lines = [(x.stream, x.data, x.has_line_feed) for x in read_lines(meta, "run")]
        assert lines == [(1, b"one", True), (1, b"Epoch 7", False), (2, b"90%", False)]
        kinds = {e.path: e.kind for e in manifest.parse(meta.read("manifest"))}
    assert kinds == {"train.py": "s", "model.pt": "g"}
    assert check_run(store, id).ok


def test_adds_no_unfinished_line_that_ended_before_the_kill(store):
    members = {"proc/lock": make_dead_lock().format(), "proc/heartbeat": "", "output/run.partial": "o\n\n0\n"}
    id = make_run(store, status="running", members=members, output="one\n")
    repair.repair_store(store)
    with MetaReader.open(store.get_paths(id)) as meta:
        assert [x.data for x in read_lines(meta, "run")] == [b"one"]


def test_dependencies_of_a_killed_run_stay_dependencies(store):
    id = make_run(store, status="running", members={"proc/lock": make_dead_lock().format(), "manifest": ""})
    folder = store.get_paths(id).run_dir
    for name in ("data/a", "data/b", "model.pt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    states = {
        name: [(folder / name).stat().st_size, (folder / name).stat().st_mtime_ns] for name in ("data/a", "data/b")
    }
    (folder / "data" / "b").write_text("changed by the program")
    copied = {**states, "data/gone": [1, 2], "../../x": [1, 2], "bad\0": 3}
    (store.get_paths(id).meta_dir / "copied.json").write_text(json.dumps(copied))
    repair.repair_store(store)
    with MetaReader.open(store.get_paths(id)) as meta:
        kinds = {e.path: e.kind for e in manifest.parse(meta.read("manifest"))}
    assert kinds == {"train.py": "s", "data/a": "d", "data/b": "g", "model.pt": "g"}


def test_does_not_repair_runs_that_may_be_active(store):
    elsewhere = Lock.for_process(os.getpid())._replace(host="elsewhere", pid=1).format()
    make_run(store, status="running", members={"proc/lock": elsewhere})
    make_run(store, sealed=False)
    half = make_run(store, sealed=False)
    (store.get_paths(half).meta_dir / "initialized").unlink()
    (store.root / ".tmp-new").write_text("x")
    (store.root / uuid7.generate()).mkdir()
    assert repair.find_leftovers(store) == []


def test_does_not_seal_a_run_of_another_host(store):
    elsewhere = Lock.for_process(os.getpid())._replace(host="elsewhere", pid=1).format()
    id = make_run(store, status="running", members={"proc/lock": elsewhere})
    age_file(store.get_paths(id).meta_dir / "proc" / "heartbeat")
    assert repair.find_leftovers(store) == []
    age_file(store.get_paths(id).meta_dir)
    assert repair.repair_store(store) == []
    assert (store.read(id).status, store.read(id).sealed) == ("terminated", False)
    assert store.read(id).reason == "no sign of life from elsewhere"


def lock_as_dead(store, id, inode=None):
    """Makes a run one whose process on this host was killed."""
    meta_dir = store.get_paths(id).meta_dir
    lock = make_dead_lock()._replace(inode=meta_dir.stat().st_ino if inode is None else inode)
    (meta_dir / "proc/lock").write_bytes(lock.format())


def test_seals_abandoned_runs_of_this_host_but_no_copies(store):
    id, copy, live, sealed = (make_run(store, status=s) for s in ("running", "running", "running", "completed"))
    lock_as_dead(store, id)
    lock_as_dead(store, copy, inode=1)
    assert store.list_unsealed_ids() == sorted([id, copy, live])
    repair.seal_abandoned_runs(store, store.list_unsealed_ids())
    assert store.list_unsealed_ids() == sorted([copy, live])
    assert (store.read(id).status, store.read(id).reason) == ("terminated", "Gage was killed")
    assert check_run(store, id).ok and check_run(store, sealed).ok


def test_does_not_seal_a_run_whose_program_lives(store):
    id = make_run(store, status="running")
    lock_as_dead(store, id)
    program = subprocess.Popen(["sleep", "60"], env={**os.environ, "RUN_ID": id})
    try:
        assert store.read(id).status == "running"
        assert repair.repair_store(store) == []
    finally:
        program.kill()
        program.wait()
    assert store.read(id).status == "terminated"
    assert len(repair.repair_store(store)) == 1
    assert store.read(id).sealed


def test_removes_a_run_that_was_never_completely_created(store):
    id = make_run(store, status="pending")
    paths = store.get_paths(id)
    (paths.meta_dir / "initialized").unlink()
    shutil.rmtree(paths.run_dir)
    paths.run_dir.mkdir()
    age_file(paths.meta_dir)
    assert repair.repair_store(store) == [f"Repaired: {name_from_id(id)} was never completely created"]
    assert not [name for name in os.listdir(store.root) if name.startswith(id)]


def test_does_not_remove_files_of_users(store):
    half, bare = make_run(store, sealed=False, files={"model.pt": "x"}), make_run(store, files={"model.pt": "x"})
    (store.get_paths(half).meta_dir / "initialized").unlink()
    age_file(store.get_paths(half).meta_dir)
    store.get_paths(bare).meta_zip.unlink()
    age_file(store.get_paths(bare).run_dir)
    messages = repair.repair_store(store)
    assert len(messages) == 2
    assert all(text.startswith("Not repaired") for text in messages)
    for id in (half, bare):
        assert (store.get_paths(id).run_dir / "model.pt").exists()


def test_finishes_an_interrupted_purge(store):
    sealed, unsealed = make_run(store, label="x"), make_run(store, sealed=False)
    without_zip = make_run(store)
    store.get_paths(without_zip).meta_zip.unlink()
    for id in (sealed, unsealed, without_zip):
        write_change(store.get_paths(id).user_dir, AttrChange("sam", {"purged": True}))
    assert len(repair.repair_store(store)) == 3
    assert list(store.list_ids()) == []
    assert {name[36:] for name in os.listdir(store.root) if name[0] != "."} == {".user"}
    assert repair.find_leftovers(store) == []


def test_removes_old_temporary_files(store):
    user_dir = store.get_paths(make_run(store, label="x")).user_dir.name
    for name in (".tmp-old", ".tmp-folder", f"{user_dir}/.tmp-remark"):
        path = store.root / name
        path.mkdir() if "folder" in name else path.write_text("x")
        age_file(path)
    assert len(repair.repair_store(store)) == 3
    assert list(store.root.rglob(".tmp*")) == []


def test_does_not_repair_damaged_runs(store):
    cut = make_run(store)
    store.get_paths(cut).meta_zip.write_bytes(b"cut")
    newer = make_run(store, sealed=False, members={"schema": "3"})
    age_file(store.get_paths(newer).meta_dir)
    assert repair.repair_store(store) == []
    assert {store.read(id).status for id in (cut, newer)} == {"damaged"}


def test_run_that_cannot_be_read_does_not_hide_the_others(store, monkeypatch):
    good, bad = make_run(store), make_run(store)
    monkeypatch.setattr(check, "_compare_with_manifest", fail_for(bad, check._compare_with_manifest))
    monkeypatch.setattr(repair, "_find_run_leftover", fail_for(bad, repair._find_run_leftover))
    assert check_run(store, good).ok
    assert check_run(store, bad).problems == ("The run cannot be read completely: Permission denied",)
    assert repair.repair_store(store) == [f"Not repaired: {bad} cannot be read: Permission denied"]


def fail_for(id, function):
    def fail(*arguments):
        if any(id in str(getattr(argument, "id", "")) for argument in arguments):
            raise PermissionError(errno.EACCES, "Permission denied")
        return function(*arguments)

    return fail


def test_run_directory_that_is_a_link_is_a_problem(store, tmp_path):
    id = make_run(store)
    shutil.rmtree(store.get_paths(id).run_dir)
    store.get_paths(id).run_dir.symlink_to(tmp_path)
    assert check_run(store, id).problems == ("The run directory is a link",)


def test_repair_that_fails_does_not_stop_the_others(store, monkeypatch):
    ids = [make_run(store), make_run(store)]
    for id in ids:
        make_run(store, id=id, sealed=False, run_dir=False)
    remove, failed = repair.seal.remove_meta_dir, []

    def fail_once(paths):
        if not failed:
            failed.append(paths.id)
            raise PermissionError(errno.EACCES, "Permission denied")
        remove(paths)

    monkeypatch.setattr(repair.seal, "remove_meta_dir", fail_once)
    assert [text.partition(":")[0] for text in repair.repair_store(store)] == ["Not repaired", "Repaired"]


def test_files_without_a_digest_are_unchecked(store, monkeypatch):
    id = make_run(store, files={"a": "1", "secret": "2"})
    run_dir = store.get_paths(id).run_dir
    for name in ("C:x", "back\\slash", "unreadable"):
        (run_dir / name).write_text("x")
    monkeypatch.setattr(check.os, "access", lambda path, mode: path.name not in ("unreadable", "secret"))
    read_inside = check._read_inside
    monkeypatch.setattr(
        check, "_read_inside", lambda at, path, read: None if path == "secret" else read_inside(at, path, read)
    )
    report = check_run(store, id)
    assert report.ok
    assert report.unchecked == ("C:x", "back\\slash", "secret", "unreadable")


def test_seals_a_run_directory_without_permissions(store, monkeypatch):
    id = make_run(store, status="running", files={"a": "1"})
    run_dir = store.get_paths(id).run_dir
    run_dir.chmod(0)
    monkeypatch.setattr(manifest.os, "access", lambda path, mode: bool(path.stat().st_mode & 0o400))
    entries = manifest.build(run_dir, {}, SilentEvents())
    assert "a" in [entry.path for entry in entries]
