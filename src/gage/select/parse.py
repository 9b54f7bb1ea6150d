"""Parses what a user writes to select runs: references (IDs, names, positions) and filters.

Knows the syntax only, and not which runs exist.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NoReturn

from gage.types.errors import UsageError
from gage.types.filter import RunRef, Term

_QUOTES = "'\""
_COMPARISONS = "<>~"
_HINT = "Try: --where 'status=completed lr=0.1'"


def parse_refs(words: Iterable[str]) -> tuple[RunRef, ...]:
    """Returns the run references in `words`: an ID or name (or a prefix), a position (`1`) or a slice (`1:5`).

    A word of digits may be a position or an ID prefix: then `position` is set besides `text`, and the index decides.
    Raises UsageError for a word that cannot name a run.
    """
    return tuple(_parse_ref(word.strip()) for word in words)


def _parse_ref(word: str) -> RunRef:
    if not word:
        raise UsageError("A run's name is empty", "Try: gage list")
    if ":" in word:
        return RunRef(word, span=_parse_slice(word))
    if _is_position(word) and word[0] != "0":
        return RunRef(word, position=int(word))
    return RunRef(word)


def _parse_slice(word: str) -> tuple[int | None, int | None]:
    first, _, last = word.partition(":")
    start, end = _parse_bound(first, word), _parse_bound(last, word)
    if start is not None and end is not None and start > end:
        raise UsageError(f"The slice {word} ends before it starts", f"Try: {end}:{start}")
    return start, end


def _parse_bound(text: str, word: str) -> int | None:
    if not text:
        return None
    if not _is_position(text):
        raise UsageError(
            f"{word!r} is not a slice of the listing", "A slice has one or two positions, such as 1:5, :3 or 2:"
        )
    if int(text) == 0:
        raise UsageError(f"The slice {word} contains position 0", "Positions start at 1, the latest run")
    return int(text)


def _is_position(text: str) -> bool:
    """Returns whether `text` is a decimal number of at most 18 digits (fits in 64 bits)."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def parse_where(text: str | Sequence[str]) -> tuple[Term, ...]:
    """Returns the conditions of a filter or of several; a run must match all of them.

    `name=value` and `name!=value` compare, any other word is searched for. Spaces separate conditions, quotes keep
    spaces and `=` in a value. Raises UsageError, with a caret under the mistake, and for an empty filter in a list:
    it would select all runs, while a shell variable may have been empty by mistake.
    """
    texts = [text] if isinstance(text, str) else text
    if not isinstance(text, str) and not all(one.strip() for one in texts):
        raise UsageError("The filter of --where is empty", "Leave --where out to select all runs")
    return tuple(term for one in texts for term in _parse_terms(one))


def _parse_terms(text: str) -> Iterable[Term]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        term, at = _parse_term(text, at)
        yield term


def _parse_term(text: str, start: int) -> tuple[Term, int]:
    """Returns the condition that starts at `start`, and its end."""
    left, at = _parse_operand(text, start, stop_at_equals=True)
    op = _operator_at(text, at)
    if not op:
        if not left:
            _raise_error(text, start, "An empty word matches every run")
        return Term(left), at
    if not left:
        _raise_error(text, start, f"The name before {op} is missing")
    value, end = _parse_operand(text, at + len(op), stop_at_equals=False)
    return Term(value, left, "!=" if op == "!=" else "="), end


def _operator_at(text: str, at: int) -> Literal["", "=", "==", "!="]:
    if text.startswith("!=", at):
        return "!="
    if text.startswith("==", at):
        return "=="
    return "=" if text.startswith("=", at) else ""


def _parse_operand(text: str, start: int, stop_at_equals: bool) -> tuple[str, int]:
    """Returns the text up to a space (or an operator), without its quotes, and its end."""
    operand, at = "", start
    while at < len(text) and not text[at].isspace():
        if stop_at_equals and _operator_at(text, at):
            break
        if text[at] in _QUOTES:
            end = _find_closing_quote(text, at)
            operand += text[at + 1 : end].replace("\\" + text[at], text[at])
            at = end + 1
            continue
        if stop_at_equals and text[at] in _COMPARISONS:
            _raise_error(text, at, f"Expected = or !=, got {text[at]}")
        operand += text[at]
        at += 1
    return operand, at


def _find_closing_quote(text: str, quote_at: int) -> int:
    """Returns where the quote that opens at `quote_at` is closed; a quote after a backslash does not close it."""
    at = quote_at + 1
    while at < len(text) and text[at] != text[quote_at]:
        at += 2 if text[at] == "\\" and text[at + 1 : at + 2] == text[quote_at] else 1
    if at >= len(text):
        _raise_error(text, quote_at, "This quote is not closed")
    return at


def _raise_error(text: str, at: int, problem: str) -> NoReturn:
    """Raises UsageError with the text and a caret under the character at `at`."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    raise UsageError(f"{problem}\n  {shown}\n  {' ' * at}^", _HINT)
