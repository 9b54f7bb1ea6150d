"""Loads objects that installed packages add to Gage by entry points. Does not know what the objects are for."""

import os
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple


class Plugin(NamedTuple):
    """An entry point of a package in a group: `value` is the object that it names, `problem` the reason why it is
    not usable.
    """

    name: str
    package: str
    version: str
    value: object = None
    problem: str = ""
    group: str = ""

    def __str__(self) -> str:
        return f"{self.name} of {self.package} {self.version}".rstrip()


def load_plugins(group: str, is_valid: Callable[[object], bool], expected: str) -> tuple[Plugin, ...]:
    """Returns the plugins of a group of entry points by name, imported. Takes 1 to 5 ms where there is none.

    A plugin whose value is not valid has a `problem` that says what was `expected`. Never raises.
    """
    return tuple(
        plugin
        if plugin.problem or is_valid(plugin.value)
        else plugin._replace(problem=f"expected {expected}, got {type(plugin.value).__name__}")
        for plugin in _load_group(group, tuple(sys.path))
    )


@lru_cache(maxsize=8)
def _load_group(group: str, path: tuple[str, ...]) -> tuple[Plugin, ...]:
    if f"[{group}]".encode() not in _read_entry_points(path):
        return ()
    from importlib import metadata  # costs 30 ms, so only where there is something to find

    entries = sorted(metadata.entry_points(group=group), key=lambda e: (e.name, e.value))
    plugins: list[Plugin] = []
    for entry in entries:
        package, version = (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
        plugin = Plugin(entry.name, package, version, group=group)
        try:
            plugins.append(plugin._replace(value=entry.load()))
        except (Exception, SystemExit) as e:  # importing a plugin may raise anything
            plugins.append(plugin._replace(problem=describe_exception(e)))
    return tuple(plugins)


@lru_cache(maxsize=4)
def _read_entry_points(path: tuple[str, ...]) -> bytes:
    """Returns the entry points of all packages that are installed in the directories, if any of them is Gage's."""
    texts = []
    for directory in path:
        try:
            with os.scandir(directory or ".") as entries:
                packages = [e.path for e in entries if e.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue  # `sys.path` may name what does not exist
        texts += [text for text in map(_read_text, packages) if b"[gage." in text]
    return b"\n".join(texts)


def _read_text(package: str) -> bytes:
    try:
        with open(f"{package}/entry_points.txt", "rb") as file:
            return file.read()
    except OSError:
        return b""


def describe_exception(error: BaseException) -> str:
    """Returns the exception's class and message on one line of at most 200 characters and the class."""
    message = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
