"""Converts an assigned value to the type of its parameter and checks it: `lr=1e-3` is 0.001 for a number, else text."""

import re
from collections.abc import Mapping

from gage.assignments.parse import AssignedValue
from gage.project.parameter_spec import TABLE, VALUE_TYPES, ParameterSpec, ValueType, is_same_value
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
_BOOL_WORDS = {
    **dict.fromkeys(("yes", "y", "on", "1", "true"), True),
    **dict.fromkeys(("no", "n", "off", "0", "false"), False),
}
_NULL_WORDS = ("null", "none", "~")
_NON_FINITE = {"nan": float("nan"), "inf": float("inf"), "+inf": float("inf"), "-inf": -float("inf")}
_RANGE = r"-?[\d.]+(?::-?[\d.]+){1,2}"  # 0:1:0.1


def convert_value(spec: ParameterSpec, name: str, assigned: AssignedValue) -> JSONValue:
    """Returns the value in the parameter's type, one of its choices, and within its limits. Raises ConfigError if there
    is none. `name` is the one that was assigned, for messages.
    """
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
    _check_type(spec, kind, name, value, assigned)
    return _check_limits(spec, name, spec.widen(value, kind), text)


def _convert_text(kind: ValueType, assigned: AssignedValue, has_converter: bool) -> JSONValue:
    """Returns the value converted to `kind`, or as parsed if it cannot be. `name:=JSON` is not converted.

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
        case "bool":
            return _BOOL_WORDS.get(text.lower(), value)
        case "float" | "number" if isinstance(value, str):
            return _NON_FINITE.get(text.lower(), value)
        case "int" if isinstance(value, float) and "e" in text.lower() and value.is_integer():
            return int(value)
    return value


def _accepts_null(spec: ParameterSpec, is_typed: bool) -> bool:
    """Returns whether the value may be null, which a file can contain, but a command line cannot."""
    if spec.config.default is None or spec.is_override:
        return is_typed or spec.value_type != "str"
    return is_typed and spec.config.target != "argument"


def _convert_items(spec: ParameterSpec, name: str, assigned: AssignedValue) -> list[JSONValue]:
    """Returns the list of `[a, b]` or of a single value, with its items in the parameter's item type."""
    items: list[AssignedValue] | None = None
    if assigned.is_typed:
        _check_type(spec, "list", name, assigned.value, assigned)
        items = [assigned._replace(value=item) for item in as_list(assigned.value)]
    elif assigned.text[:1] == "[":
        from gage.assignments.yaml_inline import parse_inline_items

        items = parse_inline_items(assigned.text)
        if items is None and parse_inline_items(f"[{assigned.text}]"):
            raise ConfigError(
                f"{name} must be one list, got {assigned.text!r}", f"For several: {name}=[{assigned.text}]"
            )
    kind = VALUE_TYPES.get(spec.item_type, "")
    values = []
    for item in [assigned] if items is None else items:
        value = _convert_text(kind, item, spec.has_converter)
        _check_type(spec, kind, name, value, item)
        values.append(spec.widen(value, kind))
    return values


def _check_type(spec: ParameterSpec, kind: ValueType, name: str, value: JSONValue, assigned: AssignedValue) -> None:
    """Raises ConfigError, with an example, for a value that is not of the type. A boolean is not a number.

    A float is accepted for an integer in a file if it is typed (`epochs:=2.5`): the integer is only the default.
    """
    allowed, text = _PYTHON_TYPES.get(kind), assigned.text
    is_limit = isinstance(value, float) and value in (0, float("inf"), -float("inf"))
    if is_limit and re.search("[1-9]", text.lower().partition("e")[0]):
        raise ConfigError(f"{name} cannot be {text}: a float cannot hold it", f"It would be {value}")
    if spec.type == TABLE and not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a table, got {text!r}", f'For example {name}={{"a": 1}}')
    if allowed is None or (isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))):
        return
    is_forcible = kind == "int" and isinstance(value, float) and spec.how == "file" and not spec.has_declared_type
    if is_forcible and assigned.is_typed:
        return
    example = _build_example(spec, kind)
    hint = f"For example {name}={example}"
    if is_forcible and spec.value_type == "int":
        hint = f"Its default is {example}, an integer. To set a float anyway: {name}:={value}"
    if text[:1] == "[" and text[-1:] == "]":
        hint = f"Several values would start a batch; a single one is needed here, such as {name}={example}"
    elif ("," in text and spec.type == "list") or re.fullmatch(_RANGE, text):
        inner = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text
        items = ",".join(item.strip() for item in inner.strip(",").split(","))
        hint = f"For example {name}=[{items}]"
    if text.lower() in _NULL_WORDS and _accepts_null(spec, is_typed=True):
        hint = f"For null: {name}:=null"
    raise ConfigError(f"{name} must be {TYPE_NAMES[allowed[-1]]}, got {text!r}", hint)


def _build_example(spec: ParameterSpec, kind: ValueType) -> str:
    default = spec.config.default
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, (int, float, str)) and default != "":
        return str(default)
    return {"int": "1", "bool": "true", "list": "[1,2]", "str": "text"}.get(kind, "0.1")


def _check_limits(spec: ParameterSpec, name: str, value: JSONValue, text: str) -> JSONValue:
    """Returns the choice that the value stands for. Raises ConfigError below the minimum and above the maximum."""
    value = match_choice(spec, name, value, text)
    if not isinstance(value, bool) and isinstance(value, (int, float)):
        if spec.minimum is not None and not value >= spec.minimum:
            raise ConfigError(f"{name} must be {spec.minimum:g} or more, got {value}")
        if spec.maximum is not None and not value <= spec.maximum:
            raise ConfigError(f"{name} must be {spec.maximum:g} or less, got {value}")
    return value


def match_choice(spec: ParameterSpec, name: str, value: JSONValue, text: str) -> JSONValue:
    """Returns the choice that the value stands for: `1` the choice "1", `ADAM` the choice `adam`. Without choices, the
    value. Raises ConfigError if it is not a choice.
    """
    choices = spec.config.choices
    if not choices or any(is_same_value(value, c) for c in choices):
        return value
    matches = [c for c in choices if value == c or text == c or text == str(c) or value == str(c)]
    matches = matches or [c for c in choices if str(c).lower() == str(value).lower()]
    if len(matches) != 1:
        raise ConfigError(f"{text!r} is not a choice for {name}", f"Choices: {', '.join(str(c) for c in choices)}")
    return matches[0]
