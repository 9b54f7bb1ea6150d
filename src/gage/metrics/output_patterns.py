"""Searches lines of output with the regular expressions of a Gage file.

Knows patterns and texts, not series.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import regex

from gage.metrics.printed_numbers import parse_number
from gage.metrics.printed_records import MAX_RECORD_CHARS
from gage.metrics.step_tracker import MAX_STEP

PATTERN_SECONDS = 0.1
"""Seconds that a pattern may take for a line."""


class PatternMatches(NamedTuple):
    """The step that a line names, its numbers, and texts that are not numbers."""

    step: int | None
    numbers: Mapping[str, float]
    attributes: Mapping[str, str]


class OutputPatterns:
    """Patterns by name. Calls `note` with a message when it drops a pattern that took too long."""

    def __init__(self, patterns: Mapping[str, str], note: Callable[[str], None]) -> None:
        self._patterns = {name: regex.compile(text) for name, text in patterns.items()}
        self._note = note

    def search(self, line: str) -> PatternMatches | None:
        """Returns what the patterns find in a line; None if they find nothing."""
        texts: dict[str, str] = {}
        for name, pattern in list(self._patterns.items()):
            try:
                for match in pattern.finditer(line[:MAX_RECORD_CHARS], timeout=PATTERN_SECONDS):
                    texts.update(_name_groups(name, match.groupdict(), match.groups(), match[0]))
            except TimeoutError:
                del self._patterns[name]
                self._note(f"The pattern {pattern.pattern!r} took too long on a line: it is no longer used")
        return _sort_texts(texts) if texts else None


def _sort_texts(texts: dict[str, str]) -> PatternMatches:
    """Sorts what the patterns found into the step, numbers and other texts."""
    step_value = parse_number(texts.pop("step", ""))
    step = int(step_value) if step_value is not None and abs(step_value) < MAX_STEP else None
    numbers: dict[str, float] = {}
    attributes: dict[str, str] = {}
    for name, text in texts.items():
        number = parse_number(text.strip())
        if number is None:
            attributes[name] = text.strip()
        else:
            numbers[name] = number
    return PatternMatches(step, numbers, attributes)


def _name_groups(
    name: str, named: Mapping[str, str | None], groups: Sequence[str | None], whole: str
) -> dict[str, str]:
    """Returns name → text of what a pattern matched."""
    if any(named.values()):
        return {n: text for n, text in named.items() if text is not None}
    texts = [text for text in groups if text is not None]
    own_name = "" if name[:1].isdigit() else name
    if len(texts) == 2 and not own_name:
        return {texts[0].strip(): texts[1]}
    return {own_name: texts[0] if texts else whole} if own_name else {}
