"""Output on terminals of any width, with and without colours, and in pipes."""

import re

import pytest
from on_terminal import COLOUR, on_terminal
from stores import make_run

from gage.board.formatting import format_size
from gage.cli.render import terminal
from gage.cli.render.print_output import escape_control_bytes
from gage.lib import times
from gage.lib.times import parse_duration


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 200])
def test_list_fits_the_terminal(project, store, columns):
    make_run(store, op="an-operation-with-a-very-long-name", label="大きい " * 30)
    text, _ = on_terminal(project, "list", columns=columns)
    lines = COLOUR.sub("", text).splitlines()
    if columns < 60:
        assert re.match(r"\+\d columns?: ", lines.pop())
    assert len(lines) == 5 and max(map(terminal.display_width, lines)) <= columns
    if columns >= 60:
        names = [line.split()[1] for line in lines[1:]]
        assert all(re.fullmatch(r"[a-z]{5}-[a-z]{5}", name) for name in names)


def test_does_not_truncate_in_a_pipe(gage, store):
    make_run(store, label="long " * 100)
    assert "long " * 99 in gage("list", env={"COLUMNS": "40"}).out


def test_colours_only_terminals(project, store):
    assert COLOUR.search(on_terminal(project, "list")[0])
    assert not COLOUR.search(on_terminal(project, "list", NO_COLOR="1")[0])
    assert not COLOUR.search(on_terminal(project, "list", TERM="dumb")[0])


def test_asks_for_confirmation(project, store, gage):
    text, code = on_terminal(project, "delete", "1:2", answer="n")
    assert code == 1 and "evaluate" in text and "Nothing was changed" in text
    assert gage("list", "--json").json["total"] == 3
    assert on_terminal(project, "delete", "1:2", answer="y")[1] == 0
    assert gage("list", "--json").json["total"] == 1


def test_run_asks_and_shows_changed_values(project, gage):
    text, code = on_terminal(project, "run", "train.py", "lr=0.5", answer="n")
    assert code == 1 and "lr: 0.5 (default 0.1)" in text and "epochs" not in text
    text, code = on_terminal(project, "run", "train.py", "lr=0.5", answer="y")
    assert code == 0 and "loss: 1.0" in text, text
    assert gage("list", "--json").json["total"] == 1


def test_escapes_control_characters_in_files(project, store):
    run = make_run(store, files={"x.txt": "\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J\n"}, output="\x1b[2Jgone\n")
    text, _ = on_terminal(project, "cat", run, "x.txt")
    assert "\x1b[31mred" in text and "\\x1b]0;title\\x07\\x1b[2J" in text
    assert "\\x1b[2Jgone" in on_terminal(project, "cat", run, "--output")[0]
    assert "is a binary file" in on_terminal(project, "cat", "2", "bytes")[0]


def test_escapes_control_characters_in_text():
    assert terminal.escape("größer 大 👩‍💻") == "größer 大 👩‍💻"
    assert terminal.escape("a\x1b[2J\n\x9b\u202e\udc80\x7f") == "a\\x1b[2J\\n\\x9b\\u202e\\x80\\x7f"
    assert terminal.escape_lines("a\tb\r\nc\x07") == "a    b\nc\\x07"


def test_escapes_control_bytes_except_colours():
    assert escape_control_bytes(b"\x1b[1mok\x1b[0m\x1b[H\x00\r\n") == b"\x1b[1mok\x1b[0m\\x1b[H\\x00\r\n"
    assert escape_control_bytes("ü\u009b".encode()) == "ü".encode() + b"\\x9b"


@pytest.mark.parametrize(("text", "expected"), [("90", 90), ("10m", 600), ("2h", 7200), ("1h30m", 5400), ("0.5", 0.5)])
def test_parses_durations(text, expected):
    assert parse_duration(text) == expected


def test_formats_sizes_and_durations():
    assert [format_size(n) for n in (0, 1, 999, 1500, 5 * 10**13)] == [
        *("0 bytes", "1 byte", "999 bytes", "1.5 kB", "50.0 TB"),
    ]
    assert [times.format_duration(n * 10**6) for n in (1, 61, 3700)] == ["1.0 s", "1 min 1 s", "1 h 1 min"]


def test_truncates_text():
    assert (
        terminal.truncate("abcdef", 6) == "abcdef"
        and terminal.truncate("abcdef", 4) == "abc…"
        and terminal.truncate("大大大", 4) == "大…"
    )
