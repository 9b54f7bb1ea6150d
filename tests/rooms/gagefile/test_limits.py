"""Gage files that are too large or too deep, and settings that are rarely written."""

import pytest

from gage.gagefile.decode_text import MAX_GAGEFILE_BYTES
from gage.gagefile.load import load_gagefile, parse_gagefile


def list_messages(text: str, name: str = "gage.toml") -> list[str]:
    return [each.message for each in parse_gagefile(text, name).diagnostics]


def test_rejects_more_than_four_megabytes(tmp_path):
    (tmp_path / "gage.toml").write_bytes(b"#" * (MAX_GAGEFILE_BYTES + 1))
    (problem,) = load_gagefile(str(tmp_path / "gage.toml")).diagnostics
    assert problem.message == "The file is over 4 MB: this is not a Gage file"


@pytest.mark.parametrize("text", ['{"a": ' * 50_000, '{"a": ' + "[" * 50_000])
def test_rejects_deep_json(text):
    (message,) = list_messages(text, "gage.json")
    assert "nested too deeply" in message or message == "Unclosed ["  # the second as Python 3.14 sees it


def test_rejects_a_number_with_too_many_digits():
    (problem,) = parse_gagefile(f"[a]\nversion = {'1' * 5000}\n", "gage.toml").diagnostics
    assert (problem.message, problem.span.line) == ("This number has too many digits", 2)


def test_reads_dates_in_lists_as_text():
    text = '[a]\nexec = "x"\nconfig = [{ name = "day", default = 2026-01-02, choices = [2026-01-02, 2026-01-03] }]\n'
    assert list_messages(text) == []


def test_reads_merged_tables_of_yaml():
    text = "base: &base\n  exec: x\n  tags: one\na:\n  <<: *base\n  tags: two\nb:\n  <<: [*base]\n"
    operations = parse_gagefile(text, "gage.yaml").operations
    assert operations.keys() == {"base", "a", "b"}
    assert [operations[name].tags for name in ("a", "b")] == [("two",), ("one",)]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('config = [{ name = "x", default = 1, min = 2 }]', "below min, 2"),
        ('sourcecode = "*.{py,sh}"', "braces are not supported"),
    ],
)
def test_explains_a_rare_mistake(setting, message):
    (actual,) = list_messages(f'[a]\nexec = "x"\n{setting}\n')
    assert message in actual


def test_rejects_a_very_long_name_of_an_operation():
    (message,) = list_messages(f'[{"n" * 201}]\nexec = "x"\n')
    assert message.endswith("is longer than 200 characters")


def test_accepts_a_regular_expression_for_files():
    assert list_messages('[a]\nexec = "x"\nsourcecode = "regex:.*[.]py"\n') == []


@pytest.mark.parametrize(
    ("dependency", "files", "others"),
    [
        ('{ type = "dvcfile", path = "data.dvc" }', (), [("dvcfile", "data.dvc")]),
        ('{ path = "data", files = "*.csv" }', ("data/*.csv",), []),
        ('{ path = "data" }', ("data",), []),
        ('"runfiles: operation=prepare"', (), [("run-files", "operation=prepare")]),
    ],
)
def test_reads_forms_of_dependencies(dependency, files, others):
    operation = parse_gagefile(f'[a]\nexec = "x"\ndepends = [{dependency}]\n', "gage.toml").operations["a"]
    assert operation.depends == files
    assert [(each.kind, each.path or each.select) for each in operation.dependencies] == others
