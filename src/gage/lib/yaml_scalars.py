"""What plain text means as a value: the rules of YAML 1.2's core schema (no `yes`, no `on`, no sexagesimals)."""

import re

_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INF = re.compile(r"[-+]?\.(inf|Inf|INF)\Z")

_VALUE_STARTS = ("", *"~nNtTfF.+-0123456789")
"""How all values start that are more than text."""

MAX_DIGITS = 1000
"""Longer numbers are text: turning them into numbers takes too long."""


def parse_scalar(text: str) -> bool | int | float | str | None:
    """The value of a plain scalar; "" is None, as in YAML."""
    if text[:1] not in _VALUE_STARTS:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if len(text) > MAX_DIGITS:
        return text
    if _INT.match(text):
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)
    if _FLOAT.match(text):
        return float(text)
    if _INF.match(text):
        return float(text.replace(".", ""))
    if text in (".nan", ".NaN", ".NAN"):
        return float("nan")
    return text
