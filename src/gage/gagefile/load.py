"""Loads a Gage file. An invalid part disables only the operation that it is in."""

import os
import re
import sys
from collections.abc import Iterable, Mapping, Set
from typing import cast

from gage.gagefile import definition
from gage.gagefile.decode_text import MAX_GAGEFILE_BYTES, decode_text
from gage.gagefile.file_names import GAGEFILE_NAMES
from gage.gagefile.messages import escape_line, find_closest_setting, format_operation, format_setting, suggest
from gage.gagefile.opdef import build_operation, has_command
from gage.gagefile.parse_text import find_format, parse_text
from gage.gagefile.parsed_text import GAGEFILE, ParsedText
from gage.gagefile.schema_types import InvalidText
from gage.gagefile.validate import Validator
from gage.gagefile.validators import check_operation_name
from gage.types.opdef import Diagnostic, GageFile, OpDef, Span
from gage.types.values import JSONValue

_START = Span(1, 1)
_TOP_HINT = "Define each operation as a table at the top level of the file"


def load_gagefile(path: str, platform: str = sys.platform) -> GageFile:
    """Returns the Gage file at `path`. What is wrong with its content is in its `diagnostics`.

    Raises OSError if the file cannot be read.
    """
    if not os.path.isfile(path) and os.path.lexists(path):
        what = "a broken link" if os.path.islink(path) else "not a file"
        what = "a directory" if os.path.isdir(path) else what
        return GageFile(path, {}, diagnostics=(Diagnostic(_START, f"This is {what}", "Rename or remove it"),))
    with open(path, "rb") as f:
        data = f.read(MAX_GAGEFILE_BYTES + 1)
    gagefile = _decode_gagefile(path, data, platform)
    return gagefile._replace(diagnostics=(*_find_other_gagefiles(path), *gagefile.diagnostics))


def _find_other_gagefiles(path: str) -> Iterable[Diagnostic]:
    """Yields a diagnostic if the directory of `path` has several Gage files."""
    directory, name = os.path.split(path)
    names = [each for each in GAGEFILE_NAMES if each == name or os.path.lexists(os.path.join(directory, each))]
    if name in GAGEFILE_NAMES and len(names) > 1:
        message = f"There are {len(names)} Gage files in this directory; only {names[0]} is used"
        yield Diagnostic(_START, message, f"Keep one of {', '.join(names)}")


def _decode_gagefile(path: str, data: bytes, platform: str) -> GageFile:
    text = decode_text(data, GAGEFILE)
    return parse_gagefile(text, path, platform) if isinstance(text, str) else GageFile(path, {}, diagnostics=(text,))


def parse_gagefile(text: str, path: str, platform: str = sys.platform) -> GageFile:
    """Returns the Gage file with this `text`. The suffix of `path` gives the format; `platform` is a `sys.platform`."""
    format = find_format(path)
    return _GageFileBuilder(parse_text(text, format), path, format, platform).build()


