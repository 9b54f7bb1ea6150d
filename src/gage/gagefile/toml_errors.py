"""Explains the errors of `tomllib`: where, what is wrong, and what to do."""

import re

from gage.formats.toml import STRING
from gage.gagefile.parsed_text import TextPositions
from gage.gagefile.syntax_errors import Rules, describe_wrong_character, match_rules
from gage.types.opdef import Diagnostic

ESCAPE = 'A \\ in "..." starts an escape such as \\n', "Use single quotes, or write each \\ twice"
PAIR_HINT = 'Write it as key = "value"'
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TRIPLE = re.compile("|".join(STRING.pattern.split("|")[:2]), re.DOTALL)
"""A string in three quotes."""
_OPEN_QUOTE = r"""^[ \t]*(?P<at>(?:[^"'\n]|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')*+["'].*)$"""
_END = r"(?=[ \t]*(?:[,\]}#]|$))"
"""The end of a value."""
_HEADER = r"^[ \t]*\[[^=\n]*\][ \t]*‸"
_QUOTES = "Text needs quotes: {at}"
_EQUALS = "A key needs = and a value"
_TWICE = '"{name}" is defined twice', "Remove one of them"
_KEY_QUOTES = "This key needs quotes: {key}", 'Write "{key}"'
_COMMENT = "Comments start with # in TOML", "Write # instead of {mark}"
_COMMA = "A comma is missing before this", "Add a comma"

