"""`{name}` in commands becomes one word with the text of the value, for any value and quotes."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gage.assignments.placeholders import fill_placeholders, find_placeholders
from gage.types.errors import ConfigError
from gage.types.opdef import Exec


def run_shell_line(line, **values):
    command = fill_placeholders(Exec(shell=line), values).shell
    return subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout.decode()


HOSTILE = [
    "a b",
    "$(touch /tmp/x)",
    "`id`",
    "a'b",
    'a"b',
    "a\\b",
    "$HOME",
    "-n",
    "",
    "line\nbreak",
    "é*?~",
    ";ls",
    "!x",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("line", ["printf %s {msg}", 'printf %s "{msg}"', "printf %s '{msg}'", 'printf %s "x"{msg}'])
def test_inserts_a_value_as_text(line, value):
    assert run_shell_line(line, msg=value) == ("x" if "x" in line else "") + value


NESTED = [
    "echo a # don't\nprintf %s {msg}",
    'printf %s "$(printf %s "{msg}")"',
    "printf %s \"$(printf %s '{msg}')\"",
    'printf %s "$(printf %s {msg})"',
    'printf %s "$(case x in x) printf %s "{msg}";; esac)"',
    'printf %s "$(case x in x) printf %s {msg};; esac)"',
    'printf %s "${NONE:-"\'"}" >/dev/null; printf %s {msg}',
    "printf %s ${NONE#'}'} >/dev/null; printf %s {msg}",
    'printf %s \\" \\\' >/dev/null; printf %s "{msg}"',
    "(printf %s $((1 + (2 * 3)))) >/dev/null; printf %s {msg}",
    "cat <<END >/dev/null\nit's\nEND\nprintf %s {msg}",
    "cat <<'END' >/dev/null\nit's {msg}\nEND\nprintf %s {msg}",
    "printf x >/dev/null # {msg}\nprintf %s {msg}",
]


@pytest.mark.parametrize("value", [v for v in HOSTILE if v and not v.endswith("\n")])
@pytest.mark.parametrize("line", NESTED)
def test_inserts_a_value_into_nested_quotes(line, value):
    assert run_shell_line(line, msg=value).removeprefix("a\n") == value


@pytest.mark.parametrize("value", [v for v in HOSTILE if "\\" not in v])
def test_inserts_a_value_into_a_here_document(value):
    assert run_shell_line("cat <<END\n<{msg}>\nEND", msg=value) == f"<{value}>\n"
    assert run_shell_line("cat <<-'END'\n<{msg}>\n\tEND", msg=value) == f"<{value}>\n"
    with pytest.raises(ConfigError):
        fill_placeholders(Exec(shell="cat <<END\n{msg}\nEND"), {"msg": "END\nid"})


@pytest.mark.parametrize(
    "line", ["echo `echo {msg}`", "echo $'{msg}'", "echo ${X:-{msg}}", "echo $(( {msg} + 1 ))", 'echo "`echo "{msg}"`"']
)
def test_rejects_a_placeholder_that_cannot_be_quoted(line):
    assert "{" not in fill_placeholders(Exec(shell=line), {"msg": 1e-5}).shell.replace("${X", "")
    with pytest.raises(ConfigError) as error:
        fill_placeholders(Exec(shell=line), {"msg": "$(id)"})
    assert error.value.hint.startswith('Write "$FLAG_MSG"')


@given(st.text("'\"$(){}`\\#<E \nax", max_size=30))
@settings(max_examples=200, deadline=None)
def test_fills_or_rejects_any_shell_line(line):
    try:
        fill_placeholders(Exec(shell=line + "{v}"), {"v": "a b"})
    except ConfigError:
        pass


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20))
@settings(max_examples=40, deadline=None)
def test_any_value_is_one_word_of_the_command(value):
    assert run_shell_line("printf '<%s>' {v} end", v=value) == f"<{value}><end>"


def test_fills_argument_lists_without_quotes():
    assert fill_placeholders(Exec(args=("echo", "a {x}", "{y}")), {"x": "1 2", "y": True}).args == (
        "echo",
        "a 1 2",
        "true",
    )


def test_ignores_other_braces():
    for line in ("echo ${HOME}", "awk '{print $1}'", "echo {a,b}", "echo {}", "find -exec ls {} +"):
        assert fill_placeholders(Exec(shell=line), {"lr": 1}).shell == line
    assert fill_placeholders(Exec(shell="echo {{lr}}"), {"lr": 1}).shell == "echo {lr}"


def test_ignores_escaped_braces():
    assert run_shell_line("printf %s \\\\{v} \\{v}", v="a") == "\\a{v}"


def test_does_not_change_scripts():
    script = Exec(shell="#!/bin/sh\necho {x}\n")
    assert fill_placeholders(script, {"x": 1}) == script


def test_suggests_a_similar_name():
    with pytest.raises(ConfigError) as error:
        fill_placeholders(Exec(shell="echo {mesage}"), {"message": "x"})
    assert error.value.hint.startswith("Did you mean {message}?")


def test_finds_names_of_placeholders():
    assert find_placeholders(Exec(shell="echo {a} ${b} {{c}} {d}")) == ["a", "d"]
