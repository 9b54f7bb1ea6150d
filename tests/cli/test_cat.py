"""`gage cat`."""

import os
import shutil
from pathlib import Path

import pytest


def test_prints_a_file_unchanged(gage, store):
    assert gage("cat", "1", "a/b.txt").out == "deep\n"
    assert gage("cat", "-p", "a/b.txt").out == "deep\n"
    assert gage("cat", "3", "--path", "model.txt").out == "one\n"


def test_prints_any_bytes_unchanged(gage, store, project):
    import subprocess
    import sys

    result = subprocess.run(
        [sys.executable, "-m", "gage", "cat", "1", "bytes"], cwd=project, capture_output=True, check=True
    )
    assert result.stdout == b"\x00\xff\x1b[2J"


def test_prints_the_output_of_a_run(gage, store):
    assert gage("cat", "1", "--output").out == "loss: 0.5\n"
    assert gage("cat", "--output").out == "loss: 0.5\n"


def test_prints_all_output_to_standard_output(gage, project):
    (project / "fail.py").write_text("print('hello')\nraise ValueError('wrong')\n")
    gage("run", "fail.py", "--yes", code=1)
    result = gage("cat", "1", "--output")
    assert (result.out.split("\n")[0], result.out.split("\n")[-2], result.err) == ("hello", "ValueError: wrong", "")
    assert gage("cat", "--stdout").out == "hello\n"
    result = gage("cat", "1", "--stderr")
    assert result.out.startswith("Traceback") and result.out.endswith("ValueError: wrong\n")
    assert result.err == ""
    assert "--output and --stderr cannot be used together" in gage("cat", "--output", "--stderr", code=2).err


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "..", "a/../b"])
def test_rejects_paths_outside_the_run(gage, store, path):
    assert "is not a path inside the run" in gage("cat", "1", path, code=2).err


def test_rejects_links_out_of_the_run(gage, store, tmp_path):
    (tmp_path / "secret").write_text("secret")
    run_dir = gage("select", "1", "--run-dir").out.strip()
    os.symlink(tmp_path / "secret", f"{run_dir}/link")
    os.symlink(tmp_path, f"{run_dir}/folder")
    os.symlink("a/b.txt", f"{run_dir}/inside")
    for path in ("link", "folder/secret"):
        result = gage("cat", "1", path, code=1)
        assert "points outside the run" in result.err and result.out == ""
    assert gage("cat", "1", "inside").out == "deep\n"


def test_rejects_paths_that_are_not_files(gage, store):
    run_dir = gage("select", "1", "--run-dir").out.strip()
    os.mkfifo(f"{run_dir}/pipe")
    assert "is a directory" in gage("cat", "1", "a", code=2).err
    assert "not a regular file" in gage("cat", "1", "pipe", code=2).err
    assert "Did you mean a/b.txt?" in gage("cat", "1", "a/c.txt", code=1).err
    assert "Missing file" in gage("cat", "1", code=2).err
    assert "--path and --output cannot be used together" in gage("cat", "-o", "-p", "x", code=2).err


def test_explains_a_dependency_stored_as_reference(gage, store):
    run_dir = gage("select", "1", "--run-dir").out.strip()
    with open(f"{run_dir}/data.csv.ref.json", "w") as file:
        file.write("{}")
    assert "data.csv.ref.json records its origin" in gage("cat", "1", "data.csv", code=1).err


def test_prints_files_of_old_stores(gage, old_store):
    assert gage("cat", "1", "--output", "--runs", str(old_store)).out.startswith("step: 0\nloss:")
    assert "lr = 0.4" in gage("cat", "1", "train.py", "--runs", str(old_store)).out


def test_reports_a_missing_run_directory(gage, store):
    shutil.rmtree(gage("select", "1", "--run-dir").out.strip())
    assert "The run directory is missing" in gage("cat", "1", "a/b.txt", code=1).err


def test_searches_similar_names_only_among_the_first_files(gage, store):
    run_dir = Path(gage("select", "1", "--run-dir").out.strip())
    for number in range(2001):
        (run_dir / f"{number}.txt").touch()
    assert "Did you mean a/b.txt" not in gage("cat", "1", "a/c.txt", code=1).err


def test_rejects_too_many_arguments(gage, store):
    assert "Too many arguments" in gage("cat", "1", "a", "b", code=2).err
