"""`gage show`."""

import json
import shutil
import zipfile

import pytest
from stores import make_run


def test_shows_the_latest_run(gage, store):
    gage("comment", "1", "--msg", "Used in figure 3")
    gage("tag", "1", "keep")
    out = gage("show").out
    for word in (
        "completed",
        "lr = 0.3",
        "python train.py",
        "#keep",
        "Used in figure 3",
        "a/b.txt",
        "loss: 0.5",
        "Duration",
    ):
        assert word in out
    assert out == gage("show", "1").out


def test_accepts_names_ids_and_prefixes(gage, store):
    run = gage("list", "3", "--json").json["runs"][0]
    for word in (run["name"], run["id"], run["name"][:7], run["id"][:30], "3"):
        assert run["id"] in gage("show", word).out


def test_prints_json(gage, store):
    report = gage("show", "3", "--json").json
    assert report["label"] == "first" and report["output"] == ["loss: 0.5"] and report["problems"] == []
    assert {"kind": "g", "path": "model.txt"}.items() <= {
        k: v for f in report["files"] for k, v in f.items() if f["path"] == "model.txt"
    }.items()


def test_shows_only_config_or_files(gage, store):
    gage("run", "train.py", "lr=0.5", "-q")
    assert gage("show", "--config").out == "epochs = 2\nlr = 0.5  (set)\n"
    files = [line.split()[-1] for line in gage("show", "--files").out.splitlines()]
    assert "train.py" in files and not any(word in files for word in ("epochs", "Files"))
    assert "--config and --files cannot be used together" in gage("show", "--files", "--config", code=2).err


def test_rejects_an_unknown_run(gage, store):
    assert gage("show", "zzz", code=1).err.startswith("gage: There is no run 'zzz'\n")
    assert "there are 3" in gage("show", "99", code=1).err
    assert gage("show", "1:2", code=2).err.startswith("gage: '1:2' matches several runs")


def test_reports_an_empty_store(gage):
    assert gage("show", code=1).err.startswith("gage: There are no runs yet")


def test_shows_last_lines_of_output(gage, project):
    make_run(project / ".gage" / "runs", output="".join(f"line {n}\n" for n in range(100)))
    out = gage("show").out
    assert "line 99" in out and "line 90" in out and "line 89" not in out and "…" in out


def test_shows_git_dependencies_and_a_missing_directory(gage, project):
    id = make_run(
        project / ".gage" / "runs",
        members={
            "sys/git.json": json.dumps({"commit": "0123456789abcdef", "branch": "main", "dirty": True}),
            "inputs.json": json.dumps([{"path": "data", "why": "--link data", "mode": "copy"}]),
        },
    )
    assert "0123456789ab on main, with changes" in gage("show").out
    assert "data (--link data)" in gage("show").out
    assert gage("show", "--json").json["dependencies"][0]["reason"] == "--link data"
    shutil.rmtree(project / ".gage" / "runs" / id)
    assert "The run directory is missing" in gage("show").out


@pytest.mark.parametrize("member", ["manifest", "inputs.json", "sys/git.json", "output/run.index", "proc/cmd.json"])
def test_reports_damage_instead_of_failing(gage, project, member):
    make_run(project / ".gage" / "runs", members={member: b"\xff{not it"})
    assert "completed" in gage("show").out


def test_shows_a_damaged_run(gage, project):
    id = make_run(project / ".gage" / "runs")
    (project / ".gage" / "runs" / f"{id}.meta.zip").write_bytes(b"PK no zip")
    out = gage("show").out
    assert "damaged" in out and "Damage" in out


def test_shows_runs_of_old_stores(gage, old_store):
    result = gage("show", "5", "--runs", str(old_store)).out
    for word in ("train", "first", "lr = 0.2", "completed", "summary.json", "python train.py", "loss:"):
        assert word in result


def test_an_empty_name_is_not_the_latest_run(gage, store):
    for words in (["show", ""], ["cat", "", "train.py"], ["open", ""], ["watch", ""], ["media", ""]):
        assert gage(*words, code=None).code != 0
        assert "empty" in gage(*words, code=None).err.lower()


def test_shows_the_range_of_a_metric(gage, project):
    lines = '{"step": 1, "loss": 4}\\n{"step": 2, "loss": 3}\\n'
    (project / "curve.py").write_text(f"open('log.jsonl', 'w').write('{lines}')\n")
    gage("run", "curve.py", "--yes")
    assert "at step 2  min 3  max 4  2 values" in gage("show").out


def test_shows_the_end_of_much_output_without_reading_all(gage, project):
    (project / "much.py").write_text("print(('x' * 99 + chr(10)) * 60_000 + 'last')\n")
    gage("run", "much.py", "--yes", "--quiet")
    assert gage("show", "1").out.rstrip().endswith("last")
    store = project / ".gage" / "runs"
    id = gage("select", "1").out.strip()
    with zipfile.ZipFile(store / f"{id}.meta.zip") as archive:
        archive.extractall(store / f"{id}.meta")
    (store / f"{id}.meta.zip").unlink()
    with open(store / f"{id}.meta" / "output" / "run", "r+b") as file:
        file.truncate(20 << 30)
        file.seek(0, 2)
        file.write(b"\nthe end\n")
    assert "the end" in gage("show", "1").out


def test_preview_says_that_the_program_was_started(gage, project):
    (project / "a.py").write_text(
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr')\np.parse_args()\n"
    )
    assert "read by starting the program" in gage("run", "a.py", "--preview").out
    assert "starting the program" not in gage("run", "train.py", "--preview").out
