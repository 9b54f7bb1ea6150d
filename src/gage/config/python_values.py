"""Module-level constants of a Python file: read, and written back with all else byte for byte as it was.

Reads text only: the file is never run or imported. A name that the program assigns again (a loss that starts at 1.0, a
counter) is a variable, no setting.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gage.types.errors import ConfigError
from gage.types.values import JSONValue

BOM = "\ufeff"
_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A setting: its value, the line (1-based) where it is assigned, and the type that it is annotated with ("" = none
    of int, float, str and bool).
    """

    value: JSONValue
    line: int
    type: str = ""


def read(source: str) -> dict[str, Found]:
    """The settings of a Python module by name. Raises ConfigError when the text is not Python."""
    return {c.name: Found(c.value, c.node.lineno, c.type) for c in _settings(parse_python(source))}


def apply(source: str, values: Mapping[str, JSONValue]) -> str:
    """The same module with the settings in `values` changed.

    Raises ConfigError when the text is not Python or has no such setting.
    """
    places = {c.name: c.node for c in _settings(parse_python(source))}
    for name in values:
        if name not in places:
            raise ConfigError(f"There is no setting {name!r} in the file")
    mark = BOM if source.startswith(BOM) else ""
    lines = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", source.removeprefix(mark).encode("utf-8", "surrogatepass"))
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    data = b"".join(lines)
    for name in sorted(values, key=lambda n: (places[n].lineno, places[n].col_offset), reverse=True):
        node = places[name]
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        data = data[:start] + literal(values[name], node).encode("utf-8", "surrogatepass") + data[end:]
    return mark + data.decode("utf-8", "surrogatepass")


def apply_bytes(data: bytes, values: Mapping[str, JSONValue]) -> bytes:
    """The same for a file's content, in the encoding that the file says it has."""
    encoding = _encoding(data)
    changed = apply(decode(data), values)
    try:
        return changed.encode(encoding)
    except UnicodeEncodeError:
        raise ConfigError(f"The values have characters that a file in {encoding} cannot have") from None


def decode(data: bytes) -> str:
    """The text of a Python file, by its coding line. Raises ConfigError when it has none."""
    encoding = _encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        name = "UTF-8" if encoding == "utf-8" else encoding
        raise ConfigError(f"The file is not {name} text") from None


def _encoding(data: bytes) -> str:
    """What PEP 263 says."""
    lines = data.split(b"\n", 2)[:2]
    found = _CODING.match(lines[0]) if lines else None
    if not found and len(lines) > 1 and re.match(rb"[ \t\f]*(?:#|\r?\Z)", lines[0]):
        found = _CODING.match(lines[1])
    if not found or data.startswith(BOM.encode()):
        return "utf-8"
    import codecs

    name = found.group(1).decode()
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except LookupError:
        raise ConfigError(f"The file's encoding {name!r} is not known") from None


def literal(value: JSONValue, like: ast.expr | None = None) -> str:
    """Python source for a value; a list in the place of a tuple (`like`) becomes one."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value}")'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        old = like.elts if isinstance(like, (ast.List, ast.Tuple)) else []
        items = [literal(v, old[min(i, len(old) - 1)] if old else None) for i, v in enumerate(value)]
        if isinstance(like, ast.Tuple):
            return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
        return f"[{', '.join(items)}]"
    return repr(value)


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


@dataclass(frozen=True, slots=True)
class _Constant:
    name: str
    node: ast.expr
    value: JSONValue
    type: str


def _settings(tree: ast.Module) -> list[_Constant]:
    """The constants that the module's own lines assign, and that are given a value nowhere else."""
    counts = _assigned(tree)
    return [c for c in _constants(tree) if counts.get(c.name) == 1]


def _constants(tree: ast.Module) -> Iterator[_Constant]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as node):
                annotated = ""
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as node, annotation=annotation):
                annotated = _annotated(annotation)
            case _:
                continue
        if name.startswith("_"):
            continue
        try:
            yield _Constant(name, node, constant(node), annotated)
        except ValueError:
            pass  # computed: no setting


def _annotated(annotation: ast.expr) -> str:
    """The one plain type in an annotation such as `str`, `Optional[str]` or `float | None`."""
    names = [n.id for n in ast.walk(annotation) if isinstance(n, ast.Name) and n.id not in ("Optional", "Final")]
    return names[0] if len(names) == 1 and names[0] in ("int", "float", "str", "bool") else ""


def constant(node: ast.expr) -> JSONValue:
    """The value of a literal expression. Raises ValueError for anything else."""
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=(int() | float()) as value)):
            return -value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [constant(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            names = [constant(k) if k else None for k in keys]
            if all(isinstance(n, str) for n in names):
                return {str(n): constant(v) for n, v in zip(names, values, strict=True)}
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str(text))], keywords=[]):
            return float(text)
    raise ValueError("no literal")


def _assigned(tree: ast.Module) -> dict[str, int]:
    """How often each name of the module is given a value, functions that say `global` included."""
    counts: dict[str, int] = {}
    waiting: list[tuple[ast.AST, frozenset[str] | None]] = [(tree, None)]
    while waiting:
        node, names = waiting.pop()  # names: those that count here; None = all, at the module's own level
        for name in _bound(node):
            if names is None or name in names:
                counts[name] = counts.get(name, 0) + 1
        inner = names
        if isinstance(node, _SCOPES):
            inner = frozenset(n for s in ast.walk(node) if isinstance(s, ast.Global) for n in s.names)
        elif isinstance(node, _COMPREHENSIONS) and names is None:
            inner = frozenset(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    return counts


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _bound(node: ast.AST) -> list[str]:
    """The names that a piece of syntax itself gives a value, or takes one from."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [a.asname or a.name.partition(".")[0] for a in aliases]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
    return []
