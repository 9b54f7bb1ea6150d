"""The table of config file formats: which module or plugin reads a file of a given name.

Imports a format when a file of it is met, and plugins (entry points of the group `gage.formats`) only for a suffix
that no format of Gage's own has.
"""

import os
import re
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from gage.formats.config_source import ConfigSource, FileValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.lib.plugins import Plugin

GROUP = "gage.formats"
"""Group of entry points. Each names a `ConfigSource` that also has `suffixes`, such as `(".properties",)`."""


class FileFormat(NamedTuple):
    """A format: the module in `gage.formats`, the suffixes of its files, and whether these are programs."""

    module: str
    suffixes: tuple[str, ...]
    is_program: bool = False


FORMATS = {
    "python": FileFormat("python", (".py",), is_program=True),
    "notebook": FileFormat("notebook", (".ipynb",), is_program=True),
    "toml": FileFormat("toml", (".toml",)),
    "yaml": FileFormat("yaml", (".yaml", ".yml")),
    "json": FileFormat("json", (".json", ".jsonc")),
    "ini": FileFormat("ini", (".ini", ".cfg", ".conf")),
    "env": FileFormat("dotenv", (".env",)),
    "shell": FileFormat("shell", (".sh", ".bash"), is_program=True),
    "r": FileFormat("r", (".r",), is_program=True),
}
"""Gage's own formats by name. A file `.env` or `.env.local` is an environment file as well."""

UNTYPED_FORMATS = ("ini", "env", "shell", "r")
"""Formats in which `1` may be a float: those of only text, and R."""

_FORMAT_BY_SUFFIX = {suffix: name for name, entry in FORMATS.items() for suffix in entry.suffixes}


def format_name(path: str) -> str:
    """Returns the name of the format of a file, "" if no format has its suffix."""
    base = os.path.basename(path).lower()
    if base == ".env" or base.startswith(".env."):
        return "env"
    suffix = os.path.splitext(base)[1]
    if not suffix or suffix in _FORMAT_BY_SUFFIX:
        return _FORMAT_BY_SUFFIX.get(suffix, "")
    plugin = _find_plugin(suffix)
    return plugin.name if plugin else ""


def is_program(path: str) -> bool:
    """Returns whether files of this path's format are programs, whose values are set when they are run."""
    name = format_name(path)
    return name in FORMATS and FORMATS[name].is_program


def find_config_source(path: str) -> ConfigSource | None:
    """Returns what reads and changes the values of a file, None if no format has its suffix."""
    name = format_name(path)
    if name in FORMATS:
        return cast(ConfigSource, import_module(f"gage.formats.{FORMATS[name].module}"))
    plugin = _find_plugin(os.path.splitext(path)[1].lower()) if name else None
    return PluginFormat(plugin) if plugin else None


def detect_config_source(path: str, data: bytes) -> ConfigSource | None:
    """Returns what reads and changes a file that a Gage file names: by its name, else INI if it has sections."""
    source = find_config_source(path)
    section = rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:[#;][^\n]*)?\r?\n)*\[[\w .:/-]+\][ \t]*\r?\n"
    if source is None and re.match(section, data):
        return cast(ConfigSource, import_module("gage.formats.ini"))
    return source


def load_format_plugins() -> "tuple[Plugin, ...]":
    """Returns the formats that installed packages add, those that cannot be used with their `problem`."""
    from gage.lib.plugins import load_plugins

    return load_plugins(GROUP, _is_format, "an object with suffixes, read() and apply()")


def _is_format(value: object) -> bool:
    suffixes = getattr(value, "suffixes", None)
    is_format = callable(getattr(value, "read", None)) and callable(getattr(value, "apply", None))
    return is_format and isinstance(suffixes, tuple) and all(isinstance(suffix, str) for suffix in suffixes)


def _find_plugin(suffix: str) -> "Plugin | None":
    for plugin in load_format_plugins():
        if not plugin.problem and suffix in cast(FileFormat, plugin.value).suffixes:
            return plugin
    return None


class PluginFormat:
    """A plugin's format. Turns every exception of the plugin into a ConfigError."""

    def __init__(self, plugin: "Plugin") -> None:
        self._plugin = plugin
        self._source = cast(ConfigSource, plugin.value)

    def read(self, data: bytes) -> dict[str, FileValue]:
        """See `ConfigSource.read`."""
        try:
            return {str(name): FileValue(*value) for name, value in self._source.read(data).items()}
        except (Exception, SystemExit) as e:  # a plugin may raise anything
            raise self._convert(e) from None

    def apply(self, data: bytes, values: Mapping[str, JSONValue]) -> bytes:
        """See `ConfigSource.apply`."""
        try:
            return bytes(self._source.apply(data, values))
        except (Exception, SystemExit) as e:
            raise self._convert(e) from None

    def _convert(self, error: BaseException) -> ConfigError:
        from gage.lib.plugins import describe_exception

        if isinstance(error, ConfigError):
            return error
        return ConfigError(f"The plugin {self._plugin} failed: {describe_exception(error)}", "Try: gage check")
