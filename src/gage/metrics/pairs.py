"""Names with numbers in a line that was written for people: `loss: 0.12`, `acc=0.9`, `train loss 4.1`.

Knows how programs print numbers, and what looks like one of theirs but is a time, a version or a setting of a layer.
Steps and what came before the line are not its business.
"""

import re
from collections.abc import Iterator

MOST = 4000
"""Characters of a line that are looked at."""

NUMBER = r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|NaN|NAN|inf|Inf|INF|Infinity|infinity)"
"""How a number is written: also `1E-3`, `.5`, `3.`, `nan`, `-inf`."""

_MEASURES = (
    "loss|losses|acc|accuracy|top1|top5|f1|auc|auroc|lr|learning[_ ]rate|ppl|perplexity|reward|rewards|return|returns|"
    "bleu|rouge|map|miou|iou|mse|rmse|mae|mape|r2|precision|recall|score|error|err|dice|psnr|ssim|fid|wer|cer|nll|elbo|kl|"
    "bpb|bpc|entropy|grad_norm|gnorm|logloss|error_rate"
)
_PHASES = (
    "train|training|val|valid|validation|test|testing|eval|evaluation|dev|best|avg|average|mean|running|total|final"
)
_MEASURE = re.compile(rf"(?:(?:{_PHASES})[ _/-])*(?:\w+[_/])*(?:{_MEASURES})(?:[@_-]?\w+)?", re.I)

_WORD = r"[A-Za-z_][\w@/.'%+*()^-]*"
_PAIR = re.compile(
    rf"(?:^|(?<=[\s,;|({{\[<>]))"
    rf"(?P<quote>[\"']?)(?P<key>[A-Za-z_][\w@/.'%+*^-]*(?:\([\w@%/]*\))?(?:[ ](?:{_WORD})){{0,3}})(?P=quote)"
    rf"[ \t]*(?:[:=]|[-=]>|→)[ \t]*(?:(?:tensor|np\.float\d*|np\.int\d*|array)\()?"
    rf"(?P<value>{NUMBER})(?=(?P<rest>.{{0,12}}))",
)
_SPOKEN = re.compile(
    rf"(?:^|(?<=[\s,;|(\[]))(?P<key>(?:(?:{_PHASES})[ _/-])*(?:{_MEASURES})(?:@\d+)?)[ \t]+(?:is|was|of|at)?[ \t]*"
    rf"(?P<value>{NUMBER})(?=(?P<rest>.{{0,12}}))",
    re.I,
)
_CELL = re.compile(rf"^\s*[|│]\s*(?P<key>{_WORD}(?: {_WORD}){{0,3}})\s*[|│]\s*(?P<value>{NUMBER})(?P<rest>)\s*[|│]\s*$")
_ENDS = re.compile(r"$|[\s,;|)\]}>│]|\.(?:\s|$)|[\"'](?:$|[\s,}])")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}$")
_MORE_THOUSANDS = re.compile(r"(?:,\d{3})+(?:\.\d+)?(?![\d,])")
_UNIT = re.compile(
    r"[ \t]+(?:s|sec|secs|seconds?|ms|us|µs|ns|min|mins|minutes?|h|hours?|days?|[KMGT]i?B|bytes|it/s|px)\b"
)
_OF = re.compile(r"[ \t]*/[ \t]*(\d+)(?![\d.]*[A-Za-z:])")
_RATIO = re.compile(r"(?:\w+[_ /])?(?:acc|accuracy|correct)", re.I)

