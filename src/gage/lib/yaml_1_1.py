"""Parses plain scalars by YAML 1.1, as PyYAML does: `yes` and `on` are booleans, `1:30` is 90."""

import math
import re

from gage.lib.yaml_scalars import MAX_DIGITS, parse_scalar

BOOLEAN_WORDS = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False}
"""Booleans of YAML 1.1. They may also begin with a capital letter, or consist of them."""

# 0b101, 0xff, 017, 1_000, 1:30
_INT_1_1 = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(:[0-5]?[0-9])*)\Z")
# 1_000.5, .5, 1.0e-3
_FLOAT_1_1 = re.compile(r"([-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?\Z")


def parse_scalar_1_1(text: str) -> bool | int | float | str | None:
    """Returns the value of a plain scalar by YAML 1.1, as PyYAML reads it: `yes` is True, `017` is 15, `1:30` is 90,
    and `1e-3`, which has no point, is text.
    """
    if len(text) > MAX_DIGITS:
        return text
    if text.lower() in BOOLEAN_WORDS and text in (text.lower(), text.title(), text.upper()):
        return BOOLEAN_WORDS[text.lower()]
    if text[:1] not in "+-.0123456789" or text == "":
        return parse_scalar(text)
    if _INT_1_1.match(text):
        return _parse_int_1_1(text.replace("_", ""))
    if _FLOAT_1_1.match(text):
        return float(text.replace("_", ""))
    value = parse_scalar(text)
    return value if isinstance(value, float) and not math.isfinite(value) else text  # 08, 0o17 and -.5 are text


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
