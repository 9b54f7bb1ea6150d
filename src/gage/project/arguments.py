"""What a program's parser takes, as settings; and chosen values as words of the program's command line."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from gage.config import argparse_args
from gage.config.formats.python import decode
from gage.config.program import Action, Parameter, Program
from gage.project.offers import Offered, kind_of
from gage.types.plan import Setting
from gage.types.values import JSONValue

_FLAGS = ("store_true", "store_false", "store_const", "switch", "append_const")
_MANY = ("append", "extend", "append_const")


def offered(program: Program, place: str) -> list[Offered]:
    """The parameters as settings, without those of sub-commands that are not the one. `place` is the script's path."""
    wanted = [p for p in program.parameters if not p.command or p.command == program.command]
    return [_of_parameter(p, program, place) for p in wanted]


def _of_parameter(parameter: Parameter, program: Program, place: str) -> Offered:
    default = _default(parameter)
    setting = Setting(
        parameter.name,
        default,
        default,
        False,
        "argument",
        parameter.flag or parameter.name,
        parameter.description,
        parameter.choices,
    )
    kind, items = _kinds(parameter, default)
    return Offered(
        setting,
        kind,
        items,
        required=parameter.required,
        aliases=tuple(_aliases(parameter)),
        how=program.how,
        where=f"{place}:{parameter.line}" if parameter.line else place,
        parameter=parameter.name,
        command=parameter.command,
    )


def _default(parameter: Parameter) -> JSONValue:
    if parameter.default is None and parameter.action == "store_true":
        return False
    if parameter.default is None and parameter.action == "count":
        return 0
    return parameter.default


def _kinds(parameter: Parameter, default: JSONValue) -> tuple[str, str]:
    """The type of a parameter, and that of its items where it takes several values."""
    if parameter.action in _FLAGS and parameter.action not in _MANY:
        return "bool", ""
    if parameter.action == "count":
        return "int", ""
    item = parameter.type or _untyped(parameter, default)
    if parameter.action in _MANY or parameter.nargs not in ("", "?"):
        return "list", item
    return item, ""


def _untyped(parameter: Parameter, default: JSONValue) -> str:
    """A parser hands text to a program that asked for no type."""
    if parameter.converts or parameter.choices or parameter.action == "override":
        return ""
    many = default if isinstance(default, (list, tuple)) else [default]
    return "str" if all(v is None or isinstance(v, str) for v in many) else kind_of(many[0]) if len(many) == 1 else ""


def _aliases(parameter: Parameter) -> Iterator[str]:
    """The name with dashes or underscores, and the options as one would type them without their dashes."""
    written = [parameter.name, *parameter.aliases, *(f.lstrip("-") for f in parameter.flags)]
    return iter(dict.fromkeys(w.replace(*pair) for w in written for pair in (("", ""), ("-", "_"), ("_", "-"))))


def words(program: Program, chosen: Iterable[Offered]) -> list[str]:
    """The words that give the chosen values to the program."""
    values = {o.parameter: o.setting.value for o in chosen}
    return argparse_args.to_args([_argument(p) for p in program.parameters], values)


def find(script: Path) -> Program | None:
    """What the parser in a Python script takes; None when it has none. Raises ConfigError when it is no Python."""
    if script.suffix != ".py":
        return None
    found = argparse_args.read(decode(script.read_bytes()))
    return Program("argparse", tuple(map(_parameter, found)), "read") if found is not None else None


def _argument(p: Parameter) -> argparse_args.Argument:
    action = "optional_bool" if p.action == "switch" else p.action
    return argparse_args.Argument(p.name, p.flags, action, p.type, p.default, p.choices, p.nargs)


def _parameter(a: argparse_args.Argument) -> Parameter:
    action = cast(Action, "switch" if a.action == "optional_bool" else a.action)
    name = a.flag.lstrip("-") if a.flag.startswith("--") else a.name
    default = True if a.action == "store_false" else a.default
    return Parameter(
        name,
        a.flags,
        action=action,
        type=a.type,
        nargs=a.nargs,
        default=default,
        choices=a.choices,
        required=a.required,
        description=a.description,
        converts=a.converts,
        line=a.line,
        aliases=(a.name,),
    )
