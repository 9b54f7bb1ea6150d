"""What a program's parser takes: kept from last time, asked of the program, or read in its source. Runs no training."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gage.parsers.introspect import cache
from gage.parsers.introspect.launch import ALONE, launch
from gage.parsers.parser_spec import ParserSpec
from gage.types.errors import ConfigError

_PARSERS = re.compile(
    rb"\.parse_(?:known_|intermixed_)?args|\bparse_args_into|\b(?:HfArgumentParser|LightningCLI)\b"
    rb"|^[ \t]*(?:from|import)[ \t][^#\n]*?"
    rb"\b(?:(?:rich_)?click|typer|absl|fire|tyro|simple_parsing|jsonargparse|hydra|docopt|argh|plac|defopt|pyrallis|draccus)\b"
    rb"|^[ \t]*from[ \t]+[\w.]*\.(?:cli|__main__)[ \t]+import",
    re.M,
)
"""What a file has in it that parses a command line."""
_READ = re.compile(rb"\bOmegaConf\.from_cli")
"""What a file has in it that takes values in a way that cannot be asked."""
_OF_FILES = ("hydra", "omegaconf")
"""Parsers whose settings stand in files beside the program: read anew each time."""
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([\w, \t]*)|import[ \t]+([\w., \t]+))", re.M)


def find_parser_spec(
    command: Sequence[str],
    script: Path | None,
    cwd: Path,
    project: Path,
    env: Mapping[str, str],
    may_start: bool = True,
) -> ParserSpec | None:
    """Returns the parameters of the program that `command` starts in `cwd`; None when it has no parser.

    `script` is its Python file where that is known, `project` the directory whose files are the user's own, `env` what
    is set besides this process's own environment. The result is cached until a file or variable changes that the
    program had read before it parsed. Unless it `may_start` the program, what is not cached is read from the source.
    """
    if script is not None and not _is_python(script):
        return _read(script, "")
    parsing = _parsing(script, project) if script is not None else ()
    if script is not None and not parsing:
        return _read(script, "") if _READ.search(script.read_bytes()) else None
    whole = {**os.environ, **env}
    started = launch(command, script, cwd, whole)
    if started is None:
        return _read(script, "its command line does not show which Python program it starts") if script else None
    argv = (*started.argv, *command[started.at :])
    place = cache.cache_path(argv, cwd, env)
    known = cache.load_cached_spec(place, whole)
    if known is None and not may_start:
        return _read(script, "nothing is started while somebody types")
    if known is None:
        told = {**ALONE, **whole} if started.is_spread else whole
        known = _ask(argv, cwd, told, place, project, parsing)
    return known.program if known.program is not None else _read(script, known.reason)


def _ask(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    place: Path | None,
    project: Path,
    files: Sequence[Path],
) -> cache.CachedSpec:
    import time

    from gage.parsers.introspect.decode_report import decode_reports
    from gage.parsers.introspect.probe_process import run_probe

    began = time.time_ns()
    answer = run_probe(argv, cwd, env)
    program = decode_reports(answer.reports) if answer.reports else None
    if program is not None and files:
        from gage.parsers.merge_help import merge_help

        program = merge_help(program, files[0])
    elif files and (found := _read(files[0], answer.reason)) and found.parser not in _OF_FILES:
        program = found
    known = cache.CachedSpec(program, answer.reason)
    near = tuple(os.path.join(p, "") for p in (project, os.path.realpath(project)))
    own = [f for f in answer.files if f.endswith(".py") or f.startswith(near)]
    asked_for = {name: env.get(name) for name in answer.variables if name not in ALONE}
    cache.save_cached_spec(place, known, {*map(str, files), *own, *answer.folders}, asked_for, began, answer.is_late)
    return known


def _read(script: Path | None, reason: str) -> ParserSpec | None:
    """What the source says, with why the program was not asked ("" = it is not of the kind that is asked)."""
    if script is None:
        return ParserSpec("", (), "source", f"The program could not be asked for its settings: {reason}")
    from gage.formats.python import decode
    from gage.parsers.read_source import read_source

    try:
        found = read_source(script, decode(script.read_bytes()))
    except (OSError, ConfigError):
        found = None
    if not reason:
        return found
    if found is None:
        return ParserSpec("", (), "source", f"{script.name} could not be asked for its settings: {reason}")
    return replace(found, note=f"{script.name} could not be asked for its settings, its source was read: {reason}")


def _is_python(script: Path) -> bool:
    if script.suffix in (".py", ".pyw"):
        return True
    try:
        with script.open("rb") as file:
            return b"python" in file.readline(300)
    except OSError:
        return False


def _parsing(script: Path, project: Path) -> tuple[Path, ...]:
    """The script and the files of the project that it imports; none when none of them names anything that parses."""
    seen: dict[Path, bool] = {}
    waiting = [script]
    while waiting and len(seen) < 300:
        path = waiting.pop()
        if path in seen:
            continue
        try:
            text = path.read_bytes()
        except OSError:
            continue
        if path != script:
            text = text.split(b"\nif __name__ ==")[0]  # what comes then is not for those who import it
        seen[path] = bool(_PARSERS.search(text))
        waiting += _imported(text, path.parent, project, script.parent)
    return tuple(seen) if any(seen.values()) else ()


def _imported(text: bytes, here: Path, project: Path, beside: Path) -> list[Path]:
    """The files of the project that the text may import."""
    found: list[Path] = []
    for source, names, modules in _IMPORT.findall(text):
        for module in _modules(source.decode(), names.decode(), modules.decode()):
            rest = module.lstrip(".")
            up = len(module) - len(rest)
            roots = [here, *here.parents][up - 1 : up] if up else [beside, project, project / "src"]
            found += [f for root in roots for f in _files(root, rest.replace(".", "/")) if f.is_file()]
    return found


def _modules(source: str, names: str, modules: str) -> list[str]:
    """What `from source import names` or `import modules` may name; `a.b` for a module in a package."""
    first = [n.split()[0] for n in (names if source else modules).split(",") if n.split()]
    if not source:
        return first
    return [source, *(f"{source}{name}" if source.endswith(".") else f"{source}.{name}" for name in first)]


def _files(root: Path, place: str) -> tuple[Path, ...]:
    return (root / f"{place}.py", root / place / "__init__.py") if place else (root / "__init__.py",)
