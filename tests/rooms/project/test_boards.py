"""Boards of a project: found by name or path, listed, saved under a name."""

import os

import pytest
from nobody import as_nobody, readable_directory

from gage.gagefile.load_board import load_board
from gage.project.boards import find_board, list_boards, save_project_board
from gage.types.board import BoardColumn, BoardDef
from gage.types.errors import NotFound, UsageError

BOARD = BoardDef(columns=(BoardColumn("name"),))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "boards").mkdir()
    for name in ("models.toml", "best ever.json", "notes.txt", ".hidden.toml"):
        (tmp_path / "boards" / name).write_text("")
    (tmp_path / "boards" / "dir.toml").mkdir()
    return tmp_path


def test_lists_boards_by_name(project):
    assert [board.name for board in list_boards(project)] == ["best ever", "models"]
    assert list_boards(project / "nowhere") == []


def test_finds_a_board_by_name_or_path(project):
    boards = project / "boards"
    assert find_board("models", project, project) == boards / "models.toml"
    assert find_board("best ever", project, project / "sub") == boards / "best ever.json"
    assert find_board("models.toml", project, boards) == boards / "models.toml"
    assert find_board("boards/models.toml", project, project) == boards / "models.toml"


def test_explains_what_is_not_found(project):
    with pytest.raises(NotFound) as error:
        find_board("model", project, project)
    assert (error.value.message, error.value.hint) == ("There is no board 'model'", "Did you mean 'models'?")
    with pytest.raises(NotFound, match=r"Board x\.toml does not exist"):
        find_board("x.toml", project, project)
    with pytest.raises(NotFound) as error:
        find_board("zzz", project / "other", project)
    assert error.value.hint == "Write one to boards/zzz.toml: see 'gage help boards'"


def test_refuses_files_of_other_kinds(project):
    (project / "train.py").write_text("")
    for word in ("train.py", "boards/notes.txt"):
        with pytest.raises(UsageError, match="is not a board"):
            find_board(word, project, project)


def test_refuses_a_name_of_two_boards(project):
    (project / "boards" / "models.yaml").write_text("")
    with pytest.raises(UsageError, match=r"Two boards are called 'models': boards/models.toml and boards/models.yaml"):
        find_board("models", project, project)


def test_reports_an_unreadable_directory():
    with readable_directory() as project:
        boards = project / "boards"
        boards.mkdir()
        boards.chmod(0)
        with pytest.raises(PermissionError):
            as_nobody(lambda: list_boards(project))


def test_saves_boards_under_a_name(tmp_path):
    path = save_project_board(BOARD, "my view", tmp_path)
    assert path == tmp_path / "boards" / "my view.toml"
    assert load_board(str(path)).definition == BOARD
    other = BOARD._replace(title="x")
    with pytest.raises(UsageError, match="exists already"):
        save_project_board(other, "my view", tmp_path)
    save_project_board(other, "my view", tmp_path, loaded=BOARD)
    assert load_board(str(path)).definition == other


def test_does_not_save_beside_a_board_of_the_same_name(project):
    with pytest.raises(UsageError, match=r"'best ever' exists already: boards/best ever.json"):
        save_project_board(BOARD, "best ever", project)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", "a\nb", " a", "a.toml", "x" * 101])
def test_refuses_names_that_cannot_be_used(tmp_path, name):
    with pytest.raises(UsageError, match="is not a name for a board"):
        save_project_board(BOARD, name, tmp_path)
    assert os.listdir(tmp_path) == []
