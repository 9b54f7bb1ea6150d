"""Prints the differences between runs: of two runs line by line, of more as columns."""

from collections.abc import Iterable, Iterator, Sequence

from gage.cli.render import terminal
from gage.compare.difference_text import (
    TITLES,
    format_cells,
    format_delta,
    format_values,
    list_not_compared,
    list_same,
    name_columns,
)
from gage.compare.differences import MISSING, Difference, RunComparison, Value
from gage.compare.line_diff import Hunk, MarkedText, compare_words
from gage.lib.suggest import join_some
from gage.types.table import Column
from gage.types.values import JSONValue

MAX_VALUES = 12
MAX_LINES = {"source": 40, "output": 12}
"""Values of a section, and lines of each text, that are shown."""
MAX_NAME_WIDTH = 24
MIN_CELL_WIDTH = 8
LONG_WIDTH = 100
"""Columns from which a line counts as long, also on a wide terminal or in a pipe."""
MAX_WIDTH = 1000
"""Columns at which lines are cut in a pipe; JSON has them as a whole."""
MIN_TEXT_WIDTH = 16
ELLIPSIS_WIDTH = 12
"""Characters of an equal part beside a difference in a long line."""

COLORS = {"-": "red", "+": "green", " ": ""}


def print_runs(descriptions: Sequence[Sequence[str]]) -> None:
    """Prints a line for each run: its heading and the aligned words that describe it."""
    texts = [[terminal.escape(word) for word in words] for words in descriptions]
    widths = [max(map(terminal.display_width, column)) for column in zip(*texts, strict=True)]
    for heading, words in zip(name_columns(len(texts)), texts, strict=True):
        padded = [_pad(word, width) for word, width in zip(words, widths, strict=True) if width]
        name, *others = padded
        rest = terminal.truncate("  ".join(others).rstrip(), _measure_room(len(heading) + len(name) + 4))
        terminal.print_stdout(f"{terminal.paint(heading, 'dim')}  {terminal.paint(name, 'bold')}  {rest}".rstrip())


def _pad(text: str, width: int) -> str:
    return text + " " * (width - terminal.display_width(text))


def print_equal(comparison: RunComparison) -> None:
    """Prints what is the same in all runs, and what cannot be compared."""
    import textwrap

    width = terminal.detect_width() or LONG_WIDTH
    lines = []
    if same := ", ".join(list_same(comparison)):
        lines += textwrap.wrap(f"Same: {same}", width, subsequent_indent="      ", break_long_words=False)
    unknown = list_not_compared(comparison)
    if unknown:
        text = f"Not compared: {join_some(unknown, 5)}"
        lines += textwrap.wrap(terminal.escape(text), width)
    for line in lines:
        terminal.print_stdout(terminal.paint(line, "dim"))


def print_pair(comparison: RunComparison, is_whole: bool, config_title: str) -> None:
    """Prints the differences of two runs, of each section the first ones unless `is_whole`."""
    for section, title in TITLES.items():
        differences = comparison.list_section(section)
        values = [each for each in differences if each.lines is None]
        lines = list(_format_metrics(values) if section == "metrics" else _format_values(values))
        hint = f"use --only {section}"
        if not is_whole:
            lines = terminal.limit_lines(lines, MAX_VALUES, hint)
        for each in differences:
            most = MAX_LINES[section] if each.lines is not None and not is_whole else None
            text = list(_format_text(each, is_single=len(differences) == 1))
            lines += text if most is None else terminal.limit_lines(text, most, hint)
        if lines:
            terminal.print_section(config_title if section == "config" else title, lines)


def _format_text(difference: Difference, is_single: bool) -> Iterator[str]:
    """Yields the lines of a file, or of a phase of the output, that differ; nothing for other values."""
    if difference.lines is None:
        return
    is_output = difference.section == "output"
    indent = ""
    if not (is_output and is_single):
        counts = f"+{difference.lines.added} -{difference.lines.removed}"
        counts += f"  ({difference.note})" if difference.note else ""
        yield f"{_format_name(difference.name)}  {terminal.paint(counts, 'dim')}"
        indent = "  "
    yield from _format_hunks(difference.lines.hunks, indent, is_output)


