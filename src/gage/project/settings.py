"""The config of a run: what can be set, what the user chose, and where each value goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gage.config.assignments import Assigned
from gage.lib.globs import is_glob, matcher
from gage.types.errors import ConfigError
from gage.types.opdef import ConfigDef, OpDef
from gage.types.plan import FilePatch, Setting
from gage.types.values import JSONValue, type_names

if TYPE_CHECKING:
    from gage.config.argparse_args import Argument

TYPES = {
    "int": (int,),
    "integer": (int,),
    "float": (int, float),
    "number": (int, float),
    "str": (str,),
    "string": (str,),
    "text": (str,),
    "bool": (bool,),
    "boolean": (bool,),
    "list": (list,),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that can be set. `aliases` are other ways to write its name; `type` is a key of `TYPES` or ""."""

    setting: Setting
    type: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    aliases: tuple[str, ...] = ()


def offered(op: OpDef, project: Path, script: Path | None) -> tuple[list[Offered], str]:
    """All that can be set for the operation, and a sentence on what could not be found out ("" = nothing).

    From its `config`; if it has none, from the Python script that it starts: the arguments of its argparse parser, else
    its module-level constants.
    """
    if op.config:
        return [o for c in op.config for o in _of_def(c, project)], ""
    if script is None:
        return [], ""
    try:
        return _of_script(script, project), ""
    except ConfigError as e:
        return [], f"The settings of {script.name} are not known: {e.message[:1].lower()}{e.message[1:]}"


def _of_script(script: Path, project: Path) -> list[Offered]:
    source = _text(script)
    place = script.relative_to(project).as_posix() if script.is_relative_to(project) else script.name
    from gage.config import argparse_args

    arguments = argparse_args.read(source)
    if arguments is not None:
        return [_of_argument(a) for a in arguments]
    return _of_python(source, place)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path.name} is not UTF-8 text") from None
    except OSError as e:
        raise ConfigError(f"{path.name} cannot be read: {e.strerror}") from None


def _of_argument(argument: "Argument") -> Offered:
    kind = argument.type
    if argument.action in ("store_true", "store_false", "optional_bool"):
        kind = "bool"
    elif argument.action == "count":
        kind = "int"
    elif argument.nargs not in ("", "?") or argument.action in ("append", "extend"):
        kind = ""
    name = argument.flag.lstrip("-") if argument.flag.startswith("--") else argument.name
    written = [argument.name, *(f.lstrip("-") for f in argument.flags)]
    aliases = dict.fromkeys(w.replace(*pair) for w in written for pair in (("", ""), ("-", "_"), ("_", "-")))
    default = argument.default
    if argument.action == "store_false":
        default = True
    setting = Setting(
        name,
        default,
        default,
        False,
        "argument",
        argument.flag or argument.name,
        argument.description,
        argument.choices,
    )
    if not kind and not argument.choices and argument.action == "store" and argument.nargs in ("", "?"):
        kind = "" if argument.converts else _untyped(argument.default)
    return Offered(setting, kind, argument.required, aliases=tuple(aliases))


def _untyped(default: JSONValue) -> str:
    """argparse hands text to a program that asked for no type."""
    return "str" if default is None or isinstance(default, str) else ""


def _of_python(source: str, place: str) -> list[Offered]:
    from gage.config import python_values

    return [
        Offered(Setting(name, found.value, found.value, False, "file", f"{place}#{name}"), _kind(found.value))
        for name, found in python_values.read(source).items()
    ]


def _kind(value: JSONValue) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "str"
    return "list" if isinstance(value, Sequence) else ""


def _of_def(definition: ConfigDef, project: Path) -> list[Offered]:
    if definition.name and not definition.keys:
        target, place = ("env", definition.target[4:]) if definition.target.startswith("env:") else ("name", "")
        if definition.target and target == "name":
            target, place = "argument", definition.target
        setting = Setting(definition.name, definition.default, definition.default, False, target, place)  # type: ignore[arg-type]
        return [_described(Offered(setting, definition.type or _kind(definition.default)), definition)]
    found = [o for key in definition.keys if not key.startswith("-") for o in _of_key(key, project)]
    excluded = [key[1:] for key in definition.keys if key.startswith("-")]
    kept = [o for o in found if not any(_fits(o.setting.place, key) for key in excluded)]
    return [_described(_renamed(o, definition), definition) for o in kept]


def _of_key(key: str, project: Path) -> list[Offered]:
    """The values of `train.py`, `train.py#lr`, `train.py#model_*` or `*.py#lr`."""
    file, _, name = key.partition("#")
    paths = [project / file]
    if is_glob(file):
        fits = matcher(file)
        paths = sorted(p for p in project.rglob("*.py") if fits(p.relative_to(project).as_posix()))
    found: list[Offered] = []
    for path in paths:
        place = path.relative_to(project).as_posix()
        if not path.is_file():
            raise ConfigError(f"The config names {file}, which is not in the project", f"Try: ls {project}")
        found += _of_file(path, place)
    wanted = matcher(name) if name and is_glob(name) else None
    chosen = [
        o for o in found if not name or name == "*" or o.setting.name == name or (wanted and wanted(o.setting.name))
    ]
    if name and not chosen:
        raise ConfigError(f"The config names {key}, but {file} has no such setting", _have(found))
    return chosen


