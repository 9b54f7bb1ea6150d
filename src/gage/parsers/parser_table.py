"""The parsers that Gage knows: how each is recognised, introspected, and given values. Installed packages add others.

A parser has a directory: its `probe.py` runs in the user's program, and `syntax.py` writes values as the parser reads
them.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.lib.plugins import Plugin

GROUP = "gage.parsers"
"""The group of entry points in which packages offer a `ParserDefinition`."""


class ParserDefinition(NamedTuple):
    """One parser.

    - `name`: as in `ParserSpec.parser` and in messages.
    - `modules`: modules of the parser that the probe patches when the program has imported them.
    - `directory`: where its `probe.py` is; for Gage's own the name of a directory beside this module.
    - `packages`: a file that imports one of them parses a command line; `calls`: a regular expression for calls that
      show the same.
    - `format_value`: (type, value) → the argument that the parser reads as this value; None for plain text.
    - `takes_dashed_values`: the argument behind an option is its value even if it begins with a dash.
    - `replaces_default`: an option that can be repeated drops its default as soon as it is given once.
    - `has_end_of_options`: `--` ends the options.
    - `reads_literals`: the parser reads text as a literal of Python or YAML.
    """

    name: str
    modules: tuple[str, ...] = ()
    directory: str = ""
    packages: tuple[str, ...] = ()
    calls: str = ""
    format_value: Callable[[str, JSONValue], str] | None = None
    takes_dashed_values: bool = False
    replaces_default: bool = False
    has_end_of_options: bool = True
    reads_literals: bool = False


def _load_syntax(directory: str) -> Callable[[str, JSONValue], str]:
    """Returns the `format_value` of a parser's `syntax.py`, which is imported when it is first called."""

    def format_value(type_name: str, value: JSONValue) -> str:
        arg: str = import_module(f"gage.parsers.{directory}.syntax").format_value(type_name, value)
        return arg

    return format_value


_ARGPARSE_CALLS = r"\.parse_(?:known_|intermixed_)?args|\bparse_args_into|\b(?:HfArgumentParser|LightningCLI)\b"
_ON_ARGPARSE = ("argh", "plac", "defopt", "pyrallis", "draccus")
"""Packages that make argparse parsers and have no definition of their own."""
BUILTIN = (
    ParserDefinition("hydra", ("hydra.main",), "hydra", ("hydra",), format_value=_load_syntax("hydra")),
    ParserDefinition(
        "omegaconf",
        ("omegaconf.omegaconf",),
        "omegaconf",
        calls=r"\bOmegaConf\.from_cli\b|\.merge_with_cli\b",
        format_value=_load_syntax("omegaconf"),
        reads_literals=True,
    ),
    ParserDefinition(
        "typer", ("typer._click.core",), "click", ("typer",), takes_dashed_values=True, replaces_default=True
    ),
    ParserDefinition(
        "click", ("click.core",), "click", ("click", "rich_click"), takes_dashed_values=True, replaces_default=True
    ),
    ParserDefinition(
        "docopt",
        ("docopt",),
        "docopt",
        ("docopt",),
        takes_dashed_values=True,
        replaces_default=True,
        has_end_of_options=False,
    ),
    ParserDefinition(
        "absl", ("absl.flags._flagvalues",), "absl", ("absl",), takes_dashed_values=True, replaces_default=True
    ),
    ParserDefinition(
        "fire",
        ("fire.core",),
        "fire",
        ("fire",),
        format_value=_load_syntax("fire"),
        takes_dashed_values=True,
        reads_literals=True,
    ),
    ParserDefinition("tyro", ("tyro",), "tyro", ("tyro",)),
    ParserDefinition(
        "jsonargparse",
        ("jsonargparse._core", "jsonargparse.core"),
        "jsonargparse",
        ("jsonargparse",),
        format_value=_load_syntax("jsonargparse"),
        reads_literals=True,
    ),
    ParserDefinition("LightningCLI", format_value=_load_syntax("jsonargparse"), reads_literals=True),
    ParserDefinition("simple-parsing", packages=("simple_parsing",)),
    ParserDefinition("optparse", ("optparse",), "optparse", takes_dashed_values=True),
    ParserDefinition("argparse", ("argparse",), "argparse", _ON_ARGPARSE, _ARGPARSE_CALLS),
    ParserDefinition("shell"),
)
"""Gage's own parsers."""
_BY_NAME = {definition.name: definition for definition in BUILTIN}


def find_definition(name: str) -> ParserDefinition:
    """Returns the definition of a parser by the name in `ParserSpec.parser`; a plain one for a parser without it."""
    if not name or name.startswith("R ") or name in _BY_NAME:
        return _BY_NAME.get(name) or ParserDefinition(name)
    for definition in _list_plugins():
        if definition.name == name:
            return definition
    return ParserDefinition(name)


def load_parser_plugins() -> "tuple[Plugin, ...]":
    """Returns the parsers that installed packages offer, and those that cannot be used (`Plugin.problem`)."""
    from gage.lib.plugins import load_plugins

    return load_plugins(GROUP, lambda value: isinstance(value, ParserDefinition), "a ParserDefinition")


def _list_plugins() -> list[ParserDefinition]:
    return [plugin.value for plugin in load_parser_plugins() if isinstance(plugin.value, ParserDefinition)]


def has_command_line(text: bytes) -> bool:
    """Returns whether the source of a Python file shows that it parses a command line."""
    return _pattern(BUILTIN).search(text) is not None or any(_pattern((p,)).search(text) for p in _list_plugins())


@lru_cache(maxsize=64)
def _pattern(definitions: tuple[ParserDefinition, ...]) -> re.Pattern[bytes]:
    """Matches a call like `parser.parse_args`, or a line like `import click` or `from package.cli import main`."""
    calls = [definition.calls for definition in definitions if definition.calls]
    packages = "|".join(re.escape(package) for definition in definitions for package in definition.packages)
    imports = [
        rf"^[ \t]*(?:from|import)[ \t][^#\n]*?\b(?:{packages})\b" if packages else "",
        r"^[ \t]*from[ \t]+[\w.]*\.(?:cli|__main__)[ \t]+import",
    ]
    return re.compile("|".join(filter(None, (*calls, *imports))).encode(), re.M)


def list_probes() -> Iterator[tuple[str, str]]:
    """Yields pairs of a parser's module and the directory with the `probe.py` that patches it."""
    here = Path(__file__).parent
    for definition in (*BUILTIN, *_list_plugins()):
        for module in definition.modules:
            yield module, str(here / definition.directory)
