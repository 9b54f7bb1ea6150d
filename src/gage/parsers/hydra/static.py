"""Hydra: the values and groups of the config that a program composes from its folder of YAML files and its classes.

The rules are those of https://hydra.cc/docs/advanced/defaults_list, as far as plain defaults lists go.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gage.formats import yaml
from gage.formats.config_source import FileValue
from gage.parsers.dataclasses.static import parameter_of
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis.abstract_values import (
    AbstractValue,
    Class,
    DictValue,
    Function,
    Instance,
    LibraryCall,
    constant_text,
    to_json_or,
)
from gage.static_analysis.dataclass_fields import flatten_fields, library_name, list_fields
from gage.static_analysis.interpreter import Interpreter
from gage.types.values import JSONValue

_MOST_FILES = 500
_MAIN = ("hydra.main", "hydra.main.main", "hydra_zen.zen")


@dataclass(eq=False, slots=True)
class Composed:
    """What is found so far: values by key, and groups by name with the option that is chosen."""

    folder: Path | None
    stored: dict[tuple[str, str], AbstractValue]
    reading: Interpreter
    values: dict[str, Parameter] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, str]] = field(default_factory=list)


def read_hydra(reading: Interpreter, functions: Sequence[Function], script: Path) -> ParserSpec | None:
    """The program's settings from its config; None when no function of it is Hydra's main."""
    marks = [m for f in functions for m in f.decorators if isinstance(m, LibraryCall) and m.name in _MAIN]
    if not marks:
        return _omega(reading, script)
    mark = marks[-1]
    given = constant_text(mark.get_argument(0, "config_path"))
    is_old = "version_base" not in mark.keywords and "config_path" not in mark.keywords
    folder = Path(mark.file).parent / (given or ".") if given or is_old else None
    composed = Composed(folder if folder and folder.is_dir() else None, _stored(reading), reading)
    name = constant_text(mark.get_argument(1, "config_name"))
    if name:
        _compose(composed, "", name.removesuffix(".yaml").removesuffix(".yml"), "")
    groups = list(_groups(composed))
    return ParserSpec("hydra", (*groups, *composed.values.values()), "source")


def _stored(reading: Interpreter) -> dict[tuple[str, str], AbstractValue]:
    """The configs that the program puts into Hydra's store, by group and name."""
    found: dict[tuple[str, str], AbstractValue] = {}
    for made in reading.calls:
        node = (
            made.get_argument(2, "node")
            if len(made.args) > 2 or "node" in made.keywords
            else made.get_argument(1, "node")
        )
        if made.name.endswith(".store") and "ConfigStore" in made.name and node is not None:
            found[constant_text(made.keywords.get("group")), constant_text(made.get_argument(0, "name"))] = node
    return found


def _compose(composed: Composed, group: str, name: str, package: str) -> None:
    """Take over one config, with those that its defaults list names."""
    if (group, name) in composed.taken or len(composed.taken) > _MOST_FILES:
        return
    composed.taken.append((group, name))
    node = composed.stored.get((group, name))
    file = _file(composed, group, name)
    said = _read(file) if file else {}  # raises ConfigError for what is no YAML
    defaults = _listed(file) if file else _of_class(node, composed.reading)
    own_at = next((i for i, d in enumerate(defaults) if d == "_self_"), len(defaults) if file is None else -1)
    if own_at < 0:
        own_at = len(defaults)
    for entry in defaults[:own_at]:
        _default(composed, entry, group, package)
    if file is not None:
        _take(composed, said, file, package)
    elif node is not None:
        _take_class(composed, node, package)
    for entry in defaults[own_at:]:
        _default(composed, entry, group, package)


def _file(composed: Composed, group: str, name: str) -> Path | None:
    if composed.folder is None:
        return None
    root = composed.folder.resolve()
    for suffix in (".yaml", ".yml"):
        path = (composed.folder / group / (name + suffix)).resolve()
        if path.is_file() and path.is_relative_to(root):
            return path
    return None


def _read(file: Path) -> dict[str, FileValue]:
    try:
        return yaml.read(file.read_bytes())
    except OSError:
        return {}


def _listed(file: Path) -> list[JSONValue]:
    given = yaml.parse(_text(file)).value
    defaults = given.get("defaults") if isinstance(given, Mapping) else None
    return list(defaults) if isinstance(defaults, list) else []


def _of_class(node: AbstractValue | None, reading: Interpreter) -> list[JSONValue]:
    """The defaults list that a class of settings has as a field."""
    from gage.parsers.argparse.static import value_or_name

    of = node.cls if isinstance(node, Instance) else node
    if not isinstance(of, Class):
        return []
    found = next((f.default for f in list_fields(of, reading) if f.name == "defaults"), None)
    value = value_or_name(found) if found is not None else None
    return list(value) if isinstance(value, list) else []


