"""INI files as `configparser` reads them: `section.key`, `=` or `:`, values that continue on indented lines.

They have no types: see `untyped_text`. ` #` and ` ;` behind a value belong to it, as
for `configparser` without `inline_comment_prefixes`; a new value replaces them.
"""

import re

from gage.formats import spans
from gage.formats.spans import MAX_VALUES, ValueNode
from gage.formats.untyped_text import build_text_node, format_text, parse_text
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_SECTION = re.compile(r"\[(.+)\]")
_PAIR = re.compile(r"[ \t]*([^=:\s#;\[][^=:\r\n]*)[=:]")
_COMMENT = re.compile(r"(?<![ \t])[ \t]++[#;].*")
_CONTROL = re.compile(r"[\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value as INI text. Raises ConfigError for text that would be read differently."""
    text = format_text(value, like)
    lines = text.split("\n")
    is_changed = any(x != x.strip() or x[:1] in ("#", ";") or _COMMENT.search(x) or "\r" in x for x in lines)
    if is_changed or (len(lines) > 1 and "" in lines) or _CONTROL.search(text):
        raise ConfigError(
            f"INI has no quotes, so it cannot hold {text!r}", "Remove spaces at the ends, and # and ; after a space"
        )
    return (" " if like and like.style == "empty" else "") + text.replace("\n", "\n\t")


def parse(text: str) -> ValueNode:
    """Returns the values and their spans. Raises ConfigError with the line of a key that is defined twice."""
    scan = _IniParser(text)
    for number, line in enumerate(_LINE.finditer(text), 1):
        if number > MAX_VALUES:
            raise ConfigError(f"The file has more than {MAX_VALUES:,} lines: that is data, not config")
        scan.line(number, line.start(), line[0].rstrip())
    top = scan.sections.pop("", {})
    return spans.build_table({**top, **{name: spans.build_table(keys) for name, keys in scan.sections.items()}})


class _IniParser:
    """Parses line by line. `key` is the one whose value may continue, `indent` its indentation."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sections: dict[str, dict[str, ValueNode]] = {}
        self.section = ""
        self.key = ""
        self.indent = 0

    def line(self, number: int, start: int, line: str) -> None:
        stripped = line.lstrip()
        indent = len(line) - len(stripped)
        if not stripped or stripped[0] in "#;":
            return
        keys = self.sections.setdefault(self.section, {})
        if self.key and indent > self.indent:
            keys[self.key] = self._continue_value(keys[self.key], start + len(line))
            return
        self.key, self.indent = "", indent
        header, pair = _SECTION.match(stripped), _PAIR.match(line)
        if header:
            self.section = header[1]
        elif pair:
            self.key = pair[1].rstrip()
            if self.key in keys:
                raise ConfigError(f"{self.key!r} is defined twice in [{self.section}] (line {number})")
            keys[self.key] = _parse_value(line, pair.end(), start)

    def _continue_value(self, place: ValueNode, end: int) -> ValueNode:
        """Returns a value that continues to `end`, its lines joined as configparser does."""
        lines = [line.strip() for line in self.text[place.start : end].splitlines()]
        return ValueNode("\n".join(line for line in lines if line[:1] not in ("#", ";")), place.start, end)


def _parse_value(line: str, at: int, start: int) -> ValueNode:
    """Returns the value after the `=` before offset `at` of the line that starts at `start`."""
    text = line[at:].strip()
    if not text:
        return ValueNode("", start + at, start + at, style="empty")
    begin = start + at + line[at:].index(text)
    bare = parse_text(_COMMENT.sub("", text))
    is_number = isinstance(bare, (int, float)) and not isinstance(bare, bool)
    if _COMMENT.search(text):
        return ValueNode(text, begin, begin + len(text), type="number" if is_number else "")
    return build_text_node(text, begin, begin + len(text))


_FORMAT = spans.TextFormat(parse, format_value, ("#", ";"))
read, apply = _FORMAT.read, _FORMAT.apply
