"""The user's settings: read from a file, or rejected with a hint."""

import pwd
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.identity.listing_settings import ListingSettings
from gage.identity.user import MAX_CONFIG_BYTES, UserConfig, get_author, load_user_config, locate_user_config
from gage.types.errors import ConfigError


@pytest.fixture
def file(home: Path) -> Path:
    path = home / ".config" / "gage" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_has_no_settings_without_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_user_config() == UserConfig()
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert locate_user_config() == home / ".config" / "gage" / "config.toml"


def test_reads_settings(file: Path, home: Path) -> None:
    file.write_text('user = "Robin"\nruns-dir = "~/runs"  # all of them\n')
    assert load_user_config() == UserConfig("Robin", str(home / "runs"))
    assert get_author() == "Robin"


def test_environment_variable_overrides_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('user = "Robin"')
    assert load_user_config() == UserConfig("Robin")
    monkeypatch.setenv("GAGE_USER", "Kim")
    assert get_author() == "Kim"


def test_reads_columns_of_listings(file: Path) -> None:
    file.write_text(
        '[list]\ncolumns = ["status", "loss"]\n[list.operations.train]\ncolumns = ["acc"]\ndescription = ["lr"]\n'
        '[list.operations."train.py"]\ndescription = ["label", "label"]\n'
    )
    listing = load_user_config().listing
    assert listing is not None
    assert listing.select("train") == ListingSettings(("acc",), ("lr",))
    assert listing.select("train.py") == ListingSettings(("status", "loss"), ("label",))
    assert listing.select(None) == listing.select("eval") == ListingSettings(("status", "loss"))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("\n[list]\ncolums = 1", ":3 has an unknown setting 'list.colums'", "Did you mean 'columns'?"),
        (
            '[list]\ncolumns = "loss"',
            "list.columns must be a list of names, got 'loss' in ",
            'For example columns = ["',
        ),
        ("[list]\ncolumns = []", "list.columns must be a list of names", "For example"),
        ('[list]\n\ndescription = ["a", 1]', "list.description must be a list of names", "For example description ="),
        ('[list]\ncolumns = ["a\\u001b"]', "list.columns must be a list of names", "For example"),
        (
            '[list]\ncolumns = ["loss", "min(loss"]',
            ": Expected ')' after the values of min\n  min(loss\n",
            "For example",
        ),
        ('[list]\n\ndescription = ["at(loss)"]', ": at takes 2 values, not 1", "For example description ="),
        ("list = 3", "list must be a table, got 3 in ", "For example [list.operations.train]"),
        ("[list]\noperations = 3", "list.operations must be a table", "For example [list.operations.train]"),
        ("[list.operations]\ntrain = 3", "list.operations.train must be a table", "For example"),
        (
            '\n[list.operations.train.py]\ncolumns = ["loss"]',
            "list.operations.train.py is not a setting",
            'An operation with a dot in its name needs quotes: [list.operations."train.py"]',
        ),
        ('[list.operations.train]\nsort = "loss"', ":2 has an unknown setting 'list.operations.train.sort'", "columns"),
    ],
)
def test_rejects_wrong_columns_with_their_line(file: Path, text: str, message: str, hint: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        load_user_config()
    assert message in error.value.message and f"{file}:{text.count(chr(10)) + 1}" in error.value.message
    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("user = Robin", "Invalid value (at line 1, column 8)", "gage help environment"),
        ('runs_dir = "/x"', "has an unknown setting 'runs_dir'", "Did you mean 'runs-dir'?"),
        ("color = 1", "has an unknown setting 'color'", "Settings are user, runs-dir, list"),
        ("user = 3", "user must be a non-empty string in", 'For example user = "Robin"'),
        ('user = " "', "user must be a non-empty string in", 'For example user = "Robin"'),
        ('runs-dir = "runs"', "runs-dir must be an absolute path", 'For example runs-dir = "~/runs"'),
        ('runs-dir = "~nobody-of-this-name/runs"', "runs-dir must be an absolute path", "For example"),
        ('runs-dir = "/a\\u0000b"', "runs-dir must be a non-empty string", "For example"),
        ("a = " + "[" * 100_000, "is not valid", "gage help environment"),
        ("#" * (MAX_CONFIG_BYTES + 1), "larger than 1,048,576 bytes", "gage help environment"),
    ],
)
def test_rejects_unsupported_content(file: Path, text: str, message: str, hint: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        load_user_config()
    assert str(file) in error.value.message
    assert message in error.value.message
    assert hint in error.value.hint
    assert get_author() == "Sam"


def test_rejects_a_directory_instead_of_the_file(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError, match=r"Cannot read .*config\.toml: Is a directory"):
        load_user_config()


@given(text=st.binary(max_size=200))
def test_reads_or_rejects_any_bytes(text: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("config")
        patch.setenv("XDG_CONFIG_HOME", str(folder))
        (folder / "gage").mkdir()
        (folder / "gage" / "config.toml").write_bytes(text)
        try:
            assert isinstance(load_user_config(), UserConfig)
        except ConfigError as e:
            assert e.hint


def test_works_for_a_user_without_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise KeyError("no such user")

    monkeypatch.setattr(pwd, "getpwuid", fail)
    for name in ("HOME", "XDG_CONFIG_HOME", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert locate_user_config() is None
    assert load_user_config() == UserConfig()
    assert get_author() == "unknown"
