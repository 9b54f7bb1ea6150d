"""YAML with positions: PyYAML's nodes, and scalars as YAML 1.2 says (no `yes`, no `on`, no sexagesimals)."""

import re
from typing import TYPE_CHECKING

from gage.gagefile.error_recovery import by_sections
from gage.gagefile.node import Entry, Items, Leaf, Node, Parsed, Table, leaf
from gage.gagefile.yaml_chars import BREAKS, ODD_INDENT
from gage.gagefile.yaml_faults import fault_of
from gage.lib.yaml_scalars import parse_scalar
from gage.types.opdef import Diagnostic, Span

if TYPE_CHECKING:
    import yaml

_DOCUMENT = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_LEAD = re.compile(r"(?:[ \t]*(?:[#%].*)?\n)*")
_SETTING = re.compile(r"\s+(?:- +)?[\w\"'.-]+\s*[:=]")
_TAGS = ("str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value")
_DEEP = ("Lists or tables are nested too deeply", "Write it flatter")
MAX_DEPTH = 500
MAX_NODES = 100_000
"""More than any Gage file has; what aliases multiply counts too."""


def parse(text: str) -> Parsed:
    """Parse YAML `text`: one document whose top is a table; an empty one is an empty table.

    What is broken costs only its own top entry where the others can be read.
    """
    text, faults = _readable(text.translate(BREAKS))
    parsed = _parse_whole(text)
    if parsed.root is None:
        parsed = by_sections(text, _heads(text), _parse_whole, _is_alone)
    return Parsed(parsed.root, (*faults, *parsed.faults), parsed.broken)


def _readable(text: str) -> tuple[str, list[Diagnostic]]:
    """Spaces for what looks like them in front of lines, and one document."""
    faults = []
    blank = ODD_INDENT.search(text)
    if blank:
        at = blank.start(1)
        code = f"U+{ord(text[at]):04X}"
        span = span_of(text, at)
        faults.append(Diagnostic(span, f"An invisible character is used to indent: {code}", "Write spaces for it"))
        text = ODD_INDENT.sub(lambda m: m.group().replace(m.group(1), " " * len(m.group(1))), text)
    marks = list(_DOCUMENT.finditer(text)) if "---" in text else []
    others = marks[1:] if marks and _LEAD.fullmatch(text[: marks[0].start()]) else marks
    for mark in others[:1]:
        faults.append(Diagnostic(span_of(text, mark.start(), 3), "A Gage file has one document", "Remove the --- line"))
    for mark in others:
        text = text[: mark.start()] + "   " + text[mark.start() + 3 :]
    return text, faults


def _heads(text: str) -> list[int]:
    return [i for i, line in enumerate(text.split("\n")) if re.match(r"""[\w$"']""", line)]


def _is_alone(line: str) -> bool:
    """Whether a wrong line opens nothing that other lines need."""
    return bool(_SETTING.match(line)) and not re.search(r"(:|[|>][-+]?|[\[{,][^\]}]*)\s*$", line)


def _parse_whole(text: str) -> Parsed:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if _depth(text) > MAX_DEPTH:
        return Parsed(None, (Diagnostic(_place(text, r"[\[{]{9}"), *_DEEP),))
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as e:
        return Parsed(None, (fault_of(text, e),))
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        return Parsed(None, (Diagnostic(Span(1, 1), f"Not YAML: {str(e).splitlines()[0]}"),))
    if node is None or (node.tag.endswith(":null") and not node.value):
        return Parsed(Table((), Span(1, 1, 0)))
    convert = _Convert(text)
    try:
        root = convert.node(node)
    except _TooLarge:
        hint = "Write the values out"
        told = Diagnostic(_place(text, r"\*\w+"), "The file is too large, or its aliases multiply", hint)
        return Parsed(Table((), Span(1, 1, 0)), (told,))
    except RecursionError:
        return Parsed(Table((), Span(1, 1, 0)), (Diagnostic(_place(text, r"\*\w+|[\[{]{9}"), *_DEEP),))
    if not isinstance(root, Table):
        return Parsed(None, (*convert.faults, _no_table(root)))
    return Parsed(root, tuple(convert.faults), frozenset(convert.broken))


def _no_table(root: Node) -> Diagnostic:
    text = str(root.value) if isinstance(root, Leaf) else ""
    if text.startswith(("//", ";", "/*")):
        return Diagnostic(root.span, "A comment starts with # in YAML", "Write # in front of it")
    if "=" in text:
        return Diagnostic(root.span, "A key needs : and a value", "Write : for =, and a space after it")
    if isinstance(root, Items):
        return Diagnostic(
            root.span, "A Gage file is a table of operations, not a list", "Write them as name: without -"
        )
    return Diagnostic(root.span, "A Gage file is a table of operations", "Write it as name: and its settings below")


def _depth(text: str) -> int:
    """How deep brackets may be nested at most; quoted ones count too."""
    depth = most = 0
    for sign in re.findall(r"[\[{\]}]", text) if text.count("[") + text.count("{") > MAX_DEPTH else ():
        depth = depth + 1 if sign in "[{" else max(0, depth - 1)
        most = max(most, depth)
    return most


