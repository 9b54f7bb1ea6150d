"""What can be read of a file that is broken somewhere: its sections, each on its own."""

from collections.abc import Callable, Iterable

from gage.gagefile.node import Parsed
from gage.types.opdef import Diagnostic

MOST = 50
"""Faults that are looked for in one section."""


def by_sections(
    text: str, heads: Iterable[int], parse: Callable[[str], Parsed], is_alone: Callable[[str], bool]
) -> Parsed:
    """Keep the sections (from the line of one head to the next) that are good, alone and after those before them.

    A line that is wrong and stands for itself (`is_alone`) is left out, and its section is read on. All faults are
    found at once, at their places in the whole text. What was left out of is in `broken`.
    """
    lines = text.split("\n")
    starts = sorted({0, *heads})
    kept = [""] * len(lines)
    faults: list[Diagnostic] = []
    broken: set[str] = set()
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        section = lines[start:end]
        found, alone = _read(section, start, parse, is_alone)
        faults += found
        if alone is None:
            continue
        both = parse("\n".join([*kept[:start], *section]))
        if both.root is None:
            faults += () if found else both.faults
            continue
        faults += () if found else both.faults
        kept[start:end] = section
        if found and alone.root:
            broken |= {entry.key for entry in alone.root}
    return Parsed(parse("\n".join(kept)).root, tuple(faults), frozenset(broken))


def _read(
    section: list[str], start: int, parse: Callable[[str], Parsed], is_alone: Callable[[str], bool]
) -> tuple[list[Diagnostic], Parsed | None]:
    """The section without its wrong lines, which are emptied in place; None where what is left cannot be read."""
    found: list[Diagnostic] = []
    at = -1
    while len(found) < MOST:
        parsed = parse("\n" * start + "\n".join(section))
        if parsed.root is not None:
            return found, parsed
        fault = parsed.faults[0]
        line = fault.span.line - 1 - start
        is_own = 0 < line < len(section) and is_alone(section[line])
        if found and (line <= at or not is_own):
            return found, None
        found.append(fault)
        if not is_own:
            return found, None
        at, section[line] = line, ""
    return found, None
