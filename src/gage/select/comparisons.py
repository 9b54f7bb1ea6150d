"""Builds the comparisons of filters: reads times, checks patterns, and puts constants on the right."""

import re

from gage.select.comparable import PERCENTAGE
from gage.select.fields import RUN_FIELDS
from gage.select.tokens import KEYWORDS, raise_error
from gage.types.filter import AllOf, Arithmetic, Comparison, Condition, Constant, Expression, FieldName, Not

ORDERINGS = ("<", "<=", ">", ">=")
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def build_comparison(text: str, left: Expression, operator: str, right: Expression) -> Condition:
    """Returns the comparison, in the filter `text`; a time stands for all of its day, hour or week.

    Raises UsageError for a time or a regular expression that is not one, and for a constant that is compared with
    another constant.
    """
    if operator in ("!=", "!~"):
        return Not(build_comparison(text, left, "=" if operator == "!=" else "~", right))
    if operator == "=~":
        _check_search(text, left, right)
    if isinstance(left, Constant) and not left.quoted and operator in MIRRORED and not isinstance(right, Constant):
        left, operator, right = right, MIRRORED[operator], left
    reject_constant(text, left)
    if isinstance(right, Constant) and operator in ORDERINGS:
        _refuse_percentage(text, right)
    if get_type(left) == "time" and operator in MIRRORED:
        if isinstance(right, FieldName) and get_type(right) != "time":
            right = Constant(right.name, at=right.at)
        if isinstance(right, Constant):
            return _compare_time(text, left, operator, right)
    return Comparison(left, operator, right)


def find_start(expression: Expression) -> int:
    """Returns the position of an expression in the filter."""
    return find_start(expression.left) if isinstance(expression, Arithmetic) else expression.at


def reject_constant(text: str, left: Expression) -> None:
    """Raises UsageError for a constant on the left, such as in `0.1 = lr`, which all runs would meet, or none."""
    if isinstance(left, Constant):
        shown = repr(left.text) if left.quoted else left.text
        raise_error(text, left.at, f"Expected a name, got {shown}", "Write the name first: --where 'lr = 0.1'")


def get_type(expression: Expression) -> str:
    """Returns the type of the run's own field that an expression names, "" for another expression."""
    if not isinstance(expression, FieldName) or expression.kind not in ("", "run"):
        return ""
    field = RUN_FIELDS.get(expression.plain_name)
    return field.type if field else ""


def _refuse_percentage(text: str, constant: Constant) -> None:
    """Raises UsageError for `90%`: a program may print 90 % as 90 or as 0.9, which are stored as they are."""
    percent = None if constant.quoted else PERCENTAGE.fullmatch(constant.text)
    if percent:
        hint = f"Write {percent[1]} or {float(percent[1]) / 100:.6g}: values are stored as the program prints them"
        raise_error(text, constant.at, f"{constant.text} is unclear", hint)


def _check_search(text: str, left: Expression, pattern: Expression) -> None:
    """Raises UsageError for what cannot be searched, or not in limited time: each pattern needs a process."""
    if not isinstance(pattern, Constant):
        raise_error(text, find_start(pattern), "The pattern of =~ must be text", "Try: --where 'op =~ \"^train\"'")
    if isinstance(left, Arithmetic):
        raise_error(text, find_start(left), "=~ searches text, not a calculated number", "Compare it by = or <")
    try:
        re.compile(pattern.text)
    except (re.error, RecursionError, OverflowError) as error:
        hint = "'~' takes a glob: --where 'op ~ \"train*\"'"
        raise_error(text, pattern.at, f"Invalid regular expression: {error}", hint)


def _compare_time(text: str, left: Expression, operator: str, time: Constant) -> Condition:
    from gage.lib.human_times import parse_time_span

    span = parse_time_span(time.text)
    if span is None:
        rest = text[time.at + len(time.text) :]
        following = rest.split()[:2] if rest[:1].isspace() else []
        is_unquoted = not time.quoted and following and following[0] not in KEYWORDS
        quoted = f'Quote it: "{" ".join([time.text, *following])}"' if is_unquoted else ""
        hint = quoted or "Try: --where 'started > \"3 days ago\"' or started=2024-01-31"
        raise_error(text, time.at, f"{time.text!r} is not a time", hint)
    start, end = (Constant(str(us)) for us in span)
    if operator == "=":
        return AllOf((Comparison(left, ">=", start), Comparison(left, "<", end)))
    if operator == ">":
        return Comparison(left, ">=", end)
    return Comparison(left, "<", end) if operator == "<=" else Comparison(left, operator, start)
