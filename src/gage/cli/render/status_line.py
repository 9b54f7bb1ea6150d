"""A line on standard error that shows progress: rewritten in place, and removed before anything else is printed."""

import sys


class StatusLine:
    """The line, which is shown on a terminal only."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()
        self._is_shown = False

    def show(self, text: str) -> None:
        """Shows a text in place of the last one."""
        if self.is_terminal:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._is_shown = True

    def clear(self) -> None:
        """Removes the line, if it is shown."""
        if self._is_shown:
            self.show("")
            self._is_shown = False
