"""What a Python module does with its names: how often each is given a value, and which are changed in place.

Reads syntax trees; knows no values.
"""

import ast
from collections.abc import Iterator

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
NAMESPACE_CLASSES = (
    "SimpleNamespace",
    "Namespace",
    "EasyDict",
    "edict",
    "AttrDict",
    "Munch",
    "DotMap",
    "ConfigDict",
    "Box",
)
"""What people call records whose values are attributes."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CHANGES = frozenset(
    "append extend insert remove pop clear sort reverse update setdefault popitem add discard __setitem__".split()
)
"""Methods that change a list, a table or a set."""


def count_assignments(tree: ast.Module) -> dict[str, int]:
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
        if not (isinstance(node, ast.AnnAssign) and node.value is None):  # `lr: float` gives no value
            waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    return counts


def find_mutated_names(tree: ast.Module) -> frozenset[str]:
    """The names of the module whose values are changed in place, and the attributes of its names that are given a value
    (`Config.lr`). A function's own variables of the same name do not count.
    """
    return frozenset(name for node, own in _with_own(tree) for name in _touched(node) if name.split(".")[0] not in own)


def _with_own(tree: ast.Module) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """All nodes, each with the variables that belong to the functions around it."""
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, own = waiting.pop()
        yield node, own
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            own |= _own(node)
        waiting += [(child, own) for child in ast.iter_child_nodes(node)]


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    shared = {n for s in ast.walk(function) if isinstance(s, (ast.Global, ast.Nonlocal)) for n in s.names}
    given = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    bound = {name for node in ast.walk(function) if node is not function for name in _bound(node)}
    return frozenset((given | bound) - shared)


def _touched(node: ast.AST) -> list[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _CHANGES:
            return _root(value)
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            return _root(value)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store() | ast.Del()):
            return [f"{name}.{attribute}"]
    return []


def _root(node: ast.expr) -> list[str]:
    """The name that `a["b"]["c"]` or `A.b` starts from, the latter with its attribute."""
    while isinstance(node, ast.Subscript):
        node = node.value
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return [f"{name}.{attribute}"]
    return []


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
