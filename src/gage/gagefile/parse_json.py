"""Parses a Gage file in JSON, with comments and trailing commas. Reading ends at the first syntax error."""

import sys
from json import JSONDecodeError

from gage.formats.json import JsonScanner
from gage.formats.spans import ScanError, ValueNode
from gage.gagefile.parsed_text import MAX_VALUES, ParsedText, TextPositions, describe_scan_error
from gage.types.opdef import Diagnostic, Span


def parse_json(text: str) -> ParsedText:
    """Returns the parsed JSON `text`, whose top must be an object. An empty text is an empty object.

    After a syntax error the root has the entries before it.
    """
    scanner = _GagefileJsonScanner(text)
    content = scanner.text.lstrip("\ufeff \t\r\n")
    if not content:
        return ParsedText(text, ValueNode({}, 0, 0, "table"))
    if not content.startswith("{"):
        from gage.gagefile.json_errors import describe_wrong_top

        return ParsedText(text, None, (describe_wrong_top(text, len(scanner.text) - len(content)),))
    try:
        return ParsedText(text, scanner.scan(), tuple(scanner.diagnostics))
    except ScanError as e:
        diagnostic = describe_scan_error(text, e)
    except JSONDecodeError as e:
        from gage.gagefile.json_errors import describe_json_error

        diagnostic = describe_json_error(text, e)
    except RecursionError:
        diagnostic = Diagnostic(Span(1, 1), "Lists or objects are nested too deeply", "Reduce the nesting")
    root = ValueNode({}, 0, 0, "table", tuple(scanner.top.items()))
    diagnostic = diagnostic._replace(disables=scanner.top_key)
    return ParsedText(text, root, (*scanner.diagnostics, diagnostic))


class _GagefileJsonScanner(JsonScanner):
    """Reports keys that stand in one object twice, and goes on."""

    def __init__(self, text: str) -> None:
        super().__init__(text, sys.maxsize, MAX_VALUES)
        self.diagnostics: list[Diagnostic] = []

    def report_duplicate(self, key: str, start: int, end: int) -> None:
        """Adds a diagnostic for the second of two equal keys. The first one counts."""
        span = TextPositions(self.text).span(start, end)
        self.diagnostics.append(Diagnostic(span, f'"{key}" is defined twice', "Remove one of them"))
