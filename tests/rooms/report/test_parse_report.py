"""The text of a report: front matter, blocks, and messages with places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.report.definition import KEYS, KINDS, format_reference
from gage.report.parse import parse_report
from gage.report.parse_settings import split_list, split_words
from gage.report.render_error import format_error_lines
from gage.report.resolve import RESOLVERS
from gage.report.source import BlockPart, BlockSettings, FrontMatter, MarkdownPart, WrongPart


def block(*lines, heading="table"):
    return "\n".join((f"```gage {heading}", *lines, "```"))


def parse_block(*lines, heading="table"):
    (part,) = parse_report(block(*lines, heading=heading)).parts
    return part


def explain(text):
    """Returns the lines that are shown for what is wrong."""
    source = parse_report(text)
    wrong = [*source.problems, *(part.error for part in source.parts if isinstance(part, WrongPart))]
    return [format_error_lines(each) for each in wrong]


def test_reads_front_matter_text_and_blocks():
    source = parse_report(
        "---\ntitle: 'My report'\nruns: op=train and loss < 1\nfreeze: yes\n---\n\n# A\n\n"
        "```gage table #runs\n# a comment\nsort: -acc, name\ncolumns: name, mean(loss, 10)\nlimit: 3\n```\nafter\n"
    )
    assert source.front == FrontMatter("My report", "op=train and loss < 1", True) and source.problems == ()
    text, table, after = source.parts
    assert isinstance(text, MarkdownPart) and text.text == "\n# A\n" and text.line == 6
    assert isinstance(table, BlockPart) and (table.kind, table.id, table.line) == ("table", "runs", 9)
    assert table.settings == BlockSettings(sort=("-acc", "name"), columns=("name", "mean(loss, 10)"), limit=3)
    assert isinstance(after, MarkdownPart) and after.text.strip() == "after"


def test_a_line_that_starts_with_a_space_goes_on_with_the_value():
    part = parse_block("where: status=completed", "  and loss < 1", "caption: Two: colons")
    assert part.settings.where == "status=completed and loss < 1" and part.settings.caption == "Two: colons"


def test_other_code_is_text():
    text = "```python\n```gage table\n```\n\n    ```gage plot\n\n~~~~\n```gage best\n~~~~\n```gagefile\n```\n"
    (part,) = parse_report(text).parts
    assert isinstance(part, MarkdownPart) and part.text == text


def test_tildes_and_long_fences_are_blocks():
    first, second = parse_report("~~~gage table\n~~~\n`````gage table\nlimit: 1\n`````\n").parts
    assert isinstance(first, BlockPart) and isinstance(second, BlockPart) and second.settings.limit == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            block("colums: name"),
            [
                "Error: Unknown key 'colums' in block 'table' (line 2)",
                "  colums: name",
                "  ^^^^^^",
                "Did you mean 'columns'?",
            ],
        ),
        (
            block(heading="tabel"),
            ["Error: Unknown block 'tabel' (line 1)", "  ```gage tabel", "          ^^^^^", "Did you mean 'table'?"],
        ),
        (
            block("limit: many"),
            ["Error: 'limit' must be a positive integer, got 'many' (line 2)", "  limit: many", "         ^^^^"],
        ),
        (
            block("where: loss <"),
            [
                "Error: Expected a value (line 2)",
                "  where: loss <",
                "               ^",
                "Try: 'status=completed and loss < 0.5'",
            ],
        ),
        (
            block("y: loss", "x: stpe", heading="plot"),
            ["Error: 'x' cannot be 'stpe' (line 3)", "  x: stpe", "     ^^^^", "Did you mean 'step'?"],
        ),
        (
            block("y: loss", "y: acc", heading="plot"),
            ["Error: 'y' is set twice (line 3)", "  y: acc", "  ^", "Remove one of the lines"],
        ),
        (
            block("limit = 3"),
            [
                "Error: Expected 'key: value' (line 2)",
                "  limit = 3",
                "  ^",
                "Write limit: VALUE, with a space after the colon",
            ],
        ),
        (
            block(heading="plot"),
            ["Error: The block 'plot' needs 'y' (line 1)", "  ```gage plot", "  ^^^^^^^^^^^^", "Add a line: y: ..."],
        ),
        (
            "```gage table\nlimit: 1\n",
            ["Error: The block does not end (line 1)", "  ```gage table", "  ^^^^^^^^^^^^^", "Add a line: ```"],
        ),
        (
            block(heading="table runs"),
            [
                "Error: Unexpected 'runs' (line 1)",
                "  ```gage table runs",
                "                ^^^^",
                "A block starts with: gage KIND #ID",
            ],
        ),
        (
            block("format: .3"),
            [],
        ),
        (
            block("format: %s"),
            [
                "Error: '%s' is not a format of numbers (line 2)",
                "  format: %s",
                "          ^^",
                "Try: .3f, .1%, .2e or ,d",
            ],
        ),
        (
            block("y: loss", "smooth: 1.5", heading="plot"),
            [
                "Error: 'smooth' must be a number from 0 to below 1, got '1.5' (line 3)",
                "  smooth: 1.5",
                "          ^^^",
            ],
        ),
        (
            block("y: loss", "log: maybe", heading="plot"),
            ["Error: 'log' must be true or false, got 'maybe' (line 3)", "  log: maybe", "       ^^^^^"],
        ),
        (
            block("columns: name, min(loss"),
            ["Error: Expected ')' after the values of min (line 2)"],
        ),
        (
            "---\ntitel: A\nruns: loss <\n---\n",
            ["Error: Unknown key 'titel' in front matter (line 2)", "  titel: A", "  ^^^^^", "Did you mean 'title'?"],
        ),
        ("---\ntitle: A\n", ["Error: The front matter does not end (line 1)", "  ---", "  ^^^", "Add a line: ---"]),
        (
            block("caption:"),
            ["Error: 'caption' has no value (line 2)", "  caption:", "          ^", "caption: Text below the block"],
        ),
    ],
)
def test_says_what_is_wrong_and_where(text, expected):
    found = explain(text)
    assert (found[0][: len(expected)] if found else []) == expected


def test_all_mistakes_of_the_front_matter_are_found():
    assert [lines[0] for lines in explain("---\ntitel: A\nruns: loss <\nfreeze: 3\n---\n")] == [
        "Error: Unknown key 'titel' in front matter (line 2)",
        "Error: Expected a value (line 3)",
        "Error: 'freeze' must be true or false, got '3' (line 4)",
    ]


def test_a_block_without_a_kind_names_the_kinds():
    (lines,) = explain("```gage\n```")
    assert lines[0] == "Error: The block has no kind (line 1)" and "table" in lines[-1]
    (lines,) = explain("```gage #x\n```")
    assert lines[0] == "Error: The block has no kind (line 1)"


def test_shows_the_part_of_a_long_line_around_the_mistake():
    (lines,) = explain(block("where: " + "a=1 and " * 2000 + "loss <"))
    assert len(lines[1]) < 130 and lines[1].endswith("loss <") and len(lines[2]) == len(lines[1]) + 1


def test_a_value_can_be_too_long():
    (lines,) = explain(block(f"caption: {'x' * 30_000}"))
    assert "over 20,000 characters" in lines[0]


@given(st.text(max_size=400))
def test_never_fails_on_any_text(text):
    parse_report(text)


KEY_LINES = st.builds("{}: {}".format, st.sampled_from(sorted(KEYS)), st.text("abc=<>()[]\"'`,.-1 \t", max_size=20))


@given(st.sampled_from([*KINDS, "x", ""]), st.lists(KEY_LINES | st.text(max_size=30), max_size=5), st.booleans())
def test_places_are_in_the_text(kind, lines, is_closed):
    text = "\n".join(["intro", f"```gage {kind}", *lines, *(["```"] if is_closed else [])])
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for part in parse_report(text).parts:
        if isinstance(part, WrongPart):
            message, _, line, column, length, shown = part.error
            assert shown == rows[line - 1] and 1 <= column <= len(shown) + 1 and length >= 1 and message


def test_lists_and_words_respect_quotes_and_parentheses():
    assert split_list("a, mean(loss, 10), `x, y`, [b, c]") == ("a", "mean(loss, 10)", "`x, y`", "[b", "c]")
    assert split_list("[a, b]") == ("a", "b")
    assert split_words("latest best(mean(a, 2)), 'x y'") == ("latest", "best(mean(a, 2))", "'x y'")


def test_each_kind_has_a_resolver_and_only_known_keys():
    assert set(KINDS) == set(RESOLVERS)
    for kind in KINDS.values():
        assert set(kind.required) <= set(kind.keys) <= set(KEYS)
    assert set(KEYS) == set(BlockSettings._fields) == {key for kind in KINDS.values() for key in kind.keys}
    assert all(f"`{name}`" in format_reference() for name in (*KINDS, *KEYS))
