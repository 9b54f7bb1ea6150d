"""File patterns: globs as in .gitignore, or regular expressions after `regex:`."""

import re
from collections.abc import Callable

PathMatcher = Callable[[str], bool]

_TOKEN = r"(?s)\*\*/|\*\*|\[(.[^\]]*)\]|."
_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def compile_pattern(pattern: str) -> PathMatcher:
    """Returns a function that tells whether a relative path (with slashes) matches `pattern`.

    A pattern without a slash matches the name of a file or directory at any depth; with one, the path from the top. A
    pattern that matches a directory matches all below it. `*` and `?` stop at slashes, `**` does not. A regular
    expression is searched for anywhere in the path. Raises
    ValueError for an invalid one.
    """
    if pattern.startswith("regex:"):
        try:
            find = re.compile(pattern.removeprefix("regex:")).search
        except re.error as e:
            raise ValueError(f"Not a regular expression: {pattern!r} ({e})") from None
    else:
        find = _compile_glob(pattern).match
    return lambda path: find(path) is not None


def _compile_glob(pattern: str) -> re.Pattern[str]:
    """A bracket that is not a set of characters, such as `[z-a]`, makes the pattern match itself only."""
    body = pattern.strip("/").removeprefix("./")
    anywhere = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    try:
        return re.compile(f"{anywhere}{_translate_glob(body)}(?:/.*)?\\Z", re.DOTALL)
    except re.error:
        return re.compile(f"{anywhere}{re.escape(body)}(?:/.*)?\\Z", re.DOTALL)


def is_glob(text: str) -> bool:
    """Returns whether the text is a pattern rather than a plain path."""
    return text.startswith("regex:") or any(c in text for c in "*?[")


def _translate_glob(glob: str) -> str:
    return "".join(map(_translate_token, re.finditer(_TOKEN, glob)))


def _translate_token(token: re.Match[str]) -> str:
    if token[1] is None:
        return _WILDCARDS.get(token[0], re.escape(token[0]))
    characters = token[1].replace("\\", "\\\\")
    return f"[^{characters[1:]}]" if characters[0] in "!^" else f"[{characters}]"
