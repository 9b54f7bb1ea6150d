"""Parses the text of a Gage file by its format."""

from gage.gagefile.lexical_checks import clean_text, detect_other_format
from gage.gagefile.parsed_text import ParsedText


def parse_text(text: str, format: str) -> ParsedText:
    """Returns the parsed `text` of a Gage file. `format` is "toml", "json" or "yaml"."""
    if format == "json":
        from gage.gagefile.parse_json import parse_json as parse
    elif format == "yaml":
        from gage.gagefile.parse_yaml import parse_yaml as parse
    else:
        from gage.gagefile.parse_toml import parse_toml as parse
    text, diagnostics = clean_text(text)
    parsed = parse(text)
    other = detect_other_format(text, format) if parsed.diagnostics else None
    if other:
        return ParsedText(text, None, (*diagnostics, other))
    return parsed._replace(diagnostics=(*diagnostics, *parsed.diagnostics))


def find_format(path: str) -> str:
    """Returns the format of a Gage file, by the suffix of its path: "toml", "json" or "yaml"."""
    return "json" if path.endswith(".json") else "yaml" if path.endswith((".yaml", ".yml")) else "toml"
