"""Which files of a project a Python file imports.

Finds import statements by regular expression, since `gage run` cannot wait until large projects are parsed; the
interpreter, which has a syntax tree anyway, only resolves modules here. Knows no installed packages.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*|[^\n#;(]*)|import[ \t]+([\w., \t]+))", re.M
)
"""`from a.b import c, d as e`, `from . import (x,` and further lines up to the `)`, `import a.b as c, d`."""
_COMMENT = re.compile(rb"#[^\n]*")


def find_imported_files(text: bytes, file: Path, roots: Sequence[Path]) -> list[Path]:
    """Returns the files below `roots` that the Python text of `file` imports, each once, in the order of the text."""
    files: dict[str, Path] = {}
    is_in_project: dict[str, bool] = {"": True}  # by the first part of a name, "" if relative: most imports are not
    for name in dict.fromkeys(_list_module_names(text)):
        top, parent = name.partition(".")[0], name.rpartition(".")[0]
        if top not in is_in_project:
            stems = list_module_stems(top, 0, file, roots)
            is_in_project[top] = any(os.path.isdir(stem) or os.path.isfile(f"{stem}.py") for stem in stems)
        if not is_in_project[top] or (parent in files and files[parent].name != "__init__.py"):
            continue  # of an installed package, or a name in a module
        level = len(name) - len(name.lstrip("."))
        path = resolve_module(name[level:], level, file, roots)
        if path is not None:
            files[name] = path
    return list(dict.fromkeys(files.values()))


def resolve_module(name: str, level: int, file: Path, roots: Sequence[Path]) -> Path | None:
    """Returns the file of the module `name`, imported in `file` with `level` leading dots, or None.

    Python looks for a module of the standard library in the script's directory, `roots[0]`, first.
    """
    for stem in list_module_stems(name, level, file, roots):
        for path in (f"{stem}.py", f"{stem}/__init__.py") if name else (f"{stem}/__init__.py",):
            if os.path.isfile(path):  # pathlib would take five times as long
                return Path(path)
    return None


def list_module_stems(name: str, level: int, file: Path, roots: Sequence[Path]) -> list[str]:
    """Returns the paths, without suffix, at which the module may be, in Python's order."""
    first = name.partition(".")[0]
    if level:
        roots = file.parents[level - 1 : level]
    elif not name or first in sys.builtin_module_names:
        return []
    elif first in sys.stdlib_module_names:
        roots = roots[:1]
    return [os.path.join(root, name.replace(".", "/")).rstrip("/") for root in roots]


def _list_module_names(text: bytes) -> Iterator[str]:
    """Yields the dotted names that import statements may load: for `from a import b` both `a` and `a.b`."""
    for package, members, modules in _IMPORT.findall(text):
        names = _COMMENT.sub(b"", members or modules).strip(b"( \t").decode("utf-8", "replace").split(",")
        first_words = [words[0] for words in map(str.split, names) if words]
        if not package:
            yield from first_words
            continue
        source = package.decode("utf-8", "replace")
        yield source
        yield from (f"{source}{'' if source.endswith('.') else '.'}{word}" for word in first_words)
