"""Phases of a program, such as `train`, `val` and `test`, in the names of metrics and before them.

Knows words, not numbers.
"""

import re
from functools import lru_cache

from gage.metrics import languages
from gage.metrics.name_bars import join_words

PHASE_NAMES = (
    "train|training|val|valid|validation|test|testing|eval|evaluation|dev|best|avg|average|mean|running|total|final"
    "|cv|oof|oob|hold-?out"
)
PHASE_WORDS = "train|training|val|valid|validation|test|testing|eval|evaluation|dev"
# val: · [test] · Train results | · eval -
PHASE = re.compile(
    r"(?:^|(?<=[\s,;|(\[]))(?<!of )(?<!\w\[)"
    rf"(?P<phase>(?:best[ ])?(?:{PHASE_WORDS})(?:_\w+(?= \|))?)"
    r"(?:[ ](?:results?|set|metrics|stats)(?=[\s:])|[ ]net output #\d+(?=:))?"
    r"(?!\)\s*[:=]\s*[-+.\d])(?:\s*[:\])|]|\s+->?\s|[ ]{2,}(?=[^\W\d]))"
    r"(?!\s*[-+.\d](?!\d*(?:\s*\[|%\|))|\s\w+ (?:on|of) \D)",
    re.I,
)
# lr · wps · gb_free · samples/s: values of the whole program, not of a phase
_HAS_NO_PHASE = re.compile(
    r"learning[_ ]rate|(?:.*_)?(?:lr\d*|wall|mem|memory|free)|[wut]ps|wpb|bsz|loss_scale|num_updates"
    r"|.*(?:/s|/sec|per_sec\w*)",
    re.I,
)
# training's · valid_1's
_PHASE_GENITIVE = re.compile(rf"\b((?:{PHASE_NAMES})|\w+_\w+)'s\b")
# train · Prüfung · cv
_ANY_PHASE = re.compile(rf"{PHASE_NAMES}|{languages.FOREIGN_PHASE_WORDS}", re.I)
_PHASE_NAME = re.compile(PHASE_NAMES, re.I)
# val loss
FIRST_WORD = re.compile(rf"(?P<phase>{PHASE_WORDS})[ ]", re.I)


@lru_cache(maxsize=4096)
def is_phase_word(word: str) -> bool:
    """Returns whether a word names a phase, in English or in one of the other languages that Gage knows."""
    return _ANY_PHASE.fullmatch(word) is not None


def find_phase(text: str) -> str:
    """Returns the phase that a text names at its end, in small letters; "" if it names none."""
    phases = [m["phase"].lower() for m in PHASE.finditer(text) if not text[m.end() :].strip()]
    return phases[-1] if phases else ""


def strip_phase(name: str) -> str:
    """Returns a name without the phase at its start."""
    phase, _, rest = name.partition("_")
    return rest if rest and _PHASE_NAME.fullmatch(phase) else name


def find_last_phase(phases: list[tuple[int, str]], at: int) -> str:
    """Returns the last phase that ends before a position; "" if there is none."""
    last = ""
    for end, phase in phases:
        if end <= at:
            last = phase
    return last


def add_phase(phase: str, key: str) -> str:
    """Returns a name with its words joined by `_`, and with the phase in front unless it has it."""
    if "'s" in key:
        key = _PHASE_GENITIVE.sub(r"\1", key)
    name = join_words(key)
    has_phase = not phase or name.lower().startswith(phase) or _HAS_NO_PHASE.fullmatch(name)
    return name if has_phase else f"{phase.replace(' ', '_')}_{name}"
