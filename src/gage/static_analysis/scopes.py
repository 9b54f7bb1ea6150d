"""Looks up names in scopes and attributes of values."""

import ast
from typing import Protocol

from gage.formats.python_names import NAMESPACE_CLASSES
from gage.static_analysis import abstract_values as av
from gage.static_analysis import builtins, concrete

UNKNOWN = av.UnknownValue()


class EvaluationContext(Protocol):
    """The part of the interpreter that the evaluation of expressions uses."""

    def call(
        self,
        callee: av.AbstractValue,
        args: list[av.AbstractValue],
        keywords: dict[str, av.AbstractValue],
        node: ast.Call,
        scope: av.Scope,
    ) -> av.AbstractValue:
        """Returns the result of a call."""

    def get_module_member(self, module: av.Module, name: str) -> av.AbstractValue | None:
        """Returns a name of another module of the project."""

    def bind(self, target: ast.expr, value: av.AbstractValue, scope: av.Scope) -> None:
        """Assigns a value to the target of an assignment."""


def lookup(name: str, scope: av.Scope) -> av.AbstractValue:
    """Returns the value of a name as seen from a scope; an unassigned name is a built-in."""
    at: av.Scope | None = scope
    while at is not None:
        if name in at.names:
            return at.names[name]
        at = at.outer
    if name in scope.module.names:
        return scope.module.names[name]
    match name:
        case "__name__":
            return av.Constant(scope.module.name)
        case "__file__":
            return UNKNOWN
        case "__doc__":
            return av.Constant(ast.get_docstring(scope.module.tree, clean=False))
    return av.ExternalName(name)


def get_attribute(of: av.AbstractValue, name: str, context: EvaluationContext) -> av.AbstractValue:
    """Returns an attribute of a value."""
    match of:
        case av.ExternalName():
            return builtins.get_library_attribute(of, name)
        case av.Module():
            return context.get_module_member(of, name) or av.UnknownAttribute(of, name)
        case av.Instance() | av.SuperProxy():
            return _get_instance_attribute(of, name)
        case av.Class():
            return _get_class_attribute(of, name)
        case av.LibraryCall(name="enum member", args=args) if name in ("name", "value", "_value_"):
            return args[0] if name == "name" else args[1]
        case av.LibraryCall() if name in of.attrs:
            return of.attrs[name]
        case av.LibraryCall() if _is_namespace(of) and get_namespace_value(of, name):
            return get_namespace_value(of, name) or UNKNOWN
        case av.Function() if name == "__doc__" and not isinstance(of.node, ast.Lambda):
            return av.Constant(ast.get_docstring(of.node))
        case av.Function() if name == "__name__":
            return av.Constant(of.name)
    return av.UnknownAttribute(of, name)


def _is_namespace(of: av.LibraryCall) -> bool:
    return of.name.rpartition(".")[2] in NAMESPACE_CLASSES


def get_namespace_value(of: av.AbstractValue, name: str) -> av.AbstractValue | None:
    """Returns a value of a namespace (`SimpleNamespace(lr=1)`, `EasyDict({"lr": 1})`), else None."""
    match of:
        case av.Instance() if name in of.attrs:
            return of.attrs[name]
        case av.LibraryCall() if _is_namespace(of):
            table = of.args[0] if of.args else None
            found = of.keywords.get(name) or of.attrs.get(name)
            return found or (table.items.get(name) if isinstance(table, av.DictValue) else None)
    return None


def _get_instance_attribute(of: av.Instance | av.SuperProxy, name: str) -> av.AbstractValue:
    owner = of.self if isinstance(of, av.SuperProxy) else of
    if isinstance(of, av.Instance) and name in of.attrs:
        return of.attrs[name]
    lineage = of.cls.ancestry()
    for one in lineage[1:] if isinstance(of, av.SuperProxy) else lineage:
        if name in one.names:
            return _bind_method(one.names[name], owner)
    return of.cls if name == "__class__" else av.UnknownAttribute(of, name)


def _get_class_attribute(of: av.Class, name: str) -> av.AbstractValue:
    found = of.find_member(name)
    if found is None:
        if name == "__doc__":
            return av.Constant(ast.get_docstring(of.node))
        if name == "__members__" and concrete.is_enum(of):
            return av.DictValue({k: v for k, v in of.names.items() if not k.startswith("_")})
        return av.Constant(of.node.name) if name == "__name__" else av.UnknownAttribute(of, name)
    if concrete.is_enum(of) and not isinstance(found, av.Function):
        return concrete.build_enum_member(of, name, found)
    is_of_class = isinstance(found, av.Function) and _has_decorator(found, "classmethod")
    return av.Method(found, of) if is_of_class and isinstance(found, av.Function) else found


def _bind_method(found: av.AbstractValue, owner: av.AbstractValue) -> av.AbstractValue:
    if not isinstance(found, av.Function) or _has_decorator(found, "staticmethod"):
        return found
    return av.Method(found, owner)


def _has_decorator(function: av.Function, name: str) -> bool:
    return any(isinstance(m, av.ExternalName) and m.name == name for m in function.decorators)
