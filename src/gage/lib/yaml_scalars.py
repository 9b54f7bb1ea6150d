"""Parses plain scalars by the core schema of YAML 1.2: `yes`, `on` and `1:30` are text."""

import re

# -12, 0o17, 0xff
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
# 1.5, .5, 1e-3
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
# -.inf
_INF = re.compile(r"[-+]?\.(inf|Inf|INF)\Z")

_VALUE_STARTS = ("", *"~nNtTfF.+-0123456789")
"""The characters with which anything but text can start."""

MAX_DIGITS = 1000
"""A longer number stays text: converting it would take too long."""


def parse_scalar(text: str) -> bool | int | float | str | None:
    """Returns the value of a plain scalar. "" is None, as in YAML."""
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