def _of_file(path: Path, place: str) -> list[Offered]:
    if path.suffix != ".py":
        raise ConfigError(
            f"Values of {place} cannot be set: it is no Python file", "Name a .py file, or use name in config"
        )
    source = _text(path)
    from gage.config import argparse_args

    arguments = argparse_args.read(source)
    return [_of_argument(a) for a in arguments] if arguments is not None else _of_python(source, place)


def _have(found: list[Offered]) -> str:
    return f"It has: {', '.join(o.setting.name for o in found)}" if found else "It has no settings"


def _fits(place: str, key: str) -> bool:
    return place == key or matcher(key)(place) or ("#" not in key and place.split("#")[0] == key)


def _renamed(o: Offered, definition: ConfigDef) -> Offered:
    name = definition.rename or o.setting.name
    if definition.strip_prefix:
        name = name.removeprefix(definition.strip_prefix)
    return replace(o, setting=replace(o.setting, name=definition.prefix + name), aliases=())


def _described(o: Offered, definition: ConfigDef) -> Offered:
    setting = replace(
        o.setting,
        description=definition.description or o.setting.description,
        choices=definition.choices or o.setting.choices,
    )
    if definition.default is not None and definition.keys:
        setting = replace(setting, value=definition.default, given=definition.default != setting.default)
    return replace(
        o,
        setting=setting,
        type=definition.type or o.type,
        required=definition.required or o.required,
        minimum=definition.minimum,
        maximum=definition.maximum,
    )


def choose(options: Sequence[Offered], given: Mapping[str, Assigned], what: str, unknown: str = "") -> list[Setting]:
    """The settings with what the user gave. `what` names the operation in messages; `unknown` says why settings could
    not be found. Raises ConfigError for a name that fits nothing and for a value that cannot be.
    """
    chosen: dict[str, Setting] = {o.setting.name: o.setting for o in options}
    known = {name: o for o in options for name in (o.setting.name, *o.aliases)}
    for name, assigned in given.items():
        if name not in known:
            raise _unknown(name, what, [o.setting.name for o in options], list(known), unknown)
        o = known[name]
        chosen[o.setting.name] = replace(o.setting, value=_typed(o, name, assigned), given=True)
    for o in options:
        if o.required and not chosen[o.setting.name].given and o.setting.value is None:
            raise ConfigError(f"{what} needs a value for {o.setting.name}", f"Try: {o.setting.name}=VALUE")
    return list(chosen.values())


def _unknown(name: str, what: str, names: list[str], known: list[str], why: str) -> ConfigError:
    from gage.lib.suggest import nearest

    if why:
        return ConfigError(f"{name!r} cannot be set for {what}", why)
    near = nearest(name, known)
    if near:
        return ConfigError(f"{what} has no setting {name!r}", f"Did you mean {near!r}?")
    shown = ", ".join(names[:30])
    return ConfigError(f"{what} has no setting {name!r}", f"It has: {shown}" if names else "It has no settings")


def _typed(o: Offered, name: str, assigned: Assigned) -> JSONValue:
    value = assigned.value
    if o.type in ("str", "string", "text") and not assigned.exact:
        value = assigned.text
    elif o.type == "list" and not assigned.exact and isinstance(value, str):
        value = _list_of(name, value)
    elif o.type in ("float", "number") and isinstance(value, str):
        value = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}.get(value.lower(), value)
    _check_type(o, name, value, assigned)
    _check_choice(o, name, value, assigned)
    _check_bounds(o, name, value)
    return value


def _list_of(name: str, text: str) -> JSONValue:
    import ast

    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _check_type(o: Offered, name: str, value: JSONValue, assigned: Assigned) -> None:
    wanted = TYPES.get(o.type)
    if wanted is None or (value is None and o.setting.default is None):
        return
    fits = isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))
    if not fits:
        hint = f"For example {name}={_example(o)}"
        raise ConfigError(f"{name} must be {type_names[wanted[-1]]}, got {assigned.text!r}", hint)


def _example(o: Offered) -> str:
    default = o.setting.default
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, (int, float, str)) and default != "":
        return str(default)
    return {"int": "1", "integer": "1", "bool": "true", "boolean": "true", "list": "[1,2]"}.get(o.type, "0.1")


def _check_choice(o: Offered, name: str, value: JSONValue, assigned: Assigned) -> None:
    choices = o.setting.choices
    if choices and value not in choices and assigned.text not in choices:
        shown = ", ".join(str(c) for c in choices)
        raise ConfigError(f"{assigned.text!r} is not a choice for {name}", f"Choices: {shown}")


def _check_bounds(o: Offered, name: str, value: JSONValue) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    if o.minimum is not None and not value >= o.minimum:
        raise ConfigError(f"{name} must be {o.minimum:g} or more, got {value}")
    if o.maximum is not None and not value <= o.maximum:
        raise ConfigError(f"{name} must be {o.maximum:g} or less, got {value}")


def patches(settings: Sequence[Setting]) -> tuple[FilePatch, ...]:
    """What has to be written into the run's copy of the source code: chosen values that live in files."""
    files: dict[str, dict[str, JSONValue]] = {}
    for s in settings:
        if s.target == "file" and s.given and (s.value != s.default or type(s.value) is not type(s.default)):
            path, _, key = s.place.partition("#")
            files.setdefault(path, {})[key] = s.value
    return tuple(FilePatch(path, values) for path, values in files.items())
