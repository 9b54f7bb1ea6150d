"""Loads a Gage file. An invalid part disables only the operation that it is in."""

import os
import sys
from collections.abc import Mapping
from typing import cast

from gage.formats.spans import ValueNode
from gage.gagefile import definition
from gage.gagefile.file_names import GAGEFILE_NAMES
from gage.gagefile.messages import escape_line, find_closest_setting, format_operation, format_setting, suggest
from gage.gagefile.opdef import RawTable, build_operation, has_command
from gage.gagefile.parse_text import find_format, parse_text
from gage.gagefile.parsed_text import ParsedText, TextPositions
from gage.gagefile.schema_types import InvalidText
from gage.gagefile.validate import Validator
from gage.gagefile.validators import check_operation_name
from gage.types.opdef import Diagnostic, GageFile, OpDef, Span

MAX_GAGEFILE_BYTES = 4_000_000
_START = Span(1, 1)
_TOP_HINT = "Operations stand at the top of the file, one table each"


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
    ambiguity = _find_other_gagefiles(path)
    return gagefile._replace(diagnostics=(ambiguity, *gagefile.diagnostics)) if ambiguity else gagefile


def _find_other_gagefiles(path: str) -> Diagnostic | None:
    """Returns a diagnostic if the directory of `path` has several Gage files."""
    directory, name = os.path.split(path)
    names = [each for each in GAGEFILE_NAMES if each == name or os.path.lexists(os.path.join(directory, each))]
    if name not in GAGEFILE_NAMES or len(names) < 2:
        return None
    message = f"There are {len(names)} Gage files in this directory; only {names[0]} is used"
    return Diagnostic(_START, message, f"Keep one of {', '.join(names)}")


def _decode_gagefile(path: str, data: bytes, platform: str) -> GageFile:
    text, diagnostic = "", None
    if len(data) > MAX_GAGEFILE_BYTES:
        diagnostic = Diagnostic(_START, "The file is over 4 MB: this is not a Gage file")
    elif b"\0" in data[:4]:
        diagnostic = Diagnostic(_START, "The file is UTF-16 or UTF-32, not UTF-8 text", "Save it as UTF-8")
    else:
        try:
            text = _unify_line_ends(data.decode("utf-8-sig"))
        except UnicodeDecodeError as e:
            before = _unify_line_ends(data[: e.start].decode("utf-8", "replace").removeprefix("\ufeff"))
            span = Span(before.count("\n") + 1, len(before) - before.rfind("\n"))
            message = f"The file is not UTF-8 text: byte 0x{data[e.start]:02X}"
            diagnostic = Diagnostic(span, message, "Save it as UTF-8")
    if diagnostic:
        return GageFile(path, {}, diagnostics=(diagnostic,))
    return parse_gagefile(text, path, platform)


def _unify_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_gagefile(text: str, path: str, platform: str = sys.platform) -> GageFile:
    """Returns the Gage file with this `text`. The suffix of `path` gives the format; `platform` is a `sys.platform`."""
    format = find_format(path)
    return _GageFileBuilder(parse_text(text, format), path, format, platform).build()


