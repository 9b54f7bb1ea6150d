"""`gage select` and `gage open`."""

import os


def test_prints_ids_names_and_directories(gage, store):
    runs = gage("list", "--json").json["runs"]
    assert gage("select").out.split() == [run["id"] for run in runs]
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
