"""Finds defaults in Python source code that are computed when the program starts, such as `default=time.time()`.

Such a default has another value at each start, or another one in the run directory than in the project. The analysis
follows variables that have such values, and functions that return them, through all files that it gets.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

_MODULES = set("random secrets uuid time glob tempfile subprocess".split())
"""Modules whose functions return different values at each start of a program."""
_NAMES = set(
    "now today utcnow getpid getppid urandom getcwd getcwdb cwd abspath realpath resolve absolute __file__ iglob rglob "
    "listdir scandir walk iterdir exists isfile isdir is_file is_dir getmtime getsize".split()
)
"""Functions and names whose values depend on the time, the process, the directory or its files."""
_MENTION = re.compile(rb"\b(?:%s)\b" % "|".join([*_MODULES, *_NAMES]).encode())


class _Source(NamedTuple):
    """A module of the project. `imports` are the names that it imports, as parts of the whole name."""

    module: str
    tree: ast.Module
    imports: Mapping[str, tuple[str, ...]]


def find_start_values(texts: Mapping[Path, bytes]) -> frozenset[str]:
    """Returns the names of options, fields and parameters of functions whose defaults are computed when the program
    starts, with `_` for `-`. `texts` are the Python files of the program.
    """
    if not any(map(_MENTION.search, texts.values())):
        return frozenset()
    sources = [s for s in (_parse(path, text) for path, text in texts.items()) if s]
    computed: set[tuple[str, str]] = set()
    while True:
        found = {(s.module, name) for s in sources for name in _list_computed_names(s, computed)}
        if found <= computed:
            break
        computed |= found
    names = (name for s in sources for name, node in _list_defaults(s.tree) if _is_computed(node, s, computed))
    return frozenset(name.lstrip("-").replace("-", "_") for name in names)


def _parse(path: Path, text: bytes) -> _Source | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    imports: dict[str, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports |= {a.asname: tuple(a.name.split(".")) for a in node.names if a.asname}
        elif isinstance(node, ast.ImportFrom):
            imports |= {a.asname or a.name: (*(node.module or "").split("."), a.name) for a in node.names}
    return _Source(path.stem, tree, imports)


def _list_computed_names(source: _Source, computed: Collection[tuple[str, str]]) -> Iterator[str]:
    """Yields the variables and functions of a module whose values are computed when the program starts."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                names = [t.id for t in targets if isinstance(t, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                names = [name]
            case ast.FunctionDef(name=name):
                returned = [r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value]
                names, value = [name], ast.Tuple(returned)
            case _:
                continue
        if names and _is_computed(value, source, computed):
            yield from names


def _list_defaults(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yields each default with a name that the parameter may have: of `add_argument("-s", "--seed", default=…)`, of
    fields in classes, and of the parameters of functions.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=function, args=args, keywords=keywords):
                texts = [a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                named = {k.arg: k.value for k in keywords if k.arg}
                dest = named.get("dest")
                texts += [dest.value] if isinstance(dest, ast.Constant) and isinstance(dest.value, str) else []
                called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                if called == "set_defaults":
                    yield from named.items()
                defaults = args[1:2] if called.startswith("DEFINE_") else []  # of absl
                defaults += [named["default"]] if "default" in named else []
                yield from ((text, default) for text in texts for default in defaults)
            case ast.ClassDef(body=body):
                fields = (f for f in body if isinstance(f, ast.AnnAssign) and f.value)
                yield from ((f.target.id, f.value) for f in fields if isinstance(f.target, ast.Name) and f.value)
            case ast.FunctionDef(args=ast.arguments(posonlyargs=first, args=args, defaults=defaults) as arguments):
                names = [a.arg for a in (*first, *args)]
                yield from zip(names[len(names) - len(defaults) :], defaults, strict=True)
                pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
                yield from ((a.arg, default) for a, default in pairs if default)


def _is_computed(node: ast.expr, source: _Source, computed: Collection[tuple[str, str]]) -> bool:
    for part in ast.walk(node):
        if not isinstance(part, ast.Name | ast.Attribute):
            continue
        *parents, name = _list_parts(part, source)
        module = parents[-1] if parents else source.module
        if name in _NAMES or not _MODULES.isdisjoint(parents) or (module, name) in computed:
            return True
    return False


def _list_parts(node: ast.expr, source: _Source) -> tuple[str, ...]:
    """Returns the parts of a dotted name, as if each module were imported by its whole name."""
    if isinstance(node, ast.Name):
        return source.imports.get(node.id, (node.id,))
    return (*_list_parts(node.value, source), node.attr) if isinstance(node, ast.Attribute) else ("",)
