"""Values as OmegaConf reads them: every argument is YAML 1.1, text as well."""

from gage.types.values import JSONValue


def format_value(_type_name: str, value: JSONValue) -> str:
    """Returns the argument for a value."""
    from gage.formats import yaml

    return yaml.format_value(value)
