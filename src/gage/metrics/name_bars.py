"""Names that contain vertical bars, such as `|dW|` and `P>|t|`.

Knows how to tell these bars from the borders of a table. Does not know what the names mean.
"""

import re

BAR = "\u01c0"
"""A letter that stands for a bar in a name, so that the bar does not split a table's row."""
# |g| = 0.5: no row of a table
_BEGINS_WITH_NAME = re.compile(r"\s*\|{1,2}[^\W\d]\w{0,8}\|{1,2}\s?[=:]")
# |dW| · ||g|| · P>|t|
_NAME_IN_BARS = re.compile(r"(?<![^\s(<>\[])(\|{1,2})([^\W\d]\w{0,8})\1(?=[\s)>]|\s?[=:]|$)")


def quote_bars(text: str) -> str:
    """Returns a text with `BAR` for the bars in names such as `|dW|` and `P>|t|`; the borders of a table stay."""
    if text.lstrip()[:1] == "|" and not _BEGINS_WITH_NAME.match(text):
        return text
    return _NAME_IN_BARS.sub(_write_bars, text)


def join_words(name: str) -> str:
    """Returns a name with its words joined by `_`, and with bars for each `BAR`."""
    return "_".join(name.split()).replace(BAR, "|")


def _write_bars(match: "re.Match[str]") -> str:
    bars = BAR * len(match[1])
    return f"{bars}{match[2]}{bars}"
