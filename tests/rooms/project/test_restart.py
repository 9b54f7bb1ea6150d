"""Planning from a previous run: its config, source and dependencies are restored or rejected."""

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from runs import Project

from gage.lib import uuid7
from gage.project import restart
from gage.project.previous_run import read_previous_run
from gage.project.previous_run_dependencies import restore_dependencies
from gage.project.previous_run_source import _apply_defaults, restore_source
from gage.project.request import RunRequest
from gage.project.restart import plan_restart
from gage.runner import runner
from gage.runner.stdio import UserStreams
from gage.types.errors import ConfigError, NotFound, StoreError
from gage.types.run import ManifestEntry

READS = "lr = 0.1\nprint(lr)\nprint(open('data/a.bin', 'rb').read())\n"


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    project.write("train.py", "lr = 0.1\nprint(lr)\n")
    return project


def make_restart_plan(project, run, *assignments, cwd=None, **options):
    request = RunRequest(assignments=assignments, cwd=cwd or project.dir, store=project.store.root)
    return plan_restart(project.store, run, request, **options)


def run_again(project, run, *assignments, **options):
    plan = make_restart_plan(project, run, *assignments, **options).plan
    return runner.run_plan(plan, project.store, uuid7.generate(), project.events, UserStreams())


def forget_project(project, run):
    project.store.get_paths(run.id).project_file.unlink()


def test_undoes_config_before_applying_new_values(project):
    project.write("train.py", "lr = 1e-1  # rate\nname = 'a'\nprint(lr, name)\n")
    run = project.run("train.py", "lr=0.5")
    restart_plan = make_restart_plan(project, run, "name=b")
    assert restart_plan.plan.source.contents == {"train.py": b"lr = 1e-1  # rate\nname = 'a'\nprint(lr, name)\n"}
    assert [(p.path, dict(p.values)) for p in restart_plan.plan.patches] == [("train.py", {"lr": 0.5, "name": "b"})]
    new = run_again(project, run, "name=b")
    assert (project.run_dir(new) / "train.py").read_text() == "lr = 0.5  # rate\nname = 'b'\nprint(lr, name)\n"
    assert new.source_digest == run.source_digest and new.changed_config == ("lr", "name")


@pytest.mark.parametrize(
    "source",
    [
        b"lr = 0.1",  # no line feed at its end
        b"lr = 0.1\r\nx = 2\r\n",
        b"\xef\xbb\xbflr = 0.1\n",
        b"# coding: latin-1\nlr = 0.1\nname = '\xe9'\n",
        b"lr = 0.1\nx = '''a\x0cb\n'''\n",
        "lr = 0.1\ntext = '\u2028'\n".encode(),
        b"lr = 0.1\n" + b"x = 1\n" * 50 + b"name = 'adam'\n",
    ],
)
def test_restores_files_of_all_kinds(project, source):
    project.write("train.py", source)
    run = project.run("train.py", "lr=0.25")
    new = run_again(project, run)
    assert new.source_digest == run.source_digest
    assert (project.run_dir(new) / "train.py").read_bytes() == (project.run_dir(run) / "train.py").read_bytes()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("params.yaml", "# rate\nlr: 1e-1\n", "lr=0.5"),
        ("params.json", '{"lr":0.10}', "lr=0.5"),
        ("p.ini", "lr=1", "lr=2"),
    ],
)
def test_restores_values_in_other_files(project, name, text, value):
    project.write(name, text)
    project.write("train.py", f"print(open({name!r}).read())\n")
    project.write("gage.toml", f'[train]\nexec = "python train.py"\nconfig = "{name}"\n')
    run = project.run("train", value)
    assert run.status == "completed"
    new = run_again(project, run)
    assert new.source_digest == run.source_digest and new.config == run.config


def test_restores_source_with_secrets_that_are_masked_in_its_diff(project):
    project.write("train.py", "lr = 0.1\nprint('sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ')\n")
    run = project.run("train.py", "lr=0.5")
    new = run_again(project, run)
    assert new.source_digest == run.source_digest


