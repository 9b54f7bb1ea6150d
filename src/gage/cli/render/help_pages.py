"""The manual of `gage help`: its topics as Markdown, how they look on a terminal, and what they say about a word.

Of Markdown it knows headings, paragraphs, lists, tables, fenced blocks and `code`: what the topics use.
"""

import re
import sys
from collections.abc import Iterator
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
    """A part of a topic. `kind` is "title", "text", "item", "row", "code", "file" (the name of one that the code after
    it is in) or "blank"; `cells` are the texts of a row.
    """

    kind: str
    text: str
    cells: tuple[str, ...] = ()


def read_topic(topic: str) -> str:
    """A topic as Markdown."""
    if topic == "gagefile":
        from gage.gagefile.reference import render_reference

        return render_reference()
    return (Path(__file__).parents[1] / "topics" / f"{topic}.md").read_text("utf-8")


def render_markdown(text: str, width: int | None = None) -> str:
    """Markdown as it looks in `width` columns (default: those of the terminal): section titles in upper case."""
    width = min(MAX_HELP_WIDTH, width or terminal.detect_width() or MAX_HELP_WIDTH)
    parts = list(parse_blocks(text))
    terms = _term_widths(parts)
    lines = [line for n, block in enumerate(parts) for line in _render_block(block, width, terms[n])]
    return "\n".join(lines).strip("\n")


def render_line(text: str) -> str:
    """A line that was found, indented, in the columns that there are."""
    return "\n".join(_wrap(text, min(MAX_HELP_WIDTH, terminal.detect_width() or MAX_HELP_WIDTH), "  "))


def extract_sentences(text: str) -> Iterator[str]:
    """What a topic says, a sentence, an item, a row or a line of an example each, without marks."""
    for block in parse_blocks(text):
        if block.kind == "row":
            yield _strip_marks(": ".join((block.cells[0], block.cells[-1])))
        elif block.kind in ("text", "item"):
            yield from map(_strip_marks, _SENTENCE.split(block.text))
        elif block.text:
            yield _strip_marks(block.text)


def parse_blocks(text: str) -> Iterator[MarkdownBlock]:
    """The parts of a topic in their order; lines of a paragraph are put together, each line of code is a part."""
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
    """For each part the width of the first column of its table; 0 where the second stands below the first."""
    widths = [0] * len(parts)
    start = 0
    for end in range(len(parts) + 1):
        if end < len(parts) and parts[end].kind == "row":
            continue
        rows = parts[start:end]
        if rows:
            widest = max(terminal.display_width(_strip_marks(row.cells[0])) for row in rows)
            fits = widest <= MAX_TERM_WIDTH and all(len(row.cells) == 2 for row in rows)
            widths[start:end] = [widest if fits else 0] * len(rows)
        start = end + 1
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
            yield f"    {_render_code(block.text)}".rstrip()
        case "row":
            yield from _render_row(block.cells, width, term)
        case "item":
            mark, rest = block.text.split(" ", 1)
            yield from _wrap(rest, width, f"  {mark} ")
        case _:
            yield from _wrap(block.text, width, "")


def _render_code(line: str) -> str:
    """A line of an example: what is typed stands out from what is printed."""
    return terminal.paint(line, "bold") if line.startswith("$ ") else line


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
    """Text in lines of at most `width` columns; the first is led by `indent`, the others by as many blanks."""
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
    """Text without marks."""
    return text.replace("`", "").replace(_NBSP, " ")


def _strip_code_marks(text: str, quotes: str) -> str:
    """Text with its code as it is without colours: a command in quotes."""
    return _CODE.sub(lambda code: f"{quotes}{code[1]}{quotes}" if code[1].startswith(_GAGE_NBSP) else code[1], text)


def _paint_code(text: str, quotes: str) -> str:
    if terminal.supports_color(sys.stdout):
        text = _CODE.sub(lambda code: terminal.paint(code[1], "bold"), text)
    return _strip_code_marks(text, quotes).replace(_NBSP, " ")