_NOT_MEASURED = re.compile(
    r"(?:.*[_ ./-])?(?:version|v_num|v|port|pid|ppid|seed|rank|local_rank|world_size|gpu|gpus|cuda|device|line|eta|"
    r"time|times|timestamp|elapsed|remaining|took|duration|date|datetime|localhost|host|exit code|code|"
    r"status|id|uid|errno)"
    r"|.*(?:Error|Exception|Warning)|(?:.*[ ])?(?:python|torch|numpy|tensorflow|keras)",
    re.I,
)
_LOGGER = re.compile(r"^(?:INFO|DEBUG|WARNING|ERROR|CRITICAL):[\w.]*:[ \t]*")
_STEP = re.compile(
    r"(?:.*[_ ])?(?:epoch|step|steps|iter|iteration|it|batch|round|episode|global_step|total_timesteps)", re.I
)
_LEVEL = re.compile(
    r"^(?:(?:INFO|DEBUG|WARNING|WARN|ERROR|TRACE|NOTICE|root|Using|The|And|With|Got|and|with|got|to)[ ])+"
)
_OBJECT = re.compile(r"[A-Za-z_][\w.]*\((?:[^()]|\([^()]*\))*=(?:[^()]|\([^()]*\))*\)?")
_PHASE = re.compile(
    r"(?:^|(?<=[\s,;|(\[]))(?P<phase>train|training|val|valid|validation|test|eval|evaluation|dev)(?:\s*[:\])|]|\s+-\s)(?!\s*[-+.\d])",
    re.I,
)
_TALK = re.compile(r"(?:.* )?(?:be|is|are|was|were|to|at|of|for|in|the|with|and|by|from|step)", re.I)


def pairs(line: str) -> Iterator[tuple[str, float]]:
    """The names and values in a line, in its order. Times, versions, ports, percentages of progress and the arguments
    of printed objects are none. Words of a name are joined by `_`; a leading `val:` or `[test]` becomes part of it.
    """
    text = _OBJECT.sub(_kept, _LOGGER.sub("", line[:MOST]))
    cell = _CELL.match(text)
    found = [cell] if cell else sorted(_found(text), key=lambda m: m.start())
    phases = [] if cell else [(m.end(), m["phase"].lower()) for m in _PHASE.finditer(text)]
    for match in found:
        key = _LEVEL.sub("", match["key"].strip())
        value = _value(key, match["value"], match["rest"])
        if value is not None and not any(no.fullmatch(key) for no in (_NOT_MEASURED, _STEP, _TALK)):
            yield _joined(_phase(phases, match.start()), key), value


def number(text: str) -> float | None:
    """What a text says as a number; None when it is none."""
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return None


def _kept(match: "re.Match[str]") -> str:
    """What is inside of a printed object (`Linear(in=3)`) is no measurement; a tensor's first value is."""
    name = match[0].partition("(")[0]
    return match[0] if name in ("tensor", "np.float32", "np.float64", "np.float16", "array") else name


def _found(text: str) -> "list[re.Match[str]]":
    """Pairs with a sign between name and number, and those without where the name is a known measure."""
    signed = list(_PAIR.finditer(text))
    taken = [m.span("value") for m in signed]
    spoken = [m for m in _SPOKEN.finditer(text) if not any(a <= m.start("value") < b for a, b in taken)]
    return signed + spoken


def _phase(phases: list[tuple[int, str]], at: int) -> str:
    """The last phase that was named before a place, by where its name ends."""
    return next((phase for end, phase in reversed(phases) if end <= at), "")


def _joined(phase: str, key: str) -> str:
    name = "_".join(key.replace("'s", "").split())
    return f"{phase}_{name}" if phase and not name.lower().startswith(phase) else name


def _value(key: str, text: str, rest: str) -> float | None:
    """The number that a pair means; None when what follows shows that it is something else."""
    if rest.startswith(","):
        more = _MORE_THOUSANDS.match(rest)
        if more and _THOUSANDS.match(text):
            return number(text + more[0].replace(",", ""))
        comma = re.match(r",(\d+)(?![\d.,])", rest)
        if comma:
            return number(f"{text}.{comma[1]}") if text.lstrip("+-").isdigit() else None
        if rest[1:2].isdigit():
            return None
    if rest.lstrip(" ").startswith("%"):
        return number(text) if _MEASURE.fullmatch(key.replace(" ", "_")) else None
    of = _OF.match(rest)
    if of:
        total = float(of[1])
        top = number(text)
        return top / total if top is not None and total and _RATIO.fullmatch(key) else None
    if not _ENDS.match(rest) or _UNIT.match(rest):
        return None
    return number(text)
