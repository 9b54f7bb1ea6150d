"""The parameters of an operation: those of its `config`, else of its script; and where their values are written to."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from gage.formats.config_source import ConfigSource
from gage.formats.registry import detect_config_source, format_name
from gage.lib.globs import compile_pattern, is_glob
from gage.parsers.parser_spec import ParserSpec
from gage.project import parser_parameters
from gage.project.parameter_spec import (
    ParameterSpec,
    build_spec_from_file_value,
    infer_type,
    is_same_value,
    list_names_as_hint,
)
from gage.types.errors import ConfigError
from gage.types.opdef import ConfigDef, OpDef
from gage.types.values import ConfigValue, JSONValue

if TYPE_CHECKING:
    from gage.types.plan import FilePatch

_SHELL_SUFFIXES = (".sh", ".bash")
_SCRIPT_SUFFIXES = (".py", ".ipynb", ".r", *_SHELL_SUFFIXES)
"""Scripts whose own lines hold values: used if there are no other parameters, and always for a shell script."""


class OperationContext(NamedTuple):
    """The files that the config of an operation refers to: the project's directory, the operation's script, the
    script's parser, and the project's source files (posix paths below the directory).
    """

    project: Path
    script: Path | None
    program: ParserSpec | None
    files: tuple[str, ...] = ()

    def relative_path(self, path: Path) -> str:
        """Returns the file's path as parameters name it."""
        return path.relative_to(self.project).as_posix() if path.is_relative_to(self.project) else path.name


def list_parameters(op: OpDef, context: OperationContext) -> tuple[list[ParameterSpec], str]:
    """Returns all parameters of the operation, and a note on those that are unknown ("" = none).

    They come from its `config`; without one, from its script: the parameters of its parser, else its constants.
    Raises ConfigError for a `config` that matches nothing.
    """
    if op.config:
        specs = [spec for definition in op.config for spec in _build_specs(definition, context)]
        everywhere = [d.keys for d in op.config if all(key.startswith("-") for key in d.keys)]
        return _exclude(specs, [key for keys in everywhere for key in keys]), ""
    script, program = context.script, context.program
    note = program.note if program else ""
    if script is None:
        return parser_parameters.build_specs(program, "") if program else [], note
    suffix = script.suffix.lower()
    if suffix not in _SCRIPT_SUFFIXES and not (program and program.parameters):
        return [], note
    try:
        return _read_specs(script, context, suffix in _SHELL_SUFFIXES), note
    except ConfigError as e:
        reason = e.message.removeprefix(f"{context.relative_path(script)}: ")
        return [], f"The parameters of {script.name} are unknown: {reason[:1].lower()}{reason[1:]}"


def _build_specs(definition: ConfigDef, context: OperationContext) -> list[ParameterSpec]:
    """Returns the parameters of an entry of `config`. Raises ConfigError if it matches nothing."""
    if definition.name and not definition.keys:
        return [_describe(spec, definition) for spec in _build_named_specs(definition, context)]
    specs = [s for key in definition.keys if not key.startswith("-") for s in _select_specs(key, context)]
    specs = _exclude(specs, [key for key in definition.keys if key.startswith("-")])
    return [_describe(_set_target(_rename(spec, definition), definition.target), definition) for spec in specs]


def _build_named_specs(definition: ConfigDef, context: OperationContext) -> list[ParameterSpec]:
    """Returns the parameters of an entry with a name of its own."""
    name, target = definition.name, definition.target
    if "#" in target and not target.startswith(("-", "env:")):
        listed = [spec for spec in _select_specs(target, context) if not spec.is_hidden]
        return [spec._replace(config=spec.config._replace(name=name), aliases=()) for spec in listed]
    value = ConfigValue(name, definition.default, definition.default, False, "name", "")
    return [_set_target(ParameterSpec(value, infer_type(definition.default), how="named"), target)]


