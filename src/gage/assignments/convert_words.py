"""Converts words that people type for values as `name=value`: `--lr 0.1`, `lr 0.1`, `lr:0.1`. For hints only."""

import re
import shlex
from collections.abc import Sequence

_NUMBER = re.compile(r"-[\d.]")
_COLON = re.compile(r"([A-Za-z_][\w.-]*):(?!=)(.+)")  # lr:0.1
_PARAMETER_OPTIONS = ("p", "P", "D", "o", "param", "params", "set", "flag", "override", "config", "hparam", "hp")
"""Options of other tools that come before NAME=VALUE."""
_PLAIN = re.compile(r"[\w@%+=:,./\[\]~-]+")


def convert_words(words: Sequence[str]) -> list[str]:
    """Returns the words as `name=value`. A name without a value gets VALUE, an option without one is true."""
    result: list[str] = []
    at = 0
    while at < len(words):
        count, assignment = _convert_first(words[at:])
        result.append(assignment)
        at += count
    return result


def _convert_first(words: Sequence[str]) -> tuple[int, str]:
    """Returns how many words the first assignment takes, and the assignment."""
    word, following = words[0], words[1:2]
    has_value = bool(following) and _is_value(following[0])
    if word.startswith("-") and not _NUMBER.match(word):
        return _convert_option(word.lstrip("-"), following[0] if following else "", has_value)
    if word.startswith("@"):
        return 1, word
    if "[" in word and "=" in word and word.count("[") > word.count("]"):
        joined = word
        for count, more in enumerate(words[1:], 2):
            joined += f" {more}"
            if joined.count("[") == joined.count("]"):
                return count, joined
    if word.endswith("=") and has_value:
        return 2, word + following[0]
    if "=" in word:
        return 1, word
    if colon := _COLON.fullmatch(word):
        return 1, f"{colon[1]}={colon[2]}"
    if list(following) == ["="] and len(words) > 2:
        return 3, f"{word}={words[2]}"
    return (2, f"{word}={following[0]}") if has_value else (1, f"{word}=VALUE")


def _convert_option(option: str, following: str, has_value: bool) -> tuple[int, str]:
    """Returns the same for an option, written without its dashes."""
    name, equals, value = option.partition("=")
    if equals:
        return 1, f"{name}={value}"
    if name in _PARAMETER_OPTIONS and "=" in following:
        return 2, following
    if has_value:
        return 2, f"{name}={following}"
    return 1, f"{name[3:]}=false" if name.startswith("no-") else f"{name}=true"


def _is_value(word: str) -> bool:
    """Returns whether a word can be the value of the name in front of it."""
    return "=" not in word and word[:1] != "@" and (word[:1] != "-" or bool(_NUMBER.match(word)))


def join_words(words: Sequence[str]) -> str:
    """Returns words as a person types them for a shell, with quotes where they are needed."""
    return " ".join(word if _PLAIN.fullmatch(word) else shlex.quote(word) for word in words)
