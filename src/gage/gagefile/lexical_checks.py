"""What no Gage file has in any format: signs that nobody sees, quotes of a word processor, conflicts that git left, and
another format than the name of the file says. Knows no setting.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gage.types.opdef import Diagnostic, Span

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONFLICT = re.compile(r"^<{7}(?: .*)?\n(?:.*\n)*?>{7}(?: .*)?$", re.MULTILINE)
_COMMENT = re.compile(r"(?:\s*(?:#|//)[^\n]*\n|\s+)*")
_FORMATS = {
    "json": re.compile(r'\{\s*(?:"|\}|//)'),
    "toml": re.compile(r'\[\[?[\w."$-]+\]\]?[ \t]*(?:#.*)?$|["\w.$-]+[ \t]*=[ \t]*["\'\[{\w]', re.MULTILINE),
    "yaml": re.compile(r"---\s|[\w$-]+:(?:[ \t]*(?:#.*)?$|[ \t]+\S)", re.MULTILINE),
}
_TOLD = {"json": "JSON", "toml": "TOML", "yaml": "YAML"}
QUOTES = dict.fromkeys("“”„‟«»″＂", '"') | dict.fromkeys("‘’‚‛′＇", "'")
"""Quotes that are none for a program, and those that are meant."""


def is_strange(text: str) -> bool:
    """Whether there is anything for `cleaned` to do."""
    return "<<<<<<<" in text or _CONTROL.search(text) is not None


def cleaned(text: str) -> "tuple[str, list[Diagnostic]]":
    """The text without conflicts and control characters, at the same places; and what was wrong with it."""
    from gage.types.opdef import Diagnostic

    faults = []
    if "<<<<<<<" in text:
        for found in _CONFLICT.finditer(text):
            hint = "Keep one side, and remove the lines that start with <<<<<<<, ======= and >>>>>>>"
            faults.append(Diagnostic(_span(text, found.start(), 7), "A merge conflict is left in the file", hint))
        text = _CONFLICT.sub(lambda m: "\n" * m.group().count("\n"), text)
    control = _CONTROL.search(text)
    if control:
        code = f"U+{ord(control.group()):04X}"
        hint = "Remove it; where it is meant, write it as an escape in quotes"
        faults.append(
            Diagnostic(_span(text, control.start()), f"A control character ({code}) stands in the text", hint)
        )
        text = _CONTROL.sub(" ", text)
    return text, faults


def other_format(text: str, format: str) -> "Diagnostic | None":
    """That a text is of another format than `format`, by how it starts. To be asked only where it cannot be read."""
    from gage.types.opdef import Diagnostic

    found = _COMMENT.match(text)
    start = found.end() if found else 0
    for other, pattern in _FORMATS.items():
        if other != format and pattern.match(text, start):
            told = f"This is {_TOLD[other]}, and the name of the file says {_TOLD[format]}"
            return Diagnostic(_span(text, start), told, f"Rename it to gage.{other}, or write it as {_TOLD[format]}")
    return None


def odd(char: str) -> tuple[str, str] | None:
    """What is wrong with a character that stands where no text is, and what to do; None where it is a usual one."""
    if char in QUOTES:
        return f"This is no quote that programs know: {char}", f"Write {QUOTES[char]} for it"
    if not char or char.isascii():
        return None
    from unicodedata import category, name

    code = f"U+{ord(char):04X}"
    if category(char)[0] in "ZC":
        told = name(char, "").lower() or "unnamed"
        return f"An invisible character stands here: {code}, {told}", "Remove it, or write a space for it"
    return f"This can stand only in quotes: {char} ({code})", "Put the text in quotes, or remove it"


def _span(text: str, at: int, length: int = 1) -> "Span":
    from gage.types.opdef import Span

    return Span(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), length)
