"""Values of the config file that an option of the program names (`--config config.json`), as parameters of the run.

A file counts if it is in the project and the option's value is a path relative to the program's directory: the program
then reads the run's copy, into which values are written.
"""

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from gage.assignments.parse import AssignedValue
from gage.formats.config_source import FileValue
from gage.formats.registry import find_config_source, format_name, is_program
from gage.parsers.parser_spec import ParserSpec
from gage.project.operation import Operation
from gage.project.parameter_spec import SUBCOMMAND, FileValues, ParameterSpec, build_spec_from_file_value, is_same_value
from gage.types.errors import ConfigError

_CONFIG_NAME = re.compile(
    r"(?i)(?:^|[-_.])(?:configs?|configuration|conf|cfg|settings?|options?|opt|(?:hyper_?|h)?param(?:eter)?s)"
    r"(?:[-_.]?(?:file|path|name|yaml|yml|json|toml|ini))?\Z"
)
"""Names of options whose file has the config of the program: `config`, `model_cfg`, `params_file`."""
_FILES_BEHIND_PROBE = ("jsonargparse", "LightningCLI")
"""Parsers that read their config files after they are introspected."""
_MAX_BYTES = 1_000_000
_MAX_VALUES = 1_000
"""A file with more values is data."""


def add_file_values(
    operation: Operation,
    specs: Sequence[ParameterSpec],
    program: ParserSpec,
    values: Mapping[str, AssignedValue],
    unknown: Collection[str] = (),
) -> FileValues:
    """Returns the parameters with those of the files that the program's options name when `values` are assigned.

    A name that the program itself takes is its own; if its parser reads the file, the file has the default. Files of
    options whose value is `unknown` are left out, and so are names that two files have. If the parser does not read the
    file, values of both are `twins`: see `set_twins`.
    """
    own = [spec for spec in specs if not spec.option]
    if operation.op.config or operation.command.shape != "words":
        return FileValues(own)
    command = values[SUBCOMMAND].text if SUBCOMMAND in values else program.command
    options = [s for s in own if _names_config_file(s, program) and s.command in ("", command)]
    added: list[ParameterSpec] = []
    twins: list[ParameterSpec] = []
    unread = ""
    for option in options:
        flag = (option.parameter.flag if option.parameter else "") or option.config.name
        text = _get_text(option, values) if option.config.name not in unknown else ""
        path = _find_file(operation, text)
        read = _read_values(operation.project.dir / path) if path else {}
        is_parsed = option.parameter is not None and option.parameter.name in program.config_files
        is_unknown = option.config.name in unknown
        if is_parsed and (text or is_unknown) and not read and program.parser in _FILES_BEHIND_PROBE:
            unread = f"{text} may set them and cannot be read" if text else f"{flag} among the arguments may set them"
        own = [_take_default(spec, read, values) for spec in own] if is_parsed else own
        specs_of_file = [build_spec_from_file_value(path or "", n, v)._replace(option=flag) for n, v in read.items()]
        added += _without_names(specs_of_file, own, with_parts=is_parsed)
        if not is_parsed:
            twins += _find_twins(specs_of_file, [s for s in own if s not in options and s.command in ("", command)])
    places = {(spec.config.name, spec.config.location) for spec in added}
    names = [name for name, _ in places]
    specs = [*own, *(spec for spec in added if names.count(spec.config.name) == 1)] if added else own
    if not unread:
        return FileValues(specs, twins=twins)
    parsed = [spec for spec in own if spec.parameter and spec.parameter.name not in program.config_files]
    by_file = frozenset(s.config.name for s in parsed if not any(s.has_name(name) for name in values))
    note = f"The values of other parameters are not recorded, since {unread}"
    return FileValues(specs, by_file, note if by_file else "", twins)


def set_twins(
    specs: Sequence[ParameterSpec], twins: Sequence[ParameterSpec], is_set: Callable[[ParameterSpec], bool]
) -> FileValues:
    """Returns the parameters with those of the `twins` that are set: values of config files that the program's parser
    has as well, named as there. Which of the two the program uses is not known, so both have the value that `is_set`.

    Without one, a parameter that the file has another value for is unknown; one that is null has the file's value.
    """
    added: list[ParameterSpec] = []
    known = list(specs)
    unknown: dict[str, str] = {}
    for twin in twins:
        name, value = twin.config.name, twin.config.value
        at = next(i for i, spec in enumerate(known) if spec.config.name == name)
        own = known[at]
        if is_set(own):
            added.append(twin.set_value(own.config.value))
        elif own.config.value is None and not own.config.set_by_user:
            known[at] = own._replace(config=own.config._replace(value=value, default=value))
        elif own.config.value != value:
            unknown[name] = twin.config.location.partition("#")[0]
    names = ", ".join(sorted(unknown))
    note = f"Not recorded as config, since {' and '.join(sorted({*unknown.values()}))} may replace it: {names}"
    note += f"; to set both: {min(unknown)}=VALUE" if unknown else ""
    return FileValues([*known, *added], frozenset(unknown), note if unknown else "")


