"""Finds what other languages write for a condition, such as `between` of SQL, and says how a filter writes it."""

import re
from typing import NoReturn

from gage.select.comparable import parse_quantity
from gage.select.fields import RUN_FIELDS
from gage.select.tokens import PLAIN_NAME, quote_name, raise_error
from gage.types.filter import AllOf, Comparison, Condition, Constant, FieldName, Not
from gage.types.run import STATUSES

_VALUE = r"""("[^"]*"|'[^']*'|[^\s()]+)"""
_BETWEEN = re.compile(rf"(not\s+)?(between)\s+{_VALUE}\s+and\s+{_VALUE}", re.IGNORECASE)
_LIKE = re.compile(rf"(not\s+)?(i?like)\s+{_VALUE}", re.IGNORECASE)
_REMAINDER = re.compile(r"(%)\s")
STARTS_COMPARISON = re.compile(f"{_BETWEEN.pattern}|{_LIKE.pattern}|{_REMAINDER.pattern}", re.IGNORECASE)
"""A condition of SQL, or a remainder, after the name."""

_LAST_NAME = re.compile(r"(`[^`]*`|[^\s()]+)\s*$")
_TUPLE = re.compile(r"\(([^()\[\]]*)\)")
_RANGE = re.compile(r"(-?[\d.]+(?:e-?\d+)?):(-?[\d.]+(?:e-?\d+)?)", re.IGNORECASE)
_LAST_TIME = re.compile(r"""[^\s"'=<>]+\s+$""")
_QUOTE_WORD = "Quote a word to search for it"


def reject_comparison_word(text: str, at: int) -> NoReturn:
    """Raises UsageError for the condition of another language that is at `at`, after a name."""
    before = _LAST_NAME.search(text[:at])
    name = before[1] if before else "NAME"
    if between := _BETWEEN.match(text, at):
        negation, word, lower, upper = between.groups()
        written = f"{lower} <= {name} <= {upper}"
        hint = f"Write {f'not ({written})' if negation else written}. {_QUOTE_WORD}"
    elif like := _LIKE.match(text, at):
        negation, word, pattern = like.groups()
        glob = pattern.strip("\"'").replace("%", "*").replace("_", "?")
        hint = f'Write {name} {"!~" if negation else "~"} "{glob}". {_QUOTE_WORD}'
    else:
        word, hint = "%", f"There is no remainder. List the values, for example {name} in [0, 2, 4]"
    raise_error(text, at, f"{word!r} is not part of a filter", hint)


def reject_joined_operator(text: str, at: int) -> None:
    """Raises UsageError for `max(loss)-loss`: an operator needs blanks, as names may contain `-`."""
    operator = text[at : at + 1]
    if operator and operator in "+-*/%":
        raise_error(text, at, f"{operator!r} needs a blank on both sides", f"Write blanks around {operator}")


def reject_unquoted_time(text: str, at: int) -> None:
    """Raises UsageError for `started > 1h ago`: a time of several words is quoted."""
    time = _LAST_TIME.search(text[:at])
    if time and text[at:].casefold().startswith("ago"):
        raise_error(text, time.start(), "A time with blanks needs quotes", f'Quote it: "{time[0].strip()} ago"')


def reject_value_after_or(text: str, before: Condition, value: FieldName | Constant) -> None:
    """Raises UsageError for `dataset = moons or xor`: the word `value` after `or` searches text, but reads as a second
    value of the comparison before it.
    """
    word = value.text if isinstance(value, Constant) else value.name
    is_number = isinstance(value, Constant) and parse_quantity(word) is not None
    if text[value.at : value.at + 1] in ("'", '"') or word.startswith("#") or word in (*STATUSES, "marked"):
        return
    negated = isinstance(before, Not)
    comparison = before.condition if isinstance(before, Not) else before
    if isinstance(comparison, AllOf):
        if len(comparison.conditions) == 2 and all(map(_is_bound_of_time, comparison.conditions)):
            _fail_after_or(text, value.at, word, f"Write the name again. {_QUOTE_WORD}")
    elif isinstance(comparison, Comparison) and isinstance(comparison.left, FieldName):
        if comparison.operator == "=" and isinstance(comparison.right, Constant):
            operator = "not in" if negated else "in"
            listed = f"{quote_name(comparison.left.name)} {operator} [{_quote(comparison.right.text)}, {word}]"
            _fail_after_or(text, value.at, word, f'Write {listed}, or quote the word to search for it: "{word}"')
        elif comparison.operator != "=" and (is_number or comparison.operator in ("~", "=~", "contains")):
            _fail_after_or(text, value.at, word, f"Write {comparison.left.name} again. {_QUOTE_WORD}")


def reject_tuple(text: str, at: int, left: str) -> None:
    """Raises UsageError for `lr in (0.1, 0.5)`: lists are in brackets."""
    if listed := _TUPLE.match(text, at):
        raise_error(text, at, "A list is written in brackets", f"Write {left or 'NAME'} in [{listed[1].strip(' ,')}]")


def reject_range(text: str, at: int, value: str, left: str) -> None:
    """Raises UsageError for `seed in [1:2]`: lists have no ranges."""
    if bounds := _RANGE.fullmatch(value):
        hint = f"Write {bounds[1]} <= {left or 'NAME'} <= {bounds[2]}, or quote the text"
        raise_error(text, at, f"A list cannot contain the range {value}", hint)


def _is_bound_of_time(condition: Condition) -> bool:
    """Returns whether this is one of the two conditions that `started = today` stands for."""
    left = condition.left if isinstance(condition, Comparison) else None
    field = RUN_FIELDS.get(left.plain_name) if isinstance(left, FieldName) else None
    return field is not None and field.type == "time"


def _quote(value: str) -> str:
    return value if PLAIN_NAME.fullmatch(value) else f'"{value}"'


def _fail_after_or(text: str, at: int, word: str, hint: str) -> NoReturn:
    raise_error(text, at, f"{word!r} after 'or' is not compared: a word alone searches text", hint)
