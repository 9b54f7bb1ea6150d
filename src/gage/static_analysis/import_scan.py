"""Which files of a project a Python file imports.

Finds import statements by regular expression, since `gage run` cannot wait until large projects are parsed; the
interpreter, which has a syntax tree anyway, only resolves modules here. Knows no installed packages.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*|[^\n#;(]*)|import[ \t]+([\w., \t]+))", re.M
)
"""`from a.b import c, d as e`, `from . import (x,` and further lines up to the `)`, `import a.b as c, d`."""
_COMMENT = re.compile(rb"#[^\n]*")
_LEADING_DOTS = re.compile(r"\.*")


def find_imported_files(text: bytes, file: Path, roots: Sequence[Path]) -> list[Path]:
    """Returns the files below `roots` that the Python text of `file` imports, each once, in the order of the text."""
    found: dict[Path, None] = {}
    for name in dict.fromkeys(_list_module_names(text)):
        level = len(_LEADING_DOTS.match(name)[0])  # type: ignore[index]  # matches every text
        path = resolve_module(name[level:], level, file, roots)
        if path is not None:
            found[path] = None
    return list(found)


def resolve_module(name: str, level: int, file: Path, roots: Sequence[Path]) -> Path | None:
    """Returns the file of the module `name`, imported in `file` with `level` leading dots, or None.

    Python looks for a module of the standard library in the script's directory, `roots[0]`, first.
    """
    for stem in list_module_stems(name, level, file, roots):
        for path in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py") if name else (stem / "__init__.py",):
            if path.is_file():
                return path
    return None


def list_module_stems(name: str, level: int, file: Path, roots: Sequence[Path]) -> list[Path]:
    """Returns the paths, without suffix, at which the module may be, in Python's order."""
    first, *_ = parts = name.split(".")
    if level:
        roots = file.parents[level - 1 : level]
    elif not name or first in sys.builtin_module_names:
        return []
    elif first in sys.stdlib_module_names:
        roots = roots[:1]
    return [root.joinpath(*parts) for root in roots]


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
