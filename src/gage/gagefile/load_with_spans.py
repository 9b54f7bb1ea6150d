"""Text of a Gage file → `GageFile`, with the places of what is wrong. Most files have nothing: see `faultless`."""

from collections.abc import Mapping
from typing import cast

from gage.gagefile import definition
from gage.gagefile.lexical_checks import cleaned, other_format
from gage.gagefile.messages import meant, operation, pair
from gage.gagefile.node import Entry, Items, Leaf, Parsed, Table, plain
from gage.gagefile.opdef import Raw, has_command, opdef
from gage.gagefile.validate import Finding, check
from gage.gagefile.validators import wrong_operation_name
from gage.types.opdef import Diagnostic, GageFile, OpDef, Span


def load_placed(text: str, path: str, platform: str) -> GageFile:
    """The Gage file with this text. The ending of `path` says the format, `platform` is a `sys.platform`."""
    return _build(_parse(text, path), path, platform)


def _parse(text: str, path: str) -> Parsed:
    """Parse `text` by the ending of `path`."""
    format = format_of(path)
    if format == "json":
        from gage.gagefile.json import parse as parse_text
    elif format == "yaml":
        from gage.gagefile.yaml import parse as parse_text
    else:
        from gage.gagefile.toml import parse as parse_text
    text, faults = cleaned(text)
    parsed = parse_text(text)
    other = other_format(text, format) if parsed.faults else None
    if other:
        return Parsed(None, (*faults, other))
    return Parsed(parsed.root, (*faults, *parsed.faults), parsed.broken)


def format_of(path: str) -> str:
    """`toml`, `json` or `yaml`, by the ending of a path."""
    return "json" if path.endswith(".json") else "yaml" if path.endswith((".yaml", ".yml")) else "toml"


def _build(parsed: Parsed, path: str, platform: str) -> GageFile:
    faulty = {(f.span.line, f.span.column) for f in parsed.faults}
    root = parsed.root or Table((), Span(1, 1, 0))
    problems = [problem_of(path, f, _around(f, root, parsed.broken)) for f in parsed.faults]
    top: dict[str, str] = {}
    defaults: Table | None = None
    operations: dict[str, OpDef] = {}
    for entry in root:
        found = [f for f in _check_entry(entry, root, path) if (f.span.line, f.span.column) not in faulty]
        is_broken = entry.key in parsed.broken
        name = "" if entry.key.startswith("$") else entry.key
        problems += [problem_of(path, f, name) for f in found if not (is_broken and (f.is_lack or len(f.path) == 1))]
        if found or is_broken:
            continue
        if entry.key == "$defaults" and isinstance(entry.node, Table):
            defaults = entry.node
        elif name and isinstance(entry.node, Table):
            operations[name] = _operation(entry, path, platform)
        elif isinstance(entry.node, Leaf):
            top[entry.key] = str(entry.node.value)
    if defaults is not None:
        table = {e.key: e for e in root if e.key in operations}
        operations = {n: _operation(_with(table[n], defaults), path, platform) for n in operations}
    is_whole = defaults is not None or root.get("$defaults") is None
    for entry in root if is_whole else ():
        lack = _nothing_to_run(entry, operations.get(entry.key))
        if lack:
            problems.append(problem_of(path, lack))  # it can be listed, as by Gage 0.1
    problems += [problem_of(path, f, f.path[0]) for f in _two_defaults(root, operations)]
    return GageFile(
        path,
        operations,
        top.get("$namespace", ""),
        top.get("$project-id", ""),
        top.get("$runs-dir", ""),
        _in_order(problems),
    )


def _nothing_to_run(entry: Entry, op: OpDef | None) -> Finding | None:
    if op is None or has_command(op):
        return None
    command = ("exec", f'"python {entry.key}.py"')
    added = ("run", command[1]) if "exec" in op.raw else command
    near = meant(f"${entry.key}", definition.TOP_NAMES)
    if near and "exec" not in op.raw:
        return Finding((entry.key,), entry.key_span, f'"exec" is missing in {entry.key}', near)
    told = f'"{added[0]}" is missing in {"exec of " * ("exec" in op.raw)}{entry.key}'
    return Finding((entry.key,), entry.key_span, told, "Add", added)


