"""Parses plain scalars: by the core schema of YAML 1.2, where `yes`, `on` and `1:30` are text, or by YAML 1.1."""

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


BOOLEAN_WORDS = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}
"""Booleans of YAML 1.1. They may also begin with a capital letter, or consist of them."""

# 0b101, 0xff, 017, 1_000, 1:30
_INT_1_1 = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(:[0-5]?[0-9])*)\Z")
# 1_000.5, 1.5, 1e-3
_FLOAT_1_1 = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?\Z|[-+]?\.[0-9][0-9_]*([eE][-+]?[0-9]+)?\Z")


def parse_scalar_1_1(text: str) -> bool | int | float | str | None:
    """Returns the value of a plain scalar by YAML 1.1, as PyYAML reads it: `yes` is True, `017` is 15, `1:30` is 90.

    `1e-3` is a number, although it is text for PyYAML: programs that have it convert it.
    """
    if len(text) > MAX_DIGITS:
        return text
    if text.lower() in BOOLEAN_WORDS and text in (text.lower(), text.title(), text.upper()):
        return BOOLEAN_WORDS[text.lower()]
    if text[:1] not in "+-.0123456789" or text == "":
        return parse_scalar(text)
    if _INT_1_1.match(text):
        return _parse_int_1_1(text.replace("_", ""))
    if _FLOAT_1_1.match(text) and not re.match(r"[-+]?[0-9_]+\Z", text):
        return float(text.replace("_", ""))
    value = parse_scalar(text)
    return text if isinstance(value, int) else value  # 08 and 0o17 are text


def _parse_int_1_1(text: str) -> int:
    digits = text.lstrip("+-")
    if ":" in digits:
        value = 0
        for part in digits.split(":"):
            value = value * 60 + int(part)
    elif digits[:2] in ("0b", "0x"):
        value = int(digits[2:] or "0", 2 if digits[1] == "b" else 16)
    else:
        value = int(digits, 8 if digits[0] == "0" else 10)
    return -value if text[0] == "-" else value
