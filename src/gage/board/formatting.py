"""Formats metrics, config values, counts and sizes as text for people. Knows nothing of tables."""

from gage.types.values import Comparable, JSONValue, convert_view


def format_number(value: float) -> str:
    """Returns a metric with four significant digits."""
    return f"{value:.4g}"


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
        return f"{format_number(mean)} ± {std:.2g}"
    return f"{mean:.{decimals}f} ± {std:.{decimals}f}"


MAX_DECIMALS = 7
"""Digits before or after the point up to which a mean and its deviation are written without an exponent."""


def format_value(value: JSONValue) -> str:
    """Returns a config value as it is written on a command line."""
    if isinstance(value, str):
        return value if value and not any(c.isspace() for c in value) else repr(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return str(value)
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=convert_view)


def format_comparable(value: Comparable) -> str:
    """Returns a value in its normal form: floats with four significant digits, integers and texts unchanged."""
    return format_number(value) if isinstance(value, float) else str(value)


def format_exact(value: JSONValue) -> str:
    """Returns a value for another program: numbers in full, text unchanged, "" for None."""
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
