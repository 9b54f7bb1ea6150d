"""One config value of a run. Apart from plans, as parameters are listed without one."""

from typing import Literal, NamedTuple

from gage.types.values import JSONValue


class ConfigValue(NamedTuple):
    """One config value of the run. `default` is the program's own value; `set_by_user` tells an explicit value.

    `target` is where the value goes: "file" (`location` = `train.py#lr`), "argument" (`location` = `--lr`, or the name
    of a positional), "env" (`location` = variable) or "name" (only `{name}` and FLAG_NAME).
    """

    name: str
    value: JSONValue
    default: JSONValue
    set_by_user: bool
    target: Literal["file", "argument", "env", "name"]
    location: str
    description: str = ""
    choices: tuple[JSONValue, ...] = ()
