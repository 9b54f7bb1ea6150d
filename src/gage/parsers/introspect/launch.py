"""A command line → how its Python program is started by itself, and where the program's own arguments begin.

Looks at words and at which programs are installed; starts nothing.
"""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_PYTHON = re.compile(r"(python|pypy)[0-9.]*(\.exe)?")
_LAUNCHERS = (
    "torchrun",
    "torch.distributed.run",
    "torch.distributed.launch",
    "accelerate",
    "accelerate.commands.launch",
    "deepspeed",
    "horovodrun",
    "mpirun",
    "mpiexec",
    "srun",
)
"""What starts a Python program several times over: the program is asked once, by the launcher's own Python."""
ALONE = {
    "RANK": "0",
    "LOCAL_RANK": "0",
    "WORLD_SIZE": "1",
    "LOCAL_WORLD_SIZE": "1",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "29500",
}
"""What a launcher tells the only one of the programs that it starts."""
_PROJECTS = ("uv", "poetry", "pipenv", "pdm", "hatch", "rye")
_AROUND = (*_PROJECTS, "env", "nice", "nohup", "time", "stdbuf", "taskset", "ionice")
"""What starts the program that its last words name, in this process or another."""
_TAKES_VALUE = ("-W", "-X", "--check-hash-based-pycs")


class Launch(NamedTuple):
    """How to start the program alone: `argv` up to its own arguments, which are the words from `at` on; `is_spread`: it
    is one of several that a launcher starts.
    """

    argv: tuple[str, ...]
    at: int
    is_spread: bool = False


def launch(words: Sequence[str], script: Path | None, cwd: Path, env: Mapping[str, str]) -> Launch | None:
    """The Python program that the command starts; None where it cannot be told. `cwd` is where it is started."""
    found = _target(words, script, cwd)
    if found is None:
        return _of_console(words, env)
    first, last = found
    python = _python(words[:first], cwd, env)
    is_spread = any(os.path.basename(w) in _LAUNCHERS for w in words[:first])
    return Launch((*python, *words[first:last]), last, is_spread) if python else None


def _target(words: Sequence[str], script: Path | None, cwd: Path) -> tuple[int, int] | None:
    """Where in the words the program is: `train.py`, or `-m` and the module's name."""
    for i, word in enumerate(words):
        if word == "-m" and i + 1 < len(words) and not _is_launcher(words[i : i + 2]) and _may_be_python(words[:i]):
            return i, i + 2
        if _is_script(word, script, cwd):
            return i, i + 1
    return None


def _is_script(word: str, script: Path | None, cwd: Path) -> bool:
    if word.startswith("-"):
        return False
    if script is not None:
        return os.path.normpath(cwd / word) == os.path.normpath(script)
    return word.endswith(".py") and (cwd / word).is_file()


def _is_python(word: str) -> bool:
    return bool(_PYTHON.fullmatch(os.path.basename(word)))


def _is_launcher(words: Sequence[str]) -> bool:
    return bool(words) and words[0] == "-m" and len(words) > 1 and words[1] in _LAUNCHERS


def _may_be_python(before: Sequence[str]) -> bool:
    """Whether a `-m` behind these words is Python's."""
    return any(_is_python(w) or os.path.basename(w) in _LAUNCHERS for w in before)


def _python(before: Sequence[str], cwd: Path, env: Mapping[str, str]) -> tuple[str, ...] | None:
    """The interpreter that runs the program, with its options; the words are those in front of the program."""
    at = next((i for i in range(len(before) - 1, -1, -1) if _is_python(before[i])), None)
    path = env.get("PATH", os.defpath)
    if at is not None:
        python = _found(before[at], cwd, path, before[:at])
        options = () if "-m" in before[at:] else tuple(before[at + 1 :])
        return (python, *options) if python and _are_options(options) else None
    if not before:
        return _of_shebang(path)
    for word in before:
        if os.path.basename(word) in _LAUNCHERS and (found := shutil.which(word, path=path)):
            beside = Path(os.path.realpath(found)).parent / "python"
            beside = beside if beside.exists() else Path(found).parent / "python"
            return (str(beside),) if beside.exists() else _of_shebang(path)
    if os.path.basename(before[0]) in _AROUND:
        python = _found("python", cwd, path, before) or _found("python3", cwd, path, before)
        return (python,) if python else None
    return None


def _are_options(words: Sequence[str]) -> bool:
    """Whether they are Python's own, and leave it to look where the hook is."""
    isolated = any(w.startswith("-") and not w.startswith("--") and set(w[1:]) & set("IES") for w in words)
    values = {i + 1 for i, w in enumerate(words) if w in _TAKES_VALUE}
    return not isolated and all(w.startswith("-") or i in values for i, w in enumerate(words))


def _found(name: str, cwd: Path, path: str, around: Sequence[str]) -> str | None:
    """A program by name; for `uv run` and the like the one of the project's environment, where there is one."""
    if os.sep in name:
        return str(cwd / name)
    if any(os.path.basename(w) in _PROJECTS for w in around):
        for folder in (cwd, *cwd.parents):
            if (own := folder / ".venv" / "bin" / name).exists():
                return str(own)
            if (folder / "pyproject.toml").exists():
                break
    return shutil.which(name, path=path)


def _of_shebang(path: str) -> tuple[str, ...] | None:
    found = shutil.which("python", path=path) or shutil.which("python3", path=path)
    return (found,) if found else None


def _of_console(words: Sequence[str], env: Mapping[str, str]) -> Launch | None:
    """A program that an installed package brought (`#!…/python` in its first line)."""
    found = shutil.which(words[0], path=env.get("PATH", os.defpath)) if words else None
    if found is None or os.path.basename(words[0]) in _LAUNCHERS:
        return None
    try:
        with open(found, "rb") as file:
            first = file.readline(300)
    except OSError:
        return None
    python = first[2:].strip().decode("utf-8", "replace") if first.startswith(b"#!") else ""
    return Launch((python, found), 1) if os.path.isabs(python) and _is_python(python) else None
