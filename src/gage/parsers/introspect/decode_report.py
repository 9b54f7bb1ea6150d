"""What a program reported → records. A report comes from a user's program: every part of it is checked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast, get_args

from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.types.values import JSONValue

_TYPES = ("int", "float", "str", "bool")


def decode_reports(reports: Sequence[Mapping[str, object]]) -> ParserSpec:
    """One program from the reports of its parsers, in the order in which they parsed; the last one names the kind."""
    last = reports[-1]
    raw = [p for r in reports for p in _list(r.get("parameters")) if isinstance(p, dict)]
    found = [_parameter(p) for p in raw]
    return ParserSpec(
        _text(last.get("parser")) or "argparse",
        tuple(_merged(found)),
        "introspected",
        _text(last.get("note")),
        tuple(dict.fromkeys(c for r in reports for c in _texts(r.get("commands")))),
        next((c for r in reversed(reports) if (c := _text(r.get("command")))), ""),
        has_negative_options=any(r.get("negative") is True for r in reports),
        file_prefix_chars="".join(dict.fromkeys(c for r in reports for c in _text(r.get("from_file")))),
        option_style="separate" if last.get("spelling") == "separate" else "joined",
        is_staged=len(reports) > 1 or any(r.get("stages") is True for r in reports),
        config_files=tuple(p["name"] for p in raw if p.get("file") is True and isinstance(p.get("name"), str)),
        open_commands=tuple(dict.fromkeys(c for r in reports for c in _texts(r.get("open")))),
    )


def _parameter(found: Mapping[str, object]) -> Parameter:
    action = _text(found.get("action"))
    choices = _list(found.get("choices"))
    kind = _text(found.get("type")) or ("str" if choices and all(isinstance(c, str) for c in choices) else "")
    line = found.get("line")
    dest = _text(found.get("dest"))
    truth = _texts(found.get("truth"))
    name = _text(found.get("name"))
    return Parameter(
        name,
        tuple(_texts(found.get("flags"))),
        tuple(_texts(found.get("off"))),
        cast(Action, action if action in get_args(Action) else "store"),
        kind if kind in _TYPES else "",
        _text(found.get("nargs")),
        cast(JSONValue, found.get("default")),
        cast(JSONValue, found.get("const")),
        tuple(cast(list[JSONValue], choices)),
        found.get("required") is True,
        _text(found.get("description")),
        found.get("converts") is True,
        _text(found.get("command")),
        line if isinstance(line, int) else 0,
        tuple(dict.fromkeys(a for a in (dest, *_texts(found.get("aliases"))) if a and a != name)),
        (truth[0], truth[1]) if len(truth) == 2 else ("True", ""),
    )


def _merged(found: Iterable[Parameter]) -> list[Parameter]:
    """Each once; a flag that turns on and another one that turns off the same value are one switch."""
    kept: dict[tuple[str, str], Parameter] = {}
    for p in found:
        target = (p.command, p.aliases[0] if p.aliases else p.name)
        other = kept.get(target)
        if other is not None and other.flags and {p.action, other.action} == {"store_true", "store_false"}:
            pair = (other, p) if other.action == "store_true" else (p, other)
            kept[target] = _switch(*pair, other.default)
        elif (
            other is not None
            and other.flags != p.flags
            and other.type == "bool"
            and p.action in ("store_true", "store_false")
        ):
            continue  # `--x true` and `--no-x`: the first says all
        elif other is None or other.name == p.name:
            kept[target] = p
        else:
            kept[(p.command, p.name)] = p
    return list(kept.values())


def _switch(on: Parameter, off: Parameter, default: JSONValue) -> Parameter:
    from dataclasses import replace

    return replace(
        on, action="switch", off_flags=off.flags, default=default, description=on.description or off.description
    )


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def _texts(found: object) -> list[str]:
    return [t for t in _list(found) if isinstance(t, str)]


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
