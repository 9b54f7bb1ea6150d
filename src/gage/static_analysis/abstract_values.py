"""The values that the abstract interpreter computes with. Records and conversions only; knows no parser.

What is known about a value is a plain Python value: None, a bool, a number, a string, a list (also for a set), a tuple,
a dict or a `PurePosixPath`; items of lists and dicts may be unknown. Anything else is one of the records below.
"""

import ast
from dataclasses import dataclass, field
from pathlib import PurePosixPath

MAX_ITEMS = 1_000
"""Items of a list that an expression may evaluate to."""
MAX_TEXT = 10_000
"""Characters of a text that an expression may evaluate to."""
_MAX_SIZE = 200_000
"""Characters of a value that is passed to Python's own functions; a value in it counts as ten."""


@dataclass(eq=False, slots=True)
class Module:
    """A module of the project. `file` is the path at which the program finds it."""

    name: str
    file: str
    tree: ast.Module
    names: dict[str, object] = field(default_factory=dict)

    @property
    def scope(self) -> "Scope":
        """The module's global scope."""
        return Scope(self, self.names)


@dataclass(eq=False, slots=True)
class Scope:
    """Names and values of a module (`outer` is None), a class or a function's body. `global_names`: declared global.

    `returned` are the values that the function has returned so far.
    """

    module: Module
    names: dict[str, object] = field(default_factory=dict)
    outer: "Scope | None" = None
    function: "Function | None" = None
    global_names: set[str] = field(default_factory=set)
    returned: list[object] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class UnknownValue:
    """A value that only running the program would show. `prefix`: how a string begins, where that is known."""

    prefix: str = ""


UNKNOWN = UnknownValue()


@dataclass(frozen=True, slots=True)
class ExternalName:
    """An object of a library by its full name (`argparse.ArgumentParser`), or a built-in (`int`)."""

    name: str


@dataclass(eq=False, slots=True)
class LibraryCall:
    """A call to a library, and the value that it returns. `receiver` is the object whose method was called.

    `is_certain` is False for a call in a function that nothing was seen to call. `line` is 0 outside of the script.
    """

    name: str
    args: list[object]
    keywords: dict[str, object]
    receiver: object = None
    line: int = 0
    is_certain: bool = True


@dataclass(eq=False, slots=True)
class UnknownAttribute:
    """An attribute of a value whose attributes are not known."""

    receiver: object
    name: str


@dataclass(eq=False, slots=True)
class Function:
    """A function of the project. `owner` is the class that it is a method of."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: "Class | None" = None

    def has_decorator(self, name: str) -> bool:
        """Returns whether the function has a decorator of this name, such as `staticmethod`."""
        decorators = [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list
        return any(isinstance(decorator, ast.Name) and decorator.id == name for decorator in decorators)


@dataclass(eq=False, slots=True)
class BoundFunction:
    """A function with its first arguments: a method of an object, or a `functools.partial`."""

    function: object
    args: list[object]
    keywords: dict[str, object] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project."""

    node: ast.ClassDef
    bases: list[object]
    names: dict[str, object] = field(default_factory=dict)

    def ancestry(self) -> "list[Class]":
        """Returns the class and its base classes in the project, nearest first."""
        classes: list[Class] = [self]
        for base in self.bases:
            classes += [c for c in base.ancestry() if c not in classes] if isinstance(base, Class) else []
        return classes

    def library_bases(self) -> list[str]:
        """Returns the names of its base classes in libraries."""
        return [base.name for one in self.ancestry() for base in one.bases if isinstance(base, ExternalName)]

    def is_enum(self) -> bool:
        """Returns whether the class is an enumeration."""
        return any("Enum" in name.rpartition(".")[2] for name in self.library_bases())

    def list_members(self) -> "list[EnumMember]":
        """Returns the members of an enumeration in order."""
        members: list[EnumMember] = []
        for name, value in self.names.items():
            if isinstance(value, LibraryCall) and value.name == "enum.auto":
                is_text = any(base.endswith("StrEnum") for base in self.library_bases())
                value = name.lower() if is_text else len(members) + 1
            if not name.startswith("_") and is_concrete(value):
                members.append(EnumMember(name, value))
        return members


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A member of an enumeration."""

    name: str
    value: object


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the project. `library_base` is the call to a library's base class."""

    cls: Class
    names: dict[str, object] = field(default_factory=dict)
    library_base: LibraryCall | None = None


@dataclass(eq=False, slots=True)
class SuperProxy:
    """The value of `super()` in a method of `cls`."""

    cls: Class
    instance: object


def is_concrete(value: object) -> bool:
    """Returns whether a value and all that it contains are known, and it is not too large."""
    waiting, size = [value], 0
    while waiting:
        one = waiting.pop()
        size += len(one) if isinstance(one, str) else 10
        match one:
            case None | bool() | int() | float() | str() | PurePosixPath():
                pass
            case list() | tuple():
                waiting += one
            case dict():
                waiting += [*one, *one.values()]
            case _:
                return False
        if size > _MAX_SIZE:
            return False
    return True


def is_scalar(value: object) -> bool:
    """Returns whether a value is None, a bool, a number or a string."""
    return value is None or isinstance(value, bool | int | float | str)


def list_items(value: object) -> list[object]:
    """Returns the items of an iterable. Raises ValueError if they are not known."""
    match value:
        case list() | tuple() | dict():
            return list(value)
        case str() if len(value) <= MAX_ITEMS:
            return list(value)
        case Class() if value.is_enum():
            return list(value.list_members())
    raise ValueError("not known")


def is_truthy(value: object) -> bool | None:
    """Returns the truth of a value, None if it is not known."""
    match value:
        case None | bool() | int() | float() | str() | list() | tuple() | dict():
            return bool(value)
        case Function() | Class() | EnumMember() | PurePosixPath():
            return True
    return None
