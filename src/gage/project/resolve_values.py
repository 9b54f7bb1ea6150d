"""What the user gave → the settings of the run: names found, values typed and checked, before anything is made."""

from collections.abc import Iterable, Mapping, Sequence

from gage.assignments.parse import AssignedValue
from gage.project import parser_parameters
from gage.project.parameter_spec import VALUE_TYPES, ParameterSpec, ValueType, is_same_value
from gage.project.parser_parameters import SUBCOMMAND
from gage.types.errors import ConfigError
from gage.types.values import TYPE_NAMES, JSONValue

_FITS: Mapping[ValueType, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "number": (int, float),
    "str": (str,),
    "bool": (bool,),
    "list": (list,),
}
_YES = ("yes", "y", "on", "1", "true")
_NO = ("no", "n", "off", "0", "false")
_NUMBERS = {"nan": float("nan"), "inf": float("inf"), "+inf": float("inf"), "-inf": -float("inf")}


def resolve_values(
    options: Sequence[ParameterSpec], given: Mapping[str, AssignedValue], what: str, unknown: str = ""
) -> list[ParameterSpec]:
    """The settings of the run with what the user gave, those that are hidden only where they were given.

    `what` names the operation in messages; `unknown` says why settings could not be found. Raises ConfigError for a
    name that fits nothing and for a value that cannot be.
    """
    named = next((o for o in options if parser_parameters.is_subcommand(o)), None)
    if named is not None:
        assigned = given.get(named.config.name)
        command = _checked(named, SUBCOMMAND, assigned.text, assigned.text) if assigned else ""
        options = parser_parameters.select_subcommand(options, given, str(command))
    chosen = {_key(o): o for o in options if not o.is_hidden}
    known = _names(options)
    for name, assigned in given.items():
        if name not in known:
            raise _unknown(name, what, [o.config.name for o in chosen.values()], list(known), unknown)
        for o in known[name]:
            value = convert_value(o, name, assigned)
            is_opposite = isinstance(value, bool) and name in o.negations
            _put(chosen, options, o, not value if is_opposite else value)
    for o in chosen.values():
        if o.required and not o.nullable and not o.config.set_by_user and o.config.value is None:
            raise ConfigError(f"{what} requires a value for {o.config.name}", f"Try: {o.config.name}=VALUE")
    return [_following(o, chosen.values()) for o in chosen.values()]


def _key(o: ParameterSpec) -> tuple[str, str]:
    return o.config.name, o.config.location


def _names(options: Sequence[ParameterSpec]) -> dict[str, list[ParameterSpec]]:
    """Name → what it sets; a name of the operation's own comes before another way to write one."""
    known: dict[str, list[ParameterSpec]] = {}
    for o in options:
        known.setdefault(o.config.name, []).append(o)
    for o in options:
        for alias in (*o.aliases, *o.negations):
            known.setdefault(alias, [o])
    return known


def _put(
    chosen: dict[tuple[str, str], ParameterSpec], options: Sequence[ParameterSpec], o: ParameterSpec, value: JSONValue
) -> None:
    """Give `o` its value. An item of a list changes the list; a table is the values in it."""
    whole = next((w for w in chosen.values() if o.is_hidden and _path(w, o)), None)
    if whole is not None:
        value, o = _with(whole.config.value, _path(whole, o), value), whole
    parts = {p.config.location: p for p in options if o.is_hidden and _path(o, p)}
    if o.is_hidden and isinstance(value, Mapping):
        for key, item in value.items():
            part = parts.get(f"{o.config.location}.{key}")
            if part is None:
                raise ConfigError(f"{o.config.name} has no {key!r}", f"Parameters: {', '.join(_first(o, parts))}")
            _put(chosen, options, part, item)
        return
    for part in parts.values():
        chosen.pop(_key(part), None)
    chosen[_key(o)] = o._replace(config=o.config._replace(value=value, set_by_user=True))


def _path(whole: ParameterSpec, part: ParameterSpec) -> list[str]:
    """How to come from a setting to a part of it, [] where it is none."""
    is_inside = whole.config.target == part.config.target == "file"
    if not is_inside or not part.config.location.startswith(f"{whole.config.location}."):
        return []
    return part.config.location.removeprefix(f"{whole.config.location}.").split(".")


def _first(o: ParameterSpec, parts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(p.removeprefix(f"{o.config.location}.").split(".")[0] for p in parts))


