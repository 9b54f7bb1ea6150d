"""Checks settings that are valid one by one but contradict each other."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gage.formats.spans import ValueNode
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.gagefile.validate import Validator

_PLACEHOLDER = r"(?<![${])\{([^\W\d][\w.-]*)\}(?!\})"
"""A placeholder such as {lr}, but not ${lr} or {{lr}}."""


def check_config_entry(node: ValueNode, validator: "Validator") -> None:
    """Reports a default or bounds of a `config` entry that contradict its other settings."""
    entry = node.value if isinstance(node.value, Mapping) else {}
    low, high, default = entry.get("min"), entry.get("max"), entry.get("default")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        validator.report_value(node.child("max") or node, f'"max" is {high}, but "min" is {low}', "Swap them")
        return
    if default is None or isinstance(default, list | dict):
        return
    hint = "Change one of them"
    message = ""
    choices, kind, number = entry.get("choices"), entry.get("type"), _parse_number(default)
    if isinstance(choices, list) and _format_word(default) not in map(_format_word, choices):
        message, hint = "is not one of the choices", f"Choices: {', '.join(map(_format_word, choices))}"
    elif isinstance(kind, str) and not _fits_type(default, kind):
        message = f"is not a value of the type {kind}"
    elif number is not None and isinstance(low, int | float) and number < low:
        message = f"is below min, {low}"
    elif number is not None and isinstance(high, int | float) and number > high:
        message = f"is above max, {high}"
    if message:
        place = node.child("default") or node
        validator.report_value(place, f"The default {_format_word(default)} {message}", hint)


def check_operation(node: ValueNode, validator: "Validator") -> None:
    """Reports config values of one name, and misspelled placeholders in the command of an operation."""
    config, command = node.child("config"), node.child("exec")
    entries = [item for _, item in config.children] if config and config.kind == "list" else [config] if config else []
    names: list[str] = []
    for entry in entries:
        name = entry.child("name")
        if name is None or not isinstance(name.value, str):
            continue
        if name.value in names:
            message = f'Two values of config are called "{name.value}"'
            validator.report_value(name, message, "Rename or remove one of them")
        names.append(name.value)
    are_all_known = len(names) == len(entries)  # other entries take their names from files
    if command and names and are_all_known and isinstance(command.value, str) and not command.value.startswith("#!"):
        _check_placeholders(command, command.value, names, validator)


def _check_placeholders(node: ValueNode, command: str, names: list[str], validator: "Validator") -> None:
    from gage.gagefile.messages import find_closest_setting

    for name in re.findall(_PLACEHOLDER, command):
        near = None if name in names else find_closest_setting(name, names)
        if near:
            message = f"The command uses {{{name}}}, which is not a config value"
            validator.report_value(node, message, f"Did you mean {{{near}}}?")


def _fits_type(value: JSONValue, kind: str) -> bool:
    if kind in ("int", "integer"):
        number = _parse_number(value)
        return number is not None and number == int(number)
    if kind in ("number", "float"):
        return _parse_number(value) is not None
    return kind not in ("bool", "boolean") or _format_word(value).lower() in ("true", "false")


def _parse_number(value: JSONValue) -> float | None:
    """Returns a number, or text that is one, as a finite float."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number - number == 0 else None


def _format_word(value: JSONValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
