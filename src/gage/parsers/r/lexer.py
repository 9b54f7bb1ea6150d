"""Finds calls in R source and evaluates their constant arguments. Runs no R."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gage.types.values import JSONValue

_STRING = re.compile(r"[rR]\"-*\((.*?)\)-*\"|\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.S)
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)L?\Z")
_ASSIGNED = re.compile(r"^[ \t]*([\w.]+)[ \t]*(?:<-|=)[ \t]*", re.M)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_WORDS: Mapping[str, JSONValue] = {"TRUE": True, "T": True, "FALSE": False, "F": False, "NULL": None, "NA": None}


@dataclass(frozen=True, slots=True)
class RCall:
    """A call: function, arguments in order as (name or "", source), and line."""

    name: str
    args: tuple[tuple[str, str], ...]
    line: int

    def get_argument(self, *names: str) -> str:
        """Returns the source of a named argument, "" if there is none."""
        return next((text for name, text in self.args if name in names), "")

    def unnamed_arguments(self) -> list[str]:
        """Returns the sources of the unnamed arguments."""
        return [text for name, text in self.args if not name]


def mask_comments(text: str) -> str:
    """Returns the text with comments replaced by spaces, so that offsets stay the same."""

    def blank(match: re.Match[str]) -> str:
        return match[0] if match[1] is None else " " * len(match[0])

    return re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|(#[^\n]*)", blank, text, flags=re.S)


def find_calls(text: str, names: re.Pattern[str]) -> Iterator[RCall]:
    """Yields all calls whose function matches `names`, in a text without comments."""
    for match in names.finditer(text):
        parts = _split_arguments(text, match.end())
        line = text.count("\n", 0, match.start()) + 1
        yield RCall(match[1], tuple(_parse_argument(p) for p in parts if p.strip()), line)


def _split_arguments(text: str, start: int) -> list[str]:
    """Returns the arguments of a list that starts at `start`, after its parenthesis."""
    parts: list[str] = []
    depth, at, begin = 0, start, start
    while at < len(text):
        string = _STRING.match(text, at)
        if string:
            at = string.end()
            continue
        char = text[at]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            if depth == 0:
                break
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[begin:at])
            begin = at + 1
        at += 1
    return [*parts, text[begin:at]]


def _parse_argument(part: str) -> tuple[str, str]:
    match = re.match(r"\s*[\"'`]?([\w.]+)[\"'`]?\s*=(?!=)\s*(.*)\Z", part, re.S)
    return (match[1], match[2].strip()) if match else ("", part.strip())


def evaluate_expression(text: str, known: Mapping[str, str], depth: int = 10) -> JSONValue:
    """Returns the value of a constant expression or of a name in `known`. Raises ValueError for anything else."""
    text = text.strip()
    string = _STRING.fullmatch(text)
    if string:
        raw, *quoted = string.groups()
        return raw if raw is not None else _unescape(next(q for q in quoted if q is not None))
    if text in _WORDS:
        return _WORDS[text]
    if text.startswith("NA_") and text.endswith("_"):
        return None
    if text in ("Inf", "-Inf", "NaN"):
        return float(text.lower())
    if _NUMBER.match(text):
        return _parse_number(text)
    inner = re.match(r"(?:c|list)\s*\(", text)
    if inner and text.endswith(")") and depth:
        return [
            evaluate_expression(t, known, depth - 1)
            for _, t in map(_parse_argument, _split_arguments(text, inner.end()))
            if t
        ]
    made = re.match(r"(paste0?|as\.integer|as\.numeric|as\.character|as\.double)\s*\(", text)
    if made and text.endswith(")") and depth:
        return _call_function(
            made[1],
            [
                evaluate_expression(t, known, depth - 1)
                for n, t in map(_parse_argument, _split_arguments(text, made.end()))
                if t and not n
            ],
        )
    if text in known and depth:
        return evaluate_expression(known[text], known, depth - 1)
    raise ValueError("not known")


def _call_function(name: str, values: list[JSONValue]) -> JSONValue:
    """Returns the result of `paste` or a conversion. Raises ValueError for values that are not known."""
    plain = [v for v in values if isinstance(v, (str, int, float)) and not isinstance(v, bool)]
    if len(plain) != len(values) or not plain:
        raise ValueError("not known")
    if name.startswith("paste"):
        return ("" if name == "paste0" else " ").join(f"{v:g}" if isinstance(v, float) else str(v) for v in plain)
    if name == "as.character":
        return str(plain[0])
    number = float(plain[0])
    return _to_int(number) if name == "as.integer" else number


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), text, flags=re.S)


def _parse_number(text: str) -> JSONValue:
    plain = text.removesuffix("L")
    if "x" in plain.lower():
        return int(plain, 16)
    number = float(plain)
    return _to_int(number) if text.endswith("L") or (plain.lstrip("-").isdigit()) else number


def _to_int(number: float) -> JSONValue:
    if abs(number) > 1e15:
        raise ValueError("too large")
    return int(number)


def find_assignments(text: str) -> dict[str, str]:
    """Returns the expressions of names that are assigned once, in a text without comments."""
    assigned: dict[str, str] = {}
    twice: set[str] = set()
    for match in _ASSIGNED.finditer(text):
        if match[1] in assigned:
            twice.add(match[1])
        string = _STRING.match(text, match.end())
        assigned[match[1]] = string[0] if string else text[match.end() :].split("\n", 1)[0].strip().rstrip(";")
    for text_first in re.finditer(rf"(?:{_STRING.pattern})\s*->\s*(?P<name>[\w.]+)", text, re.S):
        assigned.setdefault(text_first["name"], text_first[0].rpartition("->")[0].strip())
    return {k: v for k, v in assigned.items() if k not in twice}
