"""Resolves inline values, and blocks that show a value in large type."""

import math

from gage.board.formatting import format_number, format_value
from gage.board.value_columns import get_column_value
from gage.lib import times
from gage.report.inline import InlineQuery, parse_inline
from gage.report.items import NumberItem
from gage.report.run_query import RunQuery
from gage.report.source import BlockSettings
from gage.select.parse import parse_value_name
from gage.types.errors import NotFound
from gage.types.run import Run
from gage.types.values import JSONValue


def resolve_inline(text: str, query: RunQuery) -> str:
    """Returns the text of an inline value. Raises GageError."""
    return _resolve_value(parse_inline(text), query, "")


def _resolve_value(inline: InlineQuery, query: RunQuery, where: str) -> str:
    match inline.function:
        case "count":
            condition = " and ".join(f"({part})" for part in (where, inline.argument) if part)
            return _format(len(query.find(condition).runs), inline.format)
        case "date":
            return times.format_iso(times.now_us())[:10]
        case "latest":
            run = query.find_run("latest", where)
            return _format(_require_value(run, inline.argument, query), inline.format)
    return _resolve_best(inline, query, where)


def _resolve_best(inline: InlineQuery, query: RunQuery, where: str) -> str:
    run = query.find_best(inline.argument, where)
    if inline.name:
        return _format(_require_value(run, inline.name, query), inline.format)
    metric = query.pick_metric(inline.argument, where)
    return _format(metric.list_values(run, query.read_series)[0], inline.format)


def _require_value(run: Run, name: str, query: RunQuery) -> JSONValue:
    """Returns a value of a run. Raises NotFound if it has none."""
    value = get_column_value(run, 0, name, query.read_series)
    if value in (None, "", []):
        query.require_names([parse_value_name(name)], [run])
        raise NotFound(f"{run.name} has no {name}", f"Try: gage show {run.name}")
    return value


def _format(value: JSONValue, number_format: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return apply_format(value, number_format)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else format_value(value)


def apply_format(value: float, number_format: str) -> str:
    """Returns a number in a format; without a format with four significant digits, integers in full."""
    if not number_format:
        return f"{value:,}" if isinstance(value, int) else format_number(value)
    if number_format.endswith("d") and not math.isfinite(value):
        return format_number(value)
    return format(round(value) if number_format.endswith("d") else value, number_format)


def resolve_number(settings: BlockSettings, query: RunQuery) -> tuple[NumberItem, ...]:
    """Returns the value of a block `value`. Raises GageError."""
    inline = parse_inline(settings.value)
    text = _resolve_value(inline._replace(format=inline.format or settings.format), query, settings.where)
    return (NumberItem(text, settings.caption or _describe_inline(inline, query, settings.where)),)


def _describe_inline(inline: InlineQuery, query: RunQuery, where: str) -> str:
    """Returns an inline value in words: `best val_loss`, `name of the best by val_loss`."""
    match inline.function:
        case "best":
            metric = query.resolve_metric(inline.argument, where)
            return f"{inline.name} of the best by {metric}" if inline.name else f"best {metric}"
        case "latest":
            return f"{inline.argument} of the latest run"
        case "count":
            return f"runs with {inline.argument}" if inline.argument else "runs"
    return "date"
