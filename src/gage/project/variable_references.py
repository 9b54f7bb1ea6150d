"""Finds the environment variables that a program may read by their names in its text, and compares their values.

Does not find a variable whose name the text does not contain: a program may compose names, and libraries read others.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gage.lib.secrets import MASK

_READS_ENVIRONMENT = re.compile(r"environ|getenv|envvar|\benv\b")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_REFERENCE = re.compile(r"\$(?:\{(?:[\w.]*env:)?)?([A-Za-z_]\w*)", re.ASCII)  # $LR, ${LR-1}, ${oc.env:LR}
_OF_RUN = re.compile(r"FLAG_.*|RUN_ID|RUN_DIR|PROJECT_DIR|GAGE_RUNS|PWD|PYTHONPATH")
"""Variables that Gage sets, or that `same_run` compares itself."""
_OF_MACHINE = re.compile(
    r"_|OLDPWD|SHLVL|COLUMNS|LINES|TERM|HOSTNAME|TMPDIR|PBS_JOBID|LSB_JOBID|JOB_ID"
    r"|SLURM_JOB_?ID|SLURM_(?:JOB_)?NODELIST|SLURM_SUBMIT_\w+"
)
"""Variables that say where and when a program runs, not what it does."""
_WITHOUT_EFFECT = ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


class SameVariables(NamedTuple):
    """How many variables have the same value, and the names of those whose values are secret."""

    number: int
    secret: list[str]


def find_variables(text: str, constants: Iterable[str] | None = None) -> frozenset[str]:
    """Returns the names of variables that a text refers to as `$NAME`. Those of a Python program are among the
    `constants` of its text.
    """
    if constants is None:
        return frozenset(_REFERENCE.findall(text))
    found = {name for constant in constants for name in _REFERENCE.findall(constant)}
    if _READS_ENVIRONMENT.search(text):
        found.update(constant for constant in constants if _NAME.fullmatch(constant))
    return frozenset(found)


def compare_variables(
    names: Iterable[str], now: Mapping[str, str], recorded: Mapping[str, object]
) -> SameVariables | None:
    """Compares the variables with these names, and those of Python itself, with what a run recorded. Returns None if
    one is different.
    """
    own = {name for name in (*now, *recorded) if name.startswith("PYTHON") and name not in _WITHOUT_EFFECT}
    same, secret = 0, []
    for name in sorted({*names, *own}):
        if _OF_RUN.fullmatch(name) or _OF_MACHINE.fullmatch(name):
            continue
        value = recorded.get(name)
        if isinstance(value, str) and MASK in value and name in now:
            secret.append(name)
        elif value != now.get(name):
            return None
        else:
            same += name in now
    return SameVariables(same, secret)
