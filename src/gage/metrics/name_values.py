"""Names with numbers in a line that was written for people: `loss: 0.12`, `acc=0.9`, `train loss 4.1`.

Knows how programs print numbers, and what looks like one of theirs but is a time, a version or a setting of a layer.
Steps and what came before the line are not its business.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

MAX_LINE_CHARS = 4000
"""Characters of a line that are looked at."""

NUMBER = r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|NaN|NAN|inf|Inf|INF|Infinity|infinity)"
"""How a number is written: also `1E-3`, `.5`, `3.`, `nan`, `-inf`."""

_RESULTS = (
    "loss|losses|acc|accuracy|top1|top5|f1|auc|auroc|ppl|perplexity|reward|rewards|return|returns|"
    "bleu|rouge|map|miou|iou|mse|rmse|mae|mape|r2|precision|recall|score|error|err|dice|psnr|ssim|fid|wer|cer|nll|elbo|kl|"
    "bpb|bpc|entropy|logloss|error_rate"
)
_MEASURES = f"{_RESULTS}|lr|learning[_ ]rate|grad_norm|gnorm|mfu"
_PHASES = (
    "train|training|val|valid|validation|test|testing|eval|evaluation|dev|best|avg|average|mean|running|total|final"
)
MEASURE = re.compile(rf"(?:(?:{_PHASES})[ _/-])*(?:\w+[_/])*(?:{_MEASURES})(?:[@_-]?\w+)?", re.I)
_RESULT = re.compile(rf"(?:{_RESULTS})(?:@\d+)?", re.I)

_WORD = r"[^\W\d][\w@/.'%+*()^-]*"
_SAME = r"\[(?P<same>[-+]?\d+(?:\.\d*(?:[eE][-+]?\d+)?|[eE][-+]?\d+))(?:,? +(?P=same))*\]"
_PAIR = re.compile(
    rf"(?:^|(?<=[\s,;|({{\[\]<>]))"
    rf"(?P<quote>[\"']?)(?P<key>[^\W\d][\w@/.'%+*^-]*(?:\([\w@%/]*\))?(?:[ ](?:{_WORD})){{0,3}})(?P=quote)"
    rf"[ \t]*(?:[:=：]|[-=]+>|→)[ \t]*(?:(?:tensor|np\.float\d*|np\.int\d*|array)\()?"
    rf"(?:{_SAME}|(?P<value>{NUMBER}))(?=(?P<rest>.{{0,12}}))",
)
_AFTER_WORD = re.compile(
    rf"(?<![\w@/.+*-])(?P<word>[^\W\d][\w@/.+*-]*+)(?:[ ]\(\w+ \w+\))?[ \t]+(?:(?:is|was|of|at)[ \t]+)?[ \t]*"
    rf"(?P<value>{NUMBER})(?=(?P<rest>.{{0,12}}))"
)
_LED = re.compile(rf"(?:(?:{_PHASES})[ _/-])*(?:learning[ ])?$", re.I)
_BARE = re.compile(r"(?:(?:^|[|,;:]|\s-|\d)\s+|^)(?P<more>[^\W\d][\w@/.-]*[ ])?$")
_APART = re.compile(r"[|,;]\s+(?P<more>[^\W\d][\w-]*[ ])$")
_ALONE = re.compile(r"^\s*(?P<more>(?:[^\W\d][\w-]* ){1,3})$")
_BARE_NUMBER = re.compile(r"[-+]?\d+\.\d+(?:[eE][-+]?\d+)?")
_BARE_REST = re.compile(r"[ \t]*(?:[|,;(:]|-\s|\.?$)")
_PROGRESS = re.compile(r"\b(?:epoch|step|iter|iteration|ep|round|episode)\b\W{0,8}\d", re.I)
_ABOUT = re.compile(
    r"\b(?P<word>[^\W\d]\w*+)[ ](?:of|on|for|over)[ ][^:=|]{1,60}?[ ][^:=|]{1,60}?[ \t]*[:=][ \t]*"
    rf"(?P<value>{NUMBER})(?=(?P<rest>.{{0,12}}))"
)
CELL = re.compile(rf"^\s*[|│]\s*(?P<key>{_WORD}(?: {_WORD}){{0,3}})\s*[|│]\s*(?P<value>{NUMBER})(?P<rest>)\s*[|│]\s*$")
_ENDS = re.compile(r"$|[\s,;|)\]}>│]|[.:](?:\s|$)|[\"'](?:$|[\s,}])|(?:\+|±|\+/-)\d*\.\d|\([ \d.]")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}$")
_MORE_THOUSANDS = re.compile(r"(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_UNIT = re.compile(
    r"[ \t]+(?:(?:s|sec|secs|seconds?|ms|us|µs|ns|min|mins|minutes?|h|hours?|days?|[KMGT]i?B|bytes|it/s|px)\b"
    r"|(?:examples?|images?|samples?|sents|files|rows|steps|epochs|batches|items|tokens|tok|words|params|parameters)(?:\b|/))"
)
_OF = re.compile(r"[ \t]*(?:/|out of)[ \t]*(\d+)(?![\d.]*[A-Za-z:])")
_NO_END = re.compile(r":|[ \t]*\[[ \t]*\d+[ \t]*/")
_RATIO = re.compile(r"(?:\w+[_ /])?(?:acc|accuracy|correct)", re.I)

_NOT_MEASURED = re.compile(
    r"(?:.*[_ ./-])?(?:version|v_num|v|port|pid|ppid|seed|rank|local_rank|world[_ ]size|gpu|gpus|cuda|device|line|eta|"
    r"time|times|timestamp|elapsed|remaining|took|duration|date|datetime|localhost|host|exit code|code|"
    r"status|id|uid|errno|commit|sha|hash|progress|revision|capability|tol|tolerance|patience|min_delta|threshold)"
    r"|(?-i:.*[a-z](?:Error|Exception|Warning))|(?:.*[ ])?(?:python|torch|numpy|tensorflow|keras)"
    r"|(?:ms|us|s|sec)/\w+|time[_ ](?:cost|per|used|spent|taken|elapsed).*|(?:num|number)[_. ].*|using|used"
    r"|.* (?:params|parameters|flops)|modules in .*"
    r"|(?:in|of|for|on|at|by|from|per) .*",
    re.I,
)
STEP = re.compile(
    r"(?:.*[_ ])?(?:(?:epoch|step|iter|iteration|round|episode|trial)s?|it|batch|batches|global_step|total_timesteps)",
    re.I,
)
_LEVEL = re.compile(
    r"^(?:(?:INFO|DEBUG|WARNING|WARN|ERROR|TRACE|NOTICE|ℹ|root|Using|The|And|With|Got|and|with|got|to)[ ])+"
    r"|.*(?: (?:with|than|and|the)|(?:^| )[a-z]\w*[.!?](?= [A-Z])) "
)
_OBJECT = re.compile(r"[A-Za-z_][\w.]*\((?:[^()]|\([^()]*\))*=(?:[^()]|\([^()]*\))*\)?")
_PLACE = re.compile(r"\.(?:py|cc|cpp|cu|h|c|jl|R|rs|go|ipynb):\d+|\([a-z_.]+:\d+\)")
_BY_AREA = re.compile(r"@[ ]?\[[^\[\]]*\](?=\s*=)")
_SIGNED = re.compile(r"(?:[:=>→：])[ \t]*(?:[-+.\d\[nNiI]|tensor|array)")
_SAID = frozenset((*_RESULTS.split("|"), "lr", "rate", "learning_rate", "grad_norm", "gnorm", "mfu"))
_PHASE = re.compile(
    r"(?:^|(?<=[\s,;|(\[]))(?P<phase>train|training|val|valid|validation|test|eval|evaluation|dev)"
    r"(?:[ ](?:results?|set|metrics|stats)(?=\s))?(?:\s*[:\])|]|\s+-\s)(?!\s*[-+.\d](?!\d*\s*\[))",
    re.I,
)
_FIRST_WORD = re.compile(r"(?P<phase>train|training|val|valid|validation|test|eval|evaluation|dev)[ ]", re.I)
_LAST = re.compile(rf"(?:(?:{_PHASES}) )*[^ ]*$", re.I)
_TALK = re.compile(r"(?:.* )?(?:be|is|are|was|were|to|at|of|for|in|the|with|and|by|from|step)", re.I)


class _NameNumber(NamedTuple):
    """A name and a number, by their places in the line, and what comes after."""

    start: int
    at: int
    key: str
    is_equal: bool
    text: str
    rest: str


def find_pairs(line: str) -> Iterator[tuple[str, float]]:
    """The names and values in a line, in its order. Times, versions, ports, percentages of progress and the arguments
    of printed objects are none. Words of a name are joined by `_`; a leading `val:` or `[test]` becomes part of it.
    """
    text = _without_objects(line[:MAX_LINE_CHARS])
    cell = CELL.match(text) if text.lstrip()[:1] in ("|", "│") else None
    found = (
        [_NameNumber(0, cell.start("value"), cell["key"], False, cell["value"], "")] if cell else sorted(_found(text))
    )
    phases = [(m.end(), m["phase"].lower()) for m in _PHASE.finditer(text)] if found and not cell else []
    before = ""
    for pair in found:
        key = _name(pair.key, pair.is_equal)
        value = _value(key, pair.text, pair.rest)
        if value is None or not key:
            continue
        own = _FIRST_WORD.match(key)
        before = own["phase"].lower() if own else before
        yield _joined(_phase(phases, pair.start) or (before if before and _RESULT.fullmatch(key) else ""), key), value


@lru_cache(maxsize=4096)
def can_be_metric(key: str) -> bool:
    """Whether a name may be that of a metric."""
    return not any(no.fullmatch(key) for no in (_NOT_MEASURED, STEP, _TALK))


def parse_number(text: str) -> float | None:
    """What a text says as a number; None when it is none."""
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return None


def _without_objects(text: str) -> str:
    """What is inside of a printed object (`Linear(in=3)`), and the line of a source file, are no measurements."""
    if "@ [" in text or "@[" in text:
        text = _BY_AREA.sub("@", text)
    if ":" in text:
        text = _PLACE.sub("", text)
    return _OBJECT.sub(_kept, text) if "(" in text else text


def _kept(match: "re.Match[str]") -> str:
    """A tensor's first value is a measurement."""
    name = match[0].partition("(")[0]
    return match[0] if name in ("tensor", "np.float32", "np.float64", "np.float16", "array") else name


