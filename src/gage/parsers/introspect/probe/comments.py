"""Comments that describe values: behind those of a YAML file, and at the fields of a class."""

from __future__ import annotations

import re

from . import json_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

_COMMENT = re.compile(r"\s*,?\s*#+(?![#:\s]*(?i:type:|noqa|pylint|pragma|fmt:|yamllint|todo)):?\s*(.*)")
"""`  # the rate`, but not a comment for a tool."""


def read_yaml_comments(path: str | os.PathLike[str]) -> dict[str, str]:
    """Returns the comments behind the values of a YAML file, by dotted key; {} for a file that is not YAML."""
    from importlib import import_module

    yaml = import_module("yaml")
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    try:
        return dict(_list_yaml_comments(yaml.compose(text, Loader=yaml.SafeLoader), "", text.splitlines()))
    except (yaml.YAMLError, RecursionError):
        return {}


def _list_yaml_comments(node: object, name: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yields dotted keys with the comments behind their values. `node` is one of PyYAML."""
    if type(node).__name__ == "MappingNode":
        for key, value in node.value:  # type: ignore[attr-defined]
            yield from _list_yaml_comments(value, f"{name}.{key.value}" if name else str(key.value), lines)
    elif node is not None:
        end = node.end_mark  # type: ignore[attr-defined]
        line = lines[end.line][end.column :] if end.line < len(lines) else ""
        comment = _COMMENT.match(line) if end.line == node.start_mark.line else None  # type: ignore[attr-defined]
        yield name, comment.group(1).strip() if comment else ""


def read_field_comments(kind: type) -> dict[str, str]:
    """Returns the help of the fields of a class, inherited ones as well: `metadata={"help": …}`, the text below a
    field, or the comment behind it or above it.
    """
    comments: dict[str, str] = {}
    for base in reversed(kind.__mro__[:-1]):
        comments.update(_list_field_comments(base))
    for name, field in getattr(kind, "__dataclass_fields__", {}).items():
        comments[name] = json_values.format_line(field.metadata.get("help")) or comments.get(name, "")
    return comments


def _list_field_comments(kind: type) -> Iterator[tuple[str, str]]:
    import ast
    import inspect
    import textwrap

    try:
        text = textwrap.dedent(inspect.getsource(kind))
        body = getattr(ast.parse(text).body[0], "body", [])
    except (OSError, TypeError, SyntaxError, IndexError):
        return
    lines = text.splitlines()
    for field, after in zip(body, [*body[1:], None]):  # noqa: B905 - Python 3.8 has no strict
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            value = getattr(after, "value", None) if isinstance(after, ast.Expr) else None
            below = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
            last = lines[(field.end_lineno or 0) - 1].encode()[field.end_col_offset or 0 :].decode("utf-8", "replace")
            above = lines[field.lineno - 2].strip()
            comment = _COMMENT.match(last) or (_COMMENT.match(above) if above.startswith("#") else None)
            yield field.target.id, json_values.format_line(below or (comment.group(1) if comment else ""))
