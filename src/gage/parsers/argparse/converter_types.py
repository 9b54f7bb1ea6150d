"""Types of parameters from the converters that a program passes to its parser: `type=int`, `type=str2bool`."""

import ast

from gage.static_analysis.abstract_values import ExternalName, Function

_TYPES = {name: name for name in ("int", "float", "str", "bool")}
_OPTPARSE_TYPES = {**_TYPES, "string": "str", "long": "int"}
_TEXT_TYPES = ("pathlib.", "os.PathLike", "upath.", "str.")
_BOOL_FUNCTIONS = ("strtobool", "str2bool", "str_to_bool")
_TRUE_WORDS = ("true", "True", "1", "yes")
_FALSE_WORDS = ("false", "False", "0", "no")
_REGISTERED_BOOL_WORDS = ("true", "false")


def infer_type(converter: object) -> str:
    """Returns the type of the values that a converter returns, as in `Parameter`; "" if it is not known."""
    match converter:
        case ExternalName(name=name) if name.startswith(_TEXT_TYPES):
            return "str"
        case ExternalName(name=name):
            return _TYPES.get(name, "bool" if name.rpartition(".")[2] in _BOOL_FUNCTIONS else "")
        case str():
            return _OPTPARSE_TYPES.get(converter, "")
        case Function():
            return "bool" if _find_bool_words(converter) else ""
    return ""


def infer_bool_words(converter: object) -> tuple[str, str]:
    """Returns the words for true and false of a converter whose type is bool; `bool` itself takes only "" for false."""
    if converter == ExternalName("bool"):
        return "True", ""
    return (_find_bool_words(converter) if isinstance(converter, Function) else None) or _REGISTERED_BOOL_WORDS


def _find_bool_words(function: Function) -> tuple[str, str] | None:
    """Returns the words for true and false if the function looks like a converter from words to bool."""
    nodes = list(ast.walk(function.node))
    if any("strtobool" in node.id for node in nodes if isinstance(node, ast.Name)):
        return _REGISTERED_BOOL_WORDS
    constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
    yes = next((word for word in _TRUE_WORDS if word in constants), "")
    no = next((word for word in _FALSE_WORDS if word in constants), "False" if yes == "True" else "false")
    results = [function.node.body] if isinstance(function.node, ast.Lambda) else []
    results += [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    returns_test = any(isinstance(result, ast.Compare | ast.BoolOp) for result in results)
    returns_both = any(value is True for value in constants) and any(value is False for value in constants)
    return (yes, no) if yes and (returns_test or returns_both) else None
