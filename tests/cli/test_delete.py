"""`gage delete`, `restore`, `purge`, `archive`."""

from datetime import UTC, datetime, timedelta

import pytest
from stores import make_run


def count(gage, *words):
    return gage("list", "--json", *words).json["total"]


@pytest.mark.parametrize("name", ["delete", "del", "rm"])
def test_deletes_and_restores(gage, store, name):
    gage(name, "--where", "error", "--yes")
    assert (count(gage), count(gage, "--deleted")) == (2, 1)
    id = gage("list", "-d", "--json").json["runs"][0]["id"]
    assert "is deleted" in gage("label", id, "x", code=1).err
    assert "by Sam" in gage("show", id).out
    gage("restore", "1")
    assert (count(gage), count(gage, "--deleted")) == (3, 0)


def test_changes_nothing_without_confirmation(gage, store):
    assert "Use --yes" in gage("delete", "1", code=2).err
    assert "No runs specified" in gage("delete", "--yes", code=2).err
    assert "There is no run 7" in gage("delete", "7", "--yes", code=1).err
    assert count(gage) == 3


def test_does_not_delete_a_running_run(gage, project):
    make_run(project / ".gage" / "runs", status="running")
    assert "still running" in gage("delete", "1", "-y", code=2).err


def test_does_not_archive_a_running_run(gage, project):
    make_run(project / ".gage" / "runs", status="running")
    assert "still running" in gage("archive", "1", "-y", code=2).err
    assert count(gage, "--archive") == 0


def test_reads_archived_runs(gage, project):
    gage("run", "train.py", "--yes")
    gage("run", "train.py", "lr=0.5", "--yes")
    newer, older = gage("select", "--all", "--name").out.split()
    gage("archive", older, "--name", "old")
    assert older in gage("metrics", older).out
    both = gage("metrics", older, newer).out
    assert both.index(newer) < both.index(older)
    assert "loss" in gage("plot", older, "loss").out
    assert f"{older}  ok" in gage("check", "--run", older).out
    assert gage("select", older, "--name").out == f"{older}\n"
    assert "loss" in gage("cat", older, "--output").out
    assert gage("run", "--restart", older, "--yes").out
    for words in (["label", older, "x"], ["tag", older, "x"], ["mark", older], ["delete", older, "-y"]):
        error = gage(*words, code=1).err
        assert "is in an archive\nTo move it back: gage archive --restore " in error
    assert "There is no run 7" in gage("metrics", "7", code=1).err


def test_purges_deleted_runs(gage, store):
    assert "There are no deleted runs" in gage("purge", "1", "--yes", code=1).err
    assert gage("purge", "--all", "--yes", code=1).err == "gage: There are no deleted runs\n"
    id = gage("select", "1").out.strip()
    gage("delete", "1", "--yes")
    refused = gage("purge", "1", code=2)
    assert "Use --yes" in refused.err
    assert "cannot be undone" in gage("purge", "1", "--yes").err
    assert (count(gage), count(gage, "--deleted")) == (2, 0)
    assert [path.suffix for path in store.iterdir() if path.name.startswith(id)] == [".user"]
    gage("delete", "1:2", "--yes")
    gage("purge", "--all", "--yes")
    assert "There are no deleted runs" in gage("purge", "--all", "--yes", code=1).err
    assert "--all and RUN cannot be used together" in gage("purge", "1", "--all", "--yes", code=2).err


def test_deletes_and_restores_all_runs(gage, store):
    assert "Use --yes" in gage("delete", "--all", code=2).err
    gage("delete", "--all", "--yes")
    assert (count(gage), count(gage, "--deleted")) == (0, 3)
    gage("restore", "--all", "--yes")
    assert count(gage) == 3


def test_deletes_permanently(gage, store):
    assert "cannot be undone" in gage("delete", "1", "--permanent", "--yes").err
    assert (count(gage), count(gage, "--deleted")) == (2, 0)


def test_does_not_start_a_deleted_run(gage, project):
    gage("run", "train.py", "--stage")
    name = gage("select", "--name").out.strip()
    gage("delete", name, "--yes")
    assert f"Try: gage restore {name}" in gage("run", "--start", name, code=2).err
    assert "--start requires a run" in gage("run", "--start", "", code=2).err


def test_archives_and_restores_runs(gage, store):
    assert "The archive name is empty" in gage("archive", "1", "--name", "", code=2).err
    gage("archive", "1:2", "--name", "before summer", "--yes")
    assert (count(gage), count(gage, "--archive")) == (1, 2)
    [archive] = gage("archive", "--list", "--json").json["archives"]
    assert (archive["name"], archive["runs"]) == ("before summer", 2)
    assert abs(datetime.fromisoformat(archive["archived_at"]) - datetime.now(UTC)) < timedelta(seconds=60)
    line = gage("archive", "--list").out
    assert line.startswith(f"before summer  2 runs, archived {archive['archived_at'][:13]}")
    name = gage("list", "--archive", "--json").json["runs"][0]["name"]
    assert "before summer" in gage("show", name).out
    gage("archive", "--restore", "1")
    assert (count(gage), count(gage, "--archive", "before summer")) == (2, 1)
    assert "--json requires --list" in gage("archive", "1", "--name", "x", "--json", code=2).err
    assert "--list and --all cannot be used together" in gage("archive", "--all", "--list", code=2).err
    assert "--list and --restore cannot be used together" in gage("archive", "--restore", "--list", code=2).err


def test_deletes_runs_of_old_stores(gage, old_store):
    at = ("--runs", str(old_store))
    before = {path: path.read_bytes() for path in old_store.rglob("*") if path.is_file()}
    gage("restore", "1", *at)
    assert (count(gage, *at), count(gage, "--deleted", *at)) == (6, 0)
    gage("delete", "1:2", "--yes", *at)
    assert (count(gage, *at), count(gage, "--deleted", *at)) == (4, 2)
    assert all(path.read_bytes() == data for path, data in before.items())
