"""Finds what other languages write for a condition, such as `between` of SQL, and says how a filter writes it."""

import re
from typing import NoReturn

from gage.select.comparable import parse_quantity
from gage.select.fields import FUNCTIONS, RUN_FIELDS
from gage.select.tokens import PLAIN_NAME, Token, quote_name, raise_error
from gage.types.filter import AllOf, Comparison, Condition, Constant, FieldName, Not
from gage.types.run import STATUSES

FOREIGN = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
"""Operators of other languages → the operator of filters."""
_SYMBOLS = re.compile(r"[=!<>~]+")
_OPERATORS = {"=>": ">=", "=<": "<=", "===": "=", "!==": "!=", "<=>": "="}
_FUNCTIONS = {"avg": "mean", "average": "mean", "minimum": "min", "maximum": "max", "size": "len", "n": "count"}

_VALUE = r"""("[^"]*"|'[^']*'|[^\s()]+)"""
_BETWEEN = re.compile(rf"(not\s+)?(between)\s+{_VALUE}\s+and\s+{_VALUE}", re.IGNORECASE)
_LIKE = re.compile(rf"(not\s+)?(i?like)\s+{_VALUE}", re.IGNORECASE)
_REMAINDER = re.compile(r"(%)\s")
_LAST_NAME = re.compile(r"(`[^`]*`|[^\s()]+)\s*$")
_TUPLE = re.compile(r"\(([^()\[\]]*)\)")
_RANGE = re.compile(r"(-?[\d.]+(?:e-?\d+)?):(-?[\d.]+(?:e-?\d+)?)", re.IGNORECASE)
_LAST_TIME = re.compile(r"""[^\s"'=<>]+\s+$""")
_QUOTE_WORD = "Quote a word to search for it"


def reject_word(text: str, at: int, word: str) -> None:
    """Raises UsageError for `&&`, `|` and other spellings of `and`, `or` and `not`."""
    if word in FOREIGN:
        raise_error(text, at, f"{word!r} is not part of a filter", f"Use {FOREIGN[word]!r}")


def reject_operator(text: str, at: int) -> None:
    """Raises UsageError for an operator of other languages, such as `=>`."""
    written = _SYMBOLS.match(text, at)
    if written and written[0] in _OPERATORS:
        raise_error(text, at, f"{written[0]!r} is not part of a filter", f"Use {_OPERATORS[written[0]]!r}")


def reject_function(text: str, name: Token) -> None:
    """Raises UsageError for a function that filters do not have."""
    if name.text not in FUNCTIONS:
        from gage.lib.suggest import find_closest

        near = _FUNCTIONS.get(name.text.casefold()) or find_closest(name.text, FUNCTIONS)
        hint = f"Did you mean {near!r}?" if near else f"Functions: {', '.join(FUNCTIONS)}"
        raise_error(text, name.at, f"Unknown function {name.text!r}", hint)


def reject_comparison_word(text: str, at: int) -> None:
    """Raises UsageError for a condition of SQL, or a remainder, that follows a name."""
    between, like = _BETWEEN.match(text, at), _LIKE.match(text, at)
    if not (between or like or _REMAINDER.match(text, at)):
        return
    before = _LAST_NAME.search(text[:at])
    name = before[1] if before else "NAME"
    if between:
        negation, word, lower, upper = between.groups()
        written = f"{lower} <= {name} <= {upper}"
        hint = f"Write {f'not ({written})' if negation else written}. {_QUOTE_WORD}"
    elif like:
        negation, word, pattern = like.groups()
        glob = pattern.strip("\"'").replace("%", "*").replace("_", "?")
        hint = f'Write {name} {"!~" if negation else "~"} "{glob}". {_QUOTE_WORD}'
    else:
        word, hint = "%", suggest_remainder(name)
    raise_error(text, at, f"{word!r} is not part of a filter", hint)


def suggest_remainder(name: str) -> str:
    """Returns the hint for `seed % 2`."""
    return f"There is no remainder. List the values, for example {name} in [0, 2, 4]"


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
            _fail_after_or(text, value.at, word, f"Write {quote_name(comparison.left.name)} again. {_QUOTE_WORD}")


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