def find_mentioned_values(specs: Sequence[ParameterSpec], arguments: Sequence[str]) -> set[str]:
    """Returns the values of an option's config file that words of the command name, as in `train.py lr=0.3` with a
    positional: the program may replace the file's values with them.
    """
    from_file = [spec for spec in specs if spec.option and not spec.config.set_by_user]
    if not from_file:
        return set()
    words = list(arguments)
    for spec in specs:
        value = spec.config.value if spec.parameter and spec.config.set_by_user else None
        words += [str(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
    names = {word.lstrip("-+").partition("=")[0] for word in words}
    return {spec.config.name for spec in from_file if any(spec.has_name(name) for name in names)}


def _find_twins(added: Iterable[ParameterSpec], own: Iterable[ParameterSpec]) -> list[ParameterSpec]:
    """Returns the values of a file that parameters of the program have, too, each with the name of that parameter."""
    own = [spec for spec in own if spec.parameter and spec.config.target == "argument" and not spec.is_subcommand]
    return [
        twin._replace(config=twin.config._replace(name=spec.config.name))
        for twin in added
        if not twin.is_hidden
        for spec in own
        if spec.has_name(twin.config.name)
    ]


def list_names_before_file(
    program: ParserSpec, specs: Iterable[ParameterSpec], words: Sequence[str], names: Collection[str]
) -> set[str]:
    """Returns the parameters of which `words` do not show whether a config file sets them: those of `names`, which the
    words set, if a file follows; all if there are several files.
    """
    flags = {f for p in program.parameters if p.name in program.config_files for f in p.flags}
    places = [at for at, word in enumerate(words) if word.partition("=")[0] in flags]
    if not places or places == [0] or program.parser not in _FILES_BEHIND_PROBE:
        return set()
    others = {spec.config.name for spec in specs if spec.parameter and spec.parameter.name not in program.config_files}
    return others if len(places) > 1 else others & set(names)


def _names_config_file(spec: ParameterSpec, program: ParserSpec) -> bool:
    """Returns whether the parameter is an option or argument that names a file with config."""
    if spec.parameter is None or spec.config.target != "argument" or spec.is_override or spec.type == "list":
        return False
    return spec.parameter.name in program.config_files or bool(_CONFIG_NAME.search(spec.parameter.name))


def _get_text(option: ParameterSpec, values: Mapping[str, AssignedValue]) -> str:
    """Returns the value of a parameter when `values` are assigned, "" if it is not text."""
    name = option.find_assigned(values)
    text = option.config.value
    if name is not None:
        text = values[name].value if values[name].is_typed else values[name].text
    return text if isinstance(text, str) else ""


def _find_file(operation: Operation, text: str) -> str | None:
    """Returns the path in the project of the config file that the text names, None if it names none for certain."""
    if not text or os.path.isabs(text) or text[0] in "~$":
        return None
    project = operation.project.dir
    start = operation.start_dir / operation.command.directory
    path = Path(os.path.normpath(start / text))
    if not path.is_relative_to(project) or path.is_symlink() or not path.is_file():
        return None
    beside = Path(os.path.normpath(operation.script.parent / text)) if operation.script else path
    is_ambiguous = beside != path and beside.is_file()  # the program may look beside its script
    is_config = bool(format_name(path.name)) and not is_program(path.name)
    return path.relative_to(project).as_posix() if is_config and not is_ambiguous else None


def _read_values(path: Path) -> Mapping[str, FileValue]:
    """Returns the values of a config file; {} if it cannot be read, so that the program reports it."""
    source = find_config_source(path.name)
    try:
        is_small = path.stat().st_size <= _MAX_BYTES
        read = source.read(path.read_bytes()) if source and is_small else {}
    except (OSError, ConfigError):
        return {}
    return read if len(read) <= _MAX_VALUES else {}


def _take_default(
    spec: ParameterSpec, read: Mapping[str, FileValue], values: Mapping[str, AssignedValue]
) -> ParameterSpec:
    """Returns the parameter with the value that the file has for it as its default, unless the command sets it."""
    from gage.project.convert_value import convert_value

    name = spec.find_assigned(read)
    value = None if name is None else read[name].value
    is_set = spec.find_assigned(values) is not None or any(each in values for each in spec.negations)
    if value is None or is_set or spec.parameter is None:
        return spec
    if not is_same_value(spec.config.value, spec.parameter.default):
        return spec
    try:
        converted = convert_value(spec, spec.config.name, AssignedValue(value, str(value), is_typed=True))
    except ConfigError:
        return spec  # the program reports it
    return spec._replace(config=spec.config._replace(value=converted, default=converted))


def _without_names(
    added: Sequence[ParameterSpec], own: Iterable[ParameterSpec], with_parts: bool
) -> list[ParameterSpec]:
    """Returns the values of a file without those whose names the program has; `with_parts` also without their parts."""
    taken = {SUBCOMMAND, *(name for spec in own for name in (spec.config.name, *spec.aliases, *spec.negations))}

    def is_free(name: str) -> bool:
        parts = name.split(".")
        above = (".".join(parts[:count]) for count in range(1, len(parts))) if with_parts else ()
        return taken.isdisjoint((name, *above))

    free = (spec for spec in added if is_free(spec.config.name))
    return [spec._replace(aliases=tuple(filter(is_free, spec.aliases))) for spec in free]