def _found(text: str) -> list[_NameNumber]:
    """Pairs with a sign between name and number, and those without where the name is a known measure, or where all of
    the line is made of such pairs.
    """
    found = list(_about(text))
    taken = {pair.at for pair in found}
    if _SIGNED.search(text):
        for m in _PAIR.finditer(text):
            group = "value" if m["value"] else "same"
            if m.start(group) not in taken:
                found.append(
                    _NameNumber(m.start(), m.start(group), m["key"], text[m.end("key")] == "=", m[group], m["rest"])
                )
    return found + list(_spoken(text, {pair.at for pair in found} | taken))


def _about(text: str) -> Iterator[_NameNumber]:
    """`accuracy of the network on the test images: 54`."""
    if not (" of " in text or " on " in text or " for " in text or " over " in text):
        return
    for m in _ABOUT.finditer(text):
        if m["word"].lower() in _SAID:
            start = m.start() - len(_led(text, m.start()))
            yield _NameNumber(start, m.start("value"), text[start : m.end("word")], False, m["value"], m["rest"])


def _spoken(text: str, taken: set[int]) -> Iterator[_NameNumber]:
    """`loss 0.5`; and any name before a number with a point, between bars and commas, if the line tells of progress."""
    tells: bool | None = None
    for m in _AFTER_WORD.finditer(text):
        if m.start("value") in taken:
            continue
        start = m.start()
        if _is_said(m["word"]):
            led = _led(text, start)
            is_rate = m["word"].lower() == "rate"
            if (is_rate and not led.lower().endswith("learning ")) or text.endswith("from ", 0, start):
                continue
            aligned = text.startswith("  ", m.end("word"))
            apart = (_ALONE if aligned else _APART).search(text[:start][-60:]) if aligned or not led else None
            start -= max(len(led), len(apart["more"]) if apart else 0)
        elif not (_BARE_NUMBER.fullmatch(m["value"]) and _BARE_REST.match(m["rest"])):
            continue
        else:
            before = _BARE.search(text[:start][-40:])
            if tells is None:
                tells = _PROGRESS.search(text) is not None
            if not (before and tells):
                continue
            start -= len(before["more"] or "")
        yield _NameNumber(start, m.start("value"), text[start : m.end("word")], False, m["value"], m["rest"])