def _with(value: JSONValue, path: list[str], new: JSONValue) -> JSONValue:
    if not path:
        return new
    if isinstance(value, Mapping):
        return {k: _with(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    items = list(value) if isinstance(value, (list, tuple)) else []
    return [_with(v, path[1:], new) if str(i) == path[0] else v for i, v in enumerate(items)]


def _following(o: ParameterSpec, others: Iterable[ParameterSpec]) -> ParameterSpec:
    """What repeats another setting has that one's new value."""
    if not o.follows or o.config.set_by_user:
        return o
    leader = next((x for x in others if x.config.location == o.follows), None)
    value = leader.config.value if leader else o.config.value
    return o._replace(config=o.config._replace(value=value, default=value))


def _unknown(name: str, what: str, names: list[str], known: list[str], why: str) -> ConfigError:
    from gage.lib.suggest import find_closest

    if why and not names:
        return ConfigError(f"{name!r} cannot be set for {what}", why)
    near = find_closest(name, known) or next((k for k in known if k.endswith(f".{name}")), None)
    if near:
        return ConfigError(f"Unknown parameter {name!r} for {what}", f"Did you mean {near!r}?")
    shown = ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
    return ConfigError(
        f"Unknown parameter {name!r} for {what}",
        f"Parameters: {shown}"
        if names
        else "It has no parameters; to add values of config files, see 'gage help config'",
    )


def convert_value(o: ParameterSpec, name: str, assigned: AssignedValue) -> JSONValue:
    """The value that a setting gets. Raises ConfigError for one that it cannot have."""
    value = assigned.value if assigned.is_typed else _meant(o.value_type, assigned, o.as_typed)
    if value is None and _may_be_null(o, assigned.is_typed):
        return None
    if o.value_type == "list":
        value = _list(o, name, value, assigned)
    elif not assigned.is_typed and not o.value_type and not o.as_typed and assigned.text[:1] in ("[", "{"):
        value = _flow(assigned.text, value)
    _check_type(o, o.value_type, name, value, assigned.text)
    items = value if o.value_type == "list" and isinstance(value, list) else [value]
    kept = [_checked(o, name, item, assigned.text) for item in items]
    return kept if o.value_type == "list" else kept[0]


def _may_be_null(o: ParameterSpec, is_exact: bool) -> bool:
    """Null can be written into a file, but not said on a command line."""
    if o.config.default is None or o.nullable:
        return is_exact or o.value_type != "str"
    return is_exact and o.config.target != "argument"


def _meant(kind: ValueType, assigned: AssignedValue, as_typed: bool) -> JSONValue:
    """What text means where a value of this type is wanted; `as_typed`, where no type is: a value only if it is written
    again just like that.
    """
    value, text = assigned.value, assigned.text
    match kind:
        case "" if as_typed and value is not None:
            return value if str(value) == text else text
        case "str":
            return text
        case "bool" if text.lower() in (*_YES, *_NO):
            return text.lower() in _YES
        case "float" | "number" if isinstance(value, str):
            return _NUMBERS.get(text.lower(), value)
        case "int" if isinstance(value, float) and "e" in text.lower() and value.is_integer():
            return int(value)
    return value


def _list(o: ParameterSpec, name: str, value: JSONValue, assigned: AssignedValue) -> JSONValue:
    """A list from `[a, b]`, or from one value; its items typed as those of the setting."""
    items = VALUE_TYPES.get(o.item_type, "")
    if assigned.is_typed:
        for item in value if isinstance(value, list) else []:
            _check_type(o, items, name, item, assigned.text)
        return value
    if assigned.text[:1] == "[":
        from gage.assignments.yaml_inline import parse_inline_items

        found = parse_inline_items(assigned.text)
        if found is not None:
            return [_item(o, items, name, a) for a in found]
    return [_item(o, items, name, assigned)]


def _item(o: ParameterSpec, kind: ValueType, name: str, assigned: AssignedValue) -> JSONValue:
    value = _meant(kind, assigned, o.as_typed)
    _check_type(o, kind, name, value, assigned.text)
    return value


def _flow(text: str, otherwise: JSONValue) -> JSONValue:
    from gage.assignments.yaml_inline import parse_inline_value

    found = parse_inline_value(text)
    return otherwise if found is None else found


def _check_type(o: ParameterSpec, kind: ValueType, name: str, value: JSONValue, text: str) -> None:
    wanted = _FITS.get(kind)
    if wanted is None or (isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))):
        return
    several = ("," in text and o.type == "list") or _is_range(text)
    example = f"[{text.strip('[]')}]" if several else _example(o, kind)
    hint = f"For example {name}={example}"
    if text[:1] == "[" and text[-1:] == "]":
        hint = f"Several values make a batch of new runs; here one is needed, such as {name}={_example(o, kind)}"
    raise ConfigError(f"{name} must be {TYPE_NAMES[wanted[-1]]}, got {text!r}", hint)


def _is_range(text: str) -> bool:
    """Whether it is a range of a batch, but for its brackets."""
    parts = text.split(":")
    return len(parts) in (2, 3) and all(p.strip().lstrip("-").replace(".", "", 1).isdigit() for p in parts)


def _example(o: ParameterSpec, kind: ValueType) -> str:
    default = o.config.default
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, (int, float, str)) and default != "":
        return str(default)
    return {"int": "1", "bool": "true", "list": "[1,2]", "str": "text"}.get(kind, "0.1")


def _checked(o: ParameterSpec, name: str, value: JSONValue, text: str) -> JSONValue:
    """The value, or the choice that was meant by it. Raises ConfigError for one that is not allowed."""
    choices = o.config.choices
    if choices and not any(is_same_value(value, c) for c in choices):
        meant = [c for c in choices if value == c or text == c or text == str(c) or value == str(c)]
        meant = meant or [c for c in choices if str(c).lower() == str(value).lower()]
        if len(meant) != 1:
            shown = ", ".join(str(c) for c in choices)
            raise ConfigError(f"{text!r} is not a choice for {name}", f"Choices: {shown}")
        value = meant[0]
    if not isinstance(value, bool) and isinstance(value, (int, float)):
        if o.minimum is not None and not value >= o.minimum:
            raise ConfigError(f"{name} must be {o.minimum:g} or more, got {value}")
        if o.maximum is not None and not value <= o.maximum:
            raise ConfigError(f"{name} must be {o.maximum:g} or less, got {value}")
    return value
