"""Reads what can be read of a text with syntax errors: its sections, each on its own."""

from collections.abc import Callable, Iterable

from gage.gagefile.parsed_text import ParsedText
from gage.types.opdef import Diagnostic

MAX_ERRORS = 50
"""So many errors are reported of one section."""


def parse_sections(
    text: str, section_starts: Iterable[int], parse: Callable[[str], ParsedText], is_separate: Callable[[str], bool]
) -> ParsedText:
    """Returns the sections that can be parsed both alone and after those before them, and all errors.

    A section reaches from one of the lines `section_starts` to the next. A wrong line of which no other line depends
    (`is_separate`) is left out, and the rest of its section is read.
    """
    lines = text.split("\n")
    starts = sorted({0, *section_starts})
    good = [""] * len(lines)
    diagnostics: list[Diagnostic] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        section = lines[start:end]
        errors, alone = _parse_section(section, start, parse, is_separate)
        combined = parse("\n".join([*good[:start], *section])) if alone else None
        if alone and combined and combined.values is not None:
            good[start:end] = section
            errors = [e._replace(disables=alone.find_top_key(e.span.line)) for e in errors]
        diagnostics += errors or (combined.diagnostics if combined else ())
    whole = parse("\n".join(good))
    whole.diagnostics = tuple(diagnostics)
    return whole


def _parse_section(
    section: list[str], start: int, parse: Callable[[str], ParsedText], is_separate: Callable[[str], bool]
) -> tuple[list[Diagnostic], ParsedText | None]:
    """Returns the errors of a section and what is left of it, None if nothing is. Blanks its wrong lines in place."""
    errors: list[Diagnostic] = []
    last_blanked = -1
    while len(errors) < MAX_ERRORS:
        parsed = parse("\n" * start + "\n".join(section))
        if parsed.values is not None:
            return errors, parsed
        error = parsed.diagnostics[0]
        line = error.span.line - 1 - start
        can_blank = 0 < line < len(section) and is_separate(section[line])
        if errors and (line <= last_blanked or not can_blank):
            break
        errors.append(error)
        if not can_blank:
            break
        last_blanked, section[line] = line, ""
    return errors, None
