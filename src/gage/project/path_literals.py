"""Text of a program → texts in it that could be paths it reads. Looks at how they are used; never at files."""

import os
import re
from collections.abc import Iterator

_LITERAL = re.compile(r"""(["'])((?:[^"'\\\n]|\\.){1,300})\1""")
_WRITES_BEFORE = re.compile(
    r"(?:make_?dirs?|mkdirs?|rmtree|SummaryWriter|FileHandler|Logger|save\w*|dump\w*|write\w*|to_(?:csv|json|parquet|pickle)"
    r"|\b\w*(?:out|output|save|saved|log|logs|ckpt|checkpoint|checkpoints|result|results|runs?)(?:_?(?:dir|path|file|folder|name))?)"
    r"[\"']?\s*[,)]?\s*(?:\(|=|:|\bdefault\s*=|,)\s*(?:\w+\s*\(\s*)*[rRfFbB]*$",
    re.IGNORECASE,
)
_OUTPUT_FLAG = re.compile(
    r"""["']--?(?:[\w-]*-)?(?:out|output|save|logs?|ckpt|checkpoints?|results?)(?:$|[-_"'])""", re.I
)
_WRITES_AFTER = re.compile(r"""\s*,\s*(?:mode\s*=\s*)?["'][wax]""")
_BESIDE = re.compile(r"__file__|BASH_SOURCE|\$\{?0\b|__dirname|import\.meta")
_SHELL = frozenset((".sh", ".bash"))
_COMMENTS = {".js": "//", ".mjs": "//", ".ipynb": "\0"}

_NAMING = frozenset("get pop setdefault getattr hasattr startswith endswith split strip replace add_argument".split())
_SAYING = frozenset("print debug info warning error exception critical add_parser".split())
"""Functions whose texts are names or words."""
_WORDS = frozenset("help description metavar dest label title name mode type prog epilog".split())
"""Arguments that are words."""

_MAKING = frozenset("mkdir rmdir rm touch tee echo printf export".split())
"""Commands of a shell whose words are nothing that is read."""
_TOKEN = re.compile(r"""\d?>>?\s*[^\s;|&<>()]+|"[^"\n]*"|'[^'\n]*'|[^\s;|&<>()"'`]+|[;|&()`<]""")
_OPTION = re.compile(r"-{1,2}(?:[\w-]*-)?(?:out|output|save|logs?|ckpt|checkpoints?|results?|o)(?:$|[-_])", re.I)
_OUTPUT_NAME = re.compile(r"(?:^|_)(?:out|output|save|log|logs|ckpt|checkpoints?|results?)(?:$|_)", re.I)


def find_path_literals(text: str, suffix: str) -> Iterator[tuple[str, int]]:
    """Texts of a program and their lines, counted from 1, that it may read files by. `suffix` is that of its file."""
    if suffix == ".py":
        found = _of_python(text)
        if found is not None:
            yield from found
            return
    if suffix in _SHELL:
        yield from _of_shell(text)
    else:
        yield from _of_lines(text, _COMMENTS.get(suffix, "#"))


def uses_own_location(text: str) -> bool:
    """Whether a program asks where it is itself, to find files near it."""
    return _BESIDE.search(text) is not None


def _of_lines(text: str, comment: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith(comment) or ("add_argument" in line and _OUTPUT_FLAG.search(line)):
            continue
        for found in _LITERAL.finditer(line[:2000]):
            before, after = line[: found.start()], line[found.end() :]
            is_key = before.endswith("[") and after.startswith("]")
            if not is_key and _is_read(before, after):
                yield found.group(2), number


def _is_read(before: str, after: str) -> bool:
    return not _WRITES_BEFORE.search(before) and not _WRITES_AFTER.match(after)


def _of_python(text: str) -> list[tuple[str, int]] | None:
    """None when this Python cannot parse it."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    nodes = list(ast.walk(tree))
    skipped = {id(part) for node in nodes for part in _no_paths(node)}
    lines = text.split("\n")
    found = []
    for node in nodes:
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            said = "".join(str(v.value) if isinstance(v, ast.Constant) else "{" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = node.value
        else:
            continue
        line = lines[node.lineno - 1].encode()
        before = line[: node.col_offset].decode()
        after = line[node.end_col_offset :].decode() if node.end_lineno == node.lineno else ""
        is_output = "add_argument" in before and _OUTPUT_FLAG.search(before)
        if 0 < len(said) <= 300 and not is_output and _is_read(before, after):
            found.append((said, node.lineno))
    return found


def _no_paths(node: object) -> Iterator[object]:
    """Parts of a node that are keys, words or what a docstring says."""
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
        case ast.keyword(arg=name, value=value) if name in _WORDS:
            yield value
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in _NAMING | _SAYING:
            yield from args


def _of_shell(text: str) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(text.split("\n"), 1):
        is_first, command, before = True, "", ""
        for token in _words(line):
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
            is_output = _OPTION.match(name if equals else before) or (is_assignment and _OUTPUT_NAME.search(name))
            if not is_output and command not in _MAKING and not token.startswith(">"):
                yield (value if equals else token).strip("\"'"), number
            before = token


def _words(line: str) -> Iterator[str]:
    """The words of a line before its comment; where output goes starts with `>`, whatever number is before it."""
    for found in _TOKEN.finditer(line[:2000]):
        word = found[0]
        if word.startswith("#"):
            return
        yield ">" if re.match(r"\d?>", word) else word
