"""Config files and values at the limits of their formats."""

import pytest

from gage.assignments.yaml_inline import parse_inline_items, parse_inline_value
from gage.formats import ini, json, python, shell, toml, yaml
from gage.types.errors import ConfigError


def read_values(source, text):
    return {name: field.value for name, field in source.read(text.encode()).items() if not field.is_hidden}


@pytest.mark.parametrize(
    ("source", "text", "message"),
    [
        (ini, "\n" * 20_001, "more than 20,000 lines"),
        (json, '{"a": ' * 500 + "1" + "}" * 500, "nested too deeply"),
        (json, '{"a": ' + "1" * 5000 + "}", "A number is too long"),
        (toml, "".join(f"a{i} = 1\n" for i in range(20_002)), "more than 20,000 values"),
        (yaml, "a: " + "[" * 150 + "]" * 150, "nested too deeply"),
    ],
)
def test_rejects_files_over_the_limits(source, text, message):
    with pytest.raises(ConfigError, match=message):
        source.read(text.encode())


@pytest.mark.parametrize(
    ("source", "text", "value", "message"),
    [
        (toml, "a = 1\n", 1 << 70, "too large for TOML"),
        (shell, "A=1\n", "x\0y", "NUL"),
        (yaml, "a: x\n", "\ud800", "[cC]annot"),
    ],
)
def test_rejects_values_that_a_file_cannot_hold(source, text, value, message):
    with pytest.raises(ConfigError, match=message):
        source.apply(text.encode(), {text[0]: value})


def test_writes_dates_of_toml():
    assert toml.apply(b"a = 2026-01-02\n", {"a": "2027-01-02"}) == b"a = 2027-01-02\n"
    assert toml.apply(b"a = 2026-01-02\n", {"a": "soon"}) == b'a = "soon"\n'


def test_changes_a_table_as_a_whole():
    assert json.apply(b'{"a": {"x": 1, "y": 2}}', {"a": {"x": 3, "y": 2}}) == b'{"a": {"x": 3, "y": 2}}'


def test_reads_yaml_with_anchored_lists_and_keys_that_are_lists():
    text = "a: &list\n- 1\n- 2\n? [x, y]\n: 1\nb: 2\n"
    assert read_values(yaml, text) == {"a": [1, 2], "b": 2}
    assert yaml.apply(text.encode(), {"b": 3}) == text.replace("b: 2", "b: 3").encode()


def test_reads_infinity_of_modules_in_python():
    assert read_values(python, "import math\na = math.inf\nb = -math.inf\n") == {"a": float("inf"), "b": -float("inf")}


def test_ignores_names_in_python_that_a_pattern_assigns():
    assert read_values(python, "rest = 1\nb = 2\nmatch {}:\n    case {**rest}:\n        f().x = 3\n") == {"b": 2}


@pytest.mark.parametrize("line", ["cat <<< word", "echo $((echo a); echo b)"])
def test_reads_variables_after_rare_quoting_of_shell(line):
    assert read_values(shell, f"A=1\n{line}\nB=2\n") == {"A": 1, "B": 2}


def test_parses_no_inline_value_from_invalid_yaml():
    assert parse_inline_value("[1, 2") is None
    assert parse_inline_items("{a: [") is None
