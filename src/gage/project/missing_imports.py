"""Modules that a Python script imports when it starts and that its Python does not find. Imports none of them.

Only statements at the top level of the script and of the project's files count: others may be optional.
"""

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path

from gage.lib.python_lookup import locate_python
from gage.project.operation import Operation

_MAX_FILES = 100
_TIMEOUT_SECONDS = 10
_FIND = """\
import importlib.util, json, sys
roots, names = json.loads(sys.argv[1])
sys.path[:1] = roots
def is_missing(name):
    try:
        return importlib.util.find_spec(name) is None
    except (ImportError, ValueError):
        return False
print(json.dumps([name for name in names if is_missing(name)]))
"""


def find_missing_module(operation: Operation) -> str:
    """Returns that a Python script fails at its imports, with the error and where; "" if all modules are found."""
    script = operation.script
    if script is None or script.suffix not in (".py", ".pyw"):
        return ""
    places: dict[str, str] = {}
    for name, place in _list_imports(script, operation.project.dir):
        places.setdefault(name, place)
    env = {**os.environ, **operation.op.env, **operation.variables}
    python = locate_python(operation.command, operation.start_dir, env)
    missing = _find_missing(python, script, list(places), env, operation.start_dir) if python and places else []
    if not missing:
        return ""
    reason = f"ModuleNotFoundError: No module named '{missing[0]}' ({places[missing[0]]})"
    return f"{script.name} cannot be imported: {reason}"


def _list_imports(script: Path, project: Path) -> Iterator[tuple[str, str]]:
    """Yields the first parts of the names of modules, and where they are imported, in Python's order of files."""
    from gage.formats.python import decode
    from gage.static_analysis.import_scan import find_imported_files
    from gage.types.errors import ConfigError

    waiting, seen = [script], set[Path]()
    while waiting and len(seen) < _MAX_FILES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        try:
            tree = ast.parse(decode(path.read_bytes()))
        except (OSError, ConfigError, SyntaxError, ValueError, RecursionError):
            continue  # Python reports it when the program runs
        imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        for node in imports:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            yield from ((name.partition(".")[0], f"{path.name}, line {node.lineno}") for name in names)
        text = "\n".join(map(ast.unparse, imports)).encode("utf-8", "replace")
        waiting += find_imported_files(text, path, (script.parent, project))


def _find_missing(python: str, script: Path, names: list[str], env: dict[str, str], cwd: Path) -> list[str]:
    import subprocess

    words = [python, "-c", _FIND, json.dumps([[str(script.parent)], names])]
    try:
        done = subprocess.run(
            words,
            capture_output=True,
            env=env,
            cwd=cwd,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return [name for name in json.loads(done.stdout) if name in names]
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
