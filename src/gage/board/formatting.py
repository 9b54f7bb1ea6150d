"""Formats metrics, config values, counts and sizes as text for people. Knows nothing of tables."""

from gage.types.values import Comparable, JSONValue, convert_view


def format_number(value: float) -> str:
    """Returns a metric with four significant digits."""
    return f"{value:.4g}"


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
    """Returns a value in its normal form: floats with four significant digits, integers and texts as they are."""
    return format_number(value) if isinstance(value, float) else str(value)


def format_exact(value: JSONValue) -> str:
    """Returns a value for another program: numbers in full, text as it is, "" for None."""
    return value if isinstance(value, str) else "" if value is None else format_value(value)


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
