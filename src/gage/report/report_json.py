"""Converts the data of a report to JSON, for `--json` and its run, and back, for frozen reports.

The JSON may be damaged or come from somebody else: the parser leaves out wrong parts, or raises ValueError.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import cast

from gage.board.svg_plot import LinePlot, PlotLine
from gage.report.items import (
    LINE_MARKS,
    CodeItem,
    FactsItem,
    ImageItem,
    InlineText,
    Item,
    NumberItem,
    PlotItem,
    Report,
    ReportBlock,
    TableItem,
    TextItem,
)
from gage.report.resolve import FrozenData
from gage.report.resolve_files import detect_media_type
from gage.report.source import ErrorItem
from gage.types.table import Column, Table
from gage.types.values import NON_FINITE, JSONValue, as_list, as_table, replace_non_finite

FORMAT = 1


def convert_report_to_json(report: Report) -> dict[str, JSONValue]:
    """Returns all data of a report."""
    return {
        "format": FORMAT,
        "report": report.name,
        "title": report.title,
        "made": report.made,
        "runs": [run._asdict() for run in report.runs],
        "values": {text: {"text": each.text, "runs": list(each.runs)} for text, each in report.values.items()},
        "blocks": [_convert_block(block) for block in report.blocks],
        "errors": [error._asdict() for error in report.errors],
    }


def encode_report(report: Report) -> bytes:
    """Returns the data of a report as JSON text."""
    return json.dumps(replace_non_finite(convert_report_to_json(report)), ensure_ascii=False).encode("utf-8", "replace")


def _convert_block(block: ReportBlock) -> JSONValue:
    return {
        "key": block.key,
        "kind": block.kind,
        "id": block.id,
        "caption": block.caption,
        "runs": list(block.runs),
        "items": [_convert_item(item) for item in block.items],
    }


def _convert_item(item: Item) -> JSONValue:
    match item:
        case TextItem():
            return {"type": "text", **item._asdict()}
        case FactsItem(facts):
            return {"type": "facts", "facts": [list(fact) for fact in facts]}
        case TableItem(table, texts):
            columns = [column._asdict() for column in table.columns]
            rows: JSONValue = [list(row) for row in table.rows]
            shown: JSONValue = [list(row) for row in texts]
            return {"type": "table", "columns": columns, "rows": rows, "texts": shown}
        case PlotItem(plot):
            lines = [{name: _plain(value) for name, value in line._asdict().items()} for line in plot.lines]
            return {"type": "plot", **plot._asdict(), "lines": lines}
        case ImageItem(name, media_type, data):
            return {"type": "image", "name": name, "media_type": media_type, "data": base64.b64encode(data).decode()}
        case CodeItem(title, code):
            return {"type": "code", "title": title, "lines": [list(line) for line in code]}
        case NumberItem():
            return {"type": "number", **item._asdict()}
    return {"type": "error", **item._asdict()}


def _plain(value: str | Sequence[float]) -> JSONValue:
    return value if isinstance(value, str) else list(value)


def parse_frozen_data(data: bytes) -> FrozenData:
    """Returns the stored data of a report. Raises ValueError for other data."""
    try:
        raw = as_table(json.loads(data))
        if raw.get("format") != FORMAT:
            raise ValueError("another version of Gage wrote it")
        made = raw.get("made")
        return FrozenData(
            {block.key: block for block in map(_parse_block, map(as_table, as_list(raw.get("blocks")))) if block.key},
            {text: _parse_value(as_table(value)) for text, value in as_table(raw.get("values")).items()},
            {_text(run, "id"): _text(run, "name") for run in map(as_table, as_list(raw.get("runs")))},
            made if isinstance(made, int) else 0,
        )
    except (RecursionError, UnicodeDecodeError) as e:
        raise ValueError(str(e)) from None


def _parse_value(raw: Mapping[str, JSONValue]) -> InlineText:
    return InlineText(_text(raw, "text"), _texts(raw.get("runs")))


def _parse_block(raw: Mapping[str, JSONValue]) -> ReportBlock:
    """Returns a block. A block with an error gets no key: a frozen report resolves it again."""
    items = tuple(_parse_item(as_table(item)) for item in as_list(raw.get("items")))
    is_wrong = any(isinstance(item, ErrorItem) for item in items)
    key = "" if is_wrong else _text(raw, "key")
    return ReportBlock(key, _text(raw, "kind"), _text(raw, "id"), items, _text(raw, "caption"), _texts(raw.get("runs")))


def _parse_item(raw: Mapping[str, JSONValue]) -> Item:
    match raw.get("type"):
        case "text":
            style = _text(raw, "style")
            return TextItem(_text(raw, "text"), "note" if style == "note" else "title" if style == "title" else "plain")
        case "facts":
            return FactsItem(tuple(_parse_pair(fact) for fact in as_list(raw.get("facts"))))
        case "table":
            return _parse_table(raw)
        case "plot":
            return PlotItem(_parse_plot(raw))
        case "image":
            return _parse_image(raw)
        case "code":
            return CodeItem(_text(raw, "title"), tuple(_parse_code_line(line) for line in as_list(raw.get("lines"))))
        case "number":
            return NumberItem(_text(raw, "text"), _text(raw, "label"))
        case "error":
            return ErrorItem(_text(raw, "message"), _text(raw, "hint"), 0)
    raise ValueError(f"{raw.get('type')!r} is not an item")


def _parse_table(raw: Mapping[str, JSONValue]) -> TableItem:
    columns = tuple(map(_parse_column, map(as_table, as_list(raw.get("columns")))))
    rows = tuple(tuple(map(_parse_cell, as_list(row))) for row in as_list(raw.get("rows")))
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("a table has rows of another length than its columns")
    texts = tuple(_texts(row) for row in as_list(raw.get("texts")))
    if texts and [len(row) for row in texts] != [len(columns)] * len(rows):
        raise ValueError("a table has more or fewer texts than cells")
    return TableItem(Table(columns, rows), texts)


def _parse_column(raw: Mapping[str, JSONValue]) -> Column:
    content = raw.get("content")
    if content not in ("value", "summary", "delta"):
        raise ValueError(f"{content!r} is not the content of a column")
    align = "right" if raw.get("align") == "right" else "left"
    return Column(_text(raw, "key"), _text(raw, "title"), align, content)


def _parse_cell(value: JSONValue) -> JSONValue:
    """Returns a value. The text "NaN" stands for NaN, which JSON does not have; so does that of infinities."""
    return NON_FINITE[value] if isinstance(value, str) and value in NON_FINITE else value


def _parse_plot(raw: Mapping[str, JSONValue]) -> LinePlot:
    kind = raw.get("x_kind")
    if kind not in ("number", "duration", "time"):
        raise ValueError(f"{kind!r} is not the kind of an axis")
    lines = tuple(map(_parse_line, map(as_table, as_list(raw.get("lines")))))
    return LinePlot(_text(raw, "title"), _text(raw, "x_title"), lines, kind, raw.get("log") is True)


def _parse_line(raw: Mapping[str, JSONValue]) -> PlotLine:
    xs, *others = (_numbers(raw.get(name)) for name in ("xs", "ys", "raw", "low", "high"))
    if len(others[0]) != len(xs) or any(len(each) not in (0, len(xs)) for each in others):
        raise ValueError("a line has columns of different lengths")
    return PlotLine(_text(raw, "name"), xs, *others)


def _numbers(value: JSONValue) -> list[float]:
    numbers = [_parse_cell(each) for each in as_list(value)]
    if not all(isinstance(each, int | float) for each in numbers):
        raise ValueError("a line has points that are not numbers")
    return cast("list[float]", numbers)


def _parse_image(raw: Mapping[str, JSONValue]) -> ImageItem:
    try:
        data = base64.b64decode(_text(raw, "data"), validate=True)
    except binascii.Error as e:
        raise ValueError(f"an image is damaged: {e}") from None
    media_type = detect_media_type(data)
    if media_type is None:
        raise ValueError("an image is not PNG, JPEG, GIF, WebP or BMP")
    return ImageItem(_text(raw, "name"), media_type, data)


def _parse_code_line(value: JSONValue) -> tuple[str, str]:
    mark, text = _parse_pair(value)
    if mark not in LINE_MARKS:
        raise ValueError(f"{mark!r} is not the mark of a line")
    return mark, text


def _parse_pair(value: JSONValue) -> tuple[str, str]:
    first, second = map(str, as_list(value))
    return first, second


def _text(raw: Mapping[str, JSONValue], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _texts(value: JSONValue) -> tuple[str, ...]:
    return tuple(text for text in as_list(value) if isinstance(text, str))
