"""Formats metrics, config values, counts and sizes as text for people. Knows nothing of tables.

Tables show numbers with four significant digits. Where a single config value is shown, it has all its digits, since
people copy it. If four digits are exact, both are spelled alike: `1e+12`.
"""

from gage.types.values import Comparable, JSONValue, convert_view


def format_number(value: float) -> str:
    """Returns a metric with four significant digits."""
    return f"{value:.4g}"


def format_exact_number(value: float) -> str:
    """Returns a number with all its digits: as `format_number` spells it if that is exact and has an exponent, else as
    Python does.
    """
    short = format_number(value)
    return short if "e" in short and float(short) == value else str(value)


def format_signed(value: float, digits: int = 4) -> str:
    """Returns a difference with its sign and up to `digits` significant digits; `0` for none."""
    return f"{value:+.{digits}g}" if value else "0"


def format_deviation(value: float) -> str:
    """Returns a standard deviation, or the bound of an interval, with two significant digits."""
    return f"{value:.2g}"


def format_spread(mean: float, std: float | None) -> str:
    """Returns a mean with its standard deviation, such as `0.9340 ± 0.0061`: the deviation has two significant digits,
    and the mean as many decimals.
    """
    import math

    if std is None:
        return format_number(mean)
    if not (math.isfinite(std) and math.isfinite(mean)) or not std:
        return f"{format_number(mean)} ± {format_number(std)}"
    decimals = 1 - math.floor(math.log10(std))
    if not 0 <= decimals <= MAX_DECIMALS or abs(mean) >= 10**MAX_DECIMALS:
        return f"{format_number(mean)} ± {format_deviation(std)}"
    return f"{mean:.{decimals}f} ± {std:.{decimals}f}"


MAX_DECIMALS = 7
"""Digits before or after the point up to which a mean and its deviation are written without an exponent."""


def format_value(value: JSONValue) -> str:
    """Returns a config value with all its digits, as it can be written on a command line."""
    if isinstance(value, str):
        return value if value and not any(c.isspace() for c in value) else repr(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return format_exact_number(value) if isinstance(value, float) else str(value)
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=convert_view)


def format_comparable(value: Comparable) -> str:
    """Returns a config value in its normal form: numbers with all their digits, texts unchanged."""
    return format_exact_number(value) if isinstance(value, float) else str(value)


def format_exact(value: JSONValue) -> str:
    """Returns a value for another program: numbers as in JSON, text unchanged, "" for None."""
    if isinstance(value, float):
        return str(value)
    return value if isinstance(value, str) else "" if value is None else format_value(value)


def format_cell(value: JSONValue) -> str:
    """Returns a value for people: floats with four significant digits, text unchanged, "" for None."""
    return format_number(value) if isinstance(value, float) else format_exact(value)


def format_size(size: int) -> str:
    """Formats a size in bytes."""
    if size < 1000:
        return format_count(size, "byte")
    amount, units = size / 1000, ["kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        del units[0]
    return f"{amount:.1f} {units[0]}"


def format_count(count: int, thing: str) -> str:
    """Formats a number with its noun: `1 run`, `3 runs`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def is_number(text: str) -> bool:
    """Returns whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
