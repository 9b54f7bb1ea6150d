"""Explains the errors of PyYAML: where, what is wrong, and what to do."""

from yaml import Mark, MarkedYAMLError

from gage.formats.spans import ValueNode
from gage.gagefile.parsed_text import DocumentKind, TextPositions
from gage.gagefile.syntax_errors import Rules, describe_wrong_character, match_rules
from gage.types.opdef import Diagnostic, Span

_INDENT = ("Inconsistent indent", "Start all settings of a table in the same column")
_NEEDS_COLON = ("A key needs : and a value", "Write it as key: value")
_SECOND_COLON = "Unexpected second : on this line"
_NEEDS_QUOTES = "Text that starts with {sign} needs quotes"
_NO_START = "Text cannot start with {sign}", "Put it in quotes"
_NO_KEY = "A key is missing", "Write it before the colon"
_PAIR = r"^ *(?:- +)?(?P<key>[\w-]+): +"
_FIRST_WORDS = r"^(?=.*‸) *‸?(?P<at>\S.*)$"

RULES_AT_PROBLEM: Rules = {
    "": [(r"^(?=.*‸)[ -]*‸?(?P<at>\t)", "YAML does not allow tabs in the indent", "Replace the tab with two spaces")],
    ".*mapping values are not allowed": [
        (rf'{_PAIR}(?P<value>[^"\n]*‸[^"\n]*)$', _SECOND_COLON, 'Put text with a : in quotes: {key}: "{value}"'),
        (r":.*‸", _SECOND_COLON, "Put the text in quotes"),
        (rf"^.*:.*\n{_FIRST_WORDS[1:]}", *_INDENT),
        (r"^ *(?P<at>\S.*)\n.*‸", *_NEEDS_COLON),
        ("", _SECOND_COLON, "Put the text in quotes"),
    ],
    ".*(?:expected key|expected <block end>)": [
        (r"^ *‸:(?= |$)", *_NO_KEY),
        (r"‸- ", "Unexpected list item among settings", "Write it as key: value, or add a key above the list"),
        (r"""["'\]}] *‸(?P<mark>[,;]) *$""", "A line cannot end with {mark}", "Remove it"),
        (r"""["'\]}] *‸(?P<mark>[\]}])""", "Unexpected {mark}", "Remove it"),
        (r"'‸", "The quote before this ends the text", "Write '' instead, or use double quotes"),
        (rf'{_PAIR}(?P<value>(?P<sign>[\[{{])[^"\n]*[\]}}] *‸.*)$', _NEEDS_QUOTES, 'Write {key}: "{value}"'),
        (r"(?P<sign>[\[{])[^\[{\n]*[\]}] *‸", _NEEDS_QUOTES, "Put it in quotes"),
        (r"""["'] *‸""", "Unexpected text after the quotes", "Put all of the text inside the quotes"),
        ("", *_INDENT),
    ],
    ".*quoted scalar .*(?:escape|hex)": [
        (
            r"(?P<at>(?<=‸)\\.|\\.(?=[0-9a-fA-F]*‸))",
            'A \\ in "..." starts an escape such as \\n',
            "Use single quotes, or write each \\ twice",
        )
    ],
    ".*expected node content": [(r"[{,] *‸:", *_NO_KEY)],
    ".*flow sequence": [(r"\[.*‸ *\S", "A comma or a ] is missing before this", "Add it, or put the text in quotes")],
    ".*flow mapping": [(r"\{.*‸ *\S", "A comma or a }} is missing before this", "Add it, or put the text in quotes")],
    ".*comment or line break": [
        (
            "",
            "Text after | or > must start on the next line",
            "Move it there, indented by two spaces, or put all of it in quotes",
        )
    ],
    ".*block sequence entries": [
        ("", "A list must start on the line below its key", "Move it there, or use brackets: [ ... ]")
    ],
    ".*'-' indicator": [
        (_FIRST_WORDS, "Inconsistent indent in a list item", "Start the settings of an item two columns after its -")
    ],
    ".*document start": [
        (_FIRST_WORDS, "Inconsistent indent of an operation", "Start all operations in the same column")
    ],
    ".*cannot start any token": [(r"‸(?P<sign>.)", *_NO_START)],
    ".*(?:directive|incompatible)": [(_FIRST_WORDS, "Unknown YAML directive", "Remove the line")],
}
RULES_AT_CONTEXT: Rules = {
    ".*quoted scalar": [("", "Unclosed quote", "Close it at the end of the text")],
    ".*flow sequence": [("", "Unclosed bracket: ] is missing", "Add ]")],
    ".*flow mapping": [("", "Unclosed bracket: }} is missing", "Add }}")],
    ".*scanning an (?:alias|anchor)": [(r"‸(?P<sign>.)", *_NO_START)],
    ".*find expected ':'": [("", *_NEEDS_COLON)],
}


def describe_yaml_error(text: str, error: MarkedYAMLError) -> Diagnostic:
    """Returns the diagnostic for PyYAML's `error` about `text`."""
    at = _find_offset(text, error.problem_mark or error.context_mark)
    start = _find_offset(text, error.context_mark or error.problem_mark)
    problem = (error.problem or "not YAML").strip()
    full_problem = f"{error.context or ''} {problem.lower()}"
    return (
        match_rules(text, at, full_problem, RULES_AT_PROBLEM)
        or match_rules(text, start, full_problem, RULES_AT_CONTEXT)
        or describe_wrong_character(text, at)
        or Diagnostic(
            TextPositions(text).span(at, at + 1),
            problem[0].upper() + problem[1:],
            "Put text with special characters in quotes",
        )
    )


def _find_offset(text: str, mark: Mark | None) -> int:
    """Returns the offset of a mark, but the end of the last line with text for a mark behind it."""
    return min(mark.index if mark else 0, len(text.rstrip()))


def describe_wrong_top(span: Span, root: ValueNode, kind: DocumentKind) -> Diagnostic:
    """Returns the diagnostic for a text whose top is not a table."""
    text = str(root.value) if root.kind == "value" else ""
    if text.startswith(("//", ";", "/*")):
        return Diagnostic(span, "Comments start with # in YAML", "Write # before it")
    if "=" in text:
        return Diagnostic(span, "A key needs : and a value", "Write : instead of =, and a space after it")
    if root.kind == "list":
        return Diagnostic(
            span, f"A {kind.name} is a table of {kind.content}, not a list", "Write them as name: without -"
        )
    return Diagnostic(span, f"A {kind.name} is a table of {kind.content}", kind.yaml_hint)
