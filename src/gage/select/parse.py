"""Text → which runs. Knows how people write references and filters; refuses to know which runs there are."""

from collections.abc import Iterable, Sequence
from typing import Literal, NoReturn

from gage.types.errors import UsageError
from gage.types.filter import RunRef, Term

_QUOTES = "'\""
_COMPARISONS = "<>~"
_EXAMPLE = "Try: --where 'status=completed lr=0.1'"


def parse_refs(words: Iterable[str]) -> tuple[RunRef, ...]:
    """The runs that `words` name: an ID or name (or a prefix), an index such as `1`, a slice such as `1:5`.

    A word of digits may be both an index and an ID prefix: then `position` is set beside `text`, and
    whoever knows the listing decides. Raises `UsageError` for words that can name no run.
    """
    return tuple(_ref(word.strip()) for word in words)


def _ref(word: str) -> RunRef:
    if not word:
        raise UsageError("A run's name is empty", "Try: gage list")
    if ":" in word:
        return RunRef(word, span=_span(word))
    if _is_number(word) and word[0] != "0":
        return RunRef(word, position=int(word))
    return RunRef(word)


def _span(word: str) -> tuple[int | None, int | None]:
    first, _, last = word.partition(":")
    start, end = _bound(first, word), _bound(last, word)
    if start is not None and end is not None and start > end:
        raise UsageError(f"The slice {word} ends before it starts", f"Try: {end}:{start}")
    return start, end


def _bound(text: str, word: str) -> int | None:
    if not text:
        return None
    if not _is_number(text):
        raise UsageError(f"{word!r} is no slice of the listing", "A slice has two numbers, such as 1:5, :3 or 2:")
    if int(text) == 0:
        raise UsageError(f"The slice {word} has no index 0", "The latest run is 1")
    return int(text)


def _is_number(text: str) -> bool:
    """Whether `text` is a plain decimal number, short enough to be an index."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def parse_where(text: str | Sequence[str]) -> tuple[Term, ...]:
    """The conditions in `text`, or in each text of a list; a run has to fit all of them.

    `name=value` and `name!=value` compare, any other word is looked for; blanks separate, quotes keep
    blanks and `=` in a value. Raises `UsageError` that shows the place, and for an empty text of a list: it would mean
    all runs, where a variable of a shell may have been empty.
    """
    texts = [text] if isinstance(text, str) else text
    if not isinstance(text, str) and not all(one.strip() for one in texts):
        raise UsageError("A filter is empty", "Leave --where out to mean all runs")
    return tuple(term for one in texts for term in _terms(one))


def _terms(text: str) -> Iterable[Term]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        term, at = _term(text, at)
        yield term


def _term(text: str, start: int) -> tuple[Term, int]:
    """The condition that starts at `start`, and where it ends."""
    left, at = _piece(text, start, stop_at_equals=True)
    op = _operator(text, at)
    if not op:
        if not left:
            _refuse(text, start, "An empty word fits every run")
        return Term(left), at
    if not left:
        _refuse(text, start, f"The name before {op} is missing")
    value, end = _piece(text, at + len(op), stop_at_equals=False)
    return Term(value, left, "!=" if op == "!=" else "="), end


def _operator(text: str, at: int) -> Literal["", "=", "==", "!="]:
    if text.startswith("!=", at):
        return "!="
    if text.startswith("==", at):
        return "=="
    return "=" if text.startswith("=", at) else ""


def _piece(text: str, start: int, stop_at_equals: bool) -> tuple[str, int]:
    """Characters up to a blank (or an operator), with what is in quotes taken as it is."""
    found, at = "", start
    while at < len(text) and not text[at].isspace():
        if stop_at_equals and _operator(text, at):
            break
        if text[at] in _QUOTES:
            end = _closing(text, at)
            found += text[at + 1 : end].replace("\\" + text[at], text[at])
            at = end + 1
            continue
        if stop_at_equals and text[at] in _COMPARISONS:
            _refuse(text, at, f"Values are compared with = or !=, not with {text[at]}")
        found += text[at]
        at += 1
    return found, at


def _closing(text: str, quote_at: int) -> int:
    """Where the quote that opens at `quote_at` is closed; a quote after a back-slash does not close."""
    at = quote_at + 1
    while at < len(text) and text[at] != text[quote_at]:
        at += 2 if text[at] == "\\" and text[at + 1 : at + 2] == text[quote_at] else 1
    if at >= len(text):
        _refuse(text, quote_at, "This quote is never closed")
    return at


def _refuse(text: str, at: int, why: str) -> NoReturn:
    """Raise with the text and a caret below the character that is wrong."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    raise UsageError(f"{why}\n  {shown}\n  {' ' * at}^", _EXAMPLE)
