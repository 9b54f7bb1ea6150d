"""Parses a Gage file in JSON, with comments and trailing commas. Reading ends at the first syntax error."""

import sys
from json import JSONDecodeError

from gage.formats.json import JsonScanner
from gage.formats.spans import ScanError, ValueNode
from gage.gagefile.duplicate_keys import describe_duplicates
from gage.gagefile.parsed_text import GAGEFILE, MAX_VALUES, DocumentKind, ParsedText, describe_scan_error
from gage.types.opdef import Diagnostic, Span


def parse(text: str, kind: DocumentKind = GAGEFILE) -> ParsedText:
    """Returns the parsed JSON `text`, whose top must be an object. An empty text is an empty object, with a diagnostic.

    After a syntax error the values are those before it.
    """
    scanner = JsonScanner(text, sys.maxsize, MAX_VALUES)
    content = scanner.text.lstrip("\ufeff \t\r\n")
    if not content:
        hint = f"Write {{}} for a file without {kind.content}"
        return ParsedText(text, {}, (Diagnostic(Span(1, 1), "The file is empty: this is not JSON", hint),))
    if not content.startswith("{"):
        from gage.gagefile.json_errors import describe_wrong_top

        return ParsedText(text, None, (describe_wrong_top(text, len(scanner.text) - len(content), kind),))
    diagnostic = None
    try:
        scanner.scan()
    except ScanError as e:
        diagnostic = describe_scan_error(text, e)
    except JSONDecodeError as e:
        from gage.gagefile.json_errors import describe_json_error

        diagnostic = describe_json_error(e)
    except RecursionError:
        diagnostic = Diagnostic(Span(1, 1), "Lists or objects are nested too deeply", "Reduce the nesting")
    parsed = ParsedText.from_nodes(text, ValueNode({}, 0, 0, "table", tuple(scanner.top.items())))
    parsed.diagnostics = describe_duplicates(parsed, scanner.duplicates)
    if diagnostic:
        parsed.diagnostics += (diagnostic._replace(disables=scanner.top_key),)
    return parsed