def _format_name(name: str) -> str:
    """Returns a name, escaped; on a terminal it leaves space for a value."""
    width = terminal.detect_width()
    name = terminal.escape(name)
    return name if width is None else terminal.truncate(name, max(width // 2, MIN_TEXT_WIDTH))


def _format_values(differences: Sequence[Difference]) -> Iterator[str]:
    names = [_format_name(each.name) for each in differences]
    width = min(max(map(terminal.display_width, names), default=0), MAX_NAME_WIDTH)
    for name, each in zip(names, differences, strict=True):
        label = f"{_pad(name, width)}  " if name else ""
        yield label + _format_change(each, _measure_room(terminal.display_width(label) + 2))


def _format_metrics(differences: Sequence[Difference]) -> Iterator[str]:
    """Yields values before and after, and by how much they differ, aligned."""
    rows = [(_format_name(each.name), *_escape_values(each), format_delta(each)) for each in differences]
    widths = [max(map(terminal.display_width, column)) for column in zip(*rows, strict=True)]
    for each, (name, before, after, delta) in zip(differences, rows, strict=True):
        before = _paint_value(_pad(before, widths[1]), each.values[0], "red")
        after = _paint_value(_pad(after, widths[2]), each.values[1], "green")
        line = f"{_pad(name, widths[0])}  {before} → {after}"
        yield line + (f"  {terminal.paint(delta, 'dim')}" if sum(widths) + 9 <= _measure_room(0) else "")


def _escape_values(difference: Difference) -> list[str]:
    return list(map(terminal.escape, format_values(difference)))


def _paint_value(text: str, value: Value, color: str) -> str:
    return terminal.paint(text, "dim" if value is MISSING else color)


def _measure_room(used: int) -> int:
    """Returns the columns that are left for a text."""
    return max((terminal.detect_width() or MAX_WIDTH) - used, MIN_TEXT_WIDTH)


def _format_change(difference: Difference, room: int) -> str:
    """Returns the values before and after; long ones that are similar as one text with marks."""
    before, after = _escape_values(difference)
    if before == after:
        return f"{before}, {difference.note or 'different content'}"
    note = f"  ({difference.note})" if difference.note else ""
    is_long = terminal.display_width(before + after + note) + 3 > min(room, LONG_WIDTH)
    if is_long and difference.kind == "changed" and (parts := compare_words(before, after)):
        return _format_parts(parts, room)
    if terminal.display_width(before + after + note) + 3 > room:
        half = (room - 3) // 2
        before, after = terminal.truncate(before, half), terminal.truncate(after, half)
    before = _paint_value(before, difference.values[0], "red")
    after = _paint_value(after, difference.values[1], "green")
    return f"{before} → {after}{terminal.paint(note, 'dim')}"


def _format_hunks(hunks: Iterable[Hunk], indent: str, is_output: bool) -> Iterator[str]:
    room = _measure_room(len(indent) + 4)
    for hunk in hunks:
        before, after = hunk.start
        if not is_output:
            yield indent + terminal.paint(f"@@ {before}" if before == after else f"@@ {before} → {after}", "dim")
        for line in _format_lines(hunk.lines, room, is_output):
            yield indent + line


def _format_lines(lines: Sequence[MarkedText], room: int, is_output: bool) -> Iterator[str]:
    """Yields the lines of a hunk. Two lines in the place of each other become one with marks, if they are long, or
    lines of output.
    """
    i = 0
    while i < len(lines):
        removed = _take(lines, i, "-")
        added = _take(lines, i + len(removed), "+")
        if not removed and not added:
            yield _format_line(lines[i], room)
            i += 1
            continue
        i += len(removed) + len(added)
        merged = [_merge(x.text, y.text, room, is_output) for x, y in zip(removed, added, strict=False)]
        if all(merged):
            yield from filter(None, merged)
            removed, added = removed[len(merged) :], added[len(merged) :]
        yield from (_format_line(line, room) for line in (*removed, *added))


def _take(lines: Sequence[MarkedText], start: int, mark: str) -> Sequence[MarkedText]:
    """Returns the lines with a mark that follow each other."""
    end = start
    while end < len(lines) and lines[end].mark == mark:
        end += 1
    return lines[start:end]


def _merge(before: str, after: str, room: int, is_output: bool) -> str | None:
    """Returns two lines as one with marks; None if they are short or have little in common."""
    longest = max(terminal.display_width(_escape_line(text)) for text in (before, after))
    parts = compare_words(before, after) if is_output or longest > min(room, LONG_WIDTH) else None
    return "~ " + _format_parts(parts, room) if parts else None


def _format_line(line: MarkedText, room: int) -> str:
    text = _escape_line(line.text)
    return terminal.paint(f"{line.mark} {terminal.truncate(text, room)}".rstrip(), COLORS[line.mark])


def _escape_line(text: str) -> str:
    return terminal.escape(text.replace("\t", "    "))


def _format_parts(parts: Sequence[MarkedText], room: int) -> str:
    """Returns a line with marks: [-only before-] and {+only after+}. If it is too long, equal parts are cut."""
    texts = [_escape_line(part.text) for part in parts]
    marks = {"-": ("[-", "-]"), "+": ("{+", "+}"), " ": ("", "")}
    if sum(map(terminal.display_width, texts)) + 4 * len(texts) > room:
        count = len(parts)
        texts = [text if parts[i].mark != " " else _shorten(text, i, count) for i, text in enumerate(texts)]
    shown, left = "", room
    for part, text in zip(parts, texts, strict=True):
        start, end = marks[part.mark]
        if left <= len(start + end) + 1:
            return f"{shown}…"
        text = terminal.truncate(text, left - len(start + end) - 1)
        left -= terminal.display_width(start + text + end)
        shown += terminal.paint(start + text + end, COLORS[part.mark])
    return shown


def _shorten(text: str, i: int, count: int) -> str:
    """Returns what is beside a difference of an equal part, part `i` of `count`."""
    if len(text) <= 2 * ELLIPSIS_WIDTH + 1:
        return text
    start = "" if i == 0 else text[:ELLIPSIS_WIDTH]
    end = "" if i == count - 1 else text[-ELLIPSIS_WIDTH:]
    return f"{start}…{end}"


def print_columns(comparison: RunComparison, count: int, is_whole: bool) -> None:
    """Prints the differences of several runs as a table with a column for each run; of files only which differ. Shows
    of each section the first ones unless `is_whole`.
    """
    sections = {section: comparison.list_section(section) for section in TITLES}
    shown = {s: each if is_whole else each[:MAX_VALUES] for s, each in sections.items() if each}
    names = {s: [_format_column_name(each.name) for each in differences] for s, differences in shown.items()}
    titles = [TITLES[section] for section in shown]
    all_names = [name for each in names.values() for name in each]
    used = [max(map(terminal.display_width, texts), default=0) for texts in (titles, all_names)]
    width = terminal.detect_width()
    room = LONG_WIDTH
    if width is not None:
        room = max((width - sum(used) - terminal.COLUMN_GAP) // count - terminal.COLUMN_GAP, MIN_CELL_WIDTH)
    rows: list[Sequence[JSONValue]] = []
    for section, differences in shown.items():
        for i, (name, each) in enumerate(zip(names[section], differences, strict=True)):
            rows.append(
                ("" if i else TITLES[section], name, *_cut_cells(list(map(terminal.escape, format_cells(each))), room))
            )
    if not rows:
        return
    terminal.print_stdout()
    headings = [Column(heading, heading) for heading in name_columns(count)]
    terminal.print_table([Column("section", ""), Column("name", ""), *headings], rows)
    for section, differences in shown.items():
        if more := len(sections[section]) - len(differences):
            terminal.print_stdout(terminal.paint(f"{TITLES[section]}: {more:,} more: use --only {section}", "dim"))


def _format_column_name(name: str) -> str:
    """Returns a name, escaped; on a terminal at most a quarter of it."""
    width = terminal.detect_width()
    name = terminal.escape(name)
    return name if width is None else terminal.truncate(name, width // 4)


def _cut_cells(cells: Sequence[str], room: int) -> Sequence[str]:
    """Returns the cells of a row, the long ones from the first character on that they do not have in common."""
    long = [cell for cell in cells if terminal.display_width(cell) > room]
    start = next((i for i, chars in enumerate(zip(*long, strict=False)) if len(set(chars)) > 1), 0)
    cut = [f"…{cell[start - 1 :]}" if start > 2 and cell in long else cell for cell in cells]
    return [terminal.truncate(cell, room) for cell in cut]


def print_stat(comparison: RunComparison, count: int) -> None:
    """Prints how many values of each section differ."""
    facts: dict[str, str] = {}
    for section, title in TITLES.items():
        differences = comparison.list_section(section)
        kinds = {kind: sum(each.kind == kind for each in differences) for kind in ("changed", "removed", "added")}
        words = {"changed": "changed", "removed": "only in A", "added": "only in B"}
        if count == 2:
            text = ", ".join(f"{number:,} {words[kind]}" for kind, number in kinds.items() if number)
        else:
            text = f"{len(differences):,} differ" if differences else ""
        diffs = [each.lines for each in differences if each.lines is not None]
        lines = f" (+{sum(d.added for d in diffs):,} -{sum(d.removed for d in diffs):,} lines)" if diffs else ""
        facts[title] = text + lines
    if any(facts.values()):
        terminal.print_stdout()
    terminal.print_facts(facts)
