"""How values and settings are put into words: what stands there, what may be meant, how it is written in a format."""

import json
from collections.abc import Iterable

from gage.gagefile.node import Items, Node, Table


def got(node: Node) -> str:
    """What stands there, as it reads after "got"."""
    if isinstance(node, Items):
        return "an empty list" if not node.items else "a list"
    if isinstance(node, Table):
        return "a table"
    match node.kind:
        case "text":
            return f'the text "{short(str(node.value))}"' if node.value else "an empty text"
        case "null":
            return "nothing"
        case "flag":
            return str(node.value).lower()
        case "date":
            return f"the date {node.value}"
        case _:
            return f"the number {short(str(node.value))}"


def short(text: str) -> str:
    """A text that fits into a message."""
    line = text.split("\n")[0]
    return line if line == text and len(line) <= 40 else f"{line[:37]}..."


def quotes(node: Node) -> str:
    """What to do where a value should have been text."""
    if node.kind in ("number", "flag", "date"):
        return f'Put it in quotes: "{got(node).split(" ", 2)[-1]}"'
    return "Give it a value, or remove the setting" if node.kind == "null" else ""


def meant(word: str, words: Iterable[str]) -> str:
    """`Did you mean "..."?` with the one of the words that is nearest; "" where none is."""
    near = nearest(word, words)
    return f'Did you mean "{near}"?' if near else ""


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The nearest of the words, where case and the kind of hyphen do not count."""
    from gage.lib.suggest import find_closest

    plain = {w.lower().replace("_", "-"): w for w in words}
    found = find_closest(word.lower().replace("_", "-"), list(plain))
    return plain[found] if found else None


def pair(format: str, key: str, value: str) -> str:
    """A setting as it is written in a format; `value` is TOML."""
    if format == "toml":
        return f"{key} = {value}"
    import tomllib

    try:
        value = json.dumps(tomllib.loads(f"v = {value}")["v"], ensure_ascii=False)
    except tomllib.TOMLDecodeError:
        pass
    return f'"{key}": {value}' if format == "json" else f"{key}: {value}"


def operation(format: str, name: str) -> str:
    """A whole operation as it is written in a format, on one line."""
    command = f'"python {name}.py"'
    if format == "toml":
        return f"[{name}] and below it exec = {command}"
    if format == "json":
        return f'"{name}": {{"exec": {command}}}'
    return f"{name}: and below it, two spaces further in, exec: {command}"
