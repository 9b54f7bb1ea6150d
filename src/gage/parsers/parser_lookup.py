"""The parameters of a program: from the cache, by introspection, or from its source. Starts a program only up to its
parser.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from gage.lib.command import parse_command
from gage.parsers.parser_spec import START, Parameter, ParserSpec
from gage.parsers.parser_table import has_command_line
from gage.static_analysis.import_scan import find_imported_files
from gage.types.errors import ConfigError

MAX_SCANNED_FILES = 300


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
        return _read_source(script)
    files = _find_parsing_files(script, project) if script is not None else ()
    if script is not None and not files:
        return None
    from gage.parsers.introspect import cache
    from gage.parsers.introspect.launch import ALONE, build_standalone_words

    parsed = parse_command(command)
    env = {**env, **dict(parsed.variables)}
    whole_env = {**os.environ, **env}
    start = build_standalone_words(parsed, cwd, whole_env)
    if start is None:
        reason = "its command line does not show which Python program it starts"
        return _read_instead(script, reason) if script else None
    argv = (*start, *parsed.words[parsed.arguments :])
    path = cache.locate_entry(argv, cwd, env)
    spec = cache.load_cached_spec(path, whole_env)
    if spec is None and not may_start:
        return _read_instead(script, "programs are not started for completion")
    if spec is None:
        probe_env = {**ALONE, **whole_env} if parsed.launcher else whole_env
        spec = _introspect(argv, cwd, probe_env, path, project, files)
    return spec


def _introspect(
    argv: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    path: Path | None,
    project: Path,
    files: Sequence[Path],
) -> ParserSpec:
    """Introspects the program whose source `files` are, the script first, and caches the result at `path`.

    Returns what the source shows if the program cannot be introspected.
    """
    import time

    from gage.parsers.introspect import cache
    from gage.parsers.introspect.decode_report import decode_reports
    from gage.parsers.introspect.launch import ALONE
    from gage.parsers.introspect.probe_process import run_probe

    started_ns = time.time_ns()
    result = run_probe(argv, cwd, env)
    script = files[0] if files else None
    spec = decode_reports(result.reports) if result.reports else _read_instead(script, result.reason)
    own_directories = tuple(os.path.join(p, "") for p in (project, os.path.realpath(project)))
    own_files = [f for f in result.files if f.endswith(".py") or f.startswith(own_directories)]
    sources = {*files, *(Path(f) for f in own_files if f.endswith(".py") and f.startswith(own_directories))}
    spec = _mark_start_values(spec, sources)
    variables = {name: env.get(name) for name in result.variables if name not in ALONE}
    dependencies = {*map(str, files), *own_files, *result.package_directories}
    if not result.reports and not result.is_timeout:
        dependencies |= _list_possible_causes((*map(str, files), *own_files), project)
    cache.save_cached_spec(path, spec, dependencies, variables, started_ns, result.is_timeout)
    return spec


def _mark_start_values(spec: ParserSpec, files: Collection[Path]) -> ParserSpec:
    """Returns the spec with marks at defaults that the program computes when it starts, as its source `files` show."""
    from gage.static_analysis.start_values import find_start_values

    names = find_start_values({path: path.read_bytes() for path in files})

    def is_computed(p: Parameter) -> bool:
        own = (p.name.rpartition(".")[2], *p.aliases)
        return not names.isdisjoint(name.replace("-", "_") for name in own)

    parameters = (p._replace(follows=START) if is_computed(p) else p for p in spec.parameters)
    return spec._replace(parameters=tuple(parameters)) if names else spec


def _list_possible_causes(files: Sequence[str], project: Path) -> set[str]:
    """Returns what may change so that a program reaches its parser: the directories of its `files`, as a missing module
    may be added there, and all files beside the script, the first one.
    """
    causes = {str(project), *(os.path.dirname(file) for file in files)}
    try:
        with os.scandir(os.path.dirname(files[0]) if files else project) as entries:
            causes |= {
                entry.path for entry, _ in zip(entries, range(MAX_SCANNED_FILES), strict=False) if entry.is_file()
            }
    except OSError:
        pass  # without these files, a result stays cached a little longer
    return causes


def _read_source(script: Path) -> ParserSpec | None:
    """Returns what the source shows of the program's parser; None where it shows none or cannot be read."""
    from gage.formats.python import decode
    from gage.parsers.read_source import read_source

    try:
        return read_source(script, decode(script.read_bytes()))
    except (OSError, ConfigError):
        return None


def _read_instead(script: Path | None, reason: str) -> ParserSpec:
    """Returns what the source shows, with a note why the program could not be introspected."""
    name = script.name if script else "the program"
    spec = _read_source(script) if script else None
    if spec is None:
        return ParserSpec("", (), "source", f"Could not introspect {name}: {reason}")
    return spec._replace(note=f"Could not introspect {name}, read its source instead: {reason}")


def _is_python(script: Path) -> bool:
    if script.suffix in (".py", ".pyw"):
        return True
    try:
        with script.open("rb") as file:
            return b"python" in file.readline(300)
    except OSError:
        return False


def _find_parsing_files(script: Path, project: Path) -> tuple[Path, ...]:
    """Returns the script and the project's files that it imports; () when none of them parses a command line."""
    texts: dict[Path, bytes] = {}
    waiting = [script]
    roots = (script.parent, project, project / "src")
    while waiting and len(texts) < MAX_SCANNED_FILES:
        path = waiting.pop()
        if path in texts:
            continue
        try:
            text = path.read_bytes()
        except OSError:
            continue  # the program reports it
        if path != script:
            text = text.split(b"\nif __name__ ==")[0]  # the rest does not run when it is imported
        texts[path] = text
        waiting += find_imported_files(text, path, roots)
    if not any(b"import" in text for text in texts.values()):
        return ()  # a program that imports nothing has no parser; a search for calls would load plugins
    return tuple(texts) if any(map(has_command_line, texts.values())) else ()
