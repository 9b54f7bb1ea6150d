"""A YAML text with nothing unusual → its values, from libyaml's events: nodes and their places take twice as long."""

from collections.abc import Callable

import yaml

from gage.lib.yaml_scalars import parse_scalar


def read(text: str) -> tuple[dict[str, object], dict[str, int]]:
    """What is in a text whose top is a table, and the lines of its top keys.

    Raises ValueError or yaml.YAMLError for what `placed` has to look at: tags, aliases, `<<`, keys that are no text.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        return _Events(loader.get_event).document()
    finally:
        loader.dispose()


class _Events:
    def __init__(self, following: Callable[[], yaml.Event]) -> None:
        self.following = following

    def document(self) -> tuple[dict[str, object], dict[str, int]]:
        self.following()  # the stream starts, then its document
        self.following()
        lines: dict[str, int] = {}
        first = self.following()
        if not isinstance(first, yaml.MappingStartEvent) or first.tag:
            raise ValueError("no table")
        data = self.table(lines)
        self.following()
        if not isinstance(self.following(), yaml.StreamEndEvent):
            raise ValueError("a second document")
        return data, lines

    def value(self, event: yaml.Event) -> object:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if not isinstance(event, yaml.CollectionStartEvent) or event.tag:
            raise ValueError("an alias or a tag")
        if isinstance(event, yaml.MappingStartEvent):
            return self.table({})
        items = []
        while not isinstance(each := self.following(), yaml.SequenceEndEvent):
            items.append(self.value(each))
        return items

    def table(self, lines: dict[str, int]) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(key := self.following(), yaml.MappingEndEvent):
            name = _scalar(key) if isinstance(key, yaml.ScalarEvent) else None
            if not isinstance(name, str) or name in found or name == "<<":
                raise ValueError("a key that is no text, or twice")
            lines[name] = key.start_mark.line + 1 if key.start_mark else 1
            found[name] = self.value(self.following())
        return found


def _scalar(event: yaml.ScalarEvent) -> object:
    if event.tag:
        raise ValueError("a tag")
    return event.value if event.style else parse_scalar(event.value)
