"""Writes and reads `plan.json`: the part of a plan that a staged run needs to start, here or on another machine."""

import json
from collections.abc import Mapping
from typing import Literal, cast

from gage.lib import secrets
from gage.lib.uuid7 import name_from_id
from gage.runner import plan_secrets
from gage.store import opref, summaries
from gage.store.manifest import is_safe_path
from gage.store.meta_writer import MetaWriter
from gage.types.errors import RunFailed, StoreError
from gage.types.opdef import HOOKS, Exec
from gage.types.plan import ConfigValue, Dependency, RunCommand, RunPlan
from gage.types.values import JSONValue, as_list

JSONTable = Mapping[str, JSONValue]


def plan_to_json(plan: RunPlan) -> JSONValue:
    """Returns the plan as JSON, with secrets masked."""
    return {
        "command": plan_secrets.mask_command(plan, plan.command),
        "arguments": plan_secrets.mask_words(plan, plan.arguments),
        "cwd": plan.cwd,
        "env": plan_secrets.mask_env(plan, plan.env),
        "hooks": {name: plan_secrets.mask_command(plan, e) for name, e in plan.hooks.items()},
        "interpreter": plan.interpreter,
        "max-time": plan.max_time,
        "project": plan.project_dir,
        "inputs": [
            [i.path, i.why, i.files, i.size, *(("link", i.target) if i.target else ("copy", i.root))]
            for i in plan.dependencies
        ],
        "settings": [_setting_to_json(s) for s in plan.config_values],
    }


def reject_secrets(plan: RunPlan) -> None:
    """Raises RunFailed if a command of the plan holds a secret, since secrets are not stored."""
    for command in (plan.command, *plan.hooks.values()):
        if plan_secrets.mask_command(plan, command) != command.to_json():
            raise RunFailed(
                "Cannot stage the run: its command contains a secret, and secrets are not stored",
                "Give the secret in the environment, such as: --env API_KEY=...",
            )


def _setting_to_json(s: ConfigValue) -> JSONValue:
    value, default = plan_secrets.mask_config_value(s.name, s.value), plan_secrets.mask_config_value(s.name, s.default)
    return {
        "name": s.name,
        "value": value,
        "default": default,
        "given": s.set_by_user,
        "target": s.target,
        "place": s.location,
        "description": s.description,
    }


def mask_json(value: JSONValue, name: str = "") -> JSONValue:
    """Returns an op def, or a part of one, with secrets in commands and variables masked."""
    if isinstance(value, Mapping):
        of = str(value.get("name", ""))
        return {n: mask_json(v, of if of and n in ("default", "value") else n) for n, v in value.items()}
    if isinstance(value, str):
        return secrets.mask_shell_line(secrets.mask_value(name, value))
    if isinstance(value, (list, tuple)):
        if all(isinstance(v, str) for v in value):
            return secrets.mask_args([str(v) for v in value])
        return [mask_json(v) for v in value]
    return value


def load_plan(run: MetaWriter) -> RunPlan:
    """Returns the plan of a staged run. Raises StoreError when its files are damaged."""
    try:
        raw = cast(JSONTable, json.loads(run.read("plan.json")))
        opdef = cast(JSONTable, json.loads(run.read("opdef.json")))
        env = cast(Mapping[str, str], raw["env"])
        limit = raw["max-time"]
        return RunPlan(
            op=opref.parse(run.read("opref").decode()),
            opdef=opdef,
            project_dir=str(raw["project"]),
            command=Exec.from_json(raw["command"]),
            request=RunCommand((), "", ""),
            arguments=tuple(map(str, as_list(raw.get("arguments")))),
            cwd=_check_cwd(str(raw["cwd"])),
            config_values=tuple(_parse_setting(s) for s in cast(list[JSONTable], raw["settings"])),
            dependencies=tuple(_parse_dependency(i) for i in cast(list[JSONValue], raw["inputs"])),
            hooks={n: Exec.from_json(e) for n in HOOKS if (e := cast(JSONTable, raw["hooks"]).get(n))},
            env={n: v for n, v in env.items() if v != secrets.MASK},
            interpreter=str(raw["interpreter"]),
            max_time=float(limit) if isinstance(limit, (int, float)) else None,
            attributes=summaries.parse_attributes(json.loads(run.find(summaries.ATTRIBUTES_MEMBER) or b"{}")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as e:
        raise StoreError(f"Cannot start run {name_from_id(run.id)}: its plan is damaged ({e})") from None


def _check_cwd(cwd: str) -> str:
    if cwd.startswith("/") or ".." in cwd.split("/") or "\0" in cwd:
        raise ValueError("its working directory is outside of the run directory")
    return cwd


def _parse_dependency(raw: JSONValue) -> Dependency:
    match raw:
        case [str(path), str(why), int(files), int(size), *rest] if is_safe_path(path) and len(rest) <= 2:
            mode, root = (rest + ["copy", ""][len(rest) :])[:2]
            if mode == "link" and isinstance(root, str):
                return Dependency(path, why, files, size, target=root)
            if mode in ("copy", "view") and isinstance(root, str):
                return Dependency(path, why, files, size, root)
    raise ValueError(f"unexpected dependency {str(raw)[:100]}")


def _parse_setting(raw: JSONTable) -> ConfigValue:
    target = raw["target"]
    if target not in ("file", "argument", "env", "name"):
        raise ValueError(f"unknown target {target!r}")
    return ConfigValue(
        str(raw["name"]),
        raw["value"],
        raw["default"],
        bool(raw["given"]),
        cast(Literal["file", "argument", "env", "name"], target),
        str(raw["place"]),
        str(raw["description"]),
    )
