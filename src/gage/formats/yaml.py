"""YAML: PyYAML's events say where values stand; plain ones mean what YAML 1.2 says.

What is written reads the same in YAML 1.1 (`yes`, `1:30`, `1e5`), as many programs still read that. An alias is a
setting of its own that follows its anchor until it is set; keys that come with `<<` are set where they are written.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.spans import MAX_DEPTH, MAX_VALUES, ValueNode
from gage.lib.yaml_scalars import parse_scalar
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from yaml import Event, MappingStartEvent, ScalarEvent, SequenceStartEvent

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*[ \t\r\n]+)*")
_ONLY_PROPERTIES = re.compile(r"[&!]\S*(?:[ \t]+[&!]\S*)*")
_TYPED = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
_PLAIN = re.compile(r"[A-Za-z_](?:[\w./-]| (?=[\w./-]))*", re.ASCII)
_NO_TEXT = re.compile(r"(?i)(?:y|n|yes|no|on|off|true|false|null|nan|inf)\Z")
_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")


def read(data: bytes) -> dict[str, FileValue]:
    """See `ConfigSource.read`."""
    text, _ = spans.decode_text(data)
    return spans.list_settings(text, parse(text))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`."""
    text, mark = spans.decode_text(data)
    changed = spans.replace_values(text, parse(text), values, format_value)
    return spans.encode_text(mark + changed)


def format_value(value: JSONValue, like: ValueNode | None = None) -> str:
    """A value as YAML on one line, to stand in the place of `like`."""
    text = _written(value)
    if like and like.style.startswith("block"):
        return f" {text}{like.style.removeprefix('block')}"
    return f" {text}" if like and like.style == "empty" else text


def _written(value: JSONValue) -> str:
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
        return "{" + ", ".join(f"{_written(k)}: {_written(v)}" for k, v in value.items()) + "}"
    return f"[{', '.join(map(_written, value))}]"


def _number(value: float) -> str:
    """With a point and a sign of the exponent, as YAML 1.1 wants."""
    if value != value or value in (float("inf"), float("-inf")):
        return ".nan" if value != value else ".inf" if value > 0 else "-.inf"
    digits, e, exponent = repr(value).partition("e")
    return f"{digits}{'' if '.' in digits else '.0'}e{exponent}" if e else digits


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False).replace("\\/", "/")
    return _UNPRINTABLE.sub(lambda m: f"\\U{ord(m[0]):08x}" if not "\ud800" <= m[0] <= "\udfff" else m[0], quoted)


