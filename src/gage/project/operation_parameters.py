"""The config of a run: what can be set for an operation, and where each chosen value goes."""

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

_SHELL = (".sh", ".bash")
_SCRIPTS = (".py", ".ipynb", *_SHELL)
"""Scripts whose own lines hold values: all of them where nothing else can be set, those of a shell in any case."""


def list_parameters(op: OpDef, around: OperationContext) -> tuple[list[ParameterSpec], str]:
    """All that can be set for the operation, and a sentence on what could not be found out ("" = nothing).

    From its `config`; if it has none, from the script that it starts: what its parser takes, else its constants.
    Raises ConfigError for an op def that names what is not there.
    """
    if op.config:
        return build_specs_from_definitions(op.config, around), ""
    script = around.script
    if script is None:
        program = around.program
        return (parser_parameters.build_specs(program, ""), program.note) if program else ([], "")
    try:
        return _of_script(script, around)
    except ConfigError as e:
        reason = e.message.removeprefix(f"{around.place(script)}: ")
        return [], f"Cannot read the parameters of {script.name}: {reason[:1].lower()}{reason[1:]}"


def _of_script(script: Path, around: OperationContext) -> tuple[list[ParameterSpec], str]:
    program = around.program
    if program is not None and program.parameters:
        found = parser_parameters.build_specs(program, around.place(script))
        own = read_file_specs(script, around.place(script), True) if script.suffix.lower() in _SHELL else []
        return [*found, *own], program.note
    if script.suffix.lower() not in _SCRIPTS:
        return [], program.note if program else ""
    return read_file_specs(script, around.place(script)), program.note if program else ""


def build_patches(chosen: Iterable[ParameterSpec], project: Path) -> "tuple[FilePatch, ...]":
    """What has to be written into the run's copy of the source code: values that live in files and are not theirs.

    Raises ConfigError for values that a file cannot hold.
    """
    files: dict[str, dict[str, JSONValue]] = {}
    for o in chosen:
        if o.config.target == "file" and not is_same_value(o.config.value, o.config.default):
            path, _, key = o.config.location.partition("#")
            files.setdefault(path, {})[key] = o.config.value
    for path, values in files.items():
        _try(path, values, project)
    from gage.types.plan import FilePatch

    return tuple(FilePatch(path, values) for path, values in files.items())


def _try(path: str, values: Mapping[str, JSONValue], project: Path) -> None:
    source = find_config_source(path)
    if source is None:
        raise ConfigError(f"Cannot set values of {path}: unknown file format", "See 'gage help config'")
    try:
        source.apply((project / path).read_bytes(), values)
    except ConfigError as e:
        raise ConfigError(f"{path} cannot be given {', '.join(values)}: {e.message}", e.hint) from None
    except OSError as e:
        raise ConfigError(f"{path} cannot be read: {e.strerror}") from None


def build_environment(chosen: Iterable[ParameterSpec]) -> dict[str, str]:
    """The environment variables that values go to."""
    from gage.assignments.placeholders import format_value

    wanted = (o.config for o in chosen if o.config.target == "env" and o.is_passed)
    return {s.location: format_value(s.value) for s in wanted if s.value is not None}
