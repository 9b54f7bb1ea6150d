"""What a piece of a Python program comes to when it is read and not run. Records only; knows no parser."""

import ast
from dataclasses import dataclass, field

from gage.types.values import JSONValue, Scalar


@dataclass(eq=False, slots=True)
class Frame:
    """Where names have their values: a module (`outer` is None) or a function's body. `shared` are its global names."""

    module: "Module"
    names: "dict[str, Thing]" = field(default_factory=dict)
    outer: "Frame | None" = None
    function: "Function | None" = None
    shared: set[str] = field(default_factory=set)
    returned: "Thing | None" = None


@dataclass(eq=False, slots=True)
class Module:
    """A file of the project. `file` is its path as the program finds it."""

    name: str
    file: str
    tree: ast.Module
    text: str = ""
    names: "dict[str, Thing]" = field(default_factory=dict)

    @property
    def frame(self) -> Frame:
        """The module's own names."""
        return Frame(self, self.names)

    def line(self, node: ast.AST) -> int:
        """The line of a node in the program's own file; 0 in the project's other ones."""
        return getattr(node, "lineno", 0) if self.name == "__main__" else 0


@dataclass(frozen=True, slots=True)
class Const:
    """A plain value."""

    value: Scalar


@dataclass(eq=False, slots=True)
class Items:
    """A list, tuple or set; `style` says which."""

    items: "list[Thing]"
    style: str = "list"


@dataclass(eq=False, slots=True)
class Table:
    """A dict whose keys are plain values."""

    items: "dict[Scalar, Thing]" = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Unknown:
    """What cannot be told without running the program; `text` is what it begins with, where that is known."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class External:
    """Something of a library, by its full name (`argparse.ArgumentParser`), or a built-in (`int`)."""

    name: str


@dataclass(eq=False, slots=True)
class Made:
    """What calling something of a library gives. `of` is the thing whose method was called; `is_sure` is False for a
    call in a function that nothing was seen to call.
    """

    name: str
    args: "list[Thing]"
    keywords: "dict[str, Thing]"
    of: "Thing | None" = None
    line: int = 0
    file: str = ""
    is_sure: bool = True
    attrs: "dict[str, Thing]" = field(default_factory=dict)

    def arg(self, at: int, *names: str) -> "Thing | None":
        """The argument in this position, or of one of these names."""
        found = self.args[at] if 0 <= at < len(self.args) else None
        return found or next((self.keywords[n] for n in names if n in self.keywords), None)


@dataclass(eq=False, slots=True)
class Member:
    """An attribute of something that is not known closer."""

    of: "Thing"
    name: str


@dataclass(eq=False, slots=True)
class Generic:
    """A type with others in brackets (`Optional[int]`), or several joined by `|`."""

    of: "Thing"
    args: "list[Thing]"


@dataclass(eq=False, slots=True)
class Function:
    """A function of the project. `marks` are the library's decorators in the order in which they were applied."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: Frame
    owner: "Class | None" = None
    marks: "list[Thing]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """As in the source; "" for a lambda."""
        return "" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project. `fields` are its annotated names, as written."""

    node: ast.ClassDef
    frame: Frame
    bases: "list[Thing]"
    names: "dict[str, Thing]" = field(default_factory=dict)
    fields: dict[str, ast.AnnAssign] = field(default_factory=dict)
    marks: "list[Thing]" = field(default_factory=list)

    def lineage(self) -> "list[Class]":
        """The class and those of the project that it comes from, nearest first."""
        found: list[Class] = [self]
        for base in self.bases:
            found += [c for c in base.lineage() if c not in found] if isinstance(base, Class) else []
        return found

    def foreign(self) -> list[str]:
        """The names of the library's classes that it comes from, those of type variables included."""
        names: list[str] = []
        for one in self.lineage():
            for base in one.bases:
                origin = base.of if isinstance(base, Generic) else base
                names += [origin.name] if isinstance(origin, External) else []
        return names

    def find(self, name: str) -> "Thing | None":
        """A member by name, inherited ones included."""
        return next((c.names[name] for c in self.lineage() if name in c.names), None)


@dataclass(eq=False, slots=True)
class Instance:
    """A value of a class of the project. `base` is what making the library's part of it gave."""

    of: Class
    args: "list[Thing]"
    keywords: "dict[str, Thing]"
    attrs: "dict[str, Thing]" = field(default_factory=dict)
    base: Made | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A function of a class together with the first argument that it gets."""

    function: Function
    self: "Thing"


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """`super()`: what a class has from those before it."""

    of: Class
    self: "Thing"


Thing = (
    Const
    | Items
    | Table
    | Unknown
    | External
    | Made
    | Member
    | Generic
    | Function
    | Class
    | Instance
    | Method
    | Super
    | Module
)


def plain(thing: Thing | None) -> JSONValue:
    """The value as JSON has it. Raises ValueError when it cannot be told."""
    match thing:
        case Const(value=value):
            return value
        case Items(items=items):
            return [plain(i) for i in items]
        case Table(items=table):
            return {str(k): plain(v) for k, v in table.items()}
        case Made(name="pathlib.Path" | "pathlib.PurePath" | "Path", args=args):
            return "/".join(str(plain(a)) for a in args) or "."
    raise ValueError("not known")


def plain_or(thing: Thing | None, other: JSONValue = None) -> JSONValue:
    """The value as JSON has it, or `other` when it cannot be told."""
    try:
        return plain(thing)
    except ValueError:
        return other


def text_of(thing: Thing | None) -> str:
    """The text that a thing is; "" for all else."""
    return thing.value if isinstance(thing, Const) and isinstance(thing.value, str) else ""


def said_by(thing: Thing | None) -> str:
    """A text on one line, as far as it is known."""
    known = thing.text.rstrip(" :(-|,[") if isinstance(thing, Unknown) else text_of(thing)
    return " ".join(known.split())


def from_json(value: JSONValue) -> Thing:
    """The thing that a plain value is."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return Const(value)
    if hasattr(value, "items"):
        return Table({k: from_json(v) for k, v in value.items()})
    return Items([from_json(v) for v in value])
