"""`tomllib`'s errors in our voice: where, what is wrong, what to do."""

import re

from gage.gagefile.lexical_checks import odd
from gage.types.opdef import Diagnostic, Span

STRINGS = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
"""Any TOML string."""

_TRIPLE = re.compile("|".join(STRINGS.pattern.split("|")[:2]), re.DOTALL)
PAIR = 'Write it as key = "value"'
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_COMMENTS = ("//", ";", "/*", "<!--", "--", "%")
_CLEAN = re.compile(r"[\w.+:-]+\Z|[\"'\[{]")


def fault_of(text: str, problem: str) -> Diagnostic:
    """`tomllib`'s message in our voice, with a place and what to do."""
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
    open_text = _open_text(text) if message.startswith(("Unterminated", 'Expected \'""', "Expected \"''")) else None
    return open_text or _explain(message, span, line)


def _explain(message: str, span: Span, line: str) -> Diagnostic:
    rest = line[span.column - 1 :].strip()
    return (
        _of_sign(message, span, line)
        or _of_line(message, span, line)
        or _of_value(message, span, line, rest)
        or _of_end(message, span, line, rest)
        or _of_brackets(message, span, line, rest)
        or Diagnostic(span, message, "See the lines above, too: what is open there goes on here")
    )


def _open_text(text: str) -> Diagnostic | None:
    """Three quotes that are never closed: where they were opened."""
    bare = _TRIPLE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    at = max(bare.rfind('"""'), bare.rfind("'''"))
    if at < 0:
        return None
    line, column = bare.count("\n", 0, at) + 1, at - bare.rfind("\n", 0, at)
    return Diagnostic(
        Span(line, column, 3), "Three quotes are opened and never closed", f"Close them with {bare[at] * 3}"
    )


def _of_sign(message: str, span: Span, line: str) -> Diagnostic | None:
    """One sign that is wrong where it stands: an odd character, a backslash."""
    at = span.column - 1
    odd_at = at + 1 if line[at : at + 1] == " " else at
    told = odd(line[odd_at : odd_at + 1])
    if told and not line.lstrip().startswith("["):
        return Diagnostic(Span(span.line, odd_at + 1), *told)
    if message.startswith(("Unescaped", "Invalid hex value", "Escaped character")):
        back = max(line.rfind("\\", 0, at), 0)
        hint = "Write the text in single quotes, or each \\ twice"
        return Diagnostic(Span(span.line, back + 1, 2), 'A \\ in "..." starts an escape such as \\n', hint)
    return None


def _of_line(message: str, span: Span, line: str) -> Diagnostic | None:
    """What the line as a whole says: twice defined, a quote that is open, a comment, a header, a key."""
    text = line.strip()
    if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        name = re.search(r"\((.*)\)", message)
        parts = re.findall(r"'([^']*)'", name.group(1)) if name else []
        what = ".".join(parts) or line.split("=")[0].strip(" []")
        return Diagnostic(_whole(line, span), f'"{what}" is defined twice', "Keep one of the two")
    if message.startswith("Duplicate inline"):
        key = message.split("'")[1] if "'" in message else ""
        at = line.rfind(key, 0, span.column - 1)
        at = line.rfind(key, 0, line.rfind("=", 0, span.column - 1)) if "=" in line else at
        return Diagnostic(Span(span.line, max(0, at) + 1, len(key)), f'"{key}" is defined twice', "Keep one of the two")
    if text.startswith(_COMMENTS):
        mark = next(mark for mark in _COMMENTS if text.startswith(mark))
        return Diagnostic(_whole(line, span), "A comment starts with # in TOML", f"Write # for {mark}")
    if message.startswith(("Illegal", "Unterminated", "Expected", "Unclosed array")) and _open_quote(line):
        hint = "Close it, or use three quotes for several lines"
        if '\\"' in line:
            hint = 'In "..." a \\" is a quote of the text: write the text in single quotes, or each \\ twice'
        return Diagnostic(_whole(line, span), "A quote is never closed on this line", hint)
    if text.startswith("["):
        return _of_header(text, span, line)
    wrong_key = re.match(r"\s*(\$[\w-]+|[\w-]+\[\w+\])\s*=", line)
    if wrong_key:
        key = wrong_key.group(1)
        return Diagnostic(_whole(line, span), f"This key needs quotes: {key}", f'Write "{key}"')
    return _of_key(span, line) if message.startswith("Expected '=' after a key") else None


