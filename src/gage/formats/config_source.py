"""The interface of a config file format, and the record of a value in a file."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from gage.types.values import JSONValue


class FileValue(NamedTuple):
    """A value in a config file.

    - `line`: where it is, counted from 1. `type`: "" for that of the value, "text" if the format has only text, "float"
      or "number" for text that other readers of the format take for one.
    - `is_hidden`: it is part of another value or made of others; it can be set by name but is not listed.
    - `alias_of`: the name of the value that it repeats (an alias of YAML). `aliases`: its other names.
    """

    value: JSONValue
    line: int
    type: str = ""
    description: str = ""
    is_hidden: bool = False
    alias_of: str = ""
    aliases: tuple[str, ...] = ()


class ConfigSource(Protocol):
    """A format of config files. Names of nested values are joined by dots, list items count from 0 (`layers.0`)."""

    def read(self, data: bytes) -> dict[str, FileValue]:
        """Returns the values of a file by name. Raises ConfigError with the line of a syntax error."""

    def apply(self, data: bytes, values: Mapping[str, JSONValue]) -> bytes:
        """Returns the file with `values` changed and every other byte the same.

        Raises ConfigError for a name that is not in the file, one that is set twice (as itself and as a part), and a
        value that the format cannot hold.
        """
