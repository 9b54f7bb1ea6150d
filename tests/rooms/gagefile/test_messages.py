"""Every message of a wrong Gage file, whole, as a person reads it. The mistakes are in mistakes.*.txt."""

from pathlib import Path

import pytest

from gage.gagefile.load import loads
from gage.gagefile.render_problem import explain_all

HERE = Path(__file__).parent


def mistakes(suffix):
    """(name, text of the file, operations that are left, expected message) of each mistake."""
    for part in ("\n" + (HERE / f"mistakes.{suffix}.txt").read_text()).split("\n=== ")[1:]:
        name, rest = part.split("\n", 1)
        text, told = rest.split("\n--- ", 1) if "\n--- " in rest else ("", rest.removeprefix("--- "))
        left, message = told.split("\n", 1)
        yield pytest.param(suffix, text + "\n", left, message.strip("\n"), id=f"{suffix}: {name}")


ALL = [*mistakes("toml"), *mistakes("json"), *mistakes("yaml")]


@pytest.mark.parametrize("suffix, text, left, message", ALL)
def test_a_mistake_is_explained(suffix, text, left, message):
    file = loads(text, f"gage.{suffix}", "linux")
    assert explain_all(file.problems, text) == message
    assert (", ".join(file.operations) or "none") == left


def test_there_are_enough_of_each_format():
    for suffix in ("toml", "json", "yaml"):
        assert len(list(mistakes(suffix))) >= 40
