"""Assigned values → the parameters of a run: finds names, converts values to types and checks them."""

from collections.abc import Iterable, Mapping, Sequence

from gage.assignments.parse import AssignedValue
from gage.project import parser_parameters
from gage.project.parameter_spec import VALUE_TYPES, ParameterSpec, ValueType, is_same_value
from gage.project.parser_parameters import SUBCOMMAND
from gage.types.errors import ConfigError
from gage.types.values import TYPE_NAMES, JSONValue

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
_NON_FINITE = {"nan": float("nan"), "inf": float("inf"), "+inf": float("inf"), "-inf": -float("inf")}


def resolve_values(
    specs: Sequence[ParameterSpec], assigned_values: Mapping[str, AssignedValue], operation: str, note: str = ""
) -> list[ParameterSpec]:
    """Returns the parameters with the assigned values; hidden ones only if they were assigned.

    `operation` is the name for messages, `note` the reason why parameters could not be found ("" = none). Raises
    ConfigError for an unknown name and an invalid value.
    """
    named = next((o for o in specs if parser_parameters.is_subcommand(o)), None)
    if named is not None:
        assigned = assigned_values.get(named.config.name)
        command = _check_limits(named, SUBCOMMAND, assigned.text, assigned.text) if assigned else ""
        specs = parser_parameters.select_subcommand(specs, assigned_values, str(command))
    chosen = {_get_key(o): o for o in specs if not o.is_hidden}
    known = _map_names(specs)
    for name, assigned in assigned_values.items():
        if name not in known:
            raise _unknown_parameter(name, operation, [o.config.name for o in chosen.values()], list(known), note)
        for o in known[name]:
            value = convert_value(o, name, assigned)
            is_opposite = isinstance(value, bool) and name in o.negations
            _set_value(chosen, specs, o, not value if is_opposite else value)
    for o in chosen.values():
        if o.required and not o.nullable and not o.config.set_by_user and o.config.value is None:
            raise ConfigError(f"{operation} requires a value for {o.config.name}", f"Try: {o.config.name}=VALUE")
    return [_follow_anchor(o, chosen.values()) for o in chosen.values()]


def _get_key(o: ParameterSpec) -> tuple[str, str]:
    return o.config.name, o.config.location


def _map_names(options: Sequence[ParameterSpec]) -> dict[str, list[ParameterSpec]]:
    """Returns name → the parameters that it sets. A parameter's own name takes precedence over an alias."""
    known: dict[str, list[ParameterSpec]] = {}
    for o in options:
        known.setdefault(o.config.name, []).append(o)
    for o in options:
        for alias in (*o.aliases, *o.negations):
            known.setdefault(alias, [o])
    return known


def _set_value(
    chosen: dict[tuple[str, str], ParameterSpec], options: Sequence[ParameterSpec], o: ParameterSpec, value: JSONValue
) -> None:
    """Sets the value of `o`. An item of a list changes the list; a table sets each of its parts."""
    whole = next((w for w in chosen.values() if o.is_hidden and _find_path(w, o)), None)
    if whole is not None:
        value, o = _replace_item(whole.config.value, _find_path(whole, o), value), whole
    parts = {p.config.location: p for p in options if o.is_hidden and _find_path(o, p)}
    if o.is_hidden and isinstance(value, Mapping):
        for key, item in value.items():
            part = parts.get(f"{o.config.location}.{key}")
            if part is None:
                raise ConfigError(f"{o.config.name} has no key {key!r}", f"Its keys: {', '.join(_list_keys(o, parts))}")
            _set_value(chosen, options, part, item)
        return
    for part in parts.values():
        chosen.pop(_get_key(part), None)
    chosen[_get_key(o)] = o._replace(config=o.config._replace(value=value, set_by_user=True))


def _find_path(whole: ParameterSpec, part: ParameterSpec) -> list[str]:
    """Returns the keys that lead from a parameter to its part, [] if it is not a part."""
    is_inside = whole.config.target == part.config.target == "file"
    if not is_inside or not part.config.location.startswith(f"{whole.config.location}."):
        return []
    return part.config.location.removeprefix(f"{whole.config.location}.").split(".")


def _list_keys(o: ParameterSpec, parts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(p.removeprefix(f"{o.config.location}.").split(".")[0] for p in parts))


