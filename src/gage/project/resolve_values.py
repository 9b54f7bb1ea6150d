"""Assigned values → the parameters of a run. Knows which parameters a name sets, and not how values are converted."""

from collections.abc import Iterable, Mapping, Sequence

from gage.assignments.parse import AssignedValue
from gage.project.convert_value import convert_value, match_choice
from gage.project.parameter_spec import SUBCOMMAND, ParameterSpec, list_names_as_hint
from gage.project.parser_parameters import select_subcommand
from gage.types.errors import ConfigError


def resolve_values(
    specs: Sequence[ParameterSpec], assigned_values: Mapping[str, AssignedValue], operation: str, note: str = ""
) -> list[ParameterSpec]:
    """Returns the listed parameters, with the assigned values or their defaults, and the hidden ones that are assigned.

    `operation` is the name for messages, `note` the reason why parameters could not be found ("" = none). Raises
    ConfigError for an unknown name, and for a value that is invalid or missing.
    """
    specs = _select_specs(specs, assigned_values)
    resolved = {spec.key: spec for spec in specs if not spec.is_hidden}
    specs_by_name = _map_names(specs)
    names_by_key: dict[tuple[str, str], str] = {}
    for name, assigned in assigned_values.items():
        if name not in specs_by_name:
            listed = [spec.config.name for spec in resolved.values()]
            raise _unknown_parameter(name, operation, listed, list(specs_by_name), note)
        for spec in specs_by_name[name]:
            if spec.key in names_by_key:
                problem = f"{names_by_key[spec.key]} and {name} set the same parameter of {operation}"
                raise ConfigError(problem, "Remove one of them")
            names_by_key[spec.key] = name
            value = convert_value(spec, name, assigned)
            if isinstance(value, bool) and name in spec.negations:
                value = not value
            if spec.is_hidden:
                from gage.project.nested_values import set_nested_value

                set_nested_value(resolved, specs, spec, value)
            else:
                resolved[spec.key] = spec.set_value(value)
    _check_required(resolved.values(), operation)
    return [_follow_anchor(spec, resolved.values()) for spec in resolved.values()]


def _select_specs(
    specs: Sequence[ParameterSpec], assigned_values: Mapping[str, AssignedValue]
) -> Sequence[ParameterSpec]:
    """Returns the parameters of the subcommand that is assigned (`command=train`) or that the other names belong to."""
    subcommand = next((spec for spec in specs if spec.is_subcommand), None)
    if subcommand is None:
        return specs
    assigned = assigned_values.get(subcommand.config.name)
    command = str(match_choice(subcommand, SUBCOMMAND, assigned.text, assigned.text)) if assigned else ""
    return select_subcommand(specs, assigned_values, command)


def _map_names(specs: Sequence[ParameterSpec]) -> dict[str, list[ParameterSpec]]:
    """Returns name → the parameters that it sets: all of that name (in several files), else the first with that alias.

    `no-cache` sets `cache`, to the opposite value.
    """
    specs_by_name: dict[str, list[ParameterSpec]] = {}
    for spec in specs:
        specs_by_name.setdefault(spec.config.name, []).append(spec)
    for spec in specs:
        for alias in (*spec.aliases, *spec.negations):
            specs_by_name.setdefault(alias, [spec])
    return specs_by_name


def _unknown_parameter(name: str, operation: str, listed: list[str], known: list[str], note: str) -> ConfigError:
    """Returns the error for a name that is not `known`, with the closest one of them or the `listed` ones as a hint."""
    from gage.lib.suggest import find_closest

    if note and not listed:
        return ConfigError(f"Cannot set {name!r} for {operation}", note)
    similar = find_closest(name, known) or next((k for k in known if k.endswith(f".{name}")), None)
    hint = f"Did you mean {similar!r}?" if similar else ". ".join(filter(None, (list_names_as_hint(listed), note)))
    return ConfigError(f"Unknown parameter {name!r} for {operation}", hint)


def _check_required(specs: Iterable[ParameterSpec], operation: str) -> None:
    for spec in specs:
        is_missing = spec.config.value is None and not spec.config.set_by_user
        if spec.required and is_missing and not spec.is_override:
            raise ConfigError(f"{operation} requires a value for {spec.config.name}", f"Try: {spec.config.name}=VALUE")


def _follow_anchor(spec: ParameterSpec, others: Iterable[ParameterSpec]) -> ParameterSpec:
    """Returns a parameter that is a YAML alias (`copy: *base`) with the value of its anchor, unless it was set."""
    if not spec.follows or spec.config.set_by_user:
        return spec
    value = next((x.config.value for x in others if x.config.location == spec.follows), spec.config.value)
    return spec._replace(config=spec.config._replace(value=value, default=value))
