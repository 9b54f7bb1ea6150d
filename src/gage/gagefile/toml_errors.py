"""Explains the errors of `tomllib`: where, what is wrong, and what to do."""

import re

from gage.formats.toml import STRING
from gage.gagefile.lexical_checks import describe_character
from gage.types.opdef import Diagnostic, Span

_TRIPLE = re.compile("|".join(STRING.pattern.split("|")[:2]), re.DOTALL)
"""A string in three quotes."""
PAIR_HINT = 'Write it as key = "value"'
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_COMMENTS = ("//", ";", "/*", "<!--", "--", "%")
_CLEAN = re.compile(r"[\w.+:-]+\Z|[\"'\[{]")


def describe_toml_error(text: str, problem: str) -> Diagnostic:
    """Returns the diagnostic for tomllib's message `problem` about `text`."""
    found = _WHERE.search(problem)
    message = problem[: found.start()] if found else problem
    lines = text.split("\n")
    if found and found.group(1):
        span = Span(int(found.group(1)), int(found.group(2)))
        if span.line > 1 and message.startswith('Expected "\'"'):  # reported one line late
            span = Span(span.line - 1, 1)
    else:
        last = max((i for i, line in enumerate(lines) if line.strip()), default=0)
        span = Span(last + 1, len(lines[last].rstrip()) + 1)
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    open_text = (
        _find_open_triple_quotes(text)
        if message.startswith(("Unterminated", 'Expected \'""', "Expected \"''"))
        else None
    )
    return open_text or _explain(message, span, line)


def _explain(message: str, span: Span, line: str) -> Diagnostic:
    rest = line[span.column - 1 :].strip()
    return (
        _explain_character(message, span, line)
        or _explain_line(message, span, line)
        or _explain_value(message, span, line, rest)
        or _explain_line_end(message, span, line, rest)
        or _explain_brackets(message, span, line, rest)
        or Diagnostic(span, message, "Check the lines above for an unclosed quote or bracket")
    )


def _find_open_triple_quotes(text: str) -> Diagnostic | None:
    """Returns the diagnostic for triple quotes that are never closed, at their start."""
    bare = _TRIPLE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    at = max(bare.rfind('"""'), bare.rfind("'''"))
    if at < 0:
        return None
    line, column = bare.count("\n", 0, at) + 1, at - bare.rfind("\n", 0, at)
    return Diagnostic(Span(line, column, 3), "Unclosed triple quotes", f"Close them with {bare[at] * 3}")


def _explain_character(message: str, span: Span, line: str) -> Diagnostic | None:
    """Explains a character that is not allowed, or a backslash."""
    at = span.column - 1
    character_at = at + 1 if line[at : at + 1] == " " else at
    explanation = describe_character(line[character_at : character_at + 1])
    if explanation and not line.lstrip().startswith("["):
        return Diagnostic(Span(span.line, character_at + 1), *explanation)
    if message.startswith(("Unescaped", "Invalid hex value", "Escaped character")):
        back = max(line.rfind("\\", 0, at), 0)
        hint = "Use single quotes, or write each \\ twice"
        return Diagnostic(Span(span.line, back + 1, 2), 'A \\ in "..." starts an escape such as \\n', hint)
    return None


def _explain_line(message: str, span: Span, line: str) -> Diagnostic | None:
    """Explains an error that the whole line shows: a duplicate, an open quote, a comment, a header, a key."""
    text = line.strip()
    if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        name = re.search(r"\((.*)\)", message)
        parts = re.findall(r"'([^']*)'", name.group(1)) if name else []
        what = ".".join(parts) or line.split("=")[0].strip(" []")
        return Diagnostic(_line_span(line, span), f'"{what}" is defined twice', "Remove one of them")
    if message.startswith("Duplicate inline"):
        key = message.split("'")[1] if "'" in message else ""
        at = line.rfind(key, 0, span.column - 1)
        at = line.rfind(key, 0, line.rfind("=", 0, span.column - 1)) if "=" in line else at
        return Diagnostic(Span(span.line, max(0, at) + 1, len(key)), f'"{key}" is defined twice', "Remove one of them")
    if text.startswith(_COMMENTS):
        mark = next(mark for mark in _COMMENTS if text.startswith(mark))
        return Diagnostic(_line_span(line, span), "Comments start with # in TOML", f"Write # instead of {mark}")
    if message.startswith(("Illegal", "Unterminated", "Expected", "Unclosed array")) and _has_open_quote(line):
        hint = "Close it, or use triple quotes for several lines"
        if '\\"' in line:
            hint = 'In "..." a \\" is a quote in the text: use single quotes, or write each \\ twice'
        return Diagnostic(_line_span(line, span), "Unclosed quote", hint)
    if text.startswith("["):
        return _explain_header(text, span, line)
    wrong_key = re.match(r"\s*(\$[\w-]+|[\w-]+\[\w+\])\s*=", line)
    if wrong_key:
        key = wrong_key.group(1)
        return Diagnostic(_line_span(line, span), f"This key needs quotes: {key}", f'Write "{key}"')
    return _explain_key(span, line) if message.startswith("Expected '=' after a key") else None


