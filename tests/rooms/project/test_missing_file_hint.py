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
