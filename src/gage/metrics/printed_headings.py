"""Headings of results that programs print above them: `Test results:`, `Evaluation results for segm:`.

Knows the heading of the lines that are being printed, not where their values are.
"""

import re
from collections.abc import Iterable

from gage.metrics.name_values import PHASE_WORDS, add_phase, strip_phase

# valid result: · == Test metrics == · Evaluation results for segm: · Scores on the test set:
_HEADING = re.compile(
    rf"(?:(?:^|[^\w-])(?P<phase>{PHASE_WORDS})(?: set)?[ ](?:results?|metrics|scores?|performance)\s*(?:\([^()]*\)\s*)?"
    r"|\b(?:results?|metrics|scores|performance)[ ](?:for|on)[ ](?:the[ ])?(?P<of>[^\W\d][\w-]*)"
    r"(?:[ ](?:set|data|split))?\s*)[:=*#-]+\s*$",
    re.I,
)
_ENDS = (":", "=", "*", "#", "-", " ")
# results: 3 · acc 0.5
_HAS_DIGIT_OR_RULE = re.compile(r"\d|^\W*$")


class PrintedHeading:
    """The last heading. It is about the lines up to a blank line, one without a number, or one that names a step."""

    def __init__(self) -> None:
        self._label = ""
        self._is_used = False

    def read_line(self, line: str) -> None:
        """Reads the heading that a line is, or ends the one before."""
        if not self._label and not line.endswith(_ENDS):
            return
        if line.endswith(_ENDS) and (heading := _HEADING.search(line)):
            self._label, self._is_used = (heading["phase"] or heading["of"]).lower(), False
        elif self._label and (not _HAS_DIGIT_OR_RULE.search(line) or (self._is_used and not line.strip())):
            self._label = ""

    def add_to(self, step: int | None, pairs: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        """Returns names and values of a line with the heading in the names. Names with a phase of their own end it."""
        pairs = list(pairs)
        if self._label and (step is not None or any(strip_phase(name) != name for name, _ in pairs)):
            self._label = ""
        if not self._label:
            return pairs
        self._is_used = True
        return [(add_phase(self._label, name), value) for name, value in pairs]
