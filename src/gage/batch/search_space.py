"""Parses assignments of several values into the values of a batch. Knows the syntax, and no programs.

lr=[0.1, 0.01]        each of a list            lr=[0:1:0.25]      a range, both ends included
lr=0.1,0.01           the same for numbers      lr=log[1e-4:1:5]   five values, evenly over the powers of ten
lr=uniform[0:1]       a random value for each run   lr=loguniform[1e-5:0.1]   n=int[1:8]   opt=choice[sgd, adam]
@trials.csv           a run for each row
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from gage.assignments.parse import AssignedValue, parse_assignments
from gage.assignments.yaml_inline import parse_inline_items
from gage.lib.suggest import find_closest
from gage.lib.yaml_scalars import parse_scalar
from gage.types.errors import UsageError

ValueType = Literal["", "int", "float", "number", "str", "bool", "list"]
DistributionKind = Literal["uniform", "loguniform", "int", "choice"]

MAX_RANGE_VALUES = 1_000_000
"""Values of one range."""
MAX_NEGATIVE_EXPONENT = 300
"""The smallest power of ten of a number is minus this."""

NUMBER_TYPES = ("int", "float", "number")

_FUNCTION = re.compile(r"(?P<name>[A-Za-z_]+)\[(?P<inside>.*)\]", re.S)  # uniform[0:1]
_FUNCTION_NAMES = ("uniform", "loguniform", "int", "choice", "log")


@dataclass(frozen=True, slots=True)
class Distribution:
    """A value that is drawn for each run: between `low` and `high`, or one of `choices`."""

    kind: DistributionKind
    low: float = 0.0
    high: float = 0.0
    choices: tuple[AssignedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """A parsed search space: `fixed` values, `axes` with several values each, random `distributions`, batch `files`.

    `notes` are sentences about values that were read as one, although the user may have intended several.
    """

    fixed: Mapping[str, AssignedValue]
    axes: Mapping[str, tuple[AssignedValue, ...]]
    distributions: Mapping[str, Distribution]
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """Returns whether this is a single run, not a batch."""
        return not (self.axes or self.distributions or self.files)


def parse_search_space(words: Sequence[str], kind_of: Callable[[str], tuple[ValueType, bool]]) -> SearchSpace:
    """Returns the search space of the words. `kind_of` returns the type of a parameter, and whether it has choices.

    Raises UsageError for a word that is neither `name=value` nor `@file`, and for an invalid range or distribution.
    """
    files = tuple(word[1:] for word in words if is_batch_file(word))
    fixed: dict[str, AssignedValue] = {}
    axes: dict[str, tuple[AssignedValue, ...]] = {}
    distributions: dict[str, Distribution] = {}
    notes: list[str] = []
    quoted = {word.partition("=")[0] for word in words if word.partition("=")[2][:1] in ("'", '"')}
    for name, assigned in parse_assignments(word for word in words if not is_batch_file(word)).items():
        for others in (fixed, axes, distributions):
            others.pop(name, None)
        kind, has_choices = kind_of(name)
        values = "" if name in quoted else _parse_values(name, assigned, kind, has_choices)
        if isinstance(values, Distribution):
            distributions[name] = values
        elif isinstance(values, tuple):
            axes[name] = values
        else:
            fixed[name] = assigned
            notes += [values] if values else []
    return SearchSpace(fixed, axes, distributions, files, tuple(notes))


def is_batch_file(word: str) -> bool:
    """Returns whether a word names a batch file."""
    return word.startswith("@") and len(word) > 1


def _parse_values(
    name: str, assigned: AssignedValue, kind: ValueType, has_choices: bool
) -> tuple[AssignedValue, ...] | Distribution | str:
    """Returns the values of an assignment; a note ("" = none) if it is a single value."""
    text = assigned.text
    if assigned.is_typed:
        return ""
    function = _FUNCTION.fullmatch(text)
    if function and function["name"] in _FUNCTION_NAMES:
        return _parse_function(name, function["name"], function["inside"], kind)
    if kind in NUMBER_TYPES:
        _reject_malformed(name, text)
    if text[:1] == "[" and text[-1:] == "]":
        return _parse_list(name, text, kind)
    if "," in text and text[:1] == "[" and kind in NUMBER_TYPES:
        raise UsageError(f"{name}={text} has an unclosed bracket", f"Try: '{name}={text}]'")
    if "," in text:
        return _parse_commas(name, text, kind, has_choices)
    return ""


def _reject_malformed(name: str, text: str) -> None:
    """Raises UsageError for a number's value that is almost a range or a distribution, with the correct form."""
    called = re.fullmatch(r"([A-Za-z_]+)[\[({](.*?)[\])}]?", text, re.S)
    if called:
        if called[1] in _FUNCTION_NAMES:
            raise UsageError(f"{name}={text} must have square brackets", f"Try: {name}={called[1]}[{called[2]}]")
        similar = find_closest(called[1], _FUNCTION_NAMES)
        example = "1e-4:1:5" if similar == "log" else "0:1"
        names = ", ".join(f"{function}[...]" for function in _FUNCTION_NAMES)
        hint = f"Try: {name}={similar}[{example}]" if similar else f"Distributions: {names}"
        raise UsageError(f"{name}={text} has an unknown distribution: {called[1]}", hint)
    parts = text.strip("[]").split(":")
    if (
        len(parts) in (2, 3)
        and f"[{':'.join(parts)}]" != text
        and all(_parse_decimal(part) is not None for part in parts)
    ):
        raise UsageError(f"{name}={text} is not a range", f"Try: {name}=[{':'.join(parts)}]")


