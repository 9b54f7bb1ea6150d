"""Names with lines in them, as `|dW|` and `P>|t|`: the lines are not those of a table."""

import re

BAR = "\u01c0"
"""A letter, in names in place of the line of `|dW|`."""
# |g| = 0.5: no row of a table
_BEGINS_WITH_NAME = re.compile(r"\s*\|{1,2}[^\W\d]\w{0,8}\|{1,2}\s?[=:]")
# |dW| · ||g|| · P>|t|
_NAME_IN_BARS = re.compile(r"(?<![^\s(>\[])(\|{1,2})([^\W\d]\w{0,8})\1(?=[\s)]|\s?[=:]|$)")


def quote_bars(text: str) -> str:
    """Returns a text with `BAR` for the lines of a name: `|dW|`, `P>|t|`. The lines of a table's cells stay."""
    if text.lstrip()[:1] == "|" and not _BEGINS_WITH_NAME.match(text):
        return text
    return _NAME_IN_BARS.sub(_write_bars, text)


def _write_bars(match: "re.Match[str]") -> str:
    bars = BAR * len(match[1])
    return f"{bars}{match[2]}{bars}"
