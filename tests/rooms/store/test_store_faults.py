"""Damaged runs are listed with a description; they stop no listing, and no data is lost."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from nobody import as_nobody, readable_directory
from stores import make_run

from gage.lib import uuid7
from gage.store import manifest, output_log
from gage.store.check import check_run
from gage.store.meta import MAX_PARSED_BYTES, MetaReader
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import GageError, NotFound, StoreError


def write_zip(store, members, id=""):
    """Writes a metadata zip as another tool does. Returns the ID of its run."""
    id = id or uuid7.generate()
    store.ensure_exists()
    defaults = {"schema": "2", "opref": '2 a b ""', "initialized": "1795424880000000", "config.json": "{}"}
    with zipfile.ZipFile(store.get_paths(id).meta_zip, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (defaults | members).items():
            if data is not None:
                archive.writestr(name, data)
    return id


def test_truncated_zip_is_a_damaged_run_with_its_label(store):
    good, bad = make_run(store), make_run(store, label="mine", project="/home/sam/x")
    path = store.get_paths(bad).meta_zip
    path.write_bytes(path.read_bytes()[:-30])
    runs = {id: store.read(id) for id in store.list_ids()}
    assert runs[good].status == "completed"
    assert runs[bad].status == "damaged"
    assert "archive" in runs[bad].damage
    assert (runs[bad].label, runs[bad].project) == ("mine", "/home/sam/x")
    assert runs[bad].created == uuid7.parse_ms(bad) * 1000
    assert not check_run(store, bad).ok


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 99, b"PK\x05\x06" + bytes(18)])
def test_reports_a_file_that_is_not_a_zip(store, content):
    id = make_run(store)
    store.get_paths(id).meta_zip.write_bytes(content)
    assert store.read(id).status == "damaged"


@pytest.mark.parametrize(
    ("members", "damage"),
    [
        ({"schema": None}, "no schema"),
        ({"schema": "two"}, "version"),
        ({"schema": ""}, "no schema"),
        ({"schema": "3"}, "Written by a newer Gage (format 3)"),
        ({"schema": "\u0663"}, "version"),
        ({"opref": None}, "opref is missing"),
        ({"opref": "7 x y"}, "opref"),
        ({"opref": b"\xff"}, "opref"),
        ({"initialized": None}, "initialized is missing"),
        ({"initialized": "soon"}, "not a time"),
        ({"initialized": "-1"}, "not a time"),
        ({"initialized": "9" * 60}, "not a time"),
        ({"stopped": "x" * 500}, "stopped"),
        ({"proc/exit": "zero"}, "exit code"),
        ({"proc/exit": "9" * 40}, "exit code"),
        ({"config.json": "{"}, "config.json is not JSON"),
        ({"config.json": "[1]"}, "not a table"),
        ({"config.json": "[" * 200_000}, "config.json is not JSON"),
        ({"config.json": '{"a": ' + "1" * 10_000 + "}"}, "config.json is not JSON"),
        ({"sourcecode.json": "nonsense"}, "sourcecode.json"),
    ],
)
def test_reports_invalid_members(store, members, damage):
    id = write_zip(store, members)
    run = store.read(id)
    assert run.status == "damaged"
    assert damage in run.damage
    assert list(store.list_ids()) == [id]
    json.dumps(run.damage, ensure_ascii=False).encode()


def test_reports_a_zip_bomb_as_damage(store):
    id = write_zip(store, {"config.json": " " * (MAX_PARSED_BYTES + 1)})
    assert "over 64 MB" in store.read(id).damage


def test_rejects_zip_members_outside_of_the_run(store):
    id = write_zip(store, {"../../evil": "x"})
    assert "Unsafe name" in store.read(id).damage


def test_does_not_follow_a_link_instead_of_a_zip(store, tmp_path):
    id = make_run(store)
    elsewhere = tmp_path / "elsewhere.zip"
    store.get_paths(id).meta_zip.rename(elsewhere)
    store.get_paths(id).meta_zip.symlink_to(elsewhere)
    assert store.read(id).status == "damaged"


def test_does_not_follow_links_in_metadata(store, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "exit").write_text("0")
    (secret / "config.json").write_text('{"password": "x"}')
    for name, target in (("proc", secret), ("config.json", secret / "config.json"), ("opref", "/etc/passwd")):
        id = make_run(store, sealed=False)
        path = store.get_paths(id).meta_dir / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        path.symlink_to(target)
        run = store.read(id)
        assert run.status == "damaged"
        assert "password" not in run.config
    id = make_run(store, sealed=False)
    store.get_paths(id).meta_dir.rename(tmp_path / "moved")
    store.get_paths(id).meta_dir.symlink_to(tmp_path / "moved")
    assert store.read(id).status == "damaged"


def test_does_not_wait_for_a_pipe(store):
    id = make_run(store, sealed=False)
    for name in ("config.json", "proc/exit"):
        path = store.get_paths(id).meta_dir / name
        path.unlink()
        os.mkfifo(path)
    store.get_paths(id).project_file.unlink()
    os.mkfifo(store.get_paths(id).project_file)
    assert store.read(id).status == "damaged"


def test_zip_and_directory_are_one_run(store):
    id = make_run(store, config={"lr": 1})
    make_run(store, id=id, config={"lr": 2}, sealed=False, run_dir=False)
    assert list(store.list_ids()) == [id]
    assert store.read(id).config == {"lr": 1}
    assert not check_run(store, id).ok
    store.get_paths(id).meta_zip.write_bytes(b"cut")
    assert store.read(id).config == {"lr": 2}
    assert list(store.list_ids()) == [id]


def test_reports_an_incomplete_copy(store):
    id = make_run(store, sealed=False)
    meta = store.get_paths(id).meta_dir
    (meta / "initialized").unlink()
    assert list(store.list_ids()) == []
    assert not store.exists(id)
    with pytest.raises(NotFound):
        store.read(id)
    (meta / "initialized").write_text("1795424880000000")
    (meta / "opref").unlink()
    assert store.read(id).damage == "opref is missing"


def test_reads_a_run_without_its_directory(store):
    id = make_run(store)
    shutil.rmtree(store.get_paths(id).run_dir)
    assert store.read(id).status == "completed"
    assert check_run(store, id).problems == ("The run directory is missing",)


def test_reports_unreadable_metadata():
    with readable_directory() as folder:
        store = RunStore(folder / "runs")
        sealed, unsealed, good = make_run(store), make_run(store, sealed=False), make_run(store)
        store.get_paths(good).meta_zip.chmod(0o644)
        os.chmod(store.root, 0o755)
        if os.geteuid():
            store.get_paths(sealed).meta_zip.chmod(0)
            store.get_paths(unsealed).meta_dir.chmod(0)
        states = as_nobody(lambda: {id: (store.read(id).status, store.read(id).damage) for id in store.list_ids()})
        assert states[good][0] == "completed"
        assert states[sealed] == states[unsealed] == ("damaged", "Metadata cannot be read: Permission denied")


def test_reports_an_unreadable_store():
    with readable_directory() as folder:
        store = RunStore(folder / "runs")
        make_run(store)
        store.root.chmod(0 if os.geteuid() else 0o700)
        with pytest.raises(StoreError, match=r"cannot be read: Permission denied"):
            as_nobody(lambda: list(store.list_ids()))


def test_reports_a_read_only_store():
    with readable_directory() as folder:
        store = RunStore(folder / "runs")
        id = make_run(store)
        store.root.chmod(0o555 if os.geteuid() else 0o755)

        def try_changes():
            messages = []
            for attempt in (
                lambda: store.annotate([id], {"label": "x"}, author="sam"),
                lambda: store.purge(id, "sam"),
                lambda: MetaWriter.create(store, uuid7.generate()),
                lambda: RunStore(folder / "runs" / "inner").ensure_exists(),
            ):
                try:
                    attempt()
                    messages.append("")
                except StoreError as e:
                    messages.append(e.message)
            return messages

        assert all("Cannot write to" in text for text in as_nobody(try_changes))
        store.root.chmod(0o755)
        assert store.read(id).status == "completed"
        assert store.read(id).label == ""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs a mount (as_root)")
def test_reports_a_read_only_mount(tmp_path):
    store = RunStore(tmp_path / "runs")
    id = make_run(store, label="x")
    mounted = subprocess.run(["mount", "--bind", "-o", "ro", store.root, store.root], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no mounts here (as_root)")
    try:
        assert store.read(id).label == "x"
        with pytest.raises(StoreError, match="Read-only"):
            store.annotate([id], {"label": "y"}, author="sam")
    finally:
        subprocess.run(["umount", store.root], check=True)


def test_changes_nothing_if_one_run_is_unknown(store):
    id = make_run(store)
    with pytest.raises(NotFound):
        store.annotate([id, uuid7.generate()], {"label": "x"}, author="sam")
    assert store.read(id).label == ""


def test_annotates_while_another_process_purges(store):
    ids = [make_run(store) for _ in range(6)]
    code = (
        "import sys; from pathlib import Path; from gage.store.store import RunStore\n"
        "from gage.types.errors import NotFound\n"
        "store = RunStore(Path(sys.argv[1]))\n"
        "for id in sys.argv[2:]:\n"
        "    try:\n"
        "        store.annotate([id], {'label': 'x'}, author='a'); store.purge(id, 'a')\n"
        "    except NotFound: pass\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, store.root, *ids], stderr=subprocess.PIPE) for _ in range(2)
    ]
    for process in processes:
        assert process.communicate()[1] == b""
        assert process.returncode == 0
    assert list(store.list_ids()) == []
    assert {name[36:] for name in os.listdir(store.root) if name[0] != "."} == {".user"}


def test_purges_read_only_directories_and_follows_no_link(store, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep").write_text("x")
    id = make_run(store, files={"a/b": "x"}, label="secret remark")
    run_dir = store.get_paths(id).run_dir
    (run_dir / "link").symlink_to(outside)
    (run_dir / "a").chmod(0o500)
    run_dir.chmod(0o500)
    store.get_paths(id).cache_dir.symlink_to(outside)
    store.purge(id, "sam")
    assert not store.exists(id)
    assert os.listdir(outside) == ["keep"]
    assert not any(b"secret" in path.read_bytes() for path in store.root.rglob("*") if path.is_file())
    store.purge(id, "sam")
    with pytest.raises(NotFound):
        store.purge(uuid7.generate(), "sam")


def test_does_not_purge_a_running_run(store):
    id = make_run(store, status="running")
    with pytest.raises(StoreError, match="is running"):
        store.purge(id, "sam")
    assert store.read(id).status == "running"


def test_full_disk_while_sealing_loses_nothing(store):
    run = MetaWriter.open(store, make_run(store, sealed=False, output="line\n" * 1000))
    code = (
        "import resource, signal, sys; from pathlib import Path; from gage.store.store import RunStore\n"
        "from gage.store.meta_writer import MetaWriter; from gage.types.errors import StoreError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))\n"
        "try: MetaWriter.open(RunStore(Path(sys.argv[1])), sys.argv[2]).seal()\n"
        "except StoreError as e: print(e.message)\n"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code, store.root, run.id], capture_output=True, text=True, check=True
    )
    assert "File too large" in completed.stdout
    assert store.read(run.id).status == "completed"
    assert not store.get_paths(run.id).meta_zip.exists()
    with MetaReader.open(store.get_paths(run.id)) as meta:
        assert len(list(output_log.read_lines(meta, "run"))) == 1000
        assert not [name for name in os.listdir(store.get_paths(run.id).meta_dir) if name.startswith(".tmp")]


def test_preserves_unusual_names_and_values(store):
    config = {"a b": 'say "hi"', "-x": "", "ü\n": None, "nested": {"a": [1, 2.5, True]}, "1e3": "-5"}
    id = make_run(
        store, op='odd "name" with\nbreaks', namespace="", version="v 1", config=config, project="/home/säm/a b\nc"
    )
    run = store.read(id)
    assert (run.op.name, run.op.namespace, run.op.version) == ('odd "name" with\nbreaks', "", "v 1")
    assert run.config == config
    assert run.project == "/home/säm/a b\nc"


def test_sanitizes_text_of_untrusted_stores(store):
    id = write_zip(store, {"config.json": '{"a\\ud800": "\\udfff"}', "opref": '2 "\\ud800" "\\udc00" ""'})
    store.get_paths(id).project_file.write_bytes(b"file:/\xff\xfe")
    run = store.read(id)
    assert run.status != "damaged"
    json.dumps([run.op.name, run.op.namespace, dict(run.config), run.project], ensure_ascii=False).encode()


def test_project_is_the_last_association(store):
    id = make_run(store, project="/home/sam/old")
    store.annotate([id], {"project": "/home/sam/new"}, author="sam")
    assert store.read(id).project == "/home/sam/new"
    store.annotate([id], {"project": "proj-7"}, author="sam")
    assert (store.read(id).project, store.read(id).project_id) == ("/home/sam/old", "proj-7")


def test_untrusted_manifest_reads_no_other_files(store, tmp_path):
    (tmp_path / "secret").write_text("x")
    sha = manifest.digest_regular_file(tmp_path / "secret")[0]
    id = make_run(store, members={"manifest": f"g {sha} 1 link/secret\n"})
    (store.get_paths(id).run_dir / "link").symlink_to(tmp_path)
    assert check_run(store, id).missing == ("link/secret",)
    id = make_run(store, members={"manifest": f"g {sha} 1 ../../secret\n"})
    assert "outside" in check_run(store, id).problems[0]


def test_errors_have_hints(store):
    with pytest.raises(GageError) as e:
        store.read(uuid7.generate())
    assert "gage list" in e.value.hint
