"""A process that is killed at any line of the code that writes a store leaves one that can be listed and repaired."""

import os
from pathlib import Path

import pytest
from kills import run_until_line
from stores import make_run

from gage.lib import files, uuid7, zipwrite
from gage.store import change_log, meta_writer, repair, seal, store, user_attrs
from gage.store.check import check_run
from gage.store.meta import MetaReader
from gage.store.meta_writer import MetaWriter
from gage.store.store import RunStore
from gage.types.errors import NotFound

TRACED_FILES = {module.__file__ for module in (files, zipwrite, user_attrs, change_log, meta_writer, seal, store)}
STEPS = (1, 1) if os.environ.get("SOAK") else (9, 45)
"""Number of lines between the kills in the first 40 lines and after them: `make soak` kills at every line."""


def kill_at_each_line(prepare, work, check):
    """Prepares, kills the work at a later line each time, and checks, until the work is completed.

    Prints the number of kills, returns the number of lines.
    """
    number = kills = 0
    while True:
        subject = prepare()
        killed = run_until_line(number, TRACED_FILES, lambda subject=subject: work(subject))
        check(subject, killed)
        if not killed:
            print(f"{kills} kills")
            return number
        kills += 1
        number += STEPS[number >= 40]


@pytest.fixture
def runs(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.mark.slow
def test_kill_while_sealing_keeps_one_complete_run(runs):
    def prepare():
        return make_run(
            runs, config={"lr": 0.1}, sealed=False, run_dir=False, members={"log/x": "y" * 500, "manifest": ""}
        )

    def check(id, killed):
        assert list(runs.list_ids()).count(id) == 1
        run = runs.read(id)
        assert (run.status, run.config) == ("completed", {"lr": 0.1})
        assert run.sealed or killed
        with MetaReader.open(runs.get_paths(id)) as meta:
            for name in ("opref", "log/x", "output/run", "manifest", "proc/exit"):
                assert meta.read(name) is not None
        runs.get_paths(id).run_dir.mkdir()
        repair.repair_store(runs)
        os.utime(runs.get_paths(id).meta_dir, (0, 0)) if runs.get_paths(id).meta_dir.exists() else None
        repair.repair_store(runs)
        repaired = runs.read(id)
        assert (repaired.status, repaired.sealed) == ("completed", True)
        assert not runs.get_paths(id).meta_dir.exists()
        runs.purge(id, "test")

    assert kill_at_each_line(prepare, lambda id: MetaWriter.open(runs, id).seal(), check) > 50


@pytest.mark.slow
def test_kill_while_creating_leaves_no_partial_run(runs):
    def work(id):
        run = MetaWriter.create(runs, id, "/home/sam")
        run.write("schema", "2")
        run.write("opref", '2 demo train ""')
        run.write_json("config.json", {"lr": 1})
        run.mark("initialized")

    def check(id, killed):
        ids = list(runs.list_ids()) if runs.root.exists() else []
        if not killed or id in ids:
            assert runs.read(id).status == "terminated"
            assert runs.read(id).config == {"lr": 1}
        else:
            with pytest.raises(NotFound):
                runs.read(id)
            if runs.get_paths(id).meta_dir.exists():
                os.utime(runs.get_paths(id).meta_dir, (0, 0))
                repair.repair_store(runs)
            assert not runs.get_paths(id).meta_dir.exists()

    assert kill_at_each_line(uuid7.generate, work, check) > 50


@pytest.mark.slow
def test_kill_while_annotating_keeps_the_old_or_new_label(runs):
    def prepare():
        return make_run(runs, label="before", run_dir=False)

    def check(id, killed):
        assert runs.read(id).label in ({"before", "after"} if killed else {"after"})
        assert check_run(runs, id).problems == ("The run directory is missing",)

    assert kill_at_each_line(prepare, lambda id: runs.annotate([id], {"label": "after"}, author="x"), check) > 20


@pytest.mark.slow
def test_kill_while_purging_keeps_or_removes_the_whole_run(runs):
    def prepare():
        return make_run(runs, label="x", files={"a/b": "1"})

    def check(id, killed):
        if runs.exists(id):
            assert runs.read(id).status == "completed"
        repair.repair_store(runs)
        if runs.exists(id):
            assert not runs.read(id).user_attrs.purged_by
            assert check_run(runs, id).ok
        else:
            assert [name[36:] for name in os.listdir(runs.root) if name.startswith(id)] == [".user"]

    assert kill_at_each_line(prepare, lambda id: runs.purge(id, "sam"), check) > 50
