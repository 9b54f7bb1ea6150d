"""Finds and parses the modules of a project that a program imports. Runs none of them."""

import ast
from pathlib import Path

from gage.formats.python import decode
from gage.formats.python_values import parse_python
from gage.static_analysis.abstract_values import Module
from gage.static_analysis.import_scan import list_module_stems, resolve_module
from gage.types.errors import ConfigError

MAX_MODULES = 100
MAX_MODULE_BYTES = 1_000_000
_MAX_PARENTS = 4
"""Directories above the script that are searched, since the program may be started there."""


class ModuleLoader:
    """Finds and parses the modules of one program, each file once."""

    def __init__(self, script: Path) -> None:
        self.script = script
        self.roots = _find_import_roots(script.parent)
        self.by_file: dict[str, Module] = {}

    def load_script(self, text: str) -> Module:
        """Returns the module of the script itself. Raises ConfigError if the text is not Python."""
        self.by_file[str(self.script)] = Module("__main__", str(self.script), parse_python(text))
        return self.by_file[str(self.script)]

    def find(self, name: str, level: int = 0, near: str = "") -> Module | None:
        """Returns the project's module of a dotted name, with `level` leading dots as imported in the file `near`.

        Returns None if the project has no such file, or it cannot be read.
        """
        path = resolve_module(name, level, Path(near), self.roots)
        if path is not None:
            return self.by_file.get(str(path)) or self._parse(path, name)
        for stem in map(Path, list_module_stems(name, level, Path(near), self.roots)):
            if name and stem.is_dir() and any(stem.glob("*.py")):  # a namespace package: it has no `__init__.py`
                return self.by_file.setdefault(str(stem), Module(name, str(stem / "__init__.py"), ast.Module([], [])))
        return None

    def _parse(self, path: Path, name: str) -> Module | None:
        if len(self.by_file) >= MAX_MODULES or path.stat().st_size > MAX_MODULE_BYTES:
            return None
        try:
            text = decode(path.read_bytes())
            self.by_file[str(path)] = Module(name, str(path), parse_python(text))
        except (OSError, ConfigError):
            return None
        return self.by_file[str(path)]


def _find_import_roots(directory: Path) -> list[Path]:
    """Returns the script's directory and those above it up to the project's root, each with its `src`."""
    roots: list[Path] = []
    for one in [directory, *directory.parents][: _MAX_PARENTS + 1]:
        roots += [one, one / "src"]
        if any(
            (one / decorator).exists() for decorator in (".git", "pyproject.toml", "setup.py", "gage.toml", "gage.yaml")
        ):
            break
    return roots
