"""The `config` entries of an operation → its parameters: selected, renamed, described, with targets and defaults."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from gage.formats.registry import find_config_source, format_name
from gage.lib.globs import compile_pattern, is_glob
from gage.parsers.parser_spec import ParserSpec
from gage.project import parser_parameters
from gage.project.parameter_spec import ParameterSpec, build_spec_from_file_value, infer_type
from gage.types.config_value import ConfigValue
from gage.types.errors import ConfigError
from gage.types.opdef import ConfigDef

Target = Literal["file", "argument", "env", "name"]


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


def build_specs_from_definitions(definitions: Sequence[ConfigDef], around: OperationContext) -> list[ParameterSpec]:
    """Returns the parameters of all entries. Raises ConfigError for an entry that matches nothing."""
    specs = [spec for definition in definitions for spec in _build_specs(definition, around)]
    exclusions = [key[1:] for d in definitions if all(k.startswith("-") for k in d.keys) for key in d.keys]
    return [spec for spec in specs if not any(_is_excluded(spec, key) for key in exclusions)]


def _build_specs(definition: ConfigDef, around: OperationContext) -> list[ParameterSpec]:
    if definition.name and not definition.keys:
        return [_describe(o, definition) for o in _build_named_specs(definition, around)]
    specs = [s for key in definition.keys if not key.startswith("-") for s in build_specs_from_key(key, around)]
    exclusions = [key[1:] for key in definition.keys if key.startswith("-")]
    selected = (spec for spec in specs if not any(_is_excluded(spec, key) for key in exclusions))
    return [_describe(_set_target(_rename(spec, definition), definition.target), definition) for spec in selected]


def _build_named_specs(definition: ConfigDef, around: OperationContext) -> list[ParameterSpec]:
    """Returns the parameters of an entry with a name of its own."""
    if "#" in definition.target and not definition.target.startswith(("-", "env:")):
        found = [o for o in build_specs_from_key(definition.target, around) if not o.is_hidden]
        return [o._replace(config=o.config._replace(name=definition.name), aliases=()) for o in found]
    setting = ConfigValue(definition.name, definition.default, definition.default, False, "name", "")
    return [_set_target(ParameterSpec(setting, infer_type(definition.default), how="named"), definition.target)]


def _set_target(o: ParameterSpec, target: str) -> ParameterSpec:
    """Returns the parameter with the entry's target, if it has one: an argument, a variable or a placeholder."""
    if not target or (o.config.target == "file" and "#" in target):
        return o
    if target.startswith("env:"):
        destination: tuple[Target, str] = ("env", target.removeprefix("env:"))
    elif target.startswith("{") and target.endswith("}") and target != "{}":
        destination = ("name", "")
    else:
        destination = ("argument", target if "{}" in target else f"{target} {{}}")
    # The program's own default is unknown there, so the operation's default is always passed.
    default = o.config.default if destination[0] == "name" or o.how != "named" else None
    return o._replace(config=o.config._replace(target=destination[0], location=destination[1], default=default))


def build_specs_from_key(key: str, around: OperationContext) -> list[ParameterSpec]:
    """Returns the parameters of `train.py`, `train.py#lr`, `params.yaml#train.*`, `*.py#lr`, or of the script (`lr`).

    Raises ConfigError if there are none.
    """
    file, _, name = key.partition("#")
    if not file or ("#" not in key and not format_name(file) and not (around.project / file).exists()):
        file, name = "", name or key
    found: list[ParameterSpec] = []
    for path in _list_paths(file, around):
        found += _select_specs(_read_specs(path, around, bool(name)), name)
    if name and not found:
        shown = file or "the script"
        raise ConfigError(
            f"The config names {key}, but {shown} has no such parameter", _list_parameters_hint(file, around)
        )
    return found


def _list_paths(file: str, around: OperationContext) -> list[Path]:
    if not file:
        if around.script is None:
            raise ConfigError(
                "The config names a parameter without a file, but the operation has no script", "Write FILE#NAME"
            )
        return [around.script]
    if is_glob(file):
        fits = compile_pattern(file)
        return [around.project / path for path in sorted(around.files) if fits(path) and format_name(path)]
    path = Path(os.path.normpath(around.project / file))
    if not path.is_relative_to(around.project):
        raise ConfigError(f"The config names {file}, which is outside the project", "Name a file of the project")
    if not path.is_file():
        raise ConfigError(f"The config selects {file}, which is not in the project", f"Try: ls {around.project}")
    return [path]


