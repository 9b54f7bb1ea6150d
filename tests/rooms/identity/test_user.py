"""The user's name: from the environment, Git or the login."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.identity.user import _parse_git_name, get_author


@pytest.fixture
def bare_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (home / ".gitconfig").unlink()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    return home


def test_environment_variable_precedes_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAGE_USER", "robin")
    assert get_author() == "robin"


def test_git_precedes_the_login_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAGE_USER", "  ")
    assert get_author() == "Sam"


def test_falls_back_to_the_login_name(bare_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "kim")
    assert get_author() == "kim"


def test_has_an_author_without_any_configuration(bare_home: Path) -> None:
    assert get_author()


def test_finds_git_configuration_elsewhere(bare_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = bare_home / ".config" / "git" / "config"
    config.parent.mkdir(parents=True)
    config.write_text('[user]\n  name = "Ada \\"the\\" Countess" ; first\n')
    assert get_author() == 'Ada "the" Countess'
    other = bare_home / "other"
    other.write_text("[user]\nname=Eve")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(other))
    assert get_author() == "Eve"


def test_sanitizes_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAGE_USER", "a\x1b[31m\nb\tc\u202e" + "x" * 500)
    name = get_author()
    assert name.startswith("a [31m b c x")
    assert len(name) <= 200
    assert name.isprintable()


def test_ignores_unreadable_configuration(bare_home: Path) -> None:
    (bare_home / ".gitconfig").mkdir()
    assert get_author()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[user]\nname = A B", "A B"),
        ("[User]\n\tNAME=x # y", "x"),
        ("[core]\nname = no\n[user]\nemail = e", ""),
        ('[user "work"]\nname = no', ""),
        ("[user]\nname = one\nname = two", "two"),
        ("name = nowhere", ""),
    ],
)
def test_parses_the_user_name_of_a_git_configuration(text: str, name: str) -> None:
    assert _parse_git_name(text) == name


@given(st.text())
def test_reads_any_configuration(text: str) -> None:
    assert isinstance(_parse_git_name("[user]\n" + text), str)