class _GageFileBuilder:
    """Validates the entries at the top of a parsed text, and turns them into a Gage file."""

    def __init__(self, parsed: ParsedText, path: str, format: str, platform: str) -> None:
        self.parsed, self.path, self.format, self.platform = parsed, path, format, platform
        self.entries = parsed.values or {}
        self.owners = _find_unindented_settings(self.entries)
        self.incomplete = {diagnostic.disables for diagnostic in parsed.diagnostics}
        self.misplaced = _find_misplaced_settings(self.entries, self.owners.keys() | self.incomplete)
        self.diagnostics = [
            d._replace(message=escape_line(d.message), hint=escape_line(d.hint), disables=_operation_name(d.disables))
            for d in parsed.diagnostics
        ]

    def build(self) -> GageFile:
        syntax_errors = {d.span[:2] for d in self.diagnostics}
        valid: dict[str, object] = {}
        for key, value in self.entries.items():
            problems = self._check_entry(key, value).locate(self.parsed)
            problems = [d for d in problems if d.span[:2] not in syntax_errors]
            self.diagnostics += problems
            if not problems and key not in self.incomplete and key not in self.misplaced:
                valid[key] = value
        defaults = cast(dict[str, JSONValue], valid.get("$defaults", {}))
        operations = {
            key: build_operation(key, table | defaults | table, self.path, self.platform)
            for key, table in valid.items()
            if not key.startswith("$") and isinstance(table, dict)
        }
        if "$defaults" in valid or "$defaults" not in self.entries:
            self._check_commands(operations)
        self._check_defaults(operations)
        unique = {(d.span, d.message): d for d in reversed(self.diagnostics)}  # an alias repeats the anchor's
        return GageFile(
            self.path,
            operations,
            str(valid.get("$namespace", "")),
            str(valid.get("$project-id", "")),
            str(valid.get("$runs-dir", "")),
            tuple(sorted(unique.values(), key=lambda d: d.span)),
        )

    def _check_entry(self, key: str, value: object) -> Validator:
        """Returns what is wrong with an entry at the top."""
        is_partial = key in self.incomplete
        validator = Validator(self.format, _operation_name(key), is_partial)
        if key.startswith("$"):
            shape = definition.TOP_SHAPES.get(key)
            if shape:
                validator.check(value, shape, (key,))
            else:
                known = f"Known settings: {', '.join(definition.TOP_SHAPES)}; an operation name has no $"
                hint = suggest(key, definition.TOP_SHAPES) or known
                validator.report_key((key,), f'Unknown setting "{key}" of the file', hint)
            return validator
        try:
            check_operation_name(key)
        except InvalidText as e:
            validator.report_key((key,), e.message, e.hint)
            return validator
        if key in self.misplaced:
            if key == self.misplaced[0]:
                self._report_misplaced(validator)
        elif not isinstance(value, dict):
            if not is_partial:
                self._report_non_table(key, value, validator)
        elif key in definition.OPERATION_LISTS and value and value.keys().isdisjoint(_SETTINGS):
            validator.report_key((key,), f'"{key}" is not an operation, but contains some', _TOP_HINT)
        else:
            validator.check(value, definition.OPERATION, (key,))
        return validator

    def _report_misplaced(self, validator: Validator) -> None:
        """Reports settings of an operation at the top, all at the first of them."""
        first, *others = self.misplaced
        hint = f"{first} is a setting of an operation: put it in a table with the operation's name"
        if others:
            action = "write [name] above them" if self.format == "toml" else "put them in a table with its name"
            more = f"{len(others)} more setting{'s' if others[1:] else ''} here"
            hint = f"{first} and {more} belong to an operation: {action}"
        validator.report_key((first,), f'"{first}" is not an operation: an operation is a table', hint)

    def _report_non_table(self, key: str, value: object, validator: Validator) -> None:
        """Reports an entry at the top that is neither a table nor a setting of the file."""
        owner = self.owners.get(key)
        if owner:
            if key == next(name for name in self.owners if self.owners[name] == owner):
                message = f'"{key}" is at the level of "{owner}", not inside it'
                validator.report_key((key,), message, f"Indent each setting of {owner} by two spaces")
            return
        if key in self.owners.values():
            return
        hint = f"Write {format_operation(self.format, key)}"
        if f"${key}" in definition.TOP_SHAPES:
            hint = f'Did you mean "${key}"?'
        elif key in definition.OPERATION_LISTS:
            hint = _TOP_HINT
        elif key in definition.OPERATION.synonyms:
            hint = f"Put settings in a table with the operation's name: {format_operation(self.format, 'train')}"
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            hint = f"An operation is one table, not a list of them: write {format_operation(self.format, key)}"
        elif isinstance(value, str) and (pair := re.match(r"([\w-]+) *[:=]", value)):  # in YAML
            hint = f"Write {pair[1]}: and its value after a space"
        validator.report_key((key,), f'"{key}" is not an operation: an operation is a table', hint)

    def _check_commands(self, operations: Mapping[str, OpDef]) -> None:
        """Reports operations without a command. They can be listed, as in Gage 0.1."""
        for name, op in operations.items():
            if has_command(op):
                continue
            setting, within = ("run", f"exec of {name}") if "exec" in op.raw else ("exec", name)
            near = find_closest_setting(f"${name}", definition.TOP_SHAPES) if setting == "exec" else None
            pair = format_setting(self.format, setting, f'"python {name}.py"')
            hint = f'Did you mean "{near}"?' if near else f"Add {pair}"
            self._report_operation(name, f'"{setting}" is missing in {within}', hint)

    def _check_defaults(self, operations: Mapping[str, OpDef]) -> None:
        """Reports default operations after the first. They can be run by name."""
        first, *others = [name for name, op in operations.items() if op.default] or [""]
        for name in others:
            message = f'Both "{first}" and "{name}" are the default operation'
            self._report_operation(name, message, f'"{first}" is used: remove default from one of them')

    def _report_operation(self, name: str, message: str, hint: str) -> None:
        """Adds a diagnostic that does not disable the operation."""
        self.diagnostics.append(Diagnostic(self.parsed.find_span((name,), is_key=True), message, hint, operation=name))


_SETTINGS = definition.OPERATION.fields_by_name


def _operation_name(key: str) -> str:
    """Returns the operation that a key at the top of the file names; "" for a setting of the file."""
    return "" if key.startswith("$") else key


def _find_misplaced_settings(entries: Mapping[str, object], excluded: Set[str]) -> list[str]:
    """Returns the settings of an operation that are at the top of the file, except `excluded`.

    A table is one only beside others that are no tables, and without settings in it: `[default]` with `exec` is an
    operation of that name.
    """
    names = [key for key in entries if key in _SETTINGS and key not in excluded]
    if all(isinstance(entries[name], dict) for name in names):
        return []
    tables = {name: value for name in names if isinstance(value := entries[name], dict)}
    return [name for name in names if name not in tables or tables[name].keys().isdisjoint(_SETTINGS)]


def _find_unindented_settings(entries: Mapping[str, object]) -> dict[str, str]:
    """Returns the settings at the top that stand below an operation without any, each with this operation."""
    owners = {}
    owner = ""
    for key, value in entries.items():
        if key not in _SETTINGS:
            owner = key if value is None else ""
        elif owner:
            owners[key] = owner
    return owners
