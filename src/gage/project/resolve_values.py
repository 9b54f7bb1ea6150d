"""Assigned values → the parameters of a run: finds names, converts values to types and checks them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from gage.assignments.parse import AssignedValue
from gage.project.parameter_spec import SUBCOMMAND, VALUE_TYPES, ParameterSpec, ValueType, is_same_value
from gage.project.parser_parameters import select_subcommand
from gage.types.errors import ConfigError
from gage.types.values import TYPE_NAMES, JSONValue, as_list

_PYTHON_TYPES: Mapping[ValueType, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "number": (int, float),
    "str": (str,),
    "bool": (bool,),
    "list": (list,),
}
_TRUE_WORDS = ("yes", "y", "on", "1", "true")
_FALSE_WORDS = ("no", "n", "off", "0", "false")
_RANGE = r"-?[\d.]+(?::-?[\d.]+){1,2}"  # 0:1:0.1
_NON_FINITE = {"nan": float("nan"), "inf": float("inf"), "+inf": float("inf"), "-inf": -float("inf")}


def resolve_values(
    specs: Sequence[ParameterSpec], assigned_values: Mapping[str, AssignedValue], operation: str, note: str = ""
) -> list[ParameterSpec]:
    """Returns the parameters with the assigned values; hidden ones only if they were assigned.

    `operation` is the name for messages, `note` the reason why parameters could not be found ("" = none). Raises
    ConfigError for an unknown name and an invalid value.
    """
    subcommand = next((spec for spec in specs if spec.is_subcommand), None)
    if subcommand is not None:
        assigned = assigned_values.get(subcommand.config.name)
        command = _check_limits(subcommand, SUBCOMMAND, assigned.text, assigned.text) if assigned else ""
        specs = select_subcommand(specs, assigned_values, str(command))
    chosen = {_get_key(spec): spec for spec in specs if not spec.is_hidden}
    known = _map_names(specs)
    for name, assigned in assigned_values.items():
        if name not in known:
            raise _unknown_parameter(name, operation, [s.config.name for s in chosen.values()], list(known), note)
        for spec in known[name]:
            value = convert_value(spec, name, assigned)
            is_opposite = isinstance(value, bool) and name in spec.negations
            _set_value(chosen, specs, spec, not value if is_opposite else value)
    for spec in chosen.values():
        is_missing = spec.config.value is None and not spec.config.set_by_user
        if spec.required and is_missing and not spec.is_override:
            raise ConfigError(f"{operation} requires a value for {spec.config.name}", f"Try: {spec.config.name}=VALUE")
    return [_follow_anchor(spec, chosen.values()) for spec in chosen.values()]


def _get_key(spec: ParameterSpec) -> tuple[str, str]:
    return spec.config.name, spec.config.location


def _map_names(specs: Sequence[ParameterSpec]) -> dict[str, list[ParameterSpec]]:
    """Returns name → the parameters that it sets. A parameter's own name takes precedence over an alias."""
    known: dict[str, list[ParameterSpec]] = {}
    for spec in specs:
        known.setdefault(spec.config.name, []).append(spec)
    for spec in specs:
        for alias in (*spec.aliases, *spec.negations):
            known.setdefault(alias, [spec])
    return known


def _set_value(
    chosen: dict[tuple[str, str], ParameterSpec],
    specs: Sequence[ParameterSpec],
    spec: ParameterSpec,
    value: JSONValue,
) -> None:
    """Sets the value of `spec` in `chosen`. An item of a list changes the list; a table sets each of its parts."""
    whole = next((w for w in chosen.values() if spec.is_hidden and _find_path(w, spec)), None)
    if whole is not None:
        value, spec = _replace_item(whole.config.value, _find_path(whole, spec), value), whole
    parts = {path[0]: part for part in specs if spec.is_hidden and len(path := _find_path(spec, part)) == 1}
    if spec.is_hidden and isinstance(value, Mapping):
        for key, item in value.items():
            if key not in parts:
                raise ConfigError(f"{spec.config.name} has no key {key!r}", f"Its keys: {', '.join(parts)}")
            _set_value(chosen, specs, parts[key], item)
        return
    for part in specs:
        if spec.is_hidden and _find_path(spec, part):
            chosen.pop(_get_key(part), None)
    chosen[_get_key(spec)] = spec.set_value(value)


def _find_path(whole: ParameterSpec, part: ParameterSpec) -> list[str]:
    """Returns the keys that lead from a parameter to its part, [] if it is not a part."""
    is_inside = whole.config.target == part.config.target == "file"
    if not is_inside or not part.config.location.startswith(f"{whole.config.location}."):
        return []
    return part.config.location.removeprefix(f"{whole.config.location}.").split(".")


