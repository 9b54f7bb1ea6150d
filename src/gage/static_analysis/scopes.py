"""Looks up names in scopes and attributes of values."""

import ast
from typing import Protocol

from gage.formats.python_names import NAMESPACE_CLASSES
from gage.static_analysis import builtins, concrete
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    Constant,
    DictValue,
    ExternalName,
    Function,
    Instance,
    LibraryCall,
    Method,
    Module,
    Scope,
    SuperProxy,
    UnknownAttribute,
    UnknownValue,
)

UNKNOWN = UnknownValue()


class EvaluationContext(Protocol):
    """The part of the interpreter that the evaluation of expressions uses."""

    def call(
        self,
        callee: AbstractValue,
        args: list[AbstractValue],
        keywords: dict[str, AbstractValue],
        node: ast.Call,
        scope: Scope,
    ) -> AbstractValue:
        """Returns the result of a call."""

    def get_module_member(self, module: Module, name: str) -> AbstractValue | None:
        """Returns a name of another module of the project."""

    def bind(self, target: ast.expr, value: AbstractValue, scope: Scope) -> None:
        """Assigns a value to the target of an assignment."""


def lookup(name: str, scope: Scope) -> AbstractValue:
    """Returns the value of a name as seen from a scope; an unassigned name is a built-in."""
    at: Scope | None = scope
    while at is not None:
        if name in at.names:
            return at.names[name]
        at = at.outer
    if name in scope.module.names:
        return scope.module.names[name]
    match name:
        case "__name__":
            return Constant(scope.module.name)
        case "__file__":
            return UNKNOWN
        case "__doc__":
            return Constant(ast.get_docstring(scope.module.tree, clean=False))
    return ExternalName(name)


def get_attribute(of: AbstractValue, name: str, context: EvaluationContext) -> AbstractValue:
    """Returns an attribute of a value."""
    match of:
        case ExternalName():
            return builtins.get_library_attribute(of, name)
        case Module():
            return context.get_module_member(of, name) or UnknownAttribute(of, name)
        case Instance() | SuperProxy():
            return _get_instance_attribute(of, name)
        case Class():
            return _get_class_attribute(of, name)
        case LibraryCall(name="enum member", args=args) if name in ("name", "value", "_value_"):
            return args[0] if name == "name" else args[1]
        case LibraryCall() if name in of.attrs:
            return of.attrs[name]
        case LibraryCall() if _is_namespace(of) and get_namespace_value(of, name):
            return get_namespace_value(of, name) or UNKNOWN
        case Function() if name == "__doc__" and not isinstance(of.node, ast.Lambda):
            return Constant(ast.get_docstring(of.node))
        case Function() if name == "__name__":
            return Constant(of.name)
    return UnknownAttribute(of, name)


def _is_namespace(of: LibraryCall) -> bool:
    return of.name.rpartition(".")[2] in NAMESPACE_CLASSES


def get_namespace_value(of: AbstractValue, name: str) -> AbstractValue | None:
    """Returns a value of a namespace (`SimpleNamespace(lr=1)`, `EasyDict({"lr": 1})`), else None."""
    match of:
        case Instance() if name in of.attrs:
            return of.attrs[name]
        case LibraryCall() if _is_namespace(of):
            table = of.args[0] if of.args else None
            found = of.keywords.get(name) or of.attrs.get(name)
            return found or (table.items.get(name) if isinstance(table, DictValue) else None)
    return None


def _get_instance_attribute(of: Instance | SuperProxy, name: str) -> AbstractValue:
    owner = of.self if isinstance(of, SuperProxy) else of
    if isinstance(of, Instance) and name in of.attrs:
        return of.attrs[name]
    lineage = of.cls.ancestry()
    for one in lineage[1:] if isinstance(of, SuperProxy) else lineage:
        if name in one.names:
            return _bind_method(one.names[name], owner)
    return of.cls if name == "__class__" else UnknownAttribute(of, name)


def _get_class_attribute(of: Class, name: str) -> AbstractValue:
    found = of.find_member(name)
    if found is None:
        if name == "__doc__":
            return Constant(ast.get_docstring(of.node))
        if name == "__members__" and concrete.is_enum(of):
            return DictValue({k: v for k, v in of.names.items() if not k.startswith("_")})
        return Constant(of.node.name) if name == "__name__" else UnknownAttribute(of, name)
    if concrete.is_enum(of) and not isinstance(found, Function):
        return concrete.build_enum_member(of, name, found)
    is_of_class = isinstance(found, Function) and _has_decorator(found, "classmethod")
    return Method(found, of) if is_of_class and isinstance(found, Function) else found


def _bind_method(found: AbstractValue, owner: AbstractValue) -> AbstractValue:
    if not isinstance(found, Function) or _has_decorator(found, "staticmethod"):
        return found
    return Method(found, owner)


def _has_decorator(function: Function, name: str) -> bool:
    return any(isinstance(m, ExternalName) and m.name == name for m in function.decorators)
