"""Probe of Hydra: reports each value and group of the composed config; does not call the program's function."""

from __future__ import annotations

import os
import re
import sys

from ..introspect.probe import comments, json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType


def patch(main: ModuleType) -> None:
    """Has Hydra report the composed config instead of running the program's function, or that it cannot start."""

    def run(args: object, **named: object) -> object:
        settings = named["task_function"], named["config_path"], named["config_name"]
        send_report.build_and_exit(lambda: _describe(args, *settings))

    vars(main)["_run_hydra"] = run
    create_parser = main.get_args_parser

    def get_args_parser() -> object:
        try:
            return create_parser()
        except Exception as e:  # Hydra 1.3 has a help text that argparse of Python 3.14 rejects
            send_report.send_and_exit({"parser": "hydra", "parameters": [], "failure": _explain_failure(e)})

    vars(main)["get_args_parser"] = get_args_parser


def _explain_failure(error: Exception) -> str:
    from importlib import import_module

    version = getattr(import_module("hydra"), "__version__", "")
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"Hydra {version} does not work with Python {python}: {type(error).__name__}: {error}"


def _describe(args: object, function: object, path: object, name: object) -> dict[str, object]:
    from importlib import import_module

    hydra = _create_hydra(args, function, path)
    loader = hydra.config_loader  # type: ignore[attr-defined]
    mode = import_module("hydra.types").RunMode.RUN
    name = getattr(args, "config_name", None) or name
    overrides = list(getattr(args, "overrides", []))
    config = hydra.compose_config(  # type: ignore[attr-defined]
        config_name=name, overrides=overrides, run_mode=mode, with_log_configuration=False
    )
    choices = dict(config.hydra.runtime.choices)
    appended = {override[1:].partition("=")[0].partition("@")[0] for override in overrides if override[:1] == "+"}
    groups = list(_describe_groups(loader, "", {n: c for n, c in choices.items() if n not in appended}))
    help_texts = _read_comments(loader, loader.compute_defaults_list(name, overrides, mode).defaults)
    parameters = [*groups, *describe_config(config, help_texts)]
    return {"parser": "hydra", "parameters": parameters, "is_staged": bool(groups)}


def _read_comments(loader: object, defaults: list[object]) -> dict[str, str]:
    """Returns the comments in the YAML files of a config, by dotted key."""
    help_texts: dict[str, str] = {}
    for default in defaults:
        path, package = default.config_path, default.package  # type: ignore[attr-defined]
        source = loader.repository.load_config(path) if path else None  # type: ignore[attr-defined]
        if source is not None and source.provider != "hydra" and source.path.startswith("file://"):
            file = os.path.join(source.path[len("file://") :], path)
            for key, text in comments.read_yaml_comments(file if file.endswith(".yaml") else file + ".yaml").items():
                help_texts[f"{package}.{key}" if package else key] = text
    return help_texts


def _create_hydra(args: object, function: object, path: object) -> object:
    """Returns Hydra as `hydra.main` creates it."""
    from importlib import import_module

    utils = import_module("hydra._internal.utils")
    config_path = getattr(args, "config_path", None)
    file, module = utils.detect_calling_file_or_module_from_task_function(function)
    search_path = utils.create_automatic_config_search_path(
        file, module, config_path if config_path is not None else path
    )
    directory = getattr(args, "config_dir", None)
    if directory is not None:
        query = import_module("hydra.core.config_search_path").SearchPathQuery
        url = "file://" + os.path.abspath(directory)
        search_path.prepend(provider="command-line", path=url, anchor=query(provider="schema"))
    create = import_module("hydra._internal.hydra").Hydra.create_main_hydra2
    hydra: object = create(task_name=utils.detect_task_name(file, module), config_search_path=search_path)
    return hydra


def _describe_groups(loader: object, parent: str, choices: dict[str, object]) -> Iterator[dict[str, object]]:
    """Yields the config groups with their options, except Hydra's own. `choices` are those of the defaults list."""
    from importlib import import_module

    config = import_module("hydra.core.object_type").ObjectType.CONFIG
    for name in loader.list_groups(parent):  # type: ignore[attr-defined]
        full = f"{parent}/{name}" if parent else name
        if full.split("/")[0] == "hydra":
            continue
        options = loader.get_group_options(full, results_filter=config)  # type: ignore[attr-defined]
        if options:
            yield {
                "name": full,
                "flags": [] if full in choices else ["+" + full],
                "action": "override",
                "type": "str",
                "default": json_values.to_json(choices.get(full)),
                "choices": list(options),
                "description": "config group",
            }
        yield from _describe_groups(loader, full, choices)


