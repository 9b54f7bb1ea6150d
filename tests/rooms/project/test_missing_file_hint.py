"""Hints for programs that did not find a file or a module of the project."""

from gage.project.missing_file_hint import find_missing_file_hint

ERROR = b"Traceback (most recent call last):\nModuleNotFoundError: No module named 'pk.mod'\n"


def test_names_a_linked_module_outside_of_the_project(tmp_path):
    project, target = tmp_path / "p", tmp_path / "ext" / "pk"
    project.mkdir()
    target.mkdir(parents=True)
    assert find_missing_file_hint(ERROR, project) is None
    (project / "pk").symlink_to("../ext/pk")
    message, hint = find_missing_file_hint(ERROR, project) or ("", "")
    assert message == "The program did not find pk, which is a link out of the project: a run does not have it"
    assert hint == f"To find it there: gage run --env PYTHONPATH={tmp_path}/ext ..."
    (project / "pk").rename(project / "mod")
    assert find_missing_file_hint(ERROR, project) is None
    _, hint = find_missing_file_hint(ERROR.replace(b"pk.mod", b"mod"), project) or ("", "")
    assert hint == f"Replace the link with a copy of {target}"


def test_names_the_directory_in_which_the_program_started(tmp_path):
    project, run_dir = tmp_path / "p", tmp_path / "run"
    for directory in (project / "data", project / "deep", run_dir):
        directory.mkdir(parents=True)
    (project / "data/a.csv").write_text("a")
    error = b"FileNotFoundError: [Errno 2] No such file or directory: 'data/a.csv'\n"
    message, hint = find_missing_file_hint(error, project, "deep", "train.py", run_dir) or ("", "")
    assert "in the project but not in the run" in message and "--depends ../data/a.csv" in hint
    (run_dir / "data.ref.json").write_text("{}")
    message, hint = find_missing_file_hint(error, project, "deep", "train.py", run_dir) or ("", "")
    assert message == "The program did not find data/a.csv: it started in deep, and the file is not below it"
    assert hint == f"To start it in the project: gage -C {project} run train.py ..."
