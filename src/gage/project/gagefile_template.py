"""Renders a first Gage file for a directory with scripts: commented, and ready to run. Writes nothing."""

import json
import os
import re
from pathlib import Path

from gage.lib import uuid7
from gage.lib.files import is_inside
from gage.project.operation import INTERPRETERS
from gage.project.operation_parameters import OperationContext, list_parameters
from gage.types.opdef import OpDef

MAX_OPERATIONS = 20
CONFIG_SUFFIXES = (".yaml", ".yml", ".toml")
DEFAULT_NAMES = ("train", "main", "run", "fit")
"""Names of scripts that are likely the one to run by default, best first."""

_HEAD = """\
# The operations of this project: run one with `gage run NAME`. All settings: `gage help gagefile`.

"$namespace" = {namespace}
# Ties runs to the project wherever its directory is.
"$project-id" = {id}
"""
_EMPTY = """
# There is no script here yet. An operation is a table with at least exec:
#
# [train]
# exec = "python train.py"
"""


def render_gagefile_template(project: Path) -> str:
    """Returns the text of a `gage.toml` for the scripts in the directory `project`."""
    scripts = _find_scripts(project)
    head = _HEAD.format(namespace=json.dumps(project.name or "project"), id=json.dumps(uuid7.generate()))
    if not scripts:
        return head + _EMPTY
    names = _name_operations(scripts)
    ranks = {name: rank for rank, name in enumerate(DEFAULT_NAMES)}
    default = min(scripts, key=lambda script: (ranks.get(script.stem, len(ranks)), script.name))
    return head + "".join(_render_operation(s, names[s], s == default, project) for s in scripts)


def _find_scripts(project: Path) -> list[Path]:
    """Returns readable scripts at the top of the project, without modules and tests, and packages that can be run."""
    files = [p for p in sorted(project.iterdir()) if p.suffix.lower() in INTERPRETERS and p.is_file()]
    scripts = [p for p in files if p.suffix != ".ipynb" and os.access(p, os.R_OK) and not _is_module(p)]
    packages = [p.parent for p in sorted(project.glob("*/__main__.py")) if re.fullmatch("[A-Za-z]\\w*", p.parent.name)]
    return [*scripts, *packages][:MAX_OPERATIONS]


def _is_module(path: Path) -> bool:
    if path.suffix != ".py":
        return False
    if path.name.startswith(("_", "test_", "conftest", "setup.")):
        return True
    text = path.read_bytes()[: 1 << 20].decode("utf-8", "replace")
    if "__main__" in text or "ArgumentParser" in text:
        return False
    statements = [line for line in text.split("\n") if re.match(r"[A-Za-z_]", line)]
    return all(re.match(r"(?:import|from|def|class|async)\b", s) for s in statements)


def _name_operations(scripts: list[Path]) -> dict[Path, str]:
    """Returns script → operation name: the file name without suffix, unless two scripts share it."""
    stems = [_to_name(script.stem) for script in scripts]
    return {
        script: stem if stems.count(stem) == 1 and stem[:1].isalpha() else f"run-{_to_name(script.name)}"
        for script, stem in zip(scripts, stems, strict=True)
    }


def _to_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")


def _render_operation(script: Path, name: str, is_default: bool, project: Path) -> str:
    if script.is_dir():
        command = ["python", "-m", script.name]
    else:
        command = [INTERPRETERS[script.suffix.lower()][0], script.name]
    lines = ["", f"[{name}]", f"exec = {_render_exec(command)}"]
    if is_default:
        lines.append("default = true")
    if script.suffix == ".py":
        lines += _render_config(script, project)
    lines.append('# depends = ["data"]      # files it reads besides source code')
    return "\n".join(lines) + "\n"


def _render_exec(command: list[str]) -> str:
    import shlex

    command = [re.sub(r"\{([^\W\d][\w.-]*)\}", r"{{\1}}", word) for word in command]  # braces that are not placeholders
    return json.dumps(shlex.join(command)) if command[1].isascii() else json.dumps(command, ensure_ascii=False)


def _render_config(script: Path, project: Path) -> list[str]:
    """Returns the `config` line for the script, with a comment on the parameters that are known without starting it.

    For a script that neither has constants nor parses a command line, returns the line for the first config file of
    the project that it reads, [] if there is none.
    """
    from gage.parsers.parser_lookup import find_parser_spec

    program = find_parser_spec(("python", script.name), script, script.parent, project, {}, may_start=False)
    specs = list_parameters(OpDef(script.stem, None), OperationContext(project, script, program))[0]
    listed = [spec.config for spec in specs if not spec.is_hidden]
    line = f"config = {json.dumps(script.name)}"
    if not listed:
        read = _list_read_config(script, project)
        return [line] if program else [f"config = {json.dumps(path)}" for path in read[:1]]
    shown = ", ".join(f"{config.name} = {json.dumps(config.default, default=str)}" for config in listed[:6])
    more = ", ..." if len(listed) > 6 else ""
    return [f"{line}      # {shown}{more}"]


def _list_read_config(script: Path, project: Path) -> list[str]:
    """Returns the config files below the project that a script names, in order."""
    from gage.project.path_literals import find_path_literals

    text = script.read_bytes()[: 1 << 20].decode("utf-8", "replace")
    paths = [
        os.path.normpath(path) for path, _ in find_path_literals(text, script.suffix) if path.endswith(CONFIG_SUFFIXES)
    ]
    return [path for path in paths if is_inside(project / path, project) and (project / path).is_file()]