def _read_specs(path: Path, around: OperationContext, with_constants: bool) -> list[ParameterSpec]:
    """Returns the parameters of a file; of the script, those of its parser, and constants if there are none or if
    `with_constants`.
    """
    program = around.program if path == around.script else None
    found = parser_parameters.build_specs(program, around.relative_path(path)) if program else []
    if program and (program.parameters and not with_constants):
        return found
    return [*found, *read_file_specs(path, around.relative_path(path), bool(found))]


def read_file_specs(path: Path, place: str, is_extra: bool = False) -> list[ParameterSpec]:
    """Returns the values in a file. Raises ConfigError if they cannot be read, unless they are `is_extra`."""
    source = find_config_source(place)
    if source is None:
        if is_extra:
            return []
        raise ConfigError(f"Cannot set values in {place}: unknown file format", "See 'gage help config'")
    try:
        return [
            build_spec_from_file_value(place, name, found) for name, found in source.read(path.read_bytes()).items()
        ]
    except OSError as e:
        raise ConfigError(f"Cannot read {place}: {e.strerror}") from None
    except ConfigError as e:
        if is_extra:
            return []
        raise ConfigError(f"{place}: {e.message[:1].lower()}{e.message[1:]}", e.hint) from None


def _select_specs(found: list[ParameterSpec], name: str) -> list[ParameterSpec]:
    """Returns the parameters that a name, table or pattern matches, with their hidden parts."""
    if not name or name == "*":
        return found
    fits = compile_pattern(name) if is_glob(name) else None
    exact = [o for o in found if name in (o.config.name, *o.aliases)]
    listed = [o for o in found if not o.is_hidden and (o in exact or (fits is not None and fits(o.config.name)))]
    if not listed:
        listed = [o for o in found if not o.is_hidden and any(_is_part(o, e) for e in exact)]
    if not listed:
        return [o._replace(is_hidden=False) for o in exact]
    return [*listed, *(o for o in found if o.is_hidden and any(_is_part(o, one) for one in listed))]


def _is_part(part: ParameterSpec, whole: ParameterSpec) -> bool:
    return part.config.location.startswith(f"{whole.config.location}.")


def _list_parameters_hint(file: str, around: OperationContext) -> str:
    found = [o for path in _list_paths(file, around) for o in _read_specs(path, around, True) if not o.is_hidden]
    names = list(dict.fromkeys(o.config.name for o in found))
    if not names:
        return "It has no parameters; to add values of config files, see 'gage help config'"
    return f"Parameters: {', '.join(names[:30])}"


def _is_excluded(o: ParameterSpec, key: str) -> bool:
    """Returns whether an excluded key matches the parameter."""
    place, name = o.config.location, o.config.name
    if "#" not in key:
        return place.split("#")[0] == key or compile_pattern(key)(name)
    file, _, pattern = key.partition("#")
    is_file = (
        o.config.target != "file"
        or not file
        or place.split("#")[0] == file
        or compile_pattern(file)(place.split("#")[0])
    )
    return is_file and (name == pattern or compile_pattern(pattern)(name))


def _rename(o: ParameterSpec, definition: ConfigDef) -> ParameterSpec:
    name = o.config.name
    if definition.rename:
        dot, rest = (".", name.rpartition(".")[2]) if o.is_hidden else ("", "")
        name = definition.rename + dot + rest
    if definition.strip_prefix:
        name = name.removeprefix(definition.strip_prefix)
    is_same = not (definition.rename or definition.strip_prefix or definition.prefix)
    setting = o.config._replace(name=definition.prefix + name)
    return o._replace(config=setting, aliases=o.aliases if is_same else ())


def _describe(o: ParameterSpec, definition: ConfigDef) -> ParameterSpec:
    """Returns the parameter with the description, choices, type and limits of the entry."""
    if o.is_hidden:
        return o
    setting = o.config._replace(
        description=definition.description or o.config.description,
        choices=definition.choices or o.config.choices,
    )
    described = o._replace(
        config=setting,
        type=definition.type or o.type,
        required=definition.required or o.required,
        minimum=definition.minimum,
        maximum=definition.maximum,
    )
    return _set_default(described, definition)


def _set_default(o: ParameterSpec, definition: ConfigDef) -> ParameterSpec:
    from gage.assignments.parse import AssignedValue
    from gage.project.resolve_values import convert_value

    if definition.default is None:
        return o._replace(config=o.config._replace(value=None)) if definition.required else o
    default = definition.default
    try:
        value = convert_value(o, o.config.name, AssignedValue(default, str(default), is_typed=True))
    except ConfigError as e:
        raise ConfigError(f"Invalid default in the Gage file: {e.message}", e.hint) from None
    return o._replace(config=o.config._replace(value=value))
