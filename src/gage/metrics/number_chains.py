"""Lines that consist of names and numbers by turns: `it 3  SSE 8.9e+06  moved 122  shift 0.5  11 ms`.

Knows where names and units are in such a line. Does not know which names are metrics.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from gage.metrics.printed_numbers import NUMBER

MAX_NUMBERS = 40
# 0.5 · 3%
_NUMBER_IN_LINE = re.compile(rf"(?<![\w.,@/+(\[-])(?:{NUMBER})(?=%?(?:[\s,;|)\]]|$))")
# val loss = · max log-posterior:
_KEY = r"(?P<key>[^\W\d][\w@/.+*^%-]*(?: [^\W\d][\w@/.+*^%-]*){0,3})[ \t]*[:=]?[ \t]*"
_FIRST_GAP = re.compile(rf"(?:^|[\s|:(\[]){_KEY}$")
_UNIT = r"(?:ms|s|sec|secs|min|h|it/s|[kKMGT]i?B|\w+/s)"
# % | · s, · K  · m2/s2
_GAP = re.compile(
    rf"%?(?: ?{_UNIT}(?![\w/])|[ ][^\s|,;:=]{{1,8}}(?=[ ]{{2}}|\t|[ ]*[|,;]))?(?:[ ]\([^()]*\))?"
    rf"(?:\s*[|,;/]\s*|\s+)(?:[-|,;][ ])?(?:[^\W\d]\w*:\s+)?(?:{_KEY})?"
)
_UNIT_AFTER = re.compile(rf" ?{_UNIT}(?![\w/])")
# accuracy on (3 clients): part of a sentence
_FILLER = re.compile(
    r"(?:^|[ ])(?:on|over|after|than|between|within|until|through|via|or|about|only|first|last|next|at|of|for|to|in"
    r"|from|by|with|and)$"
)
_TAIL = re.compile(r"%?(?:[ ]?[^\W\d][^\s]{0,10})?(?:\s*[|,;-]?\s*[\[(<][^\])]*[\])>])?\s*[*.;|]{0,3}\s*")
_STARTS_WITH_COUNTER = re.compile(
    r"\W*(?:it|iter(?:ation)?|ep|epoch|step|gen(?:eration)?|round|sweep|update|tick|cycle|pass|episode)\b\W{0,4}\d",
    re.I,
)


class ChainLink(NamedTuple):
    """A name and its number, and their positions in the line."""

    key: str
    start: int
    at: int
    text: str


def has_counter_at_start(text: str) -> bool:
    """Returns whether a line begins with a counter: `it 3`, `gen 2`."""
    return _STARTS_WITH_COUNTER.match(text) is not None


def find_chain(text: str) -> list[ChainLink]:
    """Returns the names with their numbers if the whole line, but for what is before the first name, has this form;
    else [].
    """
    numbers = list(_NUMBER_IN_LINE.finditer(text))
    if not 1 < len(numbers) < MAX_NUMBERS or not _TAIL.fullmatch(text, numbers[-1].end()):
        return []
    first = _FIRST_GAP.search(text[: numbers[0].start()][-60:])
    links: list[ChainLink] = []
    if first:
        start = max(numbers[0].start() - 60, 0) + first.start("key")
        links.append(ChainLink(first["key"], start, numbers[0].start(), numbers[0][0]))
    for before, number in pairwise(numbers):
        gap = _GAP.fullmatch(text, before.end(), number.start())
        if gap is None or not (gap["key"] or _UNIT_AFTER.match(text, number.end())):
            return []
        if gap["key"]:
            links.append(ChainLink(gap["key"], gap.start("key"), number.start(), number[0]))
    return [] if any(_FILLER.search(link.key) for link in links) else links
