"""Formats the parameters of an operation as text and JSON, for `gage config` and `gage run --help-op`."""

from typing import TYPE_CHECKING

from gage.board import formatting
from gage.lib.secrets import mask_value
from gage.parsers.parser_spec import START

if TYPE_CHECKING:
    from gage.project.parameter_spec import ParameterSpec
    from gage.project.run_config import RunConfig
    from gage.types.values import JSONValue

TARGET_LABELS = {"argument": "argument", "file": "variable", "env": "environment variable", "name": "in the command"}


def list_visible(config: "RunConfig") -> "list[ParameterSpec]":
    """Returns the parameters to show; hidden ones are parts of others."""
    return [spec for spec in config.specs if not spec.is_hidden]


def format_target(spec: "ParameterSpec") -> str:
    """Returns where a value goes, such as `argument --lr`, or `argument --lr of train` for one of a subcommand."""
    target = f"{TARGET_LABELS[spec.config.target]} {spec.config.location}".strip()
    return f"{target} of {spec.command}" if spec.command else target


def format_type(spec: "ParameterSpec") -> list[str]:
    """Returns the type of a parameter (for a list with that of its items), its choices and limits, one text each."""
    parts = [f"{spec.type} of {spec.item_type}" if spec.type == "list" and spec.item_type else spec.type]
    parts += [f"one of {', '.join(map(formatting.format_value, spec.config.choices))}"] if spec.config.choices else []
    parts += [f"at least {spec.minimum:g}"] if spec.minimum is not None else []
    parts += [f"at most {spec.maximum:g}"] if spec.maximum is not None else []
    return [*parts, "required"] if spec.required else parts


def format_value(spec: "ParameterSpec") -> str:
    """Returns the value of a parameter, masked if it is secret; "" if it has none."""
    if spec.follows == START and not spec.config.set_by_user:
        return "computed when the program starts"
    return "" if spec.config.value is None else formatting.format_value(_mask(spec, spec.config.value))


def is_secret(spec: "ParameterSpec") -> bool:
    """Returns whether the value of a parameter is a secret."""
    return _mask(spec, spec.config.value) != spec.config.value


def describe_origin(spec: "ParameterSpec", config: "RunConfig") -> str:
    """Returns how and where a parameter was found."""
    where = f" ({spec.where})" if spec.where else ""
    match spec.how:
        case "named":
            return "named in the Gage file"
        case "file":
            return f"value in a file{where}" + (f", named by {spec.option}" if spec.option else "")
    parser = config.program.parser if config.program else "the program's parser"
    return f"{parser}, {'introspected' if spec.how == 'introspected' else 'read from the source'}{where}"


def describe_parser(config: "RunConfig") -> str:
    """Returns how the program's parser was read, or why it was not introspected; "" if it has none."""
    program = config.program
    if program is None or not any(spec.parameter for spec in config.specs):
        return config.note
    if program.origin == "introspected":
        return f"Introspected from the program's own parser ({program.parser})"
    return program.note or f"Read from the program's source code ({program.parser})"


def _mask(spec: "ParameterSpec", value: "JSONValue") -> "JSONValue":
    return mask_value(spec.config.name, value) if isinstance(value, str) else value


def convert_to_json(config: "RunConfig") -> "list[JSONValue]":
    """Returns the visible parameters as JSON."""
    return [
        {
            "name": spec.config.name,
            "default": _mask(spec, spec.config.default),
            "value": _mask(spec, spec.config.value),
            "type": spec.type,
            "item_type": spec.item_type,
            "choices": list(spec.config.choices),
            "min": spec.minimum,
            "max": spec.maximum,
            "required": spec.required,
            "description": spec.config.description,
            "aliases": [alias for alias in spec.aliases if alias != spec.config.name],
            "negations": list(spec.negations),
            "target": spec.config.target,
            "location": spec.config.location,
            "origin": spec.how,
            "found_at": spec.where,
        }
        for spec in list_visible(config)
    ]
