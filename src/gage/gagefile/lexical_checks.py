"""Finds what is invalid in every format: control characters, typographic quotes, merge conflicts, and text of another
format than the file name says. Knows no setting.
"""

import re

from gage.gagefile.parsed_text import TextPositions
from gage.types.opdef import Diagnostic

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CONFLICT = r"(?m)^<{7}(?: .*)?\n(?:.*\n)*?>{7}(?: .*)?$"
"""From a line `<<<<<<< HEAD` to a line `>>>>>>> branch`."""
FORMAT_NAMES = {"json": "JSON", "toml": "TOML", "yaml": "YAML"}
QUOTES = dict.fromkeys("“”„‟«»″＂", '"') | dict.fromkeys("‘’‚‛′＇", "'")
"""Typographic quotes, and what to write instead."""


def clean_text(text: str) -> tuple[str, list[Diagnostic]]:
    """Returns the text without merge conflicts and control characters, and a diagnostic for each kind of them."""
    diagnostics = []
    if "<<<<<<<" in text:
        for match in re.finditer(_CONFLICT, text):
            hint = "Keep one side, and remove the lines that start with <<<<<<<, ======= and >>>>>>>"
            span = TextPositions(text).span(match.start(), match.start() + 7)
            diagnostics.append(Diagnostic(span, "Unresolved merge conflict", hint))
        text = re.sub(_CONFLICT, lambda m: "\n" * m.group().count("\n"), text)
    control = _CONTROL.search(text)
    if control:
        code = f"U+{ord(control.group()):04X}"
        hint = "Remove it, or write it as an escape in quotes"
        diagnostics.append(
            Diagnostic(TextPositions(text).span(*control.span()), f"Control character {code} in the text", hint)
        )
        text = _CONTROL.sub(" ", text)
    return text, diagnostics


def detect_other_format(text: str, format: str) -> Diagnostic | None:
    """Returns a diagnostic if the start of a text looks like another format than `format`.

    Useful only for a text that cannot be parsed as `format`.
    """
    comments = re.match(r"(?:\s*(?:#|//)[^\n]*\n|\s+)*", text)
    start = comments.end() if comments else 0
    patterns = {
        "json": re.compile(r'\{\s*(?:"|\}|//)'),
        "toml": re.compile(r'\[\[?[\w."$-]+\]\]?[ \t]*(?:#.*)?$|["\w.$-]+[ \t]*=[ \t]*["\'\[{\w]', re.MULTILINE),
        "yaml": re.compile(r"---\s|[\w$-]+:(?:[ \t]*(?:#.*)?$|[ \t]+\S)", re.MULTILINE),
    }
    for other, pattern in patterns.items():
        if other != format and pattern.match(text, start):
            message = f"The content is {FORMAT_NAMES[other]}, but the file name says {FORMAT_NAMES[format]}"
            hint = f"Change the suffix of the file to .{other}, or write it as {FORMAT_NAMES[format]}"
            return Diagnostic(TextPositions(text).span(start, start + 1), message, hint)
    return None


def describe_character(char: str) -> tuple[str, str] | None:
    """Returns a message and a hint for a character that is not allowed outside quotes; None for a usual one."""
    if char in QUOTES:
        return f"Typographic quote: {char}", f"Write {QUOTES[char]} instead"
    if not char or char.isascii():
        return None
    from unicodedata import category, name

    code = f"U+{ord(char):04X}"
    if category(char)[0] in "ZC":
        title = name(char, "").lower() or "unnamed"
        return f"Invisible character: {code}, {title}", "Remove it, or replace it with a space"
    return f"This character is allowed only in quotes: {char} ({code})", "Put the text in quotes, or remove it"
