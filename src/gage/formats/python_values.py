"""Finds the constants of a Python module, and changes them in its source.

Never runs or imports the file. A name that the program assigns again, changes in place or computes (a loss that starts
at 1.0, a list that grows) is a variable and not a value of the config.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.python_constants import evaluate_constant, format_literal
from gage.formats.python_names import (
    NAMESPACE_CLASSES,
    count_assignments,
    find_branch_assignments,
    find_mutated_names,
    is_main_guard,
)
from gage.formats.spans import BOM, ValueNode
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_BASES = ("object", "NamedTuple", "BaseModel", "BaseSettings")
"""Base classes whose fields are config values, like those of a dataclass."""


def read(source: str) -> dict[str, FileValue]:
    """Returns the values of a Python module by name. Raises ConfigError if the text is not Python."""
    text = source.removeprefix(BOM)
    tree = parse_python(text)
    values = build_config_values(text, find_constants(text, tree))
    for name, lines in find_branch_assignments(tree).items():
        if name in values:
            note = f"may be assigned again in line {lines[0]}"
            values[name] = values[name]._replace(description="; ".join(filter(None, (values[name].description, note))))
    return values


def build_config_values(text: str, root: ValueNode) -> dict[str, FileValue]:
    """Returns the found constants by name. A class's field has its short name as an alias if that is unambiguous."""
    config_values = spans.list_settings(text, root)
    fields = [f"{name}.{key}" for name, part in root.children if part.style == "class" for key, _ in part.children]
    for name in fields:
        short = name.partition(".")[2]
        if short not in config_values and sum(f.partition(".")[2] == short for f in fields) == 1:
            config_values[name] = config_values[name]._replace(aliases=(short,))
    return config_values


def apply(source: str, values: Mapping[str, JSONValue]) -> str:
    """Returns the module with `values` changed.

    Raises ConfigError if the text is not Python or has no such constant.
    """
    mark = BOM if source.startswith(BOM) else ""
    text = source.removeprefix(BOM)
    return mark + spans.replace_values(text, find_constants(text, parse_python(text)), values, format_literal)


def parse_python(source: str) -> ast.Module:
    """Returns the syntax tree of Python text. Raises ConfigError with the line of a syntax error."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as for an invalid escape
            return ast.parse(source.removeprefix(BOM))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        line = f" (line {e.lineno})" if isinstance(e, SyntaxError) and e.lineno else ""
        raise ConfigError(f"The file cannot be read as Python{line}") from None


def find_constants(text: str, tree: ast.Module, lines: Collection[int] | None = None) -> ValueNode:
    """Returns the constants that the module's top level assigns once and nothing else but a branch changes.

    With `lines`, returns those assigned in these lines, even if they are assigned again elsewhere.
    """
    finder = _ConstantFinder(text, tree, lines)
    parts: dict[str, ValueNode] = {}
    for name, node, kind in finder.assignments(_top_level(tree)):
        node_value = finder.find_constant(node, kind) if finder.is_constant(name) else None
        if node_value is not None:
            parts[name] = finder.drop_mutated(name, node_value)
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and finder.is_constant(statement.name) and _is_record_class(statement):
            parts[statement.name] = finder.find_fields(statement)
    ordered = sorted(parts.items(), key=lambda part: _first_offset(part[1]))
    return ValueNode({}, -1, -1, "table", tuple(ordered))


def _first_offset(node_value: ValueNode) -> int:
    if node_value.start >= 0:
        return node_value.start
    return min((_first_offset(child) for _, child in node_value.children), default=0)


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yields the statements at the top level, with those in `if __name__ == "__main__":`."""
    for statement in tree.body:
        if isinstance(statement, ast.If) and is_main_guard(statement):
            yield from statement.body
        else:
            yield statement


