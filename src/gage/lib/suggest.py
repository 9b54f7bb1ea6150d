"""Suggests the known word that a misspelled word is most like, and lists words in a message."""

from collections.abc import Iterable, Sequence


def find_closest(word: str, words: Iterable[str]) -> str | None:
    """Returns the one of `words` that is most like `word`, None if none is similar. Ignores case."""
    from difflib import get_close_matches

    by_folded = {w.casefold(): w for w in words}
    matches = get_close_matches(word.casefold()[:200], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def suggest_closest(word: str, words: Iterable[str], otherwise: str) -> str:
    """Returns the hint that asks for the most similar of `words`, or `otherwise` if none is similar."""
    near = find_closest(word, words)
    return f"Did you mean {near!r}?" if near else otherwise


def join_some(words: Sequence[str], most: int) -> str:
    """Returns the first `most` words, and how many more there are: `a, b and 2 more`."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return f"{', '.join(words[:most])}{more}"
