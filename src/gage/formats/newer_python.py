"""Python files in the syntax of a newer Python than Gage's own: one that is installed reads and changes them.

It is started in isolation and given this package and the file's text: the file itself is never run.
"""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from gage.formats.config_source import FileValue
from gage.types.errors import ConfigError
from gage.types.values import JSONValue

NAMES = ("python", "python3")
TIMEOUT = 10
"""Seconds."""

_CODE = """\
import sys
if sys.version_info[:2] <= tuple(map(int, sys.argv[2:4])): sys.exit(3)
sys.path.insert(0, sys.argv[1])
from gage.config import newer_python
newer_python.answer()
"""


def read(text: str) -> dict[str, FileValue] | None:
    """The settings of a module as the first newer Python that is installed reads them; None where none can."""
    answer = _ask({"text": text})
    return {name: _found(f) for name, f in answer.items()} if isinstance(answer, dict) else None


def _found(told: JSONValue) -> FileValue:
    raw = cast(tuple[JSONValue, int, str, str, bool, str, list[str]], told)
    return FileValue(*raw[:6], tuple(raw[6]))


def apply(text: str, values: Mapping[str, JSONValue]) -> str | None:
    """The module with `values` changed by the first newer Python that is installed; None where none can.

    Raises ConfigError when there is no such setting.
    """
    answer = _ask({"text": text, "values": dict(values)})
    if isinstance(answer, list):
        raise ConfigError(str(answer[0]), str(answer[1]))
    return answer if isinstance(answer, str) else None


def _ask(question: Mapping[str, JSONValue]) -> JSONValue:
    import subprocess

    package = str(Path(__file__).resolve().parents[2])
    own = os.path.realpath(sys.executable)
    found = dict.fromkeys(path for name in NAMES if (path := shutil.which(name)))
    for python in found:
        if os.path.realpath(python) == own:
            continue
        command = [python, "-I", "-S", "-c", _CODE, package, *map(str, sys.version_info[:2])]
        try:
            done = subprocess.run(
                command, input=json.dumps(question).encode(), capture_output=True, timeout=TIMEOUT, check=True
            )
            return cast(JSONValue, json.loads(done.stdout))
        except (OSError, subprocess.SubprocessError, ValueError):
            continue
    return None


def answer() -> None:
    """What the newer Python does: the question from standard input, the answer to standard output."""
    from gage.formats import python_values

    question = json.loads(sys.stdin.buffer.read())
    told: JSONValue
    try:
        if "values" in question:
            told = python_values.apply(question["text"], question["values"])
        else:
            told = {name: tuple(f) for name, f in python_values.read(question["text"]).items()}
    except ConfigError as e:
        told = [e.message, e.hint]
    os.write(1, json.dumps(told).encode())
