"""Hydra: the config that it composes is told, every value and every group; the program's function is not called."""

from __future__ import annotations

import os

from . import json_values, send_report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def patch(main: ModuleType) -> None:
    """Let the composed config be reported where Hydra would run the program's function."""

    def run(args: object, **named: object) -> object:
        send_report.leave_with(lambda: _told(args, named["task_function"], named["config_path"], named["config_name"]))

    vars(main)["_run_hydra"] = run


def _told(args: object, function: object, path: object, name: object) -> dict[str, object]:
    from importlib import import_module

    hydra = _hydra(args, function, path)
    name = getattr(args, "config_name", None) or name
    config = hydra.compose_config(  # type: ignore[attr-defined]
        config_name=name,
        overrides=list(getattr(args, "overrides", [])),
        run_mode=import_module("hydra.types").RunMode.RUN,
        with_log_configuration=False,
    )
    chosen = dict(config.hydra.runtime.choices)
    groups = list(_groups(hydra.config_loader, "", chosen))  # type: ignore[attr-defined]
    found = [p for key, node in _nodes(config) if key != "hydra" for p in _leaves(node, str(key), config)]
    return {"parser": "hydra", "parameters": [*groups, *found], "stages": bool(groups)}


def _hydra(args: object, function: object, path: object) -> object:
    """Hydra as its own start makes it."""
    from importlib import import_module

    utils = import_module("hydra._internal.utils")
    given = getattr(args, "config_path", None)
    file, module = utils.detect_calling_file_or_module_from_task_function(function)
    search = utils.create_automatic_config_search_path(file, module, given if given is not None else path)
    more = getattr(args, "config_dir", None)
    if more is not None:
        query = import_module("hydra.core.config_search_path").SearchPathQuery
        place = "file://" + os.path.abspath(more)
        search.prepend(provider="command-line", path=place, anchor=query(provider="schema"))
    make = import_module("hydra._internal.hydra").Hydra.create_main_hydra2
    made: object = make(task_name=utils.detect_task_name(file, module), config_search_path=search)
    return made


def _groups(loader: object, parent: str, chosen: dict[str, object]) -> Iterator[dict[str, object]]:
    """The config groups, each with its options; Hydra's own ones are left out."""
    from importlib import import_module

    only = import_module("hydra.core.object_type").ObjectType.CONFIG
    for name in loader.list_groups(parent):  # type: ignore[attr-defined]
        full = f"{parent}/{name}" if parent else name
        if full.split("/")[0] == "hydra":
            continue
        options = loader.get_group_options(full, results_filter=only)  # type: ignore[attr-defined]
        if options:
            default = chosen.get(full)
            yield {
                "name": full,
                "flags": [] if full in chosen else ["+" + full],
                "action": "override",
                "type": "str",
                "default": json_values.plain(default),
                "choices": list(options),
                "description": "config group",
            }
        yield from _groups(loader, full, chosen)


def _nodes(config: object) -> Iterator[tuple[object, object]]:
    for key in config:  # type: ignore[attr-defined]
        yield key, config._get_node(key)  # type: ignore[attr-defined]


def _leaves(node: object, key: str, config: object) -> Iterator[dict[str, object]]:
    """The values below a node: a list is one, an empty table too."""
    from importlib import import_module

    omega = import_module("omegaconf")
    if (
        isinstance(node, omega.DictConfig)
        and not (node._is_none() or node._is_missing() or node._is_interpolation())
        and len(node)
    ):
        for name, below in _nodes(node):
            yield from _leaves(below, f"{key}.{name}", config)
        return
    missing = bool(node._is_missing())  # type: ignore[attr-defined]
    value = None if missing else _value(config, key, omega.OmegaConf)
    hint = getattr(getattr(node, "_metadata", None), "ref_type", None)
    plain = json_values.plain(value)
    is_list = isinstance(plain, list)
    typed = None if hint is None or "Any" in str(hint) else hint
    yield {
        "name": key,
        "action": "override",
        "type": (json_values.items(None, plain) or "") if is_list else json_values.annotated(typed, value),
        "nargs": "[]" if is_list else "",
        "default": plain,
        "choices": json_values.literals(hint),
        "required": missing,
    }


def _value(config: object, key: str, omega: object) -> object:
    """The value with what it refers to; as it is written where that cannot be found yet."""
    try:
        value = omega.select(config, key)  # type: ignore[attr-defined]
        return omega.to_container(value, resolve=True) if omega.is_config(value) else value  # type: ignore[attr-defined]
    except Exception:
        node = config
        for part in key.split("."):
            node = node._get_node(part)  # type: ignore[attr-defined]
        return str(node._value())  # type: ignore[attr-defined]
