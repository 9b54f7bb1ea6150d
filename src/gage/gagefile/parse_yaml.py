"""Parses a Gage file in YAML: one document whose top is a table. An error disables only the operation that it is in."""

import re
from typing import TYPE_CHECKING

import yaml

from gage.formats.spans import ScanError, ValueNode
from gage.formats.yaml import YamlScanner, get_end, get_start
from gage.gagefile.duplicate_keys import describe_duplicates, merge_duplicates
from gage.gagefile.parsed_text import GAGEFILE, MAX_VALUES, DocumentKind, ParsedText, TextPositions, describe_scan_error
from gage.types.opdef import Diagnostic, Span

if TYPE_CHECKING:
    from yaml import AliasEvent, Event

_LINE_BREAKS = dict.fromkeys(map(ord, "\r\x85\u2028\u2029"), " ")
"""Characters that end a line in YAML 1.1 but in no editor: lines would be counted differently."""
_ODD_INDENT = re.compile(r"^[ \t]*([\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]+)(?=[^\s#])", re.MULTILINE)
"""Characters other than a space that look like an indent."""
_DOCUMENT = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_BEFORE_DOCUMENT = re.compile(r"(?:[ \t]*(?:[#%].*)?\n)*")
"""Comments, directives and empty lines, which may precede the first `---`."""
_TAGS = ("str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value")


def parse(text: str, kind: DocumentKind = GAGEFILE) -> ParsedText:
    """Returns the parsed YAML `text`. An empty text is an empty table."""
    text, diagnostics = _clean_text(text.translate(_LINE_BREAKS))
    parsed = _parse_whole(text, kind)
    if parsed.values is None:
        from gage.gagefile.section_recovery import parse_sections

        top_keys = [i for i, line in enumerate(text.split("\n")) if re.match(r"""[\w$"']""", line)]
        parsed = parse_sections(text, top_keys, lambda part: _parse_whole(part, kind), _is_separate)
    parsed.diagnostics = (*diagnostics, *parsed.diagnostics)
    return parsed


def _clean_text(text: str) -> tuple[str, list[Diagnostic]]:
    """Returns the text with real spaces as indents and with one document, and what was wrong with it."""
    diagnostics = []
    positions = TextPositions(text)
    blank = _ODD_INDENT.search(text)
    if blank:
        code = f"U+{ord(text[blank.start(1)]):04X}"
        span = positions.span(blank.start(1), blank.start(1) + 1)
        diagnostics.append(Diagnostic(span, f"Invisible character in the indent: {code}", "Replace it with spaces"))
        text = _ODD_INDENT.sub(lambda m: m.group().replace(m.group(1), " " * len(m.group(1))), text)
    marks = list(_DOCUMENT.finditer(text)) if "---" in text else []
    if marks and _BEFORE_DOCUMENT.fullmatch(text[: marks[0].start()]):
        del marks[0]
    if marks:
        span = positions.span(*marks[0].span())
        diagnostics.append(Diagnostic(span, "The file can have only one document", "Remove the --- line"))
    for mark in marks:
        text = text[: mark.start()] + "   " + text[mark.start() + 3 :]
    return text, diagnostics


def _is_separate(line: str) -> bool:
    """Returns whether a wrong line is a setting and opens nothing that other lines need."""
    is_setting = re.match(r"\s+(?:- +)?[\w\"'.-]+\s*[:=]", line)  # `  key: …` or `  - key = …`
    return bool(is_setting) and not re.search(r"(:|[|>][-+]?|[\[{,][^\]}]*)\s*$", line)


def _parse_whole(text: str, kind: DocumentKind) -> ParsedText:
    try:
        scanner = _GagefileYamlScanner(text)
        root = scanner.scan()
    except yaml.MarkedYAMLError as e:
        from gage.gagefile.yaml_errors import describe_yaml_error

        return ParsedText(text, None, (describe_yaml_error(text, e),))
    except ScanError as e:
        return ParsedText(text, {}, (describe_scan_error(text, e),))
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        return ParsedText(text, None, (Diagnostic(Span(1, 1), f"Not YAML: {str(e).splitlines()[0]}"),))
    if root.kind != "table" and root.value is not None:
        from gage.gagefile.yaml_errors import describe_wrong_top

        return ParsedText(text, None, (describe_wrong_top(TextPositions(text).node_span(root), root, kind),))
    parsed = ParsedText.from_nodes(text, root)
    problems = [
        Diagnostic(span, message, hint, disables=parsed.find_top_key(span.line))
        for span, message, hint in scanner.problems
    ]
    duplicates = describe_duplicates(parsed, scanner.duplicates)
    parsed.diagnostics = (*merge_duplicates(duplicates, lambda d: parsed.find_top_key(d.span.line)), *problems)
    return parsed


class _GagefileYamlScanner(YamlScanner):
    """Follows aliases and merges, and reports what is valid YAML but a mistake in a Gage file."""

    def __init__(self, text: str) -> None:
        super().__init__(text, MAX_VALUES)
        self.positions = TextPositions(text)
        self.problems: list[tuple[Span, str, str]] = []
        """Places, messages and hints."""

    def report(self, start: int, end: int, message: str, hint: str) -> None:
        """Adds a problem."""
        self.problems.append((self.positions.span(start, end), message, hint))

    def read_node(self, event: "Event", name: str, depth: int, key: tuple[int, int] = (-1, -1)) -> ValueNode:
        """See `YamlScanner.read_node`. Reports tags."""
        tag = getattr(event, "tag", None)
        node = super().read_node(event, name, depth, key)
        if tag and tag != "!" and (not tag.startswith("tag:yaml.org") or tag.rpartition(":")[2] not in _TAGS):
            start = get_start(event)
            tag = tag.replace("tag:yaml.org,2002:", "!!")
            self.report(start, node.end, f"Tags such as {tag} are not supported", "Put the text in quotes")
            node = ValueNode("", start, node.end, key=key) if node.kind != "value" else node
        return node

    def read_alias(self, event: "AliasEvent") -> ValueNode:
        """Returns the node of the anchor, with its place. Reports an alias without one."""
        start, end = get_start(event), get_end(event)
        if self.text[start + 1 : end] in self.anchors:
            return self.find_anchor(event)[1]
        self.report(start, end, "Text cannot start with *", "Put it in quotes")
        return ValueNode("", start, end)

    def skip_key(self, event: "Event", depth: int) -> None:
        """Reports a key that is not text."""
        node = super().read_node(event, "", depth + 1)
        self.report(max(0, node.start), max(0, node.end), "A key must be text", "Put it in quotes")

    def close_table(self, children: dict[str, ValueNode], merged: list[ValueNode], start: int, end: int) -> ValueNode:
        """See `YamlScanner.close_table`. The node has the merged values as well, at the places where they stand."""
        for node in merged:
            for table in [item for _, item in node.children] if node.kind == "list" else [node]:
                for key, child in table.children if table.kind == "table" else ():
                    children.setdefault(key, child)
        nameless = children.get("")
        if nameless and nameless.key[0] == nameless.key[1]:
            del children[""]
            self.report(*nameless.key, "A key is missing", "Write it before the colon")
        return super().close_table(children, [], start, end)
