"""Decodes the reports of a program into a ParserSpec. Checks every part, as it comes from a user's program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast, get_args

from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.types.values import JSONValue

_TYPES = ("int", "float", "str", "bool")


def decode_reports(reports: Sequence[Mapping[str, object]]) -> ParserSpec:
    """Returns one spec from the reports of a program's parsers, in the order in which they parsed; the last one gives
    the parser's name. A report has the fields of `ParserSpec`, and those of `Parameter` for each parameter.
    """
    last = reports[-1]
    raw = [p for r in reports for p in _as_list(r.get("parameters")) if isinstance(p, dict)]
    commands = [_as_text(r.get("command")) for r in reports]
    return ParserSpec(
        _as_text(last.get("parser")) or "argparse",
        tuple(_merge_parameters(map(_decode_parameter, raw))),
        "introspected",
        _as_text(last.get("note")),
        _join_texts(reports, "commands"),
        next(filter(None, reversed(commands)), ""),
        has_negative_options=any(r.get("has_negative_options") is True for r in reports),
        file_prefix_chars="".join(dict.fromkeys(c for r in reports for c in _as_text(r.get("file_prefix_chars")))),
        option_style="separate" if last.get("option_style") == "separate" else "joined",
        is_staged=len(reports) > 1 or any(r.get("is_staged") is True for r in reports),
        open_commands=_join_texts(reports, "open_commands"),
        config_files=tuple(_as_text(p.get("name")) for p in raw if p.get("is_config_file") is True),
        failure=_as_text(last.get("failure")),
        command_aliases=dict(_list_aliases(reports)),
        prefix_chars="".join(dict.fromkeys(c for r in reports for c in _as_text(r.get("prefix_chars")) or "-")),
        is_intermixed=any(r.get("is_intermixed") is True for r in reports),
        has_alternatives=any(r.get("has_alternatives") is True for r in reports),
        is_chained=any(r.get("is_chained") is True for r in reports),
    )


def _decode_parameter(raw: Mapping[str, object]) -> Parameter:
    name = _as_text(raw.get("name"))
    action = _as_text(raw.get("action"))
    choices = _as_list(raw.get("choices"))
    kind = _as_text(raw.get("type")) or ("str" if choices and all(isinstance(c, str) for c in choices) else "")
    line = raw.get("line")
    aliases = (_as_text(raw.get("dest")), *_as_texts(raw.get("aliases")))
    words = _as_texts(raw.get("bool_words"))
    return Parameter(
        name,
        tuple(_as_texts(raw.get("flags"))),
        tuple(_as_texts(raw.get("off_flags"))),
        cast(Action, action if action in get_args(Action) else "store"),
        kind if kind in _TYPES else "",
        _as_text(raw.get("nargs")),
        cast(JSONValue, raw.get("default")),
        cast(JSONValue, raw.get("const")),
        tuple(cast(list[JSONValue], choices)),
        raw.get("required") is True,
        _as_text(raw.get("description")),
        raw.get("has_converter") is True,
        _as_text(raw.get("command")),
        line if isinstance(line, int) else 0,
        tuple(dict.fromkeys(alias for alias in aliases if alias and alias != name)),
        (words[0], words[1]) if len(words) == 2 else ("True", ""),
        _as_text(raw.get("follows")),
        {
            **dict.fromkeys(_as_texts(raw.get("true_words")), True),
            **dict.fromkeys(_as_texts(raw.get("false_words")), False),
        },
    )


def _merge_parameters(parameters: Iterable[Parameter]) -> Iterable[Parameter]:
    """Returns each parameter once; a flag that turns a value on and one that turns it off become one switch."""
    merged: dict[tuple[str, str], Parameter] = {}
    for p in parameters:
        target = (p.command, p.aliases[0] if p.aliases else p.name)
        other = merged.get(target)
        is_flag = p.action in ("store_true", "store_false")
        if other is None:
            merged[target] = p
        elif other.flags and {p.action, other.action} == {"store_true", "store_false"}:
            on, off = (other, p) if other.action == "store_true" else (p, other)
            description = on.description or off.description
            merged[target] = on._replace(
                action="switch", off_flags=off.flags, default=other.default, description=description
            )
        elif other.flags != p.flags and other.type == "bool" and is_flag:
            pass  # `--x true` and `--no-x`: the first has all values
        elif other.name == p.name:
            merged[target] = p
        else:
            merged[p.command, p.name] = p
    return merged.values()


def _join_texts(reports: Iterable[Mapping[str, object]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for r in reports for text in _as_texts(r.get(name))))


def _list_aliases(reports: Iterable[Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    for report in reports:
        for pair in map(_as_texts, _as_list(report.get("command_aliases"))):
            if len(pair) == 2:
                yield pair[0], pair[1]


def _as_list(raw: object) -> list[object]:
    return raw if isinstance(raw, list) else []


def _as_texts(raw: object) -> list[str]:
    return [text for text in _as_list(raw) if isinstance(text, str)]


def _as_text(raw: object) -> str:
    return raw if isinstance(raw, str) else ""
