"""Compares every message about an invalid Gage file with the expected text.

mistakes.*.txt hold the cases: `=== name`, the file, `--- operations that can still be run`, the messages.
With GAGE_UPDATE_MISTAKES=1 the tests replace the messages with what Gage prints now.
"""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from gage.gagefile.load import parse_gagefile
from gage.gagefile.render_diagnostics import render_diagnostics

HERE = Path(__file__).parent
UPDATE = os.environ.get("GAGE_UPDATE_MISTAKES")
SUFFIXES = ("toml", "json", "yaml")


class Mistake(NamedTuple):
    """One case: the text of a Gage file, the operations that remain usable, and the rendered problems."""

    name: str
    text: str
    operations: str
    messages: str


def read_mistakes(suffix):
    content = "\n" + locate_cases(suffix).read_text()
    for section in content.split("\n=== ")[1:]:
        name, rest = section.split("\n", 1)
        text, expected = rest.split("\n--- ", 1) if "\n--- " in rest else ("", rest.removeprefix("--- "))
        operations, messages = expected.split("\n", 1)
        yield Mistake(name, text, operations, messages.strip("\n"))


def locate_cases(suffix):
    return HERE / f"mistakes.{suffix}.txt"


def update_mistake(mistake, suffix):
    """Returns the mistake with the operations and messages that Gage reports now."""
    text = mistake.text + "\n"
    gagefile = parse_gagefile(text, f"gage.{suffix}", "linux")
    operations = ", ".join(gagefile.operations) or "none"
    return mistake._replace(
        operations=operations, messages=render_diagnostics(f"gage.{suffix}", gagefile.diagnostics, text)
    )


def format_mistakes(mistakes):
    return "\n".join(
        "\n".join(
            [
                f"=== {m.name}",
                *([m.text] if m.text else []),
                f"--- {m.operations}",
                *([m.messages] if m.messages else []),
            ]
        )
        + "\n"
        for m in mistakes
    )


CASES = [pytest.param(s, m, id=f"{s}: {m.name}") for s in SUFFIXES for m in read_mistakes(s)]


@pytest.mark.skipif(bool(UPDATE), reason="the expected messages are being rewritten")
@pytest.mark.parametrize("suffix, mistake", CASES)
def test_explains_mistake(suffix, mistake):
    assert update_mistake(mistake, suffix) == mistake


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_mistakes_file_is_complete(suffix):
    mistakes = list(read_mistakes(suffix))
    assert len(mistakes) >= 40
    if UPDATE:
        mistakes = [update_mistake(m, suffix) for m in mistakes]
        locate_cases(suffix).write_text(format_mistakes(mistakes))
    assert locate_cases(suffix).read_text() == format_mistakes(mistakes)
