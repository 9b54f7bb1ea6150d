"""A first Gage file for a folder with scripts: commented, and runnable as it is. Writes nothing."""

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

MOST = 20
FIRST = ("train", "main", "run", "fit")
"""Names of scripts that are likely the one to run by default, best first."""

_HEAD = """\
# The operations of this project: run one with `gage run NAME`. All settings: `gage help gagefile`.

"$namespace" = {namespace}
# Links runs to this project, even if its directory moves.
"$project-id" = {id}
"""
_EMPTY = """
# There is no script here yet. An operation is a table with at least exec:
#
# [train]
# exec = "python train.py"
"""


def render_gagefile_template(project: Path) -> str:
    """The text of a `gage.toml` for the scripts in the folder `project`."""
    scripts = _scripts(project)
    head = _HEAD.format(namespace=json.dumps(project.name or "project"), id=json.dumps(uuid7.generate()))
    if not scripts:
        return head + _EMPTY
    names = _names(scripts)
    default = min(scripts, key=lambda s: (FIRST.index(s.stem) if s.stem in FIRST else len(FIRST), s.name))
    return head + "".join(_operation(s, names[s], s == default, project) for s in scripts)


def _scripts(project: Path) -> list[Path]:
    """Scripts at the top of the project that look like programs rather than modules or tests, and packages that can be
    run. What may not be read is left out.
    """
    found = [p for p in sorted(project.iterdir()) if p.suffix.lower() in INTERPRETERS and p.is_file()]
    scripts = [p for p in found if p.suffix != ".ipynb" and os.access(p, os.R_OK) and not _is_module(p)]
    packages = [p.parent for p in sorted(project.glob("*/__main__.py")) if re.fullmatch("[A-Za-z]\\w*", p.parent.name)]
    return [*scripts, *packages][:MOST]


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


def _names(scripts: list[Path]) -> dict[Path, str]:
    """An operation name for each script: its name without suffix, with it where two would be the same."""
    stems = [re.sub(r"[^A-Za-z0-9_-]+", "-", s.stem).strip("-") for s in scripts]
    return {
        s: stem if stems.count(stem) == 1 and stem[:1].isalpha() else "run-" + re.sub(r"[^A-Za-z0-9_-]+", "-", s.name)
        for s, stem in zip(scripts, stems, strict=True)
    }


def _operation(script: Path, name: str, is_default: bool, project: Path) -> str:
    if script.is_dir():
        command = ["python", "-m", script.name]
    else:
        command = [next(iter(INTERPRETERS[script.suffix.lower()])), script.name]
    lines = ["", f"[{json.dumps(name) if ' ' in name else name}]"]
    lines.append(f"exec = {_exec(command)}")
    if is_default:
        lines.append("default = true")
    if script.suffix == ".py":
        lines += _config(script, project)
    lines.append('# depends = ["data"]      # files that it reads and that are not source code')
    return "\n".join(lines) + "\n"


def _exec(command: list[str]) -> str:
    import shlex

    command = [re.sub(r"\{([^\W\d][\w.-]*)\}", r"{{\1}}", word) for word in command]  # braces that are no placeholder
    return json.dumps(shlex.join(command)) if command[1].isascii() else json.dumps(command, ensure_ascii=False)


def _config(script: Path, project: Path) -> list[str]:
    """The line that gives the script's settings, and what these are now."""
    around = OperationContext(project, script, _glance(script, project))
    options = [o for o in list_parameters(OpDef(script.stem, None), around)[0] if not o.is_hidden]
    if not options:
        return []
    shown = ", ".join(f"{o.config.name} = {json.dumps(o.config.default, default=str)}" for o in options[:6])
    more = ", ..." if len(options) > 6 else ""
    return [f"config = {json.dumps(script.name)}      # {shown}{more}"]


def _glance(script: Path, project: Path) -> ParserSpec | None:
    """What the script's parser takes, as far as that is known or can be read: nothing is started."""
    from gage.parsers import parser_lookup

    return parser_lookup.find_parser_spec(("python", script.name), script, script.parent, project, {}, may_start=False)
