"""One parameter of an operation: its value, type and limits, and how it was found."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from gage.lib.suggest import join_some
from gage.parsers.parser_spec import Parameter
from gage.types.values import ConfigValue, JSONValue

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

MAX_EXACT_FLOAT = 1 << 53
"""A larger integer may lose digits as a float."""

MAX_HINT_NAMES = 30
"""Parameters that a hint lists."""
TABLE = "table"
"""The type of a parameter whose default is a table."""
CONFIG_GROUP = "config group"
"""How Hydra's probe describes a config group."""
SUBCOMMAND = "command"
"""The parameter that selects a program's subcommand."""


class ParameterSpec(NamedTuple):
    """A parameter of an operation.

    - `type`: a name of `VALUE_TYPES` or "" (any); `item_type`: that of a list's items.
    - `aliases`: other spellings of the name.
    - `how`: its origin: "introspected" or "source" (the program's parser, see `ParserSpec`), "file" (a value in a file)
      or "named" (by the Gage file); `where`: `train.py:3` or similar.
    - `parameter`: that of the program's parser.
    - `is_hidden`: it can be set but is not listed: an item of a list (`layers.1`), a table whose values are parameters
      (`train` beside `train.lr`), or a parameter of a subcommand while none is selected.
    - `follows`: the location whose value it repeats (a YAML alias).
    - `has_declared_type`: the Gage file declares the type. `option`: the option that names its file, "" for none.
    """

    config: ConfigValue
    type: str = ""
    item_type: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[str, ...] = ()
    how: Literal["introspected", "source", "file", "named"] = "file"
    where: str = ""
    parameter: Parameter | None = None
    is_hidden: bool = False
    follows: str = ""
    has_declared_type: bool = False
    option: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Returns what identifies it: a name can stand for values in several places."""
        return self.config.name, self.config.location

    @property
    def value_type(self) -> ValueType:
        """Returns its type."""
        return VALUE_TYPES.get(self.type, "")

    @property
    def is_passed(self) -> bool:
        """Returns whether the value must be passed to the program: it differs from the default, or is required."""
        is_new = self.config.set_by_user or not is_same_value(self.config.value, self.config.default)
        return is_new or (self.required and self.config.value is not None)

    @property
    def command(self) -> str:
        """Returns the subcommand that it belongs to, "" for none."""
        return self.parameter.command if self.parameter else ""

    @property
    def is_subcommand(self) -> bool:
        """Returns whether it selects the subcommand."""
        return self.parameter is not None and self.parameter.name == self.config.location == SUBCOMMAND

    @property
    def negations(self) -> list[str]:
        """Returns the names that set the opposite value: `no-cache` for `cache`."""
        if self.parameter is None:
            return []
        flags = self.parameter.flags if self.parameter.action == "store_false" else self.parameter.off_flags
        names = list_spellings(flag.lstrip("-") for flag in flags)
        own = list_spellings((self.parameter.name, *self.parameter.aliases))
        return [name for name in names if name not in own]

    @property
    def is_override(self) -> bool:
        """Returns whether it is an override of Hydra, which can express null."""
        return self.parameter is not None and self.parameter.action == "override"

    @property
    def is_config_group(self) -> bool:
        """Returns whether it selects a file of a config group of Hydra, which adds and changes values."""
        parameter = self.parameter
        return parameter is not None and parameter.action == "override" and parameter.description == CONFIG_GROUP

    @property
    def has_converter(self) -> bool:
        """Returns whether the program converts the text itself."""
        return self.parameter is not None and self.parameter.has_converter

    def has_name(self, name: str) -> bool:
        """Returns whether this is its name or an alias."""
        return name == self.config.name or name in self.aliases

    def find_assigned(self, names: Container[str]) -> str | None:
        """Returns the one of its names that is among `names`, None if none is."""
        return next((name for name in (self.config.name, *self.aliases) if name in names), None)

    def set_value(self, value: JSONValue) -> "ParameterSpec":
        """Returns the parameter with a value that the user set."""
        return self._replace(config=self.config._replace(value=self.widen(value, self.type), set_by_user=True))

    def widen(self, value: JSONValue, kind: str) -> JSONValue:
        """Returns an int of a value in a file that is a float as a float: `f = 1` would be an int in the program."""
        is_int = isinstance(value, int) and not isinstance(value, bool)
        if self.config.target != "file" or kind != "float" or not is_int:
            return value
        number = cast(int, value)
        return float(number) if abs(number) <= MAX_EXACT_FLOAT else number


class FileValues(NamedTuple):
    """The parameters of a program with those of its config files. `unknown` are the names of those that a file may set
    that cannot be read or that may not be used, `note` is about them. `twins` are values of the files that the program
    has as well.
    """

    specs: Sequence[ParameterSpec]
    unknown: frozenset[str] = frozenset()
    note: str = ""
    twins: Sequence[ParameterSpec] = ()


SpecsByKey = dict[tuple[str, str], ParameterSpec]
"""Parameters by their `key`."""


def list_spellings(names: Iterable[str]) -> list[str]:
    """Returns the names, each also with dashes and with underscores."""
    spellings = (s for name in names for s in (name, name.replace("-", "_"), name.replace("_", "-")))
    return list(dict.fromkeys(spellings))


def list_names_as_hint(names: Sequence[str]) -> str:
    """Returns the hint of an error about an unknown name: the first of an operation's parameters."""
    if not names:
        return "It has no parameters; to add values of config files, see 'gage help config'"
    return f"Parameters: {join_some(names, MAX_HINT_NAMES)}"


def is_same_value(one: JSONValue, other: JSONValue) -> bool:
    """Returns whether two values are equal and of the same type."""
    from gage.formats import spans

    return spans.is_same(one, other)


def build_spec_from_file_value(path: str, name: str, read: "FileValue") -> ParameterSpec:
    """Returns the parameter for a value in the file `path` of the project."""
    from gage.formats.registry import UNTYPED_FORMATS, format_name

    file_format = format_name(path)
    infer = infer_type if file_format in (*UNTYPED_FORMATS, "") else _infer_exact_type
    if file_format == "json" and isinstance(read.value, int):
        infer = infer_type  # JSON has one type of numbers: `1` may be a float
    items = read.value if isinstance(read.value, (list, tuple)) else ()
    item_types = {infer(item) for item in items}
    if item_types == {"int", "float"}:
        item_types = {"number"}
    return ParameterSpec(
        ConfigValue(name, read.value, read.value, False, "file", f"{path}#{name}", read.description),
        read.type or (TABLE if isinstance(read.value, Mapping) else infer(read.value)),
        item_types.pop() if len(item_types) == 1 else "",
        aliases=read.aliases,
        where=f"{path}:{read.line}",
        is_hidden=read.is_hidden,
        follows=f"{path}#{read.alias_of}" if read.alias_of else "",
    )


def _infer_exact_type(value: JSONValue) -> ValueType:
    """Returns the type of a parameter in a file with this value: a number is an int or a float."""
    kind = infer_type(value)
    return kind if kind != "number" else "int" if isinstance(value, int) else "float"


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
