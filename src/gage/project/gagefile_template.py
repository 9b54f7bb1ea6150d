"""Renders a first Gage file for a directory with scripts: commented, and ready to run. Writes nothing."""

import json
import os
import re
from pathlib import Path

from gage.lib import uuid7
from gage.parsers.parser_spec import ParserSpec
from gage.project.gagefile_config import OperationContext
from gage.project.operation_parameters import list_parameters
from gage.project.script import INTERPRETERS
from gage.types.opdef import OpDef

MAX_OPERATIONS = 20
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
    default = min(
        scripts, key=lambda s: (DEFAULT_NAMES.index(s.stem) if s.stem in DEFAULT_NAMES else len(DEFAULT_NAMES), s.name)
    )
    return head + "".join(_render_operation(s, names[s], s == default, project) for s in scripts)


def _find_scripts(project: Path) -> list[Path]:
    """Returns readable scripts at the top of the project, without modules and tests, and packages that can be run."""
    found = [p for p in sorted(project.iterdir()) if p.suffix.lower() in INTERPRETERS and p.is_file()]
    scripts = [p for p in found if p.suffix != ".ipynb" and os.access(p, os.R_OK) and not _is_module(p)]
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
    stems = [re.sub(r"[^A-Za-z0-9_-]+", "-", s.stem).strip("-") for s in scripts]
    return {
        s: stem if stems.count(stem) == 1 and stem[:1].isalpha() else "run-" + re.sub(r"[^A-Za-z0-9_-]+", "-", s.name)
        for s, stem in zip(scripts, stems, strict=True)
    }


def _render_operation(script: Path, name: str, is_default: bool, project: Path) -> str:
    if script.is_dir():
        command = ["python", "-m", script.name]
    else:
        command = [next(iter(INTERPRETERS[script.suffix.lower()])), script.name]
    lines = ["", f"[{json.dumps(name) if ' ' in name else name}]"]
    lines.append(f"exec = {_render_exec(command)}")
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
    """Returns the `config` line for the script, with a comment on its parameters; [] without parameters."""
    around = OperationContext(project, script, _read_parser(script, project))
    options = [o for o in list_parameters(OpDef(script.stem, None), around)[0] if not o.is_hidden]
    if not options:
        return []
    shown = ", ".join(f"{o.config.name} = {json.dumps(o.config.default, default=str)}" for o in options[:6])
    more = ", ..." if len(options) > 6 else ""
    return [f"config = {json.dumps(script.name)}      # {shown}{more}"]


def _read_parser(script: Path, project: Path) -> ParserSpec | None:
    """Returns the script's parser as far as it can be read without starting the script."""
    from gage.parsers import parser_lookup

    return parser_lookup.find_parser_spec(("python", script.name), script, script.parent, project, {}, may_start=False)
