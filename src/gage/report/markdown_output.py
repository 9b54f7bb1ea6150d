"""Renders a report as Markdown, with SVG files and images beside it. Escapes the text of runs."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gage.board.svg_plot import draw_svg
from gage.board.table_formats import format_markdown
from gage.report.items import (
    CodeItem,
    FactsItem,
    ImageItem,
    Item,
    NumberItem,
    PlotItem,
    Report,
    ReportBlock,
    ReportText,
    TableItem,
    TextItem,
)
from gage.report.render_error import format_error_lines
from gage.report.safe_markdown import escape_markdown
from gage.report.source import ErrorItem
from gage.report.table_text import format_table
from gage.types.values import escape

FILES_DIR = "report_files"
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/bmp": "bmp"}
DIFF_MARKS = {"+": "+ ", "-": "- ", "@": "@@ ", "": ""}


class RenderedMarkdown(NamedTuple):
    """Markdown, and the files that it shows by their relative paths."""

    text: str
    files: dict[str, bytes]


def render_markdown_report(report: Report, files_dir: str = FILES_DIR) -> RenderedMarkdown:
    """Returns a report as Markdown, with pictures in `files_dir`."""
    renderer = _MarkdownRenderer(files_dir)
    parts = [f"# {escape_markdown(report.title)}"] if not report.starts_with_heading else []
    parts += [_render_error(problem) for problem in report.problems]
    parts += [renderer.render_part(part) for part in report.parts]
    return RenderedMarkdown("\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n", renderer.files)


class _MarkdownRenderer:
    """Renders parts and collects their files."""

    def __init__(self, files_dir: str) -> None:
        self.files: dict[str, bytes] = {}
        self._files_dir = files_dir

    def render_part(self, part: ReportText | ReportBlock) -> str:
        if isinstance(part, ReportText):
            return part.markdown
        texts = [self._render_item(item, part) for item in part.items]
        texts += [f"*{escape_markdown(part.caption)}*"] if part.caption else []
        return "\n\n".join(text.strip("\n") for text in texts if text)

    def _render_item(self, item: Item, block: ReportBlock) -> str:
        match item:
            case TextItem(text, style):
                escaped = escape_markdown(text)
                return f"**{escaped}**" if style == "title" else f"*{escaped}*" if style == "note" else escaped
            case FactsItem(facts):
                return "\n".join(f"- **{escape_markdown(title)}**: {escape_markdown(text)}" for title, text in facts)
            case TableItem():
                return format_markdown(format_table(item))
            case PlotItem(plot):
                path = self._add_file(block, plot.title, "svg", draw_svg(plot).encode("utf-8", "replace"))
                return f"![Plot of {escape_markdown(plot.title)}]({path})"
            case ImageItem(name, media_type, data):
                path = self._add_file(block, name, SUFFIXES[media_type], data)
                return f"![{escape_markdown(name)}]({path})"
            case CodeItem():
                return _render_code(item)
            case NumberItem(text, label):
                return f"**{escape_markdown(text)}** {escape_markdown(label)}"
            case ErrorItem():
                return _render_error(item)

    def _add_file(self, block: ReportBlock, name: str, suffix: str, data: bytes) -> str:
        """Adds a file under a new name, and returns its path."""
        word = re.sub(r"[^a-z0-9]+", "-", f"{block.id or block.kind} {name}".lower()).strip("-")[:60] or "picture"
        path = f"{self._files_dir}/{word}.{suffix}"
        for number in range(2, len(self.files) + 3):
            if path not in self.files:
                break
            path = f"{self._files_dir}/{word}-{number}.{suffix}"
        self.files[path] = data
        return path


def _render_code(item: CodeItem) -> str:
    is_diff = any(mark in "+-" for mark, _ in item.lines if mark)
    lines = [f"{_mark_line(mark, is_diff)}{escape(text.replace(chr(9), '    '))}" for mark, text in item.lines]
    return f"{escape_markdown(item.title)}\n\n{_render_fence(lines, 'diff' if is_diff else '')}"


def _mark_line(mark: str, is_diff: bool) -> str:
    return DIFF_MARKS[mark] if mark or not is_diff else "  "


def _render_error(error: ErrorItem) -> str:
    return _render_fence(format_error_lines(error))


def _render_fence(lines: Sequence[str], language: str = "") -> str:
    """Returns lines as a block of code, whose fence is longer than each run of backticks in the lines."""
    fence = "`" * max(3, *(len(ticks) + 1 for line in lines for ticks in re.findall("`+", line)), 0)
    return "\n".join((f"{fence}{language}", *lines, fence))
