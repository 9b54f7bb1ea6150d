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


def test_restart_with_more_linked_data_than_is_looked_at(gage, outside):
    for i in range(2000):
        (outside / f"{i}").touch()
    gage("run", "t.py", "--yes")
    result = gage("run", "--restart", "1", "--yes")
    assert f"data is a link to {outside}: whether files there have changed is not known" in result.err


def test_needed_and_restart_of_a_run_with_linked_data(gage, project, outside):
    for path in (outside / "x.csv", outside):
        os.utime(path, (1, 1))
    gage("run", "t.py", "--yes")
    (outside / "x.csv").write_text("3,4\n")
    assert gage("run", "t.py", "--yes", "--needed").out == "3,4\n"
    result = gage("run", "--restart", "2", "--yes")
    assert result.out == "3,4\n"
    assert f"data is a link to {outside}: files there have changed since run " in result.err
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


def test_links_in_data_lead_out_of_the_project(gage, project, tmp_path):
    big = tmp_path / "big"
    (big / "sub").mkdir(parents=True)
    (big / "a.bin").write_text("a" * 5000)
    (big / "sub/b.bin").write_text("b")
    for path in (big, big / "a.bin", big / "sub", big / "sub/b.bin"):
        os.utime(path, (1, 1))
    (project / "data").mkdir()
    (project / "data/here.bin").write_text("h")
    (project / "data/a.bin").symlink_to(big / "a.bin")
    (project / "data/sub").symlink_to(big / "sub")
    (project / "t.py").write_text(
        "print(*(len(open(f'data/{n}').read()) for n in ('here.bin', 'a.bin', 'sub/b.bin')))\n"
    )
    result = gage("run", "t.py", "--yes")
    assert result.out == "1 5000 1\n"
    notice = f"data has 2 links out of the project: the run gets a link to {big}/a.bin and other places, not a copy"
    assert result.err.count("link") - result.err.count("links") == 1
    assert notice in result.err
    recorded = {d["path"]: (d["mode"], d["files"], d["size"]) for d in gage("show", "--json").json["dependencies"]}
    assert recorded == {"data": ("copy", 1, 1), "data/a.bin": ("link", 1, 5000), "data/sub": ("link", 1, 1)}
    links = [line for line in gage("show", "--files").out.splitlines() if "link" in line]
    assert links == [f"dependency         link  data/{name} → {big}/{name}" for name in ("a.bin", "sub")]
    (project / "other.bin").symlink_to(big / "a.bin")
    preview = gage("run", "t.py", "--preview").out
    assert [preview.count(f"  data/{name}  ") for name in ("a.bin", "sub", "here.bin")] == [1, 1, 0]
    assert "  other.bin  link out of the project\n" in preview
    (project / "other.bin").unlink()
    planned = gage("run", "t.py", "--preview", "--json").json["dependencies"]
    assert [(d["path"], d["files"], d["size"]) for d in planned] == [
        ("data", 1, 1),
        ("data/a.bin", 0, 0),
        ("data/sub", 0, 0),
    ]
    restarted = gage("run", "--restart", "1", "--yes")
    assert restarted.out == "1 5000 1\n"
    seen = f"data has 2 links to {big}/a.bin and other places: "
    assert f"{seen}only sizes and times show that files there have not changed" in restarted.err
    gage("check", "--all")
    (big / "sub/b.bin").write_text("bb")
    assert gage("run", "t.py", "--yes", "--needed").out == "1 5000 2\n"
    restarted = gage("run", "--restart", "3", "--yes").err
    assert f"{seen}files there have changed since run " in restarted


@pytest.mark.parametrize("words", [(), ("--depends", "data")])
def test_data_has_only_links_out_of_the_project(gage, project, tmp_path, words):
    (tmp_path / "big").mkdir()
    (tmp_path / "big/x.csv").write_text("1,2\n")
    (project / "data").mkdir()
    (project / "data/sub").symlink_to(tmp_path / "big")
    (project / "t.py").write_text("print(open('data/sub/x.csv').read(), end='')\n")
    result = gage("run", "t.py", "--yes", *words)
    assert result.out == "1,2\n"
    assert f"data/sub is a link out of the project: the run gets a link to {tmp_path}/big, not a copy" in result.err
    for name in "abcdefghijklmnopqrstuvwxyz":
        (project / f"data/sub.{name}").symlink_to(tmp_path / "big")
    many = gage("run", "t.py", "--yes", "--depends", "data")
    assert many.err.count("out of the project") == 1 and "data has 27 links out of the project" in many.err
    assert gage("run", "--restart", "1", "--yes").err.count("data has 27 links") == 1
    assert gage("show").out.count("(--depends)") == 20
    for name in "abcdefghijklmnopqrstuvwxyz":
        (project / f"data/sub.{name}").unlink()
    (project / "t.py").write_text("import os\nprint(*os.listdir('data'))\n")
    assert gage("run", "t.py", "--yes", *words).out == "sub\n"
    (project / "t.py").write_text("import os\nprint(*os.listdir(os.environ['HOME'] and 'da' + 'ta'))\n")
    if not words:
        assert "data is not part of the run" in gage("run", "t.py", "--yes", code=1).err


def test_links_to_directories_of_the_project_outside_of_the_data(gage, project):
    (project / "real").mkdir()
    (project / "real/a.bin").write_bytes(b"\0a")
    (project / "data/near").mkdir(parents=True)
    (project / "data/near/b.bin").write_bytes(b"\0")
    (project / "data/sub").symlink_to("../real")
    (project / "data/same").symlink_to(project / "data/near")
    (project / "t.py").write_text(
        "import os\nprint(len(os.listdir('data')), len(open('data/same/b.bin').read()))\n"
        "print(len(open('data/sub/a.bin').read()))\n"
    )
    failed = gage("run", "t.py", "--yes", code=1)
    assert failed.out == "2 1\n"
    assert "data/sub is a link that leads out of data, so that it is not copied" in failed.err
    command = failed.err.partition("If it is needed: ")[2].split()[:2]
    result = gage("run", "t.py", "--yes", *command)
    assert (result.out, "leads out of" in result.err) == ("3 1\n2\n", False)
    assert "Not needed" in gage("run", "t.py", "--yes", "--needed", *command).err
    (project / "t.py").write_text("print(len(open('data/sub/a.bin').read()))\n")
    gage("run", "t.py", "--yes", "--depends", "data", *command)
    restarted = gage("run", "--restart", "1", "--yes")
    assert (restarted.out, "its original content" in restarted.err) == ("2\n", False)