def describe_config(
    config: object, help_texts: Mapping[str, str], table: object = None, prefix: str = ""
) -> Iterator[dict[str, object]]:
    """Yields the values of a config of OmegaConf, or of a `table` in it whose keys begin with `prefix`.

    A list is one value, and so is an empty mapping. `help_texts` are the comments in files, by key.
    """
    from importlib import import_module

    omegaconf = import_module("omegaconf")
    table = config if table is None else table
    kind = omegaconf.OmegaConf.get_type(table)
    of_fields = comments.read_field_comments(kind) if isinstance(kind, type) and kind is not dict else {}
    for name in table:  # type: ignore[attr-defined]
        node, key = table._get_node(name), f"{prefix}{name}"  # type: ignore[attr-defined]
        is_plain = not (node._is_none() or node._is_missing() or node._is_interpolation())
        if isinstance(node, omegaconf.DictConfig) and is_plain and len(node):
            if key != "hydra":  # Hydra's own settings
                yield from describe_config(config, help_texts, node, f"{key}.")
        else:
            help_text = help_texts.get(key) or of_fields.get(name, "")
            yield {**_describe_value(node, key, config), "description": help_text}


def _describe_value(node: object, key: str, config: object) -> dict[str, object]:
    from importlib import import_module

    is_missing = bool(node._is_missing())  # type: ignore[attr-defined]
    value = None if is_missing else _resolve_value(config, key, import_module("omegaconf").OmegaConf)
    hint = getattr(getattr(node, "_metadata", None), "ref_type", None)
    default = json_values.to_json(value)
    is_list = isinstance(default, list)
    return {
        "name": key,
        "action": "override",
        "type": (json_values.name_items(None, default) or "") if is_list else _name_hint(hint, value),
        "nargs": "[]" if is_list else "",
        "default": default,
        "choices": json_values.list_choices(hint),
        "required": is_missing,
        "follows": "" if is_missing else _find_source(node, config),
    }


def _find_source(node: object, config: object) -> str:
    """Returns the key whose value an interpolation repeats, "${start}" for one that calls a resolver of
    Hydra or the program (`${now:%H}`), "${}" for another interpolation, "" for none.
    """
    from importlib import import_module

    omegaconf = import_module("omegaconf")
    is_list = omegaconf.OmegaConf.is_config(node) and not node._is_interpolation()  # type: ignore[attr-defined]
    raw = omegaconf.OmegaConf.to_container(node, resolve=False) if is_list else node._value()  # type: ignore[attr-defined]
    if "${" not in re.sub(r"\$\{oc\.env:[^${}]*\}", "", str(raw)):
        return ""
    if re.search(r"\$\{(?!oc\.)[\w.]+:", str(raw)):
        return "${start}"
    key = str(raw)[2:-1]
    if not str(raw).startswith("${") or not all(part.isidentifier() for part in key.split(".")):
        return "${}"
    try:
        for part in key.split("."):
            config = config._get_node(part)  # type: ignore[attr-defined]
        is_plain = not omegaconf.OmegaConf.is_config(config) and "${" not in str(config._value())  # type: ignore[attr-defined]
    except Exception:  # the key belongs to no value, or a resolver of the program fails
        return "${}"
    return key if is_plain else "${}"


def _name_hint(hint: object, value: object) -> str:
    import typing

    is_any = hint is typing.Any or typing.Any in typing.get_args(hint)  # `Optional[Any]`
    return json_values.name_hint(None if is_any else hint, value)


def _resolve_value(config: object, key: str, omega: object) -> object:
    """Returns a value with its interpolations resolved, or as it is written where that is not possible yet."""
    try:
        value = omega.select(config, key)  # type: ignore[attr-defined]
        return omega.to_container(value, resolve=True) if omega.is_config(value) else value  # type: ignore[attr-defined]
    except Exception:  # resolvers are functions of the program
        node = config
        for part in key.split("."):
            node = node._get_node(part)  # type: ignore[attr-defined]
        return str(node._value())  # type: ignore[attr-defined]
