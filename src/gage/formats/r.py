"""R scripts: names that a script assigns once, at top level, to a constant (`lr <- .1`, `n = 5L`, `c(1, 2) -> sizes`).

A branch or a function may assign the name again. A number without `L` is an integer or a float, as in R.
"""

import json
import re
from collections.abc import Iterator, Sequence

from gage.formats import spans
from gage.formats.spans import ValueNode, is_list
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_TOKEN = re.compile(
    r"(?P<comment>#[^\n]*)|[rR]\"(-*)\(.*?\)\2\"|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`\n]*`"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>[\n;])",
    re.S,
)
_NAME = r"(?<![\w.$@])([A-Za-z][\w.]*)"
_ASSIGNMENT = re.compile(rf"\s*{_NAME}[ \t]*(?:<<?-|=(?!=))\s*", re.A)
_TO_THE_RIGHT = re.compile(rf"[ \t]*->>?[ \t]*{_NAME}", re.A)
_ANY_ASSIGNMENT = re.compile(rf"{_NAME}[ \t]*(?:<<?-|=(?!=))|->>?[ \t]*{_NAME}", re.A)
_CHANGE = re.compile(
    rf"{_NAME}(?:\[{{1,2}}[^\[\]\n]*\]{{1,2}}|[$@][\w.]+)+[ \t]*(?:<<?-|=(?!=))"
    r"|\bassign\([ \t]*[\"']([\w.]+)|\bfor[ \t]*\([ \t]*([\w.]+)[ \t]+in\b",
    re.A,
)
"""`x[2] <- 1`, `assign("x", 1)`, `for (x in y)`."""
_NUMBER = r"-?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)L?|-?Inf|NaN"
_SCALAR = re.compile(
    rf"(?P<number>{_NUMBER})(?![\w.])|(?P<word>TRUE|FALSE|T|F|NULL)(?![\w.(])"
    r"|\"(?P<double>(?:[^\"\\]|\\[nrtbf\\\"']|\\u[0-9a-f]{4})*)\"|'(?P<single>(?:[^'\\]|\\[nrtbf\\\"']|\\u[0-9a-f]{4})*)'",
    re.A,
)
_END = re.compile(r"[ \t]*(?:;|#|\r?\n|\Z)")
_CONTINUES = re.compile(r"(?:\b(?:if|for|while|function)\b.*\)|\b(?:else|repeat)|[-+*/^<>=!&|~%:,])[ \t]*\Z", re.S)
"""How text ends whose expression goes on in the next line: `if (x)`, `a +`."""
_WORDS: dict[str, JSONValue] = {"TRUE": True, "T": True, "FALSE": False, "F": False, "NULL": None}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_MAX_INTEGER = 2**31 - 1


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value as R source. Raises ConfigError for a table, a NUL character, and what `5L` cannot become."""
    style = like.style if like else ""
    if is_list(value):
        if not _is_vector(value):
            raise ConfigError("A vector of R has values of a single type", "Give numbers, texts or booleans only")
        items = [format_value(item, ValueNode(None, 0, 0, style=style)) for item in value]
        return f"c({', '.join(items)})"
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case int() if style == "L" and abs(value) > _MAX_INTEGER:
            raise ConfigError(f"{value} is too large for an integer of R")
        case int():
            return f"{value}L" if style == "L" else str(value)
        case float():
            return {"inf": "Inf", "-inf": "-Inf", "nan": "NaN"}.get(repr(value), repr(value))
        case str() if "\x00" not in value:
            return json.dumps(value, ensure_ascii=False)
    raise ConfigError("Text of R cannot hold a NUL character" if isinstance(value, str) else "R has no tables")


def parse(text: str) -> ValueNode:
    """Returns the constants and their spans."""
    counts: dict[str, int] = {}
    parts: dict[str, ValueNode] = {}
    for start, statement in _split_statements(text):
        for names in _ANY_ASSIGNMENT.findall(statement):
            name = names[0] or names[1]
            counts[name] = counts.get(name, 0) + 1
        if named := _parse_assignment(text, start):
            parts.setdefault(*named)
    changed = {name for names in _CHANGE.findall(text) for name in names if name}
    return spans.build_table({n: node for n, node in parts.items() if counts.get(n) == 1 and n not in changed})


def _split_statements(text: str) -> Iterator[tuple[int, str]]:
    """Yields the statements at top level: their offsets, and their text without strings, comments and brackets."""
    depth, start, at, plain = 0, 0, 0, ""
    for token in _TOKEN.finditer(text):
        plain += text[at : token.start()] if depth == 0 else ""
        at = token.end()
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth = max(depth - 1, 0)
            plain += token[0] if depth == 0 else ""
        elif token["end"] and depth == 0 and not _CONTINUES.search(plain[-500:]):
            yield start, plain
            start, plain = at, ""
        elif depth == 0 and not token["comment"]:
            plain += " " if token["end"] else '"'
    yield start, plain + (text[at:] if depth == 0 else "")


def _parse_assignment(text: str, start: int) -> tuple[str, ValueNode] | None:
    """Returns the name and the value that the statement at `start` assigns, None if it is not a constant."""
    to_left = _ASSIGNMENT.match(text, start)
    begin = to_left.end() if to_left else re.compile(r"\s*").match(text, start).end()  # type: ignore[union-attr]
    node = _parse_value(text, begin)
    if node is None:
        return None
    to_right = None if to_left else _TO_THE_RIGHT.match(text, node.end)
    assigned = to_left or to_right
    return (assigned[1], node) if assigned and _END.match(text, max(node.end, assigned.end())) else None


def _parse_value(text: str, at: int) -> ValueNode | None:
    """Returns the constant at an offset: a scalar, or a vector of scalars of one type."""
    if not (vector := re.compile(r"c\(\s*").match(text, at)):
        return _parse_scalar(text, at)
    items: list[ValueNode] = []
    at_item = vector.end()
    while item := _parse_scalar(text, at_item):
        items.append(item)
        separator = re.compile(r"\s*([,)])\s*?").match(text, item.end)
        if separator is None:
            return None
        if separator[1] == ")":
            if not _is_vector([i.value for i in items]):
                return None
            children = tuple((str(i), child) for i, child in enumerate(items))
            style = "L" if all(i.style == "L" for i in items) else ""
            return ValueNode([i.value for i in items], at, separator.end(1), "list", children, style)
        at_item = re.compile(r"\s*").match(text, separator.end()).end()  # type: ignore[union-attr]
    return None


def _is_vector(values: Sequence[JSONValue]) -> bool:
    """Returns whether R can hold the values in a vector as they are: it converts them to one type."""
    kinds = {float if type(value) is int else type(value) for value in values}
    return len(kinds) == 1 and kinds <= {float, str, bool}


def _parse_scalar(text: str, at: int) -> ValueNode | None:
    match = _SCALAR.match(text, at)
    if match is None:
        return None
    if word := match["word"]:
        return ValueNode(_WORDS[word], at, match.end())
    if number := match["number"]:
        return _build_number(number, at)
    quoted = match["double"] if match["double"] is not None else match["single"]
    value = re.sub(r"\\(?:u(....)|(.))", lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPES.get(m[2], m[2]), quoted)
    return ValueNode(value, at, match.end())


def _build_number(text: str, at: int) -> ValueNode | None:
    end, plain = at + len(text), text.removesuffix("L")
    if plain.lstrip("-")[:2].lower() == "0x":
        number: int | float = int(plain, 16)
    else:
        number = int(plain) if plain.lstrip("-").isdigit() else float(plain)
    if plain == text:
        return ValueNode(number, at, end)
    is_whole = isinstance(number, int) or number.is_integer()
    return ValueNode(int(number), at, end, style="L", type="int") if is_whole else None


_FORMAT = spans.TextFormat(parse, format_value)
read, apply = _FORMAT.read, _FORMAT.apply
