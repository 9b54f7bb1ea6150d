"""One config value of a run. By itself, as what can be set is listed without any plan."""

from typing import Literal, NamedTuple

from gage.types.values import JSONValue


class ConfigValue(NamedTuple):
    """One config value of the run. `default` is what the program has; `given` says that the user chose it.

    `target` is where the value goes: "file" (`place` = `train.py#lr`), "argument" (`place` = `--lr`, or
    "" for a positional), "env" (`place` = variable) or "name" (only `{name}` and FLAG_NAME).
    """

    name: str
    value: JSONValue
    default: JSONValue
    set_by_user: bool
    target: Literal["file", "argument", "env", "name"]
    location: str
    description: str = ""
    choices: tuple[JSONValue, ...] = ()
