"""Line and word diffs."""

from hypothesis import given
from hypothesis import strategies as st

from gage.compare.line_diff import MAX_EDITS, MAX_LINES, MarkedText, compare_lines, compare_words

texts = st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=30)


def _join(lines, marks):
    return [line.text for line in lines if line.mark in marks]


@given(texts, texts)
def test_marks_lead_from_one_text_to_the_other(before, after):
    diff = compare_lines(before, after, context=100)
    lines = [line for hunk in diff.hunks for line in hunk.lines]
    if before == after:
        assert lines == [] and (diff.added, diff.removed) == (0, 0)
        return
    assert _join(lines, " -") == before and _join(lines, " +") == after
    assert len(_join(lines, "+")) == diff.added and len(_join(lines, "-")) == diff.removed
    back = compare_lines(after, before, context=0)
    assert (back.added, back.removed) == (diff.removed, diff.added)


@given(texts, texts, st.integers(0, 3))
def test_hunks_start_where_they_say(before, after, context):
    diff = compare_lines(before, after, context)
    for hunk in diff.hunks:
        a, b = hunk.start
        kept, new = _join(hunk.lines, " -"), _join(hunk.lines, " +")
        assert before[a - 1 : a - 1 + len(kept)] == kept and after[b - 1 : b - 1 + len(new)] == new


@given(texts, texts)
def test_finds_the_fewest_changed_lines(before, after):
    diff = compare_lines(before, after, context=0)
    assert (diff.added + diff.removed) == len(before) + len(after) - 2 * _measure_common(before, after)


def _measure_common(before, after):
    """Returns the length of the longest common subsequence, in the way of textbooks."""
    row = [0] * (len(after) + 1)
    for a in before:
        new = [0]
        for i, b in enumerate(after):
            new.append(row[i] + 1 if a == b else max(row[i + 1], new[-1]))
        row = new
    return row[-1]


def test_near_differences_are_one_hunk():
    before = [str(n) for n in range(20)]
    after = [*before[:5], "x", *before[6:8], "y", *before[9:18], "z", *before[19:]]
    assert [hunk.start for hunk in compare_lines(before, after, context=1).hunks] == [(5, 5), (18, 18)]
    assert len(compare_lines(before, after, context=0).hunks) == 3


def test_gives_up_on_texts_that_are_too_long_or_too_different():
    lines = [str(n) for n in range(MAX_LINES)]
    assert compare_lines(lines, [*lines, ""], 1) is None
    assert compare_lines([f"a{n}" for n in range(MAX_EDITS)], [f"b{n}" for n in range(MAX_EDITS)], 1) is None
    assert compare_lines(lines, [*lines[: MAX_LINES - 1], "x"], 1).added == 1


def test_marks_words_of_similar_lines():
    assert compare_words("loss = ce(x, y, 0.1)", "loss = ce(x, y, smooth=0.2)") == [
        MarkedText(" ", "loss = ce(x, y, "),
        MarkedText("-", "0.1"),
        MarkedText("+", "smooth=0.2"),
        MarkedText(" ", ")"),
    ]
    assert compare_words("import os", "print(1)") is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_parts_of_lines_lead_from_one_to_the_other(before, after):
    parts = compare_words(before, after)
    if parts is not None:
        assert "".join(part.text for part in parts if part.mark in " -") == before
        assert "".join(part.text for part in parts if part.mark in " +") == after
