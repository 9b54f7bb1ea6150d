"""Static reader for Hydra: the config that a program composes from YAML files and config classes, and its groups.

Follows the rules of https://hydra.cc/docs/advanced/defaults_list for plain defaults lists.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gage.formats import yaml
from gage.formats.config_source import FileValue
from gage.parsers.dataclasses.static import build_parameter
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis import abstract_values as av
from gage.static_analysis.dataclass_fields import flatten_fields, get_library_name, list_fields
from gage.static_analysis.interpreter import Interpreter
from gage.types.values import JSONValue

_MAX_FILES = 500
_MAIN_DECORATORS = ("hydra.main", "hydra.main.main", "hydra_zen.zen")


@dataclass(eq=False, slots=True)
class ComposedConfig:
    """The config config so far: values by key, and the chosen option of each group."""

    folder: Path | None
    config_store: dict[tuple[str, str], av.AbstractValue]
    reading: Interpreter
    values: dict[str, Parameter] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    composed_files: list[tuple[str, str]] = field(default_factory=list)


def read_parameters(interpreter: Interpreter) -> ParserSpec | None:
    """Returns the parameters of the program's config, None if it has no main function of Hydra."""
    found = [decorator for function in interpreter.decorated_functions for decorator in function.decorators]
    decorators = [d for d in found if isinstance(d, av.LibraryCall) and d.name in _MAIN_DECORATORS]
    if not decorators:
        return _read_omegaconf(interpreter)
    decorator = decorators[-1]
    config_path = av.get_text(decorator.get_argument(0, "config_path"))
    is_old = "version_base" not in decorator.keywords and "config_path" not in decorator.keywords
    folder = Path(decorator.file).parent / (config_path or ".") if config_path or is_old else None
    config = ComposedConfig(
        folder if folder and folder.is_dir() else None, _collect_config_store(interpreter), interpreter
    )
    name = av.get_text(decorator.get_argument(1, "config_name"))
    if name:
        _compose(config, "", name.removesuffix(".yaml").removesuffix(".yml"), "")
    groups = list(_list_groups(config))
    return ParserSpec("hydra", (*groups, *config.values.values()), "source")


def _collect_config_store(interpreter: Interpreter) -> dict[tuple[str, str], av.AbstractValue]:
    """Returns the configs that the program adds to Hydra's ConfigStore, by group and name."""
    found: dict[tuple[str, str], av.AbstractValue] = {}
    for call in interpreter.calls:
        node = (
            call.get_argument(2, "node")
            if len(call.args) > 2 or "node" in call.keywords
            else call.get_argument(1, "node")
        )
        if call.name.endswith(".store") and "ConfigStore" in call.name and node is not None:
            found[av.get_text(call.keywords.get("group")), av.get_text(call.get_argument(0, "name"))] = node
    return found


def _compose(config: ComposedConfig, group: str, name: str, package: str) -> None:
    """Composes one config and those in its defaults list."""
    if (group, name) in config.composed_files or len(config.composed_files) > _MAX_FILES:
        return
    config.composed_files.append((group, name))
    node = config.config_store.get((group, name))
    file = _find_file(config, group, name)
    values = _read_yaml(file) if file else {}  # raises ConfigError for what is not YAML
    defaults = _read_defaults_list(file) if file else _class_defaults_list(node, config.reading)
    own_at = next((i for i, d in enumerate(defaults) if d == "_self_"), len(defaults) if file is None else -1)
    if own_at < 0:
        own_at = len(defaults)
    for entry in defaults[:own_at]:
        _compose_default(config, entry, group, package)
    if file is not None:
        _add_file(config, values, file, package)
    elif node is not None:
        _add_class(config, node, package)
    for entry in defaults[own_at:]:
        _compose_default(config, entry, group, package)


def _find_file(config: ComposedConfig, group: str, name: str) -> Path | None:
    if config.folder is None:
        return None
    root = config.folder.resolve()
    for suffix in (".yaml", ".yml"):
        path = (config.folder / group / (name + suffix)).resolve()
        if path.is_file() and path.is_relative_to(root):
            return path
    return None


def _read_yaml(file: Path) -> dict[str, FileValue]:
    try:
        return yaml.read(file.read_bytes())
    except OSError:
        return {}


def _read_defaults_list(file: Path) -> list[JSONValue]:
    config = yaml.parse(_read_text(file)).value
    defaults = config.get("defaults") if isinstance(config, Mapping) else None
    return list(defaults) if isinstance(defaults, list) else []


def _class_defaults_list(node: av.AbstractValue | None, interpreter: Interpreter) -> list[JSONValue]:
    """Returns the defaults list that a config class has as a field."""
    from gage.parsers.argparse.static import get_value_or_name

    of = node.cls if isinstance(node, av.Instance) else node
    if not isinstance(of, av.Class):
        return []
    found = next((f.default for f in list_fields(of, interpreter) if f.name == "defaults"), None)
    value = get_value_or_name(found) if found is not None else None
    return list(value) if isinstance(value, list) else []


