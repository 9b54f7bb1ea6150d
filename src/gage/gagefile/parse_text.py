"""Parses the text of a Gage file or board by its format."""

from importlib import import_module

from gage.gagefile.lexical_checks import clean_text, detect_other_format
from gage.gagefile.parsed_text import GAGEFILE, DocumentKind, ParsedText


def parse_text(text: str, format: str, kind: DocumentKind = GAGEFILE) -> ParsedText:
    """Returns the parsed `text` of a file. `format` is "toml", "json" or "yaml"."""
    text, diagnostics = clean_text(text)
    parsed: ParsedText = import_module(f"gage.gagefile.parse_{format}").parse(text, kind)
    other = detect_other_format(text, format) if parsed.diagnostics else None
    if other:
        return ParsedText(text, None, (*diagnostics, other))
    parsed.diagnostics = (*diagnostics, *parsed.diagnostics)
    return parsed


def find_format(path: str) -> str:
    """Returns the format of a Gage file, by the suffix of its path: "toml", "json" or "yaml"."""
    return "json" if path.endswith(".json") else "yaml" if path.endswith((".yaml", ".yml")) else "toml"
