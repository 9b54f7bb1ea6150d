"""The seam between settings and the files that hold them: what is known of a setting, and what a format can do."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from gage.types.values import JSONValue


class FileValue(NamedTuple):
    """A setting in a file: its value, the line (1-based) where it stands, and its type ("" = what the value is; "text"
    where the format has text only).

    `hidden`: part of another setting or made of others; it can be set by its name but is not listed. `follows` names
    the setting whose value it repeats (an alias of YAML). `aliases` are other ways to write its name.
    """

    value: JSONValue
    line: int
    type: str = ""
    description: str = ""
    is_hidden: bool = False
    alias_of: str = ""
    aliases: tuple[str, ...] = ()


class ConfigSource(Protocol):
    """What is known of one format. Nested keys are joined with dots, items of lists are counted from 0 (`layers.0`)."""

    def read(self, data: bytes) -> dict[str, FileValue]:
        """The settings of a file's content by name. Raises ConfigError, which says in which line."""

    def apply(self, data: bytes, values: Mapping[str, JSONValue]) -> bytes:
        """The content with `values` changed and every other byte as it was. Raises ConfigError for a name that is not
        there, for one that is given twice (as itself and as a part), and for values that the format cannot hold.
        """
