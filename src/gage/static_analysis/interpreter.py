"""Executes a program on abstract values: statements, and calls of the project's own functions and classes.

The result is the list of library calls, in order, with their arguments. Imports and runs nothing of the program.
"""

import ast
from collections.abc import Iterable
from typing import Literal

from gage.static_analysis import builtins
from gage.static_analysis.abstract_values import (
    UNKNOWN,
    BoundFunction,
    Class,
    ExternalName,
    Function,
    Instance,
    LibraryCall,
    Module,
    Scope,
    SuperProxy,
    UnknownAttribute,
    UnknownValue,
    is_scalar,
    is_truthy,
    list_items,
)
from gage.static_analysis.evaluate import Evaluator
from gage.static_analysis.module_loader import ModuleLoader

MAX_STEPS = 200_000
"""Statements and calls that are executed in one program."""
MAX_CALL_DEPTH = 25
"""Nested calls that are executed."""
_PLAIN_BASES = ("object", "abc.ABC", "typing.Generic", "typing.Protocol")

ControlFlow = Literal["goes on", "ends"]


class Interpreter(Evaluator):
    """The interpretation of one program. `calls` are those to libraries, in order."""

    def __init__(self, modules: ModuleLoader) -> None:
        self.modules = modules
        self.calls: list[LibraryCall] = []
        self._steps = 0
        self._call_stack: list[ast.AST] = []
        self._loaded_files: set[str] = set()
        self._called: set[ast.AST] = set()
        self._is_certain = True

    def run_module(self, module: Module) -> None:
        """Executes a module's top-level statements, once."""
        if module.file not in self._loaded_files:
            self._loaded_files.add(module.file)
            self._run_block(module.tree.body, module.scope)

    def call_uncertain(self, functions: Iterable[Function]) -> None:
        """Calls functions that nothing was seen to call, with unknown arguments; what they call is not certain."""
        self._is_certain = False
        for function in functions:
            if function.node not in self._called:
                self._call_function(function, [], {})

    def get_module_member(self, module: Module, name: str) -> object:
        """Returns a global name of a module of the project, or a module of its package; unknown if it has none."""
        self.run_module(module)
        if name in module.names:
            return module.names[name]
        is_package = module.file.endswith("__init__.py")
        return (self.modules.find(name, 1, module.file) if is_package else None) or UnknownAttribute(module, name)

    def _run_block(self, body: list[ast.stmt], scope: Scope) -> ControlFlow:
        """Executes statements. Returns "ends" if the code after them is not reached."""
        for statement in body:
            self._steps += 1
            if self._steps > MAX_STEPS or self._run_statement(statement, scope) == "ends":
                return "ends"
        return "goes on"

    def _run_statement(self, node: ast.stmt, scope: Scope) -> ControlFlow:
        match node:
            case ast.Expr(value=value):
                self.evaluate(value, scope)
            case ast.Assign(targets=targets, value=value):
                result = self.evaluate(value, scope)
                for target in targets:
                    self.bind(target, result, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind(target, self.evaluate(value, scope), scope)
            case ast.AugAssign(target=target, op=op, value=value):
                old, more = self.evaluate(target, scope), self.evaluate(value, scope)
                self.bind(target, builtins.apply_operator(op, old, more), scope)
            case ast.Return(value=value):
                scope.returned.append(self.evaluate(value, scope))
                return "ends"
            case ast.Raise() | ast.Continue() | ast.Break():
                return "ends"
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
                self._run_definition(node, scope)
            case ast.Global(names=names):
                scope.global_names |= set(names)
            case _:
                return self._run_compound(node, scope)
        return "goes on"

    def _run_definition(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom,
        scope: Scope,
    ) -> None:
        """Defines a function, a class or what is imported."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(Function(node, scope), node, scope)
            case ast.ClassDef():
                self._define_class(node, scope)
            case ast.Import(names=names):
                for alias in names:
                    self._import_module(alias, scope)
            case ast.ImportFrom(names=names):
                for alias in names:
                    self._import_member(node, alias, scope)

    def _run_compound(self, node: ast.stmt, scope: Scope) -> ControlFlow:
        """Executes a statement with a body."""
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                truth = is_truthy(self.evaluate(test, scope))
                if truth is not None:
                    return self._run_block(body if truth else orelse, scope)
                return self._run_branches([body, orelse], scope)
            case ast.For() | ast.AsyncFor():
                self._run_loop(node, scope)
            case ast.While(body=body, test=test):
                self.evaluate(test, scope)
                self._run_branches([body, []], scope)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    value = self.evaluate(item.context_expr, scope)
                    if item.optional_vars:
                        self.bind(item.optional_vars, value, scope)
                return self._run_block(body, scope)
            case ast.Try() | ast.TryStar():
                flow = self._run_block([*node.body, *node.orelse], scope)
                self._run_block(node.finalbody, scope)
                return flow
            case ast.Match(subject=subject, cases=cases):
                self.evaluate(subject, scope)
                self._run_branches([case.body for case in cases], scope)
        return "goes on"

    def _run_loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        """Executes a loop once per item if the items are known, else once."""
        try:
            items = list_items(self.evaluate(node.iter, scope))
        except ValueError:
            items = [UNKNOWN]
        for item in items:
            self.bind(node.target, item, scope)
            self._run_block(node.body, scope)

    def _run_branches(self, branches: list[list[ast.stmt]], scope: Scope) -> ControlFlow:
        """Executes all branches from the same state. A scalar that differs between them is unknown afterwards."""
        before = dict(scope.names)
        ends: list[dict[str, object]] = []
        for branch in branches:
            scope.names.clear()
            scope.names.update(before)
            if self._run_block(branch, scope) == "goes on":
                ends.append(dict(scope.names))
        scope.names.clear()
        for names in ends:
            for name, value in names.items():
                scope.names[name] = _join(scope.names[name], value) if name in scope.names else value
        if not ends:
            scope.names.update(before)
        return "goes on" if ends else "ends"

    def bind(self, target: ast.expr, value: object, scope: Scope) -> None:
        """Assigns a value to the target of an assignment."""
        match target:
            case ast.Name(id=name):
                (scope.module.names if name in scope.global_names else scope.names)[name] = value
            case ast.Attribute(value=of, attr=name):
                _set_attribute(self.evaluate(of, scope), name, value)
            case ast.Subscript(value=of, slice=index):
                table, key = self.evaluate(of, scope), self.evaluate(index, scope)
                if isinstance(table, dict) and is_scalar(key):
                    table[key] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                is_same_length = isinstance(value, list | tuple) and len(value) == len(targets)
                items = list_items(value) if is_same_length else [UNKNOWN] * len(targets)
                for one, item in zip(targets, items, strict=True):
                    self.bind(one, item, scope)
            case ast.Starred(value=one):
                self.bind(one, UNKNOWN, scope)

    def _define(
        self, value: Function | Class, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope
    ) -> None:
        """Defines a function or class, and calls those of its decorators that are functions of the project."""
        for decorator in reversed(node.decorator_list):
            callee = self.evaluate(decorator, scope)
            if isinstance(callee, Function | BoundFunction):
                self.call(callee, [value], {}, decorator, scope)
        scope.names[node.name] = value

    def _define_class(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = [self.evaluate(base, scope) for base in node.bases if not isinstance(base, ast.Starred)]
        cls = Class(node, bases)
        self._run_block(node.body, Scope(scope.module, cls.names, scope))
        for value in cls.names.values():
            if isinstance(value, Function) and value.owner is None:
                value.owner, value.scope = cls, scope
        self._define(cls, node, scope)

    def _import_member(self, node: ast.ImportFrom, alias: ast.alias, scope: Scope) -> None:
        """Executes `from a import b`: runs a module of the project, names anything else by its full name."""
        name = alias.asname or alias.name
        module = self.modules.find(node.module or "", node.level, scope.module.file)
        if module is None:
            scope.names[name] = ExternalName(f"{node.module or ''}.{alias.name}")
        elif alias.name == "*":
            self.run_module(module)
            scope.names.update({k: v for k, v in module.names.items() if not k.startswith("_")})
        else:
            scope.names[name] = self.get_module_member(module, alias.name)

    def _import_module(self, alias: ast.alias, scope: Scope) -> None:
        """Executes `import a.b` or `import a.b as c`."""
        parts = alias.name.split(".")
        modules = [self.modules.find(".".join(parts[: i + 1])) for i in range(len(parts))]
        for module in filter(None, modules):
            self.run_module(module)
        if alias.asname:
            scope.names[alias.asname] = modules[-1] or ExternalName(alias.name)
            return
        scope.names[parts[0]] = modules[0] or ExternalName(parts[0])
        for outer, name, inner in zip(modules, parts[1:], modules[1:], strict=False):
            if outer and inner:
                outer.names.setdefault(name, inner)

    def call(
        self, callee: object, args: list[object], keywords: dict[str, object], node: ast.AST, scope: Scope
    ) -> object:
        """Returns the result of a call: executes functions of the project and built-ins, records anything else."""
        self._steps += 1
        match callee:
            case Function():
                return self._call_function(callee, args, keywords)
            case BoundFunction():
                return self.call(callee.function, [*callee.args, *args], {**callee.keywords, **keywords}, node, scope)
            case Class():
                return self._instantiate(callee, args, keywords, node, scope)
            case ExternalName(name="super"):
                return _find_super(scope)
            case ExternalName(name="functools.partial") if args:
                return BoundFunction(args[0], args[1:], keywords)
            case ExternalName(name="getattr") if len(args) > 1 and isinstance(args[1], str):
                return self.get_attribute(args[0], args[1])
            case ExternalName(name="setattr") if len(args) == 3 and isinstance(args[1], str):
                _set_attribute(args[0], args[1], args[2])
                return None
        try:
            if isinstance(callee, UnknownAttribute):
                return builtins.call_method(callee.receiver, callee.name, args, keywords)
            if isinstance(callee, ExternalName):
                return builtins.call_builtin(callee.name, args, keywords)
        except ValueError:
            return self._record_call(callee, args, keywords, node, scope)
        return UNKNOWN

    def _record_call(
        self, callee: object, args: list[object], keywords: dict[str, object], node: ast.AST, scope: Scope
    ) -> LibraryCall:
        receiver = callee.receiver if isinstance(callee, UnknownAttribute) else None
        line = getattr(node, "lineno", 0) if scope.module.name == "__main__" else 0
        call = LibraryCall(_name_callee(callee), args, keywords, receiver, line, self._is_certain)
        self.calls.append(call)
        return call

    def _instantiate(
        self, cls: Class, args: list[object], keywords: dict[str, object], node: ast.AST, scope: Scope
    ) -> object:
        """Returns the instance that calling a class of the project creates."""
        if cls.is_enum():
            return next((m for m in cls.list_members() if args and m.value == args[0]), UNKNOWN)
        instance = Instance(cls)
        constructor = self.get_attribute(instance, "__init__")
        base = next((name for name in cls.library_bases() if name not in _PLAIN_BASES), None)
        has_own = isinstance(constructor, BoundFunction)
        if base is not None:
            own_args = ([], {}) if has_own else (args, keywords)
            instance.library_base = self._record_call(ExternalName(base), *own_args, node, scope)
        if has_own:
            self.call(constructor, args, keywords, node, scope)
        else:
            instance.names.update(keywords)  # a dataclass
        return instance

    def _call_function(self, function: Function, args: list[object], keywords: dict[str, object]) -> object:
        """Executes a function of the project and returns its value. Unknown for recursion and too deep calls."""
        node = function.node
        if node in self._call_stack or len(self._call_stack) >= MAX_CALL_DEPTH or self._steps > MAX_STEPS:
            return UNKNOWN
        inner = Scope(function.scope.module, {}, function.scope, function)
        self._called.add(node)
        self._call_stack.append(node)
        try:
            self._bind_arguments(function, args, keywords, inner)
            if isinstance(node, ast.Lambda):
                return self.evaluate(node.body, inner)
            self._run_block(node.body, inner)
        finally:
            self._call_stack.pop()
        if not inner.returned:
            return UNKNOWN if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(node)) else None
        result = inner.returned[0]
        for value in inner.returned[1:]:
            result = _join(result, value)
        return result

    def _bind_arguments(
        self, function: Function, args: list[object], keywords: dict[str, object], inner: Scope
    ) -> None:
        """Binds the arguments of a call to the function's parameters."""
        spec = function.node.args
        positional = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        defaults: dict[str, ast.expr | None] = dict(zip(reversed(positional), reversed(spec.defaults), strict=False))
        defaults |= {a.arg: default for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)}
        names = [*positional, *(a.arg for a in spec.kwonlyargs)]
        bound = {**dict(zip(positional, args, strict=False)), **{k: v for k, v in keywords.items() if k in names}}
        for name in names:
            default = defaults.get(name) if self._is_certain else None
            unset = self.evaluate(default, function.scope) if default is not None else UNKNOWN
            inner.names[name] = bound.get(name, unset)
        if spec.vararg:
            inner.names[spec.vararg.arg] = tuple(args[len(positional) :])
        if spec.kwarg:
            inner.names[spec.kwarg.arg] = {k: v for k, v in keywords.items() if k not in names}


