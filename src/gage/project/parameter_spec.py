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
"""What a type may be called → which it is. "number": what a value that is a number may become."""


class ParameterSpec(NamedTuple):
    """Something that can be set.

    `type` is a name of `KINDS` or "" (anything); `items` the type of a list's items. `aliases` are other ways to write
    the name, `inverse` names for the opposite (`no-cache` for `cache`). `how` says how it is known: "introspected" and
    "source" (the program's parser, see `ParserSpec`), "file" (a value in a file) or "named" (the Gage file names it);
    `where` is `train.py:3` or the like. `hidden`: it can be set, but is a part of another setting or made of
    others. `follows` is the place whose value it repeats. `parameter` is the name that the program's parser has for
    it, `command` the sub-command that it belongs to. `nullable`: null can be said on the command line, too.
    `as_typed`: the program makes a value of its own of the text.
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
        """Which of the types it is."""
        return VALUE_TYPES.get(self.type, "")

    @property
    def is_passed(self) -> bool:
        """Whether the program has to be told: the user, or the operation, chose another value than it has; or it wants
        to be told although it has one.
        """
        is_new = self.config.set_by_user or not is_same_value(self.config.value, self.config.default)
        return is_new or (self.required and self.config.value is not None)


def is_same_value(one: JSONValue, other: JSONValue) -> bool:
    """Whether two values are equal and of the same type."""
    from gage.formats import spans

    return spans.is_same(one, other)


def spec_from_file_value(path: str, name: str, found: "FileValue") -> ParameterSpec:
    """Returns the parameter for a value in the file `path` of the project."""
    setting = ConfigValue(name, found.value, found.value, False, "file", f"{path}#{name}", found.description)
    return ParameterSpec(
        setting,
        found.type or infer_type(found.value),
        _items(found.value),
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


def _items(value: JSONValue) -> ValueType:
    """The type of all items of a list, "" where they differ."""
    kinds = {infer_type(item) for item in value} if isinstance(value, (list, tuple)) else set()
    return kinds.pop() if len(kinds) == 1 else ""
