"""Valid and invalid files of trials."""

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.batch import trial_files
from gage.types.errors import ConfigError, NotFound

ROWS = [{"lr": 0.1, "opt": "sgd"}, {"lr": 0.2, "opt": "adam"}]


def read(folder: Path, name: str, text: str | bytes, limit: int | None = None) -> list[dict[str, object]]:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return [{n: a.value for n, a in row.values.items()} for row in trial_files.read_trials(name, folder, limit)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", "lr,opt\n0.1,sgd\n\n0.2,adam\n"),
        ("t.csv", '\ufefflr, opt\r\n0.1,sgd\r\n0.2,"adam"\r\n'),
        ("t.tsv", "lr\topt\n0.1\tsgd\n0.2\tadam"),
        ("t.json", json.dumps(ROWS)),
        ("t.json", json.dumps({"runs": ROWS})),
        ("t.jsonl", "\n".join(map(json.dumps, ROWS)) + "\n\n"),
        ("t.yaml", "- lr: 0.1\n  opt: sgd\n- {lr: 0.2, opt: adam}\n"),
        ("t.yaml", "- &a {lr: 0.1, opt: sgd}\n- {<<: [{lr: 0.2}, *a], opt: adam}\n"),
        ("t.toml", '[[runs]]\nlr = 0.1\nopt = "sgd"\n[[runs]]\nlr = 0.2\nopt = "adam"\n'),
    ],
)
def test_reads_rows(tmp_path: Path, name: str, text: str) -> None:
    assert read(tmp_path, name, text) == ROWS


def test_reads_a_missing_cell_as_an_empty_one(tmp_path: Path) -> None:
    assert read(tmp_path, "t.csv", "lr,opt\n0.1\n0.2,adam\n") == [{"lr": 0.1}, {"lr": 0.2, "opt": "adam"}]


def test_reads_a_table_as_one_row(tmp_path: Path) -> None:
    assert read(tmp_path, "t.json", '{"lr": 1}') == [{"lr": 1}]


def test_keeps_text_unchanged(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,c\n0123,1e10,\n")
    [row] = trial_files.read_trials("t.csv", tmp_path)
    assert {n: a.text for n, a in row.values.items()} == {"a": "0123", "b": "1e10"}
    (tmp_path / "t.json").write_text('[{"a": "0123", "b": [1, 2]}]')
    [row] = trial_files.read_trials("t.json", tmp_path)
    assert (row.values["a"].value, row.values["b"].is_typed) == ("0123", True)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.csv", "lr,opt\n0.1,sgd,3\n", "t.csv:2: Wrong number of cells: expected 2, got 3"),
        ("t.csv", "lr,lr\n1,2\n", "t.csv:1: Two columns are named 'lr'"),
        ("t.csv", "lr;opt\n1;2\n", "t.csv:1: The columns are not separated by commas"),
        ("t.json", '[{"a": 1, "a": 2}]', "t.json: Not valid JSON: 'a' is defined twice"),
        ("t.jsonl", '{"b": 1}\n{"a": 1, "a": 2}', "t.jsonl:2: Not valid JSON: 'a' is defined twice"),
        ("t.yaml", "- {a: 1, a: 2}", "t.yaml"),
        ("t.toml", "[[runs]]\na = 1\na = 2", "t.toml"),
        ("t.csv", "lr,\n1,2\n", "t.csv:1: Column 2 has no name"),
        ("t.csv", 'lr\n"0.1\n', "t.csv:2"),
        ("t.csv", "lr\n", "no rows"),
        ("t.csv", "", "no rows"),
        ("t.csv", b"lr\n1\n\xe9\n", "t.csv:3: Not UTF-8 text"),
        ("t.csv", "lr\n1\n".encode("utf-16"), "t.csv:1: Not UTF-8 text"),
        ("t.csv", "lr\n1\n".encode("utf-16-le"), "t.csv:1: Not UTF-8 text"),
        ("t.jsonl", b'{"a": 1}\n{"a": "\xe9"}\n', "t.jsonl:2: Not UTF-8 text"),
        ("t.json", b'[\n{"a": "\xe9"}]', "t.json:2: Not UTF-8 text"),
        ("t.json", "{", "t.json:1: Not valid JSON"),
        ("t.json", "3", "not a list of rows"),
        ("t.json", "[1]", "row 1: A row must be a table"),
        ("t.json", "[" * 100_000, "t.json"),
        ("t.jsonl", '{"a": 1}\nx\n', "t.jsonl:2: Not valid JSON"),
        ("t.jsonl", "[]\n", "t.jsonl:1: A row must be a table"),
        ("t.jsonl", '{"a": 1}\n{"a": 1, "b": {}, "a": 2}\n', "t.jsonl:2: Not valid JSON: 'a' is defined twice"),
        ("t.json", '[{"a": 1, "a": 2}]', "t.json: Not valid JSON: 'a' is defined twice"),
        ("t.yaml", "a: [", "t.yaml"),
        ("t.yaml", "", "no rows"),
        ("t.toml", "a = ", "t.toml: Not valid TOML"),
        ("t.txt", "x", "not a supported batch file"),
    ],
)
def test_rejects_invalid_files(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        read(tmp_path, name, text)


def test_reports_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"No such file: trials\.csv"):
        trial_files.read_trials("trials.csv", tmp_path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ConfigError, match="Cannot read"):
        trial_files.read_trials("folder.csv", tmp_path)


def test_rejects_a_named_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(ConfigError, match="not a regular file"):
        trial_files.read_trials("t.csv", tmp_path)


def test_records_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a,b\n1,2\n\n3,"4\n5"\n')
    assert [row.where for row in trial_files.read_trials("t.csv", tmp_path)] == ["t.csv:2", "t.csv:5"]
    (tmp_path / "t.json").write_text('[{"a": 1}, {"a": 2}]')
    assert [row.where for row in trial_files.read_trials("t.json", tmp_path)] == ["t.json: row 1", "t.json: row 2"]


def test_reads_only_the_first_of_a_million_rows(tmp_path: Path) -> None:
    with open(tmp_path / "t.csv", "w") as file:
        file.write("lr\n" + "0.1\n" * 1_000_000)
    assert len(trial_files.read_trials("t.csv", tmp_path, 5)) == 5
    with pytest.raises(ConfigError, match="over 100,000 rows"):
        trial_files.read_trials("t.csv", tmp_path)


@given(st.sampled_from(trial_files.SUFFIXES), st.text(max_size=60))
def test_accepts_any_text(tmp_path_factory: pytest.TempPathFactory, kind: str, text: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / f"t{kind}").write_text(text, "utf-8", "replace")
    try:
        assert trial_files.read_trials(f"t{kind}", folder)
    except ConfigError as e:
        assert e.message.startswith("t.")


def test_reads_a_cell_of_quotes_as_empty_text(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n'',\"\",\"''\"\n")
    [row] = trial_files.read_trials("t.csv", tmp_path)
    assert {name: (v.value, v.text) for name, v in row.values.items()} == {"a": ("", ""), "c": ("", "")}


def test_rejects_a_large_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_files, "MAX_FILE_BYTES", 1 << 20)
    with pytest.raises(ConfigError, match=r"t\.json is larger than 1 MB"):
        read(tmp_path, "t.json", b" " * ((1 << 20) + 1))
