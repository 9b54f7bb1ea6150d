"""Parses assignments of several values into the values of a batch. Knows the syntax, and no programs.

lr=[0.1, 0.01]        each of a list            lr=[0:1:0.25]      a range, both ends included
lr:=[0.1, 0.01]       each as it is (JSON)
lr=0.1,0.01           the same for numbers      lr=log[1e-4:1:5]   five values, evenly over the powers of ten
lr=linspace[0:1:5]    five values, evenly
lr=uniform[0:1]       a random value for each run   lr=loguniform[1e-5:0.1]   n=int[1:8]   opt=choice[sgd, adam]
@trials.csv           a run for each row
"""

import json
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
from gage.types.values import as_list

ValueType = Literal["", "int", "float", "number", "str", "bool", "list"]
DistributionKind = Literal["uniform", "loguniform", "int", "choice"]

MAX_RANGE_VALUES = 1_000_000
"""Values of one range."""
MAX_NEGATIVE_EXPONENT = 300
"""The smallest power of ten of a number is minus this."""

NUMBER_TYPES = ("int", "float", "number")

_FUNCTION = re.compile(r"(?P<name>[A-Za-z_]+)\[(?P<inside>.*)\]", re.S)  # uniform[0:1]
FUNCTION_NAMES = ("uniform", "loguniform", "int", "choice", "linspace", "log")
_COUNTED = ("linspace", "log")
"""Functions of a start, an end and a number of values."""
_OTHER_NAMES = {
    "arange": "range",
    "logspace": "log",
    "geomspace": "log",
    "log_uniform": "loguniform",
    "reciprocal": "loguniform",
    "randint": "int",
    "sample": "choice",
}
"""Names that other tools use → the one to use here; `range` is written without a name."""


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
    def names(self) -> frozenset[str]:
        """Returns the names that the command line sets."""
        return frozenset((*self.fixed, *self.axes, *self.distributions))

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
        items = as_list(assigned.value) if kind not in ("", "list") else ()
        return tuple(AssignedValue(item, json.dumps(item), is_typed=True) for item in items) or ""
    function = _FUNCTION.fullmatch(text)
    if function and function["name"] in FUNCTION_NAMES:
        return _parse_function(name, function["name"], function["inside"], kind)
    _reject_malformed(name, text, kind)
    if text[:1] == "[" and text[-1:] == "]":
        return _parse_list(name, text, kind)
    if "," in text and text[:1] == "[" and kind in NUMBER_TYPES:
        raise UsageError(f"{name}={text} has an unclosed bracket", f"Try: '{name}={text}]'")
    if "," in text:
        return _parse_commas(name, text, kind, has_choices)
    return ""


def _reject_malformed(name: str, text: str, kind: ValueType) -> None:
    """Raises UsageError for a value that is almost a range or a distribution, with the correct form.

    A parameter of unknown type may mean such text, unless a known name and numbers are in it.
    """
    called = re.fullmatch(r"(?:\w+\.)*([A-Za-z_]+)[\[({](.*?)[\])}]?", text, re.S)
    is_number = kind in NUMBER_TYPES
    known = (*FUNCTION_NAMES, *_OTHER_NAMES, "range")
    if called and (is_number or (kind == "" and called[1] in known and _has_numbers(called[2]))):
        suggestion = _suggest_function(called[1], called[2])
        names = ", ".join(f"{function}[...]" for function in FUNCTION_NAMES)
        if called[1] in FUNCTION_NAMES:
            raise UsageError(f"{name}={text} must have square brackets", f"Try: {name}={suggestion}")
        hint = f"Try: {name}={suggestion}" if suggestion else f"Valid forms: [START:END:STEP], {names}"
        raise UsageError(f"{name}={text} has an unknown function: {called[1]}", hint)
    parts = text.strip("[]").split(":")
    if (
        is_number
        and len(parts) in (2, 3)
        and f"[{':'.join(parts)}]" != text
        and all(_parse_decimal(part) is not None for part in parts)
    ):
        raise UsageError(f"{name}={text} is not a range", f"Try: {name}=[{':'.join(parts)}]")


def _has_numbers(inside: str) -> bool:
    """Returns whether what is between the brackets of a function are numbers."""
    return all(_parse_decimal(part) is not None for part in re.split(r"[:,]", inside))


def _suggest_function(called: str, inside: str) -> str:
    """Returns the valid form of a function that is written or named differently, "" if none is similar."""
    function = called if called in (*FUNCTION_NAMES, "range") else _OTHER_NAMES.get(called, "")
    function = function or find_closest(called, FUNCTION_NAMES) or ""
    if function in ("", "choice"):
        return f"choice[{inside}]" if function else ""
    parts = [part.strip() for part in re.split(r"[:,]", inside)]
    count = 3 if function in ("range", *_COUNTED) else 2
    if len(parts) < count or not _has_numbers(inside):
        parts = {"range": "0:1:0.1", "log": "1e-4:1:5", "linspace": "0:1:5"}.get(function, "0:1").split(":")
    elif called == "logspace" and all(re.fullmatch(r"-?\d\d?", part) for part in parts[:2]):
        parts[:2] = [f"{float(f'1e{part}'):g}" for part in parts[:2]]  # its ends are exponents
    return f"{'' if function == 'range' else function}[{':'.join(parts[:count])}]"


