"""Static analysis of R programs that use optparse, argparse, argparser or docopt. Runs no R."""

import re
from collections.abc import Mapping
from typing import cast, get_args

from gage.parsers.parser_spec import Action, Parameter, ParserSpec
from gage.parsers.r import lexer
from gage.parsers.r.docopt import parse_usage
from gage.parsers.r.lexer import RCall
from gage.types.values import JSONValue

_OPTPARSE = re.compile(r"\b((?:make|add)_option)\s*\(")
_ARGPARSE = re.compile(r"[\w.]\$(add_argument)\s*\(")
_ARGPARSER = re.compile(r"(?<![$\w.])(add_argument)\s*\(")
_DOCOPT = re.compile(r"\b(docopt)\s*\(")
_TYPES = {
    "integer": "int",
    "double": "float",
    "numeric": "float",
    "character": "str",
    "logical": "bool",
    "float": "float",
}


def read_r_program(text: str) -> ParserSpec | None:
    """Returns the program's parameters, None if it uses no known parser."""
    text = lexer.mask_comments(text)
    known = lexer.find_assignments(text)
    for name, pattern, build in (
        ("optparse", _OPTPARSE, _read_optparse),
        ("argparse", _ARGPARSE, _read_argparse),
        ("argparser", _ARGPARSER, _read_argparser),
    ):
        built = [build(call, known) for call in lexer.find_calls(text, pattern)]
        parameters = tuple(p for p in built if p)
        if parameters:
            spelling = "separate" if name == "argparser" else "joined"
            return ParserSpec(f"R {name}", parameters, "source", option_style=spelling)  # type: ignore[arg-type]
    for call in lexer.find_calls(text, _DOCOPT):
        usage = _evaluate(call, known, *call.unnamed_arguments()[:1], name="doc")
        if isinstance(usage, str):
            return parse_usage(usage)
    return None


def _read_optparse(call: RCall, known: Mapping[str, str]) -> Parameter | None:
    flags_argument = call.get_argument("opt_str")
    plain = [p for p in call.unnamed_arguments() if p.lstrip().startswith(("c(", '"', "'"))]
    flags = _parse_flags(flags_argument or (plain[0] if plain else ""), known)
    if not flags:
        return None
    action = str(_evaluate(call, known, name="action") or "store")
    default = _evaluate(call, known, name="default")
    kind = _TYPES.get(str(_evaluate(call, known, name="type") or ""), "")
    if action in ("store_true", "store_false"):
        kind, default = "bool", default if isinstance(default, bool) else action == "store_false"
    elif not kind:
        kind = _type_of_default(call.get_argument("default"), default)
    return _build_parameter(call, known, flags, cast(Action, action), kind, default)


def _read_argparse(call: RCall, known: Mapping[str, str]) -> Parameter | None:
    flags = [str(f) for text in call.unnamed_arguments() for f in _parse_flags(text, known)]
    action = str(_evaluate(call, known, name="action") or "store")
    if not flags or action in ("version", "help") or action not in get_args(Action):
        return None
    default = _evaluate(call, known, name="default")
    kind = _TYPES.get(str(_evaluate(call, known, name="type") or ""), "")
    if action in ("store_true", "store_false") and default is None:
        default = action == "store_false"
    parameter = _build_parameter(call, known, flags, cast(Action, action), kind, default)
    nargs = _evaluate(call, known, name="nargs")
    needed = _evaluate(call, known, name="required") is True or (not parameter.flags and nargs not in ("?", "*"))
    choices = _evaluate(call, known, name="choices")
    return parameter._replace(
        nargs="" if nargs is None else str(nargs),
        choices=tuple(choices) if isinstance(choices, list) else (),
        required=needed and default is None,
    )


def _read_argparser(call: RCall, known: Mapping[str, str]) -> Parameter | None:
    plain = call.unnamed_arguments()
    flags = _parse_flags(call.get_argument("arg") or (plain[1] if len(plain) > 1 else plain[0] if plain else ""), known)
    if not flags:
        return None
    short = _evaluate(call, known, name="short")
    default = _evaluate(call, known, name="default")
    if _evaluate(call, known, name="flag") is True:
        parameter = _build_parameter(call, known, flags, "store_true", "bool", default or False)
    else:
        kind = _TYPES.get(str(_evaluate(call, known, name="type") or ""), "") or _type_of_default(
            call.get_argument("default"), default
        )
        parameter = _build_parameter(call, known, flags, "store", kind, default)
    described = _evaluate(call, known, *plain[2:3], name="help")
    parameter = parameter._replace(description=_one_line(described))
    many = _evaluate(call, known, name="nargs")
    parameter = parameter._replace(nargs="" if many is None else "*" if many == float("inf") else str(many))
    if isinstance(short, str) and parameter.flags:
        return parameter._replace(flags=(*parameter.flags, short))
    return parameter if parameter.flags else parameter._replace(required=default is None)


def _build_parameter(
    call: RCall, known: Mapping[str, str], flags: list[str], action: Action, kind: str, default: JSONValue
) -> Parameter:
    long = next((f for f in flags if f.startswith("--")), flags[0])
    name = long.lstrip("-")
    dest = _evaluate(call, known, name="dest")
    described = _one_line(_evaluate(call, known, name="help")).replace("%default", _format_default(default))
    if kind == "float" and isinstance(default, int) and not isinstance(default, bool):
        default = float(default)
    return Parameter(
        name,
        tuple(flags) if long.startswith("-") else (),
        action=action,
        type=kind,
        default=default,
        description=described.replace("%(default)s", _format_default(default)),
        line=call.line,
        aliases=(dest,) if isinstance(dest, str) and dest != name else (),
        bool_words=("TRUE", "FALSE"),
    )


def _parse_flags(text: str, known: Mapping[str, str]) -> list[str]:
    try:
        value = lexer.evaluate_expression(text, known)
    except ValueError:
        return []
    many = value if isinstance(value, list) else [value]
    return [f for f in many if isinstance(f, str) and f]


def _evaluate(call: RCall, known: Mapping[str, str], *texts: str, name: str) -> JSONValue:
    """Returns the value of a named argument, else of the first of `texts`; None if it is missing or not known."""
    text = call.get_argument(name) or next(iter(texts), "")
    try:
        return lexer.evaluate_expression(text, known) if text else None
    except ValueError:
        return None


def _type_of_default(written: str, default: JSONValue) -> str:
    """Returns R's type of a default: `10` is a float, `10L` an int."""
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, (int, float)):
        return "int" if written.strip().endswith("L") else "float"
    return "str"


def _one_line(value: JSONValue) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _format_default(value: JSONValue) -> str:
    return str(value).upper() if isinstance(value, bool) else "NULL" if value is None else str(value)
