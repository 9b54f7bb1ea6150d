"""Formats output for a terminal or a pipe: escaped text, colours, tables, lists of facts."""

import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from gage.types.table import Column
from gage.types.values import JSONValue, replace_non_finite
from gage.types.values import escape as escape

ANSI_CODES = {
    # Yellow and blue are hard to read on a white or a black background, so text that matters is in neither.
    "green": "32",
    "red": "31",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
    "magenta": "35",
    "dim": "2",
    "bold": "1",
}

STATUS_COLORS = {
    "completed": "green",
    "error": "red",
    "damaged": "red",
    "terminated": "magenta",
    "running": "cyan",
    "pending": "cyan",
    "staged": "",
}

COLUMN_GAP = 2
_ELLIPSIS = "…"


def prepare_streams() -> None:
    """Makes standard output and error accept any text: characters they cannot encode are escaped.

    Standard streams that were closed lead nowhere, so that no file that is opened later takes their place.
    """
    for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(fd)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(fd, mode, closefd=False))  # noqa: SIM115  # as long as Gage runs
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def escape_lines(text: str) -> str:
    """Like `escape`, for text of several lines."""
    return "\n".join(escape(line.replace("\t", "    ")) for line in text.splitlines())


def supports_color(stream: TextIO) -> bool:
    """Returns whether a stream is a terminal with colours, and NO_COLOR is not set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") in (None, "", "dumb"):
        return False
    return stream.isatty()


def paint(text: str, color: str, stream: TextIO | None = None) -> str:
    """Returns text in one of `ANSI_CODES` ("": plain) if the stream (default: standard output) supports colours."""
    if not color or not text or not supports_color(stream or sys.stdout):
        return text
    return f"\x1b[{ANSI_CODES[color]}m{text}\x1b[0m"


def print_stdout(text: str = "") -> None:
    """Prints a line to standard output."""
    sys.stdout.write(text + "\n")


def print_stderr(message: str, hint: str = "") -> None:
    """Prints a message of Gage to standard error, its hint on a separate line."""
    sys.stdout.flush()
    parts = [paint("gage:", "bold", sys.stderr) + " " + escape_lines(message)]
    if hint:
        parts.append(escape_lines(hint))
    sys.stderr.write("\n".join(parts) + "\n")
    sys.stderr.flush()


def print_path(path: str) -> None:
    """Prints a path on a line, byte for byte, so that another program can use it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(os.fsencode(path) + b"\n")
    sys.stdout.buffer.flush()


def print_json(value: JSONValue) -> None:
    """Prints a value as ASCII JSON. NaN and infinities, which JSON lacks, become text."""
    print_stdout(_format_json(value))


def print_json_rows(key: str, rows: Iterable[JSONValue], facts: Mapping[str, JSONValue]) -> None:
    """Prints an object as `print_json` does, row by row: under `key` a list of the rows, then the facts."""
    sys.stdout.write(f"{{\n  {_format_json(key)}: [")
    separator, end = "", "]"
    for row in rows:
        text = _format_json(row).replace("\n", "\n    ")
        sys.stdout.write(f"{separator}\n    {text}")
        separator, end = ",", "\n  ]"
    sys.stdout.write(end)
    for name, value in facts.items():
        sys.stdout.write(f",\n  {_format_json(name)}: {_format_json(value)}")
    print_stdout("\n}")


def _format_json(value: JSONValue) -> str:
    import json

    try:
        return json.dumps(value, indent=2, allow_nan=False)
    except ValueError:
        return json.dumps(replace_non_finite(value), indent=2)


def detect_width(stream: TextIO | None = None) -> int | None:
    """Returns the columns of the terminal; None if the stream (default: standard output) is not a terminal."""
    stream = stream or sys.stdout
    if not stream.isatty():
        return None
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def print_table(columns: Sequence[Column], values: Iterable[Sequence[JSONValue]], stream: TextIO | None = None) -> None:
    """Prints rows of values in aligned columns that fit the terminal."""
    stream = stream or sys.stdout
    rows = [tuple(escape(_format_cell(value)) for value in row) for row in values]
    columns = [column._replace(title=escape(column.title)) for column in columns]
    limit, note = detect_width(stream), ""
    titles = [column.title for column in columns]
    if limit is None:
        widths = [max(map(display_width, texts)) for texts in zip(*(titles, *rows), strict=True)]
    else:
        from gage.cli.render.fit_table import fit_table

        columns, rows, widths, note = fit_table(columns, rows, limit)
        titles = [column.title for column in columns]
    stream.write(_format_row(titles, columns, widths, ["bold"] * len(widths), stream))
    for row in rows:
        colours = [_pick_color(c.key, text) for c, text in zip(columns, row, strict=True)]
        stream.write(_format_row(row, columns, widths, colours, stream))
    if note:
        stream.write(paint(note, "dim", stream) + "\n")


def _format_row(
    texts: Sequence[str], columns: Sequence[Column], widths: Sequence[int], colours: Sequence[str], stream: TextIO
) -> str:
    cells = []
    for text, column, width, colour in zip(texts, columns, widths, colours, strict=True):
        shown = text if len(text) <= width and text.isascii() else _cut(text, width, column.key)
        pad = " " * (width - display_width(shown))
        painted = paint(shown, colour, stream)
        cells.append(pad + painted if column.align == "right" else painted + pad)
    return (" " * COLUMN_GAP).join(cells).rstrip() + "\n"


def _cut(text: str, width: int, key: str) -> str:
    from gage.cli.render.fit_table import truncate_description, truncate_text

    return truncate_description(text, width) if key == "description" else truncate_text(text, width)


def _pick_color(key: str, text: str) -> str:
    if key == "status":
        return next((color for status, color in STATUS_COLORS.items() if text in (status, status[:4])), "")
    return {"name": "bold", "started": "dim"}.get(key, "")


def _format_cell(value: JSONValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return value if isinstance(value, str) else str(value)


def truncate(text: str, width: int) -> str:
    """Returns text cut to at most `width` columns, with … for the missing part."""
    if display_width(text) <= width:
        return text
    start, used = "", 0
    for c in text:
        used += display_width(c)
        if used > width - 1:
            break
        start += c
    return start.rstrip() + _ELLIPSIS if width > 0 else ""


def display_width(text: str) -> int:
    """Returns the columns that text takes on a terminal."""
    if text.isascii():
        return len(text)
    from gage.lib.text_width import measure_width

    return measure_width(text)


def print_facts(facts: Mapping[str, str], indent: str = "", style: str = "dim", status: str = "") -> None:
    """Prints aligned `Title  value` lines, escaped; a value may have several lines, and empty values are omitted.
    `status`: the color of the fact "Status".
    """
    width = max((len(escape(title)) for title, value in facts.items() if value), default=0)
    for title, value in facts.items():
        left = paint(escape(title).ljust(width), style)
        for line in value.split("\n") if value else ():
            color = status if title == "Status" else ""
            print_stdout(f"{indent}{left}{' ' * COLUMN_GAP}{paint(escape(line), color)}".rstrip())
            left = " " * width


def print_section(title: str, lines: Iterable[str]) -> None:
    """Prints an empty line, a title and indented lines."""
    print_stdout()
    print_stdout(paint(title, "bold"))
    for line in lines:
        print_stdout(f"  {line}".rstrip())


def limit_lines(lines: Sequence[str], most: int, hint: str = "") -> list[str]:
    """Returns the lines; if there are more than `most`, the first ones and the number of the others, with a hint."""
    more = len(lines) - most
    return [*lines[:most], f"and {more:,} more{hint and f': {hint}'}"] if more > 0 else list(lines)