def _parse_list(name: str, text: str, kind: ValueType) -> tuple[AssignedValue, ...] | str:
    inside = text[1:-1]
    numbers = inside.split(":")
    if len(numbers) in (2, 3) and "," not in inside and all(_parse_decimal(n) is not None for n in numbers):
        return tuple(_parse_range(name, text, kind, *numbers))
    items = parse_inline_items(text)
    if items is None:
        return ""
    if not items and kind == "list":
        return ""  # the empty list is the value
    if not items:
        empty = "" if kind in (*NUMBER_TYPES, "bool") else f", or {name}:=[] for an empty list"
        raise UsageError(f"{name} has no values: {text}", f"Try: {name}=[1,2]{empty}")
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
    example = f"{function}[{'1:8' if function == 'int' else '1e-4:1:5' if function in _COUNTED else '1e-4:1'}]"
    if len(texts) != (3 if function in _COUNTED else 2) or None in numbers:
        expected = "a start, an end and a count" if function in _COUNTED else "a start and an end"
        raise UsageError(f"{function}[{inside}] must have {expected}", f"Try: {name}={example}")
    low, high = float(texts[0]), float(texts[1])
    if low == high:
        raise UsageError(f"{name}={function}[{inside}] has a single value", f"Try: {name}={texts[0]}")
    if function == "linspace":
        return tuple(_parse_linspace(name, *texts))
    if kind == "int" and function in ("uniform", "loguniform"):
        first, last = math.ceil(low), math.floor(high)
        hint = f"Try: {name}=int[{first}:{last}]" if first < last else f"{name} has an integer as its default"
        raise UsageError(f"{name} must be an integer, unlike {function}[{inside}]", hint)
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


def _parse_range(name: str, text: str, kind: ValueType, start: str, stop: str, step: str = "") -> list[AssignedValue]:
    """Returns the values from start to stop, both included. Computes in decimals, so that no digits are lost.

    Raises UsageError for less than two values, and if a step of 1 that is not written misses the end: whoever writes
    `[0.01:0.1]` means something else.
    """
    first, last, by = Decimal(start.strip()), Decimal(stop.strip()), Decimal(step.strip() or 1)
    if first == last:
        raise UsageError(f"{name}={text} has a single value", f"Try: {name}={start.strip()}")
    problem = ""
    if by == 0 or (last - first) * by < 0:
        problem = "is empty: the step " + ("is 0" if by == 0 else "has the wrong sign" if step else "is 1")
    elif abs(last - first) < abs(by):
        problem = f"has a single value: the step is {by}"
    elif not step and last - first < MAX_RANGE_VALUES and (last - first) % by:
        problem = "does not reach its end: the step is 1"
    if problem:
        hint = _suggest_ranges(name, kind, start.strip(), stop.strip(), step.strip())
        raise UsageError(f"{name}={text} {problem}", hint)
    count = int((last - first) / by) + 1
    if count > MAX_RANGE_VALUES:
        raise UsageError(f"{name}={text} has over {MAX_RANGE_VALUES:,} values", "Use a larger step")
    is_whole = all("." not in t and "e" not in t.lower() for t in (start, stop, step))
    texts = [str(first + i * by) for i in range(count)]
    return [AssignedValue(int(t) if is_whole else float(t), t if is_whole else repr(float(t))) for t in texts]


def _suggest_ranges(name: str, kind: ValueType, start: str, stop: str, step: str) -> str:
    """Returns what the writer of an invalid range may mean: steps that fit, a number of values, random values."""
    first, last = Decimal(start), Decimal(stop)
    by = Decimal(1).scaleb((abs(last - first) * Decimal("0.99")).adjusted()).copy_sign(last - first)
    low, high = (start, stop) if first < last else (stop, start)
    count = step if step.isdecimal() and 2 <= int(step) <= 1000 else "5"
    is_wide = Decimal(low) > 0 and Decimal(high) / Decimal(low) >= 100
    steps = f"For steps: {name}=[{start}:{stop}:{str(by).lower() if by.adjusted() < -5 else format(by, 'f')}]"
    if kind == "int":
        return f"{steps}; for random values: {name}=int[{low}:{high}]"
    evenly = f"log[{low}:{high}:{count}]" if is_wide else f"linspace[{start}:{stop}:{count}]"
    random = f"{'log' if is_wide else ''}uniform[{low}:{high}]"
    return f"{steps}; for {count} values: {name}={evenly}; for random values: {name}={random}"


def _parse_linspace(name: str, start: str, stop: str, count_text: str) -> list[AssignedValue]:
    """Returns evenly spaced values, both ends included: integers if the ends are written so and all values are."""
    count = _parse_count(count_text, f"{name}=linspace[{start}:{stop}:5]")
    first, last = Decimal(start), Decimal(stop)
    values = [first + (last - first) * i / (count - 1) for i in range(count)]
    if re.fullmatch(r"-?\d+:-?\d+", f"{start}:{stop}") and all(value == value.to_integral_value() for value in values):
        return [AssignedValue(int(value), str(int(value))) for value in values]
    numbers = [float(f"{value:.12g}") for value in values]
    return [AssignedValue(number, repr(number)) for number in numbers]


def _parse_log_range(name: str, low: float, high: float, count_text: str) -> list[AssignedValue]:
    count = _parse_count(count_text, f"{name}=log[{low:g}:{high:g}:5]")
    a, b = math.log10(low), math.log10(high)
    values = [float(f"{10 ** (a + (b - a) * i / (count - 1)):.12g}") for i in range(count)]
    return [AssignedValue(value, repr(value)) for value in values]


def _parse_count(text: str, example: str) -> int:
    """Returns a number of values. Raises UsageError for less than two of them."""
    if not text.isdecimal() or not 2 <= int(text) <= MAX_RANGE_VALUES:
        raise UsageError(f"{text!r} is not a valid count of values", f"Try: {example}")
    return int(text)


def _parse_decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
        float(text)  # takes fewer underscores
    except (InvalidOperation, ValueError):
        return None
    is_valid = number.is_finite() and math.isfinite(float(number)) and number.adjusted() > -MAX_NEGATIVE_EXPONENT
    return number if is_valid else None