def _parse_list(name: str, text: str, kind: ValueType) -> tuple[AssignedValue, ...] | str:
    inside = text[1:-1]
    numbers = inside.split(":")
    if len(numbers) in (2, 3) and "," not in inside and all(_parse_decimal(n) is not None for n in numbers):
        return tuple(_parse_range(name, text, *numbers))
    items = parse_inline_items(text)
    if items is None:
        return ""
    if not items:
        raise UsageError(f"{name} has no values: {text}", f"Try: {name}=[1,2], or {name}:=[] for an empty list")
    if kind == "list" and not all(item.text[:1] == "[" for item in items):
        return ""  # the list is the value
    return tuple(items)


def _parse_commas(name: str, text: str, kind: ValueType, has_choices: bool) -> tuple[AssignedValue, ...] | str:
    parts = [part.strip() for part in text.split(",")]
    if all(parts) and (kind in (*NUMBER_TYPES, "bool") or (kind == "str" and has_choices)):
        return tuple(AssignedValue(parse_scalar(part), part) for part in parts)
    if all(parts) and kind != "list" and len(parts) < 50:
        return f"{name}={text} is a single value; for several values: {name}=[{text}]"
    return ""


def _parse_function(name: str, function: str, inside: str, kind: ValueType) -> tuple[AssignedValue, ...] | Distribution:
    if function == "choice":
        items = parse_inline_items(f"[{inside}]")
        if not items:
            raise UsageError(f"{name} has no choices: choice[{inside}]", f"Try: {name}=choice[a, b]")
        return Distribution("choice", choices=tuple(items))
    texts = [part.strip() for part in re.split(r"[:,]", inside)]
    numbers = [_parse_decimal(text) for text in texts]
    example = {"log": "log[1e-4:1:5]", "int": "int[1:8]"}.get(function, f"{function}[1e-4:1]")
    if len(texts) != (3 if function == "log" else 2) or None in numbers:
        expected = "a start, an end and a count" if function == "log" else "a start and an end"
        raise UsageError(f"{function}[{inside}] must have {expected}", f"Try: {name}={example}")
    low, high = float(texts[0]), float(texts[1])
    if kind == "int" and function in ("uniform", "loguniform"):
        example = f"int[{math.ceil(low)}:{math.floor(high)}]"
        raise UsageError(f"{name} must be an integer, unlike {function}[{inside}]", f"Try: {name}={example}")
    if not low <= high:
        hint = f"Try: {name}={function}[{texts[1]}:{texts[0]}]"
        raise UsageError(f"{function}[{inside}] is empty: its end is below its start", hint)
    if function in ("log", "loguniform") and low <= 0:
        raise UsageError(f"{function}[{inside}] must start above 0, got {texts[0]}", f"Try: {name}={example}")
    if function == "log":
        return tuple(_parse_log_range(name, low, high, texts[2]))
    if function == "int":
        if not (low.is_integer() and high.is_integer()):
            raise UsageError(f"int[{inside}] must start and end with integers", f"Try: {name}=int[1:8]")
        return Distribution("int", low, high)
    return Distribution("uniform" if function == "uniform" else "loguniform", low, high)


def _parse_range(name: str, text: str, start: str, stop: str, step: str = "1") -> list[AssignedValue]:
    """Returns the values from start to stop, both included. Computes in decimals, so that no digits are lost."""
    first, last, by = Decimal(start.strip()), Decimal(stop.strip()), Decimal(step.strip())
    if by == 0 or (last - first) * by < 0:
        reason = "the step is 0" if by == 0 else "the step has the wrong sign"
        raise UsageError(
            f"{name}={text} is empty: {reason}", f"Try: {name}=[{start}:{stop}:{'0.1' if last > first else '-0.1'}]"
        )
    count = int((last - first) / by) + 1
    if count > MAX_RANGE_VALUES:
        raise UsageError(f"{name}={text} has over {MAX_RANGE_VALUES:,} values", "Use a larger step")
    is_whole = all("." not in t and "e" not in t.lower() for t in (start, stop, step))
    texts = [str(first + i * by) for i in range(count)]
    return [AssignedValue(int(t) if is_whole else float(t), t if is_whole else repr(float(t))) for t in texts]


def _parse_log_range(name: str, low: float, high: float, count_text: str) -> list[AssignedValue]:
    if not count_text.isdigit() or not 1 <= int(count_text) <= MAX_RANGE_VALUES:
        raise UsageError(f"{count_text!r} is not a valid count", f"Try: {name}=log[{low:g}:{high:g}:5]")
    count = int(count_text)
    a, b = math.log10(low), math.log10(high)
    values = [low if count == 1 else float(f"{10 ** (a + (b - a) * i / (count - 1)):.12g}") for i in range(count)]
    return [AssignedValue(value, repr(value)) for value in values]


def _parse_decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    is_valid = number.is_finite() and math.isfinite(float(number)) and number.adjusted() > -MAX_NEGATIVE_EXPONENT
    return number if is_valid else None
