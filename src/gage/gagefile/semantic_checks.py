"""What makes no sense though each setting is right by itself: settings that contradict each other."""

import re
from collections.abc import Iterator, Mapping

from gage.gagefile.schema_types import Odd
from gage.types.values import JSONValue

Raw = Mapping[str, JSONValue]
_NUMBERS = ("number", "int", "float", "integer")
_PLACEHOLDER = re.compile(r"(?<![${])\{([^\W\d][\w.-]*)\}(?!\})")


def of_config(raw: Raw) -> Iterator[Odd]:
    """An entry of `config`: its default, its choices and its bounds."""
    low, high, default = raw.get("min"), raw.get("max"), raw.get("default")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield Odd(("max",), f"max is {high}, and min is {low}", "Write the lower one as min")
        return
    if default is None or isinstance(default, list | dict):
        return
    choices = raw.get("choices")
    if isinstance(choices, list) and _word(default) not in map(_word, choices):
        told = ", ".join(map(_word, choices))
        yield Odd(("default",), f"The default {_word(default)} is not one of the choices", f"Choices: {told}")
        return
    kind = raw.get("type")
    if isinstance(kind, str) and not _is_of(default, kind):
        yield Odd(("default",), f"The default {_word(default)} is no value of the type {kind}", "Change one of them")
        return
    number = _number(default)
    if number is not None and isinstance(low, int | float) and number < low:
        yield Odd(("default",), f"The default {_word(default)} is below min, {low}", "Change one of them")
    if number is not None and isinstance(high, int | float) and number > high:
        yield Odd(("default",), f"The default {_word(default)} is above max, {high}", "Change one of them")


def of_operation(raw: Raw) -> Iterator[Odd]:
    """An operation: names that come twice, and placeholders that are misspelled."""
    config = raw.get("config")
    entries = config if isinstance(config, list) else [config]
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name in seen:
            yield Odd(
                ("config", i, "name"), f'Two values of config are called "{name}"', "Rename or remove one of them"
            )
        seen |= {name} if isinstance(name, str) else set()
    command = raw.get("exec")
    known = _names(entries)
    if known is not None and isinstance(command, str) and not command.startswith("#!"):
        yield from _misspelled(command, known)


def _misspelled(command: str, known: list[str]) -> Iterator[Odd]:
    from gage.gagefile.messages import nearest

    for name in _PLACEHOLDER.findall(command):
        near = None if name in known else nearest(name, known)
        if near:
            yield Odd(("exec",), f"The command names {{{name}}}, which is no config value", f"Did you mean {{{near}}}?")


def _names(entries: list[JSONValue]) -> list[str] | None:
    """What all values are called; None where that depends on files."""
    names = []
    for entry in entries:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            return None
        names.append(name)
    return names


def _is_of(value: JSONValue, kind: str) -> bool:
    if kind in ("int", "integer"):
        number = _number(value)
        return number is not None and number == int(number)
    if kind in _NUMBERS:
        return _number(value) is not None
    return (kind != "bool" and kind != "boolean") or _word(value).lower() in ("true", "false")


def _number(value: JSONValue) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        found = float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found - found == 0 else None


def _word(value: JSONValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