def _in_order(problems: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, and each once: what a YAML alias stands for is read more than once."""
    once = {(p.span, p.message): p for p in reversed(problems)}
    return tuple(sorted(once.values(), key=lambda p: p.span))


def _around(fault: Diagnostic, root: Table, broken: frozenset[str]) -> str:
    """The broken operation that a fault is in; "" where it is in none."""
    before = [e for e in root if (e.key_span.line, e.key_span.column) <= (fault.span.line, fault.span.column)]
    last = max(before, key=lambda e: (e.key_span.line, e.key_span.column), default=None)
    return last.key if last and last.key in broken and not last.key.startswith("$") else ""


def _operation(entry: Entry, path: str, platform: str) -> OpDef:
    return opdef(entry.key, cast(Raw, plain(entry.node)), entry.key_span.line, path, platform)


def _check_entry(entry: Entry, root: Table, path: str) -> list[Finding]:
    if entry.key.startswith("$"):
        shape = definition.TOP_NAMES.get(entry.key)
        if shape is None:
            hint = meant(entry.key, definition.TOP_NAMES)
            hint = hint or f"Settings here: {', '.join(definition.TOP_NAMES)}; the name of an operation has no $"
            return [Finding((entry.key,), entry.key_span, f'Unknown setting "{entry.key}" of the file', hint)]
        return check(entry.node, shape, (entry.key,))
    wrong = wrong_operation_name(entry.key)
    if wrong:
        message, _, hint = wrong.partition("\n")
        return [Finding((entry.key,), entry.key_span, message, hint)]
    if not isinstance(entry.node, Table):
        return _no_operation(entry, root, format_of(path))
    if entry.key in definition.LISTS and _holds_operations(entry.node):
        hint = "Operations stand at the top of the file, one table each"
        return [Finding((entry.key,), entry.key_span, f'"{entry.key}" is no operation, and has some in it', hint)]
    return check(entry.node, definition.OPERATION, (entry.key,))


def _holds_operations(table: Table) -> bool:
    return bool(table.entries) and all(e.key not in definition.OPERATION.names for e in table)


def _no_operation(entry: Entry, root: Table, format: str) -> list[Finding]:
    name = entry.key
    before = _empty_before(entry, root)
    if before is not None:
        first = root.entries[root.entries.index(before) + 1]
        hint = f"Put two spaces in front of each setting of {before.key}"
        told = f'"{name}" stands beside "{before.key}", not in it'
        return [Finding((name,), entry.key_span, told, hint)] if entry is first else []
    if entry.node.kind == "null" and _empty_before(_next(entry, root), root) is entry:
        return []
    hint = f"Write {operation(format, name)}"
    if name in definition.OPERATION.names:
        hint = f"{name} is a setting of an operation: put it in a table with the operation's name"
    elif f"${name}" in definition.TOP_NAMES:
        hint = f'Did you mean "${name}"?'
    elif name in definition.LISTS:
        hint = "Operations stand at the top of the file, one table each"
    elif name in definition.OPERATION.words:
        hint = f"Settings stand in a table with the operation's name: {operation(format, 'train')}"
    elif isinstance(entry.node, Items) and any(isinstance(i, Table) for i in entry.node.items):
        hint = f"An operation is one table, not a list of them: write {operation(format, name)}"
    return [Finding((name,), entry.key_span, f'"{name}" is no operation: an operation is a table', hint)]


def _next(entry: Entry, root: Table) -> Entry | None:
    at = root.entries.index(entry) + 1
    return root.entries[at] if at < len(root.entries) else None


def _empty_before(entry: Entry | None, root: Table) -> Entry | None:
    """The operation without settings that settings at the top belong to: they are not indented below it."""
    if entry is None or entry.key not in definition.OPERATION.names:
        return None
    for before in reversed(root.entries[: root.entries.index(entry)]):
        if before.key not in definition.OPERATION.names:
            return before if before.node.kind == "null" else None
    return None


def _two_defaults(root: Table, operations: Mapping[str, OpDef]) -> list["_Second"]:
    chosen = [e for e in root if e.key in operations and operations[e.key].default]
    first = next(iter(chosen), None)
    return [_Second(e, first.key) for e in chosen[1:] if first]


class _Second:
    """A second default operation: it stays usable, only not as the default."""

    def __init__(self, entry: Entry, first: str) -> None:
        self.path = ("",)
        self.span = entry.key_span
        self.message = f'Both "{first}" and "{entry.key}" are the default operation'
        self.hint = f'"{first}" is used: remove default from one of them'


def _with(entry: Entry, defaults: Table) -> Entry:
    """The operation with the settings of `$defaults` that it does not have itself."""
    assert isinstance(entry.node, Table)
    own = {e.key for e in entry.node}
    merged = (*entry.node.entries, *(e for e in defaults if e.key not in own))
    return Entry(entry.key, entry.key_span, Table(merged, entry.node.span))


def problem_of(path: str, found: "Finding | Diagnostic | _Second", operation: str = "", format: str = "") -> Diagnostic:
    """What was found, as it is told; `format` is that of the text where the ending of `path` does not say it."""
    span, hint = found.span, found.hint
    if isinstance(found, Finding) and found.pair:
        hint = f"{hint} {pair(format or format_of(path), *found.pair)}".strip()
    message, hint = _one_line(found.message), _one_line(hint)
    return Diagnostic(span._replace(length=max(1, span.length)), message, hint, operation)


def _one_line(text: str) -> str:
    """Text with what names and values may have in them that cannot be shown on a line, as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
