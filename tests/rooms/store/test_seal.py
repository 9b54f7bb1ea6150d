"""Runs are written, sealed and read back, also by concurrent processes."""

import json
import os
import stat
import subprocess
import sys
import zipfile

import pytest
from stores import make_run

from gage.lib import uuid7
from gage.store import opref
from gage.store.meta import MetaReader
from gage.store.meta_writer import MetaWriter, encode_json
from gage.store.output_log import STDERR, STDOUT, read_lines
from gage.store.status import Lock
from gage.types.errors import NotFound, StoreError
from gage.types.run import OpRef


def begin_run(store, **config):
    run = MetaWriter.create(store, uuid7.generate(), "/home/sam/demo")
    run.write("schema", "2")
    run.write("id", run.id)
    run.write("opref", opref.format(OpRef("train", "demo", "1.0")))
    run.write_json("config.json", config)
    run.write("proc/lock", Lock.for_process(os.getpid()).format())
    run.append("log/runner", "began\n")
    run.mark("initialized")
    return run


def finish_run(run, exit=0):
    run.mark("staged")
    run.mark("started")
    writer = run.open_output_writer("run")
    writer.write(STDOUT, b"loss: 0.5\n", 1_795_424_880_000_000)
    writer.write(STDERR, b"warning", 1_795_424_881_000_000)
    writer.finish(1_795_424_882_000_000)
    run.end_output("run")
    run.write("proc/exit", str(exit))
    run.mark("stopped")
    run.append("log/runner", "ended\n")
    run.remove("proc/lock")


def test_writes_a_run_from_start_to_seal(store):
    run = begin_run(store, lr=0.1)
    assert list(store.list_ids()) == [run.id]
    assert store.read(run.id).status == "pending"
    finish_run(run)
    unsealed = store.read(run.id)
    run.seal()
    sealed = store.read(run.id)
    assert (sealed.status, sealed.sealed, sealed.exit) == ("completed", True, 0)
    assert unsealed.status == "completed"
    assert unsealed.created == sealed.created < sealed.staged < sealed.started < sealed.stopped
    assert sealed.op == OpRef("train", "demo", "1.0")
    assert sealed.config == {"lr": 0.1}
    assert sealed.project == "/home/sam/demo"
    names = sorted(name[36:] for name in os.listdir(store.root) if name[:36] == run.id)
    assert names == ["", ".meta.zip", ".project"]
    with MetaReader.open(store.get_paths(run.id)) as meta:
        assert meta.read_text("log/runner") == "began\nended\n"
        assert [(x.stream, x.data) for x in read_lines(meta, "run")] == [(STDOUT, b"loss: 0.5"), (STDERR, b"warning")]
        assert meta.read("proc/lock") is None
        assert not [name for name in meta.list_names() if name.endswith(".partial")]


def test_run_exists_once_initialized(store):
    run = MetaWriter.create(store, uuid7.generate())
    run.write("schema", "2")
    assert list(store.list_ids()) == []
    assert not store.exists(run.id)
    with pytest.raises(NotFound):
        store.read(run.id)
    run.mark("initialized")
    assert list(store.list_ids()) == [run.id]
    assert store.exists(run.id)


def test_only_the_owner_can_read_a_run(store):
    run = begin_run(store)
    for path in (run.paths.run_dir, run.paths.meta_dir, run.paths.meta_dir / "proc"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    run.write("proc/env.json", "{}")
    finish_run(run)
    run.seal()
    assert stat.S_IMODE(run.paths.meta_zip.stat().st_mode) == 0o600
    store.annotate([run.id], {"label": "x"}, author="sam")
    assert stat.S_IMODE(run.paths.user_dir.stat().st_mode) == 0o700


def test_other_tools_read_the_zip(store):
    run = begin_run(store, lr=0.1)
    run.write_json("sourcecode.json", {"rule": "git", "limit": "", "digest": "a" * 64, "files": [["x", 1, "b"]] * 500})
    finish_run(run)
    run.seal()
    with zipfile.ZipFile(run.paths.meta_zip) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("config.json")) == {"lr": 0.1}
    assert store.read(run.id).source_digest == "a" * 64


