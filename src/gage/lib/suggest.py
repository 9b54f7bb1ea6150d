"""Which known word somebody may have meant."""

from collections.abc import Iterable


def find_closest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that is most like `word`, None if none is. Case does not count."""
    from difflib import get_close_matches

    known = {w.casefold(): w for w in words}
    found = get_close_matches(word.casefold()[:200], known, n=1, cutoff=0.6)
    return known[found[0]] if found else None