def parse(text: str) -> ValueNode:
    """The places of all values. Raises ConfigError with the line of what is wrong."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Scan(text, yaml.parse(text, Loader=loader)).document()
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        line = f" (line {mark.line + 1})" if mark else ""
        raise ConfigError(f"The file is not YAML: {e.problem or e.context}{line}") from None
    except yaml.reader.ReaderError as e:
        line = f" (line {text.count(chr(10), 0, e.position) + 1})"
        raise ConfigError(f"The file is not YAML: {e.reason}{line}") from None
    except (yaml.YAMLError, ValueError) as e:
        raise ConfigError(f"The file is not YAML: {str(e).splitlines()[0]}") from None


class _Scan:
    """Builds places from events."""

    def __init__(self, text: str, events: "Iterator[Event]") -> None:
        self.text = text
        self.events = events
        self.anchors: dict[str, tuple[str, ValueNode, int]] = {}  # name, place, values in it
        self.count = 0
        self.last = 0  # where the last value so far ends

    def document(self) -> ValueNode:
        import yaml

        root = ValueNode({}, -1, -1, "table")
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._wrong("The file has several documents", event)
            elif isinstance(event, yaml.NodeEvent):
                root = self._place(event, "", 0)
        return root

    def _place(self, event: "Event", name: str, depth: int, after: int = -1) -> ValueNode:
        """The place of the value that `event` begins; `after` is the end of its key."""
        import yaml

        before = self.count
        self.count += 1
        if depth > MAX_DEPTH:
            raise self._wrong("The file is nested too deeply", event)
        self._limit(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if isinstance(event, yaml.MappingStartEvent):
            place = self._table(event, name, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            place = self._list(event, name, depth, after)
        else:
            assert isinstance(event, yaml.ScalarEvent)
            place = self._scalar(event)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = (name, place, self.count - before)
        return place

    def _alias(self, event: "Event") -> ValueNode:
        start, end = _start(event), _end(event)
        anchor = self.text[start + 1 : end]
        if anchor not in self.anchors:
            raise self._wrong(f"*{anchor} has no &{anchor} before it", event)
        self.last = end
        name, place, size = self.anchors[anchor]
        self.count += size
        self._limit(event)
        if place.kind == "table":
            return ValueNode(place.value, -1, -1, "table")  # what it has is set where the anchor is
        return ValueNode(place.value, start, end, place.kind, follows=name)

    def _scalar(self, event: "ScalarEvent") -> ValueNode:
        start, end = self._inside(event)
        text = self.text[start:end]
        self.last = end = start + len(text.rstrip())  # a block keeps its last line's end
        if not text:
            is_value = self.text[:start].rstrip()[-1:] in (":", "-")
            return ValueNode(None, start, end, style="empty") if is_value else ValueNode(None, -1, -1, "table")
        is_plain = not event.style and event.tag in (None, "!", *_TYPED)
        return ValueNode(parse_scalar(event.value) if is_plain else event.value, start, end)

    def _inside(self, event: "Event") -> tuple[int, int]:
        """Where a value itself stands, behind its tag and anchor."""
        start, end = _start(event), _end(event)
        found = _PROPERTIES.match(self.text, start, end)
        return found.end() if found else start, end

    def _list(self, event: "SequenceStartEvent", name: str, depth: int, after: int) -> ValueNode:
        import yaml

        parts: list[tuple[str, ValueNode]] = []
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                value = [p.value for _, p in parts]
                if event.flow_style:
                    self.last = _end(inner)
                    return ValueNode(value, self._inside(event)[0], self.last, "list", tuple(parts))
                start, style = self._block(event, after)
                return ValueNode(value, start, self.last, "list", tuple(parts), style)
            key = str(len(parts))
            parts.append((key, self._place(inner, f"{name}.{key}" if name else key, depth + 1)))
        raise self._wrong("A list has no end", event)

    def _block(self, event: "SequenceStartEvent", after: int) -> tuple[int, str]:
        """Where a list in lines can be written on one line, and its style: what stands before its first dash."""
        start, dash = _start(event), _start(event)
        if event.anchor or event.tag:
            found = _ONLY_PROPERTIES.match(self.text, start)
            start, dash = found.end() if found else start, _end(event)
        elif after >= 0:
            start = self.text.index(":", after) + 1
        return start, f"block{self.text[start:dash].rstrip()}" if start < dash else ""

    def _table(self, event: "MappingStartEvent", name: str, depth: int) -> ValueNode:
        import yaml

        parts: dict[str, ValueNode] = {}
        merged: dict[str, JSONValue] = {}
        for key in self.events:
            if isinstance(key, yaml.MappingEndEvent):
                value = merged | {k: p.value for k, p in parts.items()}
                start, end = (self._inside(event)[0], _end(key)) if event.flow_style else (-1, -1)
                self.last = max(self.last, end)
                return ValueNode(value, start, end, "table", tuple(parts.items()))
            if not isinstance(key, yaml.ScalarEvent):
                self._place(key, "", depth + 1)  # no name can be made of it
                self._place(next(self.events), "", depth + 1)
                continue
            word = str(key.value)
            place = self._place(next(self.events), f"{name}.{word}" if name else word, depth + 1, _end(key))
            if word == "<<" and not key.style:
                merged |= _merged(place.value)
                continue
            if word in parts:
                raise self._wrong(f"{word!r} is defined twice", key)
            parts[word] = place
        raise self._wrong("A table has no end", event)

    def _limit(self, event: "Event") -> None:
        """What aliases multiply counts too."""
        if self.count > MAX_VALUES:
            raise self._wrong(f"The file has more than {MAX_VALUES:,} values: that is data, no config", event)

    def _wrong(self, message: str, event: "Event") -> ConfigError:
        return ConfigError(f"{message} (line {event.start_mark.line + 1 if event.start_mark else 1})")


def _merged(value: JSONValue) -> dict[str, JSONValue]:
    """What a table takes from the one behind `<<`, or from several: the first that has a key counts."""
    tables = [value] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    return {k: v for table in reversed(tables) if isinstance(table, Mapping) for k, v in table.items()}


def _start(event: "Event") -> int:
    return event.start_mark.index if event.start_mark else 0


def _end(event: "Event") -> int:
    return event.end_mark.index if event.end_mark else 0