def _explain_header(text: str, span: Span, line: str) -> Diagnostic | None:
    found = re.match(r"\[+([^\[\]]*)(\]*)(.*)$", text)
    name, closed, after = (part.strip() for part in found.groups()) if found else ("", "", "")
    if "=" in name or "," in name or found is None:
        return None
    if not closed:
        return Diagnostic(span, "Unclosed table header: ] is missing", "Write it as [name]")
    if not name:
        return Diagnostic(_line_span(line, span), "A table header needs a name", "Write it as [name]")
    if re.fullmatch(r"""[\w-]+|"[^"]*"|'[^']*'""", name, re.ASCII):
        at = Span(span.line, line.find(after) + 1, max(1, len(after)))
        hint = "Write it on the line below" if "=" in after else "Remove it"
        return Diagnostic(at, "Unexpected text after the table header", hint)
    bare = re.sub(r"[\"'“”]", "", name)
    return Diagnostic(_line_span(line, span), f"This name needs quotes: {bare}", f'Write ["{bare}"]')


def _explain_key(span: Span, line: str) -> Diagnostic:
    other = re.match(r"\s*([\w.-]+)\s*(:=|=>|:)\s*(.*)$", line)
    inside = line[span.column - 1 :].lstrip()
    if "{" in line[: span.column] and inside.startswith(":"):
        return Diagnostic(span, "A key needs = and a value", "Write = instead of :")
    if other and other.group(3):
        value = other.group(3)
        value = value if _CLEAN.match(value) and not re.match(r"[A-Za-z]", value) else f'"{value}"'
        return Diagnostic(span, "A key needs = and a value", f"Write {other.group(1)} = {value}")
    words = re.match(r"\s*([A-Za-z]\w*(?: +[A-Za-z]\w*)+)\s*=", line)
    if words:
        key = words.group(1)
        at = Span(span.line, line.find(key) + 1, len(key))
        return Diagnostic(at, "A key cannot have spaces", f"Write {'-'.join(key.split())}")
    name = re.match(r"\s*([\w.-]+)\]+\s*$", line)
    if name:
        return Diagnostic(_line_span(line, span), "The table header has no [", f"Write [{name.group(1)}]")
    return Diagnostic(span, "A key needs = and a value", PAIR_HINT)


def _explain_value(message: str, span: Span, line: str, rest: str) -> Diagnostic | None:
    if not message.startswith(("Invalid value", "Invalid character", "Invalid date")):
        return None
    if not rest:
        return Diagnostic(span, "A value is missing", PAIR_HINT)
    for start, explanation, hint in (
        ("(", "A list needs brackets", "Write [ and ] instead of ( and )"),
        (",", "Unexpected comma", "Remove it"),
        ("=", "Unexpected =", "Remove it"),
        (">", "A key needs = and a value", "Write = instead of =>"),
        ("`", "Text needs quotes", 'Write " instead of `'),
        ("{{", "Text needs quotes", 'Put it in "'),
    ):
        if rest.startswith(start):
            return Diagnostic(span, explanation, hint)
    if re.match(r"""[A-Za-z]{1,2}["']""", rest):
        quoted = re.sub(r"^[A-Za-z]{1,2}", "", rest)
        return Diagnostic(span, "Text cannot have letters before its quotes", f"Write {quoted}")
    if re.match(r"[A-Za-z0-9_./~*$<@&%!?|\\-]", rest):
        return _explain_word(span, line)
    return Diagnostic(span, "This is not a value", "Put text in quotes")


