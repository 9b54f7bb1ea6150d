"""A script → how it is started by hand. Looks at its name and first line; never at what it does."""

import os
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from gage.types.errors import NotFound, UsageError
from gage.types.opdef import Exec

INTERPRETERS = {
    ".py": ("python", "python3"),
    ".sh": ("bash", "sh"),
    ".bash": ("bash",),
    ".r": ("Rscript",),
    ".jl": ("julia",),
    ".js": ("node",),
    ".mjs": ("node",),
    ".ipynb": ("python", "python3"),
}
"""Suffix → programs that run it, the first one that is installed counts."""

NOTEBOOK = ".ipynb"
LAUNCHERS = frozenset(
    "uv poetry pipenv pdm hatch rye torchrun accelerate deepspeed horovodrun mpirun mpiexec srun".split()
)
"""What starts a Python script that is named among its words."""
MOST_WORDS = 12
_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*(?:\.exe)?\Z")
_VARIABLE = re.compile(r"[A-Za-z_]\w*=")

PACKAGES = {"Rscript": "r-base", "julia": "julia", "node": "nodejs"}


@dataclass(frozen=True, slots=True)
class Script:
    """A script that can be run: its path, and the words in front of it on a command line (none: it runs itself)."""

    path: Path
    words: tuple[str, ...]


def find_script(target: str, cwd: Path) -> Script | None:
    """The script that `target` names, relative to `cwd`; None when it names no file.

    Raises UsageError for a file that cannot be run, NotFound when its interpreter is missing.
    """
    path = Path(os.path.normpath(cwd / target))
    if not path.is_file():
        return None
    suffix = path.suffix.lower()
    first = _first_line(path)
    if suffix in INTERPRETERS and suffix != ".sh" and INTERPRETERS[suffix]:
        return Script(path, (_installed(INTERPRETERS[suffix], target),))
    if first.startswith("#!"):
        words = _words(first, target)
        return Script(path, () if os.access(path, os.X_OK) else words)
    if suffix == ".sh":
        return Script(path, (_installed(INTERPRETERS[suffix], target),))
    raise UsageError(
        f"{target} is no script that Gage knows how to run",
        f"Scripts end with .py, .ipynb, .sh, .R, .jl or .js or start with #!; try: gage run -- COMMAND {target}",
    )


def _first_line(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return file.readline(300).decode("utf-8", "replace").rstrip()
    except OSError as e:
        raise UsageError(f"{path} cannot be read: {e.strerror}", f"Try: ls -l {path}") from None


def _words(first: str, target: str) -> tuple[str, ...]:
    """The interpreter of a `#!` line as words."""
    words = first.removeprefix("#!").strip().split(None, 1)
    started = words[:1]
    if words and Path(words[0]).name == "env":
        started += [w for w in " ".join(words[1:]).split() if not w.startswith("-") and not _VARIABLE.match(w)][:1]
    if not words or not all(shutil.which(word) for word in started):
        raise NotFound(f"The interpreter of {target} is not installed: {first}", f"Look at the first line of {target}")
    return tuple(words)


def _installed(names: tuple[str, ...], target: str) -> str:
    for name in names:
        if shutil.which(name):
            return name
    if names[0] == "python":
        import sys

        return sys.executable
    package = PACKAGES.get(names[0], names[0])
    raise NotFound(f"{target} needs {names[0]}, which is not installed", f"Install it, such as: apt install {package}")


_INNER = re.compile(
    r"\s*(?:cd\s+(?P<folder>[^\s|;&<>`$()]+|\"[^\"`$]+\"|'[^']+')\s*&&\s*)?(?:exec\s+)?"
    r"(?P<command>[^|;&<>`$()]+?)(?:\s*[012&]?>{1,2}\s*&?[^\s|;&<>`$()]+)*\s*"
)
"""A shell line that changes the folder, starts one program and puts its output into a file, or only some of that."""


def script_of(words: tuple[str, ...], shell: str, folder: Path) -> Script | None:
    """The script that a command starts (`python train.py …`, `X=1 uv run train.py`, `Rscript fit.R`); None when that
    cannot be told.
    """
    if not words and shell:
        try:
            words = tuple(shlex.split(shell))
        except ValueError:
            return None
        if any(set(w) & set("|;&<>`$(") for w in words):
            return None
    for i, word in enumerate(words[:MOST_WORDS]):
        if word == "-m" and (module := _module(words[: i + 2], folder)):
            return module
        if not word.startswith("-") and os.path.splitext(word)[1].lower() in INTERPRETERS:
            path = Path(os.path.normpath(folder / word))
            is_started = _starts(words[:i], path.suffix.lower())
            return Script(path, words[:i]) if is_started and path.is_file() else None
    return None


def inner(shell: str) -> tuple[str, tuple[str, ...]]:
    """The folder that a shell line goes to and the words of its one command: `cd sub && exec python train.py > log`.

    No words for a line that does more.
    """
    match = _INNER.fullmatch(shell)
    if match is None:
        return "", ()
    try:
        folder, words = shlex.split(match["folder"] or ""), shlex.split(match["command"])
    except ValueError:
        return "", ()
    return (folder[0] if folder else ""), tuple(words)


def _module(words: tuple[str, ...], folder: Path) -> Script | None:
    """The project's module that `python -m pkg.mod` starts; None for one that is elsewhere, or a launcher such as
    `torch.distributed.run`, whose own script comes later.
    """
    *before, _, name = words if len(words) > 2 else (*words, "", "")
    if not _starts(tuple(before), ".py") or not all(part.isidentifier() for part in name.split(".")):
        return None
    place = folder / name.replace(".", "/")
    path = next((p for p in (place.with_suffix(".py"), place / "__main__.py") if p.is_file()), None)
    return Script(path, tuple(words)) if path else None


def _starts(before: tuple[str, ...], suffix: str) -> bool:
    """Whether these words start the script behind them."""
    names = [Path(word).name for word in before if not _VARIABLE.match(word)]
    if suffix not in (".py", NOTEBOOK):
        return bool(names) and names[0] in (*INTERPRETERS[suffix], "sh", "env")
    return any(_PYTHON.match(name) for name in names) or (bool(names) and names[0] in LAUNCHERS)


def started(run: Exec) -> Exec:
    """The command, where it is only a notebook started by Python as a script is. Raises NotFound without one."""
    words = run.args or tuple(run.shell.split())
    if words and words[0].endswith(NOTEBOOK) and not run.is_script:
        return Exec(args=(_installed(INTERPRETERS[NOTEBOOK], words[0]), *words))
    is_started = len(words) == 2 and words[1].endswith(NOTEBOOK) and Path(words[0]).name.startswith("python")
    return Exec(args=words) if is_started else run
