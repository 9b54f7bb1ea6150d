"""Compares a Gage file with its project: what `gage run` would not find, or would refuse. Starts no program."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from gage.assignments import placeholders
from gage.gagefile.opdef import build_dependency
from gage.gagefile.parse_text import find_format, parse_text
from gage.gagefile.parsed_text import ParsedText, ValuePath
from gage.parsers.parser_lookup import find_parser_spec
from gage.project.command_line import parse_exec
from gage.project.dependency_discovery import list_declared_dependencies
from gage.project.find import Project
from gage.project.operation import INTERPRETERS, Operation, find_script_file
from gage.project.run_config import find_parameters
from gage.types.errors import GageError
from gage.types.opdef import Diagnostic, Exec, GageFile, OpDef, Span

Finding = tuple[ValuePath, str, str]
"""The place of a setting in its operation, a message and a hint."""


def find_project_problems(gagefile: GageFile, text: str, project: Path) -> list[Diagnostic]:
    """Returns what is wrong with the valid operations of a Gage file, or of the block in a script, whose content is
    `text`, in its project.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    is_script = not gagefile.path.endswith((".toml", ".json", ".yaml", ".yml"))
    parsed = None if is_script else parse_text(text, find_format(gagefile.path))
    return [
        Diagnostic(
            _find_span(parsed, name, path) if parsed else _find_in_script(text, path), message, hint, operation=name
        )
        for name, op in gagefile.operations.items()
        for path, message, hint in _check_operation(op, Project(project, gagefile))
    ]


def _find_in_script(text: str, path: ValuePath) -> Span:
    """Returns the line of a setting in the block of a script."""
    pattern = rf"(?:#|//)\s*{re.escape(str(path[0]))}\b"
    at = next((i for i, line in enumerate(text.split("\n"), 1) if re.match(pattern, line)), 1)
    return Span(at, 1)


def _find_span(parsed: ParsedText, operation: str, path: ValuePath) -> Span:
    """Returns the place of a setting, which may stand in the operation or in `$defaults`."""
    for table in (operation, "$defaults"):
        for length in range(len(path), 0, -1):
            try:
                return parsed.find_span((table, *path[:length]))
            except (KeyError, ValueError):
                continue  # written in a short form, or in `$defaults`
    return Span(1, 1)


def _check_operation(op: OpDef, project: Project) -> Iterator[Finding]:
    for setting in ("progress", "summary"):
        if setting in op.raw:
            yield (setting,), f'"{setting}" has no effect', "Remove it: Gage finds progress bars and summaries itself"
    for setting in ("depends", "requires"):
        yield from _check_dependencies(op, setting, project.dir)
    if op.run is None:
        return
    command = parse_exec(op.run)
    operation = Operation(op, project, command, find_script_file(command, project.dir / op.cwd))
    word = command.script or ""
    is_script = command.shape != "partial" and os.path.splitext(word)[1].lower() in INTERPRETERS
    if is_script and operation.script is None and not op.hooks and "{" not in word:
        yield ("exec",), f"The script {word} does not exist", f"Try: ls {operation.start_dir / command.directory}"
    yield from _check_config(operation)


def _check_dependencies(op: OpDef, setting: str, project: Path) -> Iterator[Finding]:
    """Yields dependencies that are missing or have another digest, and kinds and options that are not supported yet."""
    value = op.raw.get(setting)
    for i, entry in enumerate(value if isinstance(value, list) else [value] if value else []):
        path: ValuePath = (setting, i) if isinstance(value, list) else (setting,)
        dependency = build_dependency(entry)
        if dependency.kind != "project-files":
            message = f"Dependencies of the kind {dependency.kind} are not supported yet"
            yield path, message, f"'gage run {op.name}' is refused: name files of the project, or use --depends PATH"
            continue
        if isinstance(entry, dict) and entry.get("link"):
            yield (*path, "link"), '"link" is not supported yet: the files are copied into the run', "Remove it"
        digests = dict.fromkeys(dependency.files, dependency.sha256) if dependency.sha256 else {}
        problem = _get_error(project, dependency.files, digests)
        if problem and not op.hooks:
            yield path, problem.message, problem.hint


def _get_error(project: Path, patterns: tuple[str, ...], digests: Mapping[str, str]) -> GageError | None:
    """Returns why a run could not have these dependencies."""
    try:
        list_declared_dependencies(project, patterns, digests)
    except GageError as e:
        return e
    return None


def _check_config(operation: Operation) -> Iterator[Finding]:
    """Yields entries of `config` that select nothing, and placeholders for which there is no value."""
    op = operation.op
    names: set[str] = set()
    for i, entry in enumerate(op.config) if op.config else ((0, None),):
        part = operation._replace(op=op._replace(config=(entry,) if entry else ()))
        try:
            names |= {spec.config.name for spec in find_parameters(part, may_start=False).specs}
        except GageError as e:
            if not _has_unread_parser(operation):
                yield ("config", i), e.message, e.hint
            return
    for path, text in ((("exec",), op.run), (("label",), Exec(shell=op.label))):
        for name in placeholders.list_unknown(text, names) if text else ():
            message = f"The placeholder {{{name}}} is not a parameter: it stays as it is"
            yield path, message, placeholders.suggest_placeholder(name, names)


def _has_unread_parser(operation: Operation) -> bool:
    """Returns whether the program has a parser some of whose parameters only the program itself knows."""
    if operation.command.shape == "partial":
        return False
    cwd = operation.start_dir / operation.command.directory
    words, script, env = operation.command.words, operation.script, operation.op.env
    spec = find_parser_spec(words, script, cwd, operation.project.dir, env, may_start=False)
    if spec is None or spec.origin == "introspected":
        return False
    return not spec.parameters or bool(spec.open_commands) or spec.parser == "hydra"
