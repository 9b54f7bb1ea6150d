"""A value as people read it. By itself, as most commands show values and few show a table."""

from gage.types.values import JSONValue


def format_number(value: float) -> str:
    """A metric as people read it: four digits that count."""
    return f"{value:.4g}"


def format_value(value: JSONValue) -> str:
    """A config value as people write it on a command line."""
    if isinstance(value, str):
        return value if value and not any(c.isspace() for c in value) else repr(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return str(value)
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_to_json)


def _to_json(value: object) -> object:
    """Views that `json` does not know, as what they show."""
    return dict(value) if hasattr(value, "keys") else list(value)  # type: ignore[call-overload]  # a JSON view
