"""Parses the number after a name: decimal commas, percentages, units, totals, the new value of an arrow.

Knows what follows a number that is no result. Does not know how names are written.
"""

import re
from functools import lru_cache

from gage.metrics.languages import ERROR_WORDS
from gage.metrics.parameter_names import has_metric_word, is_scheduled_parameter

NUMBER = r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|NaN|NAN|inf|Inf|INF|Infinity|infinity)"
"""How a number is written: also `1E-3`, `.5`, `3.`, `nan`, `-inf`."""

# after a number: , · ) · ... and the end · +/- 0.2 · (0.4)
_END_OF_NUMBER = re.compile(r"$|[\s,;|)\]}>│]|(?::|\.+)(?:\s|$)|[\"'](?:$|[\s,}])|(?:\+/?-|\+|±)\d*\.\d|\([ \d.]")
# 1 · 234, before ',567'
_UP_TO_999 = re.compile(r"[-+]?[1-9]\d{0,2}$")
# ,234,567 · ,234.5
_GROUPS_OF_THREE = re.compile(r"(?:,\d{3})+(?:\.\d+)?(?![\d,])")
# ,512
_DECIMALS = re.compile(r",(\d+)(?![\d.])(?!,\d)")
# after a number:  ms ·  GB ·  tokens/s
_UNIT = re.compile(
    r"[ \t]+(?:(?:s|sec|secs|seconds?|ms|us|µs|ns|min|mins|minutes?|h|hours?|days?|[KMGT]i?B|bytes|it/s|px)\b"
    r"|(?:examples?|images?|samples?|sents|files|rows|steps|epochs|batches|items|tokens|tok|words|params|parameters)"
    r"(?:\b|/)(?!\S*[=:]))"
)
# after a number: ms · 57MB · k
_UNIT_OF_SPEED = re.compile(r" ?(?:[nuµm]?s|[kKMGT]?i?B|[kKMGT]|min|sec|h|days|x)(?!\w)")
_SPEED = re.compile(r".*(?:/s|/sec|per second|latency|throughput|bandwidth|\w[ _]delay|speed-?up|coverage).*", re.I)
UNIT_OF_MEASURE = r"[ ](?:[mcdknµ]?m|km/h|m/s|dB|k?W|[kM]?Wh|[km]?eV|[kM]?Pa|bar|[°º]C|K|HU|px|bits|nats|deg|°|%)"
"""Units of measured quantities other than time and memory, as a pattern."""
# after a number: /10000 ·  out of 50
_TOTAL = re.compile(r"[ \t]*(?:/|out of|of)[ \t]*(\d+)(?![\d.]*[A-Za-z:]|\.\d)")
#  for 4 logs, after nan: a sentence
_SENTENCE_AFTER = re.compile(r"[ ](?:for|in|at|after|on|since|during)[ ]")
# after a whole number: :30 (a time) ·  [ 10/ (a counter)
_CONTINUES_INTEGER = re.compile(r":|[ \t]*\[[ \t]*\d+[ \t]*/")
_COMMA_AND_DIGIT = re.compile(r",\d")
# 0,51 · 92,2 · 1.034,18
_DECIMAL_COMMA = re.compile(r"(?<=[\s:=|│])([-+]?)(0|\d{1,3}(?:\.\d{3})+|\d+(?=,\d{1,2}(?!\d))),(\d+)(?![\w.,])")
# 1,234, which has a decimal comma if others have
_LIKE_THOUSANDS = re.compile(r"(?<=[\s:=|│])([-+]?)(\d+),(\d{3})(?![\w.,])")
_DECIMAL_POINT = re.compile(r"\d\.\d")
# what shows that a number is not a metric: a repetition ( is the best so far), a list (, 0.5, 0.4), a progress bar (%|)
_NO_METRIC_AFTER = re.compile(
    r" is (?:the |a )?(?:new |best)|(?:\s+\d\.\d+){2}| - \d+ - \d| [a-z]+ /|, [-+]?\d+(?:\.\d+)?(?:,|\]|$)|%\|"
)
# after a whole number, in a row of numbers:   0.123E+02
_ROW_AFTER = re.compile(r"\s{2,}[-+]?\d*\.\d+(?:E[-+]?\d+)?(?:\s|$)", re.I)
# after a number: -> 0.4, the new value
_NEW_VALUE = re.compile(rf"[ ]*(?:-->|->|=>|→)[ ]*(?P<value>{NUMBER})(?=$|[\s,;|)])")
_COUNTED_NAMES = ERROR_WORDS | {"error", "err", "errors", "t"}
"""Names that a whole number counts: errors of a program, not of a model; time steps."""
# Accuracy · top_acc · correct, before 9843/10000
_RATIO_NAME = re.compile(r"(?:[\w ]+[_ /])?(?:acc|accuracy|correct|score|success)", re.I)
#  (69.0%), after 138/200
_SHARE = re.compile(r"\s*\((\d+\.\d+)\s?%\)")
#  layers, ·  missing values were, after a whole number: it counts something
_COUNTED_THINGS = re.compile(r"[ ][a-z]+(?:,|$|[ ][^\W\d]{2,}(?:[ ,.]|$)(?![-+=:\d]))")


