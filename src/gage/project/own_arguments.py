"""Explains how to pass values to a Python script that uses sacred or reads `sys.argv` itself."""

import ast

from gage.project.operation import Operation


def describe_own_arguments(operation: Operation) -> str:
    """Returns how to pass arguments to a script that uses sacred or reads `sys.argv` itself; "" for other scripts."""
    from gage.assignments.convert_words import join_words
    from gage.formats.python import decode
    from gage.types.errors import ConfigError

    script = operation.script
    if script is None or script.suffix not in (".py", ".pyw"):
        return ""
    try:
        nodes = list(ast.walk(ast.parse(decode(script.read_bytes()))))
    except (OSError, ConfigError, SyntaxError, ValueError, RecursionError):
        return ""
    name = operation.op.name
    command = f"gage run {join_words((name,))} --"
    if any(_imports(node, "sacred") for node in nodes):
        return f"sacred reads the config of {name} from its arguments. Try: {command} with NAME=VALUE"
    if any(_is_argv(node) for node in nodes):
        return f"{name} reads its arguments itself. To pass them: {command} ARGUMENTS"
    return ""


def _imports(node: ast.AST, package: str) -> bool:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return any(name.partition(".")[0] == package for name in names)


def _is_argv(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="argv"):
            return True
        case ast.ImportFrom(module="sys", names=names):
            return any(alias.name == "argv" for alias in names)
    return False
