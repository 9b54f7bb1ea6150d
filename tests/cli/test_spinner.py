"""The message that is shown during a slow operation."""

import io
import sys

import pytest
from waiting import wait_until

from gage.cli.render import spinner
from gage.cli.render.spinner import Spinner


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_shows_a_message_on_a_terminal_and_removes_it(monkeypatch):
    monkeypatch.setattr(spinner, "DELAY_SECONDS", 0.6)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Spinner("Looking at train.py"):
        wait_until(lambda: "2 s" in sys.stderr.getvalue())
    shown = sys.stderr.getvalue()
    assert shown.startswith("\r\x1b[KLooking at train.py ...\r\x1b[K")
    assert shown.endswith("\r\x1b[KLooking at train.py ... 2 s\r\x1b[K")


@pytest.mark.parametrize(("stream", "delay"), [(Terminal, 600), (io.StringIO, 0)], ids=["short", "no terminal"])
def test_shows_no_message_for_a_short_wait_or_without_a_terminal(monkeypatch, stream, delay):
    monkeypatch.setattr(spinner, "DELAY_SECONDS", delay)
    monkeypatch.setattr(sys, "stderr", stream())
    with Spinner("Looking at train.py") as waiting:
        assert waiting is None
    assert sys.stderr.getvalue() == ""
