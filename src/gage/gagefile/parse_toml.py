"""Parses a Gage file in TOML. An error disables only the table that it is in."""

import re
import tomllib

from gage.gagefile.parsed_text import GAGEFILE, DateText, DocumentKind, ParsedText, TextPositions
from gage.types.opdef import Diagnostic, Span

_DATE_OR_TIME = re.compile(r"\d\d:\d\d|\d{4}-\d\d-\d\d")
_PLAIN_TYPES = (str, int, float)


def parse(text: str, kind: DocumentKind = GAGEFILE) -> ParsedText:
    """Returns the parsed TOML `text`. Its top is always a table, of whatever `kind` the file is."""
    parsed = _parse_whole(text)
    if parsed.values is not None:
        return parsed
    from gage.gagefile.duplicate_keys import add_first_places, merge_duplicates
    from gage.gagefile.section_recovery import parse_sections

    parsed = parse_sections(text, _find_headers(text), _parse_whole, _is_separate)
    parsed.diagnostics = tuple(merge_duplicates(add_first_places(parsed), lambda diagnostic: diagnostic.disables))
    return parsed


def _parse_whole(text: str) -> ParsedText:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        from gage.gagefile.toml_errors import describe_toml_error

        diagnostic = describe_toml_error(text, str(e))
    except RecursionError:
        diagnostic = Diagnostic(_find_deepest_line(text), "Lists or tables are nested too deeply", "Reduce the nesting")
    except ValueError:
        digits = re.search(r"[0-9_]{4000,}", text)
        span = TextPositions(text).span(*digits.span()) if digits else Span(1, 1)
        diagnostic = Diagnostic(span, "This number has too many digits", "Put it in quotes")
    else:
        if _DATE_OR_TIME.search(text):
            _replace_dates(values)
        return ParsedText(text, values)
    return ParsedText(text, None, (diagnostic,))


def _replace_dates(value: object) -> object:
    """Returns a value of tomllib with text for dates and times."""
    if isinstance(value, dict):
        value.update((key, _replace_dates(item)) for key, item in value.items())
    elif isinstance(value, list):
        value[:] = map(_replace_dates, value)
    elif not isinstance(value, _PLAIN_TYPES):
        return DateText(value)
    return value


def _find_headers(text: str) -> list[int]:
    """Returns the lines (from 0) that start a table or try to, except those inside of multi-line strings."""
    from gage.formats.toml import STRING

    header = re.compile(r"""[ \t]*\[{1,2}[ \t]*(?:[^\W\d][^,=]*|["'“$/.-][^,]*|\][^,]*)?$""")
    bare = STRING.sub(lambda m: "\n" * m.group().count("\n"), text)
    return [i for i, line in enumerate(bare.split("\n")) if header.match(line)]


def _is_separate(line: str) -> bool:
    """Returns whether a wrong line opens and closes nothing that other lines need."""
    is_pair = re.match(r"[ \t]*[^\s\[\]=][^=]*=|[ \t]*[\w.-]+[ \t]*:", line)  # `key = …` or `key: …`
    has_triple_quotes = '"""' in line or "'''" in line
    return bool(is_pair) and not has_triple_quotes and not re.search(r"[\[{(][^\]})]*$", line)


def _find_deepest_line(text: str) -> Span:
    lines = text.split("\n")
    line = max(range(len(lines)), key=lambda i: sum(map(lines[i].count, "[{.")))
    return Span(line + 1, 1, max(1, len(lines[line])))
