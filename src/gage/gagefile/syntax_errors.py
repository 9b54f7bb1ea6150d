"""Explains syntax errors with tables of rules, which match the parser's message and the text around the error."""

import re
from collections.abc import Mapping, Sequence

from gage.gagefile.lexical_checks import describe_character
from gage.gagefile.parsed_text import TextPositions
from gage.types.opdef import Diagnostic

MARK = "‸"
"""Marks the place of the error in the text that a rule is compared with."""

Rules = Mapping[str, Sequence[tuple[str, str, str]]]
"""Start of the parser's message (a regular expression) → rules, each with a pattern, a message and a hint.

The pattern is searched in the line of the error and the last line with text above it. The span of the diagnostic is the
pattern's group `at`, or else the place of the error. Message and hint refer to groups by name, such as {at}.
"""
MAX_CHARACTERS = 2000
"""Characters before and after the error that are searched."""


def match_rules(text: str, at: int, problem: str, rules: Rules) -> Diagnostic | None:
    """Returns the diagnostic of the first rule that fits the parser's message `problem` about `text[at:]`."""
    line_start = text.rfind("\n", 0, at) + 1
    start = text.rfind("\n", 0, len(text[:line_start].rstrip())) + 1
    start = max(start, at - MAX_CHARACTERS)
    rest = text[at : at + MAX_CHARACTERS].partition("\n")[0]
    marked = text[start:at].replace(MARK, " ") + MARK + rest
    for pattern, message, hint in (rule for key in rules if re.match(key, problem) for rule in rules[key]):
        match = re.search(pattern, marked, re.MULTILINE)
        if match:
            words = {name: (word or "").replace(MARK, "").rstrip() for name, word in match.groupdict().items()}
            first = marked.index(MARK) if match.groupdict().get("at") is None else match.start("at")
            first += start - (first > at - start)  # offset in `text`, which does not have the mark
            span = TextPositions(text).span(first, first + max(1, len(words.get("at", ""))))
            return Diagnostic(span, message.format(**words), hint.format(**words))
    return None


def describe_wrong_character(text: str, at: int) -> Diagnostic | None:
    """Returns the diagnostic for a character that is not allowed outside quotes, None for a usual character."""
    explanation = describe_character(text[at : at + 1])
    return Diagnostic(TextPositions(text).span(at, at + 1), *explanation) if explanation else None
