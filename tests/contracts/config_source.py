"""Contains the test class that every config format must pass."""

import math
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gage.formats.spans import is_same
from gage.types.errors import ConfigError

quick = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.differing_executors])
numbers = st.integers(-(1 << 62), 1 << 62) | st.floats()
scalars = st.none() | st.booleans() | numbers | st.text(st.characters(codec="utf-8"), max_size=30)
ambiguous_texts = (
    "",
    " ",
    "true",
    "yes",
    "on",
    "null",
    "~",
    "0123",
    "1e10",
    "1:30",
    "0x1f",
    "-",
    "- a",
    "a: b",
    "a #b",
    "#",
)
special_texts = (
    "'",
    '"',
    "'\"",
    "\\",
    "\\n",
    "{x}",
    "[1]",
    "*a",
    "&a",
    "!x",
    "|",
    "%",
    "@",
    "`x`",
    "$HOME",
    "é😀",
    "nan",
    ".inf",
    "=",
    "2024-01-02",
    "\ufeff",
    "\x85",
)


class ConfigSourceContract:
    """A subclass defines the format in `source` and a `sample` with comments and irregular spacing.

    `number` is a key of the sample with a number, `text` one with text. The other samples are invalid: `broken` has a
    syntax error, `duplicate_key` has a key twice, and `deeply_nested` exceeds the limit of nesting.
    """

    source = None
    sample = b""
    number = ""
    text = ""
    duplicate_key: bytes | None = None
    broken: bytes = b""
    deeply_nested: bytes | None = None

    def can_represent(self, value):
        """Returns whether the format can represent a value."""
        return True

    def expected_read(self, value):
        """Returns the value that is read after `value` was written."""
        return value

    def values(self, data):
        """Returns the values by name, without hidden ones."""
        return {name: f.value for name, f in self.source.read(data).items() if not f.is_hidden}

    def write(self, data, values):
        """Returns the file with other values. Raises ConfigError for a value that the format cannot represent."""
        return self.source.apply(data, values)

    def check(self, value, key=None):
        """Writes one value and checks that it is read back and that the rest of the file is unchanged."""
        key = key or self.number
        before = self.values(self.sample)
        if not self.can_represent(value):
            with pytest.raises(ConfigError):
                self.write(self.sample, {key: value})
            return
        data = self.write(self.sample, {key: value})
        expected = {**before, key: self.expected_read(value)}
        after = self.values(data)
        assert {k: after.get(k) for k in before if k != key} == {k: v for k, v in before.items() if k != key}
        read_back = self.source.read(data)[key].value
        assert is_same(read_back, expected[key]), (value, read_back)
        assert self.write(data, {}) == data
        assert self.lines_around(data, key) == self.lines_around(self.sample, key)

    def lines_around(self, data, key):
        """Returns the lines before and after the one with the key, which must not change."""
        line = self.source.read(self.sample)[key].line
        lines = re.split(rb"(?<=\n)", data)
        return lines[: line - 1], lines[line:]

    @given(value=scalars)
    @settings(quick, max_examples=60)
    def test_reads_back_applied_values(self, value):
        self.check(value)
        self.check(value, self.text)

    @pytest.mark.parametrize(
        "value", [*ambiguous_texts, *special_texts, math.nan, math.inf, -math.inf, -0.5, 1e-7, 1e300, 0]
    )
    def test_applies_unusual_values(self, value):
        self.check(value)
        self.check(value, self.text)

    @given(value=st.lists(numbers | st.booleans() | st.sampled_from(("a", "b c", "é")), max_size=4))
    @settings(quick, max_examples=30)
    def test_applies_lists(self, value):
        self.check(value)

    def test_applies_each_value_and_all_together(self):
        values = {name: 7 for name, f in self.source.read(self.sample).items() if not f.is_hidden}
        data = self.write(self.sample, values)
        assert self.values(data) == values

    def test_applying_current_values_changes_nothing(self):
        assert self.write(self.sample, self.values(self.sample)) == self.sample
        assert self.write(self.sample, {}) == self.sample

    @pytest.mark.parametrize(
        "change",
        [
            lambda d: d.replace(b"\n", b"\r\n"),
            lambda d: d.rstrip(b"\n"),
            lambda d: b"\xef\xbb\xbf" + d,
        ],
        ids=["crlf", "no final newline", "byte order mark"],
    )
    def test_preserves_line_ends_and_byte_order_mark(self, change):
        data = change(self.sample)
        assert self.values(data) == self.values(self.sample)
        assert self.write(data, {self.number: 7}) == change(self.write(self.sample, {self.number: 7}))

    def test_rejects_unknown_name(self):
        with pytest.raises(ConfigError, match="There is no value 'nothing'"):
            self.write(self.sample, {"nothing": 1})

    def test_rejects_a_value_with_a_part_of_itself(self):
        name = next((n for n in self.source.read(self.sample) if f"{n}.0" in self.source.read(self.sample)), None)
        if name is None:
            return
        with pytest.raises(ConfigError, match="both as a whole and in parts"):
            self.write(self.sample, {name: [9], f"{name}.0": 8})

    @pytest.mark.parametrize("data", [b"\xff\xfea\x00", b"a = '\xe9'\n"])
    def test_rejects_another_encoding(self, data):
        for call in (lambda: self.source.read(data), lambda: self.write(data, {})):
            with pytest.raises(ConfigError, match=r"not UTF-8 text \(line 1\)"):
                call()

    def test_reports_the_line_of_a_syntax_error(self):
        with pytest.raises(ConfigError, match=r"line \d"):
            self.source.read(self.broken)

    def test_rejects_a_duplicate_key(self):
        if self.duplicate_key is not None:
            with pytest.raises(ConfigError, match=r"line \d"):
                self.source.read(self.duplicate_key)

    def test_rejects_deep_nesting(self):
        if self.deeply_nested is not None:
            with pytest.raises(ConfigError, match=r"nested too deeply|nesting depth|cannot be read"):
                self.source.read(self.deeply_nested)

    @given(st.binary(max_size=60))
    @settings(quick, max_examples=100)
    def test_reads_or_rejects_any_bytes(self, data):
        try:
            values = self.source.read(data)
        except ConfigError:
            return
        assert self.source.apply(data, {n: f.value for n, f in values.items() if not f.is_hidden}) == data

    @given(st.data())
    @settings(quick, max_examples=100)
    def test_reads_or_rejects_any_damage(self, data):
        start, end = sorted((data.draw(st.integers(0, len(self.sample))), data.draw(st.integers(0, len(self.sample)))))
        damaged = self.sample[:start] + data.draw(st.binary(max_size=4)) + self.sample[end:]
        try:
            values = self.source.read(damaged)
        except ConfigError:
            return
        name = next((n for n, f in values.items() if not f.is_hidden), None)
        if name is not None:
            assert is_same(self.source.read(self.source.apply(damaged, {name: 7}))[name].value, 7)
