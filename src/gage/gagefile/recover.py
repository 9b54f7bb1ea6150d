"""What can be read of a file that is broken somewhere: its sections, each on its own."""

from collections.abc import Callable

from gage.gagefile.node import Fault, Parsed


def by_sections(text: str, is_head: Callable[[str], bool], parse: Callable[[str], Parsed]) -> Parsed:
    """Keep the sections (from one head line to the next) that are good, alone and after those before them.

    All faults are found at once, at their places in the whole text.
    """
    lines = text.split("\n")
    heads = [0, *(i for i, line in enumerate(lines) if i and is_head(line))]
    kept = [""] * len(lines)
    faults: list[Fault] = []
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        alone = parse("\n" * start + "\n".join(lines[start:end]))
        both = alone if alone.faults else parse("\n".join([*kept[:start], *lines[start:end]]))
        faults += both.faults
        if not both.faults:
            kept[start:end] = lines[start:end]
    return Parsed(parse("\n".join(kept)).root, tuple(faults))
