"""What the text of one source file refers to: modules that it imports, words that may name files. Looks at no file."""

import ast
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from gage.formats.python import decode
from gage.lib.command import is_module_name
from gage.project.path_literals import find_path_literals, list_non_paths
from gage.project.source_selection import BINARY_SUFFIXES, TEXT_SUFFIXES
from gage.project.variable_references import find_variables
from gage.types.errors import ConfigError

_IMPORT_FUNCTIONS = frozenset(
    "import_module __import__ run_module find_spec walk_packages iter_modules locate import_string resolve_name".split()
)
"""Functions that import the module that their first argument names."""
_LOAD_FUNCTIONS = frozenset("run_path load_source spec_from_file_location SourceFileLoader".split())
"""Functions that run the file that one of their arguments names."""
_EXECUTE_FUNCTIONS = frozenset(("exec", "execfile", "compile"))
"""Built-in functions that run text; `compile` is also the name of many methods."""
_IMPORTING_LIBRARIES = frozenset("lazy_loader stevedore mmengine mmcv".split())
"""Libraries that import modules by name for a program."""
_LIBRARY_FUNCTIONS = frozenset("get_method get_class get_object get_static_method instantiate call".split())
"""Functions of Hydra that import what their argument names. Other libraries have functions of the same names."""
_IMPORT_MODULES = frozenset("importlib builtins __builtins__ pkgutil runpy".split())
"""Modules with functions that import or execute what they are given."""
_IMPLIED_FILES = {"dotenv": (".env",), "decouple": (".env", "settings.ini"), "wandb": ("config-defaults.yaml",)}
"""Libraries → files that they read although no text names them."""
_LIST_FUNCTIONS = frozenset("listdir scandir iterdir glob iglob rglob walk fwalk".split())
_OWN_DIRECTORY = re.compile(r"__file__|getcwd|\.cwd\b|curdir|\bPath\(\)")
_SEPARATORS = re.compile(r"[\s\"'`=,;:()<>|&#!@\[\]{}]+")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")  # pkg.models.Net
_HOME = re.compile(r"\.home\(\)|expanduser|\bHOME\b")
_FORMAT = re.compile(r"\{[^{}]*\}|%(?:\(\w+\))?[-+ #0]*[\d*]*(?:\.\d+)?[a-zA-Z]")
_NUMBER_FORMAT = re.compile(r".*[,%efgEFG]")
_OPEN_FUNCTIONS = frozenset("open Path PurePath read_text read_csv load loadtxt".split())
_WRITE_FUNCTIONS = re.compile(
    r"(?i)make_?dirs?|mkdirs?|rmtree|SummaryWriter|FileHandler|\w*Logger|(?:save|dump|write|log|set_|add_|to_)\w*|\w*(?:Error|Exit)"
)
_SHELL_FUNCTIONS = frozenset("system popen getoutput getstatusoutput create_subprocess_shell".split())
"""Functions that run a shell command. Those of `subprocess` do with `shell=True`."""
_FILELESS_COMMANDS = frozenset("nvidia-smi hostname date uname whoami nproc free clear git sleep mkdir rm echo".split())
_BUILD_TOOLS = frozenset(
    "make cmake ninja just snakemake dvc tox nox invoke bazel cargo npm yarn docker pytest".split()
)
"""Programs that read files which their command line does not name."""
_CODE_IMPORT = re.compile(r"(?:^|[\n;])[ \t]*(?:import|from)[ \t]+([\w.]+)(?:[ \t]+import[ \t]+(\w+))?")
_CODE_CALL = re.compile(r"__import__\([ \t]*[\"']([\w.]+)")
_PATH_CHANGE = re.compile(r"\bsys\.path\b|from[ \t]+sys[ \t]+import[^\n]*\bpath\b|addsitedir")
_DATA_SUFFIXES = frozenset((TEXT_SUFFIXES | BINARY_SUFFIXES | {".csv", ".tsv", ".log", ".jsonl", ".dat"}) - {".py"})
_PROJECT_DIR = "PROJECT_DIR"
CODE_SUFFIXES = frozenset(".sh .bash .r .jl .js .mjs .ipynb".split())
"""Suffixes of programs in other languages than Python."""
_MAX_WORD_CHARACTERS = 300


class Import(NamedTuple):
    """An imported module: its dotted `name` (`pkg.*` = all modules in `pkg`), after `level` leading dots."""

    name: str
    level: int = 0


