"""Counts how often a Python module assigns its names, and finds those whose values are changed in place.

Reads syntax trees; knows no values.
"""

import ast
from collections.abc import Iterable, Iterator

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
"""Usual names of classes whose values are attributes."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MUTATING_METHODS = frozenset(
    "append extend insert remove pop clear sort reverse update setdefault popitem add discard __setitem__".split()
)
"""Methods that change a list, dict or set in place."""


def count_assignments(tree: ast.Module) -> dict[str, int]:
    """Returns how often the module assigns each global name, also in functions with `global`."""
    counts: dict[str, int] = {}
    waiting: list[tuple[ast.AST, frozenset[str] | None]] = [(tree, None)]
    while waiting:
        node, names = waiting.pop()  # names: those that count here, None for all at module level
        for name in _assigned_by(node):
            if names is None or name in names:
                counts[name] = counts.get(name, 0) + 1
        inner = names
        if isinstance(node, _SCOPES):
            inner = frozenset(n for s in ast.walk(node) if isinstance(s, ast.Global) for n in s.names)
        elif isinstance(node, _COMPREHENSIONS) and names is None:
            inner = frozenset(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
        if not (isinstance(node, ast.AnnAssign) and node.value is None):  # `lr: float` assigns nothing
            waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    return counts


def find_branch_assignments(tree: ast.Module) -> dict[str, list[int]]:
    """Returns the lines in which branches of the top level (`if`, `try`) assign names again.

    Only names that a plain statement above the branch has assigned. Loops and functions are no branches: what they
    assign is a variable. The body of `with` is none either, as it is always executed.
    """
    lines: dict[str, list[int]] = {}
    assigned: set[str] = set()
    for statement in _walk_executed(tree.body):
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            assigned.update(name for node in ast.walk(statement) for name in _assigned_by(node))
        for inner in _walk_branches(statement):
            for node in ast.walk(inner):
                for name in _assigned_by(node) if isinstance(node, ast.Name) else ():
                    if name in assigned:
                        lines.setdefault(name, []).append(inner.lineno)
    return lines


def _walk_executed(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yields the statements, and in place of `with` and `if __name__ == "__main__":` those in their bodies."""
    for statement in statements:
        if isinstance(statement, ast.With) or (isinstance(statement, ast.If) and is_main_guard(statement)):
            yield from _walk_executed(statement.body)
        else:
            yield statement


def _walk_branches(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yields the assignments in the branches of a statement."""
    bodies: list[ast.stmt] = []
    match statement:
        case ast.If(body=body, orelse=others):
            bodies = [*body, *others]
        case ast.Try(body=body, handlers=handlers, orelse=others, finalbody=last):
            bodies = [*body, *(s for handler in handlers for s in handler.body), *others, *last]
        case ast.With(body=body):
            bodies = body
    for inner in bodies:
        if isinstance(inner, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            yield inner
        else:
            yield from _walk_branches(inner)


def is_main_guard(statement: ast.stmt) -> bool:
    """Returns whether a statement is `if __name__ == "__main__":`."""
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()])):
            return True
    return False


def find_mutated_names(tree: ast.Module) -> frozenset[str]:
    """Returns the global names whose values are changed in place, and the attributes that are assigned (`Config.lr`).

    Local variables of functions with the same name do not count.
    """
    return frozenset(
        name for node, own in _walk_with_locals(tree) for name in _mutated_by(node) if name.split(".")[0] not in own
    )


def _walk_with_locals(tree: ast.Module) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Yields all nodes, each with the local variables of the functions around it."""
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, own = waiting.pop()
        yield node, own
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            own |= _list_locals(node)
        waiting += [(child, own) for child in ast.iter_child_nodes(node)]


def _list_locals(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    declared = {n for s in ast.walk(function) if isinstance(s, (ast.Global, ast.Nonlocal)) for n in s.names}
    parameters = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    bound = {name for node in ast.walk(function) if node is not function for name in _assigned_by(node)}
    return frozenset((parameters | bound) - declared)


def _mutated_by(node: ast.AST) -> list[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in _MUTATING_METHODS:
            return _root_name(value)
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            return _root_name(value)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store() | ast.Del()):
            return [f"{name}.{attribute}"]
    return []


def _root_name(node: ast.expr) -> list[str]:
    """The name that `a["b"]["c"]` or `A.b` starts from, the latter with its attribute."""
    while isinstance(node, ast.Subscript):
        node = node.value
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return [f"{name}.{attribute}"]
    return []


def _assigned_by(node: ast.AST) -> list[str]:
    """Returns the names that a node itself assigns or deletes."""
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
