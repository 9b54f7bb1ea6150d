"""Formats the parameters of an operation as text and JSON, for `gage config` and `gage run --help-op`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gage.project.parameter_spec import ParameterSpec
    from gage.project.run_config import RunConfig
    from gage.types.values import JSONValue

TARGET_LABELS = {"argument": "argument", "file": "variable", "env": "environment variable", "name": "in the command"}


def list_visible(config: "RunConfig") -> "list[ParameterSpec]":
    """Returns the parameters to show; hidden ones are parts of others."""
    return [o for o in config.specs if not o.is_hidden]


def format_target(o: "ParameterSpec") -> str:
    """Returns where a value goes, such as `argument --lr`, or `argument --lr of train` for one of a subcommand."""
    return f"{TARGET_LABELS[o.config.target]} {o.config.location}".strip() + (f" of {o.command}" if o.command else "")


def format_type(o: "ParameterSpec") -> str:
    """Returns the type of a parameter, for a list with that of its items."""
    return f"{o.type} of {o.item_type}" if o.type == "list" and o.item_type else o.type


def format_limits(o: "ParameterSpec") -> list[str]:
    """Returns the choices and limits of a parameter, one text each."""
    from gage.board.formatting import format_value

    parts = [f"one of {', '.join(map(format_value, o.config.choices))}"] if o.config.choices else []
    if o.minimum is not None:
        parts.append(f"at least {o.minimum:g}")
    if o.maximum is not None:
        parts.append(f"at most {o.maximum:g}")
    return [*parts, "required"] if o.required else parts


def describe_origin(o: "ParameterSpec", config: "RunConfig") -> str:
    """Returns how and where a parameter was found."""
    where = f" ({o.where})" if o.where else ""
    match o.how:
        case "named":
            return "named in the Gage file"
        case "file":
            return f"value in a file{where}"
    parser = config.program.parser if config.program else "the program's parser"
    return f"{parser}, {'introspected' if o.how == 'introspected' else 'read from the source'}{where}"


def describe_parser(config: "RunConfig") -> str:
    """Returns how the program's parser was read, or why it was not introspected; "" if it has none."""
    program = config.program
    if program is None or not any(o.parameter for o in config.specs):
        return config.note
    if program.origin == "introspected":
        return f"Introspected from the program's own parser ({program.parser})"
    return program.note or f"Read from the program's source code ({program.parser})"


def mask_secret(o: "ParameterSpec", value: "JSONValue") -> "JSONValue":
    """Returns a value for display: that of a secret is masked."""
    from gage.lib.secrets import mask_value

    return mask_value(o.config.name, value) if isinstance(value, str) else value


def convert_parameter_to_json(o: "ParameterSpec") -> "JSONValue":
    """Returns a parameter as JSON."""
    setting = o.config
    return {
        "name": setting.name,
        "default": mask_secret(o, setting.default),
        "value": mask_secret(o, setting.value),
        "type": o.type,
        "item_type": o.item_type,
        "choices": list(setting.choices),
        "min": o.minimum,
        "max": o.maximum,
        "required": o.required,
        "description": setting.description,
        "aliases": [a for a in o.aliases if a != setting.name],
        "negations": list(o.negations),
        "target": setting.target,
        "location": setting.location,
        "origin": o.how,
        "found_at": o.where,
    }
