"""Checks settings that are valid one by one but contradict each other."""

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gage.gagefile.opdef import format_word

if TYPE_CHECKING:
    from gage.gagefile.parsed_text import ValuePath
    from gage.gagefile.validate import Validator

_PLACEHOLDER = r"(?<![${])\{([^\W\d][\w.-]*)\}(?!\})"
"""A placeholder such as {lr}, but not ${lr} or {{lr}}."""


def check_config_entry(entry: Mapping[str, object], path: "ValuePath", validator: "Validator") -> None:
    """Reports a default or bounds of a `config` entry that contradict its other settings."""
    low, high, default = entry.get("min"), entry.get("max"), entry.get("default")
    low = low if isinstance(low, int | float) else -math.inf
    high = high if isinstance(high, int | float) else math.inf
    if low > high:
        validator.report_value((*path, "max"), f'"max" is {high}, but "min" is {low}', "Swap them")
        return
    if default is None or isinstance(default, list | dict):
        return
    hint = "Change one of them"
    message = ""
    choices, kind, number = entry.get("choices"), entry.get("type"), _parse_number(default)
    if isinstance(choices, list) and format_word(default) not in map(format_word, choices):
        message, hint = "is not one of the choices", f"Choices: {', '.join(map(format_word, choices))}"
    elif isinstance(kind, str) and not _fits_type(default, kind):
        message = f"is not a value of the type {kind}"
    elif number is not None and number < low:
        message = f"is below min, {low}"
    elif number is not None and number > high:
        message = f"is above max, {high}"
    if message:
        validator.report_value((*path, "default"), f"The default {format_word(default)} {message}", hint)


def check_operation(operation: Mapping[str, object], path: "ValuePath", validator: "Validator") -> None:
    """Reports config values of one name, and misspelled placeholders in the command of an operation."""
    config, command = operation.get("config"), operation.get("exec")
    entries = config if isinstance(config, list) else [config] if config else []
    names: list[str] = []
    for i, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        if name in names:
            message = f'Two values of config are called "{name}"'
            validator.report_value((*path, "config", i, "name"), message, "Rename or remove one of them")
        if name is not None:
            names.append(name)
    are_all_known = len(names) == len(entries)  # other entries take their names from files
    if names and are_all_known and isinstance(command, str) and not command.startswith("#!"):
        _check_placeholders(command, (*path, "exec"), names, validator)


def _check_placeholders(command: str, path: "ValuePath", names: list[str], validator: "Validator") -> None:
    from gage.gagefile.messages import find_closest_setting

    for name in re.findall(_PLACEHOLDER, command):
        near = None if name in names else find_closest_setting(name, names)
        if near:
            message = f"The command uses {{{name}}}, which is not a config value"
            validator.report_value(path, message, f"Did you mean {{{near}}}?")


def _fits_type(value: object, kind: str) -> bool:
    if kind in ("int", "integer"):
        number = _parse_number(value)
        return number is not None and number.is_integer()
    if kind in ("number", "float"):
        return _parse_number(value) is not None
    return kind not in ("bool", "boolean") or format_word(value).lower() in ("true", "false")


def _parse_number(value: object) -> float | None:
    """Returns a number, or text that is one, as a finite float."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