def _of_header(text: str, span: Span, line: str) -> Diagnostic | None:
    found = re.match(r"\[+([^\[\]]*)(\]*)(.*)$", text)
    name, closed, after = (part.strip() for part in found.groups()) if found else ("", "", "")
    if "=" in name or "," in name or found is None:
        return None
    if not closed:
        return Diagnostic(span, "A table header is never closed: ] is missing", "Write it as [name]")
    if not name:
        return Diagnostic(_whole(line, span), "A table header needs a name", "Write it as [name]")
    if re.fullmatch(r"""[\w-]+|"[^"]*"|'[^']*'""", name, re.ASCII):
        at = Span(span.line, line.find(after) + 1, max(1, len(after)))
        hint = "Write it on the line below" if "=" in after else "Remove it"
        return Diagnostic(at, "Something follows the header on its line", hint)
    bare = re.sub(r"[\"'“”]", "", name)
    return Diagnostic(_whole(line, span), f"This name needs quotes: {bare}", f'Write ["{bare}"]')


def _of_key(span: Span, line: str) -> Diagnostic:
    other = re.match(r"\s*([\w.-]+)\s*(:=|=>|:)\s*(.*)$", line)
    inside = line[span.column - 1 :].lstrip()
    if "{" in line[: span.column] and inside.startswith(":"):
        return Diagnostic(span, "A key needs = and a value", "Write = for :")
    if other and other.group(3):
        value = other.group(3)
        value = value if _CLEAN.match(value) and not re.match(r"[A-Za-z]", value) else f'"{value}"'
        return Diagnostic(span, "A key needs = and a value", f"Write {other.group(1)} = {value}")
    words = re.match(r"\s*([A-Za-z]\w*(?: +[A-Za-z]\w*)+)\s*=", line)
    if words:
        key = words.group(1)
        at = Span(span.line, line.find(key) + 1, len(key))
        return Diagnostic(at, "A key has no spaces", f"Write {'-'.join(key.split())}")
    name = re.match(r"\s*([\w.-]+)\]+\s*$", line)
    if name:
        return Diagnostic(
            _whole(line, span), "A table header is never opened: [ is missing", f"Write [{name.group(1)}]"
        )
    return Diagnostic(span, "A key needs = and a value", PAIR)


def _of_value(message: str, span: Span, line: str, rest: str) -> Diagnostic | None:
    if not message.startswith(("Invalid value", "Invalid character", "Invalid date")):
        return None
    if not rest:
        return Diagnostic(span, "A value is missing", PAIR)
    for start, told, hint in (
        ("(", "A list stands in brackets", "Write [ and ] for ( and )"),
        (",", "A comma too many", "Remove it"),
        ("=", "A = too many", "Remove it"),
        (">", "A key needs = and a value", "Write = for =>"),
        ("`", "Text stands in quotes", 'Write " for `'),
        ("{{", "Text needs quotes", 'Write it in "'),
    ):
        if rest.startswith(start):
            return Diagnostic(span, told, hint)
    if re.match(r"""[A-Za-z]{1,2}["']""", rest):
        quoted = re.sub(r"^[A-Za-z]{1,2}", "", rest)
        return Diagnostic(span, "Text has no letters in front of its quotes", f"Write {quoted}")
    if re.match(r"[A-Za-z0-9_./~*$<@&%!?|\\-]", rest):
        return _bare(span, line)
    return Diagnostic(span, "This is no value", "Write text in quotes")


