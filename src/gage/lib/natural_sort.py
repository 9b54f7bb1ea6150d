"""Natural order of texts: numbers inside them compare as numbers. Knows nothing of what the texts name."""

import re

NaturalKey = tuple[tuple[int, int, str], ...]
"""Sorts the parts of a text: numbers before words."""

MAX_DIGITS = 1000
"""Digits from which a number compares as text: Python converts longer texts slowly, and in the end not at all."""

_NUMBERS = re.compile(r"(\d+)")


def build_natural_key(text: str) -> NaturalKey:
    """Returns a key that sorts `run2` before `run10`, and ignores upper and lower case."""
    parts = _NUMBERS.split(text.casefold())
    return tuple(
        (0, int(part), "") if i % 2 and len(part) < MAX_DIGITS else (1, 0, part) for i, part in enumerate(parts)
    )