def _is_record_class(node: ast.ClassDef) -> bool:
    """Returns whether a class is a record: a dataclass or similar, or a class with nothing but assignments."""
    decorators = [_name_of(m.func if isinstance(m, ast.Call) else m) for m in node.decorator_list]
    if any("dataclass" in mark or mark in ("define", "frozen", "s", "attrs") for mark in decorators):
        return True
    if decorators or any(_name_of(b) not in _BASES for b in node.bases):
        return False
    return bool(node.bases) or not any(isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef)) for s in node.body)


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class _ConstantFinder:
    """Finds the constants of one module. `lines` as in `find_constants`."""

    def __init__(self, text: str, tree: ast.Module, lines: Collection[int] | None) -> None:
        self.text = text
        self.lines = lines
        self.counts = count_assignments(tree)
        self.branches = {name: len(again) for name, again in find_branch_assignments(tree).items()}
        self.mutated = find_mutated_names(tree)
        self.redefined = {n for n in ("inf", "nan") if n in self.counts and n not in _names_from_math(tree)}
        self.starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]
        self.is_ascii = text.isascii()

    def is_constant(self, name: str) -> bool:
        if name.startswith("_"):
            return False
        count = self.counts.get(name, 0) - self.branches.get(name, 0)
        return self.lines is not None or (count == 1 and name not in self.mutated)

    def assignments(self, body: Iterator[ast.stmt] | list[ast.stmt]) -> Iterator[tuple[str, ast.expr, str]]:
        """Yields name, value and annotated type of each assignment."""
        for statement in body:
            if self.lines is not None and statement.lineno not in self.lines:
                continue
            match statement:
                case ast.Assign(targets=[target], value=node):
                    yield from ((name, value, "") for name, value in _unpack(target, node))
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as node, annotation=annotation):
                    yield name, node, _annotated_type(annotation)

    def find_fields(self, node: ast.ClassDef) -> ValueNode:
        """Returns the fields of a class with constant defaults."""
        parts: dict[str, ValueNode] = {}
        for name, value, kind in self.assignments(node.body):
            node_value = self.find_constant(_field_default(value), kind)
            if node_value is not None and not name.startswith("_") and f"{node.name}.{name}" not in self.mutated:
                parts[name] = node_value
        return spans.build_table(parts, style="class")

    def drop_mutated(self, name: str, node_value: ValueNode) -> ValueNode:
        """Returns a record without the attributes that the program assigns later."""
        if self.lines is not None or not any(f"{name}.{key}" in self.mutated for key, _ in node_value.children):
            return node_value
        parts = {key: part for key, part in node_value.children if f"{name}.{key}" not in self.mutated}
        return spans.build_table(parts, style=node_value.style)

    def find_constant(self, node: ast.expr, kind: str = "") -> ValueNode | None:
        """Returns the constant that an expression is, with its span; None if it is computed."""
        if isinstance(node, ast.Dict) and node.keys:
            return self._find_in_dict(node)
        if isinstance(node, ast.Call):
            inside = self._find_in_call(node)
            if inside is not None:
                return inside
        try:
            value = evaluate_constant(node)
        except ValueError:
            return None
        if self.redefined and any(isinstance(n, ast.Name) and n.id in self.redefined for n in ast.walk(node)):
            return None
        start, end = self._span(node)
        if not isinstance(node, (ast.List, ast.Tuple)):
            return ValueNode(value, start, end, "table" if isinstance(node, ast.Dict) else "value", type=kind)
        inner = [self.find_constant(item) for item in node.elts]
        parts = tuple((str(i), p) for i, p in enumerate(inner) if p is not None)
        style = "tuple" if isinstance(node, ast.Tuple) else ""
        few = parts if len(parts) == len(inner) <= spans.MAX_LIST_ITEMS else ()
        return ValueNode(value, start, end, "list", few, style)

    def _find_in_call(self, node: ast.Call) -> ValueNode | None:
        """Returns the constants that a call wraps: `dict(lr=0.1)`, `SimpleNamespace(lr=0.1)`, `Path("data")`."""
        match _name_of(node.func), node.args, node.keywords:
            case (("Path" | "PurePath" | "PosixPath"), [ast.Constant(value=str()) as text], []):
                return self.find_constant(text, "str")
            case name, [ast.Dict(keys=[_, *_]) as table], [] if name in NAMESPACE_CLASSES:
                return self.find_constant(table)
            case name, [], [_, *_] as keywords if name == "dict" or name in NAMESPACE_CLASSES:
                arguments = {k.arg: self.find_constant(k.value) for k in keywords if k.arg}
                parts = {name: node_value for name, node_value in arguments.items() if node_value is not None}
                return spans.build_table(parts) if parts else None
        return None

    def _find_in_dict(self, node: ast.Dict) -> ValueNode | None:
        """Returns the constants in a dict whose keys are all strings, without computed items."""
        parts: dict[str, ValueNode] = {}
        whole = True
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or key.value in parts:
                return None
            node_value = self.find_constant(value)
            if node_value is None:
                whole = False
            else:
                parts[key.value] = node_value
        start, end = self._span(node) if whole else (-1, -1)
        return spans.build_table(parts, start, end) if parts else None

    def _span(self, node: ast.expr) -> tuple[int, int]:
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._offset(node.lineno, node.col_offset), self._offset(end_line, end)

    def _offset(self, line: int, offset: int) -> int:
        """Returns the offset in the text of a line and an offset in bytes."""
        start = self.starts[line - 1]
        if self.is_ascii:
            return start + offset
        stop = self.starts[line] if line < len(self.starts) else len(self.text)
        return start + len(self.text[start:stop].encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


def _unpack(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yields each name of an assignment with its value: `a, (b, c) = 1, (2, 3)` has three."""
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            if len(targets) == len(values) and not any(isinstance(e, ast.Starred) for e in (*targets, *values)):
                for one, other in zip(targets, values, strict=True):
                    yield from _unpack(one, other)


def _names_from_math(tree: ast.Module) -> set[str]:
    """Returns the names that the module imports from math, numpy or torch, which have `inf` and `nan`."""
    places = [s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module in ("math", "numpy", "torch")]
    return {a.name for s in places for a in s.names if a.asname in (None, a.name)}


def _field_default(node: ast.expr) -> ast.expr:
    """Returns the default in `field(default=0.1)` and similar calls."""
    match node:
        case ast.Call(func=func, keywords=keywords) if _name_of(func).lower() == "field":
            for keyword in keywords:
                if keyword.arg == "default":
                    return keyword.value
                if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Lambda):
                    return keyword.value.body
    return node


def _annotated_type(annotation: ast.expr) -> str:
    """Returns the one plain type in an annotation such as `str`, `Optional[str]` or `float | None`."""
    names = [n.id for n in ast.walk(annotation) if isinstance(n, ast.Name) and n.id not in ("Optional", "Final")]
    return names[0] if len(names) == 1 and names[0] in ("int", "float", "str", "bool") else ""
