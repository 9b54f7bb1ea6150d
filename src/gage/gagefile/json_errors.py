"""Explains JSON syntax errors: where, what is wrong, and what to do."""

import re
from json import JSONDecodeError

from gage.formats import json
from gage.gagefile.lexical_checks import describe_character
from gage.gagefile.parsed_text import TextPositions
from gage.types.opdef import Diagnostic

PAIR_HINT = 'Write it as "key": "value"'
_QUOTED = re.compile(r"'((?:[^'\\\n]|\\.)*)'|[“”„]([^“”„\"\n]*)[“”\"]")
"""Text in quotes that JSON does not have: 'a' or “a”."""
_WORD = re.compile(r"[^\s,\[\]{}:\"'/=;]+")
_KEY_BEFORE = re.compile(r'"((?:[^"\\\n]|\\.)*)"\s*\Z')
_UNCLOSED = "Unclosed quote"


def describe_wrong_top(text: str, at: int) -> Diagnostic:
    """Returns the diagnostic for a text that does not start with `{`, but at `at` with something else."""
    message, hint = "A Gage file is an object", 'Write it as {"name": {"exec": "..."}}'
    if text[at] == "#":
        message, hint = "Comments start with // in JSON", "Write // instead of #"
    elif text[at] == "[":
        message = "A Gage file is an object, not a list"
    elif re.match(r'"[^"\n]*"\s*:', text[at:]):
        message, hint = "The braces around the operations are missing", "Put { before the first and } after the last"
    return Diagnostic(TextPositions(text).span(at, at + 1), message, hint)


def describe_json_error(text: str, error: JSONDecodeError) -> Diagnostic:
    """Returns the diagnostic for an error of the standard library's JSON decoder in `text`."""
    start, end, message, hint = _explain(text, error.msg, error.pos)
    return Diagnostic(TextPositions(text).span(start, end), message, hint)


def _explain(text: str, problem: str, at: int) -> tuple[int, int, str, str]:
    if problem.startswith(("Unterminated string", "Invalid control character", "Invalid \\")):
        return _explain_string(text, problem, at)
    if text.startswith("/*", at):
        return at, at + 2, "Unclosed comment", "Close it with */"
    if text.startswith("#", at):
        return at, at + 1, "Comments start with // in JSON", "Write // instead of #"
    if problem.startswith("Expecting value") and at < len(text.rstrip()):
        return _explain_value(text, at)
    if problem.startswith("Expecting ':'") and at < len(text.rstrip()):
        return _explain_colon(text, at)
    if at >= len(text.rstrip()):
        opened = _find_open_bracket(text)
        bracket = text[opened]
        return opened, opened + 1, f"Unclosed {bracket}", f"Add {'}' if bracket == '{' else ']'}"
    if problem.startswith("Expecting property name"):
        return _explain_key(text, at)
    if problem.startswith("Expecting ','"):
        return _explain_comma(text, at)
    return at, at + 1, "Unexpected text after the end of the object", "Remove it"


def _explain_string(text: str, problem: str, at: int) -> tuple[int, int, str, str]:
    if problem.startswith("Invalid control character") and text[at] != "\n":
        return at, at + 1, "Tab or control character in the text", "Write a tab as \\t"
    if problem.startswith("Invalid \\"):
        start = text.rfind("\\", 0, at + 1)
        if text[start + 1 : start + 2] == "'":
            return start, start + 2, "A ' needs no \\ before it", "Write '"
        return start, start + 2, 'A \\ in "..." starts an escape such as \\n', "Write each \\ twice"
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    start = at
    if problem.startswith("Invalid control character"):  # the string started before the end of its line
        start = _find_open_quote(text[text.rfind("\n", 0, at) + 1 : at]) + text.rfind("\n", 0, at) + 1
    if '\\"' in text[start:end]:
        return start, end, _UNCLOSED, 'A \\" is a quote in the text; write a \\ at the end as \\\\'
    return start, end, _UNCLOSED, 'Close it with "; write a line break in a text as \\n'


def _find_open_quote(line: str) -> int:
    """Returns where the string starts that is not closed on `line`."""
    blanked = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: " " * len(m[0]), line)
    return max(0, blanked.find('"'))


def _explain_value(text: str, at: int) -> tuple[int, int, str, str]:
    quoted = _QUOTED.match(text, at)
    if quoted:
        return (at, quoted.end(), *_explain_quotes(quoted.group()))
    if _WORD.match(text, at):
        word = re.split(r"[,\n}\]]|//", text[at:])[0].strip()
        return (at, at + len(word), *_explain_word(word))
    char = text[at]
    if char == ",":
        return at, at + 1, "A value is missing before this comma", "Add one, or remove the comma"
    if char in "}]":
        return at, at + 1, "A value is missing", PAIR_HINT
    if char == ":":
        return at, at + 1, "Unexpected :", "Remove it"
    if char == "'":
        return at, at + 1, _UNCLOSED, 'Close it; JSON has only "'
    return (at, at + 1, *(describe_character(char) or (f"This is not a value: {char}", PAIR_HINT)))


