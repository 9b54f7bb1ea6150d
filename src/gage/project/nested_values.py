"""Sets a hidden parameter: an item of a list, or a table or list whose parts are parameters. Converts no values."""

from collections.abc import Mapping, Sequence

from gage.project.parameter_spec import ParameterSpec, SpecsByKey
from gage.types.errors import ConfigError
from gage.types.values import JSONValue


def set_nested_value(
    resolved: SpecsByKey, specs: Sequence[ParameterSpec], spec: ParameterSpec, value: JSONValue
) -> None:
    """Sets `spec`, one of `specs`, in `resolved`. Raises ConfigError for a table with an unknown key.

    `layers.1=5` changes the list `layers`, `train:={"lr": 3}` sets `train.lr`, and `runs:=[{"n": 3}]` replaces the
    parameters `runs.0.n`, `runs.1.n`, ….
    """
    whole = next((w for w in resolved.values() if spec.is_hidden and _find_path(w, spec)), None)
    if whole is not None:  # `layers.1=5`
        value, spec = _replace_item(whole.config.value, _find_path(whole, spec), value), whole
    if spec.is_hidden and isinstance(value, Mapping):  # `train:={"lr": 3}`
        parts = {path[0]: part for part in specs if len(path := _find_path(spec, part)) == 1}
        for key, item in value.items():
            if key not in parts:
                raise ConfigError(f"{spec.config.name} has no key {key!r}", f"Its keys: {', '.join(parts)}")
            set_nested_value(resolved, specs, parts[key], item)
        return
    if spec.is_hidden:  # `runs:=[{"n": 3}]`
        for part in specs:
            if _find_path(spec, part):
                resolved.pop(part.key, None)
    resolved[spec.key] = spec.set_value(value)


def _find_path(whole: ParameterSpec, part: ParameterSpec) -> list[str]:
    """Returns the keys that lead from a parameter to its part: ["lr"] from `train` to `train.lr`, [] if it is none."""
    start = f"{whole.config.location}."
    are_in_files = whole.config.target == part.config.target == "file"
    is_part = are_in_files and part.config.location.startswith(start)
    return part.config.location.removeprefix(start).split(".") if is_part else []


def _replace_item(value: JSONValue, path: list[str], new: JSONValue) -> JSONValue:
    """Returns a table or list with the item at a path replaced."""
    if not path:
        return new
    if isinstance(value, Mapping):
        return {k: _replace_item(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    items = list(value) if isinstance(value, (list, tuple)) else []
    return [_replace_item(v, path[1:], new) if str(i) == path[0] else v for i, v in enumerate(items)]
