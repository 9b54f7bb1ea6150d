"""What calls in a program do, when it is read: the project's functions are followed, others put down in order."""

import ast
from abc import ABC, abstractmethod
from typing import Literal

from gage.static_analysis import builtins, concrete
from gage.static_analysis.abstract_values import (
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
from gage.static_analysis.evaluate import evaluate
from gage.static_analysis.module_loader import Modules
from gage.static_analysis.scopes import UNKNOWN, attribute

MOST_STEPS = 200_000
"""Statements and calls that are followed in one program."""

MOST_DEPTH = 25
"""Calls inside calls that are followed."""

Way = Literal["goes on", "ends"]


class Calling(ABC):
    """The calls of one program. `calls` are those of libraries in the order in which they are met, `functions` what the
    program defines.
    """

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.calls: list[Made] = []
        self.functions: list[Function] = []
        self.steps = 0
        self.running: list[ast.AST] = []
        self.begun: set[str] = set()
        self.entered: set[ast.AST] = set()
        self.is_sure = True

    @abstractmethod
    def member_of_module(self, module: Module, name: str) -> Thing | None:
        """A name of another module of the project."""

    @abstractmethod
    def bind(self, target: ast.expr, value: Thing, frame: Frame) -> None:
        """Give what stands left of a `=` its value."""

    @abstractmethod
    def block(self, body: list[ast.stmt], frame: Frame) -> Way:
        """Follow statements; "ends" when what comes after them is not reached."""

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
                done = builtins.method(of, name, args, keywords)
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
        match name, args:
            case (("dataclasses.asdict" | "vars"), [Instance(attrs=attrs)]):
                return Table(dict(attrs.items()))
            case "dataclasses.fields", [Instance(of=of) | (Class() as of)]:
                return self.fields(of)
        return builtins.call(name, args, keywords)

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
        if concrete.is_enum(of):
            found = (m for m in concrete.members_of(of) if args and isinstance(m, Made) and m.args[1] == args[0])
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
        for name in names:
            thing = self.usual(made.of.find(name) or UNKNOWN)
            if not isinstance(thing, (Made, Unknown)) or getattr(thing, "name", "") == "enum member":
                made.attrs[name] = thing
        for name, thing in [*zip(names, made.args, strict=False), *made.keywords.items()]:
            made.attrs[name] = thing

    def usual(self, given: Thing) -> Thing:
        """The default that a field of a class has: what stands there, or what `field(default=…)` says."""
        if not isinstance(given, Made) or given.name.rpartition(".")[2] not in ("field", "Field"):
            return given
        factory = given.keywords.get("default_factory")
        if isinstance(factory, Function):
            return self.enter(factory, [], {})
        return given.keywords.get("default", UNKNOWN)

    def fields(self, of: Class) -> Items:
        """What `dataclasses.fields` gives: the name, type and default of each field."""
        found: dict[str, Thing] = {}
        for one in reversed(of.lineage()):
            for name, node in one.fields.items():
                kind = evaluate(node.annotation, Frame(one.frame.module, one.names, one.frame), self)
                told = {"name": Const(name), "type": kind, "default": self.usual(of.find(name) or UNKNOWN)}
                found[name] = Made("dataclass field", [], {}, attrs=told)
        return Items(list(found.values()))

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

    def set_attribute(self, of: Thing, name: str, value: Thing) -> None:
        """Give an attribute its value."""
        if isinstance(of, (Instance, Made)):
            of.attrs[name] = value
        elif isinstance(of, (Class, Module)):
            of.names[name] = value


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


def _yields(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(node))
