"""Names with lines in them, as `|dW|` and `P>|t|`: the lines are not those of a table."""

import re

BAR = "\u01c0"
"""A letter, in names in place of the line of `|dW|`."""
# |dW| · P>|t|
_NAME_IN_BARS = re.compile(r"\|(?<=[\s(>]\|)([^\W\d]\w{0,8})\|(?=[\s)]|$)")


def quote_bars(text: str) -> str:
    """Returns a text with `BAR` for the lines of a name: `|dW|`, `P>|t|`. The lines of a table's cells stay."""
    return text if text.lstrip()[:1] == "|" else _NAME_IN_BARS.sub(rf"{BAR}\1{BAR}", text)