def _replace_item(value: JSONValue, path: list[str], new: JSONValue) -> JSONValue:
    if not path:
        return new
    if isinstance(value, Mapping):
        return {k: _replace_item(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    items = list(value) if isinstance(value, (list, tuple)) else []
    return [_replace_item(v, path[1:], new) if str(i) == path[0] else v for i, v in enumerate(items)]


def _follow_anchor(o: ParameterSpec, others: Iterable[ParameterSpec]) -> ParameterSpec:
    """Returns a parameter with the value of the one that it repeats (a YAML alias)."""
    if not o.follows or o.config.set_by_user:
        return o
    leader = next((x for x in others if x.config.location == o.follows), None)
    value = leader.config.value if leader else o.config.value
    return o._replace(config=o.config._replace(value=value, default=value))


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


def convert_value(o: ParameterSpec, name: str, assigned: AssignedValue) -> JSONValue:
    """Returns the assigned value in the parameter's type. Raises ConfigError for an invalid one."""
    value = assigned.value if assigned.is_typed else _convert_text(o.value_type, assigned, o.as_typed)
    if value is None and _accepts_null(o, assigned.is_typed):
        return None
    if o.value_type == "list":
        value = _convert_list(o, name, value, assigned)
    elif not assigned.is_typed and not o.value_type and not o.as_typed and assigned.text[:1] in ("[", "{"):
        value = _parse_flow(assigned.text, value)
    _check_type(o, o.value_type, name, value, assigned.text)
    items = value if o.value_type == "list" and isinstance(value, list) else [value]
    checked = [_check_limits(o, name, item, assigned.text) for item in items]
    return checked if o.value_type == "list" else checked[0]


def _accepts_null(o: ParameterSpec, is_exact: bool) -> bool:
    """Returns whether the value may be null, which a file can hold, but a command line cannot."""
    if o.config.default is None or o.nullable:
        return is_exact or o.value_type != "str"
    return is_exact and o.config.target != "argument"


def _convert_text(kind: ValueType, assigned: AssignedValue, as_typed: bool) -> JSONValue:
    """Returns the value of a text as that type. Without a type, and `as_typed`, it stays text unless the value is
    written exactly so.
    """
    value, text = assigned.value, assigned.text
    match kind:
        case "" if as_typed and value is not None:
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


def _convert_list(o: ParameterSpec, name: str, value: JSONValue, assigned: AssignedValue) -> JSONValue:
    """Returns the list of `[a, b]` or of a single value, with its items in the parameter's item type."""
    items = VALUE_TYPES.get(o.item_type, "")
    if assigned.is_typed:
        for item in value if isinstance(value, list) else []:
            _check_type(o, items, name, item, assigned.text)
        return value
    if assigned.text[:1] == "[":
        from gage.assignments.yaml_inline import parse_inline_items

        found = parse_inline_items(assigned.text)
        if found is not None:
            return [_convert_item(o, items, name, a) for a in found]
    return [_convert_item(o, items, name, assigned)]


def _convert_item(o: ParameterSpec, kind: ValueType, name: str, assigned: AssignedValue) -> JSONValue:
    value = _convert_text(kind, assigned, o.as_typed)
    _check_type(o, kind, name, value, assigned.text)
    return value


def _parse_flow(text: str, otherwise: JSONValue) -> JSONValue:
    from gage.assignments.yaml_inline import parse_inline_value

    found = parse_inline_value(text)
    return otherwise if found is None else found


def _check_type(o: ParameterSpec, kind: ValueType, name: str, value: JSONValue, text: str) -> None:
    allowed = _PYTHON_TYPES.get(kind)
    if allowed is None or (isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))):
        return
    several = ("," in text and o.type == "list") or _is_range(text)
    example = f"[{text.strip('[]')}]" if several else _build_example(o, kind)
    hint = f"For example {name}={example}"
    if text[:1] == "[" and text[-1:] == "]":
        hint = (
            f"Several values would start a batch; a single one is needed here, such as {name}={_build_example(o, kind)}"
        )
    raise ConfigError(f"{name} must be {TYPE_NAMES[allowed[-1]]}, got {text!r}", hint)


def _is_range(text: str) -> bool:
    """Returns whether a text is a range without its brackets: `0:1:0.1`."""
    parts = text.split(":")
    return len(parts) in (2, 3) and all(p.strip().lstrip("-").replace(".", "", 1).isdigit() for p in parts)


def _build_example(o: ParameterSpec, kind: ValueType) -> str:
    default = o.config.default
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, (int, float, str)) and default != "":
        return str(default)
    return {"int": "1", "bool": "true", "list": "[1,2]", "str": "text"}.get(kind, "0.1")


def _check_limits(o: ParameterSpec, name: str, value: JSONValue, text: str) -> JSONValue:
    """Returns the value, or the choice that it stands for. Raises ConfigError for one that is not allowed."""
    choices = o.config.choices
    if choices and not any(is_same_value(value, c) for c in choices):
        matches = [c for c in choices if value == c or text == c or text == str(c) or value == str(c)]
        matches = matches or [c for c in choices if str(c).lower() == str(value).lower()]
        if len(matches) != 1:
            shown = ", ".join(str(c) for c in choices)
            raise ConfigError(f"{text!r} is not a choice for {name}", f"Choices: {shown}")
        value = matches[0]
    if not isinstance(value, bool) and isinstance(value, (int, float)):
        if o.minimum is not None and not value >= o.minimum:
            raise ConfigError(f"{name} must be {o.minimum:g} or more, got {value}")
        if o.maximum is not None and not value <= o.maximum:
            raise ConfigError(f"{name} must be {o.maximum:g} or less, got {value}")
    return value