RULES: Rules = {
    "Unescaped|Invalid hex|Escaped character": [(r"(?P<at>\\.)[0-9a-fA-F]*‸", *ESCAPE)],
    "Cannot": [(r"^(?=.*‸)[ \t]*(?P<at>\[*(?P<name>[^=\[\]\n]+?)[ \t]*[=\]].*)", *_TWICE)],
    "Duplicate inline": [(r"(?P<at>(?P<name>[\w-]+))[ \t]*=[^=]*‸", *_TWICE)],
    "Invalid statement": [
        (r"‸(?P<at>(?P<mark>//|;|/\*|--|%|<!--).*)", *_COMMENT),
        (r"‸(?P<at>(?P<key>\$[\w-]+)[ \t]*=.*)", *_KEY_QUOTES),
        ("", "This is neither a key nor a [table]", PAIR_HINT),
    ],
    "Expected newline": [(r"‸(?P<mark>//|/\*|--|;(?=[ \t]*\S))", *_COMMENT)],
    "Illegal|Unterminated|Expected|Unclosed array": [
        (
            rf'(?=.*\\".*‸){_OPEN_QUOTE}',
            "Unclosed quote",
            'In "..." a \\" is a quote in the text: use single quotes, or write each \\ twice',
        ),
        (rf"(?=.*‸){_OPEN_QUOTE}", "Unclosed quote", "Close it, or use triple quotes for several lines"),
    ],
    r"Expected '\]'|Invalid initial": [
        (r"^[ \t]*\[+[^\]=,\n]*$", "Unclosed table header: ] is missing", "Write it as [name]"),
        (r"^[ \t]*(?P<at>\[+‸[ \t]*\]+)", "A table header needs a name", "Write it as [name]"),
        (r"^[ \t]*(?P<at>\[+(?P<name>[^\[\]=,\n]*)\]+)", "This name needs quotes: {name}", 'Write ["{name}"]'),
    ],
    "Expected '=' after a key": [
        (r"^[ \t]*(?P<at>(?P<key>[\w-]+‸\[\w+\])[ \t]*=.*)", *_KEY_QUOTES),
        (r"\{.*‸:", _EQUALS, "Write = instead of :"),
        (r"^[ \t]*(?P<key>[\w.-]+)[ \t]*‸(?::=?|=>)[ \t]*(?P<value>[\"'\[{\d].*)", _EQUALS, "Write {key} = {value}"),
        (r"^[ \t]*(?P<key>[\w.-]+)[ \t]*‸(?::=?|=>)[ \t]*(?P<value>\S.*)", _EQUALS, 'Write {key} = "{value}"'),
        (r"^[ \t]*(?P<at>\w+[ \t]+‸\w[\w \t]*?)[ \t]*=", "A key cannot have spaces", "Write - instead of them"),
        (r"^[ \t]*(?P<at>(?P<name>[\w.-]+)‸\]+)[ \t]*$", "The table header has no [", "Write [{name}]"),
        ("", _EQUALS, PAIR_HINT),
    ],
    "Invalid value|Invalid character|Invalid date": [
        (r"‸[ \t]*(?:#.*)?$", "A value is missing", PAIR_HINT),
        (r"‸\(", "A list needs brackets", "Write [ and ] instead of ( and )"),
        (r"‸(?P<mark>[,=])", "Unexpected {mark}", "Remove it"),
        (r"‸>", _EQUALS, "Write = instead of =>"),
        (r"‸`", "Text needs quotes", 'Write " instead of `'),
        (r"""‸[A-Za-z]{1,2}(?P<quoted>["'].*)""", "Text cannot have letters before its quotes", "Write {quoted}"),
        (rf"‸(?P<at>(?i:true)){_END}", _QUOTES, "Write true"),
        (rf"‸(?P<at>(?i:false)){_END}", _QUOTES, "Write false"),
        (rf"‸(?P<at>(?i:yes|on)){_END}", _QUOTES, 'Write true; or "{at}", if it is text'),
        (rf"‸(?P<at>(?i:no|off)){_END}", _QUOTES, 'Write false; or "{at}", if it is text'),
        (rf"‸(?P<at>(?i:none|null|nil)){_END}", _QUOTES, 'TOML has no null: remove the setting, or write "{at}"'),
        (rf"‸(?P<at>\.\d+){_END}", _QUOTES, "Write 0{at}"),
        (r"[\[{].*‸(?P<at>[\w./~*$<@&%!?|\\-][^,\]}#\n]*)", _QUOTES, 'Write "{at}"'),
        (r"‸(?P<at>[\w./~*$<@&%!?|\\-][^#\n]*)", _QUOTES, 'Write "{at}"'),
        ("", "This is not a value", "Put text in quotes"),
    ],
    "Expected newline or end of": [
        (
            r"^[ \t]*\[[^=\n]*\][ \t]*‸(?P<at>.*=.*)",
            "Unexpected text after the table header",
            "Write it on the line below",
        ),
        (r"^[ \t]*\[[^=\n]*\][ \t]*‸(?P<at>.+)", "Unexpected text after the table header", "Remove it"),
        (r"‸(?P<mark>[,;])[ \t]*$", "A line cannot end with {mark}", "Remove it"),
        (r"=[ \t]*(?P<at>\d+‸\.)[ \t]*$", _QUOTES, "Write {at}0"),
        (r"=[ \t]*(?P<at>[+-]?\d[\w.:+-]*[ \t]?‸[^#,;=\n]+)", _QUOTES, 'Write "{at}"'),
        (
            r'=[ \t]*(?P<first>"[^"\n]*")[ \t]+‸(?P<second>"[^"\n]*")[ \t]*$',
            "A list needs brackets",
            "Write [{first}, {second}]",
        ),
        (r"""=[ \t]*"(?P<text>[^'\n]*‸[^'=\n]*)"[ \t]*$""", "The quote before this ends the text", "Write '{text}'"),
        (r"""=[ \t]*'(?P<text>[^"\n]*‸[^"=\n]*)'[ \t]*$""", "The quote before this ends the text", 'Write "{text}"'),
        ("", "Unexpected text after the value", "Put it on its own line, or inside the quotes"),
    ],
    "Invalid initial": [
        (r"(?P<at>,)[ \t]*‸\}", "Unexpected ,", "Remove it"),
        (
            r"(?P<at>\{)[^{}\n]*‸[ \t]*$",
            "A table in {{ }} must end on the same line",
            "Write it on one line, or as a [table] with its settings below",
        ),
        ("", "Expected a key", PAIR_HINT),
    ],
    "Unclosed inline table": [(r"‸[ \t]*[^\s#]", *_COMMA), ("", "Unclosed table: }} is missing", "Add }}")],
    "Unclosed array": [(r"‸[ \t]*[^\s#]", *_COMMA), ("", "Unclosed list: ] is missing", "Add ]")],
    "Illegal character": [("", "The line ends inside a text", "Close the quotes, or use triple quotes")],
}


def describe_toml_error(text: str, problem: str) -> Diagnostic:
    """Returns the diagnostic for tomllib's message `problem` about `text`."""
    where = _WHERE.search(problem)
    line_starts = TextPositions(text).line_starts
    at = len(text.rstrip())
    if where and where[1]:
        at = line_starts[int(where[1]) - 1] + int(where[2]) - 1
    if problem.startswith('Expected "\'"') and text[:at].endswith("\n"):  # reported one line late
        at -= 1
    triple_quotes = _find_open_triple_quotes(text) if problem.startswith(("Unterminated", "Expected \"''")) else -1
    if triple_quotes >= 0:
        span = TextPositions(text).span(triple_quotes, triple_quotes + 3)
        return Diagnostic(span, "Unclosed triple quotes", f"Close them with {text[triple_quotes] * 3}")
    return (
        describe_wrong_character(text, at + (text[at : at + 1] == " "))
        or match_rules(text, at, problem, RULES)
        or Diagnostic(
            TextPositions(text).span(at, at + 1),
            problem[: where.start()] if where else problem,
            "Check the lines above for an unclosed quote or bracket",
        )
    )


def _find_open_triple_quotes(text: str) -> int:
    """Returns the offset of triple quotes that are never closed, -1 if there are none."""
    bare = _TRIPLE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    return max(bare.rfind('"""'), bare.rfind("'''"))
