"""Compares a parsed file with a shape and explains every difference. Knows no setting by name."""

import re
from dataclasses import dataclass

from gage.gagefile.messages import got, meant, nearest, quotes, short
from gage.gagefile.node import Entry, Items, Leaf, Node, Table, place, plain_table
from gage.gagefile.schema_types import (
    Any,
    Choice,
    Field,
    Flag,
    Many,
    Map,
    Number,
    OneOf,
    Record,
    Shape,
    Text,
    described,
    either,
)
from gage.types.opdef import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: `path` leads to the part of the file (keys and list positions), `span` to its place. `pair` is a
    setting and its value in TOML that the hint ends with; `is_lack` says that something is not there.
    """

    path: tuple[str | int, ...]
    span: Span
    message: str
    hint: str = ""
    pair: tuple[str, str] | None = None
    is_lack: bool = False


Path = tuple[str | int, ...]


def check(node: Node, shape: Shape, path: Path = ()) -> list[Finding]:
    """All differences of `node` from `shape`, in the order of the file."""
    match shape:
        case Any():
            return []
        case Text() | Flag() | Number() | Choice():
            return _check_leaf(node, shape, path)
        case Many():
            return _check_list(node, shape, path)
        case Map():
            return _check_map(node, shape, path)
        case Record():
            return _check_record(node, shape, path)
        case OneOf():
            return _check_one_of(node, shape, path)


def _at(path: Path) -> str:
    """` for exec`: names the setting that a value is for."""
    names = [p for p in path if isinstance(p, str)]
    return f" for {names[-1]}" if names else ""


def _wrong(node: Node, shape: Shape, path: Path, hint: str = "", pair: tuple[str, str] | None = None) -> list[Finding]:
    return [Finding(path, node.span, f"Expected {described(shape)}{_at(path)}, got {got(node)}", hint, pair)]


def _check_leaf(node: Node, shape: Text | Flag | Number | Choice, path: Path) -> list[Finding]:
    if not isinstance(node, Leaf):
        hint = ""
        if isinstance(node, Items) and len(node.items) == 1:
            hint = "Write it without the brackets"
        return _wrong(node, shape, path, hint)
    match shape:
        case Text():
            return _check_text(node, shape, path)
        case Flag():
            return [] if node.kind == "flag" else _wrong(node, shape, path, _flag_hint(node))
        case Number():
            return _check_number(node, shape, path)
        case Choice():
            if isinstance(node.value, str) and node.value in shape.options:
                return []
            if node.kind != "text":
                return _wrong(node, shape, path, quotes(node))
            return [
                Finding(
                    path,
                    node.span,
                    f'"{short(str(node.value))}" is not a choice{_at(path)}',
                    meant(str(node.value), shape.options) or f"Choices: {', '.join(shape.options)}",
                )
            ]


def _flag_hint(node: Leaf) -> str:
    word = str(node.value).lower()
    if word in ("true", "false"):
        return "Write it without quotes"
    if word in ("yes", "on", "1"):
        return "Write true"
    return "Write false" if word in ("no", "off", "0") else "Write true or false"


def _check_text(node: Leaf, shape: Text, path: Path) -> list[Finding]:
    if not isinstance(node.value, str):
        return _wrong(node, shape, path, quotes(node))
    if not node.value.strip() and not shape.empty:
        return [Finding(path, node.span, f"Empty text{_at(path)}", f"Give {shape.what}, or remove the setting")]
    wrong = shape.check(node.value) if shape.check else None
    message, _, hint = (wrong or "").partition("\n")
    return [Finding(path, node.span, message, hint)] if wrong else []


def _check_number(node: Leaf, shape: Number, path: Path) -> list[Finding]:
    value = node.value
    if node.kind != "number" or not isinstance(value, (int, float)):
        hint = "Write it without quotes" if isinstance(value, str) and _is_number(value) else ""
        return _wrong(node, shape, path, hint)
    if shape.whole and not isinstance(value, int):
        return _wrong(node, shape, path)
    low = shape.minimum
    if value - value != 0:
        return [Finding(path, node.span, f"The number{_at(path)} is {value}", "Write a finite number")]
    if low is not None and (value < low or (shape.above and value == low)):
        bound = f"above {low:g}" if shape.above and low is not None else f"{low or 0:g} or more"
        name = _at(path).removeprefix(" for ") or "number"
        return [Finding(path, node.span, f'"{name}" must be {bound}, got {value}')]
    return []


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_list(node: Node, shape: Many, path: Path) -> list[Finding]:
    if not isinstance(node, Items):
        return _wrong(node, shape, path, "Put it in brackets: [ ... ]" if isinstance(node, Leaf) else "")
    if len(node.items) < shape.minimum:
        return [Finding(path, node.span, f"The list{_at(path)} is empty", "Add an item, or remove the setting")]
    return [f for i, item in enumerate(node.items) for f in check(item, shape.item, (*path, i))]


def _check_map(node: Node, shape: Map, path: Path) -> list[Finding]:
    if not isinstance(node, Table):
        return _wrong(node, shape, path, "Write it as a table with", ("name", '"value"'))
    found = []
    for entry in node:
        wrong = shape.key_check(entry.key) if shape.key_check else None
        if wrong:
            message, _, hint = wrong.partition("\n")
            found.append(Finding((*path, entry.key), entry.key_span, message, hint))
        else:
            found += check(entry.node, shape.value, (*path, entry.key))
    return found


def _check_record(node: Node, shape: Record, path: Path) -> list[Finding]:
    if not isinstance(node, Table):
        first = next((f for f in shape.fields if f.example), None)
        return _wrong(node, shape, path, "Write it as a table with", (first.name, first.example) if first else None)
    strange = _strangers(node, shape, path)
    if strange:
        return strange
    found: list[Finding] = []
    for entry in node:
        known = shape.names.get(entry.key)
        below = (*path, entry.key)
        found += check(entry.node, known.shape, below) if known else [_unknown(entry, shape, below)]
    meant = {f.hint for f in found}
    found += [f for f in _missing(node, shape, path) if not _named(f, meant)]
    return found or _odd(node, shape, path)


def _odd(node: Table, shape: Record, path: Path) -> list[Finding]:
    told = shape.also(plain_table(node)) if shape.also else ()
    return [Finding((*path, *odd.path), place(node, odd.path), odd.message, odd.hint) for odd in told]


def _named(missing: Finding, hints: set[str]) -> bool:
    """Whether a misspelled setting is already said to be the missing one."""
    return any(f"Did you mean {name}?" in hints for name in re.findall(r'"[^"]+"', missing.message))


def _strangers(node: Table, shape: Record, path: Path) -> list[Finding]:
    """Where a record with a hint for it has no setting that it knows, something else was meant: that is one mistake."""
    keys = [e.key for e in node]
    if not shape.stranger or not keys or any(k in shape.names or nearest(k, shape.names) for k in keys):
        return []
    first = node.entries[0]
    message = f'"{first.key}" is no setting of {shape.title}'
    return [Finding((*path, first.key), first.key_span, message, shape.stranger.format(first.key))]


def _unknown(entry: Entry, shape: Record, path: Path) -> Finding:
    message = f'Unknown setting "{entry.key}" in {shape.title}'
    ours = shape.words.get(entry.key.lower().replace("_", "-"), "")
    names = [f.name for f in shape.fields]
    if ours and ours not in shape.names:
        return Finding(path, entry.key_span, message, ours)
    hint = f'Did you mean "{ours}"?' if ours else meant(entry.key, names)
    if not hint and shape.words and isinstance(entry.node, Table) and len(path) == 2:
        hint = f'To call an operation "{path[0]}.{entry.key}", put quotes around the whole name'
    return Finding(path, entry.key_span, message, hint or _settings(shape))


def _settings(shape: Record) -> str:
    return f"Settings here: {', '.join(f.name for f in shape.fields if not f.alias)}"


def _missing(node: Table, shape: Record, path: Path) -> list[Finding]:
    names = {e.key for e in node}
    found: list[Finding] = []
    if shape.may_be_empty and not names:
        return found
    for field in shape.fields:
        if field.required and field.name not in names:
            found.append(_lack(f'"{field.name}"', field, "Add", node, shape, path))
    if shape.needs_one and not names & set(shape.needs_one):
        wanted = either(f'"{n}"' for n in shape.needs_one if not shape.names[n].alias)
        found.append(_lack(wanted, shape.names[shape.needs_one[0]], "For example", node, shape, path))
    return found


def _lack(what: str, field: Field, hint: str, node: Table, shape: Record, path: Path) -> Finding:
    pair = (field.name, field.example) if field.example else None
    return Finding(path, node.span, f"{what} is missing in {shape.title}", hint if pair else "", pair, True)


def _check_one_of(node: Node, shape: OneOf, path: Path) -> list[Finding]:
    fitting = [s for s in shape.shapes if _kind_fits(node, s)]
    if not fitting:
        return _wrong(node, shape, path, quotes(node))
    records = [s for s in fitting if isinstance(s, Record)]
    if isinstance(node, Table) and len(records) > 1:
        return _check_record_of(node, records, path)
    tried = [check(node, s, path) for s in fitting]
    if not all(tried):
        return []
    return min(tried, key=lambda found: (-min(len(f.path) for f in found), len(found)))


def _kind_fits(node: Node, shape: Shape) -> bool:
    match shape:
        case Any():
            return True
        case Text() | Choice():
            return node.kind == "text"
        case Flag():
            return node.kind == "flag"
        case Number():
            return node.kind == "number"
        case Many():
            return isinstance(node, Items)
        case Map() | Record():
            return isinstance(node, Table)
        case OneOf():
            return any(_kind_fits(node, s) for s in shape.shapes)


def _check_record_of(node: Table, records: list[Record], path: Path) -> list[Finding]:
    """Several kinds of table are possible: the one that was most likely meant explains what is wrong."""
    kind = node.get("type")
    if isinstance(kind, Leaf):
        named = [r for r in records if r.kind == kind.value]
        if not named:
            kinds = [r.kind for r in records if r.kind]
            hint = meant(str(kind.value), kinds) or f"Types: {', '.join(kinds)}"
            return [Finding((*path, "type"), kind.span, f'Unknown type "{short(str(kind.value))}"', hint)]
        return _check_record(node, named[0], path)
    names = {entry.key for entry in node}
    for record in records:
        if names <= record.names.keys() and not _check_record(node, record, path):
            return []
    best = max(records, key=lambda r: _likeness(node, r))
    return _other_kind(node, best, records, path) or _check_record(node, best, path)


def _likeness(node: Table, record: Record) -> tuple[int, int, int]:
    names = {e.key for e in node}
    required = {f.name for f in record.fields if f.required} | set(record.needs_one)
    near = sum(1 for n in names if nearest(n, [f.name for f in record.fields]))
    return len(names & required), len(names & set(record.names)), near


def _other_kind(node: Table, best: Record, records: list[Record], path: Path) -> list[Finding]:
    """A setting that belongs to another kind of table than the rest."""
    for entry in node:
        owner = next((r for r in records if entry.key in r.names), None)
        if entry.key not in best.names and owner is not None:
            mine = next((e.key for e in node if e.key in best.names), "")
            message = f'"{entry.key}" goes with {owner.title}, not with "{mine}" ({best.title})'
            return [Finding((*path, entry.key), entry.key_span, message, _settings(best))]
    return []
