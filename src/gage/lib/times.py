"""Times as whole microseconds since the epoch, and as text for people."""

import re
import time

_DURATION = r"(?:\d+(?:\.\d+)?\s*[smhd]?\s*)+"  # 1h30m
_DURATION_PART = r"(\d+(?:\.\d+)?)\s*([smhd]?)"  # 30m
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_UNITS = (
    (31_536_000, "year"),
    (2_592_000, "month"),
    (604_800, "week"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
)


def now_us() -> int:
    """Returns the current time in µs since the epoch."""
    return time.time_ns() // 1000


def parse_duration(text: str) -> float | None:
    """Returns the seconds of a duration such as `90`, `10m`, `2h` or `1h30m`, None for another text."""
    if re.fullmatch(_DURATION, text.strip()) is None:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(_DURATION_PART, text))


def format_age(us: int, now: int | None = None) -> str:
    """Returns how long ago `us` was, such as `5 minutes ago` or `2 weeks ago`; `now` for the future."""
    seconds = ((now_us() if now is None else now) - us) // 1_000_000
    for size, unit in _UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return f"{seconds} seconds ago" if seconds > 1 else "now"


def format_short_age(us: int, now: int) -> str:
    """Returns how long ago `us` was, such as `31s`, `2m`, `3h`, `4d`, `2mo` or `1y`; `now` for the future."""
    seconds = (now - us) // 1_000_000
    for size, unit in _UNITS:
        if seconds >= size and unit != "week":
            return f"{seconds // size}{'mo' if unit == 'month' else unit[0]}"
    return f"{seconds}s" if seconds > 1 else "now"


def format_duration(us: int) -> str:
    """Formats a duration in µs."""
    seconds = us / 1_000_000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def format_iso(us: int) -> str:
    """Returns the time in ISO 8601 to the second, in local time with its offset (`2026-11-23T10:44:01+0000`).

    A time outside the calendar's range is returned as a number.
    """
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(us // 1_000_000))
    except (OverflowError, ValueError, OSError):
        return str(us)
