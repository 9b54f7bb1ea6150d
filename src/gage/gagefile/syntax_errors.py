"""Explains syntax errors by tables of rules: what the parser says, and what stands around the error."""

import re
from collections.abc import Mapping, Sequence

from gage.gagefile.lexical_checks import describe_character
from gage.gagefile.parsed_text import TextPositions
from gage.types.opdef import Diagnostic

MARK = "‸"
"""Marks the place of the error in the text that a rule is compared with."""

Rules = Mapping[str, Sequence[tuple[str, str, str]]]
"""Start of the parser's message (a regular expression) → rules: what to search for in the line of the error and the
last one with text above it, a message and a hint. The group `at` is the span of the diagnostic; without it, that is the
place of the error. Message and hint contain the groups by name, such as {at}.
"""
MAX_CHARACTERS = 2000
"""So many characters before and after the error are searched."""


def match_rules(text: str, at: int, problem: str, rules: Rules) -> Diagnostic | None:
    """Returns the diagnostic of the first rule that fits the parser's message `problem` about `text[at:]`."""
    line_start = text.rfind("\n", 0, at) + 1
    start = text.rfind("\n", 0, len(text[:line_start].rstrip())) + 1
    start = max(start, at - MAX_CHARACTERS)
    rest = text[at : at + MAX_CHARACTERS].partition("\n")[0]
    marked = text[start:at].replace(MARK, " ") + MARK + rest
    for pattern, message, hint in (rule for said in rules if re.match(said, problem) for rule in rules[said]):
        found = re.search(pattern, marked, re.MULTILINE)
        if found:
            words = {name: (word or "").replace(MARK, "").rstrip() for name, word in found.groupdict().items()}
            first = marked.index(MARK) if found.groupdict().get("at") is None else found.start("at")
            first += start - (first > at - start)
            span = TextPositions(text).span(first, first + max(1, len(words.get("at", ""))))
            return Diagnostic(span, message.format(**words), hint.format(**words))
    return None


def describe_wrong_character(text: str, at: int) -> Diagnostic | None:
    """Returns the diagnostic for a character that is not allowed outside quotes; None if there is a usual one."""
    explanation = describe_character(text[at : at + 1])
    return Diagnostic(TextPositions(text).span(at, at + 1), *explanation) if explanation else None