class FileReferences(NamedTuple):
    """`words` may name files or directories that are read; `names` is other text that has the form of a path. `loaded`
    has, for each file or shell command that the program executes,
    the words that may name a file. `dynamic` says why the other references
    cannot be read ("" = they can). `changes_path`: the program changes where Python looks for modules; `reads_project`:
    it may read files of the project itself; `reads_home`: files of the home directory. `variables` are those of the
    environment that it may read, `implied` the files that its libraries look for in all directories above.
    """

    imports: tuple[Import, ...] = ()
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    loaded: tuple[tuple[str, ...], ...] = ()
    dynamic: str = ""
    changes_path: bool = False
    reads_project: bool = False
    reads_home: bool = False
    variables: frozenset[str] = frozenset()
    implied: frozenset[str] = frozenset()


def find_references(data: bytes, path: str) -> FileReferences:
    """Returns what a file refers to. The file of a Python program is parsed, the words of any other file are split."""
    if path.endswith(".py"):
        return _read_python(data, path)
    text, suffix = data.decode("utf-8", "replace"), os.path.splitext(path)[1].lower()
    words = split_words(text)
    paths = [path for path, _ in find_path_literals(text, suffix)] if suffix in CODE_SUFFIXES else words
    return FileReferences(
        tuple(find_module_names(words)),
        frozenset(paths),
        frozenset(words),
        reads_project=_PROJECT_DIR in text,
        reads_home=_HOME.search(text) is not None,
        variables=find_variables(text),
    )


def split_words(text: str) -> list[str]:
    """Returns the words of a text that may name files or modules."""
    return [word for word in _SEPARATORS.split(text) if 0 < len(word) <= _MAX_WORD_CHARACTERS]


def find_module_names(words: Sequence[str]) -> Iterator[Import]:
    """Yields the words that may be modules: dotted ones that do not look like the name of a data file (`pkg.Net`), and
    those after `-m`.
    """
    for word in words:
        if _MODULE.fullmatch(word) and os.path.splitext(word)[1].lower() not in _DATA_SUFFIXES:
            yield Import(word)
    yield from (Import(word) for option, word in pairwise(words) if option == "-m" and is_module_name(word))


def _read_python(data: bytes, path: str) -> FileReferences:
    try:
        text = re.sub(r"\r\n?", "\n", decode(data))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = list(ast.walk(ast.parse(text)))
    except (ConfigError, SyntaxError, ValueError, RecursionError, MemoryError):
        return FileReferences(dynamic=f"{path} cannot be parsed")
    parts = _list_f_string_parts(nodes)
    literals = [literal for literal, _ in find_path_literals(text, ".py") if literal not in parts]
    words = {word for each in literals for word in (each, *(each.split() if "{" in each else split_words(each)))}
    constants = _list_texts(nodes)
    names = {
        word for constant in constants for word in (constant, *split_words(constant)) if "." in word or "/" in word
    }
    imports = [*_list_imports(nodes), *_list_named_modules(nodes, constants)]
    libraries = {each.name.partition(".")[0] for each in imports if not each.level}
    implied = [word for library in libraries for word in _IMPLIED_FILES.get(library, ())]
    words.update(implied)
    loaded: list[tuple[str, ...]] = []
    if "subprocess" in libraries and any(_is_build_command(node) for node in nodes):
        loaded.append(())
    is_dynamic = not libraries.isdisjoint(_IMPORTING_LIBRARIES) or _passes_on_import_module(nodes)
    dynamic = f"{path} imports modules by name" if is_dynamic else ""
    for composed in _list_composed(nodes):
        if re.search(r"[^\W_]", composed):
            words.update((composed, *(word for word in split_words(composed) if "*" in word)))
        else:
            dynamic = f"{path} composes names of files"
    for command in _list_shell_commands(nodes):
        if command.partition(" ")[0] not in _FILELESS_COMMANDS or re.search(r"[|;&<>`$]", command):
            loaded.append((*split_words(command),))
    functions = _IMPORT_FUNCTIONS | (_LIBRARY_FUNCTIONS if "hydra" in libraries else frozenset())
    for name, call in _list_dynamic_uses(nodes, functions):
        module = _get_text(call.args[0]) if call and call.args else None
        if name in functions and module is not None and module not in _IMPORT_MODULES:
            module = module.replace(":", ".")
            imports.append(Import(module.lstrip("."), len(module) - len(module.lstrip("."))))
        elif name in functions:
            dynamic = f"{path} imports modules by name"
        elif call is not None and (files := _list_constants(call)):
            loaded.append(files)
        else:
            dynamic = f"{path} executes other files"
    is_located = _OWN_DIRECTORY.search(text) is not None or not words.isdisjoint((".", "./"))
    if not dynamic and any(_may_list_own_directory(node, is_located) for node in nodes):
        dynamic = f"{path} lists directories"
    return FileReferences(
        tuple(imports),
        frozenset(words),
        frozenset(names),
        tuple(loaded),
        dynamic,
        changes_path=_PATH_CHANGE.search(text) is not None,
        reads_project=_PROJECT_DIR in text,
        reads_home=_HOME.search(text) is not None,
        variables=find_variables(text, constants),
        implied=frozenset(implied),
    )


