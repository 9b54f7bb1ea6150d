"""Readers of metrics that installed packages add, by entry points of the group `gage.readers`.

Checks what a plugin returns and disables a plugin that fails. Knows nothing of the content of files.
"""

import json
import operator
from collections.abc import Callable, Iterator
from typing import cast

from gage.lib.plugins import Plugin, describe_exception, load_plugins
from gage.metrics.reader_api import NOTHING_NEW, FileReader, MetricValue, ReadResult

GROUP = "gage.readers"
"""Group of entry points. Each names a function `(path, relative path) -> FileReader | None`."""
_PLUGIN_ERRORS = (Exception, SystemExit)
_STEPS = range(-(1 << 63), 1 << 63)


class ReaderPlugins:
    """The reader plugins for the files of one run.

    `has_failed` says whether a plugin could not be used, `notes` why, unless a result of a file's reader has said it.
    """

    def __init__(self) -> None:
        self.has_failed = False
        self.notes: list[str] = []
        self._enabled: list[Plugin] | None = None

    def __bool__(self) -> bool:
        return bool(self._load())

    def find_reader(self, path: str, relative: str) -> FileReader | None:
        """Returns the reader of the first plugin that reads this file, or None. Never raises."""
        for plugin in list(self._load()):
            try:
                reader = cast(Callable[[str, str], object], plugin.value)(path, relative)
                if reader is not None:
                    return _CheckedReader(self, plugin, operator.attrgetter("read_new")(reader))
            except _PLUGIN_ERRORS as error:
                self.notes += self.disable(plugin, describe_exception(error))
        return None

    def is_enabled(self, plugin: Plugin) -> bool:
        """Returns whether a plugin has not failed so far."""
        return plugin in self._load()

    def disable(self, plugin: Plugin, problem: str) -> list[str]:
        """Stops using a plugin. Returns the note about it."""
        self._load().remove(plugin)
        self.has_failed = True
        return [f"The plugin {plugin} is left out: {problem}"]

    def _load(self) -> list[Plugin]:
        if self._enabled is None:
            self._enabled = list(load_reader_plugins())
            for plugin in list(self._enabled):
                if plugin.problem:
                    self.notes += self.disable(plugin, plugin.problem)
        return self._enabled


class _CheckedReader:
    """A plugin's reader. Its first error becomes a note and disables the plugin."""

    def __init__(self, plugins: ReaderPlugins, plugin: Plugin, read_new: Callable[[bool], object]) -> None:
        self._plugins = plugins
        self._plugin = plugin
        self._read_new = read_new

    def read_new(self, final: bool = False) -> ReadResult:
        """Returns the plugin's result. Raises OSError."""
        if not self._plugins.is_enabled(self._plugin):
            return NOTHING_NEW
        try:
            result = self._read_new(final)
            if isinstance(result, ReadResult):
                return _check_result(result)
            raise TypeError(f"read_new() must return ReadResult, got {type(result).__name__}")
        except OSError:
            raise
        except _PLUGIN_ERRORS as error:
            return ReadResult(notes=self._plugins.disable(self._plugin, describe_exception(error)))


def load_reader_plugins() -> tuple[Plugin, ...]:
    """Returns all reader plugins by name, imported; those that cannot be used have a `problem`."""
    return load_plugins(GROUP, callable, "a function")


def _check_result(result: ReadResult) -> ReadResult:
    """Returns a plugin's result with the documented types. Raises TypeError or ValueError where it has others."""
    json.dumps(dict(result.attributes))
    return ReadResult(
        [value for value in _convert_values(result) if value.step in _STEPS],
        numbers={str(name): float(value) for name, value in result.numbers.items()},
        attributes={str(name): value for name, value in result.attributes.items()},
        replaces_all=bool(result.replaces_all),
        notes=[str(note) for note in result.notes],
    )


def _convert_values(result: ReadResult) -> Iterator[MetricValue]:
    for name, step, time, value in result.values:
        yield MetricValue(str(name), operator.index(step), float(time), float(value))
    for name, (steps, times, values) in result.series.items():
        for step, time, value in zip(steps, times, values, strict=True):
            yield MetricValue(str(name), operator.index(step), float(time), float(value))