def _replace_item(value: JSONValue, path: list[str], new: JSONValue) -> JSONValue:
    """Returns a table or list with the item at a path replaced."""
    if not path:
        return new
    if isinstance(value, Mapping):
        return {k: _replace_item(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    items = list(value) if isinstance(value, (list, tuple)) else []
    return [_replace_item(v, path[1:], new) if str(i) == path[0] else v for i, v in enumerate(items)]


def _follow_anchor(spec: ParameterSpec, others: Iterable[ParameterSpec]) -> ParameterSpec:
    """Returns a parameter that is a YAML alias with the value of its anchor."""
    if not spec.follows or spec.config.set_by_user:
        return spec
    value = next((x.config.value for x in others if x.config.location == spec.follows), spec.config.value)
    return spec._replace(config=spec.config._replace(value=value, default=value))


def _unknown_parameter(name: str, operation: str, names: list[str], known: list[str], note: str) -> ConfigError:
    from gage.lib.suggest import find_closest

    if note and not names:
        return ConfigError(f"Cannot set {name!r} for {operation}", note)
    similar = find_closest(name, known) or next((k for k in known if k.endswith(f".{name}")), None)
    if similar:
        hint = f"Did you mean {similar!r}?"
    elif names:
        more = f" and {len(names) - 30} more" if len(names) > 30 else ""
        hint = f"Parameters: {', '.join(names[:30])}{more}"
    else:
        hint = "It has no parameters; to add values of config files, see 'gage help config'"
    return ConfigError(f"Unknown parameter {name!r} for {operation}", hint)


def convert_value(spec: ParameterSpec, name: str, assigned: AssignedValue) -> JSONValue:
    """Returns the assigned value in the parameter's type. Raises ConfigError for an invalid one."""
    kind, text = spec.value_type, assigned.text
    value = _convert_text(kind, assigned, spec.has_converter)
    if value is None and _accepts_null(spec, assigned.is_typed):
        return None
    if kind == "list":
        return [_check_limits(spec, name, item, text) for item in _convert_items(spec, name, assigned)]
    if not assigned.is_typed and not kind and not spec.has_converter and text[:1] in ("[", "{"):
        from gage.assignments.yaml_inline import parse_inline_value

        inline = parse_inline_value(text)
        value = value if inline is None else inline
    _check_type(spec, kind, name, value, text)
    return _check_limits(spec, name, value, text)


def _accepts_null(spec: ParameterSpec, is_typed: bool) -> bool:
    """Returns whether the value may be null, which a file can contain, but a command line cannot."""
    if spec.config.default is None or spec.is_override:
        return is_typed or spec.value_type != "str"
    return is_typed and spec.config.target != "argument"


def _convert_text(kind: ValueType, assigned: AssignedValue, has_converter: bool) -> JSONValue:
    """Returns the value converted to `kind`. A typed value (`name:=JSON`) is not converted.

    If the program `has_converter` and `kind` is unknown, a number or boolean stays text unless Python writes it the
    same way: `1` becomes a number, `01` stays text.
    """
    value, text = assigned.value, assigned.text
    if assigned.is_typed:
        return value
    match kind:
        case "" if has_converter and value is not None:
            return value if str(value) == text else text
        case "str":
            return text
        case "bool" if text.lower() in (*_TRUE_WORDS, *_FALSE_WORDS):
            return text.lower() in _TRUE_WORDS
        case "float" | "number" if isinstance(value, str):
            return _NON_FINITE.get(text.lower(), value)
        case "int" if isinstance(value, float) and "e" in text.lower() and value.is_integer():
            return int(value)
    return value


def _convert_items(spec: ParameterSpec, name: str, assigned: AssignedValue) -> list[JSONValue]:
    """Returns the list of `[a, b]` or of a single value, with its items in the parameter's item type."""
    items: list[AssignedValue] | None = None
    if assigned.is_typed:
        _check_type(spec, "list", name, assigned.value, assigned.text)
        items = [assigned._replace(value=item) for item in as_list(assigned.value)]
    elif assigned.text[:1] == "[":
        from gage.assignments.yaml_inline import parse_inline_items

        items = parse_inline_items(assigned.text)
    kind = VALUE_TYPES.get(spec.item_type, "")
    values = []
    for item in [assigned] if items is None else items:
        values.append(_convert_text(kind, item, spec.has_converter))
        _check_type(spec, kind, name, values[-1], item.text)
    return values


def _check_type(spec: ParameterSpec, kind: ValueType, name: str, value: JSONValue, text: str) -> None:
    allowed = _PYTHON_TYPES.get(kind)
    if allowed is None or (isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))):
        return
    example = _build_example(spec, kind)
    hint = f"For example {name}={example}"
    if text[:1] == "[" and text[-1:] == "]":
        hint = f"Several values would start a batch; a single one is needed here, such as {name}={example}"
    elif ("," in text and spec.type == "list") or re.fullmatch(_RANGE, text):
        hint = f"For example {name}=[{text}]"
    raise ConfigError(f"{name} must be {TYPE_NAMES[allowed[-1]]}, got {text!r}", hint)


def _build_example(spec: ParameterSpec, kind: ValueType) -> str:
    default = spec.config.default
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, (int, float, str)) and default != "":
        return str(default)
    return {"int": "1", "bool": "true", "list": "[1,2]", "str": "text"}.get(kind, "0.1")


def _check_limits(spec: ParameterSpec, name: str, value: JSONValue, text: str) -> JSONValue:
    """Returns the value, or the choice that it stands for. Raises ConfigError for one that is not allowed."""
    choices = spec.config.choices
    if choices and not any(is_same_value(value, c) for c in choices):
        matches = [c for c in choices if value == c or text == c or text == str(c) or value == str(c)]
        matches = matches or [c for c in choices if str(c).lower() == str(value).lower()]
        if len(matches) != 1:
            shown = ", ".join(str(c) for c in choices)
            raise ConfigError(f"{text!r} is not a choice for {name}", f"Choices: {shown}")
        value = matches[0]
    if not isinstance(value, bool) and isinstance(value, (int, float)):
        if spec.minimum is not None and not value >= spec.minimum:
            raise ConfigError(f"{name} must be {spec.minimum:g} or more, got {value}")
        if spec.maximum is not None and not value <= spec.maximum:
            raise ConfigError(f"{name} must be {spec.maximum:g} or less, got {value}")
    return value
