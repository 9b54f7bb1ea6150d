"""The constants of a Python file: read, and written back with all else as it was.

Reads text only: the file is never run or imported. What the program assigns again, changes in place or computes (a loss
that starts at 1.0, a list that grows) is a variable, no setting.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping

from gage.formats import spans
from gage.formats.config_source import FileValue
from gage.formats.python_constants import evaluate_constant, format_literal
from gage.formats.python_names import NAMESPACE_CLASSES, count_assignments, find_mutated_names
from gage.formats.spans import BOM, ValueNode
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

_BASES = ("object", "NamedTuple", "BaseModel", "BaseSettings")
"""Classes whose fields are settings, as those of a dataclass are."""


def read(source: str) -> dict[str, FileValue]:
    """The settings of a Python module by name. Raises ConfigError when the text is not Python."""
    text = source.removeprefix(BOM)
    return build_config_values(text, find_constants(text, parse_python(text)))


def build_config_values(text: str, root: ValueNode) -> dict[str, FileValue]:
    """The places as settings; a field of a class can be named without its class where that is clear."""
    settings = spans.list_settings(text, root)
    fields = [f"{name}.{key}" for name, part in root.children if part.style == "class" for key, _ in part.children]
    for name in fields:
        short = name.partition(".")[2]
        if short not in settings and sum(f.partition(".")[2] == short for f in fields) == 1:
            settings[name] = settings[name]._replace(aliases=(short,))
    return settings


def apply(source: str, values: Mapping[str, JSONValue]) -> str:
    """The same module with the settings in `values` changed.

    Raises ConfigError when the text is not Python or has no such setting.
    """
    mark = BOM if source.startswith(BOM) else ""
    text = source.removeprefix(BOM)
    return mark + spans.replace_values(text, find_constants(text, parse_python(text)), values, format_literal)


def parse_python(source: str) -> ast.Module:
    """The syntax tree of Python text. Raises ConfigError when it is none."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as for an invalid escape: the program's business
            return ast.parse(source.removeprefix(BOM))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        line = f" (line {e.lineno})" if isinstance(e, SyntaxError) and e.lineno else ""
        raise ConfigError(f"The file cannot be read as Python{line}") from None


def find_constants(text: str, tree: ast.Module, lines: Collection[int] | None = None) -> ValueNode:
    """The constants that the module's own lines assign and nothing else changes. With `lines` only those assigned
    there, and they may be assigned again elsewhere.
    """
    scan = _ConstantFinder(text, tree, lines)
    parts: dict[str, ValueNode] = {}
    for name, node, kind in scan.assignments(_body(tree)):
        place = scan.place(node, kind) if scan.is_setting(name) else None
        if place is not None:
            parts[name] = scan.without_changed(name, place)
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and scan.is_setting(statement.name) and _holds_settings(statement):
            parts[statement.name] = scan.of_class(statement)
    ordered = sorted(parts.items(), key=lambda part: _first(part[1]))
    return ValueNode({}, -1, -1, "table", tuple(ordered))


def _first(place: ValueNode) -> int:
    return place.start if place.start >= 0 else min((_first(p) for _, p in place.children), default=0)


