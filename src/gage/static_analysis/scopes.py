"""What a name means where it stands, and what an attribute of a thing is."""

import ast
from typing import Protocol

from gage.formats.python_names import NAMESPACES
from gage.static_analysis import builtins, concrete
from gage.static_analysis.abstract_values import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Instance,
    Made,
    Member,
    Method,
    Module,
    Super,
    Table,
    Thing,
    Unknown,
)

UNKNOWN = Unknown()


class Reader(Protocol):
    """What following calls and imports asks of the one that reads the whole program."""

    def call(self, callee: Thing, args: list[Thing], keywords: dict[str, Thing], node: ast.Call, frame: Frame) -> Thing:
        """What calling gives."""

    def member_of_module(self, module: Module, name: str) -> Thing | None:
        """A name of another module of the project."""

    def bind(self, target: ast.expr, value: Thing, frame: Frame) -> None:
        """Give a name a value."""


def lookup(name: str, frame: Frame) -> Thing:
    """The value of a name where a frame sees it; one that nobody gave a value is a built-in."""
    at: Frame | None = frame
    while at is not None:
        if name in at.names:
            return at.names[name]
        at = at.outer
    if name in frame.module.names:
        return frame.module.names[name]
    match name:
        case "__name__":
            return Const(frame.module.name)
        case "__file__":
            return UNKNOWN
        case "__doc__":
            return Const(ast.get_docstring(frame.module.tree, clean=False))
    return External(name)


def attribute(of: Thing, name: str, reader: Reader) -> Thing:
    """An attribute of a thing."""
    match of:
        case External():
            return builtins.attribute(of, name)
        case Module():
            return reader.member_of_module(of, name) or Member(of, name)
        case Instance() | Super():
            return _of_instance(of, name)
        case Class():
            return _of_class(of, name)
        case Made(name="enum member", args=args) if name in ("name", "value", "_value_"):
            return args[0] if name == "name" else args[1]
        case Made() if name in of.attrs:
            return of.attrs[name]
        case Made() if _is_namespace(of) and inside(of, name):
            return inside(of, name) or UNKNOWN
        case Function() if name == "__doc__" and not isinstance(of.node, ast.Lambda):
            return Const(ast.get_docstring(of.node))
        case Function() if name == "__name__":
            return Const(of.name)
    return Member(of, name)


def _is_namespace(of: Made) -> bool:
    return of.name.rpartition(".")[2] in NAMESPACES


def inside(of: Thing, name: str) -> Thing | None:
    """A value in a namespace or a table with attributes (`SimpleNamespace(lr=1)`, `EasyDict({"lr": 1})`)."""
    match of:
        case Instance() if name in of.attrs:
            return of.attrs[name]
        case Made() if _is_namespace(of):
            table = of.args[0] if of.args else None
            found = of.keywords.get(name) or of.attrs.get(name)
            return found or (table.items.get(name) if isinstance(table, Table) else None)
    return None


def _of_instance(of: Instance | Super, name: str) -> Thing:
    owner = of.self if isinstance(of, Super) else of
    if isinstance(of, Instance) and name in of.attrs:
        return of.attrs[name]
    lineage = of.of.lineage()
    for one in lineage[1:] if isinstance(of, Super) else lineage:
        if name in one.names:
            return _bound(one.names[name], owner)
    return of.of if name == "__class__" else Member(of, name)


def _of_class(of: Class, name: str) -> Thing:
    found = of.find(name)
    if found is None:
        if name == "__doc__":
            return Const(ast.get_docstring(of.node))
        if name == "__members__" and concrete.is_enum(of):
            return Table({k: v for k, v in of.names.items() if not k.startswith("_")})
        return Const(of.node.name) if name == "__name__" else Member(of, name)
    if concrete.is_enum(of) and not isinstance(found, Function):
        return concrete.member(of, name, found)
    is_of_class = isinstance(found, Function) and _is_marked(found, "classmethod")
    return Method(found, of) if is_of_class and isinstance(found, Function) else found


def _bound(found: Thing, owner: Thing) -> Thing:
    if not isinstance(found, Function) or _is_marked(found, "staticmethod"):
        return found
    return Method(found, owner)


def _is_marked(function: Function, name: str) -> bool:
    return any(isinstance(m, External) and m.name == name for m in function.marks)
