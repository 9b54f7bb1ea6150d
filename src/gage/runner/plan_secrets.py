"""Masks the secrets of a plan: those that their names and shapes show, and the secret values of its config, which the
command and the environment may contain. Knows plans, not where they are stored or shown.
"""

import os
from collections.abc import Mapping, Sequence

from gage.lib import secrets
from gage.types.opdef import Exec
from gage.types.plan import RunPlan
from gage.types.values import JSONValue


def mask_command(plan: RunPlan, command: Exec) -> list[str] | str:
    """Returns a command of the plan as it may be stored and shown: its words, or a line of a shell."""
    if command.args:
        return mask_words(plan, command.args)
    return secrets.mask_secret_values(secrets.mask_shell_line(command.shell), _find_values(plan))


def mask_words(plan: RunPlan, words: Sequence[str]) -> list[str]:
    """Returns words of a command line as they may be stored and shown."""
    values = _find_values(plan)
    return [secrets.mask_secret_values(word, values) for word in secrets.mask_args(words)]


def mask_env(plan: RunPlan, env: Mapping[str, str]) -> dict[str, str]:
    """Returns variables as they may be stored and shown."""
    values = _find_values(plan)
    return {name: secrets.mask_secret_values(value, values) for name, value in secrets.mask_env(env).items()}


def mask_config(plan: RunPlan) -> dict[str, JSONValue]:
    """Returns the config of a run as it may be stored and shown."""
    return {name: mask_config_value(name, value) for name, value in plan.config.items()}


def _find_values(plan: RunPlan) -> list[str]:
    return secrets.find_secret_values(plan.config, os.environ)


def mask_config_value(name: str, value: JSONValue) -> JSONValue:
    """Returns a config value as it may be stored and shown; of lists and tables the texts in them."""
    if isinstance(value, list | tuple):
        return [mask_config_value(name, item) for item in value]
    if isinstance(value, Mapping):
        return {key: mask_config_value(key, item) for key, item in value.items()}
    text = str(value)
    if value not in (None, "") and (secrets.is_secret(name, text) or secrets.is_secret_in_env(text, os.environ)):
        return secrets.MASK
    return secrets.mask_text(value) if isinstance(value, str) else value