# 1.25D-03, of Fortran
_FORTRAN_EXPONENT = re.compile(r"(?<=\d)D(?=[-+]\d\d)")


def replace_fortran_exponents(line: str) -> str:
    """Returns a line with `1.25E-03` for Fortran's `1.25D-03`."""
    return _FORTRAN_EXPONENT.sub("E", line) if "D-" in line or "D+" in line else line


class DecimalCommas:
    """Whether an output writes `0,51` for 0.51."""

    def __init__(self) -> None:
        self._are_used = False

    def replace(self, line: str) -> str:
        """Returns a line with points for its decimal commas. `1,234` has one if the output used commas before."""
        if "," not in line or not _COMMA_AND_DIGIT.search(line):
            return line
        text = _DECIMAL_COMMA.sub(_write_point, line)
        has_comma = text != line and not _DECIMAL_POINT.search(_DECIMAL_COMMA.sub("", line))
        self._are_used |= has_comma
        if not has_comma:
            text = line
        if self._are_used and (has_comma or not _DECIMAL_POINT.search(line)):
            text = _LIKE_THOUSANDS.sub(_write_point, text)
        return text


def _write_point(match: "re.Match[str]") -> str:
    sign, whole, decimals = match.groups()
    return f"{sign}{whole.replace('.', '')}.{decimals}"


def parse_number(text: str) -> float | None:
    """Returns the number that a text is; None if it is not a number."""
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _is_speed(name: str) -> bool:
    """Returns whether a name is that of a speed or latency, which is measured in units of time or data."""
    return _SPEED.fullmatch(name) is not None


def parse_value(name: str, text: str, rest: str) -> float | None:
    """Returns the value of a metric; None if what follows the number shows that it is something else."""
    if text.isdigit() and name.lower() in _COUNTED_NAMES:
        return None
    if _NO_METRIC_AFTER.match(rest) or (text.isdigit() and _ROW_AFTER.match(rest)):
        return None
    if (">" in rest or "→" in rest) and (new := _NEW_VALUE.match(rest)):
        return parse_number(new["value"]) if _is_metric(name) else None
    rest = rest.removeprefix("f0")  # Julia's 0.5f0
    if rest[:1] == "," and rest[1:2].isdigit():
        return _parse_number_with_comma(text, rest)
    if rest.lstrip(" ").startswith("%"):
        return parse_number(text) if "." in text or _is_metric(name) else None
    if text.isdigit() and _COUNTED_THINGS.match(rest) and not has_metric_word(name):
        return None
    if text.isalpha() and _SENTENCE_AFTER.match(rest):
        return None
    total = _TOTAL.match(rest)
    if total:
        if (share := _SHARE.match(rest, total.end())) and _RATIO_NAME.fullmatch(name):
            return float(share[1])
        part, whole = parse_number(text), float(total[1])
        return part / whole if part is not None and whole and _RATIO_NAME.fullmatch(name) else None
    if _is_speed(name) and (unit := _UNIT_OF_SPEED.match(rest)):
        rest = rest[unit.end() :]
    if not _END_OF_NUMBER.match(rest) or _UNIT.match(rest) or (text.isdigit() and _CONTINUES_INTEGER.match(rest)):
        return None
    return parse_number(text)


def _parse_number_with_comma(text: str, rest: str) -> float | None:
    """Parses `1` before `,234,567`, and `0` before `,512`."""
    groups = _GROUPS_OF_THREE.match(rest)
    if groups and _UP_TO_999.match(text):
        return parse_number(text + groups[0].replace(",", ""))
    decimals = _DECIMALS.match(rest)
    return parse_number(f"{text}.{decimals[1]}") if decimals and text.lstrip("+-").isdigit() else None


def _is_metric(name: str) -> bool:
    return has_metric_word(name) or is_scheduled_parameter(name)
