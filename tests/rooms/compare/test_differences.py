"""Differences of facts, without a store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gage.compare.differences import MISSING, compare_runs
from gage.compare.facts import SECTIONS, FileContent, FileFact, FileText, RunFacts
from gage.lib.digests import digest_bytes
from gage.lib.secrets import MASK
from gage.types.run import Metric


def make_facts(sections, sources=None, output=()):
    return RunFacts(
        "id",
        "name",
        sections,
        lambda path: FileContent((sources or {}).get(path), "gone"),
        lambda phase: FileText(tuple(output)),
    )


def make_source(**sources):
    facts = {name: FileFact(digest_bytes(data), len(data)) for name, data in sources.items()}
    return make_facts({"source": facts}, sources)


def compare(*facts):
    return compare_runs(facts, SECTIONS)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
numbers = st.floats()
metrics = st.builds(Metric, numbers, numbers, st.none() | numbers, st.none() | numbers, st.none() | numbers)
files = st.builds(FileFact, st.sampled_from(["", "aa", "bb"]), st.integers(-1, 3))
sections = st.fixed_dictionaries(
    {},
    optional={
        "config": st.dictionaries(st.text(max_size=3), json_values, max_size=4),
        "metrics": st.dictionaries(st.text(max_size=3), metrics, max_size=4),
        "files": st.dictionaries(st.text(max_size=3), files, max_size=4),
        "source": st.dictionaries(st.text(max_size=3), files, max_size=4),
    },
)


@given(sections)
def test_a_run_does_not_differ_from_itself(recorded):
    facts = make_facts(recorded)
    for result in (compare(facts, facts), compare(facts, facts, facts)):
        assert result.differences == []
        names = {s: sorted(facts) for s, facts in recorded.items() if facts}
        assert {
            s: sorted([*result.same.get(s, []), *result.unknown.get(s, [])]) for s in result.same | result.unknown
        } == names


@given(sections, sections)
def test_the_other_way_round_added_is_removed(one, other):
    there, back = compare(make_facts(one), make_facts(other)), compare(make_facts(other), make_facts(one))
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [(d.section, d.name, mirrored[d.kind]) for d in there.differences] == [
        (d.section, d.name, d.kind) for d in back.differences
    ]
    assert (there.same, there.unknown) == (back.same, back.unknown)
    assert [repr(d.values) for d in there.differences] == [repr(d.values[::-1]) for d in back.differences]


@pytest.mark.parametrize(
    ("before", "after"),
    [(1, "1"), (True, 1), (None, ""), (0.1, 0.10000000000000002), ([1], [2]), ({"a": 1}, {"a": 1, "b": 2}), ("a", "A")],
)
def test_tells_values_of_different_types_apart(before, after):
    (difference,) = compare(make_facts({"config": {"x": before}}), make_facts({"config": {"x": after}})).differences
    assert (difference.name, difference.kind, difference.values) == ("x", "changed", (before, after))


def test_equal_numbers_are_equal():
    facts = [make_facts({"config": {"x": value, "y": float("nan")}}) for value in (1, 1.0)]
    assert compare(*facts).same == {"config": ["x", "y"]}


def test_names_are_added_removed_or_missing_in_some():
    one, two = make_facts({"config": {"a": 1, "b": None}}), make_facts({"config": {"b": None, "c": 3}})
    assert [(d.name, d.kind, d.values) for d in compare(one, two).differences] == [
        ("a", "removed", (1, MISSING)),
        ("c", "added", (MISSING, 3)),
    ]
    assert [d.values for d in compare(one, two, one).differences] == [(1, MISSING, 1), (MISSING, 3, MISSING)]


def test_names_are_in_natural_order():
    facts = [make_facts({"config": dict.fromkeys(("x10", "x9", "B", "a"), value)}) for value in (1, 2)]
    assert [d.name for d in compare(*facts).differences] == ["a", "B", "x9", "x10"]


def test_a_section_that_was_not_recorded_is_one_difference():
    packages = {"torch": "2.4", "numpy": "2.1"}
    (difference,) = compare(make_facts({}), make_facts({"packages": packages})).differences
    assert (difference.section, difference.name, difference.values) == ("packages", "", (MISSING, 2))
    assert compare(make_facts({}), make_facts({"packages": {}})).differences == []


def test_metrics_differ_in_their_last_value_else_in_the_others():
    one, two = Metric(0.5, 1, 0.4, 1, 0.6, 3), Metric(0.5, 1, 0.3, 1, 0.5, 4)
    result = compare(make_facts({"metrics": {"loss": one}}), make_facts({"metrics": {"loss": two}}))
    assert [(d.name, d.values) for d in result.differences] == [
        ("min(loss)", (0.4, 0.3)),
        ("mean(loss)", (0.6, 0.5)),
        ("count(loss)", (3, 4)),
    ]
    result = compare(make_facts({"metrics": {"loss": one}}), make_facts({"metrics": {"loss": two._replace(last=0.7)}}))
    assert [(d.name, d.values) for d in result.differences] == [("loss", (0.5, 0.7))]


def test_secrets_and_unknown_digests_are_not_called_the_same():
    facts = make_facts({"config": {"api_key": MASK}, "files": {"big.bin": FileFact("", 5), "a": FileFact("aa", 1)}})
    result = compare(facts, facts)
    assert result.differences == [] and result.same == {"files": ["a"]}
    assert result.unknown == {"config": ["api_key"], "files": ["big.bin"]}
    other = make_facts({"config": {"api_key": "x"}, "files": {"big.bin": FileFact("", 6), "a": FileFact("aa", -1)}})
    assert [d.name for d in compare(facts, other).differences] == ["api_key", "big.bin"]


def test_shows_lines_of_source_code_that_differ():
    (difference,) = compare(make_source(a=b"x\ny\nz\n"), make_source(a=b"x\nY\nz\n")).differences
    assert (difference.lines.added, difference.lines.removed) == (1, 1)
    assert [f"{line.mark}{line.text}" for line in difference.lines.hunks[0].lines] == [" x", "-y", "+Y", " z"]


@pytest.mark.parametrize(
    ("name", "before", "after", "note"),
    [
        ("a.bin", b"\xff\x00", b"\xfe\x00", "binary"),
        ("a.txt", b"a\0", b"b\0", "binary"),
        ("a.txt", b"x" * (1 << 20) + b"y", b"z", "over 1 MB"),
        ("a.txt", b"x\n" * 5001, b"z", "over 5,000 lines"),
        ("a.txt", b"x\n" * 2000, b"z\n" * 2000, "too many lines differ"),
        ("a.txt", b"x\n", b"x", "only secrets, which are not shown, or the end of the last line differ"),
        ("a.py", b'api_key = "abc123def456"\n', b'api_key = "ghi789jkl012"\n', "only secrets, which are not shown"),
        ("a.ipynb", b'{"cells": [], "nbformat": 4}', b'{"cells": []}', "only outputs or metadata differ"),
    ],
)
def test_says_why_no_lines_are_shown(name, before, after, note):
    (difference,) = compare(make_source(**{name: before}), make_source(**{name: after})).differences
    assert difference.lines is None and difference.note.startswith(note)


def test_compares_the_source_of_notebooks():
    cell = (
        '{"cells": [{"cell_type": "code", "source": ["x = %d\\n", "y = 1"], "outputs": ["%d"], "execution_count": 7}]}'
    )
    (difference,) = compare(
        make_source(**{"a.ipynb": (cell % (1, 2)).encode()}), make_source(**{"a.ipynb": (cell % (3, 4)).encode()})
    ).differences
    lines = [f"{line.mark}{line.text}" for line in difference.lines.hunks[0].lines]
    assert lines == [" # [code]", "-x = 1", "+x = 3", " y = 1"]


def test_masks_secrets_in_lines_that_differ():
    before, after = b'api_key = "abc123def456"\nx = 1\n', b'api_key = "abc123def456"\nx = 2\n'
    (difference,) = compare(make_source(**{"a.py": before}), make_source(**{"a.py": after})).differences
    text = str(difference.lines)
    assert "abc123" not in text and MASK in text


def test_three_runs_have_no_lines():
    facts = [make_source(a=b"x\n"), make_source(a=b"y\n"), make_source(a=b"x\n")]
    (difference,) = compare(*facts).differences
    assert difference.lines is None and len(difference.values) == 3


def test_compares_only_the_sections_that_are_named():
    one, two = make_facts({"config": {"a": 1}, "git": {"commit": "a"}}), make_facts({"config": {"a": 2}, "git": {}})
    assert [d.section for d in compare_runs((one, two), ("git",)).differences] == ["git"]