def _set_attribute(of: object, name: str, value: object) -> None:
    """Sets an attribute, if the object has attributes that are tracked."""
    if isinstance(of, Instance | Class | Module):
        of.names[name] = value


def _find_super(scope: Scope) -> object:
    """Returns the value of `super()`; unknown outside of a method."""
    at: Scope | None = scope
    while at is not None and not (at.function and at.function.owner):
        at = at.outer
    if at is None or at.function is None or at.function.owner is None:
        return UNKNOWN
    parameters = at.function.node.args.args
    return SuperProxy(at.function.owner, at.names.get(parameters[0].arg, UNKNOWN)) if parameters else UNKNOWN


def _name_callee(callee: object) -> str:
    """Returns the full name of what is called, as far as it is known: `argparse.ArgumentParser.add_argument`."""
    match callee:
        case ExternalName(name=name) | LibraryCall(name=name) | Instance(library_base=LibraryCall(name=name)):
            return name
        case UnknownAttribute(receiver=receiver, name=name):
            return f"{_name_callee(receiver)}.{name}"
    return "?"


def _join(one: object, other: object) -> object:
    """Returns the value of a name that has one of two values: unknown if both are scalars, else one that is not."""
    if one is other or (type(one) is type(other) and one == other):
        return one
    if is_scalar(one) or isinstance(one, UnknownValue):
        return UNKNOWN if is_scalar(other) else other
    return one
