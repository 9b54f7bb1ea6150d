"""The values that the abstract interpreter computes with. Records and conversions only; knows no parser."""

import ast
from dataclasses import dataclass, field

from gage.types.values import JSONValue, Scalar


@dataclass(eq=False, slots=True)
class Scope:
    """Names and values of a module (`outer` is None) or a function's body. `global_names`: those declared global."""

    module: "Module"
    names: "dict[str, AbstractValue]" = field(default_factory=dict)
    outer: "Scope | None" = None
    function: "Function | None" = None
    global_names: set[str] = field(default_factory=set)
    return_value: "AbstractValue | None" = None


@dataclass(eq=False, slots=True)
class Module:
    """A module of the project. `file` is the path at which the program finds it."""

    name: str
    file: str
    tree: ast.Module
    text: str = ""
    names: "dict[str, AbstractValue]" = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """The module's global scope."""
        return Scope(self, self.names)

    def line_of(self, node: ast.AST) -> int:
        """Returns the line of a node in the script itself; 0 in other modules of the project."""
        return getattr(node, "lineno", 0) if self.name == "__main__" else 0


@dataclass(frozen=True, slots=True)
class Constant:
    """A known scalar: None, a bool, a number or a string."""

    value: Scalar


@dataclass(eq=False, slots=True)
class ListValue:
    """A list, tuple or set of abstract values; `style` says which."""

    items: "list[AbstractValue]"
    style: str = "list"


@dataclass(eq=False, slots=True)
class DictValue:
    """A dict with known scalar keys."""

    items: "dict[Scalar, AbstractValue]" = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class UnknownValue:
    """A value that only running the program would show. `prefix`: how a string begins, where that is known."""

    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ExternalName:
    """An object of a library by its full name (`argparse.ArgumentParser`), or a built-in (`int`)."""

    name: str


@dataclass(eq=False, slots=True)
class LibraryCall:
    """A call to a library, and the value that it returns. `receiver` is the object whose method was called.

    `is_certain` is False for a call in a function that nothing was seen to call.
    """

    name: str
    args: "list[AbstractValue]"
    keywords: "dict[str, AbstractValue]"
    receiver: "AbstractValue | None" = None
    line: int = 0
    file: str = ""
    is_certain: bool = True
    attrs: "dict[str, AbstractValue]" = field(default_factory=dict)

    def get_argument(self, position: int, *names: str) -> "AbstractValue | None":
        """Returns the argument at this position, or the keyword argument of one of these names."""
        if 0 <= position < len(self.args):
            return self.args[position]
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return None


@dataclass(eq=False, slots=True)
class UnknownAttribute:
    """An attribute of a value whose attributes are not known."""

    receiver: "AbstractValue"
    name: str


@dataclass(eq=False, slots=True)
class GenericType:
    """A type with arguments (`Optional[int]`), or a union by `|`."""

    origin: "AbstractValue"
    args: "list[AbstractValue]"


@dataclass(eq=False, slots=True)
class Function:
    """A function of the project. `decorators` are those of libraries in the order in which they were applied."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: "Class | None" = None
    decorators: "list[AbstractValue]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name in the source; "" for a lambda."""
        return "" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project. `fields` are its annotated names."""

    node: ast.ClassDef
    scope: Scope
    bases: "list[AbstractValue]"
    names: "dict[str, AbstractValue]" = field(default_factory=dict)
    fields: dict[str, ast.AnnAssign] = field(default_factory=dict)
    decorators: "list[AbstractValue]" = field(default_factory=list)

    def ancestry(self) -> "list[Class]":
        """Returns the class and its base classes in the project, nearest first."""
        classes: list[Class] = [self]
        for base in self.bases:
            classes += [c for c in base.ancestry() if c not in classes] if isinstance(base, Class) else []
        return classes

    def library_bases(self) -> list[str]:
        """Returns the names of its base classes in libraries, without their type arguments."""
        names: list[str] = []
        for one in self.ancestry():
            for base in one.bases:
                origin = base.origin if isinstance(base, GenericType) else base
                names += [origin.name] if isinstance(origin, ExternalName) else []
        return names

    def find_member(self, name: str) -> "AbstractValue | None":
        """Returns a member, also an inherited one."""
        return next((c.names[name] for c in self.ancestry() if name in c.names), None)


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the project. `library_base` is the call to a library's base class."""

    cls: Class
    args: "list[AbstractValue]"
    keywords: "dict[str, AbstractValue]"
    attrs: "dict[str, AbstractValue]" = field(default_factory=dict)
    library_base: LibraryCall | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A function bound to its first argument."""

    function: Function
    self: "AbstractValue"


@dataclass(frozen=True, slots=True, eq=False)
class SuperProxy:
    """The value of `super()` in a method of `cls`."""

    cls: Class
    self: "AbstractValue"


AbstractValue = (
    Constant
    | ListValue
    | DictValue
    | UnknownValue
    | ExternalName
    | LibraryCall
    | UnknownAttribute
    | GenericType
    | Function
    | Class
    | Instance
    | Method
    | SuperProxy
    | Module
)


def to_json(value: AbstractValue | None) -> JSONValue:
    """Returns a known value as JSON. Raises ValueError for any other."""
    match value:
        case Constant(value=scalar):
            return scalar
        case ListValue(items=items):
            return [to_json(i) for i in items]
        case DictValue(items=table):
            return {str(k): to_json(v) for k, v in table.items()}
        case LibraryCall(name="pathlib.Path" | "pathlib.PurePath" | "Path", args=args):
            return "/".join(str(to_json(a)) for a in args) or "."
    raise ValueError("not known")


def to_json_or(value: AbstractValue | None, default: JSONValue = None) -> JSONValue:
    """Returns a known value as JSON, `default` for any other."""
    try:
        return to_json(value)
    except ValueError:
        return default


def get_text(value: AbstractValue | None) -> str:
    """Returns the string of a constant, "" for any other value."""
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else ""


def get_partial_text(value: AbstractValue | None) -> str:
    """Returns a string on one line, as far as it is known."""
    known = value.prefix.rstrip(" :(-|,[") if isinstance(value, UnknownValue) else get_text(value)
    return " ".join(known.split())


def from_json(value: JSONValue) -> AbstractValue:
    """Returns the abstract value of a JSON value."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return Constant(value)
    if hasattr(value, "items"):
        return DictValue({k: from_json(v) for k, v in value.items()})
    return ListValue([from_json(v) for v in value])