def _bare(span: Span, line: str) -> Diagnostic:
    """Text without quotes: all of it, to the end of the line or of its place in a list."""
    at = span.column - 1
    stop = r"[,\]}#]" if re.search(r"[\[{]", STRINGS.sub("", line[:at])) else r"\s#"
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
        hint = f'TOML has no value for nothing: remove the setting, or write "{word}"'
    return Diagnostic(Span(span.line, span.column, max(1, len(word))), f"Text needs quotes: {word}", hint)


def _of_end(message: str, span: Span, line: str, rest: str) -> Diagnostic | None:
    """Something stands where the line should end."""
    if not message.startswith("Expected newline or end of"):
        return None
    before = line[: span.column - 1]
    if rest.startswith(("//", ";", "/*", "--")) and rest != ";":
        return Diagnostic(
            span, "A comment starts with # in TOML", "Write # for " + (rest[:2] if rest[0] != ";" else ";")
        )
    if rest in (",", ";"):
        return Diagnostic(span, f"A line does not end with {rest}", "Remove it")
    pair = re.match(r"\s*([^=]+?)\s*=\s*(.*?)\s*$", line)
    value = pair.group(2) if pair else ""
    if pair and re.match(r"[\d+-]", value) and before.rstrip().endswith(tuple("0123456789.abcdefABCDEF")):
        at = line.find(value, line.find("="))
        word = re.split(r"\s#", value)[0].strip().rstrip(",;")
        hint = f"Write {word}0" if re.fullmatch(r"\d+\.", word) else f'Write "{word}"'
        return Diagnostic(Span(span.line, at + 1, len(word)), f"Text needs quotes: {word}", hint)
    if pair and value[:1] in ("'", '"') and value[0] in rest and not re.search(r"=\s*[\"']", rest):
        words = STRINGS.findall(value)
        if len(words) > 1 and not STRINGS.sub("", value).strip():
            return Diagnostic(span, "A list stands in brackets", f"Write [{', '.join(words)}]")
        mark, other = value[0], "'" if value[0] == '"' else '"'
        inner = value[1:].removesuffix(mark)
        hint = f"Write {other}{inner}{other}" if other not in inner else f"Write \\{mark} for it"
        return Diagnostic(
            span, "The quote before this ends the text", hint if mark == '"' or other not in inner else ""
        )
    return Diagnostic(span, "Something follows the value on its line", "Put it on a line of its own, or in the quotes")


def _of_brackets(message: str, span: Span, line: str, rest: str) -> Diagnostic | None:
    before = line[: span.column - 1].rstrip()
    if "{" in STRINGS.sub("", before) and message.startswith(("Invalid initial", "Unclosed inline")):
        if rest.startswith("}") and before.endswith(","):
            return Diagnostic(Span(span.line, len(before)), "A comma too many", "Remove it")
        if not rest and message.startswith("Invalid initial"):
            hint = "Write it on one line; or as a [table] of its own, with its settings below"
            return Diagnostic(Span(span.line, before.rfind("{") + 1), "A table in { } is closed on the same line", hint)
        if rest and message.startswith("Unclosed"):
            return Diagnostic(span, "A comma is missing before this", "Add a comma")
    if message.startswith("Unclosed array") and rest:
        return Diagnostic(span, "A comma is missing before this", "Add a comma")
    for start, told, hint in (
        ("Unclosed inline table", "A table is never closed: } is missing", "Add }"),
        ("Unclosed array", "A list is never closed: ] is missing", "Add ]"),
        ("Invalid statement", "This is neither a key nor a [table]", PAIR),
        ("Invalid initial", "A key must stand here", PAIR),
        ("Illegal character", "A line ends in the middle of a text", "Close the quotes, or use three of them"),
    ):
        if message.startswith(start):
            return Diagnostic(span, told, hint)
    return None


def _whole(line: str, span: Span) -> Span:
    text = line.strip()
    return Span(span.line, line.find(text) + 1, max(1, len(text)))


def _open_quote(line: str) -> bool:
    bare = STRINGS.sub("", line)
    return '"' in bare or "'" in bare
