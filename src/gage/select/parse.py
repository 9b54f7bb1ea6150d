"""Parses what a user writes to select runs: references (IDs, names, positions) and filters.

Knows the syntax only, and not which runs exist.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NoReturn

from gage.types.errors import UsageError
from gage.types.filter import RunRef, Term

_QUOTES = ("'", '"')
_COMPARISONS = ("<", ">", "~")
_QUOTED_PATTERN = r"""(?:'(?>(?:\\'|[^'])*)'|"(?>(?:\\"|[^"])*)")"""  # 'a b' or "it's"; a backslash escapes the quote
_QUOTED = re.compile(_QUOTED_PATTERN)
_NAME = re.compile(rf"""(?:{_QUOTED_PATTERN}|(?!!=)[^\s'"=<>~])*""")  # lr or 'my value', up to an operator
_VALUE = re.compile(rf"""(?:{_QUOTED_PATTERN}|[^\s'"])*""")  # 0.1 or 'my value'
_OPERATOR = re.compile("!=|==?")
_HINT = "Try: --where 'status=completed lr=0.1'"
_POSITIONS = re.compile(r"\d{1,4}(,\d{1,4})+|\d{1,4}-\d{1,4}")  # 1,3 and 1-3
_LOGIC_WORDS = ("and", "or", "not", "&", "&&", "|", "||", "!")


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


def _parse_terms(text: str) -> Iterator[Term]:
    """Yields the conditions: words, or `name=value` and `name!=value`."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        left, end = _parse_operand(_NAME, text, at)
        operator = _OPERATOR.match(text, end)
        if operator is None:
            if text[end : end + 1] in _COMPARISONS:
                _raise_error(text, end, f"Expected = or !=, got {text[end]}", _suggest_comparison(text, left, end))
            if not left:
                _raise_error(text, at, "An empty word matches every run")
            if text[at:end].casefold() in _LOGIC_WORDS:
                _raise_error(text, at, f"{text[at:end]!r} is not part of a filter", _suggest_logic(text[at:end], text))
            yield Term(left)
            at = end
            continue
        if not left:
            joined = re.sub(r"\s*(!=|==?)\s*", r"\1", text.strip())
            hint = f"Write it without spaces: --where '{joined}'" if joined[:1] not in "!=" else _HINT
            _raise_error(text, at, f"The name before {operator[0]} is missing", hint)
        value, at = _parse_operand(_VALUE, text, operator.end())
        yield Term(value, left, "!=" if operator[0] == "!=" else "=")


def _parse_operand(pattern: re.Pattern[str], text: str, start: int) -> tuple[str, int]:
    """Returns the text that matches, without its quotes, and its end."""
    match = pattern.match(text, start)
    assert match is not None
    end = match.end()
    if text[end : end + 1] in _QUOTES:
        _raise_error(text, end, "This quote is not closed", 'Close it, or quote the value: --where "label=\\"it\'s\\""')
    return _QUOTED.sub(_unquote, match[0]), end


def _unquote(quoted: re.Match[str]) -> str:
    quote = quoted[0][0]
    return quoted[0][1:-1].replace("\\" + quote, quote)


def _suggest_comparison(text: str, name: str, end: int) -> str:
    """Returns the command that compares by size today; `end` is the end of the name in the text."""
    comparison = re.match(r"([<>]=?)\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)(?!\S)", text[end:])
    if not name or comparison is None:
        return _HINT
    key = f".{name}" if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else f'."{name}"'
    condition = f"{key} != null and {key} {comparison[1]} {comparison[2]}"
    return f"Try: gage list --json --columns={name} | jq '.runs[] | select({condition})'"


def _suggest_logic(word: str, text: str) -> str:
    """Returns how to write a condition without the word `and`, `or` or `not`; a filter joins by `and` alone."""
    others = " ".join(each for each in text.split() if each.casefold() not in _LOGIC_WORDS)
    if word.casefold() in ("and", "&", "&&"):
        return f"All conditions must match: --where {others!r}" if others else _HINT
    if word.casefold() in ("not", "!"):
        return "Use NAME!=VALUE to select runs with another value"
    return "Use one listing for each alternative, or jq: gage list --json | jq '.runs[] | select(... or ...)'"


def _raise_error(text: str, at: int, problem: str, hint: str = _HINT) -> NoReturn:
    """Raises UsageError with the text and a caret under the character at `at`."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    raise UsageError(f"{problem}\n  {shown}\n  {' ' * at}^", hint)