@pytest.mark.parametrize("patched", [{}, {"train.py": "x"}, {"train.py": [[0, 5, "lr"]]}, {"train.py": [["a"]]}, []])
def test_restores_the_defaults_of_a_run_without_usable_replacements(project, patched):
    project.write("train.py", "lr = 0.1\nprint(lr)\n")
    run = project.start(rewrite_members(project, project.stage("train.py", "lr=0.5"), patched_json=patched))
    plan = make_restart_plan(project, run, "lr=0.7").plan
    assert plan.source.contents == {"train.py": b"lr = 0.1\nprint(lr)\n"} and plan.notices == ()
    assert plan.config == {"lr": 0.7}


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[" * 100_000])
def test_restores_the_defaults_of_a_run_with_damaged_replacements(project, data):
    project.write("train.py", "lr = 0.1\nprint(lr)\n")
    staged = project.stage("train.py", "lr=0.5")
    Path(project.store.get_paths(staged.id).meta_dir, "patched.json").write_bytes(data)
    plan = make_restart_plan(project, project.start(staged), "lr=0.7").plan
    assert plan.config == {"lr": 0.7}


def test_keeps_values_as_defaults_where_source_cannot_be_restored(project):
    project.write("train.py", "lr = 1e-1\nprint(lr)\n")
    run = project.start(rewrite_members(project, project.stage("train.py", "lr=0.5"), patched_json={}))
    restart_plan = make_restart_plan(project, run)
    assert restart_plan.plan.notices == (
        f"Source code keeps the config values of run {run.name} as defaults: train.py",
    )
    assert (restart_plan.plan.source.contents, restart_plan.plan.config) == ({}, {"lr": 0.5})
    assert restart_plan.config == ()
    assert run_again(project, run, "lr=0.6").config == {"lr": 0.6}


def test_reports_source_that_the_run_changed(project):
    project.write("log.txt", "")
    project.write("train.py", "open('log.txt', 'a').write('x')\n")
    run = project.run()
    restart_plan = make_restart_plan(project, run)
    assert any("log.txt" in notice for notice in restart_plan.plan.notices)


def test_restores_dependencies_from_their_origin(project):
    project.write("train.py", READS)
    data = project.write("data/a.bin", b"\0\1")
    run = project.run()
    assert (project.run_dir(run) / "data.ref.json").exists() or (project.run_dir(run) / "data/a.bin.ref.json").exists()
    new = run_again(project, run)
    assert new.status == "completed"
    assert project.json(new, "inputs.json")[0]["source"] == project.json(run, "inputs.json")[0]["source"]
    data.write_bytes(b"\0\2")
    with pytest.raises(ConfigError, match=r"data.* has changed since run .* read it"):
        make_restart_plan(project, run)
    data.unlink()
    with pytest.raises(NotFound, match="no longer exists"):
        make_restart_plan(project, run)


def test_restores_only_recorded_files_of_a_directory(project):
    project.write("train.py", "import os\nprint(sorted(os.listdir('data')))\n")
    project.write("data/a.bin", b"\0a")
    project.write("data/b.bin", b"\0b")
    run = project.run()
    project.write("data/later.bin", b"\0c")
    project.events.streams[1] = b""
    run_again(project, run)
    assert project.events.streams[1] == b"['a.bin', 'b.bin']\n"


def test_restores_dependencies_of_a_moved_project(project, tmp_path):
    project.write("train.py", READS)
    project.write("data/a.bin", b"\0\1")
    run = project.run()
    forget_project(project, run)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(project.dir / "data", elsewhere / "data")
    shutil.rmtree(project.dir / "data")
    (elsewhere / ".gage").mkdir()
    plan = make_restart_plan(project, project.store.read(run.id), cwd=elsewhere).plan
    assert plan.dependencies[0].root == str(elsewhere)


def test_restores_dependencies_of_a_killed_run(project):
    project.write("train.py", READS)
    data = project.write("data/a.bin", b"\0\1")
    run = project.stage()
    data.unlink()
    new = run_again(project, run)
    assert new.status == "completed"
    assert not list(project.run_dir(new).rglob("*.ref.json"))  # the other run may be purged


def test_restores_a_dependency_that_the_run_changed(project):
    project.write(
        "train.py", "import os\nopen('data/a.bin', 'ab').write(b'more')\nprint(os.path.getsize('data/a.bin'))\n"
    )
    project.write("data/a.bin", b"\0" * 10)
    run = project.run("train.py", depends=("data",))
    project.events.streams[1] = b""
    restart_plan = make_restart_plan(project, run)
    assert f"data, which run {run.name} changed, is taken from {project.dir}" == restart_plan.plan.notices[0]
    run_again(project, run)
    run_again(project, run, take_files=True)
    assert project.events.streams[1] == b"14\n18\n"


def test_does_not_follow_a_link_in_place_of_source(project, tmp_path):
    run = project.run()
    secret = tmp_path / "secret.py"
    secret.write_text("lr = 1\n")
    path = project.run_dir(run) / "train.py"
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(NotFound, match="missing from its directory"):
        make_restart_plan(project, run)


def test_does_not_copy_links_of_a_previous_run(project, tmp_path):
    (tmp_path / "secret").write_text("s")
    project.write("train.py", f"import os\nos.symlink({str(tmp_path / 'secret')!r}, 'out')\nopen('kept', 'w')\n")
    run = project.run()
    restart_plan = make_restart_plan(project, run, take_files=True)
    assert dict(restart_plan.plan.origin.files) == {"kept": 0}


def rewrite_members(project, run, **members):
    """Replaces metadata members of an unfinished run. Returns the run."""
    meta_dir = project.store.get_paths(run.id).meta_dir
    for name, data in members.items():
        path = meta_dir / name.replace("__", "/").replace("_json", ".json")
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return project.store.read(run.id)


@pytest.mark.parametrize(
    ("members", "error", "message"),
    [
        ({"opdef_json": {}}, NotFound, "its command was not recorded"),
        ({"opdef_json": {"exec": "x", "unknown": 1}}, StoreError, "its operation is not supported"),
        ({"opdef_json": {"exec": "curl --token ********"}}, ConfigError, "its command contains a secret"),
        ({"sourcecode_json": {"files": [["../x", 1, "0" * 64]]}}, StoreError, "names a file outside its directory"),
        ({"sourcecode_json": {}, "manifest": b""}, NotFound, "it has no source code"),
        ({"sourcecode_json": {"files": [["gone.py", 1, "0" * 64]]}}, NotFound, "gone.py is missing from its directory"),
        ({"plan_json": {"cwd": "../.."}}, StoreError, "it starts outside its directory"),
    ],
)
def test_rejects_damaged_records(project, members, error, message):
    run = rewrite_members(project, project.stage(), **members)
    with pytest.raises(error, match=message):
        make_restart_plan(project, run)


def test_rejects_foreign_dependencies(project, tmp_path):
    """A dependency is read from outside of the run only if it is unchanged."""
    secret = tmp_path / "home" / "secret"
    secret.parent.mkdir()
    secret.write_text("s")
    run = project.stage()
    rewrite_members(
        project, run, inputs_json=[{"path": "secret", "why": "", "source": str(secret)}], copied_json={"secret": [1, 1]}
    )
    with pytest.raises(ConfigError, match="does not have its original size and time"):
        make_restart_plan(project, project.store.read(run.id))
    reference = {"source": str(secret), "sha256": hashlib.sha256(b"other").hexdigest(), "size": 5}
    (project.run_dir(run) / "secret.ref.json").write_text(json.dumps(reference))
    with pytest.raises(ConfigError, match="has changed since"):
        make_restart_plan(project, project.store.read(run.id))


def test_does_not_change_the_previous_run(project):
    run = project.run("train.py", "lr=0.5")

    def state():
        folder = project.run_dir(run)
        entries = [(str(p), p.lstat().st_mtime_ns, p.lstat().st_ino) for p in sorted(folder.rglob("*"))]
        return entries, os.stat(f"{folder}.meta.zip").st_mtime_ns

    before = state()
    run_again(project, run, "lr=0.6", take_files=True)
    assert state() == before


def test_keeps_the_commit_of_the_source(project):
    import subprocess

    for words in (["init", "-q"], ["add", "train.py"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=project.dir, check=True)
    run = project.run()
    project.write("train.py", "lr = 0.1\nprint('second')\n")
    subprocess.run(["git", "commit", "-qam", "second"], cwd=project.dir, check=True)
    commit = project.json(run, "sys/git.json")
    assert project.json(run_again(project, run), "sys/git.json") == commit
    assert project.json(run_again(project, run, latest=True), "sys/git.json")["commit"] != commit["commit"]


def test_restores_nan_and_infinity(project):
    project.write("train.py", "lr = 0.1\nprint(lr)\n")
    run = project.run("train.py", "lr=nan")
    assert run.config["lr"] == "NaN"
    restart_plan = make_restart_plan(project, run)
    assert restart_plan.config == () and restart_plan.plan.config["lr"] != restart_plan.plan.config["lr"]


def test_restores_unchanged_source_from_the_run_directory(project):
    run = project.run()
    selected, notices = restore_source(read_previous_run(project.store, run))
    assert [f.path for f in selected.files] == ["train.py"] and notices == []
    assert Path(selected.root) == project.run_dir(run)


def test_rejects_the_source_of_another_project(project, tmp_path):
    run = project.run()
    forget_project(project, run)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / ".gage").mkdir(parents=True)
    with pytest.raises(NotFound, match=r"does not contain train\.py"):
        make_restart_plan(project, project.store.read(run.id), cwd=elsewhere, latest=True)
    (elsewhere / "train.py").write_text("lr = 0.2\n")
    plan = make_restart_plan(project, project.store.read(run.id), cwd=elsewhere, latest=True).plan
    assert plan.project_dir == str(elsewhere) and plan.config == {"lr": 0.2}


def test_does_not_follow_a_link_in_place_of_a_source_directory(project, tmp_path):
    project.write("lib/model.py", "x = 1\n")
    run = project.run()
    shutil.move(project.run_dir(run) / "lib", tmp_path / "lib")
    (project.run_dir(run) / "lib").symlink_to(tmp_path / "lib")
    with pytest.raises(NotFound, match=r"lib/model\.py is missing from its directory"):
        make_restart_plan(project, run)


def test_keeps_source_whose_defaults_cannot_be_set():
    value = {"place": "train.py#lr", "target": "file", "given": True, "default": 0.1}
    assert _apply_defaults((value,), "train.py", b"def (") is None


def test_shows_files_that_were_removed(project):
    project.write("old.py", "x = 1\n")
    run = project.run()
    (project.dir / "old.py").unlink()
    assert [(c.path, c.kind) for c in make_restart_plan(project, run, latest=True).source] == [("old.py", "removed")]


@pytest.mark.parametrize("before", [None, b"\xff", b"x" * (restart._MAX_DIFF_BYTES + 1)])
def test_shows_no_diff_of_large_and_binary_files(before):
    assert restart._compute_diff("a", before, b"text\n") == ()


def test_uses_dependencies_in_the_directory_of_an_old_run(project):
    run = project.run()
    for name, data in (("a.bin", b"1"), ("b.bin", b"22")):
        (project.run_dir(run) / "data").mkdir(exist_ok=True)
        (project.run_dir(run) / "data" / name).write_bytes(data)
    names = ("data/a.bin", "data/b.bin", "data/gone.bin")
    previous = read_previous_run(project.store, run)
    old = replace(previous, is_old=True, entries={name: ManifestEntry("d", "", -1, name) for name in names})
    [dependency], notices = restore_dependencies(old, [project.dir], take_files=False)
    assert (dependency.path, dependency.files, dependency.size, notices) == ("data", 2, 3, [])
