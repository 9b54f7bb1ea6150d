"""Finds literals in a program's text that may be paths of files it reads, by their use. Never looks at files."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gage.project.path_values import find_path_names, is_path_argument, is_path_literal

if TYPE_CHECKING:
    import ast

_LITERAL = r"""(["'])((?:[^"'\\\n]|\\.){1,300})\1"""  # "data/train.csv"
_WRITE_BEFORE = (
    r"(?i)(?:make_?dirs?|mkdirs?|rmtree|SummaryWriter|FileHandler|Logger|save\w*|dump\w*|write\w*|to_(?:csv|json|parquet|pickle)"
    r"|\b\w*(?:out|output|save|saved|log|logs|ckpt|checkpoint|checkpoints|result|results|runs?)(?:_?(?:dir|path|file|folder|name))?)"
    r"[\"']?\s*[,)]?\s*(?:\(|=|:|\bdefault\s*=|,)\s*(?:\w+\s*\(\s*)*[rRfFbB]*$"
)  # df.to_csv(, log_dir =
_PYTHON_OUTPUT_OPTION = (
    r"""(?i)["']--?(?:[\w-]*-)?(?:out|output|save|logs?|ckpt|checkpoints?|results?)(?:$|[-_"'])"""  # "--output-dir"
)
_WRITE_AFTER = r"""\s*,\s*(?:mode\s*=\s*)?["'][wax]"""  # , mode="w"
_OWN_LOCATION = r"__file__|BASH_SOURCE|\$\{?0\b|__dirname|import\.meta"  # ${0%/*}
_LOCATION_ABOVE = r"parents\[|parent\.parent|dirname\([^\n]*dirname|pardir|[\"'/]\.\.[\"'/]"
_SHELL_SUFFIXES = frozenset((".sh", ".bash"))
_COMMENT_MARKS = {".js": "//", ".mjs": "//", ".ipynb": "\0"}

_NON_PATH_FUNCTIONS = frozenset(
    "hasattr startswith endswith split strip replace add_argument"
    " print debug info warning error exception critical add_parser".split()
)
"""Functions whose arguments are names or messages, not paths."""
_NAME_ARGUMENTS = {"get": 1, "getenv": 1, "pop": 1, "setdefault": 1, "getattr": 2}
"""Function → how many of its arguments are names; a default that follows may be a path."""
_NON_PATH_KEYWORDS = frozenset("help description metavar dest label title name mode type prog epilog".split())
"""Keyword arguments that are names or messages, not paths."""

_WRITING_COMMANDS = frozenset("mkdir rmdir rm touch tee echo printf export".split())
"""Shell commands that do not read the files they name."""
_TOKEN = r"""\d?>>?\s*[^\s;|&<>()]+|"[^"\n]*"|'[^'\n]*'|[^\s;|&<>()"'`]+|[;|&()`<]"""  # 2> err.log
_SHELL_OUTPUT_OPTION = (
    r"(?i)-{1,2}(?:[\w-]*-)?(?:out|output|save|logs?|ckpt|checkpoints?|results?|o)(?:$|[-_])"  # --output-dir
)
_OUTPUT_NAME = r"(?i)(?:^|_)(?:out|output|save|log|logs|ckpt|checkpoints?|results?)(?:$|_)"  # SAVE_DIR


def find_path_literals(text: str, suffix: str, only_paths: bool = False) -> Iterator[tuple[str, int]]:
    """Yields the literals that may be paths of files that a program reads, with their lines (from 1).

    `suffix` is that of the program's file. With `only_paths`, words that are only the name of something are left out,
    unless their use shows that they are paths.
    """
    tree = _parse_python(text) if suffix == ".py" else None
    if tree is not None:
        yield from _find_in_python(text, tree, only_paths)
    elif suffix in _SHELL_SUFFIXES:
        yield from _find_in_shell(text, only_paths)
    else:
        yield from _find_in_lines(text, _COMMENT_MARKS.get(suffix, "#"), only_paths)


def has_own_location(text: str) -> bool:
    """Returns whether a program uses its own location, to find files near it."""
    return re.search(_OWN_LOCATION, text) is not None


def has_location_above(text: str) -> bool:
    """Returns whether a program uses a directory above its own."""
    return has_own_location(text) and re.search(_LOCATION_ABOVE, text) is not None


def _find_in_lines(text: str, comment: str, only_paths: bool) -> Iterator[tuple[str, int]]:
    used = find_path_names(text) if only_paths else frozenset()
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith(comment) or ("add_argument" in line and re.search(_PYTHON_OUTPUT_OPTION, line)):
            continue
        for match in re.finditer(_LITERAL, line[:2000]):
            before, after = line[: match.start()], line[match.end() :]
            is_key = before.endswith("[") and after.startswith("]")
            is_read = not is_key and _is_read(before, after)
            if is_read and (not only_paths or is_path_literal(match[2], before, after, used)):
                yield match[2], number


def _is_read(before: str, after: str) -> bool:
    return not re.search(_WRITE_BEFORE, before) and not re.match(_WRITE_AFTER, after)


def _parse_python(text: str) -> "ast.Module | None":
    """Returns the syntax tree, None if this Python cannot parse the text."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _find_in_python(text: str, tree: "ast.Module", only_paths: bool) -> Iterator[tuple[str, int]]:
    import ast

    skipped = {part for node in ast.walk(tree) for part in list_non_paths(node)}
    lines = text.split("\n")
    used = find_path_names(text) if only_paths else frozenset()
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=parts):
                literal = "".join(str(p.value) if isinstance(p, ast.Constant) else "{" for p in parts)
            case ast.Constant(value=str(literal)):
                pass
            case _:
                continue
        line = lines[node.lineno - 1].encode()
        before = line[: node.col_offset].decode()
        after = line[node.end_col_offset :].decode() if node.end_lineno == node.lineno else ""
        is_output = "add_argument" in before and re.search(_PYTHON_OUTPUT_OPTION, before)
        if node in skipped or not 0 < len(literal) <= 300 or is_output or not _is_read(before, after):
            continue
        if not only_paths or is_path_literal(literal, before, after, used):
            yield literal, node.lineno


def list_non_paths(node: "ast.AST") -> "Iterator[ast.AST | None]":
    """Yields parts of a node that are not paths: keys, messages, docstrings."""
    import ast

    match node:
        case ast.Expr(value=ast.Constant() as value):
            yield value
        case ast.Subscript(slice=part):
            yield from ast.walk(part)
        case ast.Compare(left=left, comparators=others):
            yield from (left, *others)
        case ast.Dict(keys=keys):
            yield from keys
        case ast.JoinedStr(values=values):
            yield from values
        case ast.keyword(arg=name, value=value) if name in _NON_PATH_KEYWORDS:
            yield value
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in _NON_PATH_FUNCTIONS:
            yield from args
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in _NAME_ARGUMENTS:
            yield from args[: _NAME_ARGUMENTS[name]]


def _find_in_shell(text: str, only_paths: bool) -> Iterator[tuple[str, int]]:
    used = find_path_names(text) if only_paths else frozenset()
    for number, line in enumerate(text.split("\n"), 1):
        is_first, command, before = True, "", ""
        for token in _split_shell_words(line):
            if token in (";", "|", "&", "(", ")", "`", "<"):
                is_first, before = token != "<", ""
                continue
            name, equals, value = token.partition("=")
            is_assignment = bool(equals) and name.isidentifier()
            if is_first and not is_assignment:
                is_first, command = False, os.path.basename(token)
                if "/" in token:
                    yield token, number
                continue
            is_path = not only_paths or is_path_argument(token, before)
            is_path = is_path or (is_assignment and name in used)
            is_output_option = re.match(_SHELL_OUTPUT_OPTION, name if equals else before)
            is_output = is_output_option or (is_assignment and re.search(_OUTPUT_NAME, name))
            if is_path and not is_output and command not in _WRITING_COMMANDS and not token.startswith(">"):
                yield (value if equals else token).strip("\"'"), number
            before = token


def _split_shell_words(line: str) -> Iterator[str]:
    """Yields the words of a line before its comment. A redirection (`2> err.log`) is the word `>`."""
    for match in re.finditer(_TOKEN, line[:2000]):
        if match[0].startswith("#"):
            return
        yield ">" if re.match(r"\d?>", match[0]) else match[0]
