"""Builds a `BoardDef` from the valid settings of a board, also from those of Gage 0.1."""

from collections.abc import Mapping
from typing import Literal, cast

from gage.gagefile.board_checks import OLD_KINDS
from gage.types.board import Aggregate, BoardColumn, BoardDef, BoardGroup, BoardScore
from gage.types.values import JSONValue, as_table

RawBoard = Mapping[str, JSONValue]
_OWN_SETTINGS = ("name", "label", "format", "aggregate", *OLD_KINDS, "field")
_KIND_NAMES = {"run-attr": "run", "run": "run", "config": "config", "metric": "metric", "attribute": "attribute"}


def build_board(raw: RawBoard) -> BoardDef:
    """Returns the board of valid settings."""
    limit = raw.get("limit")
    return BoardDef(
        title=_as_text(raw.get("title")),
        description=_as_text(raw.get("description")),
        where=(*_as_texts(raw.get("where")), *_convert_run_select(as_table(raw.get("run-select")))),
        columns=tuple(map(_build_column, cast(list[JSONValue], raw.get("columns") or []))),
        group=_build_group(raw),
        scores=tuple(BoardScore(name, str(text)) for name, text in as_table(raw.get("scores")).items()),
        sort=tuple(text.strip() for text in _as_texts(raw.get("sort"))),
        limit=int(limit) if isinstance(limit, int | float) else None,
    )


def _build_column(raw: JSONValue) -> BoardColumn:
    if not isinstance(raw, Mapping):
        return BoardColumn(_convert_field(str(raw)))
    return BoardColumn(
        _convert_value(raw),
        _as_text(raw.get("label")),
        _as_text(raw.get("format")),
        cast(Aggregate, _as_text(raw.get("aggregate"))),
        {key: value for key, value in raw.items() if key not in _OWN_SETTINGS},
    )


def _build_group(raw: RawBoard) -> BoardGroup | None:
    group, old = as_table(raw.get("group")), as_table(raw.get("group-select"))
    if not group and not old:
        return None
    selector: Literal["", "min", "max"] = "min" if "min" in (group or old) else "max" if "max" in (group or old) else ""
    if group:
        return BoardGroup(_as_texts(group.get("by")), selector, _as_text(group.get(selector)))
    by = _convert_value(as_table(old.get("group-by")))
    return BoardGroup((by,), selector, _convert_value(as_table(old.get(selector))))


def _convert_value(raw: RawBoard) -> str:
    """Returns the name of a value in the filter language: `{"metric": "loss"}` is `metric.loss`."""
    kind = next((kind for kind in OLD_KINDS if kind in raw), None)
    if kind is not None:
        return f"{_KIND_NAMES[kind]}.{raw[kind]}"
    return _convert_field(str(raw["field"])) if "field" in raw else str(raw["name"])


def _convert_field(text: str) -> str:
    """Returns the name of a value for `metric:loss`, as Gage 0.1 writes it. Does not change other texts."""
    kind, colon, name = text.partition(":")
    return f"{kind}.{name}" if colon and name and kind in _KIND_NAMES.values() else text


def _convert_run_select(raw: RawBoard) -> tuple[str, ...]:
    """Returns the filters that select the same runs as a board of Gage 0.1."""
    names = {"run.op": raw.get("operation"), "run.status": raw.get("status")}
    return tuple(f"{name} = {_quote(str(value))}" for name, value in names.items() if value)


def _quote(text: str) -> str:
    """Returns a text in the quotes of the filter language."""
    quote = "'" if '"' in text and "'" not in text else '"'
    return quote + text.replace(quote, "\\" + quote) + quote


def _as_text(value: JSONValue) -> str:
    return "" if value is None else str(value)


def _as_texts(value: JSONValue) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else () if value is None else (str(value),)
