"""The widget that shows the lines of the screen. It redraws only lines that changed. Knows lines and colours."""

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from gage.cli.compare_screen.palette import ColorMode, build_style
from gage.cli.compare_screen.spans import Line


class LineView(Widget):
    """Lines of spans, from top to bottom. The texts are plain: nothing in them is markup."""

    class Resized(Message):
        """The lines have another size."""

    def __init__(self, mode: ColorMode) -> None:
        super().__init__()
        self._mode = mode
        self._lines: list[Line] = []

    @property
    def lines(self) -> list[str]:
        """The texts of the lines."""
        return ["".join(text for text, _ in line) for line in self._lines]

    def show(self, lines: list[Line]) -> None:
        """Shows other lines."""
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self.refresh()
            return
        width = self.size.width
        changed = [Region(0, y, width, 1) for y, (old, new) in enumerate(zip(before, lines, strict=True)) if old != new]
        if changed:
            self.refresh(*changed)

    def on_resize(self, event: events.Resize) -> None:
        """Reports the new size."""
        self.post_message(self.Resized())

    def render_line(self, y: int) -> Strip:
        """Returns one line."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        segments = [Segment(text, build_style(style, self._mode)) for text, style in self._lines[y] if text]
        return Strip(segments).adjust_cell_length(self.size.width)
