"""Axes of plots: the places of values, round ticks and their texts. Knows numbers, not how a plot is drawn."""

import math
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

AxisKind = Literal["number", "duration", "time"]
"""The values of an axis are numbers, seconds ("duration"), or seconds since the epoch ("time")."""

SECONDS = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200),
    *(86_400, 172_800, 604_800, 1_209_600, 2_592_000),
)
"""Round steps of a time axis, in seconds."""
MIN_POWER, MAX_POWER = -323.0, 308.2
"""The limits of a logarithmic axis, as powers of ten: those of a float."""
MAX_TICKS = 12
"""An axis that would need more ticks has ticks at its ends only."""


class PlotScale(NamedTuple):
    """Maps values from `low` to `high` to places from `start` to `end`, on a logarithmic scale if `log`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def locate(self, value: float) -> float | None:
        """Returns the place of a value. Returns None if it is not finite, or not above 0 on a logarithmic scale."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return None
        low, high, at = (math.log10(x) if self.log else x for x in (self.low, self.high, value))
        span = high / 2 - low / 2  # halves, as the difference of huge values is infinite
        part = (at / 2 - low / 2) / span if span > 0 else 0.5
        return self.start + part * (self.end - self.start)


class Tick(NamedTuple):
    """A mark on an axis and its text."""

    value: float
    text: str


def list_ticks(low: float, high: float, count: int, log: bool = False, kind: AxisKind = "number") -> list[Tick]:
    """Returns about `count` ticks at round values from `low` to `high`, or ticks at the ends if there are none."""
    if log:
        values = _list_powers(low, high, count)
    elif kind == "number":
        values = _list_multiples(low, high, _pick_step((high - low) / max(count, 1)))
    else:
        values = _list_multiples(low, high, _pick_seconds((high - low) / max(count, 1)), _measure_offset(low, kind))
    if not 1 < len(values) <= MAX_TICKS:
        values = [low, high] if high > low else [low]
    texts = [f"{value:g}" for value in values] if log and len(values) > 2 else format_ticks(values, kind)
    return [Tick(value, text) for value, text in zip(values, texts, strict=True)]


def extend_range(low: float, high: float, log: bool = False) -> tuple[float, float]:
    """Returns the range from `low` to `high` with some space at both ends."""
    if log:
        first, last = math.log10(low), math.log10(high)
        space = (last - first) * 0.03 if last > first + 0.004 else 0.301
        return 10.0 ** max(first - space, MIN_POWER), 10.0 ** min(last + space, MAX_POWER)
    space = (high / 2 - low / 2) * 0.08 if high > low else abs(high) * 0.1 or 0.5
    return max(low - space, -1.7e308), min(high + space, 1.7e308)


def _pick_step(rough: float) -> float:
    """Returns the round number that is at least `rough`, 0 if there is none."""
    if not rough > 0 or not math.isfinite(rough):
        return 0.0
    unit = 10.0 ** math.floor(math.log10(rough))
    return next((unit * factor for factor in (1, 2, 2.5, 5) if unit * factor >= rough * 0.999), unit * 10)


def _pick_seconds(rough: float) -> float:
    if rough < 1:
        return _pick_step(rough)
    return float(next((step for step in SECONDS if step >= rough), math.ceil(rough / SECONDS[-1]) * SECONDS[-1]))


def _measure_offset(when: float, kind: AxisKind) -> float:
    """Returns the seconds by which local time is ahead, so that ticks are at full hours of it."""
    try:
        return float(time.localtime(when).tm_gmtoff) if kind == "time" else 0.0
    except (OverflowError, ValueError, OSError):
        return 0.0


def _list_multiples(low: float, high: float, step: float, offset: float = 0.0) -> list[float]:
    if not step or (high - low) / step > MAX_TICKS or step <= max(abs(low), abs(high)) * 1e-13:
        return []
    first, last = math.ceil((low + offset) / step - 1e-9), math.floor((high + offset) / step + 1e-9)
    return [i * step - offset for i in range(first, last + 1)]


def _list_powers(low: float, high: float, count: int) -> list[float]:
    """Returns powers of ten, and multiples of them if there are few powers."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    powers = [10.0**power for power in range(first, last + 1, max(math.ceil((last - first) / max(count, 1)), 1))]
    if len(powers) > 2:
        return powers
    for factors in ((1, 3), (1, 2, 5), (1, 2, 3, 4, 5, 6, 7, 8, 9)):
        values = [f * 10.0**power for power in range(first - 1, last + 1) for f in factors]
        values = [value for value in values if low <= value <= high]
        if len(values) > 2:
            return values
    return _list_multiples(low, high, _pick_step((high - low) / max(count, 1)))


def format_ticks(values: Sequence[float], kind: AxisKind = "number") -> list[str]:
    """Returns the texts of ticks, with just enough digits to tell the ticks apart."""
    if kind == "duration":
        return [_format_duration(value) for value in values]
    if kind == "time":
        return _format_times(values)
    return _shorten_numbers(values)


def _shorten_numbers(values: Sequence[float]) -> list[str]:
    largest = max(map(abs, values), default=0.0)
    gaps = [abs(b - a) for a, b in pairwise(values) if b != a]
    smallest = min((gap for gap in gaps if math.isfinite(gap)), default=largest)
    if not largest:
        return ["0"] * len(values)
    if largest >= 1e15 or largest < 1e-4 or smallest < 1e-12:
        digits = max(math.ceil(math.log10(largest) - math.log10(smallest)), 1) + 1 if smallest else 4
        return [f"{value:.{min(digits, 15)}g}" for value in values]
    for factor, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if largest >= factor * 10 and smallest >= factor / 10:
            return [f"{_trim(value / factor, smallest / factor)}{suffix}" if value else "0" for value in values]
    return [_trim(value, smallest) for value in values]


def _trim(value: float, step: float) -> str:
    """Returns a number with as many decimals as its step has."""
    decimals = next((d for d in range(13) if math.isclose(round(step, d), step, rel_tol=1e-6)), 12)
    wanted = next((d for d in range(13) if math.isclose(round(value, d), value, rel_tol=1e-9, abs_tol=1e-13)), 12)
    text = f"{value:,.{max(decimals, min(wanted, decimals + 2))}f}"
    return "0" if float(text.replace(",", "")) == 0 else text


def _format_duration(seconds: float) -> str:
    """Returns `0`, `30s`, `5m`, `1h30m`, `2d`."""
    if abs(seconds) < 60:
        return f"{seconds:.3g}s" if seconds else "0"
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    parts = [(days, "d"), (hour, "h"), (minute, "m"), (second, "s")]
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def _format_times(values: Sequence[float]) -> list[str]:
    """Returns local times, with the date if there are several."""
    try:
        moments = [time.localtime(value) for value in values]
    except (OverflowError, ValueError, OSError):
        return [f"{value:.4g}" for value in values]
    has_days = len({moment[:3] for moment in moments}) > 1
    has_seconds = any(moment.tm_sec for moment in moments)
    clock = "%H:%M:%S" if has_seconds else "%H:%M"
    return [time.strftime(f"%m-%d {clock}" if has_days else clock, moment) for moment in moments]