def _explain_quotes(quoted: str) -> tuple[str, str]:
    if quoted[0] == "'":
        return "JSON has no single quotes", "Write \" instead of ' around texts"
    return describe_character(quoted[0]) or ("These are not quotes", 'Write "')


def _explain_word(word: str) -> tuple[str, str]:
    """Explains text without quotes."""
    odd = describe_character(word[0])
    if odd:
        return odd
    number = re.fullmatch(r"\+?(\d*\.?\d+)", word)  # +1, .5
    if word in ("True", "False", "None", "undefined", "nil"):
        return f"Text needs quotes: {word}", f"Write {({'True': 'true', 'False': 'false'}).get(word, 'null')}"
    if number and not re.match(r"\+?0\d", word):
        plain = number.group(1)
        return f"This is not a number in JSON: {word}", f"Write {'0' if plain.startswith('.') else ''}{plain}"
    if word.startswith("`"):
        return "Text needs double quotes", 'Write " instead of `'
    inner = word.replace('"', '\\"')
    return f"Text needs quotes: {word}", f'Write "{inner}"'


def _explain_key(text: str, at: int) -> tuple[int, int, str, str]:
    if text[at] == ",":
        return at, at + 1, "Unexpected comma", "Remove it"
    if text[at] == "]":
        return at, at + 1, "] closes what { opened", "Write }"
    quoted = _QUOTED.match(text, at)
    if quoted:
        return (at, quoted.end(), *_explain_quotes(quoted.group()))
    found = _WORD.match(text, at)
    if not found or text[at] in "<>(":
        return (at, at + 1, *(describe_character(text[at]) or ("Expected a key in double quotes", PAIR_HINT)))
    word, end = found.group(), found.end()
    odd = describe_character(word[0])
    if odd:
        return (at, end, *odd)
    if text[end : end + 1] == '"':
        return at, end, f'The first quote of this key is missing: {word}"', f'Write "{word}"'
    return at, end, f"A key needs quotes: {word}", f'Write "{word}"'


def _explain_colon(text: str, at: int) -> tuple[int, int, str, str]:
    found = _KEY_BEFORE.search(text, text.rfind("\n", 0, at) + 1, at)
    start, end, key = (found.start(), found.end(1) + 1, found.group(1)) if found else (at, at + 1, "The key")
    if text[at] == "=":
        return at, at + 1, f'"{key}" needs : and a value', "Write : instead of ="
    if ":" in key:
        return start, end, "The last quote of this key is missing", f'Write "{key.split(":")[0]}"'
    return start, end, f'"{key}" needs : and a value', PAIR_HINT


def _explain_comma(text: str, at: int) -> tuple[int, int, str, str]:
    """Explains something after a value that is neither a comma nor the end of a list or object."""
    char = text[at]
    if re.match(r"\w", text[at - 1]) and re.match(r"[\w.]", char):  # 10m, 1.2.3
        start = at - len(re.split(r"[^\w.+-]", text[:at])[-1])
        word = re.split(r"[\s,}\]]", text[start:])[0]
        return (start, start + len(word), *_explain_word(word))
    end = len(json.mask_extras(text)[:at].rstrip())
    if char in "]}":
        opening = "[" if char == "}" else "{"
        return at, at + 1, f"{char} closes what {opening} opened", f"Write {']' if char == '}' else '}'}"
    if text[end - 2 : end] == '""' and char == '"' and end == at:
        return end - 2, end + 1, "JSON has no triple quotes", "Write it in one pair, with \\n for a new line"
    if char == ";":
        return at, at + 1, "A comma is missing after this value", "Write , instead of ;"
    if char == "+":
        return at, at + 1, "JSON cannot join texts", "Write it as one text"
    missing = max(end - 1, 0), max(end, 1), "A comma is missing after this value", "Add a comma"
    if char in "\"{['" or text[end - 1 : end] != '"' or end != at:
        odd = describe_character(char)
        return (at, at + 1, *odd) if odd else missing
    line_start, line_end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    if '\\"' in text[line_start:end]:
        start = text.rfind('\\"', 0, end)
        return start, start + 1, 'A \\" is a quote in the text', "Write a \\ at the end as \\\\"
    if line.replace('\\"', "").count('"') % 2:
        start = text.rfind('"', 0, end - 1)
        return start, start + 1, _UNCLOSED, 'Close it with "'
    return at, at + 1, "The quote before this ends the text", 'Write a quote in the text as \\"'


def _find_open_bracket(text: str) -> int:
    """Returns where the bracket is that is not closed at the end of the text.

    That is the bracket before the first key that is indented no further than the line of the bracket; else the
    innermost bracket.
    """
    opened: list[tuple[int, int]] = []  # offset, indent of the line
    plain = json.mask_extras(text)
    for found in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[\[{\]}]', plain):
        line = plain[plain.rfind("\n", 0, found.start()) + 1 : found.start()]
        indent = len(line) - len(line.lstrip())
        if found.group() in ("[", "{"):
            opened.append((found.start(), indent))
        elif found.group() in ("]", "}"):
            opened = opened[:-1]
        elif len(opened) > 1 and not line.strip() and indent <= opened[-1][1]:
            break
    return opened[-1][0] if opened else 0
