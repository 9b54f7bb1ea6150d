"""Puts values and settings into words: what a value is, which setting may be meant, how one is written in a format."""

import json
from collections.abc import Iterable

from gage.formats.spans import ValueNode


def get_value_type(node: ValueNode) -> str:
    """Returns "text", "number", "flag", "null", "date", "list" or "table"."""
    value = node.value
    if isinstance(value, str):
        return "date" if node.style == "date" else "text"
    if value is None:
        return "null"
    if node.kind != "value":
        return node.kind
    return "flag" if isinstance(value, bool) else "number"


def describe_value(node: ValueNode) -> str:
    """Returns what a value is, to follow "got"."""
    match get_value_type(node):
        case "text":
            return f'the text "{shorten(str(node.value))}"' if node.value else "an empty text"
        case "null":
            return "nothing"
        case "flag":
            return str(node.value).lower()
        case "date":
            return f"the date {node.value}"
        case "list":
            return "a list" if node.children else "an empty list"
        case "table":
            return "a table"
        case _:
            return f"the number {shorten(str(node.value))}"


def shorten(text: str) -> str:
    """Returns the start of a text, short enough for a message."""
    line = text.split("\n")[0]
    return line if line == text and len(line) <= 40 else f"{line[:37]}..."


def escape_line(text: str) -> str:
    """Returns the text with escapes for what cannot be shown on one line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def suggest_quotes(node: ValueNode) -> str:
    """Returns the hint for a value that should have been text."""
    if get_value_type(node) in ("number", "flag", "date"):
        return f'Put it in quotes: "{describe_value(node).split(" ", 2)[-1]}"'
    return "Give it a value, or remove the setting" if node.value is None else ""


def suggest(word: str, words: Iterable[str]) -> str:
    """Returns `Did you mean "..."?` with the closest of `words`; "" if none is close."""
    near = find_closest_setting(word, words)
    return f'Did you mean "{near}"?' if near else ""


def find_closest_setting(word: str, words: Iterable[str]) -> str | None:
    """Returns the closest of `words`, None if none is close. Case and the kind of hyphen do not count."""
    from gage.lib.suggest import find_closest

    plain = {w.lower().replace("_", "-"): w for w in words}
    found = find_closest(word.lower().replace("_", "-"), list(plain))
    return plain[found] if found else None


def format_setting(format: str, key: str, value: str) -> str:
    """Returns a setting as it is written in a format; `value` is TOML."""
    if format == "toml":
        return f"{key} = {value}"
    import tomllib

    try:
        value = json.dumps(tomllib.loads(f"v = {value}")["v"], ensure_ascii=False)
    except tomllib.TOMLDecodeError:
        pass
    return f'"{key}": {value}' if format == "json" else f"{key}: {value}"


def format_operation(format: str, name: str) -> str:
    """Returns a whole operation as it is written in a format, on one line."""
    command = f'"python {name}.py"'
    if format == "toml":
        return f"[{name}] and below it exec = {command}"
    if format == "json":
        return f'"{name}": {{"exec": {command}}}'
    return f"{name}: and below it, indented by two spaces, exec: {command}"