def _set_target(spec: ParameterSpec, target: str) -> ParameterSpec:
    """Returns the parameter with the entry's target, if it has one: an argument, a variable or a placeholder."""
    if not target or (spec.config.target == "file" and "#" in target):
        return spec
    kind: Literal["argument", "env", "name"] = "argument"
    if target.startswith("env:"):
        kind, location = "env", target.removeprefix("env:")
    elif target.startswith("{") and target.endswith("}") and target != "{}":
        kind, location = "name", ""
    else:
        location = target if "{}" in target else f"{target} {{}}"
    # The program's own default is unknown there, so the operation's default is always passed.
    default = spec.config.default if kind == "name" or spec.how != "named" else None
    return spec._replace(config=spec.config._replace(target=kind, location=location, default=default))


def _select_specs(key: str, context: OperationContext) -> list[ParameterSpec]:
    """Returns the parameters of `train.py`, `train.py#lr`, `params.yaml#train.*`, `*.py#lr`, or of the script (`lr`),
    with their hidden parts. Raises ConfigError if there are none.
    """
    file, _, name = key.partition("#")
    if not file or ("#" not in key and not format_name(file) and not (context.project / file).exists()):
        file, name = "", name or key
    specs: list[ParameterSpec] = []
    for path in _list_paths(file, context):
        specs += _match_specs(_read_specs(path, context, bool(name)), name)
    if name and not specs:
        shown = file or "the script"
        raise ConfigError(
            f"The config names {key}, but {shown} has no such parameter", _list_parameters_hint(file, context)
        )
    return specs


def _list_paths(file: str, context: OperationContext) -> list[Path]:
    if not file:
        if context.script is None:
            raise ConfigError(
                "The config names a parameter without a file, but the operation has no script", "Write FILE#NAME"
            )
        return [context.script]
    if is_glob(file):
        matches = compile_pattern(file)
        return [context.project / path for path in sorted(context.files) if matches(path) and format_name(path)]
    path = Path(os.path.normpath(context.project / file))
    if not path.is_relative_to(context.project):
        raise ConfigError(f"The config names {file}, which is outside the project", "Name a file of the project")
    if not path.is_file():
        raise ConfigError(f"The config selects {file}, which is not in the project", f"Try: ls {context.project}")
    return [path]


def _read_specs(path: Path, context: OperationContext, with_constants: bool) -> list[ParameterSpec]:
    """Returns the parameters of a file; of the script, those of its parser, and constants if there are none or if
    `with_constants`. Raises ConfigError if a file without a parser cannot be read.
    """
    program, place = context.program if path == context.script else None, context.relative_path(path)
    specs = parser_parameters.build_specs(program, place) if program else []
    if program and program.parameters and not with_constants:
        return specs
    source: ConfigSource | None = None
    try:
        data = path.read_bytes()
        source = detect_config_source(place, data)
        if source is None:
            raise ConfigError("Unknown file format", "See 'gage help config'")
        values = source.read(data)
    except OSError as e:
        raise ConfigError(f"Cannot read {place}: {e.strerror}") from None
    except ConfigError as e:
        if specs:
            return specs
        what = place if source else f"Cannot set values in {place}"
        raise ConfigError(f"{what}: {e.message[:1].lower()}{e.message[1:]}", e.hint) from None
    return [*specs, *(build_spec_from_file_value(place, name, value) for name, value in values.items())]


def _match_specs(specs: list[ParameterSpec], name: str) -> list[ParameterSpec]:
    """Returns the parameters that a name, table or pattern matches, with their hidden parts."""
    if not name or name == "*":
        return specs
    matches = compile_pattern(name) if is_glob(name) else None
    exact = [spec for spec in specs if spec.has_name(name)]
    visible = [spec for spec in specs if not spec.is_hidden]
    listed = [spec for spec in visible if spec in exact or (matches is not None and matches(spec.config.name))]
    listed = listed or [spec for spec in visible if any(_is_part(spec, whole) for whole in exact)]
    if not listed:
        return [spec._replace(is_hidden=False) for spec in exact]
    return [*listed, *(spec for spec in specs if spec.is_hidden and any(_is_part(spec, whole) for whole in listed))]


def _is_part(part: ParameterSpec, whole: ParameterSpec) -> bool:
    return part.config.location.startswith(f"{whole.config.location}.")


