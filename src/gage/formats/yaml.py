"""YAML: PyYAML's events locate the values; plain scalars of config files have the meaning that PyYAML gives them.

Values are written so that they mean the same in YAML 1.1 (`yes`, `1:30`, `1e5`) and 1.2. A boolean that is written as
`yes` is replaced by `no`, so that a program finds what it expects, whatever its version of YAML. An alias is a setting
of its own that follows its anchor until it is set; keys merged with `<<` are set where they are written.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping

import yaml
from yaml import AliasEvent, Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

from gage.formats import spans
from gage.formats.spans import MAX_DEPTH, MAX_VALUES, DuplicateKey, ScanError, ValueNode, get_line_number
from gage.lib.yaml_1_1 import BOOLEAN_WORDS, parse_scalar_1_1
from gage.lib.yaml_scalars import parse_scalar
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

ScalarParser = Callable[[str], bool | int | float | str | None]

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t\r\n]+)*")
_ONLY_PROPERTIES = re.compile(r"[&!]\S*(?:[ \t]+[&!]\S*)*")
_TYPED = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
_PLAIN = re.compile(r"[A-Za-z_](?:[\w./-]| (?=[\w./-]))*", re.ASCII)
_DATE = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:(?:[Tt]|[ \t]+)(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?",
    re.ASCII,
)
_NO_TEXT = re.compile(r"(?i)(?:y|n|yes|no|on|off|true|false|null|nan|inf)\Z")
_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")


_PAIRS = {word: pair for pair in (("yes", "no"), ("on", "off")) for word in pair}
"""A boolean of YAML 1.1 → the words for true and false in its style."""


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """Returns a value as YAML on one line, to replace `like`."""
    if like and isinstance(value, bool) and like.style.lower() in _PAIRS:
        word = _PAIRS[like.style.lower()][not value]
        return word.title() if like.style.istitle() else word.upper() if like.style.isupper() else word
    if like and like.style == "date" and isinstance(value, str) and _DATE.fullmatch(value):
        return value
    text = _format(value)
    if like and like.style.startswith("block"):
        return f" {text}{like.style.removeprefix('block')}"
    return f" {text}" if like and like.style == "empty" else text


def _format(value: JSONValue) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and not _NO_TEXT.match(value)
        return value if is_plain else _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_format(k)}: {_format(v)}" for k, v in value.items()) + "}"
    return f"[{', '.join(map(_format, value))}]"


def _number(value: float) -> str:
    """Returns a number with a point and a sign of its exponent, as YAML 1.1 needs them."""
    if value != value or value in (float("inf"), float("-inf")):
        return ".nan" if value != value else ".inf" if value > 0 else "-.inf"
    digits, e, exponent = repr(value).partition("e")
    return f"{digits}{'' if '.' in digits else '.0'}e{exponent}" if e else digits


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False).replace("\\/", "/")
    return _UNPRINTABLE.sub(lambda m: f"\\U{ord(m[0]):08x}" if not "\ud800" <= m[0] <= "\udfff" else m[0], quoted)


def parse(text: str, parse_plain: ScalarParser = parse_scalar) -> ValueNode:
    """Returns the values of a YAML text with their places. Raises ConfigError with the line of what is wrong."""
    try:
        scanner = YamlScanner(text, parse_plain=parse_plain)
        root = scanner.scan()
        spans.reject_duplicates(scanner.duplicates)
        return root
    except ScanError as e:
        raise ConfigError(f"{e.message} (line {get_line_number(text, e.offset)})") from None
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        line = f" (line {mark.line + 1})" if mark else ""
        is_deep = "nesting depth" in str(e.problem)  # newer versions of libyaml have a limit
        message = "The file is nested too deeply" if is_deep else f"The file is not YAML: {e.problem or e.context}"
        raise ConfigError(f"{message}{line}") from None
    except yaml.reader.ReaderError as e:
        raise ConfigError(f"The file is not YAML: {e.reason} (line {get_line_number(text, e.position)})") from None
    except (yaml.YAMLError, ValueError) as e:
        raise ConfigError(f"The file is not YAML: {str(e).splitlines()[0]}") from None


def parse_config(text: str) -> ValueNode:
    """Returns the values of a config file that a program reads. Raises ConfigError as `parse` does."""
    return parse(text, parse_scalar_1_1)


class YamlScanner:
    """Builds nodes from PyYAML's events. `parse_plain` returns the value of a plain scalar."""

    def __init__(self, text: str, max_values: int = MAX_VALUES, parse_plain: ScalarParser = parse_scalar) -> None:
        self.text = text
        self.parse_plain = parse_plain
        self.events: Iterator[Event] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.anchors: dict[str, tuple[str, ValueNode, int]] = {}
        """By anchor: the full name of the value, its node, and how many values it has in it."""
        self.count = 0
        self.max_values = max_values
        self.duplicates: list[DuplicateKey] = []
        self.last = 0
        """Where the last value so far ends."""

    def scan(self) -> ValueNode:
        """Returns the node of the whole text. Raises ScanError, yaml.YAMLError and ValueError."""
        root = ValueNode({}, -1, -1, "table")
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ScanError("The file has several documents", get_start(event))
            elif isinstance(event, yaml.NodeEvent):
                root = self.read_node(event, "", 0)
        return root

    def read_node(self, event: Event, name: str, depth: int, key: tuple[int, int] = (-1, -1)) -> ValueNode:
        """Returns the node that `event` begins: the value of the setting `name`, whose key stands at `key`."""
        before = self.count
        self.count += 1
        if depth > MAX_DEPTH:
            raise ScanError("The file is nested too deeply", get_start(event))
        self._check_count(event)
        if isinstance(event, yaml.AliasEvent):
            return self.read_alias(event)._replace(key=key)
        if isinstance(event, yaml.MappingStartEvent):
            node = self.read_table(event, name, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._list(event, name, depth, key[1])
        else:
            assert isinstance(event, yaml.ScalarEvent)
            node = self._scalar(event)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = (name, node, self.count - before)
        return node._replace(key=key)

    def read_alias(self, event: AliasEvent) -> ValueNode:
        """Returns a node that repeats that of the anchor. A table's values are set where the anchor is."""
        name, node = self.find_anchor(event)
        if node.kind == "table":
            return ValueNode(node.value, -1, -1, "table")
        return ValueNode(node.value, get_start(event), get_end(event), node.kind, follows=name)

    def find_anchor(self, event: AliasEvent) -> tuple[str, ValueNode]:
        """Returns the name and the node of an alias's anchor. What aliases multiply counts as values."""
        start, end = get_start(event), get_end(event)
        anchor = self.text[start + 1 : end]
        if anchor not in self.anchors:
            raise ScanError(f"*{anchor} has no &{anchor} before it", start)
        self.last = end
        name, node, size = self.anchors[anchor]
        self.count += size
        self._check_count(event)
        return name, node

    def _scalar(self, event: ScalarEvent) -> ValueNode:
        start, end = self._inside(event)
        text = self.text[start:end]
        self.last = end = start + len(text.rstrip())  # a block includes its last line break
        if not text:
            is_value = self.text[:start].rstrip()[-1:] in (":", "-")
            return ValueNode(None, start, end, style="empty") if is_value else ValueNode(None, -1, -1, "table")
        is_plain = not event.style and event.tag in (None, "!", *_TYPED)
        value = self.parse_plain(event.value) if is_plain else event.value
        is_word = isinstance(value, bool) and event.value.lower() in BOOLEAN_WORDS
        is_date = is_plain and isinstance(value, str) and _DATE.fullmatch(value)
        is_number = is_plain and isinstance(value, str) and isinstance(parse_scalar(value), float)  # 1e-3
        if is_number and event.tag:
            value = parse_scalar(event.value)
        style = event.value if is_word else "date" if is_date else ""
        return ValueNode(value, start, end, style=style, type="float" if is_number else "")

    def _inside(self, event: Event) -> tuple[int, int]:
        """Returns the place of a value itself, behind its tag and anchor."""
        start, end = get_start(event), get_end(event)
        match = _PROPERTIES.match(self.text, start, end)
        return match.end() if match else start, end

    def _list(self, event: SequenceStartEvent, name: str, depth: int, key_end: int) -> ValueNode:
        children: list[tuple[str, ValueNode]] = []
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                value = [child.value for _, child in children]
                if event.flow_style:
                    self.last = get_end(inner)
                    return ValueNode(value, self._inside(event)[0], self.last, "list", tuple(children))
                start, style = self._block(event, key_end)
                return ValueNode(value, start, self.last, "list", tuple(children), style)
            index = str(len(children))
            children.append((index, self.read_node(inner, f"{name}.{index}" if name else index, depth + 1)))
        raise ScanError("A list has no end", get_start(event))

    def _block(self, event: SequenceStartEvent, key_end: int) -> tuple[int, str]:
        """Returns where a list in lines can be written on one line, and its style: what precedes its first dash."""
        start, dash = get_start(event), get_start(event)
        if event.anchor or event.tag:
            match = _ONLY_PROPERTIES.match(self.text, start)
            start, dash = match.end() if match else start, get_end(event)
        elif key_end >= 0:
            start = self.text.index(":", key_end) + 1
        return start, f"block{self.text[start:dash].rstrip()}" if start < dash else ""

    def read_table(self, event: MappingStartEvent, name: str, depth: int) -> ValueNode:
        """Returns the node of a mapping."""
        children: dict[str, ValueNode] = {}
        merged: list[ValueNode] = []
        for key in self.events:
            if isinstance(key, yaml.MappingEndEvent):
                start, end = (self._inside(event)[0], get_end(key)) if event.flow_style else (-1, -1)
                self.last = max(self.last, end)
                return self.close_table(children, merged, start, end)
            if not isinstance(key, yaml.ScalarEvent):
                self.skip_key(key, depth)
                self.read_node(next(self.events), "", depth + 1)
                continue
            word = str(key.value)
            place = (get_start(key), get_end(key))
            child = self.read_node(next(self.events), f"{name}.{word}" if name else word, depth + 1, place)
            if word == "<<" and not key.style:
                merged.append(child)
            elif word in children:
                self.duplicates.append(DuplicateKey(word, *place, children[word].key[0]))
            else:
                children[word] = child
        raise ScanError("A table has no end", get_start(event))

    def skip_key(self, event: Event, depth: int) -> None:
        """Reads a key that is a list or a table: it gives no name."""
        self.read_node(event, "", depth + 1)

    def close_table(self, children: dict[str, ValueNode], merged: list[ValueNode], start: int, end: int) -> ValueNode:
        """Returns the node of a table. `merged` are the values of its keys `<<`: tables, or lists of them."""
        value: dict[str, JSONValue] = {}
        for node in merged:
            tables = node.value if isinstance(node.value, list) else [node.value]
            for table in reversed(tables):
                value |= table if isinstance(table, dict) else {}
        value |= {key: child.value for key, child in children.items()}
        return ValueNode(value, start, end, "table", tuple(children.items()))

    def _check_count(self, event: Event) -> None:
        if self.count > self.max_values:
            message = f"The file has more than {self.max_values:,} values: that is data, not config"
            raise ScanError(message, get_start(event))


def get_start(event: Event) -> int:
    """Returns the offset at which an event starts."""
    return event.start_mark.index if event.start_mark else 0


def get_end(event: Event) -> int:
    """Returns the offset at which an event ends."""
    return event.end_mark.index if event.end_mark else 0


_FORMAT = spans.TextFormat(parse_config, format_value)
read, apply = _FORMAT.read, _FORMAT.apply