def _explain_word(span: Span, line: str) -> Diagnostic:
    """Explains text without quotes, up to the end of the line or of the list item."""
    at = span.column - 1
    stop = r"[,\]}#]" if re.search(r"[\[{]", STRING.sub("", line[:at])) else r"\s#"
    word = re.split(stop, line[at:])[0].strip()
    low = word.lower()
    hint = f'Write "{word}"'
    if re.fullmatch(r"\.\d+", word):
        hint = f"Write 0{word}"
    elif low in ("true", "false"):
        hint = f"Write {low}"
    elif low in ("yes", "on", "no", "off"):
        hint = f'Write {"true" if low in ("yes", "on") else "false"}; or "{word}", if it is text'
    elif low in ("none", "null", "nil"):
        hint = f'TOML has no null: remove the setting, or write "{word}"'
    return Diagnostic(Span(span.line, span.column, max(1, len(word))), f"Text needs quotes: {word}", hint)


def _explain_line_end(message: str, span: Span, line: str, rest: str) -> Diagnostic | None:
    """Explains text where the line should end."""
    if not message.startswith("Expected newline or end of"):
        return None
    before = line[: span.column - 1]
    if rest.startswith(("//", ";", "/*", "--")) and rest != ";":
        return Diagnostic(
            span, "Comments start with # in TOML", "Write # instead of " + (rest[:2] if rest[0] != ";" else ";")
        )
    if rest in (",", ";"):
        return Diagnostic(span, f"A line cannot end with {rest}", "Remove it")
    pair = re.match(r"\s*([^=]+?)\s*=\s*(.*?)\s*$", line)
    value = pair.group(2) if pair else ""
    if pair and re.match(r"[\d+-]", value) and before.rstrip().endswith(tuple("0123456789.abcdefABCDEF")):
        at = line.find(value, line.find("="))
        word = re.split(r"\s#", value)[0].strip().rstrip(",;")
        hint = f"Write {word}0" if re.fullmatch(r"\d+\.", word) else f'Write "{word}"'
        return Diagnostic(Span(span.line, at + 1, len(word)), f"Text needs quotes: {word}", hint)
    if pair and value[:1] in ("'", '"') and value[0] in rest and not re.search(r"=\s*[\"']", rest):
        words = STRING.findall(value)
        if len(words) > 1 and not STRING.sub("", value).strip():
            return Diagnostic(span, "A list needs brackets", f"Write [{', '.join(words)}]")
        mark, other = value[0], "'" if value[0] == '"' else '"'
        inner = value[1:].removesuffix(mark)
        hint = f"Write {other}{inner}{other}" if other not in inner else f"Write \\{mark} instead"
        return Diagnostic(
            span, "The quote before this ends the text", hint if mark == '"' or other not in inner else ""
        )
    return Diagnostic(span, "Unexpected text after the value", "Put it on its own line, or inside the quotes")


def _explain_brackets(message: str, span: Span, line: str, rest: str) -> Diagnostic | None:
    before = line[: span.column - 1].rstrip()
    if "{" in STRING.sub("", before) and message.startswith(("Invalid initial", "Unclosed inline")):
        if rest.startswith("}") and before.endswith(","):
            return Diagnostic(Span(span.line, len(before)), "Unexpected comma", "Remove it")
        if not rest and message.startswith("Invalid initial"):
            hint = "Write it on one line, or as a [table] with its settings below"
            return Diagnostic(Span(span.line, before.rfind("{") + 1), "A table in { } must end on the same line", hint)
        if rest and message.startswith("Unclosed"):
            return Diagnostic(span, "A comma is missing before this", "Add a comma")
    if message.startswith("Unclosed array") and rest:
        return Diagnostic(span, "A comma is missing before this", "Add a comma")
    for problem, explanation, hint in (
        ("Unclosed inline table", "Unclosed table: } is missing", "Add }"),
        ("Unclosed array", "Unclosed list: ] is missing", "Add ]"),
        ("Invalid statement", "This is neither a key nor a [table]", PAIR_HINT),
        ("Invalid initial", "Expected a key", PAIR_HINT),
        ("Illegal character", "The line ends inside a text", "Close the quotes, or use triple quotes"),
    ):
        if message.startswith(problem):
            return Diagnostic(span, explanation, hint)
    return None


def _line_span(line: str, span: Span) -> Span:
    text = line.strip()
    return Span(span.line, line.find(text) + 1, max(1, len(text)))


def _has_open_quote(line: str) -> bool:
    bare = STRING.sub("", line)
    return '"' in bare or "'" in bare
