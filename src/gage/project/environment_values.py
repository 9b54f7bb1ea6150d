"""Variables of the environment that set parameters of a program: `${LR:-0.1}` in a shell script where LR is 0.5."""

import os
from collections.abc import Mapping, Sequence

from gage.assignments.parse import AssignedValue, assign_text
from gage.lib.secrets import is_secret_name
from gage.project.operation import Operation
from gage.project.parameter_spec import ParameterSpec
from gage.types.errors import ConfigError, UsageError


def take_inherited(specs: Sequence[ParameterSpec], operation: Operation) -> list[ParameterSpec]:
    """Returns the parameters with the values that the program would inherit, from Gage or the operation's `env`.

    A secret that it would inherit is left to it: the parameter has no value, instead of a default that does not count.
    """
    own = dict(operation.command.variables)
    inherited = {name: text for name, text in {**os.environ, **operation.op.env}.items() if name not in own}
    return [_take(spec, inherited) if _is_variable(spec) and not spec.is_passed else spec for spec in specs]


def assign_variables(
    specs: Sequence[ParameterSpec], operation: Operation, assigned: Mapping[str, AssignedValue]
) -> dict[str, AssignedValue]:
    """Returns the values that `--env` sets. Raises UsageError for a parameter that `name=value` sets, too."""
    values: dict[str, AssignedValue] = {}
    for spec in specs:
        if not _is_variable(spec) or spec.config.location not in operation.variables:
            continue
        for name in assigned:
            if spec.has_name(name):
                raise UsageError(
                    f"{name} is set twice: by {name}={assigned[name].text} and by --env {spec.config.location}",
                    "Remove one of them",
                )
        values[spec.config.name] = assign_text(operation.variables[spec.config.location])
    return values


def _is_variable(spec: ParameterSpec) -> bool:
    return spec.config.target == "env"


def _take(spec: ParameterSpec, variables: Mapping[str, str]) -> ParameterSpec:
    from gage.project.convert_value import convert_value

    text = variables.get(spec.config.location)
    if not text:
        return spec
    if is_secret_name(spec.config.location):
        return spec._replace(config=spec.config._replace(value=None, default=None), required=False)
    try:
        value = convert_value(spec, spec.config.name, assign_text(text))
    except ConfigError:
        return spec  # not of the type that the Gage file declares
    return spec._replace(config=spec.config._replace(value=value))
