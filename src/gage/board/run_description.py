"""Describes a run by the values that a user chose, and always by what is wrong with the run."""

from gage.board.run_table import COLUMNS, CellContext, resolve_column

PLAIN = ("label", "tags", "comments", "reason", "status", "op", "operation", "started", "duration", "name")
"""Values that the description shows without their names."""


def describe_values(row: CellContext) -> str:
    """Returns the chosen values that the run has, in the order of `described`: `lr=0.1 loss=0.2  a label`."""
    run = row.run
    parts: list[str] = []
    for text in filter(None, (_describe(name, row) for name in row.described)):
        is_joined = bool(parts) and _is_pair(parts[-1]) and _is_pair(text)
        parts = [*parts[:-1], f"{parts[-1]} {text}"] if is_joined else [*parts, text]
    batch = f"(batch of {run.trials})" if run.trials else ""
    reason = "" if "reason" in row.described else run.reason
    return "  ".join(text for text in (run.incomplete, *parts, batch, reason) if text)


def _is_pair(text: str) -> bool:
    return "=" in text.partition(" ")[0]


def _describe(name: str, row: CellContext) -> str:
    if name == "marked":
        return "marked" if row.run.user_attrs.marked else ""
    if name == "description":
        return ""
    column, render = resolve_column(name, [row.run])
    value = render(row)
    text = "" if value is None else str(value)
    return text if not text or name in PLAIN else f"{column.title if name not in COLUMNS else name}={text}"
