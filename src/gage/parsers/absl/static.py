"""absl's flags (and TensorFlow's old ones): the calls of `DEFINE_…` in a program and the modules of its project."""

from collections.abc import Sequence

from gage.parsers.argparse.static import value_or_name
from gage.parsers.parser_spec import Parameter, ParserSpec
from gage.static_analysis import concrete
from gage.static_analysis.abstract_values import Class, LibraryCall, constant_text, to_json_or
from gage.types.values import JSONValue

_TYPES = {
    "integer": "int",
    "float": "float",
    "string": "str",
    "boolean": "bool",
    "bool": "bool",
    "enum": "str",
    "enum_class": "str",
}
_CSV = {"list": ",", "spaceseplist": " "}


def read(calls: Sequence[LibraryCall]) -> ParserSpec | None:
    """The program's flags; None when it defines none."""
    found: dict[str, Parameter] = {}
    required: set[str] = set()
    for made in calls:
        method = made.name.rpartition(".")[2]
        if method.startswith("DEFINE_"):
            parameter = _flag(made, method.removeprefix("DEFINE_").lower())
            if parameter:
                found.setdefault(parameter.name, parameter)
        elif method in ("mark_flag_as_required", "mark_flags_as_required") and made.args:
            names = value_or_name(made.args[0])
            required |= set(names) if isinstance(names, list) else {str(names)}
    if not found:
        return None
    from dataclasses import replace

    told = (replace(p, required=p.required or (p.name in required and p.default is None)) for p in found.values())
    return ParserSpec("absl", tuple(told), "source")


def _flag(made: LibraryCall, kind: str) -> Parameter | None:
    name = constant_text(made.get_argument(0, "name"))
    if not name or kind in ("alias", "flag"):
        return None
    is_config = kind.startswith("config_")
    default = None if is_config else value_or_name(made.get_argument(1, "default"))
    short = constant_text(made.keywords.get("short_name"))
    many = kind.startswith("multi_")
    kind = kind.removeprefix("multi_")
    type_name = "str" if is_config or kind in _CSV else _TYPES.get(kind, "")
    is_bool = type_name == "bool"
    at = 3 if kind in ("enum", "enum_class") else 2
    return Parameter(
        name,
        (f"--{name}", *([f"-{short}"] if short else [])),
        (f"--no{name}",) if is_bool else (),
        action="switch" if is_bool else "append" if many else "store",
        type=type_name,
        nargs=_CSV.get(kind, ""),
        default=_typed(default, type_name, kind),
        choices=_choices(made, kind),
        required=to_json_or(made.keywords.get("required")) is True,
        description=" ".join(constant_text(made.get_argument(at, "help", "help_string", "docstring")).split()),
        has_converter=not type_name,
        line=made.line,
        bool_words=("true", "false"),
    )


def _typed(default: JSONValue, kind: str, flag: str) -> JSONValue:
    if flag in _CSV and isinstance(default, str):
        return [w.strip() for w in default.split("," if flag == "list" else None)] if default else []
    if flag == "enum_class" and isinstance(default, str):
        return default.lower()
    if kind == "float" and isinstance(default, int) and not isinstance(default, bool):
        return float(default)
    return default


def _choices(made: LibraryCall, kind: str) -> tuple[JSONValue, ...]:
    if kind == "enum":
        found = value_or_name(made.get_argument(2, "enum_values"))
        return tuple(found) if isinstance(found, list) else ()
    enum = made.get_argument(2, "enum_class") if kind == "enum_class" else None
    if isinstance(enum, Class) and concrete.is_enum(enum):
        return tuple(str(value_or_name(m)).lower() for m in concrete.list_enum_members(enum))
    return ()
