"""What a tag may contain."""

from collections.abc import Sequence

from gage.types.errors import UsageError


def check_tags(tags: Sequence[str]) -> None:
    """Raises UsageError for a text that cannot be a tag."""
    for tag in tags:
        if not tag or any(c.isspace() or c == "," for c in tag):
            raise UsageError(
                f"{tag!r} is not a tag", "A tag is one word without commas; several tags are several words"
            )
