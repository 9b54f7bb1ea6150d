"""The arguments of an argparse program, read from its source: literal `add_argument` calls.

Reads text only: the program is never run. Turns chosen values into the words that the program gets.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gage.types.values import JSONValue

_IGNORED = ("help", "version")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a program.

    `flags` are its options, "" for a positional; `action` is argparse's word ("store", "store_true", …,
    "optional_bool" for BooleanOptionalAction); `type` is "int", "float", "str", "bool" or "" (unknown or none);
    `converts`: the program turns the text into something of its own.
    """

    name: str
    flags: tuple[str, ...]
    action: str = "store"
    type: str = ""
    default: JSONValue = None
    choices: tuple[JSONValue, ...] = ()
    nargs: str = ""
    required: bool = False
    description: str = ""
    line: int = 0
    converts: bool = False

    @property
    def flag(self) -> str:
        """The option to use: the first long one, else the first; "" for a positional."""
        return next((f for f in self.flags if f.startswith("--")), self.flags[0] if self.flags else "")


def read(source: str) -> tuple[Argument, ...] | None:
    """The arguments of the program, in the order of its help; None when it has no argparse parser.

    Raises ConfigError when the text is not Python.
    """
    if "add_argument" not in source:
        return None
    from gage.config.python_values import parse_python

    calls = [n for n in ast.walk(parse_python(source)) if isinstance(n, ast.Call) and _is_add_argument(n.func)]
    found = (_argument(call) for call in sorted(calls, key=lambda n: (n.lineno, n.col_offset)))
    return tuple(a for a in found if a is not None)


def _is_add_argument(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and func.attr == "add_argument"


def _argument(call: ast.Call) -> Argument | None:
    flags = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    options = {k.arg: k.value for k in call.keywords if k.arg}
    if not flags or len(flags) != len(call.args):
        return None
    action = _action(options.get("action"))
    if action in _IGNORED:
        return None
    is_option = flags[0].startswith("-")
    long = next((f for f in flags if f.startswith("--")), flags[0])
    dest = _literal(options.get("dest"))
    name = dest if isinstance(dest, str) and dest else long.lstrip("-")
    nargs = _literal(options.get("nargs"))
    return Argument(
        name=name,
        flags=tuple(flags) if is_option else (),
        action=action,
        type=_type(options.get("type")),
        default=_default(options.get("default"), action),
        choices=_choices(options.get("choices")),
        nargs="" if nargs is None else str(nargs),
        required=_literal(options.get("required")) is True if is_option else nargs not in ("?", "*"),
        description=_help(options.get("help")),
        line=call.lineno,
        converts="type" in options,
    )


def _action(node: ast.expr | None) -> str:
    if node is None:
        return "store"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return "optional_bool" if name == "BooleanOptionalAction" else "store"


def _type(node: ast.expr | None) -> str:
    name = node.id if isinstance(node, ast.Name) else ""
    return name if name in ("int", "float", "str", "bool") else ""


def _default(node: ast.expr | None, action: str) -> JSONValue:
    if node is None:
        return {"store_true": False, "store_false": True}.get(action)
    return _literal(node)


def _choices(node: ast.expr | None) -> tuple[JSONValue, ...]:
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        found = [_literal(item) for item in node.elts]
        return tuple(found) if all(f is not None for f in found) else ()
    return ()


def _help(node: ast.expr | None) -> str:
    text = _literal(node)
    return text.replace("%(default)s", "").replace("%%", "%") if isinstance(text, str) else ""


def _literal(node: ast.expr | None) -> JSONValue:
    from gage.config.python_constants import constant

    if node is None:
        return None
    try:
        return constant(node)
    except ValueError:
        return None


def to_args(arguments: Sequence[Argument], values: Mapping[str, JSONValue]) -> list[str]:
    """The words that give `values` (name → value, only what was chosen) to the program; positionals last."""
    words: list[str] = []
    last: list[str] = []
    for argument in arguments:
        if argument.name in values:
            value = values[argument.name]
            if argument.flags:
                words += _option(argument, value)
            else:
                last += [text(v) for v in _many(value)]
    if any(w.startswith("-") for w in last):
        last.insert(0, "--")
    return words + last


def _option(argument: Argument, value: JSONValue) -> list[str]:
    flag = argument.flag
    match argument.action:
        case "store_true" | "store_false" | "store_const" | "append_const":
            set_by = argument.action != "store_false"
            return [flag] if bool(value) is set_by else []
        case "optional_bool":
            return [flag if value else f"--no-{flag.removeprefix('--')}"]
        case "count":
            return [flag] * value if isinstance(value, int) else []
        case "append" | "extend":
            return [_joined(flag, text(v)) for v in _many(value)]
    if argument.type == "bool":
        return [_joined(flag, "True" if value else "")]
    if argument.nargs not in ("", "?"):
        return [flag, *(text(v) for v in _many(value))]
    return [_joined(flag, text(value))]


def _joined(flag: str, value: str) -> str:
    """One word, so that a value that starts with a dash stays a value."""
    return f"{flag}={value}" if flag.startswith("--") else f"{flag}{value}"


def _many(value: JSONValue) -> Sequence[JSONValue]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def text(value: JSONValue) -> str:
    """A value as one word of a command line."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (int, float)):
        return repr(value)
    import json

    return json.dumps(value)
