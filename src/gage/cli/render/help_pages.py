"""The topics of `gage help`: reads them as Markdown, renders them for a terminal, and splits them for the search.

Of Markdown it knows headings, paragraphs, lists, tables, fenced blocks and `code`: what the topics use.
"""

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from gage.cli.command_index import MAX_HELP_WIDTH
from gage.cli.render import terminal

MAX_TERM_WIDTH = 33
"""Columns of the first column of a table, up to which the second stands beside it."""

_CODE = re.compile(r"`([^`]+)`")
_ITEM = re.compile(r"- |\d+\. ")
_SENTENCE = re.compile(r"(?<=[.:;!?]) (?=[A-Z`'])")
_NBSP = "\u00a0"
"""A blank at which no line is broken."""
_GAGE_NBSP = f"gage{_NBSP}"


class MarkdownBlock(NamedTuple):
    """A part of a topic. `kind` is "title", "text", "item", "row", "code", "blank" or "file" (the name of the file that
    the code after it is in); `cells` are the texts of a row.
    """

    kind: str
    text: str
    cells: tuple[str, ...] = ()


def read_topic(topic: str) -> str:
    """Returns a topic as Markdown."""
    if topic == "gagefile":
        from gage.gagefile.reference import render_reference

        return render_reference()
    return (Path(__file__).parents[1] / "topics" / f"{topic}.md").read_text("utf-8")


def render_markdown(text: str, width: int | None = None) -> str:
    """Renders Markdown in `width` columns (default: those of the terminal), section titles in upper case."""
    width = min(MAX_HELP_WIDTH, width or terminal.detect_width() or MAX_HELP_WIDTH)
    parts = list(parse_blocks(text))
    terms = _term_widths(parts)
    lines = [line for n, block in enumerate(parts) for line in _render_block(block, width, terms[n])]
    return "\n".join(lines).strip("\n")


def render_line(text: str) -> str:
    """Renders a search hit, indented, in the columns of the terminal."""
    return "\n".join(_wrap(text, min(MAX_HELP_WIDTH, terminal.detect_width() or MAX_HELP_WIDTH), "  "))


def extract_sentences(text: str) -> Iterator[str]:
    """Yields the sentences, items, rows and example lines of a topic, without marks."""
    for block in parse_blocks(text):
        if block.kind == "row":
            yield _strip_marks(": ".join((block.cells[0], block.cells[-1])))
        elif block.kind in ("text", "item"):
            yield from map(_strip_marks, _SENTENCE.split(block.text))
        elif block.text:
            yield _strip_marks(block.text)


def parse_blocks(text: str) -> Iterator[MarkdownBlock]:
    """Yields the parts of a topic in order; lines of a paragraph are joined, each line of code is a part."""
    kept: list[str] = []
    inside = False
    lines = [*text.rstrip().split("\n"), ""]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        fence = line.startswith("```")
        starts = inside or fence or not line.strip() or line.startswith(("#", "|")) or _ITEM.match(line)
        if starts and kept:
            yield MarkdownBlock("item" if _ITEM.match(kept[0]) else "text", " ".join(kept))
            kept = []
        if fence:
            inside = not inside
            if inside and (name := re.search(r'title="([^"]+)"', line)):
                yield MarkdownBlock("file", name[1])
        elif inside:
            yield MarkdownBlock("code", line.rstrip())
        elif line.startswith("#"):
            yield MarkdownBlock("title", line.lstrip("# "))
        elif line.startswith("|"):
            if not _is_rule(line) and not _is_rule(after):  # nor the head above a rule
                yield MarkdownBlock("row", "", _split_cells(line))
        elif not line.strip():
            yield MarkdownBlock("blank", "")
        else:
            kept.append(line.strip())


def _is_rule(line: str) -> bool:
    return line.startswith("|-") and set(line) <= set("|-: ")


def _split_cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip("|")))


def _term_widths(parts: list[MarkdownBlock]) -> list[int]:
    """Returns for each part the width of its table's first column; 0 if the second column goes below the first."""
    widths: list[int] = []
    for is_table, group in groupby(parts, key=lambda block: block.kind == "row"):
        rows = list(group)
        widest = max(terminal.display_width(_strip_marks(row.cells[0])) for row in rows) if is_table else 0
        fits = widest <= MAX_TERM_WIDTH and all(len(row.cells) == 2 for row in rows)
        widths += [widest if fits else 0] * len(rows)
    return widths


def _render_block(block: MarkdownBlock, width: int, term: int) -> Iterator[str]:
    match block.kind:
        case "blank":
            yield ""
        case "title":
            yield terminal.paint(block.text.upper(), "bold")
        case "file":
            yield f"  {block.text}:"
        case "code":
            line = terminal.paint(block.text, "bold" if block.text.startswith("$ ") else "")
            yield f"    {line}".rstrip()
        case "row":
            yield from _render_row(block.cells, width, term)
        case "item":
            mark, rest = block.text.split(" ", 1)
            yield from _wrap(rest, width, f"  {mark} ")
        case _:
            yield from _wrap(block.text, width, "")


def _render_row(cells: tuple[str, ...], width: int, term: int) -> Iterator[str]:
    first, last = _strip_marks(cells[0]), cells[-1]
    if term:
        first += " " * (term - terminal.display_width(first))
        lines = list(_wrap(last, width, " " * (term + 4)))
        yield f"  {terminal.paint(first, 'bold')}  {lines[0].lstrip()}"
        yield from lines[1:]
    else:
        kind = f"  ({cells[1]})" if len(cells) > 2 else ""
        yield from _wrap(f"`{first.replace(' ', _NBSP)}`{kind}", width, "  ", quotes="")
        yield from _wrap(last, width, "      ")


def _wrap(text: str, width: int, indent: str, quotes: str = "'") -> Iterator[str]:
    """Wraps text to `width` columns; the first line starts with `indent`, the others with as many spaces."""
    words = _CODE.sub(lambda code: code[0].replace(" ", _NBSP), text).split(" ")
    line, used = "", 0
    for word in words:
        size = terminal.display_width(_strip_code_marks(word, quotes))
        if line and used + 1 + size > width - len(indent):
            yield indent + _paint_code(line, quotes)
            indent, line, used = " " * len(indent), "", 0
        line, used = (f"{line} {word}", used + 1 + size) if line else (word, size)
    yield indent + _paint_code(line, quotes)


def _strip_marks(text: str) -> str:
    """Returns text without marks."""
    return text.replace("`", "").replace(_NBSP, " ")


def _strip_code_marks(text: str, quotes: str) -> str:
    """Returns text with its code as without colours: commands in quotes."""
    return _CODE.sub(lambda code: f"{quotes}{code[1]}{quotes}" if code[1].startswith(_GAGE_NBSP) else code[1], text)


def _paint_code(text: str, quotes: str) -> str:
    if terminal.supports_color(sys.stdout):
        text = _CODE.sub(lambda code: terminal.paint(code[1], "bold"), text)
    return _strip_code_marks(text, quotes).replace(_NBSP, " ")
