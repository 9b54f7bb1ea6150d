"""Values of a program as JSON, and the names of types. Knows no parser."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

SCALARS = (bool, int, float, str)
_BOOL_WORDS = ("true", "1", "yes", "on", "y", "t", "false", "0", "no", "off", "n", "f", "")
"""Words for true and false, the most usual ones first."""


def to_json(value: object, depth: int = 6) -> object:
    """Returns the value as JSON has it, with NaN and infinity; None for a value that JSON cannot express."""
    if value is None or type(value) in SCALARS:
        return value
    if depth == 0:
        return None
    if isinstance(value, dict):
        return {str(k): to_json(v, depth - 1) for k, v in list(value.items())[:1000]}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return [to_json(v, depth - 1) for v in list(items)[:10000]]
    return _object_to_json(value)


def _object_to_json(value: object) -> object:
    """Returns an enum's member as its name, a path as text, a number of a class of its own as a number."""
    import enum
    import os

    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    for kind in SCALARS:
        if isinstance(value, kind):
            return kind(value)
    if type(value).__module__ in ("datetime", "decimal", "uuid", "fractions"):
        return str(value)
    item = getattr(value, "item", None)  # NumPy's scalars
    return to_json(item(), 0) if callable(item) and getattr(value, "ndim", None) == 0 else None


def to_argument(value: object, converter: object) -> object:
    """Like `to_json`, but an enum's member is the text that `converter` converts to it, where there is one."""
    import enum

    if isinstance(value, (list, tuple)):
        return [to_argument(v, converter) for v in value]
    if isinstance(value, enum.Enum):
        for text in (value.value, value.name, str(value)):
            if isinstance(text, str) and _convert(converter, text) is value:
                return text
        return value.name
    return to_json(value)


def find_bool_words(converter: object) -> tuple[list[str], list[str]]:
    """Returns the words, of the usual ones, that `converter` converts to True, and those that it converts to False."""
    texts = [w for word in _BOOL_WORDS for w in dict.fromkeys((word, word.title(), word.upper()))]
    values = {text: _convert(converter, text) for text in texts}
    return [t for t in texts if values[t] is True], [t for t in texts if values[t] is False]


def _convert(converter: object, text: str) -> object:
    try:
        return converter(text) if callable(converter) else None
    except (Exception, SystemExit):  # the converter is the program's
        return None


def format_line(text: object, max_length: int = 2000) -> str:
    """Returns a help text on one line; "" for None."""
    return " ".join(str(text).split())[:max_length] if text else ""


def name_type(kind: object) -> str:
    """Returns "int", "float", "str" or "bool" for these types, "str" for paths, else ""."""
    if kind in SCALARS:
        return str(getattr(kind, "__name__", ""))
    is_path = isinstance(kind, type) and any(c.__module__.startswith("pathlib") for c in kind.__mro__)
    return "str" if is_path else ""


def get_hints(function: object) -> dict[str, object]:
    """Returns the type hints of a function's parameters, those in quotes resolved where possible."""
    import typing

    target = getattr(function, "__init__", function) if isinstance(function, type) else function
    try:
        return dict(typing.get_type_hints(target))
    except Exception:  # hints in quotes are expressions of the program
        return dict(getattr(target, "__annotations__", {}))


def name_hint(hint: object, default: object = None) -> str:
    """Returns the name of a type hint's type ("int" for `Optional[int]`); without a hint, that of the default."""
    if hint is None:
        return name_type(type(default)) if default is not None else ""
    hint = _unwrap_optional(hint)
    if _is_literal(hint):
        return _only_name(name_type(type(value)) for value in _get_args(hint))
    return name_type(hint)


def name_items(hint: object, default: object = None) -> str | None:
    """Returns the name of the type of a list's items, "" if unknown; None if it is not a list, tuple or set."""
    hint = _unwrap_optional(hint)
    origin = getattr(hint, "__origin__", hint)
    is_list = isinstance(origin, type) and (
        issubclass(origin, (list, tuple, set, frozenset)) or "Sequence" in origin.__name__
    )
    if hint is not None and not is_list:
        return None
    arguments = [a for a in _get_args(hint) if a is not ...]
    if arguments:
        return _only_name(name_hint(a) for a in arguments)
    return _only_name(name_type(type(v)) for v in default) if isinstance(default, (list, tuple)) else None


def list_choices(hint: object) -> list[object]:
    """Returns the values of a `Literal`, or the names of an enum's members; none for other types."""
    import enum

    hint = _unwrap_optional(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return list(hint.__members__)
    return [to_json(value) for value in _get_args(hint)] if _is_literal(hint) else []


def _only_name(names: Iterable[str]) -> str:
    """Returns the name if all of them are the same, else ""."""
    different = set(names)
    return different.pop() if len(different) == 1 else ""


def _unwrap_optional(hint: object) -> object:
    """Returns X for `Optional[X]`, `Union[X, None]` and `X | None`, else the hint itself."""
    import types
    import typing

    union = getattr(types, "UnionType", typing.Union)  # `X | Y`; both are the same from Python 3.14 on
    if typing.get_origin(hint) not in (union, typing.Union):
        return hint
    members = [member for member in _get_args(hint) if member is not type(None)]
    return members[0] if len(members) == 1 else hint


def _is_literal(hint: object) -> bool:
    import typing

    literals = [getattr(sys.modules.get(name), "Literal", None) for name in ("typing", "typing_extensions")]
    return typing.get_origin(hint) in [literal for literal in literals if literal is not None]


def _get_args(hint: object) -> tuple[object, ...]:
    return getattr(hint, "__args__", None) or ()
