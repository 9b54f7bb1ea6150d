"""Executes a program's statements on abstract values: modules, functions, classes, branches and loops.

The result is the list of library calls, in order, with their arguments. Imports and runs nothing of the program.
"""

import ast
from collections.abc import Iterable

from gage.static_analysis import abstract_values as av
from gage.static_analysis import builtins, concrete
from gage.static_analysis.call_semantics import MAX_STEPS, CallInterpreter, ControlFlow
from gage.static_analysis.evaluate import evaluate, is_truthy
from gage.static_analysis.scopes import UNKNOWN


class Interpreter(CallInterpreter):
    """The interpretation of one program."""

    @property
    def decorated_functions(self) -> list[av.Function]:
        """The functions with decorators, each once."""
        return list({id(function): function for function in self.functions if function.decorators}.values())

    def run_module(self, module: av.Module) -> None:
        """Executes a module's top-level statements, once."""
        if module.file not in self.loaded_files:
            self.loaded_files.add(module.file)
            self.run_block(module.tree.body, module.scope)

    def call_uncertain(self, functions: Iterable[av.Function]) -> None:
        """Calls functions that nothing was seen to call, with unknown arguments; what they call is not certain."""
        self.is_certain = False
        for function in functions:
            if function.node not in self.followed:
                self.call_function(function, [], {})

    def get_module_member(self, module: av.Module, name: str) -> av.AbstractValue | None:
        """Returns a global name of a module of the project, or a module of its package."""
        self.run_module(module)
        if name in module.names:
            return module.names[name]
        is_package = module.file.endswith("__init__.py")
        return self.modules.find(name, 1, module.file) if is_package else None

    def run_block(self, body: list[ast.stmt], scope: av.Scope) -> ControlFlow:
        """Executes statements. Returns "ends" if the code after them is not reached."""
        for statement in body:
            self.steps += 1
            if self.steps > MAX_STEPS:
                return "ends"
            if self.run_statement(statement, scope) == "ends":
                return "ends"
        return "goes on"

    def run_statement(self, node: ast.stmt, scope: av.Scope) -> ControlFlow:
        """Executes one statement."""
        match node:
            case ast.Expr(value=value):
                evaluate(value, scope, self)
            case ast.Assign(targets=targets, value=value):
                result = evaluate(value, scope, self)
                for target in targets:
                    self.bind(target, result, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind(target, evaluate(value, scope, self), scope)
            case ast.AugAssign(target=target, op=op, value=value):
                old, more = evaluate(target, scope, self), evaluate(value, scope, self)
                self.bind(target, builtins.apply_operator(op, old, more) or UNKNOWN, scope)
            case ast.Return(value=value):
                scope.return_value = _join_returns(scope.return_value, evaluate(value, scope, self))
                return "ends"
            case ast.Raise() | ast.Continue() | ast.Break():
                return "ends"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.define_function(node, scope)
            case ast.ClassDef():
                self.define_class(node, scope)
            case ast.Import() | ast.ImportFrom():
                self.run_import(node, scope)
            case ast.Global(names=names):
                scope.global_names |= set(names)
            case _:
                return self.run_compound(node, scope)
        return "goes on"

    def run_compound(self, node: ast.stmt, scope: av.Scope) -> ControlFlow:
        """Executes a statement with a body."""
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                truth = is_truthy(evaluate(test, scope, self))
                if truth is not None:
                    return self.run_block(body if truth else orelse, scope)
                return self.run_branches([body, orelse], scope)
            case ast.For() | ast.AsyncFor():
                self.run_loop(node, scope)
            case ast.While(body=body, test=test):
                evaluate(test, scope, self)
                self.run_branches([body, []], scope)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    value = evaluate(item.context_expr, scope, self)
                    if item.optional_vars:
                        self.bind(item.optional_vars, value, scope)
                return self.run_block(body, scope)
            case ast.Try() | ast.TryStar():
                way = self.run_block(node.body, scope)
                if way == "goes on":
                    way = self.run_block(node.orelse, scope)
                self.run_block(node.finalbody, scope)
                return way
            case ast.Match(subject=subject, cases=cases):
                evaluate(subject, scope, self)
                self.run_branches([c.body for c in cases], scope)
        return "goes on"

    def run_loop(self, node: ast.For | ast.AsyncFor, scope: av.Scope) -> None:
        """Executes a loop once per item if the items are known, else once."""
        try:
            turns = list(concrete.list_items(evaluate(node.iter, scope, self)))
        except ValueError:
            turns = [UNKNOWN]
        for item in turns:
            self.bind(node.target, item, scope)
            self.run_block(node.body, scope)

    def run_branches(self, ways: list[list[ast.stmt]], scope: av.Scope) -> ControlFlow:
        """Executes all branches from the same state. A constant that differs between them is unknown afterwards."""
        before = dict(scope.names)
        ends: list[dict[str, av.AbstractValue]] = []
        for way in ways:
            scope.names.clear()
            scope.names.update(before)
            if self.run_block(way, scope) == "goes on":
                ends.append(dict(scope.names))
        scope.names.clear()
        for names in ends:
            for name, value in names.items():
                scope.names[name] = _join(scope.names.get(name), value)
        if not ends:
            scope.names.update(before)
            return "ends"
        return "goes on"

    def bind(self, target: ast.expr, value: av.AbstractValue, scope: av.Scope) -> None:
        """Assigns a value to the target of an assignment."""
        match target:
            case ast.Name(id=name):
                (scope.module.names if name in scope.global_names else scope.names)[name] = value
            case ast.Attribute(value=of, attr=name):
                self.set_attribute(evaluate(of, scope, self), name, value)
            case ast.Subscript(value=of, slice=index):
                table, key = evaluate(of, scope, self), evaluate(index, scope, self)
                if isinstance(table, av.DictValue) and isinstance(key, av.Constant):
                    table.items[key.value] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                items = value.items if isinstance(value, av.ListValue) and len(value.items) == len(targets) else None
                for at, one in enumerate(targets):
                    self.bind(one, items[at] if items else av.UnknownAttribute(value, str(at)), scope)
            case ast.Starred(value=one):
                self.bind(one, UNKNOWN, scope)

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: av.Scope) -> None:
        """Defines a function and applies its decorators, the last one first."""
        function = av.Function(node, scope)
        self.functions.append(function)
        value: av.AbstractValue = function
        for decorator in reversed(node.decorator_list):
            value = self.decorate(value, evaluate(decorator, scope, self), decorator, scope)
        scope.names[node.name] = value

    def decorate(
        self, value: av.AbstractValue, decorator: av.AbstractValue, node: ast.expr, scope: av.Scope
    ) -> av.AbstractValue:
        """Returns the decorated function or class. Decorators of libraries are only recorded in `decorators`."""
        if isinstance(decorator, (av.Function, av.Method)):
            got = self.call(decorator, [value], {}, ast.Call(ast.Name("_", lineno=node.lineno), [], []), scope)
            return (
                got
                if isinstance(got, (av.LibraryCall, av.Class))
                else value
                if not isinstance(got, av.Function)
                else _merge_decorators(got, value)
            )
        if isinstance(value, (av.Function, av.Class)):
            value.decorators.append(decorator)
        return value

    def define_class(self, node: ast.ClassDef, scope: av.Scope) -> None:
        """Defines a class with its members, annotated fields and decorators."""
        bases = [evaluate(b, scope, self) for b in node.bases if not isinstance(b, ast.Starred)]
        call = av.Class(node, scope, bases)
        inner = av.Scope(scope.module, call.names, scope)
        self.run_block(node.body, inner)
        for value in call.names.values():
            if isinstance(value, av.Function) and value.owner is None:
                value.owner, value.scope = call, scope
        fields = [s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
        call.fields = {s.target.id: s for s in fields if isinstance(s.target, ast.Name)}
        for decorator in reversed(node.decorator_list):
            self.decorate(call, evaluate(decorator, scope, self), decorator, scope)
        scope.names[node.name] = call

    def run_import(self, node: ast.Import | ast.ImportFrom, scope: av.Scope) -> None:
        """Executes an import: runs a module of the project, names anything else by its full name."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                self.import_module(alias, scope)
                continue
            module = self.modules.find(node.module or "", node.level, scope.module.file)
            if module is None:
                scope.names[alias.asname or alias.name] = av.ExternalName(f"{node.module or ''}.{alias.name}")
                continue
            self.run_module(module)
            if alias.name == "*":
                scope.names.update({k: v for k, v in module.names.items() if not k.startswith("_")})
            else:
                found = self.get_module_member(module, alias.name)
                scope.names[alias.asname or alias.name] = found or av.UnknownAttribute(module, alias.name)

    def import_module(self, alias: ast.alias, scope: av.Scope) -> None:
        """Executes `import a.b` or `import a.b as c`."""
        parts = alias.name.split(".")
        found = [self.modules.find(".".join(parts[: i + 1])) for i in range(len(parts))]
        for module in found:
            if module:
                self.run_module(module)
        if alias.asname:
            scope.names[alias.asname] = found[-1] or av.ExternalName(alias.name)
            return
        scope.names[parts[0]] = found[0] or av.ExternalName(parts[0])
        for one, name, inner in zip(found, parts[1:], found[1:], strict=False):
            if one and inner:
                one.names.setdefault(name, inner)


def _merge_decorators(wrapper: av.Function, value: av.AbstractValue) -> av.AbstractValue:
    """Returns the decorated function, with the decorators of the wrapper that a decorator of the project returned."""
    if isinstance(value, av.Function) and wrapper is not value:
        value.decorators += [m for m in wrapper.decorators if m not in value.decorators]
    return value


def _join(one: av.AbstractValue | None, other: av.AbstractValue) -> av.AbstractValue:
    if one is None or one is other or one == other:
        return other
    if isinstance(one, (av.Constant, av.UnknownValue)):
        return UNKNOWN if isinstance(other, av.Constant) else other
    return one


def _join_returns(one: av.AbstractValue | None, other: av.AbstractValue) -> av.AbstractValue:
    return other if one is None or isinstance(one, (av.UnknownValue, av.Constant)) else one
