"""Text of a Gage file → `GageFile`, with the places of what is wrong. Most files have nothing: see `faultless`."""

from collections.abc import Mapping
from typing import cast

from gage.gagefile import settings
from gage.gagefile.check import Finding, check
from gage.gagefile.node import Entry, Fault, Leaf, Parsed, Span, Table, plain
from gage.gagefile.opdef import Raw, opdef
from gage.types.opdef import GageFile, OpDef, Problem


def load_placed(text: str, path: str, platform: str) -> GageFile:
    """The Gage file with this text. The ending of `path` says the format, `platform` is a `sys.platform`."""
    return _build(_parse(text, path), path, platform)


def _parse(text: str, path: str) -> Parsed:
    """Parse `text` by the ending of `path`."""
    if path.endswith(".json"):
        from gage.gagefile.json import parse as parse_text
    elif path.endswith((".yaml", ".yml")):
        from gage.gagefile.yaml import parse as parse_text
    else:
        from gage.gagefile.toml import parse as parse_text
    return parse_text(text)


def _build(parsed: Parsed, path: str, platform: str) -> GageFile:
    problems = [_problem(path, f) for f in parsed.faults]
    root = parsed.root or Table((), Span(1, 1, 0))
    top: dict[str, str] = {}
    defaults: Table | None = None
    operations: dict[str, OpDef] = {}
    for entry in root:
        found = _check_entry(entry)
        operation = "" if entry.key.startswith("$") else entry.key
        problems += [_problem(path, f, operation) for f in found]
        if found:
            continue
        if entry.key == "$defaults" and isinstance(entry.node, Table):
            defaults = entry.node
        elif operation and isinstance(entry.node, Table):
            operations[operation] = _operation(entry, path, platform)
        elif isinstance(entry.node, Leaf):
            top[entry.key] = str(entry.node.value)
    if defaults is not None:
        table = {e.key: e for e in root if e.key in operations}
        operations = {n: _operation(_with(table[n], defaults), path, platform) for n in operations}
    problems += [_problem(path, f, f.path[0]) for f in _two_defaults(root, operations)]
    return GageFile(
        path,
        operations,
        top.get("$namespace", ""),
        top.get("$project-id", ""),
        top.get("$runs-dir", ""),
        tuple(sorted(problems, key=lambda p: (p.line, p.column))),
    )


def _operation(entry: Entry, path: str, platform: str) -> OpDef:
    return opdef(entry.key, cast(Raw, plain(entry.node)), entry.key_span.line, path, platform)


def _check_entry(entry: Entry) -> list[Finding]:
    if entry.key.startswith("$"):
        shape = settings.TOP_NAMES.get(entry.key)
        if shape is None:
            from gage.lib.suggest import nearest

            near = nearest(entry.key, list(settings.TOP_NAMES))
            hint = f'Did you mean "{near}"?' if near else f"Settings here: {', '.join(settings.TOP_NAMES)}"
            return [Finding((entry.key,), entry.key_span, f'Unknown setting "{entry.key}" of the file', hint)]
        return check(entry.node, shape, (entry.key,))
    wrong = settings.wrong_operation_name(entry.key)
    if wrong:
        return [Finding((entry.key,), entry.key_span, wrong)]
    if not isinstance(entry.node, Table):
        return [_no_operation(entry)]
    return check(entry.node, settings.OPERATION, (entry.key,))


def _no_operation(entry: Entry) -> Finding:
    hint = f'Write [{entry.key}] and its settings below, such as exec = "python {entry.key}.py"'
    if entry.key in settings.OPERATION.names:
        hint = f"{entry.key} is a setting of an operation: put it below a [name]"
    elif f"${entry.key}" in settings.TOP_NAMES:
        hint = f'Did you mean "${entry.key}"?'
    return Finding((entry.key,), entry.key_span, f'"{entry.key}" is no operation: an operation is a table', hint)


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


def _problem(path: str, found: "Finding | Fault | _Second", operation: str = "") -> Problem:
    span = found.span
    message, hint = one_line(found.message), one_line(found.hint)
    return Problem(path, span.line, span.column, message, hint, max(1, span.length), operation)


def one_line(text: str) -> str:
    """Text with what names and values may have in them that cannot be shown on a line, as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
