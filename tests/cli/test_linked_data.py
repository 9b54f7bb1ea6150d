"""Data behind symbolic links, inside the project and out of it."""

import os

import pytest


@pytest.fixture
def outside(project, tmp_path):
    """A directory outside the project to which `data` of the project is a link."""
    folder = tmp_path / "big"
    folder.mkdir()
    (folder / "x.csv").write_text("1,2\n")
    (project / "data").symlink_to(folder)
    (project / "t.py").write_text("print(open('data/x.csv').read(), end='')\n")
    return folder


@pytest.mark.parametrize("words", [(), ("--depends", "data"), ("--depends", "data/x.csv")])
def test_run_gets_a_link_that_leads_out_of_the_project(gage, outside, words):
    result = gage("run", "t.py", "--yes", *words)
    assert result.out == "1,2\n"
    assert f"data is a link out of the project: the run gets a link to {outside}, not a copy" in result.err
    shown = gage("show", "--json").json["dependencies"]
    assert [(d["path"], d["mode"], d["source"]) for d in shown] == [("data", "link", str(outside))]
    assert f"data → {outside} (" in gage("show").out
    assert f"data  link to {outside} (" in gage("run", "t.py", "--preview", *words).out
    gage("check", "--all")
    gage("delete", "1", "--yes")
    gage("purge", "--all", "--yes")
    assert [path.name for path in outside.iterdir()] == ["x.csv"]


def test_needed_and_restart_of_a_run_with_linked_data(gage, project, outside):
    for path in (outside / "x.csv", outside):
        os.utime(path, (1, 1))
    gage("run", "t.py", "--yes")
    (outside / "x.csv").write_text("3,4\n")
    assert gage("run", "t.py", "--yes", "--needed").out == "3,4\n"
    result = gage("run", "--restart", "1", "--yes")
    assert result.out == "3,4\n"
    assert f"data is a link to {outside}: whether its files have changed is not known" in result.err
    gage("run", "t.py", "--yes", "--stage")
    assert gage("run", "--start", "1", "--yes").out == "3,4\n"
    outside.rename(outside.with_name("moved"))
    assert f"no longer exists: {outside}" in gage("run", "--restart", "1", "--yes", code=1).err
    (project / "data").unlink()
    (project / "data").symlink_to(outside.with_name("moved"))
    assert gage("run", "t.py", "--yes", "--needed").out == "3,4\n"


def test_links_inside_the_project_and_broken_links(gage, project):
    (project / "real").mkdir()
    (project / "real/a.bin").write_bytes(b"\0a")
    (project / "data").symlink_to("real")
    (project / "file.bin").symlink_to("real/a.bin")
    (project / "broken").symlink_to("nowhere")
    (project / "loop").symlink_to("loop")
    (project / "up").symlink_to("..")
    (project / "t.py").write_text(
        "print(len(open('data/a.bin').read()), len(open('file.bin').read()))\n"
        "for path in ('broken/x', 'loop/x'):\n    try:\n        open(path)\n"
        "    except OSError as e:\n        print(type(e).__name__)\n"
    )
    result = gage("run", "t.py", "--yes")
    assert result.out.splitlines()[0] == "2 2"
    assert "Traceback" not in result.err
    for name in ("broken", "loop", "up"):
        assert f"gage: {name} is " in gage("run", "t.py", "--yes", "--depends", name, code=None).err
