"""What a call does: functions and classes of the project are executed, calls to libraries recorded in order."""

import ast
from abc import ABC, abstractmethod
from typing import Literal

from gage.static_analysis import abstract_values as av
from gage.static_analysis import builtins, concrete
from gage.static_analysis.evaluate import evaluate
from gage.static_analysis.module_loader import ModuleLoader
from gage.static_analysis.scopes import UNKNOWN, get_attribute

MAX_STEPS = 200_000
"""Statements and calls that are executed in one program."""

MAX_CALL_DEPTH = 25
"""Nested calls that are executed."""

ControlFlow = Literal["goes on", "ends"]


class CallInterpreter(ABC):
    """The calls of one program: `calls` are those to libraries, in order, `functions` the functions that it defines."""

    def __init__(self, modules: ModuleLoader) -> None:
        self.modules = modules
        self.calls: list[av.LibraryCall] = []
        self.functions: list[av.Function] = []
        self.steps = 0
        self.call_stack: list[ast.AST] = []
        self.loaded_files: set[str] = set()
        self.followed: set[ast.AST] = set()
        self.is_certain = True

    @abstractmethod
    def get_module_member(self, module: av.Module, name: str) -> av.AbstractValue | None:
        """Returns a name of another module of the project."""

    @abstractmethod
    def bind(self, target: ast.expr, value: av.AbstractValue, scope: av.Scope) -> None:
        """Assigns a value to the target of an assignment."""

    @abstractmethod
    def run_block(self, body: list[ast.stmt], scope: av.Scope) -> ControlFlow:
        """Executes statements. Returns "ends" if the code after them is not reached."""

    def call(
        self,
        callee: av.AbstractValue,
        args: list[av.AbstractValue],
        keywords: dict[str, av.AbstractValue],
        node: ast.Call,
        scope: av.Scope,
    ) -> av.AbstractValue:
        """Returns the result of a call: executes functions of the project and built-ins, records anything else."""
        self.steps += 1
        match callee:
            case av.Function():
                if any(isinstance(m, av.LibraryCall) for m in callee.decorators):
                    self.record_call("call of a decorated function", [callee], {}, node, scope)
                return self.call_function(callee, args, keywords)
            case av.Method(function=function, self=first):
                return self.call_function(function, [first, *args], keywords)
            case av.Class():
                return self.instantiate(callee, args, keywords, node, scope)
            case av.ExternalName(name="super"):
                return self.call_super(args, scope)
            case av.ExternalName(name=name):
                return self.call_builtin(name, args, keywords) or self.record_call(name, args, keywords, node, scope)
            case av.UnknownAttribute(receiver=of, name=name):
                done = builtins.call_method(of, name, args, keywords)
                return done or self.record_call(f"{_callee_name(of)}.{name}", args, keywords, node, scope, of)
            case av.LibraryCall(name="functools.partial", args=[first, *more], keywords=named):
                return self.call(first, [*more, *args], {**named, **keywords}, node, scope)
            case av.LibraryCall() if len(args) == 1 and isinstance(args[0], (av.Function, av.Class)):
                args[0].decorators.append(callee)
                return args[0]
            case av.LibraryCall(name=name):
                return self.record_call(f"{name}()", args, keywords, node, scope, callee)
        return UNKNOWN

    def call_builtin(
        self, name: str, args: list[av.AbstractValue], keywords: dict[str, av.AbstractValue]
    ) -> av.AbstractValue | None:
        """Returns the result of a built-in function, None if it is not known."""
        if name in ("setattr", "getattr") and len(args) >= 2 and isinstance(args[1], av.Constant):
            if name == "setattr":
                self.set_attribute(args[0], str(args[1].value), args[-1])
            return get_attribute(args[0], str(args[1].value), self)
        match name, args:
            case (("dataclasses.asdict" | "vars"), [av.Instance(attrs=attrs)]):
                return av.DictValue(dict(attrs.items()))
            case "dataclasses.fields", [av.Instance(cls=of) | (av.Class() as of)]:
                return self.list_fields(of)
        return builtins.call_builtin(name, args, keywords)

    def record_call(
        self,
        name: str,
        args: list[av.AbstractValue],
        keywords: dict[str, av.AbstractValue],
        node: ast.expr | ast.stmt,
        scope: av.Scope,
        of: av.AbstractValue | None = None,
    ) -> av.LibraryCall:
        """Records a call to a library."""
        call = av.LibraryCall(name, args, keywords, of, scope.module.line_of(node), scope.module.file, self.is_certain)
        self.calls.append(call)
        return call

    def instantiate(
        self,
        of: av.Class,
        args: list[av.AbstractValue],
        keywords: dict[str, av.AbstractValue],
        node: ast.Call,
        scope: av.Scope,
    ) -> av.AbstractValue:
        """Returns the instance that calling a class of the project creates."""
        if concrete.is_enum(of):
            found = (
                m
                for m in concrete.list_enum_members(of)
                if args and isinstance(m, av.LibraryCall) and m.args[1] == args[0]
            )
            return next(found, UNKNOWN)
        call = av.Instance(of, args, keywords)
        begin = of.find_member("__init__")
        for name in of.library_bases():
            if name not in ("object", "abc.ABC", "typing.Generic", "typing.Protocol"):
                own = begin is not None
                call.library_base = self.record_call(
                    name, [] if own else args, {} if own else keywords, node, scope, call
                )
                break
        if isinstance(begin, av.Function):
            self.call_function(begin, [call, *args], keywords)
        else:
            self.set_fields(call)
        return call

    def set_fields(self, call: av.Instance) -> None:
        """Sets the attributes of an instance of a class without a constructor of its own (a dataclass)."""
        names = [name for one in reversed(call.cls.ancestry()) for name in one.fields]
        for name in names:
            value = self.field_default(call.cls.find_member(name) or UNKNOWN)
            if not isinstance(value, (av.LibraryCall, av.UnknownValue)) or getattr(value, "name", "") == "enum member":
                call.attrs[name] = value
        for name, value in [*zip(names, call.args, strict=False), *call.keywords.items()]:
            call.attrs[name] = value

    def field_default(self, value: av.AbstractValue) -> av.AbstractValue:
        """Returns the default of a field: the assigned value, or that of `field(default=…)`."""
        if not isinstance(value, av.LibraryCall) or value.name.rpartition(".")[2] not in ("field", "Field"):
            return value
        factory = value.keywords.get("default_factory")
        if isinstance(factory, av.Function):
            return self.call_function(factory, [], {})
        return value.keywords.get("default", UNKNOWN)

    def list_fields(self, of: av.Class) -> av.ListValue:
        """Returns the result of `dataclasses.fields`: the name, type and default of each field."""
        found: dict[str, av.AbstractValue] = {}
        for one in reversed(of.ancestry()):
            for name, node in one.fields.items():
                kind = evaluate(node.annotation, av.Scope(one.scope.module, one.names, one.scope), self)
                attributes = {
                    "name": av.Constant(name),
                    "type": kind,
                    "default": self.field_default(of.find_member(name) or UNKNOWN),
                }
                found[name] = av.LibraryCall("dataclass field", [], {}, attrs=attributes)
        return av.ListValue(list(found.values()))

    def call_super(self, args: list[av.AbstractValue], scope: av.Scope) -> av.AbstractValue:
        """Returns the value of `super()`; unknown outside of a method."""
        at: av.Scope | None = scope
        while at is not None and not (at.function and at.function.owner):
            at = at.outer
        if at is None or at.function is None or at.function.owner is None or isinstance(at.function.node, ast.Lambda):
            return UNKNOWN
        first = at.function.node.args.args[:1]
        own = at.names.get(first[0].arg, UNKNOWN) if first else UNKNOWN
        return av.SuperProxy(at.function.owner, own)

    def call_function(
        self, function: av.Function, args: list[av.AbstractValue], keywords: dict[str, av.AbstractValue]
    ) -> av.AbstractValue:
        """Executes a function of the project and returns its value. Unknown for recursion and too deep calls."""
        node = function.node
        if node in self.call_stack or len(self.call_stack) >= MAX_CALL_DEPTH or self.steps > MAX_STEPS:
            return UNKNOWN
        inner = av.Scope(function.scope.module, {}, function.scope, function)
        if function.scope.outer is None and function.scope.names is function.scope.module.names:
            inner.outer = None
        self.followed.add(node)
        self.call_stack.append(node)
        try:
            self.bind_arguments(function, args, keywords, inner)
            if isinstance(node, ast.Lambda):
                return evaluate(node.body, inner, self)
            self.run_block(node.body, inner)
            return inner.return_value or (UNKNOWN if _is_generator(node) else av.Constant(None))
        finally:
            self.call_stack.pop()

    def bind_arguments(
        self,
        function: av.Function,
        args: list[av.AbstractValue],
        keywords: dict[str, av.AbstractValue],
        inner: av.Scope,
    ) -> None:
        """Binds the arguments of a call to the function's parameters."""
        spec = function.node.args
        plain_names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
        defaults = dict(zip(reversed(plain_names), reversed(spec.defaults), strict=False))
        defaults |= {a.arg: d for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
        bound = dict(zip(plain_names, args, strict=False))
        names = [*plain_names, *(a.arg for a in spec.kwonlyargs)]
        bound |= {k: v for k, v in keywords.items() if k in names}
        for name in names:
            default = defaults.get(name) if self.is_certain else None
            unset = evaluate(default, function.scope, self) if default is not None else UNKNOWN
            inner.names[name] = bound.get(name, unset)
        if spec.vararg:
            inner.names[spec.vararg.arg] = av.ListValue(args[len(plain_names) :], "tuple")
        if spec.kwarg:
            inner.names[spec.kwarg.arg] = av.DictValue({k: v for k, v in keywords.items() if k not in names})

    def set_attribute(self, of: av.AbstractValue, name: str, value: av.AbstractValue) -> None:
        """Sets an attribute, if the object has attributes that are tracked."""
        if isinstance(of, (av.Instance, av.LibraryCall)):
            of.attrs[name] = value
        elif isinstance(of, (av.Class, av.Module)):
            of.names[name] = value


def _callee_name(value: av.AbstractValue) -> str:
    match value:
        case av.ExternalName(name=name) | av.LibraryCall(name=name):
            return name
        case av.UnknownAttribute(receiver=of, name=name):
            return f"{_callee_name(of)}.{name}"
        case av.Instance(library_base=av.LibraryCall(name=name)):
            return name
        case av.SuperProxy(self=av.Instance(library_base=av.LibraryCall(name=name))):
            return name
    return "?"


def _is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(node))
