"""Explains JSON syntax errors: where, what is wrong, and what to do."""

import re
from json import JSONDecodeError

from gage.gagefile.parsed_text import DocumentKind, TextPositions
from gage.gagefile.syntax_errors import Rules, describe_wrong_character, match_rules
from gage.types.opdef import Diagnostic

_PAIR = 'Write it as "key": "value"'
_REMOVE_COMMA = "Unexpected comma", "Remove it"
_SINGLE_QUOTES = r"‸(?P<at>'[^'\n]*')", "JSON has no single quotes", "Write \" instead of ' around texts"
_NEEDS_QUOTES = "Text needs quotes: {at}"
_NOT_A_NUMBER = "This is not a number in JSON: {at}"
_NEEDS_COLON = '"{key}" needs : and a value'
_COMMA = "A comma is missing after this value"
_END = r"(?=\s*(?:[,\]}]|//|$))"
"""The end of a value."""

RULES: Rules = {
    "": [
        (r"‸(?P<at>/\*)", "Unclosed comment", "Close it with */"),
        (r"‸#", "Comments start with // in JSON", "Write // instead of #"),
    ],
    "Invalid control character": [(r"‸.", "Tab or control character in the text", "Write a tab as \\t")],
    "Unterminated string|Invalid control character": [
        (
            r'(?P<at>"(?:[^"\\\n]|\\.)*\\"[^"\n]*)$',
            "Unclosed quote",
            'A \\" is a quote in the text; write a \\ at the end as \\\\',
        ),
        (
            r'^(?=.*‸)(?:[^"\n]|"(?:[^"\\\n]|\\.)*")*+(?P<at>".*)$',
            "Unclosed quote",
            'Close it with "; write a line break in a text as \\n',
        ),
    ],
    r"Invalid \\": [
        (r"‸(?P<at>\\')", "A ' needs no \\ before it", "Write '"),
        (r"(?P<at>‸\\.|\\‸.)", 'A \\ in "..." starts an escape such as \\n', "Write each \\ twice"),
    ],
    "Expecting value": [
        _SINGLE_QUOTES,
        (r"‸,", "A value is missing before this comma", "Add one, or remove the comma"),
        (r"‸[}\]]", "A value is missing", _PAIR),
        (r"‸:", "Unexpected :", "Remove it"),
        (rf"‸(?P<at>True){_END}", _NEEDS_QUOTES, "Write true"),
        (rf"‸(?P<at>False){_END}", _NEEDS_QUOTES, "Write false"),
        (rf"‸(?P<at>None|undefined|nil){_END}", _NEEDS_QUOTES, "Write null"),
        (rf"‸(?P<at>\+(?P<number>\d*\.?\d+)){_END}", _NOT_A_NUMBER, "Write {number}"),
        (rf"‸(?P<at>\.\d+){_END}", _NOT_A_NUMBER, "Write 0{at}"),
        (r"‸(?P<at>`[^`\n]*`)", "Text needs double quotes", 'Write " instead of `'),
        (r'‸(?P<at>[^\s"\'/=;(][^,}\]"\n]*)(?!")[,}\]\n]', _NEEDS_QUOTES, 'Write "{at}"'),
        ("", "This is not a value", _PAIR),
    ],
    "Expecting property name": [
        (r"‸,", *_REMOVE_COMMA),
        (r"‸\]", "] closes what {{ opened", "Write }}"),
        _SINGLE_QUOTES,
        (r'‸(?P<at>[\w$.-]+)"', 'The first quote of this key is missing: {at}"', 'Write "{at}"'),
        (r"‸(?P<at>[\w$./-]+)", "A key needs quotes: {at}", 'Write "{at}"'),
        ("", "Expected a key in double quotes", _PAIR),
    ],
    "Expecting ':'": [
        (r'"(?P<key>[^"\n]*)"\s*‸=', _NEEDS_COLON, "Write : instead of ="),
        (r'(?P<at>"(?P<key>[^":\n]*):[^"\n]*")\s*‸', "The last quote of this key is missing", 'Write "{key}"'),
        (r'(?P<at>"(?P<key>[^"\n]*)")\s*‸', _NEEDS_COLON, _PAIR),
    ],
    "Expecting ','": [
        (r"(?P<at>[\w.+-]*\w‸[\w.][^\s,}\]]*)", _NEEDS_QUOTES, 'Write "{at}"'),
        (r"‸\}", "}} closes what [ opened", "Write ]"),
        (r"‸\]", "] closes what {{ opened", "Write }}"),
        (r'(?P<at>""‸")', "JSON has no triple quotes", "Write it in one pair, with \\n for a new line"),
        (r"‸;", _COMMA, "Write , instead of ;"),
        (r"‸\+", "JSON cannot join texts", "Write it as one text"),
        (r'(?P<at>\\)"[^"\n]*"‸\w', 'A \\" is a quote in the text', "Write a \\ at the end as \\\\"),
        (r'(?P<at>")[^"\n]*"‸[\w$-]+"[ \t]*:', "Unclosed quote", 'Close it with "'),
        (r'"‸\w', "The quote before this ends the text", 'Write a quote in the text as \\"'),
        (r"(?P<at>\S)\s*‸", _COMMA, "Add a comma"),
        ("", "A comma is missing before this", "Add a comma"),
    ],
    "Extra data": [("", "Unexpected text after the end of the object", "Remove it")],
}


def describe_wrong_top(text: str, at: int, kind: DocumentKind) -> Diagnostic:
    """Returns the diagnostic for a text that does not start with `{`, but at `at` with something else."""
    message, hint = f"A {kind.name} is an object", f"Write it as {kind.json_example}"
    if text[at] == "#":
        message, hint = "Comments start with // in JSON", "Write // instead of #"
    elif text[at] == "[":
        message = f"A {kind.name} is an object, not a list"
    elif re.match(r'"[^"\n]*"\s*:', text[at:]):
        message, hint = (
            f"The braces around the {kind.content} are missing",
            "Put { before the first and } after the last",
        )
    return Diagnostic(TextPositions(text).span(at, at + 1), message, hint)


def describe_json_error(error: JSONDecodeError) -> Diagnostic:
    """Returns the diagnostic for an error of the standard library's JSON decoder in its text without comments."""
    text, at = error.doc, error.pos
    if at >= len(text.rstrip()) and error.msg.startswith("Expecting"):
        at = _find_open_bracket(text)
        span = TextPositions(text).span(at, at + 1)
        return Diagnostic(span, f"Unclosed {text[at]}", f"Add {'}' if text[at] == '{' else ']'}")
    return (
        describe_wrong_character(text, at)
        or match_rules(text, at, error.msg, RULES)
        or Diagnostic(TextPositions(text).span(at, at + 1), error.msg)
    )


def _find_open_bracket(text: str) -> int:
    """Returns where the bracket is that is not closed at the end of the text.

    That is the bracket before the first key that is indented no further than the line of the bracket; else the
    innermost bracket.
    """
    opened: list[tuple[int, int]] = []  # offset, indent of the line
    for match in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[\[{\]}]', text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        indent = len(line) - len(line.lstrip())
        if match.group() in ("[", "{"):
            opened.append((match.start(), indent))
        elif match.group() in ("]", "}"):
            opened = opened[:-1]
        elif len(opened) > 1 and not line.strip() and indent <= opened[-1][1]:
            break
    return opened[-1][0] if opened else 0
