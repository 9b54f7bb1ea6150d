"""A command → the program that it starts, and where the program's own arguments begin.

Knows the words of shells, wrappers (`env`), project runners (`uv run`), launchers (`torchrun`) and interpreters. Looks
at no file, and starts nothing.
"""

import os
import re
import shlex
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*(?:\.exe)?")  # python3.12
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")  # CUDA_VISIBLE_DEVICES=0
_MODULE = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"  # pkg.train
_SHELL_SYNTAX = frozenset("|;&<>`$()*?[]~#!\\\n")
"""Characters with a meaning to a shell."""
_COMMENT_START = r"\s#"  # the one in `python train.py # fast`, but also in `python train.py "a #b"`
_DIRECTORY = r"\s*(?:cd\s+(?P<directory>[^\s|;&<>`$()]+|\"[^\"`$]+\"|'[^']+')\s*&&\s*)?(?:exec\s+)?"
_ONE_PROGRAM = (
    _DIRECTORY + r"(?P<words>[^|;&<>`$()\n]+?)(?:\s*[012&]?>{1,2}\s*&?[^\s|;&<>`$()]+)*\s*"
)  # cd sub && exec python train.py > log
_FIRST_PROGRAM = _DIRECTORY + r"(?P<words>[^|;&<>`()\n]+)"  # python train.py --data $DATA | tee log

_MODULE_OPTIONS = ("-m", "--module")
_PYTHON_VALUES = frozenset(("-W", "-X", "--check-hash-based-pycs"))
_INTERPRETERS = {
    "bash": ("-c", "-o"),
    "sh": ("-c", "-o"),
    "Rscript": ("-e", ""),
    "julia": ("-e --eval -E --print", "-t --threads -p --procs"),
    "node": ("-e --eval -p --print", "-r --require --import"),
}
"""Interpreters other than Python → their options that are followed by code, and those that take another value."""

_WRAPPERS = {
    "env": "-u --unset -C --chdir",
    "nice": "-n --adjustment",
    "ionice": "-c --class -n --classdata",
    "nohup": "",
    "setsid": "",
    "time": "-f --format -o --output",
    "stdbuf": "-i --input -o --output -e --error",
    "taskset": "",
    "timeout": "-s --signal -k --kill-after",
    "numactl": "-N --cpunodebind -C --physcpubind -m --membind -i --interleave -p --preferred",
    "exec": "",
    "command": "",
}
"""Programs that start the program that follows their options → their options that take a value."""
_OPERANDS = {"taskset": 1, "timeout": 1}
"""Wrappers → how many words of their own precede the program."""

_RUNNERS = {
    "uv": "--with --with-editable --with-requirements --extra --no-extra --group --no-group --only-group --env-file"
    " --package --project --directory --python -p --index --default-index --index-url -i --extra-index-url --find-links"
    " -f --cache-dir --config-file --color --link-mode --resolution --prerelease --exclude-newer -P --upgrade-package",
    "poetry": "-C --directory -P --project",
    "pipenv": "--python",
    "pdm": "-p --project",
    "hatch": "-e --env",
    "rye": "--pyproject",
    "pixi": "-e --environment --manifest-path",
    "conda": "-n --name -p --prefix --cwd",
    "mamba": "-n --name -p --prefix --cwd",
    "micromamba": "-n --name -p --prefix --cwd -r --root-prefix",
}
"""Programs that start a program in an environment of their own (`uv run`) → their options that take a value."""

LAUNCHERS = frozenset(
    "torchrun torch.distributed.run torch.distributed.launch accelerate accelerate.commands.launch deepspeed"
    " deepspeed.launcher.runner horovodrun mpirun mpiexec srun".split()
)
"""Programs and modules that start a program several times over."""
_MAX_UNKNOWN_WORDS = 12
"""How many words an unknown program and its options can have in front of the Python that it starts."""