def _body(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run when the module is started: `if __name__ == "__main__":` belongs to them."""
    for statement in tree.body:
        match statement:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()]), body=body):
                yield from body
            case _:
                yield statement


def _holds_settings(node: ast.ClassDef) -> bool:
    """Whether a class is a record of values: a dataclass or the like, or nothing but assignments."""
    marks = [_name_of(m.func if isinstance(m, ast.Call) else m) for m in node.decorator_list]
    if any("dataclass" in mark or mark in ("define", "frozen", "s", "attrs") for mark in marks):
        return True
    if marks or any(_name_of(b) not in _BASES for b in node.bases):
        return False
    return bool(node.bases) or not any(isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef)) for s in node.body)


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class _ConstantFinder:
    """Finds places in one module. `lines` as in `module_places`."""

    def __init__(self, text: str, tree: ast.Module, lines: Collection[int] | None) -> None:
        self.text = text
        self.lines = lines
        self.counts = count_assignments(tree)
        self.changed = find_mutated_names(tree)
        self.strange = {n for n in ("inf", "nan") if n in self.counts and n not in _of_math(tree)}
        self.starts = [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]
        self.is_ascii = text.isascii()

    def is_setting(self, name: str) -> bool:
        if name.startswith("_"):
            return False
        return self.lines is not None or (self.counts.get(name) == 1 and name not in self.changed)

    def assignments(self, body: Iterator[ast.stmt] | list[ast.stmt]) -> Iterator[tuple[str, ast.expr, str]]:
        """Name, value and annotated type of each assignment."""
        for statement in body:
            if self.lines is not None and statement.lineno not in self.lines:
                continue
            match statement:
                case ast.Assign(targets=[target], value=node):
                    yield from ((name, value, "") for name, value in _pairs(target, node))
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as node, annotation=annotation):
                    yield name, node, _annotated(annotation)

    def of_class(self, node: ast.ClassDef) -> ValueNode:
        """The fields of a class that have constants as their defaults."""
        parts: dict[str, ValueNode] = {}
        for name, value, kind in self.assignments(node.body):
            place = self.place(_default(value), kind)
            if place is not None and not name.startswith("_") and f"{node.name}.{name}" not in self.changed:
                parts[name] = place
        return ValueNode({k: p.value for k, p in parts.items()}, -1, -1, "table", tuple(parts.items()), "class")

    def without_changed(self, name: str, place: ValueNode) -> ValueNode:
        """A record without the attributes that are given a value later."""
        if self.lines is not None or not any(f"{name}.{key}" in self.changed for key, _ in place.children):
            return place
        parts = tuple((key, part) for key, part in place.children if f"{name}.{key}" not in self.changed)
        return ValueNode({k: p.value for k, p in parts}, -1, -1, place.kind, parts, place.style)

    def place(self, node: ast.expr, kind: str = "") -> ValueNode | None:
        """Where the value of an expression stands; None when it is computed."""
        if isinstance(node, ast.Dict) and node.keys:
            return self._table(node)
        if isinstance(node, ast.Call):
            inside = self._called(node)
            if inside is not None:
                return inside
        try:
            value = evaluate_constant(node)
        except ValueError:
            return None
        if self.strange and any(isinstance(n, ast.Name) and n.id in self.strange for n in ast.walk(node)):
            return None
        start, end = self._span(node)
        if not isinstance(node, (ast.List, ast.Tuple)):
            return ValueNode(value, start, end, "table" if isinstance(node, ast.Dict) else "value", type=kind)
        inner = [self.place(item) for item in node.elts]
        parts = tuple((str(i), p) for i, p in enumerate(inner) if p is not None)
        style = "tuple" if isinstance(node, ast.Tuple) else ""
        few = parts if len(parts) == len(inner) <= spans.MAX_LIST_ITEMS else ()
        return ValueNode(value, start, end, "list", few, style)

    def _called(self, node: ast.Call) -> ValueNode | None:
        """What a call that only holds constants holds: `dict(lr=0.1)`, `SimpleNamespace(lr=0.1)`, `Path("data")`."""
        match _name_of(node.func), node.args, node.keywords:
            case (("Path" | "PurePath" | "PosixPath"), [ast.Constant(value=str()) as text], []):
                return self.place(text, "str")
            case name, [ast.Dict(keys=[_, *_]) as table], [] if name in NAMESPACE_CLASSES:
                return self.place(table)
            case name, [], [_, *_] as keywords if name == "dict" or name in NAMESPACE_CLASSES:
                found = {k.arg: self.place(k.value) for k in keywords if k.arg}
                parts = {name: place for name, place in found.items() if place is not None}
                values = {name: place.value for name, place in parts.items()}
                return ValueNode(values, -1, -1, "table", tuple(parts.items())) if parts else None
        return None

    def _table(self, node: ast.Dict) -> ValueNode | None:
        """A table whose keys are all text; what is computed in it is no setting."""
        parts: dict[str, ValueNode] = {}
        whole = True
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or key.value in parts:
                return None
            place = self.place(value)
            if place is None:
                whole = False
            else:
                parts[key.value] = place
        start, end = self._span(node) if whole else (-1, -1)
        value_of = {k: p.value for k, p in parts.items()}
        return ValueNode(value_of, start, end, "table", tuple(parts.items())) if parts else None

    def _span(self, node: ast.expr) -> tuple[int, int]:
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._at(node.lineno, node.col_offset), self._at(end_line, end)

    def _at(self, line: int, offset: int) -> int:
        """A position from a line and an offset in bytes."""
        start = self.starts[line - 1]
        if self.is_ascii:
            return start + offset
        stop = self.starts[line] if line < len(self.starts) else len(self.text)
        return start + len(self.text[start:stop].encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each name of an assignment with its value: `a, (b, c) = 1, (2, 3)` has three."""
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            if len(targets) == len(values) and not any(isinstance(e, ast.Starred) for e in (*targets, *values)):
                for one, other in zip(targets, values, strict=True):
                    yield from _pairs(one, other)


def _of_math(tree: ast.Module) -> set[str]:
    """What the module imports by name from where `inf` and `nan` are."""
    places = [s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module in ("math", "numpy", "torch")]
    return {a.name for s in places for a in s.names if a.asname in (None, a.name)}


def _default(node: ast.expr) -> ast.expr:
    """The default in `field(default=0.1)` and the like."""
    match node:
        case ast.Call(func=func, keywords=keywords) if _name_of(func).lower() == "field":
            for keyword in keywords:
                if keyword.arg == "default":
                    return keyword.value
                if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Lambda):
                    return keyword.value.body
    return node


def _annotated(annotation: ast.expr) -> str:
    """The one plain type in an annotation such as `str`, `Optional[str]` or `float | None`."""
    names = [n.id for n in ast.walk(annotation) if isinstance(n, ast.Name) and n.id not in ("Optional", "Final")]
    return names[0] if len(names) == 1 and names[0] in ("int", "float", "str", "bool") else ""
