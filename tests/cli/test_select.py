"""`gage select` and `gage open`."""

import os

import pytest
from stores import make_run


def test_prints_ids_names_and_directories(gage, store):
    runs = gage("list", "--json").json["runs"]
    assert gage("select", "--all").out.split() == [run["id"] for run in runs]
    assert gage("select").out.split() == [runs[0]["id"]]
    assert gage("select", "--limit", "2").out.split() == [run["id"] for run in runs[:2]]
    assert len(gage("select", "--project", str(runs[0]["project"]), "--name").out.split()) == 3
    assert gage("select", "2:", "--name").out.split() == [run["name"] for run in runs[1:]]
    assert gage("select", "--where", "lr=0.1", "--run-dir").out.strip() == str(store / runs[2]["id"])
    assert gage("select", "--limit", "1", "--json").json == [runs[0]["id"]]
    assert gage("select", "--where", "nothing", code=1).out == ""
    assert gage("select", "3", "--label").out == "first\n"
    assert gage("select", "3", "--meta-dir").out.strip() == str(store / f"{runs[2]['id']}.meta.zip")
    assert gage("select", "3", "--project-dir").out.strip() == runs[2]["project"]
    assert "--name and --run-dir cannot be used together" in gage("select", "--run-dir", "--name", code=2).err


def test_opens_files_and_directories(gage, store):
    folder = gage("select", "1", "--run-dir").out.strip()
    assert gage("open", "--print").out.strip() == folder
    assert gage("open", "1", "a/b.txt", "--print").out.strip() == f"{folder}/a/b.txt"
    assert gage("open", "1", "a/b.txt", "--cmd", "cat -n").out.split() == ["1", "deep"]
    assert gage("open", "1", "--cmd", "false", code=1).out == ""
    assert '--cmd is not a command line: "a \'b"' in gage("open", "--cmd", "a 'b", code=2).err
    assert "Command not found: nope" in gage("open", "--cmd", "nope", code=1).err
    assert gage("open", "--path", "a/b.txt", "--print").out.strip() == f"{folder}/a/b.txt"
    assert gage("open", "--where", "lr=0.3", "--print").out.strip() == folder
    assert "--cmd and --print cannot be used together" in gage("open", "--cmd", "x", "--print", code=2).err
    assert "PATH and --path cannot be used together" in gage("open", "1", "x", "--path", "y", code=2).err
    os.symlink("/etc", f"{folder}/out")
    assert "points outside the run" in gage("open", "1", "out", "--print", code=1).err


def test_an_empty_filter_does_not_mean_all_runs(gage, store):
    for words in (["delete", "--where", "", "--yes"], ["list", "--where", " "], ["label", "--where", "", "x"]):
        assert "The filter of --where is empty\nLeave --where out to select all runs" in gage(*words, code=2).err
    assert len(gage("select").out.splitlines()) >= 1


def test_slices_count_from_the_end(gage, store):
    ids = gage("select", "--all").out.split()
    assert gage("select", "-2:").out.split() == ids[1:]
    assert gage("select", "-1:").out.split() == gage("select", "-1:-1").out.split() == ids[2:]
    assert gage("select", "2:-1").out.split() == ids[1:]
    assert len(gage("list", "-9:").out.splitlines()) == 4
    assert gage("list", "3:-3").out == ""


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("0", "There is no run 0\nPositions start at 1, the latest run"),
        ("1,3", "'1,3' is not a run\nWrite 1 3 instead"),
        ("1-3", "'1-3' is not a run\nWrite 1:3 instead"),
        ("first", "There is no run 'first', but a label\nTry: --where 'label=first'"),
    ],
)
def test_says_how_to_name_a_run(gage, store, run, message):
    assert message in gage("show", run, code=None).err


def test_reports_that_there_is_nothing_to_select(gage, store, tmp_path):
    for command in ("restore", "purge"):
        for words in (["1"], ["99"], ["--all"]):
            assert "There are no deleted runs" in gage(command, *words, "--yes", code=1).err
    gage("delete", "1", "--yes")
    assert "There is no run 99: there is one\nTry: gage list --deleted" in gage("restore", "99", code=1).err
    assert "There are no archived runs" in gage("archive", "--restore", "1", code=1).err
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in ("show", "watch", "metrics"):
        assert "There are no runs yet\nTry: gage run SCRIPT" in gage(command, code=1, cwd=empty).err


def test_reports_a_directory_that_does_not_exist(gage, store, project):
    for words in (["list"], ["list", "--json"], ["show"], ["select"]):
        assert "Runs directory nowhere does not exist" in gage("--runs", "nowhere", *words, code=1).err
    (project / "file").write_text("")
    assert "file is not a directory" in gage("-C", "file", "list", code=1).err


@pytest.mark.parametrize("tag", ["", " ", "c d", "a,b", "c\td"])
def test_refuses_what_is_not_a_tag(gage, store, tag):
    assert "is not a tag" in gage("tag", "1", tag, code=2).err
    assert "is not a tag" in gage("tag", "1", "--add", tag, code=2).err
    assert "is not a tag" in gage("run", "train.py", "--tag", tag, "--yes", code=2).err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("tag", "1", "--remove", "nope"), "No tag 'nope' to remove"),
        (("attr", "1", "--delete", "nope"), "No attribute 'nope' to remove"),
        (("mark", "1", "--clear"), "No mark to remove"),
        (("label", "1", "--clear"), "No label to remove"),
    ],
)
def test_reports_that_there_is_nothing_to_remove(gage, store, words, message):
    assert message in gage(*words, code=1).err


def test_names_renames_and_empties_archives(gage, store):
    gage("archive", "1")
    (name,) = [archive["name"] for archive in gage("archive", "--list", "--json").json["archives"]]
    assert name
    gage("archive", "--name", name, "--rename", "summer")
    assert [archive["name"] for archive in gage("archive", "--list", "--json").json["archives"]] == ["summer"]
    assert "There is no archive 'nope'" in gage("archive", "--name", "nope", "--rename", "x", code=1).err
    assert "Missing archive name" in gage("archive", "--rename", "x", code=2).err
    gage("restore", "1", "--archive", "summer")
    assert "There are no archives" in gage("archive", "--list").err


def test_shows_parts_of_a_run(gage, project):
    root = project / ".gage" / "runs"
    files = {f"f{number:02}.txt": "x" for number in range(25)} | {"events.out.tfevents.1.vm.gage-output": "x"}
    make_run(root, files=files, output="loss: 0.5\nend\n", members={"summaries/attrs.json": "{}"})
    assert gage("show", "--output").out == gage("show", "-o").out == gage("cat", "--output").out == "loss: 0.5\nend\n"
    assert gage("show", "--summary").out == ""
    assert "and 7 more" in gage("show").out and "and 24 more" in gage("show", "--limit-files", "3").out
    assert "more: use --files" not in gage("show", "--all-files").out
    assert "by Gage" in next(line for line in gage("show", "--files").out.splitlines() if "tfevents" in line)
