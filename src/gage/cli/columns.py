"""The option `--columns`: the names of values that a table shows. They are the same in every command."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gage.board import run_table as board
from gage.cli.render import terminal

if TYPE_CHECKING:
    from gage.types.run import Run

FIRST_COLUMNS = ("index", "name")
"""Columns that are always shown."""
SHOWN_ELSEWHERE = ("command", "cmd", "files", "run_dir", "cwd")
"""Names that people try as columns, but that only `gage show` shows."""


def split_names(option: str) -> list[str]:
    """Returns the names between commas that are not in backticks or, as in `mean(loss, 10)`, in parentheses."""
    from gage.select.tokens import remove_backticks

    parts, depth = [""], 0
    for text in re.findall(r"`[^`]*`|.", option, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(text, 0)
        if text == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += text
    return [remove_backticks(name) for name in map(str.strip, parts) if name]


def parse_columns(option: str, runs: "Sequence[Run]", first: Sequence[str] = FIRST_COLUMNS) -> tuple[str, ...]:
    """Returns `first` and the names in `--columns`. Another name of a column in filters stands for the column, unless a
    value of the runs has that name.
    """
    return tuple(dict.fromkeys((*first, *(_resolve_name(name, runs) for name in split_names(option)))))


def select_filled(names: Sequence[str], runs: "Sequence[Run]") -> tuple[str, ...]:
    """Returns the columns of a listing, named in settings, for which at least one run has a value."""
    if not names:
        return ()
    resolved = dict.fromkeys(_resolve_name(name, runs) for name in names)
    return tuple(name for name in resolved if name not in FIRST_COLUMNS and board.suggest_column(name, runs) is None)


def _resolve_name(name: str, runs: "Sequence[Run]") -> str:
    from gage.select.fields import COLUMN_KEYS

    plain = name.removeprefix("run.")
    key = plain if plain in board.COLUMNS else COLUMN_KEYS.get(plain, plain)
    return key if key in board.COLUMNS and board.suggest_column(name, runs) is not None else name


def report_columns(keys: Sequence[str], runs: "Sequence[Run]") -> None:
    """Reports columns whose name is also the name of a value that they do not show, and columns without values."""
    for key in keys:
        other = None if key in FIRST_COLUMNS else board.suggest_qualified_name(key, runs)
        if other is not None:
            kind = "parameter" if other.startswith("config.") else "metric"
            terminal.print_stderr(f"{key!r} is also a {kind} of these runs", f"--columns {other} shows it")
        near = None if not runs else board.suggest_column(key, runs)
        if near is not None:
            terminal.print_stderr(f"No listed run has {key!r}", _suggest_column(key, near))


def _suggest_column(key: str, near: str) -> str:
    """Returns the hint for an unknown column; `near` is the most similar one ("" = none)."""
    if key in SHOWN_ELSEWHERE:
        return "'gage show' shows it"
    from gage.index.filter_hints import FIELD_SYNONYMS

    near = FIELD_SYNONYMS.get(key, near)
    return f"Did you mean {near!r}?" if near else ""
