"""Which source files of a project a Python program can reach: by imports, and by the names of files in its text.

Reads statically, and rather too much than too little: a word that may name a file counts. Where that cannot be known,
all source code is reached, with the reason. Knows paths and texts; reads no files itself.
"""

import os
import posixpath
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from gage.project.file_references import FileReferences, Import, find_module_names

_CODE_SUFFIXES = frozenset(".py .pyx .pxd .so .pyd .c .cc .cpp .cu .rs".split())
"""Suffixes of the files that a module can be made of."""
_BEFORE_PATH = re.compile(r"^(?:(?:\$\w+|%\w|[{}]|\*(?=/))*/)+")  # $HERE/, %s/, {}/, /
_PATTERN = re.compile(r"[*?{}%\[$]")
_HOLE = re.compile(r"\*\*/|\*+|\[[^\]/]+\]|\?|\{[^{}/]*\}|\{|\$\w+|\$\{?|%(?:\(\w+\))?[-+ #0]*[\d*]*(?:\.\d+)?[a-zA-Z]")
"""Parts of a pattern that stand for any text: `*`, `[0-9]`, `{name}`, `%02d`, `$x`."""
_PARENTS = re.compile(r"^(?:\.{1,2}/)+")
_SITE_MODULES = ("sitecustomize", "usercustomize")
"""Modules that Python imports when it starts."""


class ReachedSource(NamedTuple):
    """The source files that a program can reach. `reason` is why they are all source files ("" = they need not be)."""

    files: frozenset[str]
    reason: str = ""


class ProgramStart(NamedTuple):
    """What starts a program: its `script` (path in the project), else its `module`; the `directory` that it starts in,
    the directories `roots` in which Python looks for modules, and the `words` of its command line and config.
    """

    script: str
    module: str
    directory: str
    roots: tuple[str, ...]
    words: tuple[str, ...]


def find_reached_source(
    start: ProgramStart, tree: "SourceTree", read: Callable[[str], FileReferences]
) -> ReachedSource:
    """Returns the source files that the program reaches. `read` returns what a file refers to."""
    first = {start.script} & tree.paths if start.script else tree.find_modules(Import(start.module), "", start.roots)
    if not first:
        return ReachedSource(tree.paths, f"{start.script or start.module} is not part of the source code")
    reached = _Walk(tree, start, read, False).follow(first)
    return reached or _Walk(tree, start, read, True).follow(first) or ReachedSource(tree.paths)


class _Walk:
    """Follows references from file to file. `everywhere`: modules may be in any directory of the project."""

    def __init__(
        self, tree: "SourceTree", start: ProgramStart, read: Callable[[str], FileReferences], everywhere: bool
    ) -> None:
        self.tree = tree
        self.start = start
        self.read = read
        self.everywhere = everywhere

    def follow(self, first: Iterable[str]) -> ReachedSource | None:
        """Returns the files reached from the `first` ones; None if the program turns out to change where Python looks
        for modules.
        """
        words = self.start.words
        site = (Import(name) for name in (*_SITE_MODULES, *self.tree.list_stdlib_names()))
        start = FileReferences((*find_module_names(words), *site), frozenset(words))
        queue = sorted({*first, *self._find_named(start, "")})
        reached = set(queue)
        for path in queue:
            references = self.read(path)
            if references.dynamic:
                return ReachedSource(self.tree.paths, references.dynamic)
            if references.changes_path and not self.everywhere:
                return None
            if any(not any(self._find_files(name, path) for name in names) for names in references.loaded):
                return ReachedSource(self.tree.paths, f"{path} executes other files")
            new = self._find_named(references, path) - reached
            reached |= new
            queue += sorted(new)
        return ReachedSource(frozenset(reached))

    def _find_named(self, references: FileReferences, path: str) -> set[str]:
        """Returns the files that the file at `path` refers to."""
        words = (*references.words, *(word for words in references.loaded for word in words))
        named = {file for word in words for file in self._find_files(word, path)}
        named |= {file for name in references.names for file in self.tree.find_path(name, self._list_bases(path))}
        roots = self.start.roots
        own_roots = (posixpath.dirname(path), *roots[1:])  # those of a script that another one starts
        for module in references.imports:
            named |= self.tree.find_modules(module, path, roots, self.everywhere)
            named |= self.tree.find_modules(module, path, own_roots)
        return named

    def _find_files(self, word: str, path: str) -> set[str]:
        return self.tree.find_files(word, self._list_bases(path))

    def _list_bases(self, path: str) -> tuple[str, ...]:
        """Returns the directories that a path in the file at `path` may be relative to."""
        return self.start.directory, posixpath.dirname(path), ""


