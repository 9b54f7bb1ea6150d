"""One parameter of an operation: its value, type and limits, and how it was found."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from gage.types.config_value import ConfigValue
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.formats.config_source import FileValue

ValueType = Literal["", "int", "float", "number", "str", "bool", "list"]

VALUE_TYPES: Mapping[str, ValueType] = {
    "int": "int",
    "integer": "int",
    "float": "float",
    "number": "number",
    "str": "str",
    "string": "str",
    "text": "str",
    "bool": "bool",
    "boolean": "bool",
    "list": "list",
}
"""Names that a Gage file may use for a type → the type. A "number" may be an int or a float."""


class ParameterSpec(NamedTuple):
    """A parameter of an operation.

    `type` is a name of `VALUE_TYPES` or "" (any), `item_type` the type of a list's items. `aliases` are other spellings
    of the name, `negations` names for the opposite (`no-cache` for `cache`). `how` is its origin: "introspected" and
    "source" (the program's parser, see `ParserSpec`), "file" (a value in a file) or "named" (by the Gage file); `where`
    is `train.py:3` or similar. A parameter `is_hidden` if it is a part of another parameter, or made of others.
    `follows` is the location whose value it repeats. `parameter` is its name in the program's parser, `command` the
    subcommand that it belongs to. `nullable`: the command line can express null. `as_typed`: the program converts the
    text itself.
    """

    config: ConfigValue
    type: str = ""
    item_type: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    how: Literal["introspected", "source", "file", "named"] = "file"
    where: str = ""
    is_hidden: bool = False
    follows: str = ""
    nullable: bool = False
    parameter: str = ""
    command: str = ""
    as_typed: bool = False

    @property
    def value_type(self) -> ValueType:
        """Returns its type."""
        return VALUE_TYPES.get(self.type, "")

    @property
    def is_passed(self) -> bool:
        """Returns whether the value must be passed to the program: it differs from the default, or is required."""
        is_new = self.config.set_by_user or not is_same_value(self.config.value, self.config.default)
        return is_new or (self.required and self.config.value is not None)


def is_same_value(one: JSONValue, other: JSONValue) -> bool:
    """Returns whether two values are equal and of the same type."""
    from gage.formats import spans

    return spans.is_same(one, other)


def build_spec_from_file_value(path: str, name: str, found: "FileValue") -> ParameterSpec:
    """Returns the parameter for a value in the file `path` of the project."""
    setting = ConfigValue(name, found.value, found.value, False, "file", f"{path}#{name}", found.description)
    return ParameterSpec(
        setting,
        found.type or infer_type(found.value),
        _infer_item_type(found.value),
        aliases=found.aliases,
        where=f"{path}:{found.line}",
        is_hidden=found.is_hidden,
        follows=f"{path}#{found.alias_of}" if found.alias_of else "",
    )


def infer_type(value: JSONValue) -> ValueType:
    """Returns the type of a parameter with this value."""
    match value:
        case None | Mapping():
            return ""
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "str"
    return "list"


def _infer_item_type(value: JSONValue) -> ValueType:
    """Returns the type of all items of a list, "" if they differ."""
    kinds = {infer_type(item) for item in value} if isinstance(value, (list, tuple)) else set()
    return kinds.pop() if len(kinds) == 1 else ""