def _compose_default(config: ComposedConfig, entry: JSONValue, group: str, package: str) -> None:
    """Composes an entry of a defaults list: `_self_`, `name`, `group: name`, `group@package: name`, `override …`."""
    if isinstance(entry, str) and entry != "_self_":
        _compose(config, group, entry.lstrip("/"), package)
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
        config.chosen[full] = option
        return
    option = config.chosen.setdefault(full, option)
    inner = "" if at == "_global_" else at or full.replace("/", ".")
    for one in [option] if option else [v for v in value if isinstance(v, str)] if isinstance(value, list) else []:
        _compose(config, full, one, inner)


def _add_file(config: ComposedConfig, file_values: Mapping[str, FileValue], file: Path, package: str) -> None:
    if "@package _global_" in _read_text(file)[:300]:
        package = ""
    for key in _list_leaf_keys(_read_text(file)):
        if key in file_values and key.partition(".")[0] not in ("defaults", "hydra"):
            name = f"{package}.{key}" if package else key
            config.values[name] = _build_parameter(name, file_values[key], config.values.get(name))


def _read_text(file: Path) -> str:
    return file.read_text("utf-8", "replace")


def _list_leaf_keys(text: str) -> Iterator[str]:
    """Yields the keys of values, lists and empty mappings."""
    waiting = [("", yaml.parse(text))]
    while waiting:
        name, place = waiting.pop(0)
        if place.kind == "table" and place.children:
            waiting = [(f"{name}.{key}" if name else key, part) for key, part in place.children] + waiting
        elif name:
            yield name


def _build_parameter(name: str, found: FileValue, old: Parameter | None) -> Parameter:
    missing = found.value == "???"
    value = None if missing else _parse_yaml_1_1(found.value)
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


def _parse_yaml_1_1(value: JSONValue) -> JSONValue:
    """Returns numbers like `55_000`, which OmegaConf's YAML 1.1 has, as numbers."""
    if isinstance(value, list):
        return [_parse_yaml_1_1(v) for v in value]
    is_number = isinstance(value, str) and re.fullmatch(r"[-+]?[1-9][0-9]*(_[0-9]+)+", value)
    return int(str(value)) if is_number else value


def _add_class(config: ComposedConfig, node: av.AbstractValue, package: str) -> None:
    of = node.cls if isinstance(node, av.Instance) else node
    if isinstance(node, av.DictValue):
        for key, value in node.items.items():
            name = f"{package}.{key}" if package else str(key)
            if isinstance(value, av.DictValue) and value.items:
                _add_class(config, value, name)
            else:
                config.values[name] = _build_parameter(name, FileValue(av.to_json_or(value), 0), None)
    if not isinstance(of, av.Class):
        return
    for one in flatten_fields([f for f in list_fields(of, config.reading) if f.name != "defaults"], config.reading):
        name = f"{package}.{one.name}" if package else one.name
        missing = (
            one.default is None
            or get_library_name(one.default).endswith("MISSING")
            or av.get_text(one.default) == "???"
        )
        parameter = build_parameter(one)._replace(
            name=name, action="override", required=missing, bool_words=("true", "false")
        )
        parameter = parameter._replace(nargs="[]" if parameter.nargs else "")
        config.values[name] = parameter._replace(default=None) if missing else parameter


def _list_groups(config: ComposedConfig) -> Iterator[Parameter]:
    """Yields the config groups, each with its options as choices."""
    options: dict[str, set[str]] = {}
    is_own = not any(config.folder.glob("*.py")) if config.folder else False
    for group, name in config.config_store:
        if group:
            options.setdefault(group, set()).add(name)
    if config.folder is not None:
        for path in sorted(config.folder.rglob("*.y*ml"))[:_MAX_FILES]:
            group = path.parent.relative_to(config.folder).as_posix()
            if group != "." and (is_own or group in config.chosen) and group.split("/")[0] != "hydra":
                options.setdefault(group, set()).add(path.stem)
    for group in sorted(options):
        default = config.chosen.get(group)
        yield Parameter(
            group,
            () if default is not None else (f"+{group}",),
            action="override",
            type="str",
            default=default or None,
            choices=tuple(sorted(options[group])),
            description="config group",
        )


def _read_omegaconf(interpreter: Interpreter) -> ParserSpec | None:
    """Returns the config that a program loads with OmegaConf before it merges `OmegaConf.from_cli()`."""
    if not any(c.name.endswith("OmegaConf.from_cli") and not c.args for c in interpreter.calls):
        return None
    config = ComposedConfig(None, {}, interpreter)
    for call in interpreter.calls:
        method = call.name.rpartition(".")[2]
        if "OmegaConf" not in call.name or not call.args:
            continue
        if method == "load" and av.get_text(call.args[0]):
            file = interpreter.modules.script.parent / av.get_text(call.args[0])
            if file.is_file():
                _add_file(config, _read_yaml(file), file, "")
        elif method in ("structured", "create"):
            _add_class(config, call.args[0], "")
    return ParserSpec("omegaconf", tuple(config.values.values()), "source")
