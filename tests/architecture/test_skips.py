"""Checks that the tests listed as skippable in CI exist."""

import re

from skips import MAY_SKIP
from source_tree import PROJECT


def test_listed_names_are_tests() -> None:
    sources = "".join(path.read_text("utf-8") for path in (PROJECT / "tests").rglob("test_*.py"))
    assert [name for name in MAY_SKIP if not re.search(rf"^def {name}\(", sources, re.MULTILINE)] == []
