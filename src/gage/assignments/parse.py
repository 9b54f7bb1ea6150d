"""`name=value` words of a command line → values. Knows how people write values; refuses to know programs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from gage.lib.yaml_scalars import parse_scalar
from gage.types.errors import UsageError
from gage.types.values import JSONValue


@dataclass(frozen=True, slots=True)
class AssignedValue:
    """A value as it was given. `value` is what the text means by itself; `text` is the text as typed, for settings
    that are text; `exact` says that the type was given too (`name:=json`).
    """

    value: JSONValue
    text: str
    is_typed: bool = False


def parse_assignments(words: Iterable[str]) -> dict[str, AssignedValue]:
    """The values that `words` assign, by name; the last one of a name counts.

    `name=value` is read as a YAML 1.2 scalar, `name='value'` (quotes in the word) as text, `name=` as empty text,
    `name:=json` as JSON. Raises UsageError for a word that assigns nothing.
    """
    return dict(_assignment(word) for word in words)


def _assignment(word: str) -> tuple[str, AssignedValue]:
    name, equals, text = word.partition("=")
    if not equals:
        raise UsageError(f"{word!r} is neither an option nor name=value", f"Try: gage run OPERATION {word}=VALUE")
    if name.endswith(":"):
        return _name(name[:-1], word), _exact(word, text)
    return _name(name, word), AssignedValue(_value(text), _unquoted(text))


def _name(name: str, word: str) -> str:
    if not name.strip() or name != name.strip() or "\x00" in word:
        raise UsageError(f"The name before = is missing in {word!r}", "Write it as name=value, such as lr=0.1")
    return name


def _exact(word: str, text: str) -> AssignedValue:
    try:
        return AssignedValue(json.loads(text), text, is_typed=True)
    except (ValueError, RecursionError):
        raise UsageError(f"{text!r} is not JSON in {word!r}", "Text needs quotes: name:='\"text\"'") from None


def _value(text: str) -> JSONValue:
    if text == "" or _is_quoted(text):
        return _unquoted(text)
    return parse_scalar(text)


def _is_quoted(text: str) -> bool:
    return len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"


def _unquoted(text: str) -> str:
    return text[1:-1] if _is_quoted(text) else text
