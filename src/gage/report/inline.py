"""Parses inline values, which are in the text of a report: `{gage: best(val_acc) | .1%}`."""

import re
from typing import Literal, NamedTuple

from gage.lib.suggest import suggest_closest
from gage.report.parse_settings import is_number_format, split_list
from gage.types.errors import UsageError

FUNCTIONS = {
    "count": "number of runs; `count(status=error)`: number of runs that match a filter",
    "best": "metric of the best run; `best(acc, config.lr)`: another value of that run, such as `name`",
    "latest": "value of the latest run: `latest(loss)`, `latest(name)`",
    "date": "day on which the data was read",
}
"""Functions of inline values, and their descriptions."""

_CALL = re.compile(r"([A-Za-z]+)\s*(?:\((.*)\))?", re.DOTALL)
_FORMAT = re.compile(r"(.*)(?<!\|)\|(?!\|)([^|]*)", re.DOTALL)


class InlineQuery(NamedTuple):
    """An inline value. `argument` is its metric, name or filter, `name` another value of the best run; "" = none.
    `format` is a format of numbers ("" = four significant digits).
    """

    function: Literal["count", "best", "latest", "date"]
    argument: str = ""
    name: str = ""
    format: str = ""


def parse_inline(text: str) -> InlineQuery:
    """Returns the parsed inline value. Raises UsageError."""
    formatted = _FORMAT.fullmatch(text)
    body, number_format = (formatted[1].strip(), formatted[2].strip()) if formatted else (text.strip(), "")
    if formatted and not is_number_format(number_format):
        raise UsageError(f"{number_format!r} is not a format of numbers", "Try: .3f, .1%, .2e or ,d")
    match = _CALL.fullmatch(body)
    function = match[1] if match else body
    argument = (match[2] or "").strip() if match else ""
    match function:
        case "count":
            return InlineQuery("count", argument, format=number_format)
        case "date" if not argument:
            return InlineQuery("date")
        case "latest" if argument:
            return InlineQuery("latest", argument, format=number_format)
        case "best" if argument:
            metric, *names = split_list(argument)
            if len(names) > 1:
                raise UsageError("Expected best(METRIC) or best(METRIC, NAME)", "Try: best(loss, config.lr)")
            return InlineQuery("best", metric, names[0] if names else "", number_format)
        case "best" | "latest":
            raise UsageError(f"{function}() needs a name", f"Try: {function}(loss)")
    hint = suggest_closest(function, FUNCTIONS, "Values: count, best(METRIC), latest(NAME), date")
    raise UsageError(f"Unknown value {body!r}", hint)
