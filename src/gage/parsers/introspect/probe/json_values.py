"""Values of a program as JSON has them, and what types and converters are called. Knows no parser."""

from __future__ import annotations

PLAIN = (bool, int, float, str)


def plain(value: object, depth: int = 6) -> object:
    """The value with nothing in it but what JSON says, NaN and infinity; None for what cannot be said that way."""
    if value is None or type(value) in PLAIN:
        return value
    if depth == 0:
        return None
    if isinstance(value, dict):
        return {str(k): plain(v, depth - 1) for k, v in list(value.items())[:1000]}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return [plain(v, depth - 1) for v in list(items)[:10000]]
    return _of_object(value)


def word(value: object, converter: object) -> object:
    """As `plain`; an enum's member as the text that the converter makes it of, where there is one."""
    import enum

    if isinstance(value, (list, tuple)):
        return [word(v, converter) for v in value]
    if isinstance(value, enum.Enum):
        texts = [t for t in (value.value, value.name, str(value)) if isinstance(t, str)]
        return next((t for t in texts if _converted(converter, t) is value), value.name)
    return plain(value)


def _of_object(value: object) -> object:
    """An enum's member by its name, a path as its text, a number of another make as a number."""
    import enum
    import os

    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    if type(value).__module__ in ("datetime", "decimal", "uuid", "fractions"):
        return str(value)
    item = getattr(value, "item", None)  # NumPy's scalars
    return plain(item(), 0) if callable(item) and getattr(value, "ndim", None) == 0 else None


def type_name(kind: object) -> str:
    """ "int", "float", "str" or "bool" for the types of these names; "str" for paths; else ""."""
    if kind in (int, float, str, bool):
        return str(getattr(kind, "__name__", ""))
    if isinstance(kind, type) and any(c.__module__.startswith("pathlib") for c in kind.__mro__):
        return "str"
    return ""


def truth(converter: object) -> tuple[str, str] | None:
    """The words that a converter makes True and False of; None when it is none for true and false."""
    yes = [w for w in ("true", "True", "1", "yes") if _converted(converter, w) is True]
    no = [w for w in ("false", "False", "0", "no", "") if _converted(converter, w) is False]
    return (yes[0], no[0]) if yes and no else None


def _converted(converter: object, text: str) -> object:
    try:
        return converter(text) if callable(converter) else None
    except BaseException:
        return None


def text(value: object, most: int = 2000) -> str:
    """A help text on one line."""
    return " ".join(str(value).split())[:most] if value else ""


def types_of(function: object) -> dict[str, object]:
    """The types that a function's parameters are said to have, those in quotes resolved where they can be."""
    import typing

    target = getattr(function, "__init__", function) if isinstance(function, type) else function
    try:
        return dict(typing.get_type_hints(target))
    except Exception:
        return dict(getattr(target, "__annotations__", {}))


def annotated(kind: object, default: object = None) -> str:
    """The name of an annotation's type (`Optional[int]` is "int"); without one that of the default."""
    if kind is None:
        return type_name(type(default)) if default is not None else ""
    named = type_name(kind)
    if named:
        return named
    parts = [p for p in getattr(kind, "__args__", ()) if p is not type(None)]
    if "Literal" in str(getattr(kind, "__origin__", "")):
        names = {type_name(type(p)) for p in parts}
        return names.pop() if len(names) == 1 else ""
    is_union = str(getattr(kind, "__origin__", "")) == "typing.Union" or type(kind).__name__ == "UnionType"
    return annotated(parts[0]) if is_union and len(parts) == 1 else ""


def items(kind: object, default: object = None) -> str | None:
    """The name of the type of a list's items, "" where it cannot be told; None for what is no list or tuple."""
    if type(kind).__name__ == "UnionType" or str(getattr(kind, "__origin__", "")) == "typing.Union":
        parts = [p for p in getattr(kind, "__args__", ()) if p is not type(None)]
        return items(parts[0], default) if len(parts) == 1 else None
    origin = getattr(kind, "__origin__", kind)
    is_list = isinstance(origin, type) and (issubclass(origin, (list, tuple)) or "Sequence" in origin.__name__)
    if kind is not None and not is_list:
        return None
    named = {annotated(a) for a in getattr(kind, "__args__", ()) if a is not ...}
    if kind is None or not named:
        if not isinstance(default, (list, tuple)):
            return None
        named = {type_name(type(v)) for v in default}
    return named.pop() if len(named) == 1 else ""


def literals(kind: object) -> list[object]:
    """The values of a `Literal`, or the names of an enum's members; none for other types."""
    import enum

    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return list(kind.__members__)
    if "Literal" in str(getattr(kind, "__origin__", "")):
        return [plain(p) for p in getattr(kind, "__args__", ())]
    parts = [p for p in getattr(kind, "__args__", ()) if p is not type(None)]
    is_union = str(getattr(kind, "__origin__", "")) == "typing.Union" or type(kind).__name__ == "UnionType"
    return literals(parts[0]) if is_union and len(parts) == 1 else []
