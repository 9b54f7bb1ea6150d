"""Describes values and settings in messages: what a value is, which setting is closest, how a format writes it."""

from collections.abc import Iterable, Sequence

from gage.gagefile.parsed_text import DateText

MAX_NAMES = 5
"""Names that a hint lists of those with the same problem."""

_TYPES: dict[type, str] = {
    str: "text",
    DateText: "date",
    bool: "flag",
    int: "number",
    float: "number",
    list: "list",
    dict: "table",
    type(None): "null",
}


def get_value_type(value: object) -> str:
    """Returns "text", "number", "flag", "null", "date", "list" or "table"."""
    return _TYPES[type(value)]


def describe_value(value: object) -> str:
    """Returns what a value is, to follow "got"."""
    match get_value_type(value):
        case "text":
            return f'the text "{shorten(str(value))}"' if value else "an empty text"
        case "null":
            return "nothing"
        case "flag":
            return str(value).lower()
        case "list":
            return "a list" if value else "an empty list"
        case "table":
            return "a table"
        case type:
            return f"the {type} {shorten(str(value))}"


def shorten(text: str) -> str:
    """Returns the start of a text, short enough for a message."""
    line = text.split("\n")[0]
    return line if line == text and len(line) <= 40 else f"{line[:37]}..."


def join_names(names: Sequence[str]) -> str:
    """Returns the first names, and how many more there are: `a, b, c and 2 more`."""
    from gage.lib.suggest import join_some

    return join_some(list(map(shorten, names)), MAX_NAMES)


def escape_line(text: str) -> str:
    """Returns the text with escapes for what cannot be shown on one line."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def suggest_quotes(value: object) -> str:
    """Returns the hint for a value that should have been text."""
    if get_value_type(value) in ("number", "flag", "date"):
        return f'Put it in quotes: "{describe_value(value).split(" ", 2)[-1]}"'
    if isinstance(value, dict) and list(value.values()) == [None]:  # {lr} in YAML
        return f'Put it in quotes: "{{{next(iter(value))}}}"'
    return "Give it a value, or remove the setting" if value is None else ""


def suggest(word: str, words: Iterable[str]) -> str:
    """Returns `Did you mean "..."?` with the closest of `words`; "" if none is close."""
    near = find_closest_setting(word, words)
    return f'Did you mean "{near}"?' if near else ""


def find_closest_setting(word: str, words: Iterable[str]) -> str | None:
    """Returns the closest of `words`, None if none is close. Case and the kind of hyphen do not count."""
    from gage.lib.suggest import find_closest

    plain = {w.lower().replace("_", "-"): w for w in words}
    near = find_closest(word.lower().replace("_", "-"), list(plain))
    return plain[near] if near else None


def format_setting(format: str, key: str, value: str) -> str:
    """Returns a setting as it is written in a format; `value` is TOML."""
    if format == "toml":
        return f"{key} = {value}"
    import json
    import tomllib

    text = json.dumps(tomllib.loads(f"v = {value}")["v"], ensure_ascii=False)
    return f'"{key}": {text}' if format == "json" else f"{key}: {text}"


def format_operation(format: str, name: str) -> str:
    """Returns a whole operation as it is written in a format, on one line."""
    command = f'"python {name}.py"'
    if format == "toml":
        return f"[{name}] and below it exec = {command}"
    if format == "json":
        return f'"{name}": {{"exec": {command}}}'
    return f"{name}: and below it, indented by two spaces, exec: {command}"