def _list_imports(nodes: Iterable[ast.AST]) -> Iterator[Import]:
    """Yields the modules that import statements may load: for `from a import b` both `a` and `a.b`."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            yield Import(source, node.level)
            yield from (Import(f"{source}.{alias.name}".lstrip("."), node.level) for alias in node.names)


def _list_texts(nodes: Sequence[ast.AST]) -> list[str]:
    """Returns the strings that are not docstrings."""
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return [text for node in nodes if id(node) not in docstrings and (text := _get_text(node)) is not None]


def _list_f_string_parts(nodes: Sequence[ast.AST]) -> set[str]:
    """Returns the strings that are nothing but parts of f-strings, which name files as a whole."""
    parts = {id(value) for node in nodes if isinstance(node, ast.JoinedStr) for value in node.values}
    texts = [(id(node) in parts, text) for node in nodes if (text := _get_text(node)) is not None]
    return {text for is_part, text in texts if is_part} - {text for is_part, text in texts if not is_part}


def _list_named_modules(nodes: Sequence[ast.AST], texts: Iterable[str]) -> Iterator[Import]:
    """Yields the modules that strings name: `_target_="pkg.Net"`, `[sys.executable, "-m", "pkg.train"]`."""
    for text in texts:
        yield from find_module_names(split_words(text))
        yield from _list_code_imports(text)
    for node in nodes:
        if isinstance(node, ast.List | ast.Tuple):
            yield from find_module_names([_get_text(item) or "" for item in node.elts])


def _list_code_imports(text: str) -> Iterator[Import]:
    """Yields the modules that a string imports if it is code: `[sys.executable, "-c", "import w"]`."""
    for module, name in _CODE_IMPORT.findall(text):
        yield from (Import(module), Import(f"{module}.{name}")) if name else (Import(module),)
    yield from map(Import, _CODE_CALL.findall(text))


def _is_build_command(node: ast.AST) -> bool:
    """Returns whether a node is the command line of a build tool: `["make", "-j4"]`."""
    match node:
        case (
            ast.List(elts=[first, *_])
            | ast.Tuple(elts=[first, *_])
            | ast.Call(args=[first, *_], func=ast.Attribute(value=ast.Name(id="subprocess")))
        ):
            return os.path.basename(_get_text(first) or "") in _BUILD_TOOLS
    return False


def _passes_on_import_module(nodes: Sequence[ast.AST]) -> bool:
    """Returns whether a module of `_IMPORT_MODULES` is used otherwise than as `module.function`:
    `getattr(importlib, name)`, `sys.modules["builtins"]`, `builtins.__dict__`.
    """
    modules = {"__builtins__"}
    for node in nodes:
        if isinstance(node, ast.Import):
            names = ((alias.name.partition(".")[0], alias.asname) for alias in node.names)
            modules |= {alias or name for name, alias in names if name in _IMPORT_MODULES}
    uses = (node for node in nodes if isinstance(node, ast.Attribute) and node.attr != "__dict__")
    functions = {id(use.value) for use in uses}
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in modules and id(node) not in functions:
                return True
            case ast.Subscript(slice=ast.Constant(value=str(name))) if name in _IMPORT_MODULES:
                return True
    return False


def _list_composed(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Yields the texts that are composed of parts, with `*` for each part that is unknown: `part*.txt`. Leaves out
    messages, and files that are written.
    """
    skipped, opened = _sort_uses(nodes)
    for node in nodes:
        if id(node) in skipped or not isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call | ast.Constant):
            continue
        text = _compose(node)
        is_opened = id(node) in opened
        if text is None or (isinstance(node, ast.BinOp) and not (is_opened or _is_text(node))):
            continue
        if isinstance(node, ast.Constant) and not (is_opened or re.search(r"[*?\[].*[^\W_]|[^\W_].*[*?\[]", text)):
            continue
        is_name = re.search(r"[^\W_]", text) or (text.count("*") > 1 and not re.search(r"[\s=:,]", text))
        if is_name and len(text) <= _MAX_WORD_CHARACTERS and (is_opened or not _is_number(node)):
            yield text


