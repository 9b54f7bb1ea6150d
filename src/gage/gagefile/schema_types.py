"""The shapes that a setting may have: types behind the checks, the reference and the JSON Schema."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gage.gagefile.parsed_text import ValuePath
    from gage.gagefile.validate import Validator


class InvalidText(ValueError):
    """A text that is not what a setting needs. `at` is the position of the mistake in it, None for the whole text."""

    def __init__(self, message: str, hint: str = "", at: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.at = at


class Text(NamedTuple):
    """Text, described as `what`. `check` raises InvalidText for a wrong value; `empty` allows ""."""

    what: str = "text"
    check: Callable[[str], None] | None = None
    empty: bool = False


class Flag(NamedTuple):
    """True or false."""


class Number(NamedTuple):
    """A number, above 0 if `positive`."""

    positive: bool = False


class Choice(NamedTuple):
    """One of a few words."""

    options: tuple[str, ...]


class AnyValue(NamedTuple):
    """Any value."""


class ListOf(NamedTuple):
    """A list of `item`, with at least `minimum` of them."""

    item: "Shape"
    minimum: int = 0


class MapOf(NamedTuple):
    """A table whose keys the user chooses. `key_check` raises InvalidText for a wrong key."""

    value: "Shape"
    key_check: Callable[[str], None] | None = None


class Field(NamedTuple):
    """A named setting of a record. `example` is a TOML value. An `alias` is another name of a setting: it is accepted
    and stands in the JSON Schema, but not in the reference.
    """

    name: str
    shape: "Shape"
    doc: str
    example: str = ""
    required: bool = False
    alias: bool = False


class Record:
    """A table with known settings.

    `needs_one` names settings of which at least one must be there. `kind` is the value of its `type` setting, which
    distinguishes it from the other records of a `OneOf`. `synonyms` maps the words of other tools to a setting, or to a
    hint. `unknown_hint` is the hint for a table of which no setting is known; {} in it is the first of them. `check`
    reports valid settings that contradict each other. `may_be_empty` accepts a table without settings. A table with
    one of the settings `open_with` may also have settings that are not in `fields`.
    """

    def __init__(
        self,
        title: str,
        fields: tuple[Field, ...],
        needs_one: tuple[str, ...] = (),
        kind: str = "",
        synonyms: Mapping[str, str] | None = None,
        unknown_hint: str = "",
        check: "Callable[[Mapping[str, object], ValuePath, Validator], None] | None" = None,
        may_be_empty: bool = False,
        open_with: tuple[str, ...] = (),
    ) -> None:
        self.title, self.fields, self.needs_one, self.kind = title, fields, needs_one, kind
        self.may_be_empty, self.open_with = may_be_empty, open_with
        self.synonyms, self.unknown_hint, self.check = synonyms or {}, unknown_hint, check
        self.fields_by_name = {field.name: field for field in fields}


class OneOf(NamedTuple):
    """One of several shapes."""

    shapes: tuple["Shape", ...]


Shape = Text | Flag | Number | Choice | AnyValue | ListOf | MapOf | Record | OneOf

TYPES_BY_SHAPE: dict[type, str] = {
    Text: "text",
    Choice: "text",
    Flag: "flag",
    Number: "number",
    ListOf: "list",
    MapOf: "table",
    Record: "table",
}
"""The type of value that a shape accepts, as `messages.get_value_type` returns it."""


def describe_shape(shape: Shape) -> str:
    """Returns the shape in a few words, to follow "expected"."""
    match shape:
        case Text():
            return shape.what
        case Flag():
            return "true or false"
        case Number():
            return "a number"
        case Choice():
            return join_alternatives(f'"{option}"' for option in shape.options)
        case AnyValue():
            return "any value"
        case ListOf():
            return "a list"
        case MapOf() | Record():
            return "a table"
        case OneOf():
            return join_alternatives(dict.fromkeys(describe_shape(each) for each in shape.shapes))


def join_alternatives(words: Iterable[str]) -> str:
    """Returns `a`, `a or b`, `a, b or c`."""
    items = list(words)
    return " or ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
