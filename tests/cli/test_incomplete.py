"""A run whose files are not those of its manifest, such as an old copy, is marked wherever it is shown."""

import json
import shutil

import pytest

from gage.store.store import RunStore


@pytest.fixture
def copy(gage, project):
    """Returns the store and the run directory of a copy that was first made while the run was running."""
    (project / "curve.py").write_text("open('curve.txt', 'w').write('loss: 0.5\\n' * 9)\nprint('loss: 0.5')\n")
    gage("run", "curve.py", "--yes")
    gage("run", "curve.py", "--yes")
    store = RunStore(project / "copy")
    shutil.copytree(project / ".gage" / "runs", store.root)
    newest = max(store.list_ids())
    (store.get_paths(newest).run_dir / "curve.txt").write_text("loss: 0.5\n")
    return store, store.get_paths(newest).run_dir


MESSAGE = "1 of 4 files missing or changed"


def test_commands_report_an_incomplete_copy(gage, copy):
    listed = gage("--runs", "copy", "list").out.splitlines()
    assert (MESSAGE in listed[1], MESSAGE in listed[2]) == (True, False)
    runs = json.loads(gage("--runs", "copy", "list", "--json").out)["runs"]
    assert [(run["status"], run["incomplete"]) for run in runs] == [("completed", MESSAGE), ("completed", "")]
    assert MESSAGE in gage("--runs", "copy", "show", "1").out
    for words in (("metrics", "1"), ("plot", "1", "loss"), ("cat", "1", "curve.txt")):
        assert MESSAGE in gage("--runs", "copy", *words).err, words
    assert MESSAGE in gage("--runs", "copy", "run", "--resume-from", "1", "--preview").err
    assert MESSAGE not in gage("--runs", "copy", "metrics", "2").err


def test_copy_that_was_completed_is_no_longer_reported(gage, copy):
    assert MESSAGE in gage("--runs", "copy", "list").out
    (copy[1] / "curve.txt").write_text("loss: 0.5\n" * 9)
    assert MESSAGE not in gage("--runs", "copy", "list").out


def test_run_without_its_directory_is_incomplete(gage, copy):
    shutil.rmtree(copy[1])
    assert "run directory missing" in gage("--runs", "copy", "list").out
    assert "The run directory is missing" in gage("--runs", "copy", "show", "1").out


@pytest.mark.parametrize(
    "statement", ["import shutil\nshutil.rmtree(there)", "os.rename(there, there + '-x')"], ids=["removed", "renamed"]
)
def test_run_whose_program_removed_its_directory_is_incomplete(gage, project, statement):
    (project / "train.py").write_text(f"import os\nthere = os.environ['RUN_DIR']\n{statement}\n")
    assert "The run directory no longer exists" in gage("run", "train.py", "--yes").err
    assert "run directory missing" in gage("list").out
    assert json.loads(gage("list", "--json").out)["runs"][0]["incomplete"] == "run directory missing"


def test_run_whose_directory_is_removed_after_it_was_listed_is_incomplete(gage, copy):
    assert "run directory missing" not in gage("--runs", "copy", "list").out
    shutil.rmtree(copy[1])
    assert "run directory missing" in gage("--runs", "copy", "list").out
