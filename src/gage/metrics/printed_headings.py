"""Headings of results that programs print above them: `Test results:`, `--- Random Forest ---`.

Knows the heading of the lines that are being printed, not where their values are.
"""

import re
from collections.abc import Iterable

from gage.metrics.line_labels import is_label
from gage.metrics.metric_phases import PHASE_WORDS, add_phase, strip_phase
from gage.metrics.name_bars import join_words
from gage.metrics.parameter_names import has_metric_word
from gage.metrics.printed_numbers import NUMBER, parse_number

MAX_MODEL_CHARS = 70
"""A longer line is no heading with a model's name."""
# valid result: · == Test metrics == · Evaluation results for segm: · Scores on the test set:
_HEADING = re.compile(
    rf"(?:(?:^|[^\w-])(?P<phase>{PHASE_WORDS})(?: set)?[ ](?:results?|metrics|scores?|performance)\s*(?:\([^()]*\)\s*)?"
    r"|\b(?:results?|metrics|scores|performance)[ ](?:for|on)[ ](?:the[ ])?(?P<of>[^\W\d][\w-]*)"
    r"(?:[ ](?:set|data|split))?\s*)[:=*#-]+\s*$",
    re.I,
)
# Random Forest: · ----- XGBoost ----- · === Logistic Regression Results ===
_MODEL = re.compile(
    r"[-=*#> ]*(?:(?:training|fitting|evaluating|model:)[ ])?(?P<model>(?:[^\W\d][\w-]*[ ]){0,3}?[\w-]*"
    r"(?:regression|regressor|forest|trees?|boost(?:ing)?|lightgbm|lgbm|bayes|classifier|svm|svc|svr|k-?nn|neighbou?rs|perceptron|mlp|lasso|ridge|baseline|lstm|gru|cnn|arima|prophet))"
    r"(?:[ ](?:model|results?|metrics|scores|performance))?(?:[ ]\([^()]*\))?[ ]*[:=*#-]+[ ]*",
    re.I,
)
# *** task: lift · === Ridge === · [can] · Random Forest:
_TITLE = re.compile(
    r"\s*(?:(?P<rule>([*#=~-])\2+|#|\[|[*-](?=[ ]\w+[:=]))\s*)?(?:[^\W\d][\w-]*(?: \w+)?\s?[:=]\s)?"
    r"(?P<title>[^\W\d][\w+&/.-]*(?: [\w+&/.-]+){0,3}?)(?: ?\([^()]*\))?\s*(?P<sign>[:\]]|([*#=~-])\5+)?\s*"
)
# Validation accuracy: · History (loss, centralized):
_SERIES = re.compile(r"(?:^|:|\s{2}|\t)\s*(?P<name>[^\W\d][\w/-]*(?: [\w/-]+){0,4}(?: \([^()]*\))?):\s*$")
# round 3: 0.5 · - fold 2 = 0.9 · epoch 1  0.5
_NUMBERED_VALUE = re.compile(
    r"\s*(?:[-*]\s+)?(?:(?:round|epoch|step|iter(?:ation)?|fold|run|seed|trial|episode|split)\s*#?\d+"
    r"|(?P<statistic>mean|avg|average|std|min|max|median))\s*(?:[:=]|\s|->)\s*"
    rf"(?P<value>{NUMBER})\s*%?\s*",
    re.I,
)
# 1 · 第3轮; not v2
_NUMBER_IN_TITLE = re.compile(r"(?<![A-Za-z\d_.-])\d")
_TITLE_ENDS = (":", "]", "*", "=", "#", "-", "~")
_TITLE_STARTS = ("*", "#", "=", "-", "~", "[")
_ENDS = (":", "=", "*", "#", "-", " ")
# results: 3 · acc 0.5
_HAS_DIGIT_OR_RULE = re.compile(r"\d|^\W*$")


class PrintedHeading:
    """The last heading. It is about the lines up to a blank line, one without a number, or one that names a step."""

    def __init__(self) -> None:
        self._label = ""
        self._is_model = False
        self._is_used = False
        self._series = ""
        self._was_title_used = False
        self.title = ""
        """The title of the block of lines that is being printed, such as the name of a model; "" if it has none."""

    def read_line(self, line: str) -> None:
        """Begins a heading if the line is one, and ends the last heading if the line is not about it."""
        if line.endswith(":") and (series := _SERIES.search(line)) and has_metric_word(series["name"]):
            self._series = series["name"]
        elif self._series and not _HAS_DIGIT_OR_RULE.search(line):
            self._series = ""
        if self._was_title_used and not line.strip():
            self.title, self._was_title_used = "", False
        title = _find_title(line) if len(line) < MAX_MODEL_CHARS else ""
        if title or (self.title and not _HAS_DIGIT_OR_RULE.search(line)):
            self.title = title
        if not self._label and not line.endswith(_ENDS):
            return
        if line.endswith(_ENDS) and (heading := _HEADING.search(line)):
            self._label, self._is_model, self._is_used = (heading["phase"] or heading["of"]).lower(), False, False
        elif len(line) < MAX_MODEL_CHARS and line.endswith(_ENDS) and (model := _MODEL.fullmatch(line)):
            self._label, self._is_model, self._is_used = model["model"], True, False
        elif self._label and (not _HAS_DIGIT_OR_RULE.search(line) or (self._is_used and not line.strip())):
            self._label = ""

    def use_title(self) -> str:
        """Returns the title for a line with values: the block ends with the next blank line."""
        self._was_title_used = True
        return self.title

    def parse_numbered_value(self, line: str) -> list[tuple[str, float]]:
        """Returns the name in the heading with the value of a line such as `fold 3: 0.9`; [] for other lines."""
        match = _NUMBERED_VALUE.fullmatch(line) if self._series else None
        value = parse_number(match["value"]) if match else None
        if match is None or value is None:
            return []
        statistic = f"_{match['statistic']}" if match["statistic"] else ""
        return [(join_words(self._series) + statistic, value)]

    def add_to(self, step: int | None, pairs: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        """Returns names and values of a line with the heading in the names. Names with a phase of their own end
        it, unless it names a model.
        """
        pairs = list(pairs)
        if not self._label:
            return pairs
        if step is not None or (not self._is_model and any(strip_phase(name) != name for name, _ in pairs)):
            self._label = ""
            return pairs
        self._is_used = True
        return [(add_phase(self._label, name), value) for name, value in pairs]


def _find_title(line: str) -> str:
    """Returns the title that a line consists of; "" if it has none."""
    if not (line.endswith(_TITLE_ENDS) or line.lstrip()[:1] in _TITLE_STARTS):
        return ""
    match = _TITLE.fullmatch(line)
    if match is None or not (match["rule"] or match["sign"]):
        return ""
    title = match["title"]
    return title if is_label(title) and not _NUMBER_IN_TITLE.search(title) else ""
