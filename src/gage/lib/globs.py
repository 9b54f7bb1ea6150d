"""File patterns: globs as in .gitignore, or regular expressions after `regex:`."""

import re
from collections.abc import Callable

PathMatcher = Callable[[str], bool]


def compile_pattern(pattern: str) -> PathMatcher:
    """Returns a function that tells whether a relative path (with slashes) matches `pattern`.

    A pattern without a slash matches the name of a file or directory at any depth; with one, the path from the top. A
    pattern that matches a directory matches all below it. `*` and `?` stop at slashes, `**` does not. Raises ValueError
    for an invalid regular expression.
    """
    if pattern.startswith("regex:"):
        try:
            return _build_matcher(re.compile(pattern.removeprefix("regex:")))
        except re.error as e:
            raise ValueError(f"Not a regular expression: {pattern!r} ({e})") from None
    body = pattern.strip("/").removeprefix("./") if pattern.strip("/") else ""
    anywhere = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    return _build_matcher(re.compile(f"{anywhere}{_translate_glob(body)}(?:/.*)?\\Z", re.DOTALL), whole=True)


def _build_matcher(regex: re.Pattern[str], whole: bool = False) -> PathMatcher:
    find = regex.match if whole else regex.search
    return lambda path: find(path) is not None


def is_glob(text: str) -> bool:
    """Returns whether the text is a pattern rather than a plain path."""
    return text.startswith("regex:") or any(c in text for c in "*?[")


def _translate_glob(glob: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(glob):
        char = glob[at]
        if glob.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
            continue
        if glob.startswith("**", at):
            parts.append(".*")
            at += 2
            continue
        end = glob.find("]", at + 2) if char == "[" else -1
        if end > 0:
            inner = glob[at + 1 : end].replace("\\", "\\\\")
            parts.append(f"[^{inner[1:]}]" if inner[0] in "!^" else f"[{inner}]")
            at = end + 1
            continue
        parts.append({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)))
        at += 1
    return "".join(parts)
