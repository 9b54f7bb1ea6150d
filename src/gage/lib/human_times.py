"""Reads times as people write them: `today`, `3 days ago`, `last week`, `2024-01-31 14:30`."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

Span = tuple[int, int]
"""Start and end in µs since the epoch; the end is not part of it."""

_AGO = re.compile(r"(an?|\d+(?:\.\d+)?)\s*([a-z]+?)s?(?:\s+ago)?")
_UNITS = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("min", "minute"), 60),
    **dict.fromkeys(("h", "hr", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86_400),
    **dict.fromkeys(("w", "week"), 604_800),
}
_NAMED = re.compile(r"(this|last)\s+(hour|day|week|month|year)")
_FORMATS = (
    ("%Y", "year"),
    ("%Y-%m", "month"),
    ("%Y-%m-%d", "day"),
    ("%Y-%m-%d %H", "hour"),
    ("%Y-%m-%d %H:%M", "minute"),
    ("%Y-%m-%d %H:%M:%S", "second"),
)


def parse_time_span(text: str, now: datetime | None = None) -> Span | None:
    """Returns the time that a text means, in local time, as long as it is exact: a day for `2024-01-31` or
    `yesterday`, a second for `3 hours ago`. A time with an offset (`2024-01-31T14:30+01:00`) is in that zone.
    None for a text that is not a time.
    """
    words = " ".join(text.strip().casefold().split())
    now = now or datetime.now()
    if words in ("now", "today", "yesterday"):
        return _span("second", now) if words == "now" else _span("day", now - timedelta(days=words == "yesterday"))
    if named := _NAMED.fullmatch(words):
        start = _FLOORS[named[2]](now)
        return _span(named[2], start if named[1] == "this" else start - timedelta(microseconds=1))
    try:
        return _parse_ago(words, now) or _parse_date(words)
    except (ValueError, OverflowError, OSError):
        return None


def _parse_ago(words: str, now: datetime) -> Span | None:
    matched = _AGO.fullmatch(words)
    if matched is None:
        return None
    count = 1.0 if matched[1] in ("a", "an") else float(matched[1])
    unit = matched[2]
    if unit in ("month", "mo", "year", "y"):
        months = round(count * (12 if unit.startswith("y") else 1))
        year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
        return _span("second", _floor_day(now, year, month + 1))
    return _span("second", now - timedelta(seconds=count * _UNITS[unit])) if unit in _UNITS else None


def _floor_day(now: datetime, year: int, month: int) -> datetime:
    """Returns `now` in another month, on its last day if it has no such day."""
    for day in (now.day, 30, 29, 28):
        try:
            return now.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    raise ValueError("out of range")


def _parse_date(words: str) -> Span | None:
    plain = re.sub(r"(?<=\d)t(?=\d)", " ", words)
    for format, unit in _FORMATS:
        try:
            return _span(unit, datetime.strptime(plain, format))
        except ValueError:
            continue
    if "w" in words:
        return None  # a week of ISO 8601
    try:
        return _span("second", datetime.fromisoformat(words.upper()))
    except ValueError:
        return None


_FLOORS: dict[str, Callable[[datetime], datetime]] = {
    "second": lambda t: t.replace(microsecond=0),
    "minute": lambda t: t.replace(second=0, microsecond=0),
    "hour": lambda t: t.replace(minute=0, second=0, microsecond=0),
    "day": lambda t: t.replace(hour=0, minute=0, second=0, microsecond=0),
    "week": lambda t: (t - timedelta(days=t.weekday())).replace(hour=0, minute=0, second=0, microsecond=0),
    "month": lambda t: t.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
    "year": lambda t: t.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0),
}
_LENGTHS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


def _span(unit: str, time: datetime) -> Span:
    """Returns the whole unit that contains the time; days may have 23 or 25 hours."""
    start = _FLOORS[unit](time)
    if unit in ("month", "year"):
        end = _FLOORS[unit](start + timedelta(days=32 if unit == "month" else 367))
    else:
        end = start + timedelta(seconds=_LENGTHS[unit])
    return round(start.timestamp() * 1_000_000), round(end.timestamp() * 1_000_000)
