"""Suggests the known word that a misspelled word is most like."""

from collections.abc import Iterable


def find_closest(word: str, words: Iterable[str]) -> str | None:
    """Returns the one of `words` that is most like `word`, None if none is similar. Ignores case."""
    from difflib import get_close_matches

    by_folded = {w.casefold(): w for w in words}
    matches = get_close_matches(word.casefold()[:200], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None
