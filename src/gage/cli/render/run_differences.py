"""Shows the differences of runs: of two line by line, of more as columns. Knows records, not where they come from."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gage.board.formatting import format_number, format_value
from gage.cli.render import terminal
from gage.compare.differences import MISSING, Difference, RunComparison, Value
from gage.compare.facts import FileFact
from gage.compare.line_diff import Hunk, MarkedText, compare_words
from gage.compare.metric import infer_direction
from gage.lib.suggest import join_some
from gage.types.filter import FieldName
from gage.types.table import Column
from gage.types.values import JSONValue

TITLES = {
    "run": "Run",
    "config": "Config",
    "metrics": "Metrics",
    "attributes": "Attributes",
    "source": "Source code",
    "dependencies": "Dependencies",
    "packages": "Packages",
    "environment": "Environment",
    "git": "Git",
    "hardware": "Hardware",
    "output": "Output",
    "files": "Files",
}
NOUNS = {
    "config": ("config value", "config values"),
    "metrics": ("metric", "metrics"),
    "attributes": ("attribute", "attributes"),
    "source": ("source file", "source files"),
    "dependencies": ("dependency", "dependencies"),
    "packages": ("package", "packages"),
    "environment": ("variable", "variables"),
    "files": ("generated file", "generated files"),
}
"""One and several of what a section has; the others are named as a whole."""

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


def name_columns(count: int) -> list[str]:
    """Returns the headings of runs: A, B, …; numbers after Z."""
    return [chr(ord("A") + i) if i < 26 else str(i + 1) for i in range(count)]


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
    if same := ", ".join(_list_same(comparison)):
        lines += textwrap.wrap(f"Same: {same}", width, subsequent_indent="      ", break_long_words=False)
    unknown = [
        f"{name} ({'content not known' if section in ('source', 'dependencies', 'output', 'files') else 'secret'})"
        for section, names in comparison.unknown.items()
        for name in names
    ]
    if unknown:
        text = f"Not compared: {join_some(unknown, 5)}"
        lines += textwrap.wrap(terminal.escape(text), width)
    for line in lines:
        terminal.print_stdout(terminal.paint(line, "dim"))


def _list_same(comparison: RunComparison) -> Iterator[str]:
    for section, names in comparison.same.items():
        if section == "run":
            yield from (name for name in ("operation", "status") if name in names)
        elif section in NOUNS:
            count = len(names) - (section == "packages" and "Python" in names)
            yield from ["Python"] if count < len(names) else []
            yield from [f"{count:,} {NOUNS[section][count != 1]}"] if count else []
        elif not comparison.list_section(section):
            yield "Git" if section == "git" else section


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
    rows = [(_format_name(each.name), *format_values(each), _format_delta(each)) for each in differences]
    widths = [max(map(terminal.display_width, column)) for column in zip(*rows, strict=True)]
    for each, (name, before, after, delta) in zip(differences, rows, strict=True):
        before = _paint_value(_pad(before, widths[1]), each.values[0], "red")
        after = _paint_value(_pad(after, widths[2]), each.values[1], "green")
        line = f"{_pad(name, widths[0])}  {before} → {after}"
        yield line + (f"  {terminal.paint(delta, 'dim')}" if sum(widths) + 9 <= _measure_room(0) else "")


def _paint_value(text: str, value: Value, color: str) -> str:
    return terminal.paint(text, "dim" if value is MISSING else color)


def _measure_room(used: int) -> int:
    """Returns the columns that are left for a text."""
    return max((terminal.detect_width() or MAX_WIDTH) - used, MIN_TEXT_WIDTH)


def _format_change(difference: Difference, room: int) -> str:
    """Returns the values before and after; long ones that are similar as one text with marks."""
    before, after = format_values(difference)
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


def _format_delta(difference: Difference) -> str:
    """Returns the difference of two numbers, and whether it is better, if the name of the metric says which is; "" for
    what is not finite.
    """
    match difference.values:
        case (float() | int() as before, float() | int() as after):
            delta = after - before
            if delta - delta != 0:
                return ""
            percent = f" ({100 * delta / abs(before):+.1f} %)" if before else ""
            is_count = difference.name.startswith("count(")
            lower_is_better = None if is_count else infer_direction(FieldName(difference.name))
            verdict = "" if lower_is_better is None else " better" if (delta < 0) == lower_is_better else " worse"
            return f"{delta:+.4g}{percent}{verdict}"
    return ""


def format_values(difference: Difference) -> list[str]:
    """Returns the texts of the values, escaped, with as many digits as tell different numbers apart."""
    values = difference.values
    texts = [_format_fact(difference.section, difference.name, value) for value in values]
    plain = [(text, _identify(value)) for text, value in zip(texts, values, strict=True)]
    if len(set(texts)) < len({identity for _, identity in plain}):
        texts = [_format_exactly(value, text) for value, text in zip(values, texts, strict=True)]
    return [terminal.escape(text) for text in texts]


def _identify(value: Value) -> str:
    return f"{type(value).__name__} {value}"


def _format_exactly(value: Value, text: str) -> str:
    """Returns a value in full: all digits of a number, quotes around text."""
    if value is MISSING or isinstance(value, FileFact):
        return text
    return json.dumps(value, ensure_ascii=False)


def _format_fact(section: str, name: str, value: Value) -> str:
    match value:
        case FileFact():
            return terminal.format_size(value.size) if value.size >= 0 else value.digest[:8]
        case str() if (section, name) == ("git", "commit"):
            return value[:12]
        case int() if (section, name) == ("hardware", "memory"):
            return terminal.format_size(value)
        case int() if not name:
            return f"{value:,} {NOUNS.get(section, ('value', 'values'))[value != 1]}"
        case str() if value and section not in ("config", "attributes"):
            return value
        case float() if section == "metrics":
            return format_number(value)
        case list() if name == "command" or name.startswith("hook "):
            return shlex.join(map(str, value))
    if value is MISSING:
        return "(missing)" if name else "(not recorded)"
    return format_value(value)


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
            rows.append(("" if i else TITLES[section], name, *_cut_cells(_format_cells(each), room)))
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


def _format_cells(difference: Difference) -> list[str]:
    """Returns the values of all runs; of files with the same size the digest."""
    files = [value for value in difference.values if isinstance(value, FileFact)]
    if len({file.size for file in files}) < len({file.digest for file in files}):
        return [value.digest[:8] if isinstance(value, FileFact) else "–" for value in difference.values]
    return ["–" if v is MISSING else text for v, text in zip(difference.values, format_values(difference), strict=True)]


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


def convert_to_json(comparison: RunComparison, ids: Sequence[str]) -> Mapping[str, JSONValue]:
    """Returns the differences, what is the same, and what cannot be compared."""
    return {
        "differences": [_convert_difference(each, ids) for each in comparison.differences],
        "same": dict(comparison.same),
        "not_compared": dict(comparison.unknown),
    }


def _convert_difference(difference: Difference, ids: Sequence[str]) -> JSONValue:
    values: dict[str, JSONValue] = {}
    for id, value in zip(ids, difference.values, strict=True):
        if isinstance(value, FileFact):
            values[id] = {"sha256": value.digest, "size": value.size}
        elif value is not MISSING:
            values[id] = value
    converted: dict[str, JSONValue] = {
        "section": difference.section,
        "name": difference.name,
        "kind": difference.kind,
        "values": values,
        "note": difference.note,
    }
    if difference.lines is not None:
        converted |= {
            "added": difference.lines.added,
            "removed": difference.lines.removed,
            "hunks": [
                {"start": list(hunk.start), "lines": [f"{line.mark}{line.text}" for line in hunk.lines]}
                for hunk in difference.lines.hunks
            ],
        }
    return converted