def _sort_uses(nodes: Sequence[ast.AST]) -> tuple[set[int], set[int]]:
    """Returns the IDs of the nodes that name no file to read by themselves, and of those that are opened."""
    skipped = {id(part) for node in nodes for part in list_non_paths(node) if part is not None}
    opened: set[int] = set()
    variables: set[str] = set()
    for node in nodes:
        match node:
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                skipped |= {id(left), id(right)}
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args):
                mode = _get_text(args[1]) if len(args) > 1 and name == "open" else None
                if _WRITE_FUNCTIONS.fullmatch(name) or (mode and mode[0] in "wax"):
                    skipped |= {id(argument) for argument in args}
                elif name == "join":
                    skipped |= {
                        id(part) for each in args if isinstance(each, ast.List | ast.Tuple) for part in each.elts
                    }
                if name in _OPEN_FUNCTIONS or (name == "join" and len(args) > 1):  # os.path.join(
                    opened |= {id(argument) for argument in args}
                    variables |= {argument.id for argument in args if isinstance(argument, ast.Name)}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() as value) if name in variables:
                opened.add(id(value))
    return skipped, opened


def _compose(node: ast.AST) -> str | None:
    """Returns the text of an expression with `*` for its unknown parts; None if it composes no text."""
    match node:
        case ast.Constant(value=str(text)):
            return _FORMAT.sub("*", text) if re.search(r"[*?\[%{]", text) else text
        case ast.JoinedStr(values=values):
            return "".join(_get_text(value) or "*" for value in values)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return (_compose(left) or "*") + (_compose(right) or "*")
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(text))):
            return _FORMAT.sub("*", text)
        case ast.Call(func=ast.Attribute(attr="replace"), args=[_, ast.Constant(value=str(text))]):
            return f"*{text}*" if re.search(r"[./]\w", text) else None  # __file__.replace(".py", ".ini")
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return _FORMAT.sub("*", text)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="join"), args=[parts]):
            items = parts.elts if isinstance(parts, ast.List | ast.Tuple) else [parts, parts]
            return text.join(_compose(item) or "*" for item in items)
    return None


def _is_text(node: ast.AST) -> bool:
    """Returns whether a sum is one of texts."""
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _is_text(left) or _is_text(right)
        case ast.Call(func=ast.Name(id="str")):
            return True
    return _compose(node) is not None


def _is_number(node: ast.AST) -> bool:
    """Returns whether an f-string has nothing but numbers as `{loss:.3f}`."""
    values = node.values if isinstance(node, ast.JoinedStr) else []
    parts = [value.format_spec for value in values if isinstance(value, ast.FormattedValue)]
    return bool(parts) and all(part and _NUMBER_FORMAT.fullmatch(_compose(part) or "") for part in parts)


def _list_shell_commands(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Yields the shell commands that a program runs, "*" for one that is not in its text."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=keywords):
                shell = [each.value for each in keywords if each.arg == "shell"]
                is_shell = any(not (isinstance(value, ast.Constant) and not value.value) for value in shell)
                if is_shell or (name in _SHELL_FUNCTIONS and (args or keywords)):
                    yield (_compose(args[0]) if args else None) or "*"


def _list_dynamic_uses(nodes: Sequence[ast.AST], functions: frozenset[str]) -> Iterator[tuple[str, ast.Call | None]]:
    """Yields the uses of functions that import or run what they are given, with the call (None = not called here)."""
    calls = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
    imported = (alias for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names)
    aliases = {alias.asname: alias.name for alias in imported if alias.asname}
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(value=ast.Name(id="builtins"), attr=name):
                name = aliases.get(name, name)
                is_dynamic = name in _EXECUTE_FUNCTIONS | functions | _LOAD_FUNCTIONS
            case ast.Attribute(attr=name):
                is_dynamic = name in functions | _LOAD_FUNCTIONS
            case _:
                continue
        if is_dynamic:
            yield name, calls.get(id(node))


def _get_text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _list_constants(call: ast.Call) -> tuple[str, ...]:
    """Returns the string constants in the arguments of a call; none if one is an f-string."""
    nodes = [node for argument in (*call.args, *call.keywords) for node in ast.walk(argument)]
    if any(isinstance(node, ast.JoinedStr) for node in nodes):
        return ()
    return tuple(text for node in nodes if (text := _get_text(node)) is not None)


def _may_list_own_directory(node: ast.AST, is_located: bool) -> bool:
    """Returns whether a node may list the directory that the program is in, so that any file there matters.

    `is_located`: the program knows that directory.
    """
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _LIST_FUNCTIONS:
            names = [text.strip("./*") for part in ast.walk(node) if (text := _get_text(part)) is not None]
            return not any(names) and (bool(names) or is_located or not (node.args or node.keywords))
    return False
