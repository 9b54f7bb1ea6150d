"""The tests that constants of a filter stand for. Knows values in their normal form; neither runs nor tables."""

import json
import math
import re
from collections.abc import Iterable
from fnmatch import translate
from operator import eq, ge, gt, le, lt
from typing import NamedTuple

from gage.lib.times import parse_duration
from gage.types.errors import UsageError
from gage.types.filter import Constant
from gage.types.values import Comparable, clean_text, normalize_value

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")  # 12, -0.5, 1e-3
INFINITIES = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "infinity": math.inf, "-infinity": -math.inf}
QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([kKMGT](?:i?B)?|B)")
PERCENTAGE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*%")
FACTORS = {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
BINARY_FACTORS = {"k": 2**10, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
WORD_VALUES = {
    **dict.fromkeys(("true", "yes", "on"), "true"),
    **dict.fromkeys(("false", "no", "off"), "false"),
    **dict.fromkeys(("null", "none"), "null"),
    "nan": "nan",
}
"""Words for a boolean, null or NaN in a filter → their normal form."""
COMPARISONS = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


def parse_number(text: str) -> int | float | None:
    """Returns the number that a text such as `12`, `1e-3` or `inf` writes, None for another text."""
    if NUMBER.fullmatch(text):
        is_whole = text.lstrip("+-").isdigit() and len(text) < 1000
        return int(text) if is_whole else float(text)
    return INFINITIES.get(text.casefold())


def parse_quantity(text: str) -> int | float | None:
    """Returns a number, also with a unit: `10k`, `500MB` (10**6), `2GiB` (2**30), `2h30m` (seconds)."""
    number = parse_number(text)
    if number is not None:
        return number
    matched = QUANTITY.fullmatch(text)
    if matched is None:
        return parse_duration(text) if text[:1].isdigit() and text[-1:].isalpha() else None
    amount, unit = float(matched[1]), matched[2]
    factors = BINARY_FACTORS if unit.endswith("iB") else FACTORS
    return amount * factors[unit.rstrip("B").rstrip("i")]


class Equals(NamedTuple):
    """The value is one of these."""

    values: tuple[Comparable, ...]

    def accepts(self, value: Comparable) -> bool:
        """Returns whether a value passes."""
        return any(value == each and isinstance(value, str) == isinstance(each, str) for each in self.values)

    def select(self, values: Iterable[Comparable]) -> tuple[Comparable, ...]:
        """Returns those of the values that pass."""
        return tuple(value for value in values if value in self.values)


class Ordered(NamedTuple):
    """The value is below or above a bound of its own type. `operator` is "<", "<=", ">" or ">="."""

    operator: str
    bound: Comparable

    def accepts(self, value: Comparable) -> bool:
        """Returns whether a value passes."""
        return compare_values(value, self.operator, self.bound)

    def select(self, values: Iterable[Comparable]) -> tuple[Comparable, ...]:
        """Returns those of the values that pass."""
        if self.bound == "nan":
            return ()
        holds, bound, is_text = COMPARISONS[self.operator], self.bound, isinstance(self.bound, str)
        listed = [value for value in values if isinstance(value, str) == is_text and value != "nan"]
        return tuple(value for value in listed if holds(value, bound))


class Matches(NamedTuple):
    """The text of the value matches a pattern. `kind` is "~" (glob, the whole text), "=~" (regular expression,
    anywhere) or "contains" (part of a text, or an item of a list).
    """

    kind: str
    pattern: str

    def select(self, values: Iterable[Comparable]) -> tuple[Comparable, ...]:
        """Returns those of the values that pass. Raises UsageError if a regular expression takes too long."""
        listed = list(values)
        if self.kind == "contains":
            wanted = Equals(parse_equal_values(self.pattern))
            return tuple(value for value in listed if _contains(value, self.pattern, wanted))
        if self.kind == "=~":
            from gage.lib.regex_search import search_texts

            try:
                found = search_texts(self.pattern, [str(value) for value in listed])
            except TimeoutError as error:
                hint = f"Try a simpler one than {self.pattern!r}, or a glob: --where 'op ~ \"train*\"'"
                raise UsageError(f"The filter takes too long: {error}", hint) from None
            return tuple(value for value, is_found in zip(listed, found, strict=True) if is_found)
        matches = re.compile(translate(self.pattern)).match
        return tuple(value for value in listed if matches(str(value)))


ValueTest = Equals | Ordered | Matches


def build_test(operator: str, constant: Constant) -> ValueTest:
    """Returns the test of a comparison with a constant."""
    if operator == "=":
        return Equals(parse_equal_values(constant.text))
    if operator in ("~", "=~", "contains"):
        return Matches(operator, constant.text)
    return Ordered(operator, read_constant(constant))


def read_constant(constant: Constant) -> Comparable:
    """Returns the value of a constant in an ordering: a number, possibly with a unit, or text. Quotes make it text."""
    number = None if constant.quoted else parse_quantity(constant.text)
    return clean_text(constant.text) if number is None else normalize_value(number)


def parse_equal_values(text: str) -> tuple[Comparable, ...]:
    """Returns the values that `text` can stand for: itself, a number, a word such as `true`, a list."""
    values: list[Comparable] = [clean_text(text)]
    number = parse_number(text)
    if number is not None:
        values.append(normalize_value(number))
    elif word := WORD_VALUES.get(text.casefold()):
        values.append(word)
    elif text[:1] in ("[", "{"):
        try:
            values.append(normalize_value(json.loads(text)))
        except (ValueError, RecursionError):
            pass  # it only matches as text
    return tuple(dict.fromkeys(values))


def compare_values(left: Comparable, operator: str, right: Comparable) -> bool:
    """Returns whether a comparison holds. A number and a text have no order, nor has NaN, which is a text."""
    if isinstance(left, str) != isinstance(right, str) or (operator != "=" and "nan" in (left, right)):
        return False
    return bool(COMPARISONS[operator](left, right))


def _contains(value: Comparable, text: str, wanted: Equals) -> bool:
    if not isinstance(value, str):
        return False
    if value[:1] == "[":
        try:
            items = json.loads(value)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list):
            return any(wanted.accepts(normalize_value(item)) for item in items)
    return clean_text(text) in value