def _default(composed: Composed, entry: JSONValue, group: str, package: str) -> None:
    """One entry of a defaults list: `_self_`, `name`, `group: name`, `group@package: name`, `override …`."""
    if isinstance(entry, str) and entry != "_self_":
        _compose(composed, group, entry.lstrip("/"), package)
    if not isinstance(entry, Mapping) or len(entry) != 1:
        return
    ((key, value),) = entry.items()
    words = key.split()
    name, _, at = words[-1].partition("@")
    if name.startswith(("hydra/", "/hydra/")):
        return
    full = name.lstrip("/") if name.startswith("/") or not group else f"{group}/{name}"
    option = str(value).removesuffix(".yaml") if isinstance(value, str) else ""
    if "override" in words:
        composed.chosen[full] = option
        return
    option = composed.chosen.setdefault(full, option)
    inner = "" if at == "_global_" else at or full.replace("/", ".")
    for one in [option] if option else [v for v in value if isinstance(v, str)] if isinstance(value, list) else []:
        _compose(composed, full, one, inner)


def _take(composed: Composed, said: Mapping[str, FileValue], file: Path, package: str) -> None:
    if "@package _global_" in _text(file)[:300]:
        package = ""
    for key in _leaves(_text(file)):
        if key in said and key.partition(".")[0] not in ("defaults", "hydra"):
            name = f"{package}.{key}" if package else key
            composed.values[name] = _parameter(name, said[key], composed.values.get(name))


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace")


def _leaves(text: str) -> Iterator[str]:
    """The keys of values, lists and empty tables."""
    waiting = [("", yaml.parse(text))]
    while waiting:
        name, place = waiting.pop(0)
        if place.kind == "table" and place.children:
            waiting = [(f"{name}.{key}" if name else key, part) for key, part in place.children] + waiting
        elif name:
            yield name


def _parameter(name: str, found: FileValue, old: Parameter | None) -> Parameter:
    missing = found.value == "???"
    value = None if missing else _old(found.value)
    text = isinstance(value, str) and "${" in value
    one = value[0] if isinstance(value, list) and value and len({type(v) for v in value}) == 1 else value
    kind = type(one).__name__ if isinstance(one, (bool, int, float, str)) and not text else ""
    return Parameter(
        name,
        action="override",
        type=old.type if old and old.type else kind,
        nargs="[]" if isinstance(value, list) else "",
        default=value,
        choices=old.choices if old else (),
        required=missing,
        description=found.description or (old.description if old else ""),
    )


def _old(value: JSONValue) -> JSONValue:
    """`55_000`, which is a number in the YAML 1.1 that OmegaConf reads."""
    if isinstance(value, list):
        return [_old(v) for v in value]
    is_number = isinstance(value, str) and re.fullmatch(r"[-+]?[1-9][0-9]*(_[0-9]+)+", value)
    return int(str(value)) if is_number else value


def _take_class(composed: Composed, node: AbstractValue, package: str) -> None:
    of = node.cls if isinstance(node, Instance) else node
    if isinstance(node, DictValue):
        for key, thing in node.items.items():
            name = f"{package}.{key}" if package else str(key)
            if isinstance(thing, DictValue) and thing.items:
                _take_class(composed, thing, name)
            else:
                composed.values[name] = _parameter(name, FileValue(to_json_or(thing), 0), None)
    if not isinstance(of, Class):
        return
    for one in flatten_fields([f for f in list_fields(of, composed.reading) if f.name != "defaults"], composed.reading):
        name = f"{package}.{one.name}" if package else one.name
        missing = (
            one.default is None or library_name(one.default).endswith("MISSING") or constant_text(one.default) == "???"
        )
        parameter = replace(
            parameter_of(one), name=name, action="override", required=missing, bool_words=("true", "false")
        )
        parameter = replace(parameter, nargs="[]" if parameter.nargs else "")
        composed.values[name] = replace(parameter, default=None) if missing else parameter


def _groups(composed: Composed) -> Iterator[Parameter]:
    """The groups of configs, each with its options."""
    options: dict[str, set[str]] = {}
    is_own = not any(composed.folder.glob("*.py")) if composed.folder else False
    for group, name in composed.stored:
        if group:
            options.setdefault(group, set()).add(name)
    if composed.folder is not None:
        for path in sorted(composed.folder.rglob("*.y*ml"))[:_MOST_FILES]:
            group = path.parent.relative_to(composed.folder).as_posix()
            if group != "." and (is_own or group in composed.chosen) and group.split("/")[0] != "hydra":
                options.setdefault(group, set()).add(path.stem)
    for group in sorted(options):
        default = composed.chosen.get(group)
        yield Parameter(
            group,
            () if default is not None else (f"+{group}",),
            action="override",
            type="str",
            default=default or None,
            choices=tuple(sorted(options[group])),
            description="config group",
        )


def _omega(reading: Interpreter, script: Path) -> ParserSpec | None:
    """OmegaConf without Hydra: what a program loads, before it takes words of its command line over it."""
    if not any(c.name.endswith("OmegaConf.from_cli") and not c.args for c in reading.calls):
        return None
    composed = Composed(None, {}, reading)
    for made in reading.calls:
        method = made.name.rpartition(".")[2]
        if "OmegaConf" not in made.name or not made.args:
            continue
        if method == "load" and constant_text(made.args[0]):
            file = script.parent / constant_text(made.args[0])
            if file.is_file():
                _take(composed, _read(file), file, "")
        elif method in ("structured", "create"):
            _take_class(composed, made.args[0], "")
    return ParserSpec("omegaconf", tuple(composed.values.values()), "source")