class SourceTree:
    """The source files of a project, by the names that a program may use for them."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = frozenset(paths)
        self._modules: dict[str, set[str]] = defaultdict(set)  # path without suffixes → files
        self._roots: dict[str, set[str]] = defaultdict(set)  # name of a module or directory → directories that have it
        self._by_ending: dict[str, set[str]] = defaultdict(set)  # end of a path of a file, or of a directory of it
        self._by_stem: dict[str, set[str]] = defaultdict(set)  # path without suffix, of what is not code
        self._by_suffix: dict[str, set[str]] = defaultdict(set)
        self._matches: dict[str, set[str]] = {}  # pattern → files
        for path in self.paths:
            self._add(path)

    def _add(self, path: str) -> None:
        parts = path.split("/")
        stem, suffix = parts[-1].partition(".")[0], posixpath.splitext(path)[1]
        self._by_suffix[suffix or parts[-1]].add(path)
        for i in range(len(parts)):
            for j in range(i + 1, len(parts) + 1):
                self._by_ending["/".join(parts[i:j])].add(path)
        if suffix not in _CODE_SUFFIXES:
            self._by_stem[path.removesuffix(suffix)].add(path)
        else:
            folder = posixpath.dirname(path)
            self._modules[posixpath.join(folder, stem)].add(path)
            for i, name in enumerate((*parts[:-1], stem)):
                self._roots[name].add("/".join(parts[:i]))

    def list_stdlib_names(self) -> list[str]:
        """Returns the names of modules that may replace one of the standard library, which any import may load."""
        return sorted(sys.stdlib_module_names & self._roots.keys())

    def find_files(self, word: str, directories: Sequence[str]) -> set[str]:
        """Returns the files that a word may name: those of `find_path`, files without their suffix (`base`), or a
        pattern (`conf/*.yaml`, `.yaml`).
        """
        pattern = _PATTERN.search(_clean_path(word))
        if pattern is None:
            stems = (posixpath.normpath(posixpath.join(folder, _clean_path(word))) for folder in directories)
            named = {file for stem in stems for file in self._by_stem.get(stem, ())}
            return named | self.find_path(word, directories) | self._by_suffix.get(word, set())
        folder = _clean_path(word)[: pattern.start()].rpartition("/")[0]
        return self._match(word) or self.find_path(folder, directories)

    def _match(self, pattern: str) -> set[str]:
        """Returns the files whose path ends with a match of the pattern, or that are in a directory with such a path.
        A pattern that has no letter or digit matches nothing.
        """
        if pattern not in self._matches:
            parts = _HOLE.split(_PARENTS.sub("", _clean_path(pattern)))
            regex = re.compile(f"(?:.*/)?{'.*'.join(map(re.escape, parts))}(?:/.*)?", re.DOTALL)
            is_known = any(re.search(r"[^\W_]", part) for part in parts)
            candidates = (path for path in self.paths if is_known and all(part in path for part in parts))
            self._matches[pattern] = {path for path in candidates if regex.fullmatch(path)}
        return self._matches[pattern]

    def find_path(self, word: str, directories: Sequence[str]) -> set[str]:
        """Returns the file or the files of the directory with this path, which may be relative to `directories`; else
        the files whose path ends so.
        """
        word = _clean_path(word)
        if not word.strip("./"):
            return set()
        exact = set()
        for directory in directories:
            path = posixpath.normpath(posixpath.join(directory, word))
            exact |= {file for file in self._by_ending.get(path, ()) if f"{file}/".startswith(f"{path}/")}
        return exact or self._by_ending.get(_PARENTS.sub("", posixpath.normpath(word)), set())

    def find_modules(self, module: Import, path: str, roots: Iterable[str], everywhere: bool = False) -> set[str]:
        """Returns the files that may be loaded when the file at `path` imports a module."""
        parts = [part for part in module.name.split(".") if part]
        if module.level:
            base = path
            for _ in range(module.level):
                base = posixpath.dirname(base)
            return self._find_parts(base, parts)
        if not parts or parts[0] in sys.builtin_module_names:
            return set()
        known = list(self._find_roots(parts[0], roots))
        if everywhere or not (known or parts[0] in sys.stdlib_module_names):
            known = [*known, *self._roots.get(parts[0], ())]
        return {file for root in known for file in self._find_parts(root, parts)}

    def _find_roots(self, name: str, roots: Iterable[str]) -> Iterator[str]:
        """Yields the directories whose module or package `name` Python takes: the first one, else all parts of a
        namespace package.
        """
        has_name = [root for root in roots if root in self._roots.get(name, ())]
        for root in has_name:
            stem = posixpath.join(root, name)
            if self._modules.get(stem) or self._modules.get(f"{stem}/__init__"):
                yield root
                return
        yield from has_name

    def _find_parts(self, root: str, parts: Sequence[str]) -> set[str]:
        """Returns the files of the module with these parts below `root`, and of the packages that it is in."""
        found = set(self._modules.get(posixpath.join(root, "__init__"), ())) if root else set()
        for part in parts:
            if part == "*":
                return found | {file for file in self.paths if posixpath.dirname(file) == root and _is_code(file)}
            root = posixpath.join(root, part)
            found |= self._modules.get(root, set()) | self._modules.get(posixpath.join(root, "__init__"), set())
            found |= self._modules.get(posixpath.join(root, "__main__"), set())
        return found


def _clean_path(word: str) -> str:
    return _BEFORE_PATH.sub("", word.replace("\\", "/")).rstrip("/")


def _is_code(path: str) -> bool:
    return os.path.splitext(path)[1] in _CODE_SUFFIXES