def _place(text: str, pattern: str) -> Span:
    found = re.search(pattern, text)
    return span_of(text, found.start(), len(found.group())) if found else Span(1, 1)


def span_of(text: str, at: int, length: int = 1) -> Span:
    """The place of a character of the text."""
    return Span(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), length)


class _TooLarge(Exception):
    pass


class _Convert:
    """Nodes to ours. What is wrong but can be read goes into `faults`; the top entry that it is in is `broken`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults: list[Diagnostic] = []
        self.broken: set[str] = set()
        self.top: str | None = None
        self.count = 0

    def node(self, node: object) -> Node:
        import yaml

        self.count += 1
        if self.count > MAX_NODES:
            raise _TooLarge
        assert isinstance(node, yaml.Node)
        if not node.tag.startswith("tag:yaml.org") or node.tag.rpartition(":")[2] not in _TAGS:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self.wrong(_span(node), f"Tags such as {tag} have no meaning here", "Put the text in quotes")
            if not isinstance(node, yaml.ScalarNode):
                return Leaf("", "text", _span(node))
        if isinstance(node, yaml.MappingNode):
            return self.table(node)
        if isinstance(node, yaml.SequenceNode):
            return Items(tuple(self.node(n) for n in node.value), _span(node))
        assert isinstance(node, yaml.ScalarNode)
        if not node.style and not node.tag.startswith("!"):
            return leaf(parse_scalar(node.value), _span(node))
        return Leaf(node.value, "text", _span(node))

    def table(self, node: "yaml.MappingNode") -> Node:
        if node.flow_style and len(node.value) == 1 and self.is_placeholder(*node.value[0]):
            text = self.text[node.start_mark.index : node.end_mark.index]
            colon = text.find(":")
            if colon > 0:
                at = Span(node.start_mark.line + 1, node.start_mark.column + 1 + colon)
                self.wrong(at, "A space is missing after the :", "Add it")
                return Leaf(text, "text", at)
            self.wrong(_span(node), "Text that starts with { needs quotes", f'Write "{text}"')
            return Leaf(text, "text", _span(node))
        entries: dict[str, Entry] = {}
        merged: list[Entry] = []
        is_top = self.top is None
        for key_node, value_node in node.value:
            key = self.node(key_node)
            if not isinstance(key, Leaf):
                self.wrong(key.span, "A key must be text", "Put it in quotes")
                continue
            name = key.value if isinstance(key.value, str) else _as_written(key)
            if is_top:
                self.top = name
            if name in entries:
                self.faults.append(Diagnostic(key.span, f'"{name}" is defined twice', "Keep one of the two"))
                continue
            value = self.node(value_node)
            if name == "<<" and not getattr(key_node, "style", None):
                merged += [e for t in (value.items if isinstance(value, Items) else (value,)) for e in _entries(t)]
                continue
            self.look(name, value, value_node, is_top)
            entries[name] = Entry(name, key.span, value)
        for entry in merged:
            entries.setdefault(entry.key, entry)
        return Table(tuple(entries.values()), _span(node))

    def look(self, name: str, value: Node, node: "yaml.Node", is_top: bool) -> None:
        """Mistakes that are text for YAML: a comment of another language, `=`, a colon without a space."""
        if name.startswith("//"):
            span = Span(node.start_mark.line + 1, self.text.split("\n")[node.start_mark.line].find("//") + 1, 2)
            self.wrong(span, "A comment starts with # in YAML", "Write # for //")
        if (
            not is_top
            or name.startswith("$")
            or not isinstance(value, Leaf)
            or not isinstance(value.value, str)
            or getattr(node, "style", None)
        ):
            return
        found = re.match(r"([\w-]+) *(=|:=|:)(.*)", value.value)
        if found:
            key, sign, _ = found.groups()
            told = ("A space is missing after the :", f"Write {key}: and the value after a space")
            if sign != ":":
                told = ("A key needs : and a value", f"Write {key}: for {key} {sign}")
            at = found.start(2)
            self.wrong(Span(value.span.line, value.span.column + at, len(sign)), *told)

    @staticmethod
    def is_placeholder(key: "yaml.Node", value: "yaml.Node") -> bool:
        """Whether `{name}` was meant as text: nothing stands after the name, not even a colon."""
        return bool(key.end_mark.index == value.start_mark.index == value.end_mark.index and not value.value)

    def wrong(self, span: Span, message: str, hint: str) -> None:
        """Tell what is wrong: what is at the top around it is broken."""
        self.faults.append(Diagnostic(span, message, hint))
        if self.top is not None:
            self.broken.add(self.top)


def _entries(node: Node) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, Table) else ()


def _as_written(key: Leaf) -> str:
    if isinstance(key.value, bool):
        return str(key.value).lower()
    return "null" if key.value is None else str(key.value)


def _span(node: object) -> Span:
    start = getattr(node, "start_mark", None)
    end = getattr(node, "end_mark", None)
    if start is None or end is None:
        return Span(1, 1, 0)
    length = end.column - start.column if end.line == start.line else 1
    return Span(start.line + 1, start.column + 1, max(1, length))
