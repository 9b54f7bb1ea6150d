"""Evaluates expressions to abstract values."""

import ast
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from gage.static_analysis.abstract_values import (
    MAX_ITEMS,
    MAX_TEXT,
    UNKNOWN,
    BoundFunction,
    Class,
    EnumMember,
    ExternalName,
    Function,
    Instance,
    Module,
    Scope,
    SuperProxy,
    UnknownAttribute,
    UnknownValue,
    is_concrete,
    is_scalar,
    is_truthy,
    list_items,
)
from gage.static_analysis.builtins import apply_operator, compare, get_library_attribute

_UNARY_OPERATORS: dict[type[ast.unaryop], Callable[[float], float]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class Evaluator(ABC):
    """Evaluates expressions; a subclass executes calls and statements."""

    @abstractmethod
    def call(
        self, callee: object, args: list[object], keywords: dict[str, object], node: ast.AST, scope: Scope
    ) -> object:
        """Returns the result of a call at `node`."""

    @abstractmethod
    def get_module_member(self, module: Module, name: str) -> object:
        """Returns a global name of a module of the project, or a module of its package; unknown if it has none."""

    @abstractmethod
    def bind(self, target: ast.expr, value: object, scope: Scope) -> None:
        """Assigns a value to the target of an assignment."""

    def evaluate(self, node: ast.expr | None, scope: Scope) -> object:
        """Returns the value of an expression; unknown where running it would be needed."""
        match node:
            case None:
                return None
            case ast.Constant(value=None | bool() | int() | float() | str() as value):
                return value
            case ast.Name(id=name):
                return self.lookup(name, scope)
            case ast.Attribute(value=of, attr=name):
                return self.get_attribute(self.evaluate(of, scope), name)
            case ast.Call():
                return self._evaluate_call(node, scope)
            case ast.Lambda():
                return Function(node, scope)
            case ast.Subscript(value=of, slice=index):
                return self._get_item(self.evaluate(of, scope), self.evaluate(index, scope))
        return self._evaluate_display(node, scope)

    def _evaluate_display(self, node: ast.expr, scope: Scope) -> object:
        match node:
            case ast.Tuple(elts=items):
                return tuple(self._evaluate_items(items, scope))
            case ast.List(elts=items) | ast.Set(elts=items):
                return list(self._evaluate_items(items, scope))
            case ast.Dict():
                return self._evaluate_dict(node, scope)
            case ast.JoinedStr(values=parts):
                return self._evaluate_f_string(parts, scope)
            case ast.NamedExpr(target=target, value=inner):
                self.bind(target, self.evaluate(inner, scope), scope)
                return self.evaluate(target, scope)
            case ast.Await(value=inner):
                return self.evaluate(inner, scope)
        return self._evaluate_operation(node, scope)

    def _evaluate_operation(self, node: ast.expr, scope: Scope) -> object:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return apply_operator(op, self.evaluate(left, scope), self.evaluate(right, scope))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                truth = is_truthy(self.evaluate(operand, scope))
                return UNKNOWN if truth is None else not truth
            case ast.UnaryOp(op=op, operand=operand):
                number, apply = self.evaluate(operand, scope), _UNARY_OPERATORS.get(type(op))
                return apply(number) if apply and isinstance(number, int | float) else UNKNOWN
            case ast.BoolOp(op=op, values=values):
                return self._evaluate_and_or(op, values, scope)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                truth = is_truthy(self.evaluate(test, scope))
                if truth is not None:
                    return self.evaluate(body if truth else orelse, scope)
                one, other = self.evaluate(body, scope), self.evaluate(orelse, scope)
                return one if one == other else UNKNOWN
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return compare(op, self.evaluate(left, scope), self.evaluate(right, scope))
            case ast.ListComp(elt=item) | ast.SetComp(elt=item) | ast.GeneratorExp(elt=item):
                rows = self._list_rows(node.generators, scope)
                return UNKNOWN if rows is None else [self.evaluate(item, row) for row in rows]
            case ast.DictComp(key=key, value=value):
                rows = self._list_rows(node.generators, scope)
                pairs = [(self.evaluate(key, row), self.evaluate(value, row)) for row in rows or ()]
                return UNKNOWN if rows is None or not all(is_scalar(k) for k, _ in pairs) else dict(pairs)
        return UNKNOWN

    def lookup(self, name: str, scope: Scope) -> object:
        """Returns the value of a name as seen from a scope; an unassigned name is a built-in."""
        at: Scope | None = scope
        while at is not None:
            if name in at.names:
                return at.names[name]
            at = at.outer
        match name:
            case "__name__":
                return scope.module.name
            case "__file__":
                return UNKNOWN
            case "__doc__":
                return ast.get_docstring(scope.module.tree, clean=False)
        return ExternalName(name)

    def get_attribute(self, of: object, name: str) -> object:
        """Returns an attribute of a value."""
        match of:
            case ExternalName():
                return get_library_attribute(of, name)
            case Module():
                return self.get_module_member(of, name)
            case Instance() if name in of.names:
                return of.names[name]
            case Instance():
                return _get_member(of.cls.ancestry(), name, of)
            case SuperProxy():
                return _get_member(of.cls.ancestry()[1:], name, of.instance)
            case Class():
                return _get_class_attribute(of, name)
            case EnumMember() if name in ("name", "value"):
                return of.name if name == "name" else of.value
            case PurePosixPath() if name in ("name", "stem", "suffix", "parent"):
                return getattr(of, name)
            case Function(node=ast.FunctionDef() as node) if name in ("__name__", "__doc__"):
                return node.name if name == "__name__" else ast.get_docstring(node)
        return UnknownAttribute(of, name)

    def _get_item(self, of: object, key: object) -> object:
        match of:
            case Class() if of.is_enum():
                return next((member for member in of.list_members() if member.name == key), UNKNOWN)
            case str() | list() | tuple() | dict() if is_concrete(key):
                try:
                    return operator.getitem(of, key)  # type: ignore[misc]
                except (LookupError, TypeError):
                    return UNKNOWN
        return UNKNOWN

    def _evaluate_call(self, node: ast.Call, scope: Scope) -> object:
        callee = self.evaluate(node.func, scope)
        args = list(self._evaluate_items(node.args, scope))
        keywords: dict[str, object] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg:
                keywords[keyword.arg] = value
            elif isinstance(value, dict):
                keywords.update({str(k): v for k, v in value.items()})
        return self.call(callee, args, keywords, node, scope)

    def _evaluate_items(self, nodes: list[ast.expr], scope: Scope) -> Iterator[object]:
        """Yields the values of arguments or items; `*x` as the items of x."""
        for node in nodes:
            if not isinstance(node, ast.Starred):
                yield self.evaluate(node, scope)
                continue
            try:
                yield from list_items(self.evaluate(node.value, scope))
            except ValueError:
                yield UNKNOWN

    def _evaluate_dict(self, node: ast.Dict, scope: Scope) -> dict[object, object]:
        items: dict[object, object] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            result = self.evaluate(value, scope)
            name = self.evaluate(key, scope) if key else UNKNOWN
            if isinstance(name, EnumMember):
                name = name.name
            if not key and isinstance(result, dict):
                items.update(result)
            elif is_scalar(name):
                items[name] = result
        return items

    def _evaluate_f_string(self, parts: list[ast.expr], scope: Scope) -> object:
        text = ""
        for part in parts:
            if isinstance(part, ast.FormattedValue):
                value = self.evaluate(part.value, scope)
                if part.format_spec or not is_concrete(value):
                    return UnknownValue(text)
                text += str(value)
            elif isinstance(part, ast.Constant):
                text += str(part.value)
        return text if len(text) <= MAX_TEXT else UNKNOWN

    def _evaluate_and_or(self, op: ast.boolop, values: list[ast.expr], scope: Scope) -> object:
        result: object = UNKNOWN
        for value in values:
            result = self.evaluate(value, scope)
            truth = is_truthy(result)
            if truth is None:
                return UNKNOWN
            if truth is isinstance(op, ast.Or):
                return result
        return result

    def _list_rows(self, generators: Sequence[ast.comprehension], scope: Scope) -> list[Scope] | None:
        """Returns a scope for each iteration of a comprehension, None if the items are not known."""
        rows = [scope]
        for generator in generators:
            inner_rows: list[Scope] = []
            for row in rows:
                try:
                    items = list_items(self.evaluate(generator.iter, row))
                except ValueError:
                    return None
                for item in items:
                    inner = Scope(scope.module, {}, row, scope.function)
                    self.bind(generator.target, item, inner)
                    tests = [is_truthy(self.evaluate(test, inner)) for test in generator.ifs]
                    if None in tests:
                        return None
                    inner_rows += [inner] if all(tests) else []
            rows = inner_rows[:MAX_ITEMS]
        return rows


def _get_member(classes: Sequence[Class], name: str, instance: object) -> object:
    """Returns what an instance inherits from the first of the classes that has it; a function as a method."""
    for cls in classes:
        if name in cls.names:
            member = cls.names[name]
            is_method = isinstance(member, Function) and not member.has_decorator("staticmethod")
            return BoundFunction(member, [instance]) if is_method else member
    return UnknownAttribute(instance, name)


def _get_class_attribute(of: Class, name: str) -> object:
    if name == "__name__":
        return of.node.name
    if of.is_enum() and name == "__members__":
        return {member.name: member for member in of.list_members()}
    for member in of.list_members() if of.is_enum() else ():
        if member.name == name:
            return member
    owner = next((cls for cls in of.ancestry() if name in cls.names), None)
    if owner is None:
        return ast.get_docstring(of.node) if name == "__doc__" else UnknownAttribute(of, name)
    value = owner.names[name]
    is_of_class = isinstance(value, Function) and value.has_decorator("classmethod")
    return BoundFunction(value, [of]) if is_of_class else value
