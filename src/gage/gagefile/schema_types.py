"""What a setting may look like: small frozen shapes that check, explain, document and become a JSON Schema."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gage.types.values import JSONValue


class Text(NamedTuple):
    """Text. `check` says what is wrong with a value (None: nothing), on a second line what to do; `empty` allows ""."""

    what: str = "text"
    check: Callable[[str], str | None] | None = None
    empty: bool = False
    pattern: str = ""


class Flag(NamedTuple):
    """True or false."""


class Number(NamedTuple):
    """A number, whole if `whole`; at least `minimum`, above it if `above`."""

    whole: bool = False
    minimum: float | None = None
    above: bool = False


class Choice(NamedTuple):
    """One of a few words."""

    options: tuple[str, ...]


class Any(NamedTuple):
    """Any value."""

    what: str = "any value"


class Many(NamedTuple):
    """A list of `item`, with at least `minimum` of them."""

    item: "Shape"
    minimum: int = 0


class Map(NamedTuple):
    """A table with names of the user's own."""

    value: "Shape"
    what: str = "name"
    key_check: Callable[[str], str | None] | None = None


class Field(NamedTuple):
    """A named setting of a record. `example` is a TOML value. An `alias` is another way to write a setting:
    it is allowed and documented nowhere but in the schema.
    """

    name: str
    shape: "Shape"
    doc: str
    example: str = ""
    required: bool = False
    alias: bool = False


class Odd(NamedTuple):
    """What makes no sense: where in the table, what, and what to do."""

    path: tuple[str | int, ...]
    message: str
    hint: str = ""


class Record:
    """A table with known settings. `needs_one` names settings of which at least one must be there.
    `kind` is the value of its `type` setting, which tells it from its neighbours in a `OneOf`. `words` are words of
    other tools: the setting that does the same, or what to do. `stranger` is a hint for a table of which no setting
    is known; {} in it is the first of them. `also` tells what makes no sense in a table whose settings are all right.
    With `may_be_empty` a table without any setting is right, too, and says nothing.
    """

    def __init__(
        self,
        title: str,
        fields: tuple[Field, ...],
        needs_one: tuple[str, ...] = (),
        kind: str = "",
        words: Mapping[str, str] | None = None,
        stranger: str = "",
        also: Callable[[Mapping[str, JSONValue]], Iterable[Odd]] | None = None,
        may_be_empty: bool = False,
    ) -> None:
        self.title, self.fields, self.needs_one, self.kind = title, fields, needs_one, kind
        self.may_be_empty = may_be_empty
        self.words, self.stranger, self.also = words or {}, stranger, also
        self.names = {field.name: field for field in fields}


class OneOf(NamedTuple):
    """One of several shapes."""

    shapes: tuple["Shape", ...]


Shape = Text | Flag | Number | Choice | Any | Many | Map | Record | OneOf


def described(shape: Shape) -> str:
    """The shape in a few words, as it stands after "expected"."""
    match shape:
        case Text():
            return shape.what
        case Flag():
            return "true or false"
        case Number():
            return "a whole number" if shape.whole else "a number"
        case Choice():
            return either(f'"{o}"' for o in shape.options)
        case Any():
            return shape.what
        case Many():
            return "a list"
        case Map():
            return "a table"
        case Record():
            return "a table"
        case OneOf():
            return either(dict.fromkeys(described(s) for s in shape.shapes))


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    items = list(words)
    return " or ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
