"""Reads a file that may be foreign, and turns it into lines to compare, without secrets and outputs of notebooks."""

import json
import os
from pathlib import Path

from gage.compare.facts import FileContent, FileText
from gage.compare.line_diff import MAX_LINES
from gage.lib.files import READ_DIR_FLAGS, open_inside
from gage.lib.secrets import mask_lines
from gage.types.values import JSONValue, as_list, as_table

MAX_TEXT_BYTES = 1 << 20
MAX_SOURCE_BYTES = 32 << 20
"""Bytes of a file that is read: the outputs of a notebook are not compared."""
DESCRIBED_LIMIT = f"over {MAX_SOURCE_BYTES >> 20} MB"
UNREADABLE = "the file is missing or cannot be read"


def read_file(folder: Path, path: str) -> FileContent:
    """Returns the content of a regular file below `folder`, without following links."""
    try:
        at = os.open(folder, READ_DIR_FLAGS)
        try:
            with open(open_inside(at, path), "rb") as file:
                data = file.read(MAX_SOURCE_BYTES + 1)
        finally:
            os.close(at)
    except (OSError, ValueError):
        return FileContent(None, UNREADABLE)
    return FileContent(data) if len(data) <= MAX_SOURCE_BYTES else FileContent(None, DESCRIBED_LIMIT)


def convert_to_text(path: str, content: FileContent) -> FileText:
    """Returns the lines of a file; none for a large or binary one."""
    data, note = content
    if data is None:
        return FileText(None, note)
    cells = _list_cells(data) if path.endswith(".ipynb") else None
    if cells is not None:
        text = "\n".join(cells)
    elif len(data) > MAX_TEXT_BYTES:
        return FileText(None, "over 1 MB")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return FileText(None, "binary")
        if "\0" in text:
            return FileText(None, "binary")
    if text.count("\n") > MAX_LINES:
        return FileText(None, f"over {MAX_LINES:,} lines")
    return FileText(tuple(mask_lines(text, path).removesuffix("\n").split("\n")), note)


def _list_cells(data: bytes) -> list[str] | None:
    """Returns the source of the cells of a notebook, below a line with their kind; None if it is not one."""
    try:
        cells = as_table(json.loads(data)).get("cells")
    except (ValueError, RecursionError):
        return None
    if not isinstance(cells, list):
        return None
    return [f"# [{as_table(cell).get('cell_type')}]\n{_join_source(as_table(cell).get('source'))}" for cell in cells]


def _join_source(source: JSONValue) -> str:
    return source if isinstance(source, str) else "".join(map(str, as_list(source)))