class _GageFileBuilder:
    """Validates the entries at the top of a parsed text, and turns them into a Gage file."""

    def __init__(self, parsed: ParsedText, path: str, format: str, platform: str) -> None:
        self.path, self.format, self.platform = path, format, platform
        self.positions = TextPositions(parsed.text)
        self.entries = parsed.root.children if parsed.root else ()
        self.incomplete = {diagnostic.disables for diagnostic in parsed.diagnostics}
        self.diagnostics = [
            d._replace(message=escape_line(d.message), hint=escape_line(d.hint), disables=_operation_name(d.disables))
            for d in parsed.diagnostics
        ]

    def build(self) -> GageFile:
        syntax_errors = {d.span[:2] for d in self.diagnostics}
        valid: dict[str, ValueNode] = {}
        for key, node in self.entries:
            found = [d for d in self._check_entry(key, node) if d.span[:2] not in syntax_errors]
            self.diagnostics += found
            if not found and key not in self.incomplete:
                valid[key] = node
        defaults = valid.get("$defaults")
        operations = {
            key: self._build_operation(key, node, defaults)
            for key, node in valid.items()
            if not key.startswith("$") and isinstance(node.value, dict)
        }
        if defaults is not None or "$defaults" not in dict(self.entries):
            self._check_commands(valid, operations)
        self._check_defaults(valid, operations)
        top = {key: str(node.value) for key, node in valid.items() if node.kind == "value"}
        unique = {(d.span, d.message): d for d in reversed(self.diagnostics)}  # an alias repeats the anchor's
        return GageFile(
            self.path,
            operations,
            top.get("$namespace", ""),
            top.get("$project-id", ""),
            top.get("$runs-dir", ""),
            tuple(sorted(unique.values(), key=lambda d: d.span)),
        )

    def _build_operation(self, key: str, node: ValueNode, defaults: ValueNode | None) -> OpDef:
        own = cast(RawTable, node.value)
        common = cast(RawTable, defaults.value) if defaults else {}
        raw = {**own, **{name: value for name, value in common.items() if name not in own}}
        return build_operation(key, raw, self.positions.line(node.key[0]), self.path, self.platform)

    def _check_entry(self, key: str, node: ValueNode) -> list[Diagnostic]:
        """Returns what is wrong with an entry at the top."""
        is_partial = key in self.incomplete
        validator = Validator(self.positions, self.format, _operation_name(key), is_partial)
        if key.startswith("$"):
            shape = definition.TOP_SHAPES.get(key)
            if shape:
                validator.check(node, shape, key)
            else:
                known = f"Known settings: {', '.join(definition.TOP_SHAPES)}; an operation name has no $"
                hint = suggest(key, definition.TOP_SHAPES) or known
                validator.report_key(node, f'Unknown setting "{key}" of the file', hint)
            return validator.diagnostics
        try:
            check_operation_name(key)
        except InvalidText as e:
            validator.report_key(node, e.message, e.hint)
            return validator.diagnostics
        if not isinstance(node.value, dict):
            if not is_partial:
                self._report_non_table(key, node, validator)
        elif key in definition.OPERATION_LISTS and _has_no_settings(node):
            validator.report_key(node, f'"{key}" is not an operation, but contains some', _TOP_HINT)
        else:
            validator.check(node, definition.OPERATION, key)
        return validator.diagnostics

    def _report_non_table(self, key: str, node: ValueNode, validator: Validator) -> None:
        """Reports an entry at the top that is neither a table nor a setting of the file."""
        settings = definition.OPERATION.fields_by_name
        index = [name for name, _ in self.entries].index(key)
        owner = self._find_empty_operation(index)
        if owner:
            if self.entries[index - 1][0] == owner:  # once, for the first of the settings
                message = f'"{key}" is at the level of "{owner}", not inside it'
                validator.report_key(node, message, f"Indent each setting of {owner} by two spaces")
            return
        if node.value is None and index + 1 < len(self.entries) and self._find_empty_operation(index + 1) == key:
            return
        hint = f"Write {format_operation(self.format, key)}"
        if key in settings:
            hint = f"{key} is a setting of an operation: put it in a table with the operation's name"
        elif f"${key}" in definition.TOP_SHAPES:
            hint = f'Did you mean "${key}"?'
        elif key in definition.OPERATION_LISTS:
            hint = _TOP_HINT
        elif key in definition.OPERATION.synonyms:
            hint = f"Settings stand in a table with the operation's name: {format_operation(self.format, 'train')}"
        elif node.kind == "list" and any(item.kind == "table" for _, item in node.children):
            hint = f"An operation is one table, not a list of them: write {format_operation(self.format, key)}"
        validator.report_key(node, f'"{key}" is not an operation: an operation is a table', hint)

    def _find_empty_operation(self, index: int) -> str:
        """Returns the operation without settings that a setting at the top belongs to, as it is not indented below."""
        settings = definition.OPERATION.fields_by_name
        if self.entries[index][0] not in settings:
            return ""
        for key, node in reversed(self.entries[:index]):
            if key not in settings:
                return key if node.value is None else ""
        return ""

    def _check_commands(self, nodes: Mapping[str, ValueNode], operations: Mapping[str, OpDef]) -> None:
        """Reports operations without a command. They can be listed, as in Gage 0.1."""
        for name, op in operations.items():
            if has_command(op):
                continue
            setting, within = ("run", f"exec of {name}") if "exec" in op.raw else ("exec", name)
            near = find_closest_setting(f"${name}", definition.TOP_SHAPES) if setting == "exec" else None
            pair = format_setting(self.format, setting, f'"python {name}.py"')
            hint = f'Did you mean "{near}"?' if near else f"Add {pair}"
            span = self.positions.span(*nodes[name].key)
            self.diagnostics.append(Diagnostic(span, f'"{setting}" is missing in {within}', hint))

    def _check_defaults(self, nodes: Mapping[str, ValueNode], operations: Mapping[str, OpDef]) -> None:
        """Reports default operations after the first. They can be run by name."""
        first, *others = [name for name, op in operations.items() if op.default] or [""]
        for name in others:
            message = f'Both "{first}" and "{name}" are the default operation'
            hint = f'"{first}" is used: remove default from one of them'
            self.diagnostics.append(Diagnostic(self.positions.span(*nodes[name].key), message, hint))


def _operation_name(key: str) -> str:
    """Returns the operation that a key at the top of the file names; "" for a setting of the file."""
    return "" if key.startswith("$") else key


def _has_no_settings(node: ValueNode) -> bool:
    return bool(node.children) and not any(key in definition.OPERATION.fields_by_name for key, _ in node.children)
