"""The parameters of an operation, and the files and variables that their values are written to."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gage.formats.registry import find_config_source
from gage.project import parser_parameters
from gage.project.gagefile_config import OperationContext, build_specs_from_definitions, read_file_specs
from gage.project.parameter_spec import ParameterSpec, is_same_value
from gage.types.errors import ConfigError
from gage.types.opdef import OpDef
from gage.types.values import JSONValue

if TYPE_CHECKING:
    from gage.types.plan import FilePatch

_SHELL_SUFFIXES = (".sh", ".bash")
_SCRIPT_SUFFIXES = (".py", ".ipynb", *_SHELL_SUFFIXES)
"""Scripts whose own lines hold values: used if there are no other parameters, and always for a shell script."""


def list_parameters(op: OpDef, around: OperationContext) -> tuple[list[ParameterSpec], str]:
    """Returns all parameters of the operation, and a note on those that are unknown ("" = none).

    They come from its `config`; without one, from its script: the parameters of its parser, else its constants.
    Raises ConfigError for a `config` that matches nothing.
    """
    if op.config:
        return build_specs_from_definitions(op.config, around), ""
    script = around.script
    if script is None:
        program = around.program
        return (parser_parameters.build_specs(program, ""), program.note) if program else ([], "")
    try:
        return _list_script_parameters(script, around)
    except ConfigError as e:
        reason = e.message.removeprefix(f"{around.relative_path(script)}: ")
        return [], f"The parameters of {script.name} are unknown: {reason[:1].lower()}{reason[1:]}"


def _list_script_parameters(script: Path, around: OperationContext) -> tuple[list[ParameterSpec], str]:
    program = around.program
    if program is not None and program.parameters:
        found = parser_parameters.build_specs(program, around.relative_path(script))
        own = (
            read_file_specs(script, around.relative_path(script), True)
            if script.suffix.lower() in _SHELL_SUFFIXES
            else []
        )
        return [*found, *own], program.note
    if script.suffix.lower() not in _SCRIPT_SUFFIXES:
        return [], program.note if program else ""
    return read_file_specs(script, around.relative_path(script)), program.note if program else ""


def build_patches(chosen: Iterable[ParameterSpec], project: Path) -> "tuple[FilePatch, ...]":
    """Returns the values to write into the run's copy of the source code: those in files that differ from the defaults.

    Raises ConfigError for a value that a file cannot hold.
    """
    files: dict[str, dict[str, JSONValue]] = {}
    for o in chosen:
        if o.config.target == "file" and not is_same_value(o.config.value, o.config.default):
            path, _, key = o.config.location.partition("#")
            files.setdefault(path, {})[key] = o.config.value
    for path, values in files.items():
        _check_patch(path, values, project)
    from gage.types.plan import FilePatch

    return tuple(FilePatch(path, values) for path, values in files.items())


def _check_patch(path: str, values: Mapping[str, JSONValue], project: Path) -> None:
    source = find_config_source(path)
    if source is None:
        raise ConfigError(f"Cannot set values in {path}: unknown file format", "See 'gage help config'")
    try:
        source.apply((project / path).read_bytes(), values)
    except ConfigError as e:
        raise ConfigError(f"Cannot set {', '.join(values)} in {path}: {e.message}", e.hint) from None
    except OSError as e:
        raise ConfigError(f"Cannot read {path}: {e.strerror}") from None


def build_environment(chosen: Iterable[ParameterSpec]) -> dict[str, str]:
    """Returns the environment variables that hold values."""
    from gage.assignments.placeholders import format_value

    passed = (o.config for o in chosen if o.config.target == "env" and o.is_passed)
    return {s.location: format_value(s.value) for s in passed if s.value is not None}
