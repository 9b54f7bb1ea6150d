"""Formats the values of a board's columns as text, by the format of the column. Knows neither runs nor tables."""

import datetime
import re

from gage.board.formatting import format_number, format_size, format_value
from gage.lib import times
from gage.types.board import NUMBER_FORMAT
from gage.types.values import MAX_INTEGER, JSONValue

TIME_FORMATS = ("date", "datetime", "age")


def format_as(value: JSONValue, format: str, now: int) -> str:
    """Returns a value in a format of `types.board`, "" for None. If the format is for another type, the value is
    formatted without it. `now` is in µs.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _format_number(value, format, now)
    if isinstance(value, str):
        when = _parse_time(value) if format in TIME_FORMATS else None
        return value if when is None else _format_time(when, format, now)
    if isinstance(value, list) and format == "tags":
        return " ".join(f"#{tag}" for tag in value)
    return format_value(value)


def _format_number(value: float, format: str, now: int) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), -float("inf")) or not format:
        return format_number(value) if isinstance(value, float) else str(value)
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        return str(value)
    if abs(value) > {"duration": MAX_INTEGER // 1_000_000, "bytes": MAX_INTEGER}.get(format, abs(value)):
        return format_number(float(value))  # no time or size; in µs it may be infinite
    if format == "percent" or re.fullmatch(NUMBER_FORMAT, format):
        spec = {"percent": ".1%"}.get(format, format)
        return f"{value:{spec}}" if isinstance(value, int) else f"{value:{spec.replace('d', '.0f')}}"
    if format == "duration":
        return f"{'-' if value < 0 else ''}{times.format_duration(round(abs(value) * 1_000_000))}"
    if format == "bytes":
        return f"{'-' if value < 0 else ''}{format_size(round(abs(value)))}"
    when = _convert_seconds(value) if format in TIME_FORMATS else None
    return str(value) if when is None else _format_time(when, format, now)


def _parse_time(text: str) -> datetime.datetime | None:
    """Returns the local time that a text in ISO 8601 names, None for another text."""
    try:
        return datetime.datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _convert_seconds(seconds: float) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromtimestamp(seconds).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _format_time(when: datetime.datetime, format: str, now: int) -> str:
    if format == "age":
        return times.format_short_age(int(when.timestamp()) * 1_000_000, now)
    return when.strftime("%Y-%m-%d" if format == "date" else "%Y-%m-%d %H:%M")
