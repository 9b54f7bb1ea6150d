"""File patterns: globs as in .gitignore, or regular expressions after `regex:`."""

import re
from collections.abc import Callable, Sequence

PathMatcher = Callable[[str], bool]
_Segment = Callable[[str], object]

REGEX_SECONDS = 2.0
"""The longest time that a regular expression may take to search one path."""

_TOKEN = r"(?s)\*+|\[(.[^\]]*)\]|."


def compile_pattern(pattern: str) -> PathMatcher:
    """Returns a function that tells whether a relative path (with slashes) matches `pattern`.

    A pattern without a slash matches the name of a file or directory at any depth; with one, the path from the top. A
    pattern that matches a directory matches all below it. `*` and `?` stop at slashes; `**` at the start of a name does
    not. A regular expression is searched for anywhere in the path. Raises ValueError for an invalid one.
    """
    return _compile_regex(pattern) if pattern.startswith("regex:") else _compile_glob(pattern)


def _compile_regex(pattern: str) -> PathMatcher:
    import regex  # has a time limit, which re has not

    try:
        find = regex.compile(pattern.removeprefix("regex:")).search
    except regex.error as e:
        raise ValueError(f"Not a regular expression: {pattern!r} ({e})") from None

    def matches(path: str) -> bool:
        try:
            return find(path, timeout=REGEX_SECONDS) is not None
        except TimeoutError:
            raise TimeoutError(f"The pattern {pattern!r} takes too long to search {path!r}") from None

    return matches


def _compile_glob(pattern: str) -> PathMatcher:
    """A bracket that is not a set of characters, such as `[z-a]`, makes the pattern match itself only."""
    names = pattern.strip("/").removeprefix("./").split("/")
    try:
        segments = [segment for name in names for segment in _compile_segments(name)]
    except re.error:
        segments = [re.compile(re.escape(name) + r"\Z").match for name in names]
    if segments[-1] is None:
        segments.append(_compile_segment("*"))
    if "/" not in pattern.rstrip("/"):
        segments.insert(0, None)
    return lambda path: _match_segments(segments, path.split("/"))


def _match_segments(segments: Sequence[_Segment | None], names: Sequence[str]) -> bool:
    """Returns whether the segments match the path or a directory above it. None matches any number of names.

    After a failure only the last None is tried with one name more: those before it cannot match any better.
    """
    at = segment = 0
    retry = None
    while segment < len(segments):
        matches = segments[segment]
        if matches is None:
            segment += 1
            retry = (segment, at)
        elif at < len(names) and matches(names[at]):
            segment, at = segment + 1, at + 1
        elif retry and retry[1] < len(names):
            segment, at = retry[0], retry[1] + 1
            retry = (segment, at)
        else:
            return False
    return True


def is_glob(text: str) -> bool:
    """Returns whether the text is a pattern rather than a plain path."""
    return text.startswith("regex:") or any(c in text for c in "*?[")


def _compile_segments(name: str) -> list[_Segment | None]:
    """Returns what matches one name of a pattern. `**` alone is any number of names, `**.py` also a name after it."""
    if name.startswith("**"):
        return [None] if name.strip("*") == "" else [None, _compile_segment(name)]
    return [_compile_segment(name)]


def _compile_segment(name: str) -> _Segment:
    """Every star but the last takes as few characters as it can, for good, so that nothing is tried twice."""
    first, *others = _translate(name)
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    last = f".*(?<={others[-1]})" if others and others[-1] else ".*" if others else ""
    return re.compile(f"(?s:{first}{middle}{last}\\Z)").match


def _translate(name: str) -> list[str]:
    """Returns the regular expressions of the parts between stars, each of a fixed length."""
    parts = [""]
    for token in re.finditer(_TOKEN, name):
        if token[0].startswith("*"):
            parts.append("")
        elif token[1] is not None:
            parts[-1] += _translate_set(token[1])
        else:
            parts[-1] += "." if token[0] == "?" else re.escape(token[0])
    return parts


def _translate_set(characters: str) -> str:
    negated = characters[0] in "!^"
    escaped = re.sub(r"([\[\]\\&~|^])", r"\\\1", characters[negated:]).replace("--", "-\\-")
    return f"[{'^' if negated else ''}{escaped}]"
