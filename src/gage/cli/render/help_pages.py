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
_FENCE = re.compile(r"`{3,}")
_ITEM = re.compile(r"- |\d+\. ")
_SENTENCE = re.compile(r"(?<=[.:;!?]) (?=[A-Z`'])")
_NBSP = "\u00a0"
"""A space at which lines are not broken."""
_GAGE_NBSP = f"gage{_NBSP}"


class MarkdownBlock(NamedTuple):
    """A part of a topic. `kind` is "title" (shown in upper case), "heading", "text", "item", "row", "code", "blank" or
    "file" (the name of the file that the code after it is in); `cells` are the texts of a row.
    """

    kind: str
    text: str
    cells: tuple[str, ...] = ()


def read_topic(topic: str) -> str:
    """Returns a topic as Markdown."""
    if topic == "gagefile":
        from gage.gagefile.reference import render_reference

        return render_reference()
    text = (Path(__file__).parents[1] / "topics" / f"{topic}.md").read_text("utf-8")
    if topic != "reports":
        return text
    from gage.report.definition import format_reference

    return f"{text}\n{format_reference()}"


def render_markdown(text: str, width: int | None = None) -> str:
    """Renders Markdown in `width` columns (default: those of the terminal), section titles in upper case."""
    return render_blocks(list(parse_blocks(text)), width)


def render_blocks(blocks: list[MarkdownBlock], width: int | None = None) -> str:
    """Renders blocks in `width` columns (default: those of the terminal)."""
    width = min(MAX_HELP_WIDTH, width or terminal.detect_width() or MAX_HELP_WIDTH)
    terms = _measure_terms(blocks)
    lines = [line for n, block in enumerate(blocks) for line in _render_block(block, width, terms[n])]
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
    """Yields the blocks of a topic in order. Joins the lines of a paragraph; each line of code is a block."""
    paragraph: list[str] = []
    marks = ""  # the fence of the current block of code
    lines = [*text.rstrip().split("\n"), ""]
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        fence = _FENCE.match(line)
        is_end = bool(marks) and line.startswith(marks) and not line.strip("`")
        ends_paragraph = marks or fence or not line.strip() or line.startswith(("#", "|")) or _ITEM.match(line)
        if ends_paragraph and paragraph:
            yield MarkdownBlock("item" if _ITEM.match(paragraph[0]) else "text", " ".join(paragraph))
            paragraph = []
        if is_end:
            marks = ""
        elif marks:
            yield MarkdownBlock("code", line.rstrip())
        elif fence:
            marks = fence[0]
            if name := re.search(r'title="([^"]+)"', line):
                yield MarkdownBlock("file", name[1])
        elif line.startswith("#"):
            yield MarkdownBlock("title", line.lstrip("# "))
        elif line.startswith("|"):
            if not _is_rule(line) and not _is_rule(after):  # the header of a table and the rule below it
                yield MarkdownBlock("row", "", _split_cells(line))
        elif not line.strip():
            yield MarkdownBlock("blank", "")
        else:
            paragraph.append(line.strip())


def _is_rule(line: str) -> bool:
    return line.startswith("|-") and set(line) <= set("|-: ")


def _split_cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip("|")))


def _measure_terms(blocks: list[MarkdownBlock]) -> list[int]:
    """Returns for each block the width of its table's first column; 0 if the second column goes below the first."""
    widths: list[int] = []
    for is_table, group in groupby(blocks, key=lambda block: block.kind == "row"):
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
        case "heading":
            yield from (terminal.paint(line, "bold") for line in _wrap(block.text, width, ""))
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
    """Returns text as shown without colours: `gage` commands in quotes, other code as it is."""
    return _CODE.sub(lambda code: f"{quotes}{code[1]}{quotes}" if code[1].startswith(_GAGE_NBSP) else code[1], text)


def _paint_code(text: str, quotes: str) -> str:
    if terminal.supports_color(sys.stdout):
        text = _CODE.sub(lambda code: terminal.paint(code[1], "bold"), text)
    return _strip_code_marks(text, quotes).replace(_NBSP, " ")
