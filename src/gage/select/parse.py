"""Parses what a user writes to select runs: references (IDs, names, positions) and filters.

Knows the syntax only, and not which runs exist.
"""

import re
from collections.abc import Iterable, Sequence

from gage.types.errors import UsageError
from gage.types.filter import Expression, RunRef, SortKey, Where

_POSITIONS = re.compile(r"\d{1,4}(,\d{1,4})+|\d{1,4}-\d{1,4}")  # 1,3 and 1-3


def parse_refs(words: Iterable[str]) -> tuple[RunRef, ...]:
    """Returns the run references in `words`: an ID or name (or a prefix), a position (`1`) or a slice (`1:5`).

    A word of digits may be a position or an ID prefix: then `position` is set besides `text`, and the index decides.
    Raises UsageError for a word that cannot name a run.
    """
    return tuple(_parse_ref(word.strip()) for word in words)


def _parse_ref(word: str) -> RunRef:
    if not word:
        raise UsageError("A run's name is empty", "Try: gage list")
    if _POSITIONS.fullmatch(word):
        listed = word.replace(",", " ") if "," in word else word.replace("-", ":")
        raise UsageError(f"{word!r} is not a run", f"Write {listed} instead")
    if ":" in word:
        return RunRef(word, span=_parse_slice(word))
    if _is_position(word) and word[0] != "0":
        return RunRef(word, position=int(word))
    return RunRef(word)


def _parse_slice(word: str) -> tuple[int | None, int | None]:
    first, _, last = word.partition(":")
    start, end = _parse_bound(first, word), _parse_bound(last, word)
    if start is not None and end is not None and start > end and (start > 0) == (end > 0):
        raise UsageError(f"The slice {word} ends before it starts", f"Try: {end}:{start}")
    return start, end


def _parse_bound(text: str, word: str) -> int | None:
    if not text:
        return None
    if not _is_position(text.removeprefix("-")):
        raise UsageError(
            f"{word!r} is not a slice of the listing", "A slice has one or two positions, such as 1:5, :3, 2: or -2:"
        )
    if int(text) == 0:
        raise UsageError(f"The slice {word} contains position 0", "Positions start at 1, the latest run")
    return int(text)


def _is_position(text: str) -> bool:
    """Returns whether `text` is a decimal number of at most 18 digits (fits in 64 bits)."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def parse_where(text: str | Sequence[str]) -> tuple[Where, ...]:
    """Returns the conditions of the filters; a run must meet all of them.

    Raises UsageError, with a caret under the mistake, and for an empty filter in a list: it would select all runs,
    while a shell variable may have been empty by mistake.
    """
    texts = [text] if isinstance(text, str) else text
    if not isinstance(text, str) and not all(one.strip() for one in texts):
        raise UsageError("The filter of --where is empty", "Leave --where out to select all runs")
    if not any(texts):
        return ()
    from gage.select.grammar import parse_condition, split_condition

    return tuple(Where(part, one) for one in texts for part in split_condition(parse_condition(one)))


def parse_sort(texts: Iterable[str]) -> tuple[SortKey, ...]:
    """Returns what `--sort` names: a name or a function of one, with `-` before it for descending order.

    Raises UsageError.
    """
    keys = []
    for text in texts:
        name = text.strip().removeprefix("-")
        if not name:
            raise UsageError(
                "The name of --sort is empty", "Try: --sort loss, or --sort=-loss to start with the highest"
            )
        first, comma, second = name.partition(",")
        if comma and re.fullmatch(r"[\w./@-]+,\s*[\w./@,\s-]+", name):
            sign = "=-" if text.strip().startswith("-") else " "
            raise UsageError(
                f"--sort takes one name, got {name!r}", f"Repeat it: --sort{sign}{first} --sort {second.strip()}"
            )
        keys.append(SortKey(parse_value_name(name), text.strip().startswith("-")))
    return tuple(keys)


def parse_value_name(text: str) -> Expression:
    """Returns the value that a word names in a listing: `loss`, `config.lr`, `min(loss)`. Raises UsageError."""
    from gage.select.grammar import parse_value

    return parse_value(text)