def _led(text: str, end: int) -> str:
    """The words before a place that belong to the name of a measure: `best val `."""
    found = _LED.search(text[max(end - 40, 0) : end])
    return found[0] if found else ""


def _is_said(word: str) -> bool:
    """Whether a word before a number is the name of a measure."""
    name = word.lower().partition("@")[0].removesuffix("-score")
    return name in _SAID or name[max(name.rfind("_"), name.rfind("/"), name.rfind("-")) + 1 :] in _SAID


@lru_cache(maxsize=4096)
def _name(key: str, is_equal: bool) -> str:
    """The name in what stands before a number, without the words of a sentence that leads to it; "" for no metric."""
    lead = _LEVEL.match(key.strip())
    name = key.strip()[lead.end() if lead else 0 :]
    word = name.rpartition(" ")[2]
    is_whole = ("_" in word or "/" in word) and is_equal
    last = _LAST.search(name) if is_whole or name[-1:] > "\u3000" else None
    name = last[0] if last else name
    return name if can_be_metric(name) and can_be_metric(key) else ""


def _phase(phases: list[tuple[int, str]], at: int) -> str:
    """The last phase that was named before a place, by where its name ends."""
    return next((phase for end, phase in reversed(phases) if end <= at), "")


def _joined(phase: str, key: str) -> str:
    name = "_".join(key.replace("'s", "").split())
    return f"{phase}_{name}" if phase and not name.lower().startswith(phase) else name


def _value(key: str, text: str, rest: str) -> float | None:
    """The number that a pair means; None when what follows shows that it is something else."""
    if text.isdigit() and key.lower() in ("error", "err", "errors"):
        return None  # of a program, not of a model
    if rest.startswith(","):
        more = _MORE_THOUSANDS.match(rest)
        if more and _THOUSANDS.match(text):
            return parse_number(text + more[0].replace(",", ""))
        comma = re.match(r",(\d+)(?![\d.,])", rest)
        if comma:
            return parse_number(f"{text}.{comma[1]}") if text.lstrip("+-").isdigit() else None
        if rest[1:2].isdigit():
            return None
    if rest.lstrip(" ").startswith("%"):
        return parse_number(text) if "." in text or MEASURE.fullmatch(key.replace(" ", "_")) else None
    of = _OF.match(rest)
    if of:
        total = float(of[1])
        top = parse_number(text)
        return top / total if top is not None and total and _RATIO.fullmatch(key) else None
    if not _ENDS.match(rest) or _UNIT.match(rest) or (text.isdigit() and _NO_END.match(rest)):
        return None
    return parse_number(text)
