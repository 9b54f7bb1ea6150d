"""What a piece of a Python program comes to when it is read and not run. Records only; knows no parser."""

import ast
from dataclasses import dataclass, field

from gage.types.values import JSONValue, Scalar


@dataclass(eq=False, slots=True)
class Scope:
    """Where names have their values: a module (`outer` is None) or a function's body. `shared` are its global names."""

    module: "Module"
    names: "dict[str, AbstractValue]" = field(default_factory=dict)
    outer: "Scope | None" = None
    function: "Function | None" = None
    global_names: set[str] = field(default_factory=set)
    return_value: "AbstractValue | None" = None


@dataclass(eq=False, slots=True)
class Module:
    """A file of the project. `file` is its path as the program finds it."""

    name: str
    file: str
    tree: ast.Module
    text: str = ""
    names: "dict[str, AbstractValue]" = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """The module's own names."""
        return Scope(self, self.names)

    def line_of(self, node: ast.AST) -> int:
        """The line of a node in the program's own file; 0 in the project's other ones."""
        return getattr(node, "lineno", 0) if self.name == "__main__" else 0


@dataclass(frozen=True, slots=True)
class Constant:
    """A plain value."""

    value: Scalar


@dataclass(eq=False, slots=True)
class ListValue:
    """A list, tuple or set; `style` says which."""

    items: "list[AbstractValue]"
    style: str = "list"


@dataclass(eq=False, slots=True)
class DictValue:
    """A dict whose keys are plain values."""

    items: "dict[Scalar, AbstractValue]" = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class UnknownValue:
    """What cannot be told without running the program; `text` is what it begins with, where that is known."""

    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ExternalName:
    """Something of a library, by its full name (`argparse.ArgumentParser`), or a built-in (`int`)."""

    name: str


@dataclass(eq=False, slots=True)
class LibraryCall:
    """What calling something of a library gives. `of` is the thing whose method was called; `is_sure` is False for a
    call in a function that nothing was seen to call.
    """

    name: str
    args: "list[AbstractValue]"
    keywords: "dict[str, AbstractValue]"
    receiver: "AbstractValue | None" = None
    line: int = 0
    file: str = ""
    is_certain: bool = True
    attrs: "dict[str, AbstractValue]" = field(default_factory=dict)

    def get_argument(self, at: int, *names: str) -> "AbstractValue | None":
        """The argument in this position, or of one of these names."""
        found = self.args[at] if 0 <= at < len(self.args) else None
        return found or next((self.keywords[n] for n in names if n in self.keywords), None)


@dataclass(eq=False, slots=True)
class UnknownAttribute:
    """An attribute of something that is not known closer."""

    receiver: "AbstractValue"
    name: str


@dataclass(eq=False, slots=True)
class GenericType:
    """A type with others in brackets (`Optional[int]`), or several joined by `|`."""

    origin: "AbstractValue"
    args: "list[AbstractValue]"


@dataclass(eq=False, slots=True)
class Function:
    """A function of the project. `marks` are the library's decorators in the order in which they were applied."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: "Class | None" = None
    decorators: "list[AbstractValue]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """As in the source; "" for a lambda."""
        return "" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project. `fields` are its annotated names, as written."""

    node: ast.ClassDef
    scope: Scope
    bases: "list[AbstractValue]"
    names: "dict[str, AbstractValue]" = field(default_factory=dict)
    fields: dict[str, ast.AnnAssign] = field(default_factory=dict)
    decorators: "list[AbstractValue]" = field(default_factory=list)

    def ancestry(self) -> "list[Class]":
        """The class and those of the project that it comes from, nearest first."""
        found: list[Class] = [self]
        for base in self.bases:
            found += [c for c in base.ancestry() if c not in found] if isinstance(base, Class) else []
        return found

    def library_bases(self) -> list[str]:
        """The names of the library's classes that it comes from, those of type variables included."""
        names: list[str] = []
        for one in self.ancestry():
            for base in one.bases:
                origin = base.origin if isinstance(base, GenericType) else base
                names += [origin.name] if isinstance(origin, ExternalName) else []
        return names

    def find_member(self, name: str) -> "AbstractValue | None":
        """A member by name, inherited ones included."""
        return next((c.names[name] for c in self.ancestry() if name in c.names), None)


@dataclass(eq=False, slots=True)
class Instance:
    """A value of a class of the project. `base` is what making the library's part of it gave."""

    cls: Class
    args: "list[AbstractValue]"
    keywords: "dict[str, AbstractValue]"
    attrs: "dict[str, AbstractValue]" = field(default_factory=dict)
    library_base: LibraryCall | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A function of a class together with the first argument that it gets."""

    function: Function
    self: "AbstractValue"


@dataclass(frozen=True, slots=True, eq=False)
class SuperProxy:
    """`super()`: what a class has from those before it."""

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


def to_json(thing: AbstractValue | None) -> JSONValue:
    """The value as JSON has it. Raises ValueError when it cannot be told."""
    match thing:
        case Constant(value=value):
            return value
        case ListValue(items=items):
            return [to_json(i) for i in items]
        case DictValue(items=table):
            return {str(k): to_json(v) for k, v in table.items()}
        case LibraryCall(name="pathlib.Path" | "pathlib.PurePath" | "Path", args=args):
            return "/".join(str(to_json(a)) for a in args) or "."
    raise ValueError("not known")


def to_json_or(thing: AbstractValue | None, other: JSONValue = None) -> JSONValue:
    """The value as JSON has it, or `other` when it cannot be told."""
    try:
        return to_json(thing)
    except ValueError:
        return other


def constant_text(thing: AbstractValue | None) -> str:
    """The text that a thing is; "" for all else."""
    return thing.value if isinstance(thing, Constant) and isinstance(thing.value, str) else ""


def known_text(thing: AbstractValue | None) -> str:
    """A text on one line, as far as it is known."""
    known = thing.prefix.rstrip(" :(-|,[") if isinstance(thing, UnknownValue) else constant_text(thing)
    return " ".join(known.split())


def from_json(value: JSONValue) -> AbstractValue:
    """The thing that a plain value is."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return Constant(value)
    if hasattr(value, "items"):
        return DictValue({k: from_json(v) for k, v in value.items()})
    return ListValue([from_json(v) for v in value])
