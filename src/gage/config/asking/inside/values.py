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
