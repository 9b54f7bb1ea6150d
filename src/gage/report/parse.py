"""Parses the text of a report: front matter, Markdown and blocks. Never fails: the result contains the errors."""

import re
from collections.abc import Sequence
from typing import NoReturn

from gage.lib.suggest import suggest_closest
from gage.report.definition import FRONT_KEYS, KINDS
from gage.report.parse_settings import (
    Setting,
    SettingError,
    SourceLine,
    convert_setting,
    parse_block_settings,
    parse_lines,
    raise_at,
)
from gage.report.source import (
    BlockPart,
    ErrorItem,
    FrontMatter,
    MarkdownPart,
    ReportSource,
    SourcePart,
    WrongPart,
)

MAX_REPORT_BYTES = 4_000_000
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)")
"""The first line of a block of code: its marks, and what follows them."""
_ID = re.compile(r"#[\w.-]{1,80}")


def parse_report(text: str) -> ReportSource:
    """Returns the parts of a report in their order."""
    lines = [SourceLine(i, line) for i, line in enumerate(_split_lines(text), start=1)]
    front, problems, start = _parse_front(lines)
    return ReportSource(front, tuple(_parse_parts(lines[start:])), problems)


def _split_lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _parse_front(lines: Sequence[SourceLine]) -> tuple[FrontMatter, tuple[ErrorItem, ...], int]:
    """Returns the front matter, its errors, and its number of lines."""
    if not lines or lines[0].text.rstrip() != "---":
        return FrontMatter(), (), 0
    end = next((i for i, line in enumerate(lines[1:], start=1) if line.text.rstrip() in ("---", "...")), None)
    if end is None:
        problem = ErrorItem("The front matter does not end", "Add a line: ---", 1, 1, 3, lines[0].text)
        return FrontMatter(), (problem,), 1
    front, problems = FrontMatter(), []
    used: set[str] = set()
    for piece in _group_settings(lines[1:end]):
        try:
            for setting in map(_remove_quotes, parse_lines(piece)):
                value = convert_setting(setting, FRONT_KEYS, "front matter", used)
                front = front._replace(**{setting.key: value})  # type: ignore[arg-type]
        except SettingError as error:
            problems.append(error.item)
    return front, tuple(problems), end + 1


def _group_settings(lines: Sequence[SourceLine]) -> list[list[SourceLine]]:
    """Returns the lines of each setting. Parsed one by one, a wrong setting does not hide the others."""
    groups: list[list[SourceLine]] = []
    for line in lines:
        if groups and line.text[:1].isspace():
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _remove_quotes(setting: Setting) -> Setting:
    """Returns a setting without quotes around its whole value, as in YAML."""
    value = setting.value
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" and value[0] not in value[1:-1]:
        return setting._replace(value=value[1:-1].strip(), value_column=setting.value_column + 1)
    return setting


def _parse_parts(lines: Sequence[SourceLine]) -> list[SourcePart]:
    parts: list[SourcePart] = []
    text: list[SourceLine] = []
    at = 0
    while at < len(lines):
        fence = FENCE.fullmatch(lines[at].text)
        if fence is None:
            text.append(lines[at])
            at += 1
            continue
        end = _find_end(lines, at, fence[1])
        if fence[2].split()[:1] == ["gage"]:
            _add_text(parts, text)
            parts.append(_parse_block(lines[at], lines[at + 1 : end], fence[2], end < len(lines)))
        else:
            text += lines[at : end + 1]
        at = end + 1
    _add_text(parts, text)
    return parts


def _find_end(lines: Sequence[SourceLine], start: int, marks: str) -> int:
    """Returns the index of the line that ends a block of code; the number of lines if none does."""
    return next((at for at in range(start + 1, len(lines)) if is_closing_fence(lines[at].text, marks)), len(lines))


def is_closing_fence(line: str, marks: str) -> bool:
    """Returns whether a line ends a block of code that starts with `marks`."""
    text = line.strip()
    return len(text) >= len(marks) and set(text) == {marks[0]} and not line.startswith("    ")


def _add_text(parts: list[SourcePart], lines: list[SourceLine]) -> None:
    if any(line.text.strip() for line in lines):
        parts.append(MarkdownPart("\n".join(line.text for line in lines), lines[0].number))
    lines.clear()


def _parse_block(line: SourceLine, lines: Sequence[SourceLine], info: str, is_closed: bool) -> SourcePart:
    words = info.split()
    kind = words[1] if len(words) > 1 and not words[1].startswith("#") else ""
    id = next((word[1:] for word in words[1:] if word.startswith("#")), "")
    try:
        _check_heading(line, words, kind)
        if not is_closed:
            marks = FENCE.fullmatch(line.text)
            raise_at(line, 1, "The block does not end", f"Add a line: {marks[1] if marks else '```'}", len(line.text))
        settings = parse_block_settings(kind, line, lines)
    except SettingError as error:
        return WrongPart(kind, id, error.item)
    return BlockPart(kind, id, settings, line.number, "\n".join([kind, *(each.text.rstrip() for each in lines)]))


def _check_heading(line: SourceLine, words: Sequence[str], kind: str) -> None:
    """Raises SettingError if a block has no known kind, or more than a kind and an ID."""
    known = ", ".join(KINDS)
    if not kind:
        raise_at(line, line.text.index("gage") + 1, "The block has no kind", f"Kinds: {known}", 4)
    if kind not in KINDS:
        _raise_word(line, kind, f"Unknown block {kind!r}", suggest_closest(kind, KINDS, f"Kinds: {known}"))
    for word in words[2:]:
        if not _ID.fullmatch(word) or word is not words[2]:
            _raise_word(line, word, f"Unexpected {word!r}", "A block starts with: gage KIND #ID")


def _raise_word(line: SourceLine, word: str, message: str, hint: str) -> NoReturn:
    at = line.text.find(word, line.text.index("gage") + 4)
    raise_at(line, max(at, 0) + 1, message, hint, len(word))
