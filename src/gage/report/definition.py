"""Defines the kinds of blocks and their keys: names, meanings and values. Parser, help and messages use it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

KeyType = Literal["text", "filter", "name", "names", "sort", "count", "number", "flag", "choice", "words", "format"]


class KeyDefinition(NamedTuple):
    """A key of a block: the type of its value, its description, and the allowed values of the type "choice"."""

    type: KeyType
    description: str
    choices: tuple[str, ...] = ()


class BlockKind(NamedTuple):
    """A kind of block: its description, the keys that it may have, and the keys that it must have."""

    description: str
    keys: tuple[str, ...]
    required: tuple[str, ...] = ()


FRONT_KEYS: Mapping[str, KeyDefinition] = {
    "title": KeyDefinition("text", "Title of the report"),
    "runs": KeyDefinition("filter", "Filter of the runs that the report is about (default: all)"),
    "freeze": KeyDefinition("flag", "Reuse the data of the last run of this report"),
}

KEYS: Mapping[str, KeyDefinition] = {
    "where": KeyDefinition("filter", "Filter of the report's runs, as in `--where`"),
    "sort": KeyDefinition("sort", "Order: `loss`, or `-loss` for the highest first; several with commas"),
    "limit": KeyDefinition("count", "Most rows or lines"),
    "columns": KeyDefinition("names", "Columns, as in `--columns` of `gage list`"),
    "rows": KeyDefinition("names", "Values that become rows"),
    "cols": KeyDefinition("names", "Values that become columns"),
    "values": KeyDefinition("names", "Values of the cells: `mean(acc)`, `max(acc)`, `count`"),
    "value": KeyDefinition("text", "An inline value (see below)"),
    "metric": KeyDefinition("name", "Metric, or function of one such as `min(loss)`"),
    "direction": KeyDefinition(
        "choice", "Whether low or high values are better (default: inferred from the name)", ("min", "max")
    ),
    "per": KeyDefinition("name", "Show the best run for each of these values: `op`, `config.lr`"),
    "x": KeyDefinition(
        "choice", "`step` (default), `time`, or `relative` to the first value", ("step", "time", "relative")
    ),
    "y": KeyDefinition("names", "Metrics, also globs such as `val*`"),
    "group": KeyDefinition("name", "`seed`: mean ± std over runs that differ in seed only; or a value: `config.lr`"),
    "smooth": KeyDefinition("number", "Smoothing weight, from 0 to below 1"),
    "log": KeyDefinition("flag", "Logarithmic y axis"),
    "baseline": KeyDefinition("text", "Run that the others are compared with"),
    "a": KeyDefinition("text", "A run with its seeds, or a filter"),
    "b": KeyDefinition("text", "A run with its seeds, or a filter"),
    "run": KeyDefinition("text", "A run: name, ID, `latest` (default) or `best(loss)`"),
    "runs": KeyDefinition("words", "Runs: names, IDs, `latest`, `best(loss)`"),
    "only": KeyDefinition("names", "Sections to show, as in `--only` of `gage diff`"),
    "path": KeyDefinition("text", "File of the run, also a glob, or the name of an image"),
    "lines": KeyDefinition("count", "Last lines of the output (default: 20)"),
    "board": KeyDefinition("text", "Name of a board: `gage board` lists them"),
    "caption": KeyDefinition("text", "Text below the block"),
    "format": KeyDefinition("format", "Format of numbers, as in Python: `.3f`, `.1%`"),
}

KINDS: Mapping[str, BlockKind] = {
    "table": BlockKind("A row for each run", ("where", "sort", "limit", "columns", "baseline", "format", "caption")),
    "pivot": BlockKind(
        "A table of values over two config values",
        ("rows", "cols", "values", "where", "format", "caption"),
        ("rows", "values"),
    ),
    "plot": BlockKind(
        "Curves of metrics", ("y", "x", "group", "smooth", "log", "where", "sort", "limit", "caption"), ("y",)
    ),
    "best": BlockKind(
        "The best runs, how they differ from the others, and how much may be chance",
        ("metric", "direction", "per", "where", "limit", "format", "caption"),
        ("metric",),
    ),
    "compare": BlockKind(
        "The difference between two groups of runs",
        ("a", "b", "metric", "direction", "where", "caption"),
        ("a", "b", "metric"),
    ),
    "diff": BlockKind("The differences between runs", ("runs", "only", "where", "limit", "caption"), ("runs",)),
    "board": BlockKind("A board of the project", ("board", "where", "limit", "caption"), ("board",)),
    "value": BlockKind("A number, large", ("value", "where", "format", "caption"), ("value",)),
    "image": BlockKind("Images of a run", ("run", "path", "limit", "where", "caption"), ("path",)),
    "output": BlockKind("The end of a run's output", ("run", "lines", "where", "caption")),
}


def format_reference() -> str:
    """Returns the kinds of blocks and the keys as Markdown tables, for the help."""
    kinds = "\n".join(f"| `{name}` | {kind.description}. Keys: {_list_keys(kind)} |" for name, kind in KINDS.items())
    keys = "\n".join(f"| `{name}` | {key.description} |" for name, key in KEYS.items())
    return f"| block | shows |\n|---|---|\n{kinds}\n\n| key | meaning |\n|---|---|\n{keys}\n"


def _list_keys(kind: BlockKind) -> str:
    return ", ".join(f"{key} (needed)" if key in kind.required else key for key in kind.keys)
