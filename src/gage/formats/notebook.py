"""Jupyter notebooks: the constants of the cells tagged `parameters`, else those of all code cells.

Changes them in place; outputs and everything else in the file stay the same.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gage.formats import json, python_values, spans
from gage.formats.config_source import FileValue
from gage.formats.python_constants import format_literal
from gage.formats.spans import ValueNode
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

PARAMETERS_TAG = "parameters"
MAX_NODES = 1_000_000
"""JSON nodes of a notebook: cells, lines and values of outputs."""

_MAGIC = re.compile(r"^([ \t]*)[%!](?!%)", re.MULTILINE)
_CODE_MAGIC = re.compile(r"%%(?:time|timeit|capture|prun)\b")
_TOKEN = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


def read(data: bytes) -> dict[str, FileValue]:
    """See `ConfigSource.read`. Lines are counted over the code of all cells."""
    text, _ = spans.decode_text(data)
    code = _extract_code(text)
    return python_values.build_config_values(code.text, _find_constants(code))


def apply(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """See `ConfigSource.apply`."""
    text, mark = spans.decode_text(data)
    code = _extract_code(text)
    edits: list[tuple[int, int, str]] = []
    for start, end, new in spans.build_edits(_find_constants(code), values, format_literal):
        at, stop = code.raw[start], code.raw[end - 1] + len(_token_at(text, code.raw[end - 1]))
        edits.append((at, stop, json.format_value(new)[1:-1]))
    return spans.encode_text(mark + spans.apply_edits(text, edits))


class _NotebookCode(NamedTuple):
    """The code of a notebook as one text.

    `raw` has the offset in the file of each character; `lines` are the lines of the tagged cells, None for all.
    """

    text: str
    raw: list[int]
    lines: frozenset[int] | None


def _find_constants(code: _NotebookCode) -> ValueNode:
    return python_values.find_constants(code.text, python_values.parse_python(code.text), code.lines)


def _extract_code(text: str) -> _NotebookCode:
    root = json.parse(text, max_items=MAX_NODES, max_values=MAX_NODES)
    cells = dict(root.children).get("cells")
    if cells is None or cells.kind != "list":
        raise ConfigError("The file is not a notebook: it has no cells")
    parts: list[str] = []
    raw: list[int] = []
    tagged: set[int] = set()
    line = 1
    for _, cell in cells.children:
        source, where = _read_source(text, cell)
        code = _comment_out_magics(source)
        if code is None:
            continue
        count = code.count("\n") + 1
        if _is_tagged(cell):
            tagged.update(range(line, line + count))
        parts.append(code + "\n")
        raw += [*where, -1]
        line += count
    return _NotebookCode("".join(parts), raw, frozenset(tagged) or None)


def _is_tagged(cell: ValueNode) -> bool:
    value = cell.value if isinstance(cell.value, Mapping) else {}
    metadata = value.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return spans.is_list(tags) and PARAMETERS_TAG in tags


def _read_source(text: str, cell: ValueNode) -> tuple[str, list[int]]:
    """Returns the source of a code cell and the offset in the file of each character; "" for other cells."""
    parts = dict(cell.children)
    source = parts.get("source")
    kind = parts.get("cell_type")
    if source is None or kind is None or kind.value != "code":
        return "", []
    strings = [p for _, p in source.children] if source.kind == "list" else [source]
    where: list[int] = []
    for string in strings:
        if isinstance(string.value, str):
            where += _list_offsets(text, string)
    return "".join(s.value for s in strings if isinstance(s.value, str)), where


def _list_offsets(text: str, string: ValueNode) -> list[int]:
    return [m.start() for m in _TOKEN.finditer(text, string.start + 1, string.end - 1)]


def _token_at(text: str, at: int) -> str:
    match = _TOKEN.match(text, at)
    return match[0] if match else ""


def _comment_out_magics(source: str) -> str | None:
    """Returns a cell's source with IPython magics as comments, of the same length; None if it is not Python."""
    if source.startswith("%%"):
        if not _CODE_MAGIC.match(source):
            return None
        source = "#" + source[1:]
    source = _MAGIC.sub(r"\1#", source)
    try:
        python_values.parse_python(source)
    except ConfigError:
        return None
    return source if source.strip() else None
