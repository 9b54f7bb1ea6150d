"""Names of metrics: decides which words before a number can be one, and removes the sentence around it.

Knows only names, not where programs print them.
"""

import re
from functools import lru_cache

from gage.metrics import languages
from gage.metrics.metric_phases import PHASE_NAMES
from gage.metrics.output_queue import FOREIGN_METRIC_WORDS, METRIC_WORDS, RESULT_NAMES

# loss · top-5 · F1%
NAME_WORD = r"[^\W\d][\w@/.'%+*()^-]*"
"""A word in a name, as a pattern."""
_METRIC_NAMES = f"{RESULT_NAMES}|lr|learning[_ ]rate|grad_norm|gnorm|mfu"
# loss · val/loss · best val acc@1 · train_grad_norm
METRIC_NAME = re.compile(rf"(?:(?:{PHASE_NAMES})[ _/-])*(?:\w+[_/])*(?:{_METRIC_NAMES})(?:[@_-]?\w+)?", re.I)
# torch version · elapsed · ValueError · ms/step · num_layers · in 3
_NOT_A_METRIC = re.compile(
    r"(?:.*[_ ./-])?(?:version|v_num|port|pid|ppid|seed|rank|local_rank|world[_ ]size|gpu|gpus|cuda|device|line|eta|"
    r"time|times|walltime|runtime|timestamp|ts|elapsed|remaining|took|duration|date|datetime|localhost|host|exit code|"
    r"code|status|id|uid|errno|commit|sha|hash|progress|revision|capability|tol|tolerance|patience|min_delta|threshold|"
    r".* (?:improved|increased|decreased|reduced|changed)|warnings?|notes?|notice|hint|info|debug)"
    r"|(?-i:.*[a-z](?:Error|Exception|Warning))|(?:.*[ ])?(?:python|torch|numpy|tensorflow|keras)"
    r"|(?:ms|us|s|sec)/\w+|time[_ ](?:cost|per|used|spent|taken|elapsed).*|(?:num|number)[_. ].*|using|used"
    r"|min|max|med|v|nan|inf|.* (?:params|parameters|flops)|modules in .*|seconds?(?: .*)?|load average"
    r"|(?:in|of|for|on|at|by|from|per) .*",
    re.I,
)
# epoch · global_step · total episodes
STEP_NAME = re.compile(
    r"(?!(?!best).*(?:loss|acc|accuracy|score|reward|lr)_(?:step|epoch)$)"
    r"(?:.*[_ ])?(?:(?:best|last)?(?:epoch|step|iter|iteration|round|episode|trial)s?"
    r"|it|ep|tick|generation|cycle|batch|batches|global_step|timesteps?)",
    re.I,
)
_ABBREVIATIONS = "mittl|quadr|durchschn|abs|rel|avg|std|norm|max|min|var|est|approx|val|acc|prec|conv|num|tot"
# INFO The (loss is …) · saved. Then the
_SENTENCE_START = re.compile(
    r"^(?:(?:INFO|DEBUG|WARNING|WARN|ERROR|TRACE|NOTICE|ℹ|root|Using|The|And|With|Got|and|with|got|to)[ ])+"
    rf"|.*(?: (?:with|than|and|(?<!under )the)|(?:^| )(?!(?:{_ABBREVIATIONS})\.)[a-z]\w*[.!?](?= [A-Z])) "
)
# nats/char · bits/dim · loss/token
_PER_SYMBOL = re.compile(
    r"(?:.*[_/])?(?:nats|bits|loss|ppl)(?:/|_per_)(?:char|token|byte|word|dim|pixel|symbol|sample)s?"
)
# Prec@5
_AT_RANK = re.compile(r"[A-Za-z]@\d+$")
# f1-score · bleu-4
_ENDING = re.compile(r"-(?:score|\d)$")
# Acc, of pixAcc
_LAST_CAMEL_WORD = re.compile(r"(?<=[a-z])[A-Z][a-z]+$")
# the end of: we got best val loss
_LAST_WORDS = re.compile(rf"(?:(?:{PHASE_NAMES}|{languages.FOREIGN_PHASE_WORDS}) )*[^ ]*$", re.I)
# the loss of · saved to · step
_ENDS_IN_FILLER = re.compile(
    r"(?:.* )?(?:be|[Ii]s|are|was|were|to|[Aa]t|of|[Ff]or|[Ii]n|[Tt]he|[Ww]ith|[Aa]nd|by|[Ff]rom|[Ss]tep)"
)


@lru_cache(maxsize=4096)
def can_be_metric(name: str) -> bool:
    """Returns whether a name may be that of a metric."""
    return not (_NOT_A_METRIC.fullmatch(name) or STEP_NAME.fullmatch(name) or _ENDS_IN_FILLER.fullmatch(name))


@lru_cache(maxsize=4096)
def is_metric_word(word: str) -> bool:
    """Returns whether a word is the name of a known metric, or ends with one: `val_loss`, `acc@1`."""
    if "@" in word and _AT_RANK.search(word):
        return True
    name = _ENDING.sub("", word.lower().partition("@")[0])
    if word[-3:].isalpha() and (camel := _LAST_CAMEL_WORD.search(word)):
        return camel[0].lower() in METRIC_WORDS
    return (
        name in METRIC_WORDS
        or name in FOREIGN_METRIC_WORDS
        or languages.has_metric_characters(name)
        or name.endswith(("iou", "-index", "genauigkeit", "fehler"))
        or _PER_SYMBOL.fullmatch(name) is not None
        or name.partition("_")[0] == "loss"
        or name[max(name.rfind("_"), name.rfind("/"), name.rfind("-")) + 1 :] in METRIC_WORDS
    )


@lru_cache(maxsize=4096)
def clean_name(key: str, has_equals_sign: bool) -> str:
    """Returns the name without the words of a sentence before it; "" if it cannot be a metric."""
    sentence = _SENTENCE_START.match(key.strip())
    if sentence and " with " in sentence[0] and METRIC_NAME.fullmatch(sentence[0].partition(" with ")[0]):
        return clean_name(key.strip().partition(" with ")[0], has_equals_sign)  # accuracy with best params
    name = key.strip()[sentence.end() if sentence else 0 :]
    last_word = name.rpartition(" ")[2]
    is_identifier = has_equals_sign and ("_" in last_word or "/" in last_word)
    name = _without_ending(name)
    if " was " in name or " is " in name:
        name = re.split(r" (?:was|is) ", name)[-1]
    last_words = _LAST_WORDS.search(name) if is_identifier or name[-1:] > "\u3000" else None
    name = last_words[0] if last_words else name
    base = name.partition(" (")[0]
    return name if all(map(can_be_metric, (name, base, _without_ending(key)))) else ""


def _without_ending(name: str) -> str:
    """Returns a name without the word or the dots before its value: `score is`, `requests....`."""
    name = name.rstrip(".") if name.endswith("..") else name
    return name.removesuffix(" is").removesuffix(" was")
