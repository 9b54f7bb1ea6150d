"""Versions of Python packages and conditions on them, as PEP 440 has them, without epochs and local parts."""

import re

_VERSION = re.compile(
    r"v?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:[-_.]?(?:post|rev|r)[-_.]?(\d*))?"
    r"(?:[-_.]?dev[-_.]?(\d*))?(?:\+[a-z0-9.]+)?",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\s*(===?|~=|!=|<=|>=|<|>)\s*([^\s,<>=!~]+?)(\.\*)?\s*")
_PHASES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}
_FINAL, _BEFORE_ALL = 3, -1

Version = tuple[tuple[int, ...], int, int, int, float]
"""Release, phase and its number, number of the post release, number of the development release."""


def fits(version: str, conditions: str) -> bool:
    """Whether a version fits all conditions, such as `>=0.2,<1`. Raises ValueError with what is no condition."""
    return all(_fits(parse(version), one) for one in conditions.split(","))


def parse(text: str) -> Version:
    """The parts of a version, in an order that sorts. Raises ValueError."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise ValueError(text.strip())
    release, phase, number, post, dev = found.groups()
    numbers = [int(n) for n in release.split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        del numbers[-1]
    rank = _PHASES[phase.lower()] if phase else _BEFORE_ALL if dev is not None and post is None else _FINAL
    after = -1 if post is None else int(post or 0)
    return tuple(numbers), rank, int(number or 0), after, float("inf") if dev is None else int(dev or 0)


def _fits(version: Version, condition: str) -> bool:
    found = _CONDITION.fullmatch(condition)
    if found is None or (found[3] and found[1] not in ("==", "!=")):
        raise ValueError(condition.strip())
    operator, text = found[1], found[2]
    if found[3]:
        return _starts(version, text) == (operator == "==")
    wanted = parse(text)
    match operator:
        case "~=":
            if "." not in text:
                raise ValueError(condition.strip())
            return version >= wanted and _starts(version, _without_last(text))
        case "<":  # the candidates of a release are not before it
            return version < wanted and (version[0] != wanted[0] or wanted[1] < _FINAL)
        case ">":
            return version > wanted and (version[0] != wanted[0] or wanted[3] >= 0)
        case "<=":
            return version <= wanted
        case ">=":
            return version >= wanted
    return (version == wanted) == (operator != "!=")


def _starts(version: Version, text: str) -> bool:
    """Whether the release begins with the numbers of `text`."""
    numbers = [int(n) for n in text.split(".")]
    own = [*version[0], *[0] * len(numbers)]
    return own[: len(numbers)] == numbers


def _without_last(text: str) -> str:
    found = re.match(r"\d+(?:\.\d+)*", text)
    return found[0].rpartition(".")[0] if found else text
