"""Finds names with numbers in a line that was written for people: `loss: 0.12`, `acc=0.9`, `train loss 4.1`.

Knows how programs print metrics, and what looks like a metric but is a time, a version or a parameter of a layer.
Does not know steps or earlier lines.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gage.metrics.fixed_forms import can_be_fixed_form, find_fixed_forms
from gage.metrics.line_labels import add_labels, find_last_label
from gage.metrics.metric_names import NAME_WORD, clean_name, is_metric_word
from gage.metrics.metric_phases import (
    FIRST_WORD,
    PHASE,
    PHASE_NAMES,
    PHASE_WORDS,
    add_phase,
    find_last_phase,
    is_phase_word,
)
from gage.metrics.name_bars import quote_bars
from gage.metrics.number_chains import find_chain, has_counter_at_start
from gage.metrics.output_queue import METRIC_WORDS, RESULT_NAMES, RESULT_WORDS
from gage.metrics.parameter_names import has_metric_word
from gage.metrics.printed_boxes import BOX_ROW
from gage.metrics.printed_numbers import NUMBER, UNIT_OF_MEASURE, parse_value
from gage.metrics.step_tracker import EPOCH_WORDS

MAX_LINE_CHARS = 4000
"""Characters of a line that are searched."""
# acc · acc@5
_RESULT_NAME = re.compile(rf"(?:{RESULT_NAMES})(?:@\d+)?", re.I)
# [0.1, 0.1] · [1e-3 1e-3]: the same number for each layer
_EQUAL_NUMBERS = r"\[(?P<same>[-+]?\d+(?:\.\d*(?:[eE][-+]?\d+)?|[eE][-+]?\d+))(?:,? +(?P=same))*\]"
# loss: 0.12 · 'acc'=0.9 · val loss -> tensor(0.3 · rate=[0.1, 0.1]
_NAME_SIGN_NUMBER = re.compile(
    rf"(?:^|(?<=[\s,;|({{\[\]<>]))(?<!\w > )"
    rf"(?P<quote>[\"']?)(?P<key>[^\W\d][\w@/.'%+*^-]*"
    rf"(?:\((?:(?:[\w@%/.]|,[ ]?\d|\(\w*\))*|\w+,[ ]?\w+)\)|\[[A-Za-z]+\])?"
    rf"(?:[ ](?:{NAME_WORD})){{0,7}}"
    rf"(?:[ ]\([^():=]{{1,24}}\)){{0,2}})(?P=quote)"
    rf"[ \t]*(?:[:=]|[-=]+>|→)[ \t]*(?:(?:tensor|np\.float\d*|np\.int\d*|array)\()?"
    rf"(?:{_EQUAL_NUMBERS}|(?P<value>{NUMBER}))(?=(?P<rest>.{{0,20}}))",
)
# at the end: : 0.91 accuracy · = 93.1% acc
_NUMBER_AND_NAME = re.compile(rf"[:=]\s*(?P<value>\d*\.\d+)%?\s+(?P<word>{RESULT_NAMES})$", re.I)
# the whole line: 0.91 = Validation score · 95% coverage 93.6 %
_NUMBER_IS_NAME = re.compile(rf"\s*(?P<value>{NUMBER})%?\s+=\s+(?P<key>[^\W\d][\w -]*\w)\s*(?:\(\w+\))?\s*$")
_SHARE = re.compile(r"\s*(?P<key>(?:\d+% )?[^\W\d][\w-]*(?: [\w-]+){0,3}?)\s+(?P<value>\d+\.\d+)\s?%\s*$")
# Recall @ 0.5% FPR: 0.684 · TPR at 1% FPR = 0.9
_NAME_AT_NUMBER = re.compile(
    rf"(?P<key>{NAME_WORD}(?:[ ]{NAME_WORD}){{0,2}}[ ](?:@|at)[ ]\d[\d.]*%?(?:[ ]{NAME_WORD})?)"
    rf"\s*[:=]\s*(?P<value>{NUMBER})"
)
# the whole line: 96.81% overall alignment rate
_PERCENT_AND_NAME = re.compile(r"\s*(?P<value>\d+\.\d+)\s?% (?P<key>[^\W\d][\w-]*(?: [^\W\d][\w-]*){0,3})\s*$")
# 9214 / 10000 correct (92.14%)
_SHARE_OF_COUNT = re.compile(r"\d\s*/\s*\d+ (?P<key>[a-z]+) \((?P<value>\d+(?:\.\d+)?)\s?%\)")
# the whole line: Kappa statistic      0.94 · Correctly Classified Instances   567    73.8 %
_ALIGNED = re.compile(
    r"\s{0,8}(?P<key>[^\W\d][\w@/.%()-]*(?: [\w@/.%()-]+){0,4})(?:\t\s*|\s{2,})"
    r"(?:\d+\s{2,}(?=\S+ *%))?(?P<value>[-+]?\d+(?:\.\d+(?:[eE][-+]?\d+)?|(?=\s*%)))\s*%?\s*$"
)
# loss 0.12 · best accuracy is 0.93 · loss - 0.12 · loss (running mean) 0.5
_NAME_SPACE_NUMBER = re.compile(
    rf"(?<![\w@/.+*-])(?P<word>[^\W\d][\w@/.+*-]*+)(?:[ ]\(\w+(?: \w+)?\))?[ \t]+(?:(?:is|was|of|at|-)[ \t]+)?[ \t]*"
    rf"(?P<value>{NUMBER})(?=(?P<rest>.{{0,20}}))"
)
# the end of: step 3 best val_ · final learning
_LEADING_WORDS = re.compile(
    rf"(?:(?:{PHASE_NAMES}|squared|absolute|root|relative|percentage|balanced|standard|log|top-\d+)[ _/-])*"
    r"(?:learning[ ])?$",
    re.I,
)
# (MSE) · (req/s) · (train), before ':' or ' on the test set'
_BRACKETS = re.compile(r"[ ]{1,2}\((?P<inside>[^():=|,]{1,24})\)(?=\s*[:=]|[ ](?:on|of|for|is|was|over)[ ])")
# (n=313) · (N = 20, k=3), before ':'
_COUNT_IN_BRACKETS = re.compile(r"[ ]\([A-Za-z]\w? ?= ?\d+(?:, ?\w+ ?= ?\d+)*\)(?=\s*[:=])")
# (last value), in: Naive (last value) MSE:
_BRACKETS_IN_NAME = re.compile(r"(?<=[^\W\d])[ ]\([^()=:]{1,24}\)(?=(?:[ ][^\W\d][\w-]*){1,2}\s*[:=] ?[-+.\d])")
# ms · % · req/s · 5k samples
_UNIT_IN_BRACKETS = re.compile(
    r"%|s|secs?|seconds|[mµun]s|min|h|hours|[kKMGT]i?B|bytes|dB|[kMG]?Hz|px|[\w#%]+/[\w.]+|\d[\d.]*k? \w+"
)
# [%] · [ms], before '='
_UNIT_IN_SQUARES = re.compile(rf"[ ]{{1,2}}\[(?:{_UNIT_IN_BRACKETS.pattern})\](?=\s*[:=])")
# the end of: 3 | my (before 'name 1.5') · epoch 3, · (
_NAME_AFTER_SEPARATOR = re.compile(r"(?:(?:^|[|,;:>]|\s-|\d)\s+|^|\()(?P<more>[^\W\d][\w@/.-]*[ ])?$")
# the end of: epoch 3, masked · 3  masked
_WORD_AFTER_COMMA = re.compile(r"(?:[|,;]\s|\d\s\s)\s*(?P<more>[^\W\d][\w+-]*[ ])$")
# Mean absolute (before 'error   1.5')
_WORDS_FROM_START = re.compile(r"^\s*(?P<more>(?:[^\W\d][\w-]* ){1,3})$")
# (best smooth, before 'loss 48.01'
_WORDS_FROM_BRACKET = re.compile(r"\((?P<more>(?:[^\W\d][\w-]* ){1,3})$")
# 0.12 · -1.5e-3; not 3
_DECIMAL = re.compile(r"[-+]?\d+\.\d+(?:[eE][-+]?\d+)?")
# after a number: , · | · (0.4) · the end
_SEPARATOR_AFTER_NUMBER = re.compile(
    rf"(?:[ ]?%|{UNIT_OF_MEASURE})?[ \t]*(?:[|,;(:}}]|-\s|\.?$)|[ \t]{{2}}|[ ][^\W\d][\w/@.-]*[ ][-+]?\.?\d"
)
# the end of: mean test (before 'E 0.07')
_PHASE_BEFORE = re.compile(
    rf"(?:(?:best|mean|avg|final)[ ])?(?<![\w-])(?:{PHASE_WORDS}|hold-?out|oof|cv)[ ]$",
    re.I,
)
# the end of: epoch 3 loss (before 'train 0.5') · perte d'
_METRIC_BEFORE = re.compile(r"(?<![\w@/.+*-])(?P<word>[^\W\d][\w@-]*)[ ](?:d[eioa][ ]|d['’])?$")
# set 0.8, after 'train'
_PART_OF_DATA = re.compile(
    r"sets?|splits?|data|dataset|shares?|part|portion|folds?|subset|loader|batch|cases?|time|took|speed|of|to|in|for|at|on|from|is|was|and",
    re.I,
)
# +- 0.1, after a number: of a mean
_SPREAD = re.compile(r"\s?(?:±|\+/?-)\s?\d")
# epoch 3 · Step: [5 · iter=10
_PROGRESS = re.compile(rf"\b(?:step|iter|iteration|{EPOCH_WORDS})\b\W{{0,8}}\d|^\s*\[\d+/\d+\] |\b\d+ epoch\b", re.I)
# | acc 0.3
_METRIC_IN_SEGMENT = re.compile(rf"(?:^|[|,;]\s)\s*(?:\w+[_ ])?(?:{RESULT_NAMES}|objective|energy|cost) [-+\d.]", re.I)
# AIC     630.4 at the end
_IS_ALONE_IN_COLUMN = re.compile(rf"(?<=  )\w+ +{NUMBER}$")
# accuracy of the network on the test images: 54
_NAME_OF_SOMETHING = re.compile(
    r"\b(?P<word>[^\W\d]\w*+)[ ](?:of|on|for|over)[ ][^:=|]{1,60}?[ ][^:=|]{1,60}?[ \t]*[:=][ \t]*"
    rf"(?P<value>{NUMBER})(?=(?P<rest>.{{0,20}}))"
)
# the end of: CLIP (before 'score on 64 prompts')
_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,}[ ]$")
# values: [1.5, -2.5] · recall=[0.1, 0.2]
_VALUES = re.compile(
    r"\b(?P<key>(?:(?:avg|average|mean|total) )?(?:values|rewards?|returns?|recall|precision|hit|ndcg))(?:: |=)"
    r"\[\s*(?P<list>[-+]?\d[^\[\]]{0,80})\]",
    re.I,
)
# Linear(in_features=3, bias=True)
_PRINTED_OBJECT = re.compile(r"[A-Za-z_][\w.]*\((?:[^()]|\([^()]*\))*=(?:[^()]|\([^()]*\))*\)?")
# train.py:12 · (trainer.fit:80)
_SOURCE_LOCATION = re.compile(
    r"\.(?:py|cc|cpp|cu|h|c|jl|R|rs|go|ipynb):\d+|\([a-z_.]+:\d+\)"
    r"|\[[a-z_]\w*(?:\.\w+)+:\d+\]"
)
# @[ IoU=0.50:0.95 | area=all ] before ' = 0.3'
_AT_THRESHOLDS = re.compile(r"@[ ]?\[[^\[\]]*\](?=\s*=)")
# s, before 'loss', after '0.1 '
_UNIT_BEFORE_NAME = re.compile(
    r"^(?:[mµun]?s|secs?|seconds|min|h|[kKMGT]?i?B|[kMG]bps|[kMG]?Hz|mm|cm|m|km|dB|eV|it/s|\w+/s) "
)
# %WER 9.94 [ 5226 / 52576
_PERCENT_NAME = re.compile(r"%(?P<key>[A-Z]{2,5}) (?P<value>\d+\.\d+)(?P<rest>.{0,20})")
# : 0.1 · =-3 · -> tensor
_SIGN_AND_NUMBER = re.compile(r"[:=>→][ \t]*(?:[-+.\d\[nNiI]|tensor|array)")
_STEP_WORDS = frozenset(("epoch", "step", "iter", "iteration", "batch", "round", "episode", "it", "ep"))
_STATISTICS = frozenset(("mean", "avg", "average", "median", "min", "max", "std", "sd", "stddev"))
_QUALIFIERS = frozenset(("initial", "final", "best", "mean", "total", "overall", "max", "min", "average", "avg"))
"""Words that belong to the name after them, with more than one space between."""
# Solving for p, Initial
_LABEL = re.compile(r"\b(?:Solving|[Rr]esults?|[Ss]cores?|[Mm]etrics) for (?:class |label )?([^\W\d]\w*)[,:] ")
# ('acc', 0.5), of an OrderedDict
_TUPLE = re.compile(rf"\('(?P<key>(?!(?:{PHASE_NAMES})')[^']{{1,60}})', (?P<value>{NUMBER})\)")
# so far · after epoch 3 · after 100 steps, before a value · (best: 0.5)
_ASIDE = re.compile(
    r" (?:so far(?=[ :=]+[-+.\d])|(?:after|at) (?:(?:epoch|iter(?:ation)?|step|round|episode) #?\d+"
    r"|\d+ (?:epochs|iter(?:ation)?s|steps|rounds|episodes))(?=\s*[:=])"
    r"|(?<=[\d%] )\((?:best|tolerance|limit|target)[:= ]+[-+.\d]+%?\))",
    re.I,
)
# the end of: win (before 'rate 59.2')
_RESULT_RATE = re.compile(
    r"\b(?:win|success|hit|miss|error|pass|solve|detection|acceptance|completion|survival) $", re.I
)


class _NameNumber(NamedTuple):
    """A name and a number. `start` and `at` are their positions in the line, `rest` is what follows the number."""

    start: int
    at: int
    key: str
    has_equals_sign: bool
    text: str
    rest: str


class LinePairs(NamedTuple):
    """The names and values in a line, and the text before the first name, which may be a label."""

    before: str
    pairs: list[tuple[str, float]]


def find_pairs(line: str) -> LinePairs:
    """Returns the names and values in a line, in its order, and the text before them.

    Leaves out times, versions, ports, percentages of progress and arguments of printed objects. Joins the words of a
    name by `_`. A leading `val:` or `[test]` becomes part of the names after it.
    """
    if can_be_fixed_form(line):
        fixed = list(find_fixed_forms(line))
        if fixed:
            return LinePairs("", fixed)
    text = _simplify_text(line[:MAX_LINE_CHARS])
    if "|" in text:
        text = quote_bars(text)
    row = BOX_ROW.match(text) if text.lstrip()[:1] in ("|", "│") else None
    if row:
        pairs = [_NameNumber(0, row.start("value"), row["key"], False, row["value"], "")]
    else:
        pairs = sorted(_find_candidates(text))
    phases = [(m.end(), m["phase"].lower()) for m in PHASE.finditer(text)] if pairs and not row else []
    previous_phase = ""
    label = of[1] if " for " in text and (of := _LABEL.search(text)) else ""
    statistic_of = ""
    gaps: list[str] = []  # the texts before the names
    end = 0
    found: list[tuple[int, str, float]] = []
    for pair in pairs:
        gaps.append("" if row else text[end : pair.start])
        end = pair.at + len(pair.text)
        is_bare = pair.key.lower() in _STATISTICS
        is_statistic = statistic_of and (is_bare or is_phase_word(pair.key))
        key = f"{statistic_of} {pair.key}" if is_statistic else pair.key
        if (is_bare or gaps[-1].endswith("  ")) and (part := find_last_label(gaps if is_bare else gaps[-1:])):
            is_qualified = is_bare or part.lower() in _QUALIFIERS
            key, is_statistic = (f"{part} {pair.key}", True) if is_qualified else (key, is_statistic)
        name = key if is_statistic else clean_name(key, pair.has_equals_sign)
        base, _, last = key.rpartition(" ")
        statistic_of = base if base and (last.lower() in _STATISTICS or is_phase_word(last)) else ""
        value = parse_value(name, pair.text, pair.rest)
        if value is None or not name:
            continue
        own_phase = FIRST_WORD.match(name)
        previous_phase = own_phase["phase"].lower() if own_phase else previous_phase
        phase = find_last_phase(phases, pair.start)
        if not phase and _RESULT_NAME.fullmatch(name):
            phase = previous_phase
        found.append((len(gaps), add_phase(phase, f"{label} {name}" if label else name), value))
    return LinePairs(gaps[0] if gaps else "", add_labels(found, gaps))


def _simplify_text(text: str) -> str:
    """Removes units in brackets, asides (`after epoch 3`), places in source files (`train.py:12`) and arguments of
    printed objects (`Linear(in=3)`), and writes `('acc', 0.5)` as `acc: 0.5`.
    """
    if "@ [" in text or "@[" in text:
        text = _AT_THRESHOLDS.sub("@", text)
    if "('" in text:
        text = _TUPLE.sub(r"\g<key>: \g<value>", text)
    if "[" in text:
        text = _UNIT_IN_SQUARES.sub("", text)
    if "(" in text:
        text = _BRACKETS_IN_NAME.sub("", text)
        text = _BRACKETS.sub(_shorten_brackets, _COUNT_IN_BRACKETS.sub("", text))
    if (
        " so far" in text
        or " after " in text
        or " at " in text
        or " (best" in text
        or " (t" in text
        or " (limit" in text
    ):
        text = _ASIDE.sub("", text)
    if ":" in text:
        text = _SOURCE_LOCATION.sub("_", text)
    return _PRINTED_OBJECT.sub(_keep_tensors, text) if "(" in text else text


def _shorten_brackets(match: "re.Match[str]") -> str:
    """Returns the brackets after a name; "" if they hold a unit or initials: `squared error (SE)`."""
    inside = match["inside"]
    words = re.findall(r"[A-Za-z]+", match.string[max(match.start() - 60, 0) : match.start()])
    letters = inside.partition("@")[0].lower()
    initials = iter("".join(word[0].lower() for word in words[-6:]))
    is_acronym = letters.isalpha() and not inside.islower() and all(letter in initials for letter in letters)
    starts_alike = inside.isupper() and any(word[0] == inside[0] for word in words[-3:])
    return "" if is_acronym or starts_alike or _UNIT_IN_BRACKETS.fullmatch(inside) else f" ({inside})"


def _keep_tensors(match: "re.Match[str]") -> str:
    """Returns a tensor whole, as its first value is a metric, and of other objects the name."""
    name = match[0].partition("(")[0]
    return match[0] if name in ("tensor", "np.float32", "np.float64", "np.float16", "array") else name


def _find_candidates(text: str) -> list[_NameNumber]:
    """Returns names with numbers: with a sign between them; without one if the name is that of a known metric, or if
    the line shows progress.
    """
    candidates = list(_find_names_of_something(text))
    candidates += _find_unusual_names(text)
    taken = {pair.at for pair in candidates}
    if _SIGN_AND_NUMBER.search(text):
        for pair in _NAME_SIGN_NUMBER.finditer(text):
            group = "value" if pair["value"] else "same"
            if pair.start(group) not in taken:
                has_equals_sign = text[pair.end("key")] == "="
                key = _remove_unit(text, pair)
                candidates.append(
                    _NameNumber(pair.start(), pair.start(group), key, has_equals_sign, pair[group], pair["rest"])
                )
    left: list[str] = []
    candidates += _find_names_before_numbers(text, {pair.at for pair in candidates}, left)
    if left:
        candidates += list(_find_chained_names(text, candidates, left))
    if not candidates and ("  " in text or "\t" in text) and (m := _ALIGNED.match(text)):
        candidates.append(_NameNumber(m.start("key"), m.start("value"), m["key"], False, m["value"], ""))
    return candidates


def _find_chained_names(text: str, candidates: list[_NameNumber], left: Sequence[str]) -> Iterator[_NameNumber]:
    """Yields names in a line of names and numbers by turns, if it has a known metric or begins with a counter.
    `left` are the numbers behind words that are not among the candidates. Whole numbers count only behind a counter.
    """
    is_counted = has_counter_at_start(text)
    if not is_counted and all(map(str.isdigit, left)):
        return
    chain = find_chain(text)
    keys = (*(pair.key for pair in candidates), *(link.key for link in chain))
    if not is_counted and not any(map(has_metric_word, keys)):
        return
    taken = {pair.at for pair in candidates}
    for i, link in enumerate(chain):
        if link.at not in taken and (not link.text.isdigit() or (is_counted and i)):
            yield _NameNumber(link.start, link.at, link.key, False, link.text, text[link.at + len(link.text) :][:20])


def _remove_unit(text: str, pair: "re.Match[str]") -> str:
    """Returns the name of a pair without the unit of the number before it: `delay=0.1 s loss=0.02`."""
    key, start = pair["key"], pair.start("key")
    if " " in key and text[start - 1 : start] == " " and text[max(start - 2, 0) : start - 1].isdigit():
        return _UNIT_BEFORE_NAME.sub("", key)
    return key


def _find_unusual_names(text: str) -> Iterator[_NameNumber]:
    """Yields names in places that are special: `%WER 9.94`, `95% coverage 93.6 %`, `0.91 = score`, `: 0.91 accuracy`,
    and `values: [1.5, -2.5]`, each with its place in the name.
    """
    if text[:1] == "%" and (named := _PERCENT_NAME.match(text)):
        yield _NameNumber(1, named.start("value"), named["key"], False, named["value"], named["rest"])
    if "%" in text and (named := _SHARE_OF_COUNT.search(text) or _SHARE.match(text)):
        yield _NameNumber(named.start(), named.start("value"), named["key"], False, named["value"], "%")
    if "% " in text and (named := _PERCENT_AND_NAME.match(text)) and has_metric_word(named["key"]):
        yield _NameNumber(named.start(), named.start("value"), named["key"], False, named["value"], "%")
    if (" @ " in text or " at " in text) and (named := _NAME_AT_NUMBER.search(text)):
        yield _NameNumber(named.start(), named.start("value"), named["key"], False, named["value"], text[named.end() :])
    if " = " in text and (named := _NUMBER_IS_NAME.match(text)):
        yield _NameNumber(named.start(), named.start("value"), named["key"], False, named["value"], "")
    if text[-1:].isalpha() and (named := _NUMBER_AND_NAME.search(text)):
        yield _NameNumber(named.start(), named.start("value"), named["word"], False, named["value"], "")
    for values in _VALUES.finditer(text) if "[" in text else ():
        start = values.start("list")
        for i, number in enumerate(re.finditer(NUMBER, values["list"])):
            yield _NameNumber(values.start(), start + number.start(), f"{values['key']}_{i}", False, number[0], "")


def _find_names_of_something(text: str) -> Iterator[_NameNumber]:
    """Yields names such as `accuracy` in `accuracy of the network on the test images: 54`."""
    if not (" of " in text or " on " in text or " for " in text or " over " in text):
        return
    for m in _NAME_OF_SOMETHING.finditer(text):
        if m["word"].lower() in METRIC_WORDS:
            start = m.start() - len(_leading_words(text, m.start()))
            if acronym := _ACRONYM.search(text[max(start - 20, 0) : start]):
                start -= len(acronym[0])
            key = text[start : m.end("word")]
            key = f"final {key}" if text.startswith(" for final ", m.end("word")) else key
            yield _NameNumber(start, m.start("value"), key, False, m["value"], m["rest"])


def _find_names_before_numbers(text: str, taken: set[int], left: list[str]) -> Iterator[_NameNumber]:
    """Yields names as in `loss 0.5`; in a line that shows progress also any name before a decimal number between
    separators. Adds the other numbers behind words to `left`.
    """
    shows_progress: bool | None = None
    for m in _NAME_SPACE_NUMBER.finditer(text):
        if m.start("value") in taken:
            continue
        start = _find_result_start(text, m)
        if start is None and not is_metric_word(m["word"]) and _is_separated(m):
            if shows_progress is None:
                shows_progress = bool(_PROGRESS.search(text) or _METRIC_IN_SEGMENT.search(text))
            before = _NAME_AFTER_SEPARATOR.search(text[: m.start()][-40:]) if shows_progress else None
            start = m.start() - len(before["more"] or "") if before else None
        if start is not None:
            yield _NameNumber(start, m.start("value"), text[start : m.end("word")], False, m["value"], m["rest"])
        elif m["word"].lower() not in _STEP_WORDS:
            left.append(m["value"])


def _is_separated(match: "re.Match[str]") -> bool:
    """Returns whether a decimal number, or nan, ends a segment of the line."""
    is_decimal = _DECIMAL.fullmatch(match["value"]) or match["value"].isalpha()
    return bool(is_decimal and _SEPARATOR_AFTER_NUMBER.match(match["rest"]))


def _find_result_start(text: str, match: "re.Match[str]") -> int | None:
    """Returns where the name of a metric begins; None if the words are not one. The name is a known one, has a phase
    (`test E 0.5`), or its number has a spread (`IS 5.1 ± 0.2`).
    """
    word, start = match["word"], match.start()
    if is_metric_word(word):
        return _find_metric_name_start(text, match)
    if word.lower() in RESULT_WORDS:
        if "." in match["value"] and (leading := _leading_words(text, start)):
            return start - len(leading)
        is_alone_in_line = "." in match["value"] and not text[:start].strip() and not match["rest"].strip(" %")
        if is_alone_in_line or _IS_ALONE_IN_COLUMN.match(text, start):
            return start
    if "." not in match["value"]:
        return None
    before = text[max(start - 40, 0) : start]
    has_spread = _SPREAD.match(match["rest"]) is not None
    last_word = before[:-1].rpartition(" ")[2] if before[-1:] == " " else ""
    if is_phase_word(last_word) and (has_spread or _is_separated(match)) and (phase := _PHASE_BEFORE.search(before)):
        return None if _PART_OF_DATA.fullmatch(word) else start - len(phase[0])
    if is_phase_word(word) and (metric := _METRIC_BEFORE.search(before)) and is_metric_word(metric["word"]):
        return start - len(metric[0])
    if has_spread and (named := _NAME_AFTER_SEPARATOR.search(before)):
        return start - len(named["more"] or "")
    return start if has_spread else None


def _find_metric_name_start(text: str, match: "re.Match[str]") -> int | None:
    """Returns where a name begins that ends with a known metric; None if the word means something else here."""
    start = match.start()
    leading = _leading_words(text, start)
    is_other_rate = match["word"].lower() == "rate" and not leading.lower().endswith("learning ")
    if is_other_rate and (result := _RESULT_RATE.search(text[max(start - 20, 0) : start])):
        return start - len(result[0])
    if is_other_rate or text.endswith("from ", 0, start):
        return None
    before = text[:start][-60:]
    is_aligned_or_alone = text.startswith("  ", match.end("word")) or not match["rest"].strip(" %")
    more = _WORDS_FROM_BRACKET.search(before)
    if more is None and is_aligned_or_alone:
        more = _WORDS_FROM_START.search(before)
    if more is None and not leading:
        more = _WORD_AFTER_COMMA.search(before)
    return start - max(len(leading), len(more["more"]) if more else 0)


def _leading_words(text: str, end: int) -> str:
    """Returns the words before a position that belong to the name of a metric: `best val `."""
    match = _LEADING_WORDS.search(text[max(end - 40, 0) : end])
    return match[0] if match else ""
