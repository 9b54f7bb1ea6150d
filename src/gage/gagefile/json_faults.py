"""What is wrong with a JSON text, in our voice: message and hint for a place that the reader could not read."""

import re
from json.decoder import JSONDecodeError

from gage.gagefile.lexical_checks import odd

Told = tuple[str, str]
PAIR = 'Write it as "key": "value"'
_ESCAPE = 'A \\ in "..." starts an escape such as \\n', "Write each \\ twice"
_SINGLE = "JSON has no single quotes"
_QUOTE = "A quote is never closed on this line"


def is_one_mistake(message: str) -> bool:
    """Whether a mistake is one wherever it is made: it is told where it comes first."""
    return message == _SINGLE or message.startswith("This is no quote")


def top(text: str, at: int) -> Told:
    """A text that does not start with `{`."""
    if text[at] == "#":
        return "A comment starts with // in JSON", "Write // for #"
    if text[at] == "[":
        return "A Gage file is an object, not a list", 'Write it as {"name": {"exec": "..."}}'
    if re.match(r'"[^"\n]*"\s*:', text[at:]):
        return "The braces around the operations are missing", "Put { in front of the first and } after the last"
    return "A Gage file is an object", 'Write it as {"name": {"exec": "..."}}'


def quote(text: str) -> Told:
    """Text in quotes that JSON does not have."""
    if text[0] == "'":
        return _SINGLE, "Write \" for ' wherever it stands around a text"
    return odd(text[0]) or ("These are no quotes", 'Write "')


def bare(word: str) -> Told:
    """Text without quotes."""
    if odd(word[0]):
        return odd(word[0]) or ("", "")
    number = re.fullmatch(r"\+?(\d*\.?\d+)", word)
    if word in ("True", "False", "None", "undefined", "nil"):
        return f"Text needs quotes: {word}", f"Write {({'True': 'true', 'False': 'false'}).get(word, 'null')}"
    if number and not re.match(r"\+?0\d", word):
        plain = number.group(1)
        return f"This is no number in JSON: {word}", f"Write {'0' if plain.startswith('.') else ''}{plain}"
    if word.startswith("`"):
        return "Text stands in double quotes", 'Write " for `'
    inner = word.replace('"', '\\"')
    return f"Text needs quotes: {word}", f'Write "{inner}"'


def value(text: str, at: int) -> Told:
    """No value stands where one must."""
    char = text[at]
    if char == ":":
        return "A colon too many", "Remove it"
    if char == "'":
        return _QUOTE, 'Close it; JSON has " only'
    return odd(char) or (f"This is no value: {char}", PAIR)


def nothing(text: str, at: int) -> Told:
    """A value is left out."""
    if text[at : at + 1] == ",":
        return "A value is missing in front of this comma", "Add one, or remove the comma"
    return "A value is missing", PAIR


def key(char: str) -> Told:
    """Something that is no key."""
    return odd(char) or ("A key in double quotes must stand here", PAIR)


def half_key(word: str) -> Told:
    """A key that starts with an odd sign, or without its first quote."""
    return odd(word[0]) or (f'The first quote of this key is missing: {word}"', f'Write "{word}"')


def in_string(text: str, error: JSONDecodeError) -> tuple[int, str, str, int]:
    """What is wrong between two quotes: place, message, hint, end."""
    if "control character" in error.msg:
        return error.pos, "A tab stands in the text", "Write it as \\t", error.pos + 1
    at = text.rfind("\\", 0, error.pos + 1)
    if text[at + 1 : at + 2] == "'":
        return at, "A ' needs no \\ in front of it", "Write '", at + 2
    return (at, *_ESCAPE, at + 2)


def open_quote(line: str) -> Told:
    """A text whose line ends first."""
    if '\\"' in line:
        return _QUOTE, 'A \\" is a quote of the text; for a \\ at the end write \\\\'
    return _QUOTE, 'Close it with "; a line break in a text is written \\n'


def after_value(text: str, end: int, at: int) -> tuple[int, str, str]:
    """Something follows a value that is neither a comma nor the end: place, message, hint."""
    start, stop = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    line = text[start : stop if stop >= 0 else len(text)]
    if text[end - 1 : end] == '"' and end == at:
        if '\\"' in text[start:end]:
            return text.rfind('\\"', 0, end), 'A \\" is a quote of the text', "For a \\ at the end write \\\\"
        if line.replace('\\"', "").count('"') % 2:
            return text.rfind('"', 0, end - 1), _QUOTE, 'Close it with "'
        return at, "The quote before this ends the text", 'A quote in the text is written \\"'
    if text[at] in "+":
        return at, "Texts cannot be added in JSON", "Write it as one text"
    told = odd(text[at])
    return (at, *told) if told else (max(end - 1, 0), "A comma is missing after this value", "Add a comma")