def _list_parameters_hint(file: str, context: OperationContext) -> str:
    specs = [spec for path in _list_paths(file, context) for spec in _read_specs(path, context, True)]
    return list_names_as_hint(list(dict.fromkeys(spec.config.name for spec in specs if not spec.is_hidden)))


def _exclude(specs: list[ParameterSpec], keys: Iterable[str]) -> list[ParameterSpec]:
    """Returns the parameters that none of the keys (`-train.py#lr`, `-lr`) excludes."""
    return [spec for spec in specs if not any(_is_excluded(spec, key[1:]) for key in keys)]


def _is_excluded(spec: ParameterSpec, key: str) -> bool:
    file, separator, pattern = key.partition("#")
    path = spec.config.location.split("#")[0]
    if not separator:
        return path == key or compile_pattern(key)(spec.config.name)
    if spec.config.target == "file" and file and path != file and not compile_pattern(file)(path):
        return False
    return spec.config.name == pattern or compile_pattern(pattern)(spec.config.name)


def _rename(spec: ParameterSpec, definition: ConfigDef) -> ParameterSpec:
    if not (definition.rename or definition.strip_prefix or definition.prefix):
        return spec
    name = spec.config.name
    if definition.rename:
        name = f"{definition.rename}.{name.rpartition('.')[2]}" if spec.is_hidden else definition.rename
    name = definition.prefix + name.removeprefix(definition.strip_prefix)
    return spec._replace(config=spec.config._replace(name=name), aliases=())


def _describe(spec: ParameterSpec, definition: ConfigDef) -> ParameterSpec:
    """Returns the parameter with the description, choices, type, limits and default of the entry."""
    if spec.is_hidden:
        return spec
    described = spec._replace(
        config=spec.config._replace(
            description=definition.description or spec.config.description,
            choices=definition.choices or spec.config.choices,
        ),
        type=definition.type or spec.type,
        has_declared_type=bool(definition.type),
        required=definition.required or spec.required,
        minimum=definition.minimum,
        maximum=definition.maximum,
    )
    if definition.default is None and not definition.required:
        return described
    return described._replace(config=described.config._replace(value=_convert_default(described, definition.default)))


def _convert_default(spec: ParameterSpec, default: JSONValue) -> JSONValue:
    """Returns the default of an entry in the parameter's type, None if it has none. Raises ConfigError."""
    from gage.assignments.parse import AssignedValue
    from gage.project.convert_value import convert_value

    if default is None:
        return None
    try:
        return convert_value(spec, spec.config.name, AssignedValue(default, str(default), is_typed=True))
    except ConfigError as e:
        raise ConfigError(f"Invalid default in the Gage file: {e.message}", e.hint) from None


def build_patches(specs: Iterable[ParameterSpec], project: Path) -> "tuple[FilePatch, ...]":
    """Returns the values to write into the run's copy of the source code: those in files that differ from the defaults.

    Raises ConfigError for a value that a file cannot hold.
    """
    files: dict[str, dict[str, JSONValue]] = {}
    for config in (spec.config for spec in specs if spec.config.target == "file"):
        if not is_same_value(config.value, config.default):
            path, _, key = config.location.partition("#")
            files.setdefault(path, {})[key] = config.value
    for path, values in files.items():
        _check_patch(path, values, project)
    from gage.types.plan import FilePatch

    return tuple(FilePatch(path, values) for path, values in files.items())


def _check_patch(path: str, values: Mapping[str, JSONValue], project: Path) -> None:
    try:
        data = (project / path).read_bytes()
        source = detect_config_source(path, data)
        assert source is not None
        source.apply(data, values)
    except ConfigError as e:
        raise ConfigError(f"Cannot set {', '.join(values)} in {path}: {e.message}", e.hint) from None
    except OSError as e:
        raise ConfigError(f"Cannot read {path}: {e.strerror}") from None


def build_environment(specs: Iterable[ParameterSpec]) -> dict[str, str]:
    """Returns the environment variables that hold values."""
    from gage.assignments.placeholders import format_value

    passed = (spec.config for spec in specs if spec.config.target == "env" and spec.is_passed)
    return {config.location: format_value(config.value) for config in passed if config.value is not None}