class Command(NamedTuple):
    """The program that a command starts.

    `words` are those of its only program. `shape` says how much of a shell line they are: "words" (all of it),
    "wrapped" (all but a `cd` and redirections) or "partial" (its first program). `directory` is where `cd` goes.
    `variables` are the assignments in front of the program, `wrappers` the programs that start it, outermost first,
    `launcher` the one that starts it several times.

    The others are positions in `words`: `interpreter` (None = the program is not started by an interpreter),
    `program` (what follows the interpreter's options: a launcher's module, else the target), `target` (the script, the
    executable, or `-m` or `-c`; None = unknown) and `arguments` (the first of the target's own).
    """

    words: tuple[str, ...] = ()
    shape: Literal["words", "wrapped", "partial"] = "words"
    directory: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    wrappers: tuple[str, ...] = ()
    launcher: str = ""
    interpreter: int | None = None
    program: int = 0
    target: int | None = None
    arguments: int = 0

    @property
    def script(self) -> str | None:
        """Returns the script or executable as the command names it, None for a module or unknown target."""
        word = self.words[self.target] if self.target is not None else "-"
        return None if word.startswith("-") else word

    @property
    def module(self) -> str | None:
        """Returns the module of `python -m MODULE`, None for another target."""
        if self.target is None or self.words[self.target] not in _MODULE_OPTIONS:
            return None
        return self.words[self.target + 1]

    @property
    def is_python(self) -> bool:
        """Returns whether Python runs the target, as far as the words show it."""
        if self.interpreter is not None:
            return is_python(self.words[self.interpreter])
        return self.module is not None or (self.script or "").endswith(".py")

    @property
    def has_unknown_wrapper(self) -> bool:
        """Returns whether a program that Gage does not know does starts the target: `nsys`, `docker run`."""
        return any(name not in _WRAPPERS and name not in _RUNNERS for name in self.wrappers)

    @property
    def interpreter_options(self) -> tuple[str, ...]:
        """Returns the words between the interpreter and the program."""
        return () if self.interpreter is None else self.words[self.interpreter + 1 : self.program]


def is_python(word: str) -> bool:
    """Returns whether a word names a Python interpreter."""
    return _PYTHON.fullmatch(os.path.basename(word)) is not None


def is_module_name(text: str) -> bool:
    """Returns whether a text can be the name of a Python module: `pkg.train`."""
    return re.fullmatch(_MODULE, text) is not None


def split_words(text: str) -> tuple[str, ...] | None:
    """Returns the words of a text quoted as for a shell, None for an unclosed quote."""
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return None


def split_comment(line: str) -> tuple[str, str]:
    """A shell line, and the comment at its end with the space in front of it: `python train.py`, ` # fast`."""
    for match in re.finditer(_COMMENT_START, line):
        if "\n" not in line[match.end() :] and split_words(line[: match.start()]) is not None:
            return line[: match.start()], line[match.start() :]
    return line, ""


def parse_shell_line(line: str) -> Command:
    """Returns the program that a shell line starts; the first one if there are several. It has no words for a whole
    script and for a line that cannot be split.
    """
    if line.startswith("#!"):
        return Command()
    line, _ = split_comment(line)
    if _SHELL_SYNTAX.isdisjoint(line):
        return parse_command(split_words(line) or ())
    whole = re.fullmatch(_ONE_PROGRAM, line)
    match = whole or re.match(_FIRST_PROGRAM, line)
    words = split_words(match["words"]) if match else None
    if match is None or words is None:
        return Command()
    directory = split_words(match["directory"] or "") or ("",)
    shape: Literal["wrapped", "partial"] = "wrapped" if whole else "partial"
    return parse_command(words)._replace(shape=shape, directory=directory[0])


def parse_command(words: Iterable[str]) -> Command:
    """Returns the program that a list of words starts."""
    words = tuple(words)
    command = Command(words, arguments=min(1, len(words)))
    at = 0
    while at < len(words):
        word, name = words[at], os.path.basename(words[at])
        if _ASSIGNMENT.match(word) and command.wrappers[-1:] in ((), ("env",)):
            variable, _, value = word.partition("=")
            command = command._replace(variables=(*command.variables, (variable, value)))
            at += 1
        elif name in _WRAPPERS:
            command = command._replace(wrappers=(*command.wrappers, name))
            at = _skip_options(words, at + 1, _WRAPPERS[name].split()) + _OPERANDS.get(name, 0)
        elif name in _RUNNERS and (start := _find_run(words, at)):
            command = command._replace(wrappers=(*command.wrappers, name))
            if start < len(words) and words[start - 1] in _MODULE_OPTIONS:
                return _with_target(command, start - 1)
            at = start
        elif name in LAUNCHERS:
            command = command._replace(launcher=name)
            at = _find_launched(words, at + 1)
            if at < len(words) and words[at].startswith("-"):
                return _with_target(command, at)
        elif _may_be_wrapper(name) and (python := _find_python(words, at + 1)):
            command = command._replace(wrappers=(*command.wrappers, name))
            at = python
        else:
            return _parse_program(command, at)
    return command


