"""Readers of files that installed packages add, by entry points of the group `gage.readers`.

Knows who offers a reader, and keeps a bad one from doing harm. What is in files is not its business.
"""

import json
import operator
from collections.abc import Callable, Iterator
from typing import cast

from gage.lib.plugins import Plugin, describe_exception, load_plugins
from gage.metrics.reader_api import NOTHING_NEW, FileReader, MetricValue, ReadResult

GROUP = "gage.readers"
_FAULTS = (Exception, SystemExit)
_STEPS = range(-(1 << 63), 1 << 63)


class ReaderPlugins:
    """The plugins for the files of one run. `left_out`: whether there is one that could not be used; `notes` say why,
    where no file's reader has said it.
    """

    def __init__(self) -> None:
        self.left_out = False
        self.notes: list[str] = []
        self._used: list[Plugin] | None = None

    def __bool__(self) -> bool:
        return bool(self._usable())

    def reader_of(self, path: str, relative: str) -> FileReader | None:
        """The reader of the first plugin that wants the file; None when there is none. Never raises."""
        for plugin in list(self._usable()):
            try:
                reader = cast(Callable[[str, str], object], plugin.value)(path, relative)
                if reader is not None:
                    return _Guarded(self, plugin, operator.attrgetter("read_new")(reader))
            except _FAULTS as e:
                self.notes += self.leave_out(plugin, e)
        return None

    def uses(self, plugin: Plugin) -> bool:
        """Whether a plugin has done no harm so far."""
        return plugin in self._usable()

    def leave_out(self, plugin: Plugin, fault: BaseException) -> list[str]:
        """Use a plugin no longer; what there is to say about it."""
        self._usable().remove(plugin)
        self.left_out = True
        return [f"The plugin {plugin} is left out: {describe_exception(fault)}"]

    def _usable(self) -> list[Plugin]:
        if self._used is None:
            found = installed_readers()
            self._used = [plugin for plugin in found if not plugin.problem]
            self.left_out = len(self._used) < len(found)
            self.notes += [f"The plugin {each} is left out: {each.problem}" for each in found if each.problem]
        return self._used


class _Guarded:
    """A plugin's reader. What goes wrong in it is a note, once, and then the plugin is left out."""

    def __init__(self, plugins: ReaderPlugins, plugin: Plugin, look: Callable[[bool], object]) -> None:
        self._plugins = plugins
        self._plugin = plugin
        self._look = look

    def read_new(self, final: bool = False) -> ReadResult:
        """What the plugin found. Raises OSError."""
        if not self._plugins.uses(self._plugin):
            return NOTHING_NEW
        try:
            found = self._look(final)
            if isinstance(found, ReadResult):
                return _checked(found)
            raise TypeError(f"read_new() must return ReadResult, got {type(found).__name__}")
        except OSError:
            raise
        except _FAULTS as e:
            return ReadResult(notes=self._plugins.leave_out(self._plugin, e))


def installed_readers() -> tuple[Plugin, ...]:
    """All plugins, by name, imported. Looked up once: 1 to 5 ms when there are none."""
    return load_plugins(GROUP, callable, "a function")


def _checked(found: ReadResult) -> ReadResult:
    """What a plugin found, of the types that are told. Raises TypeError or ValueError where it is not."""
    json.dumps(dict(found.attributes))
    return ReadResult(
        [value for value in _values(found) if value.step in _STEPS],
        numbers={str(name): float(value) for name, value in found.numbers.items()},
        attributes={str(name): value for name, value in found.attributes.items()},
        replaces_all=bool(found.replaces_all),
        notes=[str(note) for note in found.notes],
    )


def _values(found: ReadResult) -> Iterator[MetricValue]:
    for name, step, time, value in found.values:
        yield MetricValue(str(name), operator.index(step), float(time), float(value))
    for name, (steps, times, values) in found.series.items():
        for step, time, value in zip(steps, times, values, strict=True):
            yield MetricValue(str(name), operator.index(step), float(time), float(value))
