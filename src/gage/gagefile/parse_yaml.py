"""Parses a Gage file in YAML: one document whose top is a table. An error disables only the operation that it is in."""

import re
from typing import TYPE_CHECKING

import yaml

from gage.formats.spans import ScanError, ValueNode
from gage.formats.yaml import YamlScanner
from gage.gagefile.parsed_text import MAX_VALUES, ParsedText, TextPositions, describe_scan_error
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


def parse_yaml(text: str) -> ParsedText:
    """Returns the parsed YAML `text`. An empty text is an empty table."""
    text, diagnostics = _clean_text(text.translate(_LINE_BREAKS))
    parsed = _parse_whole(text)
    if parsed.root is None:
        from gage.gagefile.section_recovery import parse_sections

        top_keys = [i for i, line in enumerate(text.split("\n")) if re.match(r"""[\w$"']""", line)]
        parsed = parse_sections(text, top_keys, _parse_whole, _is_separate)
    return parsed._replace(diagnostics=(*diagnostics, *parsed.diagnostics))


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
        diagnostics.append(Diagnostic(span, "A Gage file can have only one document", "Remove the --- line"))
    for mark in marks:
        text = text[: mark.start()] + "   " + text[mark.start() + 3 :]
    return text, diagnostics


def _is_separate(line: str) -> bool:
    """Returns whether a wrong line is a setting and opens nothing that other lines need."""
    is_setting = re.match(r"\s+(?:- +)?[\w\"'.-]+\s*[:=]", line)  # `  key: …` or `  - key = …`
    return bool(is_setting) and not re.search(r"(:|[|>][-+]?|[\[{,][^\]}]*)\s*$", line)


def _parse_whole(text: str) -> ParsedText:
    try:
        scanner = _GagefileYamlScanner(text)
        root = scanner.scan()
    except yaml.MarkedYAMLError as e:
        from gage.gagefile.yaml_errors import describe_yaml_error

        return ParsedText(text, None, (describe_yaml_error(text, e),))
    except ScanError as e:
        return ParsedText(text, ValueNode({}, 0, 0, "table"), (describe_scan_error(text, e),))
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        return ParsedText(text, None, (Diagnostic(Span(1, 1), f"Not YAML: {str(e).splitlines()[0]}"),))
    if root.kind != "table" and root.value is not None:
        from gage.gagefile.yaml_errors import describe_wrong_top

        return ParsedText(
            text, None, (*scanner.diagnostics, describe_wrong_top(scanner.positions.node_span(root), root))
        )
    for key, child in root.children:
        scanner.check_top_value(key, child)
    return ParsedText(text, root, tuple(scanner.diagnostics))


class _GagefileYamlScanner(YamlScanner):
    """Follows aliases and merges, and reports what is valid YAML but a mistake in a Gage file."""

    def __init__(self, text: str) -> None:
        super().__init__(text, MAX_VALUES)
        self.positions = TextPositions(text)
        self.diagnostics: list[Diagnostic] = []
        self.top = ""
        """The key at the top of the file that is being read."""

    def report(self, start: int, end: int, message: str, hint: str) -> None:
        """Adds a diagnostic that disables what is being read at the top of the file."""
        self.diagnostics.append(Diagnostic(self.positions.span(start, end), message, hint, self.top))

    def report_duplicate(self, key: str, event: "Event") -> None:
        """Adds a diagnostic for the second of two equal keys. The first one counts."""
        start = event.start_mark.index if event.start_mark else 0
        span = self.positions.span(start, start + len(key))
        self.diagnostics.append(Diagnostic(span, f'"{key}" is defined twice', "Remove one of them"))

    def read_node(self, event: "Event", name: str, depth: int, key: tuple[int, int] = (-1, -1)) -> ValueNode:
        """See `YamlScanner.read_node`. Reports tags."""
        if depth == 1 and name:
            self.top = name
        tag = getattr(event, "tag", None)
        node = super().read_node(event, name, depth, key)
        if tag and tag != "!" and (not tag.startswith("tag:yaml.org") or tag.rpartition(":")[2] not in _TAGS):
            start = event.start_mark.index if event.start_mark else 0
            tag = tag.replace("tag:yaml.org,2002:", "!!")
            self.report(start, node.end, f"Tags such as {tag} are not supported", "Put the text in quotes")
            node = ValueNode("", start, node.end, key=key) if node.kind != "value" else node
        return node

    def read_alias(self, event: "AliasEvent") -> ValueNode:
        """Returns the node of the anchor, with its place. Reports an alias without one."""
        start = event.start_mark.index if event.start_mark else 0
        end = event.end_mark.index if event.end_mark else 0
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
        if start >= 0 and len(children) == 1:
            (key, child), *_ = children.items()
            if child.kind == "table" and child.value is None:
                return self._read_placeholder(key, start, end)
        for key, child in children.items():
            if key.startswith("//"):
                start_of_key = child.key[0]
                self.report(start_of_key, start_of_key + 2, "Comments start with # in YAML", "Write # instead of //")
        for node in merged:
            for table in [item for _, item in node.children] if node.kind == "list" else [node]:
                for key, child in table.children if table.kind == "table" else ():
                    children.setdefault(key, child)
        return super().close_table(children, [], start, end)

    def _read_placeholder(self, key: str, start: int, end: int) -> ValueNode:
        """Reports `{name}` without quotes, which is a table for YAML, and returns it as text."""
        text = self.text[start:end]
        colon = text.find(":")
        if colon > 0:
            self.report(start + colon, start + colon + 1, "A space is missing after the :", "Add it")
        else:
            self.report(start, end, "Text that starts with { needs quotes", f'Write "{text}"')
        return ValueNode(text, start, end)

    def check_top_value(self, key: str, node: ValueNode) -> None:
        """Reports a setting such as `exec=x` or `exec:x` below an operation, which is text for YAML."""
        is_plain = isinstance(node.value, str) and self.text[node.start : node.start + 1] not in ("'", '"', "|", ">")
        found = re.match(r"([\w-]+) *(=|:=|:)(.*)", str(node.value)) if is_plain and not key.startswith("$") else None
        if not found:
            return
        self.top = key
        name, sign = found.group(1, 2)
        message, hint = "A key needs : and a value", f"Write {name}: instead of {name} {sign}"
        if sign == ":":
            message, hint = "A space is missing after the :", f"Write {name}: and the value after a space"
        start = node.start + found.start(2)
        self.report(start, start + len(sign), message, hint)
