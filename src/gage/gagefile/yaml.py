"""YAML with positions: PyYAML's nodes, and scalars as YAML 1.2 says (no `yes`, no `on`, no sexagesimals)."""

import re

from gage.gagefile.node import Entry, Fault, Items, Leaf, Node, Parsed, Span, Table, leaf
from gage.gagefile.recover import by_sections
from gage.gagefile.yaml_faults import fault_of
from gage.lib.scalars import scalar

BREAKS = dict.fromkeys(map(ord, "\r\x85\u2028\u2029"), " ")
"""What YAML 1.1 takes for the end of a line, and no editor does: lines would be counted otherwise."""

MAX_NODES = 100_000
"""More than any Gage file has; what aliases multiply counts too."""


def parse(text: str) -> Parsed:
    """Parse YAML `text`: one document whose top is a table; an empty one is an empty table.

    What is broken costs only its own top entry where the others can be read.
    """
    text = text.translate(BREAKS)
    parsed = _parse_whole(text)
    return parsed if parsed.root is not None else by_sections(text, _is_head, _parse_whole)


def _is_head(line: str) -> bool:
    return bool(re.match(r"""[\w$"']""", line))


def _parse_whole(text: str) -> Parsed:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as e:
        return Parsed(None, (fault_of(text, e),))
    except (yaml.YAMLError, RecursionError, ValueError) as e:
        return Parsed(None, (Fault(Span(1, 1), f"Not YAML: {str(e).splitlines()[0]}"),))
    if node is None:
        return Parsed(Table((), Span(1, 1, 0)))
    faults: list[Fault] = []
    try:
        root = _Convert(faults).node(node)
    except (_TooLarge, RecursionError):
        told = Fault(Span(1, 1), "The file is too large or its aliases multiply", "Write the values out")
        return Parsed(Table((), Span(1, 1, 0)), (told,))
    if not isinstance(root, Table):
        fault = Fault(root.span, "A Gage file is a table of operations", "Write it as name: and its settings below")
        return Parsed(None, (*faults, fault))
    return Parsed(root, tuple(faults))


class _TooLarge(Exception):
    pass


class _Convert:
    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.count = 0

    def node(self, node: object) -> Node:
        import yaml

        self.count += 1
        if self.count > MAX_NODES:
            raise _TooLarge
        if isinstance(node, yaml.MappingNode):
            return self.table(node.value, _span(node))
        if isinstance(node, yaml.SequenceNode):
            return Items(tuple(self.node(n) for n in node.value), _span(node))
        assert isinstance(node, yaml.ScalarNode)
        if node.tag.startswith("!"):
            self.faults.append(Fault(_span(node), f"Tags such as {node.tag} have no meaning here", "Put it in quotes"))
        if not node.style and not node.tag.startswith("!"):
            return leaf(scalar(node.value), _span(node))
        return Leaf(node.value, "text", _span(node))

    def table(self, pairs: list[tuple[object, object]], span: Span) -> Table:
        entries: dict[str, Entry] = {}
        for key_node, value_node in pairs:
            key = self.node(key_node)
            if not isinstance(key, Leaf):
                self.faults.append(Fault(key.span, "A key must be text"))
                continue
            name = key.value if isinstance(key.value, str) else _as_written(key)
            if name in entries:
                self.faults.append(Fault(key.span, f'"{name}" is defined twice', "Keep one of the two"))
                continue
            entries[name] = Entry(name, key.span, self.node(value_node))
        return Table(tuple(entries.values()), span)


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
