"""Converts values of formats without types (INI, `.env`, shell) from text, and to text.

A program gets the text of a value, and `007` may not mean 7 to it. So only text in the usual notation of a number, such
as `7` or `1e-3`, is a number; `007` and `0x10` are text.
"""

import re

from gage.formats.spans import ValueNode
from gage.lib.yaml_scalars import parse_scalar
from gage.types.values import JSONValue

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*|(?:0|[1-9][0-9]*)?\.[0-9]+|(?:0|[1-9][0-9]*)\.)(?:[eE][-+]?[0-9]+)?")
_SPECIAL_NUMBERS = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


def parse_text(text: str) -> JSONValue:
    """Returns the number or boolean that a text stands for, else the text."""
    if text in _SPECIAL_NUMBERS:
        return _SPECIAL_NUMBERS[text]
    value = parse_scalar(text)
    return value if isinstance(value, bool) or _NUMBER.fullmatch(text) else text


def build_text_node(text: str, start: int, end: int) -> ValueNode:
    """Returns the node of a value. The style of a boolean is "title" for `True`, "upper" for `TRUE`, else ""."""
    value = parse_text(text)
    style = "title" if text.istitle() else "upper" if text.isupper() else ""
    return ValueNode(value, start, end, style=style if isinstance(value, bool) else "")


def format_text(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value as text. A boolean that replaces `like` is written in its style."""
    import json

    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, float):
        return repr(value)
    text = json.dumps(value)
    style = like.style.split() if like and isinstance(value, bool) and isinstance(like.value, bool) else ()
    return text.title() if "title" in style else text.upper() if "upper" in style else text
