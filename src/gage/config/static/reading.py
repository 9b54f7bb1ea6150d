"""Follows a Python program as far as reading goes: its modules, functions and classes, with their known values.

What comes out is the list of calls to libraries, in order, with their arguments. Knows no parser; runs and imports
nothing of the program.
"""

import ast
from collections.abc import Iterable
from typing import Literal

from gage.config.static import fold
from gage.config.static.evaluate import UNKNOWN, attribute, evaluate, truth_of
from gage.config.static.modules import Modules
from gage.config.static.things import (
    Class,
    Const,
    External,
    Frame,
    Function,
    Instance,
    Items,
    Made,
    Member,
    Method,
    Module,
    Super,
    Table,
    Thing,
    Unknown,
)

MOST_STEPS = 200_000
"""Statements and calls that are followed in one program."""

MOST_DEPTH = 25
"""Calls inside calls that are followed."""

Way = Literal["goes on", "ends"]


class Reading:
    """One program, read. `calls` are the library calls in the order in which they are met."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.calls: list[Made] = []
        self.functions: list[Function] = []
        self.steps = 0
        self.running: list[ast.AST] = []
        self.begun: set[str] = set()
        self.entered: set[ast.AST] = set()
        self.is_sure = True

    def read(self, module: Module) -> None:
        """Follow a module's own lines."""
        if module.file not in self.begun:
            self.begun.add(module.file)
            self.block(module.tree.body, module.frame)

    def call_all(self, functions: Iterable[Function]) -> None:
        """Follow functions that nothing was seen to call."""
        self.is_sure = False
        for function in functions:
            if function.node not in self.entered:
                self.enter(function, [], {})

    # The rest is what `evaluate.Reader` asks for, and what that needs.

    def member_of_module(self, module: Module, name: str) -> Thing | None:
        """A name of a module of the project: one of its own, or a module in its package."""
        self.read(module)
        if name in module.names:
            return module.names[name]
        is_package = module.file.endswith("__init__.py")
        return self.modules.find(name, 1, module.file) if is_package else None

    def call(self, callee: Thing, args: list[Thing], keywords: dict[str, Thing], node: ast.Call, frame: Frame) -> Thing:
        """What calling gives: the project's functions are followed, plain built-ins done, all else is put down."""
        self.steps += 1
        match callee:
            case Function():
                if any(isinstance(m, Made) for m in callee.marks):
                    self.put_down("call of a marked function", [callee], {}, node, frame)
                return self.enter(callee, args, keywords)
            case Method(function=function, self=first):
                return self.enter(function, [first, *args], keywords)
            case Class():
                return self.make(callee, args, keywords, node, frame)
            case External(name="super"):
                return self.super_of(args, frame)
            case External(name=name):
                return self.built_in(name, args, keywords) or self.put_down(name, args, keywords, node, frame)
            case Member(of=of, name=name):
                done = fold.method(of, name, args, keywords)
                return done or self.put_down(f"{_name_of(of)}.{name}", args, keywords, node, frame, of)
            case Made(name="functools.partial", args=[first, *more], keywords=named):
                return self.call(first, [*more, *args], {**named, **keywords}, node, frame)
            case Made() if len(args) == 1 and isinstance(args[0], (Function, Class)):
                args[0].marks.append(callee)
                return args[0]
            case Made(name=name):
                return self.put_down(f"{name}()", args, keywords, node, frame, callee)
        return UNKNOWN

    def built_in(self, name: str, args: list[Thing], keywords: dict[str, Thing]) -> Thing | None:
        """What a built-in function gives; None when it is not known."""
        if name in ("setattr", "getattr") and len(args) >= 2 and isinstance(args[1], Const):
            if name == "setattr":
                self.set_attribute(args[0], str(args[1].value), args[-1])
            return attribute(args[0], str(args[1].value), self)
        return fold.call(name, args, keywords)

    def put_down(
        self,
        name: str,
        args: list[Thing],
        keywords: dict[str, Thing],
        node: ast.expr | ast.stmt,
        frame: Frame,
        of: Thing | None = None,
    ) -> Made:
        """Note a call to a library."""
        made = Made(name, args, keywords, of, frame.module.line(node), frame.module.file, self.is_sure)
        self.calls.append(made)
        return made

    def make(self, of: Class, args: list[Thing], keywords: dict[str, Thing], node: ast.Call, frame: Frame) -> Thing:
        """What calling a class of the project gives."""
        if fold.is_enum(of):
            found = (m for m in fold.members_of(of) if args and isinstance(m, Made) and m.args[1] == args[0])
            return next(found, UNKNOWN)
        made = Instance(of, args, keywords)
        begin = of.find("__init__")
        for name in of.foreign():
            if name not in ("object", "abc.ABC", "typing.Generic", "typing.Protocol"):
                own = begin is not None
                made.base = self.put_down(name, [] if own else args, {} if own else keywords, node, frame, made)
                break
        if isinstance(begin, Function):
            self.enter(begin, [made, *args], keywords)
        else:
            self.fill(made)
        return made

    def fill(self, made: Instance) -> None:
        """The attributes that a class without a constructor of its own (a dataclass) gets."""
        names = [name for one in reversed(made.of.lineage()) for name in one.fields]
        for name, thing in [*zip(names, made.args, strict=False), *made.keywords.items()]:
            made.attrs[name] = thing

    def super_of(self, args: list[Thing], frame: Frame) -> Thing:
        """`super()`, where the class and its instance are known."""
        at: Frame | None = frame
        while at is not None and not (at.function and at.function.owner):
            at = at.outer
        if at is None or at.function is None or at.function.owner is None or isinstance(at.function.node, ast.Lambda):
            return UNKNOWN
        first = at.function.node.args.args[:1]
        own = at.names.get(first[0].arg, UNKNOWN) if first else UNKNOWN
        return Super(at.function.owner, own)

    def enter(self, function: Function, args: list[Thing], keywords: dict[str, Thing]) -> Thing:
        """Follow a call to a function of the project."""
        node = function.node
        if node in self.running or len(self.running) >= MOST_DEPTH or self.steps > MOST_STEPS:
            return UNKNOWN
        inner = Frame(function.frame.module, {}, function.frame, function)
        if function.frame.outer is None and function.frame.names is function.frame.module.names:
            inner.outer = None
        self.entered.add(node)
        self.running.append(node)
        try:
            self.give(function, args, keywords, inner)
            if isinstance(node, ast.Lambda):
                return evaluate(node.body, inner, self)
            self.block(node.body, inner)
            return inner.returned or (UNKNOWN if _yields(node) else Const(None))
        finally:
            self.running.pop()

    def give(self, function: Function, args: list[Thing], keywords: dict[str, Thing], inner: Frame) -> None:
        """Bind a function's parameters."""
        spec = function.node.args
        plain_names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        defaults = dict(zip(reversed(plain_names), reversed(spec.defaults), strict=False))
        defaults |= {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
        given = dict(zip(plain_names, args, strict=False))
        names = [*plain_names, *(a.arg for a in spec.kwonlyargs)]
        given |= {k: v for k, v in keywords.items() if k in names}
        for name in names:
            default = defaults.get(name) if self.is_sure else None
            unset = evaluate(default, function.frame, self) if default is not None else UNKNOWN
            inner.names[name] = given.get(name, unset)
        if spec.vararg:
            inner.names[spec.vararg.arg] = Items(args[len(plain_names) :], "tuple")
        if spec.kwarg:
            inner.names[spec.kwarg.arg] = Table({k: v for k, v in keywords.items() if k not in names})

    def block(self, body: list[ast.stmt], frame: Frame) -> Way:
        """Follow statements; "ends" when what comes after them is not reached."""
        for statement in body:
            self.steps += 1
            if self.steps > MOST_STEPS:
                return "ends"
            if self.statement(statement, frame) == "ends":
                return "ends"
        return "goes on"

    def statement(self, node: ast.stmt, frame: Frame) -> Way:
        """Follow one statement."""
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
                self.bind(target, fold.binary(op, old, more) or UNKNOWN, frame)
            case ast.Return(value=value):
                frame.returned = _better(frame.returned, evaluate(value, frame, self))
                return "ends"
            case ast.Raise() | ast.Continue() | ast.Break():
                return "ends"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.define(node, frame)
            case ast.ClassDef():
                self.define_class(node, frame)
            case ast.Import() | ast.ImportFrom():
                self.take_in(node, frame)
            case ast.Global(names=names):
                frame.shared |= set(names)
            case _:
                return self.compound(node, frame)
        return "goes on"

    def compound(self, node: ast.stmt, frame: Frame) -> Way:
        """Follow a statement that holds others."""
        match node:
            case ast.If(test=test, body=body, orelse=orelse):
                truth = truth_of(evaluate(test, frame, self))
                if truth is not None:
                    return self.block(body if truth else orelse, frame)
                return self.either([body, orelse], frame)
            case ast.For() | ast.AsyncFor():
                self.loop(node, frame)
            case ast.While(body=body, test=test):
                evaluate(test, frame, self)
                self.either([body, []], frame)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    thing = evaluate(item.context_expr, frame, self)
                    if item.optional_vars:
                        self.bind(item.optional_vars, thing, frame)
                return self.block(body, frame)
            case ast.Try() | ast.TryStar():
                way = self.block(node.body, frame)
                if way == "goes on":
                    way = self.block(node.orelse, frame)
                self.block(node.finalbody, frame)
                return way
            case ast.Match(subject=subject, cases=cases):
                evaluate(subject, frame, self)
                self.either([c.body for c in cases], frame)
        return "goes on"

    def loop(self, node: ast.For | ast.AsyncFor, frame: Frame) -> None:
        """Follow a loop: once for each item where those are known, else once."""
        try:
            turns = list(fold.items_of(evaluate(node.iter, frame, self)))
        except ValueError:
            turns = [UNKNOWN]
        for item in turns:
            self.bind(node.target, item, frame)
            self.block(node.body, frame)

    def either(self, ways: list[list[ast.stmt]], frame: Frame) -> Way:
        """Follow all ways; a plain value that differs between them is not known afterwards."""
        before = dict(frame.names)
        ends: list[dict[str, Thing]] = []
        for way in ways:
            frame.names.clear()
            frame.names.update(before)
            if self.block(way, frame) == "goes on":
                ends.append(dict(frame.names))
        frame.names.clear()
        for names in ends:
            for name, thing in names.items():
                frame.names[name] = _either(frame.names.get(name), thing)
        if not ends:
            frame.names.update(before)
            return "ends"
        return "goes on"

    def bind(self, target: ast.expr, value: Thing, frame: Frame) -> None:
        """Give what stands left of a `=` its value."""
        match target:
            case ast.Name(id=name):
                (frame.module.names if name in frame.shared else frame.names)[name] = value
            case ast.Attribute(value=of, attr=name):
                self.set_attribute(evaluate(of, frame, self), name, value)
            case ast.Subscript(value=of, slice=index):
                table, key = evaluate(of, frame, self), evaluate(index, frame, self)
                if isinstance(table, Table) and isinstance(key, Const):
                    table.items[key.value] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                items = value.items if isinstance(value, Items) and len(value.items) == len(targets) else None
                for at, one in enumerate(targets):
                    self.bind(one, items[at] if items else Member(value, str(at)), frame)
            case ast.Starred(value=one):
                self.bind(one, UNKNOWN, frame)

    def set_attribute(self, of: Thing, name: str, value: Thing) -> None:
        """Give an attribute its value."""
        if isinstance(of, (Instance, Made)):
            of.attrs[name] = value
        elif isinstance(of, (Class, Module)):
            of.names[name] = value

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
        """A function, with its decorators applied from the last to the first."""
        function = Function(node, frame)
        self.functions.append(function)
        thing: Thing = function
        for mark in reversed(node.decorator_list):
            thing = self.decorate(thing, evaluate(mark, frame, self), mark, frame)
        frame.names[node.name] = thing

    def decorate(self, thing: Thing, mark: Thing, node: ast.expr, frame: Frame) -> Thing:
        """What a decorator makes of a function or class: the library's are kept as marks."""
        if isinstance(mark, (Function, Method)):
            got = self.call(mark, [thing], {}, ast.Call(ast.Name("_", lineno=node.lineno), [], []), frame)
            return (
                got
                if isinstance(got, (Made, Class))
                else thing
                if not isinstance(got, Function)
                else _wrapped(got, thing)
            )
        if isinstance(thing, (Function, Class)):
            thing.marks.append(mark)
        return thing

    def define_class(self, node: ast.ClassDef, frame: Frame) -> None:
        """A class: its members, annotated fields and decorators."""
        bases = [evaluate(b, frame, self) for b in node.bases if not isinstance(b, ast.Starred)]
        made = Class(node, frame, bases)
        inner = Frame(frame.module, made.names, frame)
        self.block(node.body, inner)
        for thing in made.names.values():
            if isinstance(thing, Function) and thing.owner is None:
                thing.owner, thing.frame = made, frame
        fields = [s for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
        made.fields = {s.target.id: s for s in fields if isinstance(s.target, ast.Name)}
        for mark in reversed(node.decorator_list):
            self.decorate(made, evaluate(mark, frame, self), mark, frame)
        frame.names[node.name] = made

    def take_in(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> None:
        """An import: modules of the project are followed, others known by their names."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                self.take_module(alias, frame)
                continue
            module = self.modules.find(node.module or "", node.level, frame.module.file)
            if module is None:
                frame.names[alias.asname or alias.name] = External(f"{node.module or ''}.{alias.name}")
                continue
            self.read(module)
            if alias.name == "*":
                frame.names.update({k: v for k, v in module.names.items() if not k.startswith("_")})
            else:
                found = self.member_of_module(module, alias.name)
                frame.names[alias.asname or alias.name] = found or Member(module, alias.name)

    def take_module(self, alias: ast.alias, frame: Frame) -> None:
        """`import a.b` or `import a.b as c`."""
        parts = alias.name.split(".")
        found = [self.modules.find(".".join(parts[: i + 1])) for i in range(len(parts))]
        for module in found:
            if module:
                self.read(module)
        if alias.asname:
            frame.names[alias.asname] = found[-1] or External(alias.name)
            return
        frame.names[parts[0]] = found[0] or External(parts[0])
        for one, name, inner in zip(found, parts[1:], found[1:], strict=False):
            if one and inner:
                one.names.setdefault(name, inner)


def _name_of(thing: Thing) -> str:
    match thing:
        case External(name=name) | Made(name=name):
            return name
        case Member(of=of, name=name):
            return f"{_name_of(of)}.{name}"
        case Instance(base=Made(name=name)):
            return name
        case Super(self=Instance(base=Made(name=name))):
            return name
    return "?"


def _wrapped(got: Function, thing: Thing) -> Thing:
    """What a decorator of the project gave: the function itself, or one around it that keeps its marks."""
    if isinstance(thing, Function) and got is not thing:
        thing.marks += [m for m in got.marks if m not in thing.marks]
    return thing


def _either(one: Thing | None, other: Thing) -> Thing:
    if one is None or one is other or one == other:
        return other
    if isinstance(one, (Const, Unknown)):
        return UNKNOWN if isinstance(other, Const) else other
    return one


def _better(one: Thing | None, other: Thing) -> Thing:
    return other if one is None or isinstance(one, (Unknown, Const)) else one


def _yields(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(node))