def _may_be_wrapper(name: str) -> bool:
    return name not in _INTERPRETERS and not is_python(name) and not os.path.splitext(name)[1]


def _find_python(words: Sequence[str], at: int) -> int:
    """The position of a Python that starts a script or module, behind an unknown program: `nsys profile python t.py`.
    0 where there is none.
    """
    for i in range(at, min(len(words), at + _MAX_UNKNOWN_WORDS)):
        if is_python(words[i]):
            started = _parse_python(Command(tuple(words)), i)
            return i if started.module is not None or (started.script or "").endswith((".py", ".ipynb")) else 0
    return 0


def _skip_options(words: Sequence[str], at: int, valued: Iterable[str], stops: Sequence[str] = ()) -> int:
    """Returns the position of the first word that is neither an option nor the value of one, or is one of `stops`."""
    while at < len(words) and words[at].startswith("-") and len(words[at]) > 1 and words[at] not in stops:
        if words[at] == "--":
            return at + 1
        at += 2 if words[at] in valued else 1
    return min(at, len(words))


def _find_run(words: Sequence[str], at: int) -> int:
    """Returns the position after `uv … run …` and its options (`-m` included), 0 for another subcommand."""
    valued = _RUNNERS[os.path.basename(words[at])].split()
    run = _skip_options(words, at + 1, valued)
    if words[run : run + 1] != ("run",):
        return 0
    start = _skip_options(words, run + 1, valued, _MODULE_OPTIONS)
    return start + 1 if start + 1 < len(words) and words[start] in _MODULE_OPTIONS else start


def _find_launched(words: Sequence[str], at: int) -> int:
    """Returns the position of what a launcher starts: `-m` and a module, a script, an interpreter, a wrapper.

    The options of launchers are many and change, so they are not known here.
    """
    for i in range(at, len(words)):
        word, name = words[i], os.path.basename(words[i])
        if word in _MODULE_OPTIONS and i + 1 < len(words) and is_module_name(words[i + 1]):
            return i
        if not word.startswith("-") and (is_python(word) or word.endswith(".py") or name in _WRAPPERS or name == "uv"):
            return i
    return len(words)


def _parse_program(command: Command, at: int) -> Command:
    words = command.words
    name = os.path.basename(words[at])
    if name.startswith("-"):
        return command
    if is_python(name):
        return _parse_python(command, at)
    if name not in _INTERPRETERS:
        return _with_target(command, at)
    code, valued = _INTERPRETERS[name]
    script = _skip_options(words, at + 1, valued.split())
    command = command._replace(interpreter=at, program=at + 1, arguments=at + 1)
    has_code = not set(words[at + 1 : script]).isdisjoint(code.split())
    return _with_target(command, script) if script < len(words) and not has_code else command


def _parse_python(command: Command, at: int) -> Command:
    words = command.words
    target = _skip_options(words, at + 1, _PYTHON_VALUES, ("-m", "-c"))
    command = command._replace(interpreter=at, program=target, arguments=target)
    rest = words[target:]
    if not rest or rest[0] == "-" or (rest[0] in ("-m", "-c") and len(rest) == 1):
        return command
    if rest[0] == "-m" and rest[1] in LAUNCHERS:
        launched = _find_launched(words, target + 2)
        command = command._replace(launcher=rest[1], arguments=len(words))
        return _with_target(command, launched)._replace(program=target) if launched < len(words) else command
    return _with_target(command, target)


def _with_target(command: Command, target: int) -> Command:
    own = target + (2 if command.words[target] in (*_MODULE_OPTIONS, "-c") else 1)
    return command._replace(program=target, target=target, arguments=own)
