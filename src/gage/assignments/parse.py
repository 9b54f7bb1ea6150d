"""Parses `name=value` arguments of a command line. Knows how values are written, and not which parameters exist."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from gage.types.errors import UsageError
from gage.types.values import JSONValue


class AssignedValue(NamedTuple):
    """A value from the command line: `value` as parsed, and `text` as typed, for parameters of type text.

    `is_typed`: the type was given as well (`name:=json`).
    """

    value: JSONValue
    text: str
    is_typed: bool = False


def parse_assignments(words: Iterable[str]) -> dict[str, AssignedValue]:
    """Returns the values by name.

    `name=value` is a YAML 1.2 scalar, `name='value'` (quotes in the argument) text, `name=` empty text and
    `name:=json` JSON. Raises UsageError for an argument that is not an assignment, and for a name that is set twice.
    """
    values: dict[str, AssignedValue] = {}
    for name, assigned in map(_parse_assignment, words):
        if name in values:
            raise _repeated_name(name, values[name].text, assigned.text)
        values[name] = assigned
    return values


def assign_text(text: str) -> AssignedValue:
    """Returns the value that a program may make of a text: a YAML scalar, but text for null."""
    from gage.lib.yaml_scalars import parse_scalar

    value = parse_scalar(text)
    return AssignedValue(text if value is None else value, text)


def _repeated_name(name: str, first: str, second: str) -> UsageError:
    hint = "Remove one of them"
    if first != second and not set(first + second) & set("[](),:"):
        hint += f"; for a run with each: {name}=[{first},{second}]"
    return UsageError(f"{name} is set twice, to {first!r} and to {second!r}", hint)


def _parse_assignment(word: str) -> tuple[str, AssignedValue]:
    name, equals, text = word.partition("=")
    if not equals:
        raise UsageError(f"{word!r} is neither an option nor name=value", f"Try: gage run OPERATION {word}=VALUE")
    if name.endswith(":"):
        return _parse_name(name[:-1], word), _parse_json(word, text)
    return _parse_name(name, word), AssignedValue(_parse_value(text), _unquote(text))


def _parse_name(name: str, word: str) -> str:
    if not name.strip() or name != name.strip() or "\x00" in word:
        raise UsageError(f"The name before = is missing in {word!r}", "Try: name=value, such as lr=0.1")
    return name


def _parse_json(word: str, text: str) -> AssignedValue:
    try:
        return AssignedValue(json.loads(text), text, is_typed=True)
    except (ValueError, RecursionError):
        raise UsageError(f"{text!r} is not JSON in {word!r}", "Text needs quotes: name:='\"text\"'") from None


def _parse_value(text: str) -> JSONValue:
    if text == "" or _is_quoted(text):
        return _unquote(text)
    from gage.lib.yaml_scalars import parse_scalar

    return parse_scalar(text)


def _is_quoted(text: str) -> bool:
    return len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'"


def _unquote(text: str) -> str:
    return text[1:-1] if _is_quoted(text) else text
