"""Invalid file patterns."""

import pytest

from gage.lib.globs import compile_pattern


@pytest.mark.parametrize("pattern", ["[!]", "[^]x", "[z-a]"])
def test_matches_an_invalid_character_set_literally(pattern: str) -> None:
    matches = compile_pattern(pattern)
    assert matches(pattern) and matches(f"a/{pattern}/b") and not matches("z")


def test_rejects_an_invalid_regular_expression() -> None:
    with pytest.raises(ValueError, match="Not a regular expression"):
        compile_pattern("regex:(")
