"""Measures how many cells of a terminal a text takes."""

_JOINERS = "\u200c\u200d"


def measure_width(text: str) -> int:
    """Returns the number of cells: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(c) or c in _JOINERS else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