def test_another_process_continues_a_run(store):
    first = begin_run(store, lr=0.1)
    first.mark("staged")
    first.remove("proc/lock")
    first.close()
    assert store.read(first.id).status == "staged"
    second = MetaWriter.open(store, first.id)
    assert second.read("config.json") == b'{"lr": 0.1}'
    second.append("log/runner", "went on\n")
    second.mark("started")
    second.write("proc/exit", "0")
    second.mark("stopped")
    assert second.read("log/runner") == b"began\nwent on\n"
    second.seal()
    with MetaReader.open(store.get_paths(first.id)) as meta:
        assert meta.read_text("log/runner") == "began\nwent on\n"
        assert meta.read_json("config.json") == {"lr": 0.1}
    assert store.read(first.id).status == "completed"
    with pytest.raises(NotFound, match="finished"):
        MetaWriter.open(store, first.id)
    with pytest.raises(NotFound):
        MetaWriter.open(store, uuid7.generate())
    with pytest.raises(NotFound):
        MetaWriter.open(store, first.id).read("nothing")


def test_does_not_read_own_members_again(store):
    run = begin_run(store, lr=0.1)
    finish_run(run)
    opened = []
    watching = True

    def hook(event, args):
        if watching and event == "open" and str(args[0]).startswith(str(store.root)):
            opened.append(os.path.basename(str(args[0])))

    sys.addaudithook(hook)
    run.seal()
    watching = False
    assert [name for name in opened if not name.startswith((".tmp-seal", ".changes")) and ".meta" not in name] == []


def test_time_stamps_are_monotonic(store, monkeypatch):
    run = begin_run(store)
    first = run.mark("staged")
    monkeypatch.setattr("gage.store.meta_writer.now_us", lambda: 1000)
    assert run.mark("started") == first + 1


SEAL = """
import sys
from pathlib import Path
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
run = MetaWriter.open(RunStore(Path(sys.argv[1])), sys.argv[2])
input()
try:
    run.seal()
except Exception as e:
    print(type(e).__name__)
"""


def test_two_processes_seal_a_run(store):
    for _ in range(5):
        run = begin_run(store, lr=0.1)
        finish_run(run)
        other = subprocess.Popen(
            [sys.executable, "-c", SEAL, store.root, run.id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        other.stdin.write("\n")
        other.stdin.flush()
        try:
            run.seal()
        except StoreError:
            pass  # the other one was first, and the folder went away
        output = other.communicate()[0]
        assert output in ("", "StoreError\n", "NotFound\n")
        assert store.read(run.id).status == "completed"
        with MetaReader.open(store.get_paths(run.id)) as meta:
            assert {"schema", "opref", "config.json", "log/runner", "output/run", "proc/exit"} <= set(meta.list_names())
            for name in meta.list_names():
                assert meta.read(name) is not None


def test_seals_without_hard_links(store, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    run = begin_run(store)
    finish_run(run)
    run.seal()
    assert store.read(run.id).status == "completed"
    assert not [name for name in os.listdir(store.root) if name.endswith(".meta")]


def test_rejects_names_outside_of_the_metadata(store):
    run = begin_run(store)
    for name in ("../x", "/etc/x", "a/../../x", "a\\b", ""):
        with pytest.raises(StoreError):
            run.write(name, "x")


def test_writes_nan_as_text(store):
    assert encode_json({"a": float("nan"), "b": [float("inf"), -float("inf")], "c": "ü"}) == (
        '{"a": "NaN", "b": ["Infinity", "-Infinity"], "c": "ü"}'.encode()
    )


def test_new_store_is_excluded_from_git_and_source_copies(store):
    begin_run(store)
    assert (store.root / ".nocopy").exists()
    assert (store.root / ".gitignore").read_text() == "*\n"


def test_generated_runs_equal_real_ones(store):
    statuses = ("completed", "error", "terminated", "staged", "pending", "running")
    for status in statuses:
        id = make_run(store, "train", status, {"lr": 0.1}, label="x", tags=("a",), files={"out/x.txt": "1"})
        generated = store.read(id)
        assert (generated.status, generated.damage, generated.label, generated.tags) == (status, "", "x", ("a",))
    assert len(set(store.list_ids())) == len(statuses)
