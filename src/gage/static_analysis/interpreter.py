"""Executes a program's statements on abstract values: modules, functions, classes, branches and loops.

The result is the list of library calls, in order, with their arguments. Imports and runs nothing of the program.
"""

import ast
from collections.abc import Iterable

from gage.static_analysis import builtins, concrete
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    Constant,
    DictValue,
    ExternalName,
    Function,
    LibraryCall,
    ListValue,
    Method,
    Module,
    Scope,
    UnknownAttribute,
    UnknownValue,
)
from gage.static_analysis.call_semantics import MAX_STEPS, CallInterpreter, ControlFlow
from gage.static_analysis.evaluate import evaluate, is_truthy
from gage.static_analysis.scopes import UNKNOWN


class Interpreter(CallInterpreter):
    """The interpretation of one program."""

    def run_module(self, module: Module) -> None:
        """Executes a module's top-level statements, once."""
        if module.file not in self.loaded_files:
            self.loaded_files.add(module.file)
            self.run_block(module.tree.body, module.scope)

    def call_uncertain(self, functions: Iterable[Function]) -> None:
        """Calls functions that nothing was seen to call, with unknown arguments; what they call is not certain."""
        self.is_sure = False
        for function in functions:
            if function.node not in self.followed:
                self.call_function(function, [], {})

    def get_module_member(self, module: Module, name: str) -> AbstractValue | None:
        """Returns a global name of a module of the project, or a module of its package."""
        self.run_module(module)
        if name in module.names:
            return module.names[name]
        is_package = module.file.endswith("__init__.py")
        return self.modules.find(name, 1, module.file) if is_package else None

    def run_block(self, body: list[ast.stmt], frame: Scope) -> ControlFlow:
        """Executes statements. Returns "ends" if the code after them is not reached."""
        for statement in body:
            self.steps += 1
            if self.steps > MAX_STEPS:
                return "ends"
            if self.run_statement(statement, frame) == "ends":
                return "ends"
        return "goes on"

    def run_statement(self, node: ast.stmt, frame: Scope) -> ControlFlow:
        """Executes one statement."""
        match node:
            case ast.Expr(value=value):
                evaluate(value, frame, self)
            case ast.Assign(targets=targets, value=value):
                thing = evaluate(value, frame, self)
                for target in targets:
                    self.bind(target, thing, frame)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind(target, evaluate(value, frame, self), frame)
            case ast.AugAssign(target=target, op=op, value=value):
                old, more = evaluate(target, frame, self), evaluate(value, frame, self)
                self.bind(target, builtins.apply_operator(op, old, more) or UNKNOWN, frame)
            case ast.Return(value=value):
                frame.return_value = _join_returns(frame.return_value, evaluate(value, frame, self))
                return "ends"
            case ast.Raise() | ast.Continue() | ast.Break():
                return "ends"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.define_function(node, frame)
            case ast.ClassDef():
                self.define_class(node, frame)
            case ast.Import() | ast.ImportFrom():
                self.run_import(node, frame)
            case ast.Global(names=names):
                frame.global_names |= set(names)
            case _:
                return self.run_compound(node, frame)
        return "goes on"

    def run_compound(self, node: ast.stmt, frame: Scope) -> ControlFlow:
        """Executes a statement with a body."""
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                truth = is_truthy(evaluate(test, frame, self))
                if truth is not None:
                    return self.run_block(body if truth else orelse, frame)
                return self.run_branches([body, orelse], frame)
            case ast.For() | ast.AsyncFor():
                self.run_loop(node, frame)
            case ast.While(body=body, test=test):
                evaluate(test, frame, self)
                self.run_branches([body, []], frame)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    thing = evaluate(item.context_expr, frame, self)
                    if item.optional_vars:
                        self.bind(item.optional_vars, thing, frame)
                return self.run_block(body, frame)
            case ast.Try() | ast.TryStar():
                way = self.run_block(node.body, frame)
                if way == "goes on":
                    way = self.run_block(node.orelse, frame)
                self.run_block(node.finalbody, frame)
                return way
            case ast.Match(subject=subject, cases=cases):
                evaluate(subject, frame, self)
                self.run_branches([c.body for c in cases], frame)
        return "goes on"

    def run_loop(self, node: ast.For | ast.AsyncFor, frame: Scope) -> None:
        """Executes a loop once per item if the items are known, else once."""
        try:
            turns = list(concrete.list_items(evaluate(node.iter, frame, self)))
        except ValueError:
            turns = [UNKNOWN]
        for item in turns:
            self.bind(node.target, item, frame)
            self.run_block(node.body, frame)

    def run_branches(self, ways: list[list[ast.stmt]], frame: Scope) -> ControlFlow:
        """Executes all branches from the same state. A constant that differs between them is unknown afterwards."""
        before = dict(frame.names)
        ends: list[dict[str, AbstractValue]] = []
        for way in ways:
            frame.names.clear()
            frame.names.update(before)
            if self.run_block(way, frame) == "goes on":
                ends.append(dict(frame.names))
        frame.names.clear()
        for names in ends:
            for name, thing in names.items():
                frame.names[name] = _join(frame.names.get(name), thing)
        if not ends:
            frame.names.update(before)
            return "ends"
        return "goes on"

    def bind(self, target: ast.expr, value: AbstractValue, frame: Scope) -> None:
        """Assigns a value to the target of an assignment."""
        match target:
            case ast.Name(id=name):
                (frame.module.names if name in frame.global_names else frame.names)[name] = value
            case ast.Attribute(value=of, attr=name):
                self.set_attribute(evaluate(of, frame, self), name, value)
            case ast.Subscript(value=of, slice=index):
                table, key = evaluate(of, frame, self), evaluate(index, frame, self)
                if isinstance(table, DictValue) and isinstance(key, Constant):
                    table.items[key.value] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                items = value.items if isinstance(value, ListValue) and len(value.items) == len(targets) else None
                for at, one in enumerate(targets):
                    self.bind(one, items[at] if items else UnknownAttribute(value, str(at)), frame)
            case ast.Starred(value=one):
                self.bind(one, UNKNOWN, frame)

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Scope) -> None:
        """Defines a function and applies its decorators, the last one first."""
        function = Function(node, frame)
        self.functions.append(function)
        thing: AbstractValue = function
        for mark in reversed(node.decorator_list):
            thing = self.decorate(thing, evaluate(mark, frame, self), mark, frame)
        frame.names[node.name] = thing

    def decorate(self, thing: AbstractValue, mark: AbstractValue, node: ast.expr, frame: Scope) -> AbstractValue:
        """Returns the decorated function or class. Decorators of libraries are only recorded in `decorators`."""
        if isinstance(mark, (Function, Method)):
            got = self.call(mark, [thing], {}, ast.Call(ast.Name("_", lineno=node.lineno), [], []), frame)
            return (
                got
                if isinstance(got, (LibraryCall, Class))
                else thing
                if not isinstance(got, Function)
                else _merge_decorators(got, thing)
            )
        if isinstance(thing, (Function, Class)):
            thing.decorators.append(mark)
        return thing

    def define_class(self, node: ast.ClassDef, frame: Scope) -> None:
        """Defines a class with its members, annotated fields and decorators."""
        bases = [evaluate(b, frame, self) for b in node.bases if not isinstance(b, ast.Starred)]
        made = Class(node, frame, bases)
        inner = Scope(frame.module, made.names, frame)
        self.run_block(node.body, inner)
        for thing in made.names.values():
            if isinstance(thing, Function) and thing.owner is None:
                thing.owner, thing.scope = made, frame
        fields = [s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
        made.fields = {s.target.id: s for s in fields if isinstance(s.target, ast.Name)}
        for mark in reversed(node.decorator_list):
            self.decorate(made, evaluate(mark, frame, self), mark, frame)
        frame.names[node.name] = made

    def run_import(self, node: ast.Import | ast.ImportFrom, frame: Scope) -> None:
        """Executes an import: runs a module of the project, names anything else by its full name."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                self.import_module(alias, frame)
                continue
            module = self.modules.find(node.module or "", node.level, frame.module.file)
            if module is None:
                frame.names[alias.asname or alias.name] = ExternalName(f"{node.module or ''}.{alias.name}")
                continue
            self.run_module(module)
            if alias.name == "*":
                frame.names.update({k: v for k, v in module.names.items() if not k.startswith("_")})
            else:
                found = self.get_module_member(module, alias.name)
                frame.names[alias.asname or alias.name] = found or UnknownAttribute(module, alias.name)

    def import_module(self, alias: ast.alias, frame: Scope) -> None:
        """Executes `import a.b` or `import a.b as c`."""
        parts = alias.name.split(".")
        found = [self.modules.find(".".join(parts[: i + 1])) for i in range(len(parts))]
        for module in found:
            if module:
                self.run_module(module)
        if alias.asname:
            frame.names[alias.asname] = found[-1] or ExternalName(alias.name)
            return
        frame.names[parts[0]] = found[0] or ExternalName(parts[0])
        for one, name, inner in zip(found, parts[1:], found[1:], strict=False):
            if one and inner:
                one.names.setdefault(name, inner)


def _merge_decorators(wrapper: Function, thing: AbstractValue) -> AbstractValue:
    """Returns the decorated function, with the decorators of the wrapper that a decorator of the project returned."""
    if isinstance(thing, Function) and wrapper is not thing:
        thing.decorators += [m for m in wrapper.decorators if m not in thing.decorators]
    return thing


def _join(one: AbstractValue | None, other: AbstractValue) -> AbstractValue:
    if one is None or one is other or one == other:
        return other
    if isinstance(one, (Constant, UnknownValue)):
        return UNKNOWN if isinstance(other, Constant) else other
    return one


def _join_returns(one: AbstractValue | None, other: AbstractValue) -> AbstractValue:
    return other if one is None or isinstance(one, (UnknownValue, Constant)) else one
