"""What is said to people who wait."""

import io
import sys
import time

import pytest

from gage.cli.render import spinner
from gage.cli.render.spinner import Spinner


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "takes", "said"), [(Terminal, 0.3, True), (Terminal, 0.0, False), (io.StringIO, 0.3, False)]
)
def test_it_is_said_to_people_and_taken_back(monkeypatch, stream, takes, said):
    monkeypatch.setattr(spinner, "DELAY_SECONDS", 0.05)
    monkeypatch.setattr(sys, "stderr", stream())
    with Spinner("Looking at train.py"):
        time.sleep(takes)
    assert sys.stderr.getvalue() == ("Looking at train.py ...\r\x1b[K" if said else "")
