"""Checks names: verbs for functions, one meaning per class name, no banned words."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import MODULES, SRC

Function = ast.FunctionDef | ast.AsyncFunctionDef

DIALECT = frozenset(
    "told tell tells said say says kept meant asked ask given made known wanted shown found thing things odd strange "
    "heard hear looks written gone taken nobody somebody".split()
)
"""Words that name nothing by themselves: verbs of speech and bare participles."""
VERBS = frozenset(
    """
    acquire add adjust aggregate annotate append apply as ask assign attach build call can carry check claim clean
    clear clone close collect command compare compile complete compute confirm connect convert copy count create
    decode delete describe detect digest discover display downsample draw empty encode end ensure enter escape
    estimate evaluate exclude execute expand export extend extract fill filter find finish fit flatten fold follow
    format from generate get group has hash hide infer insert is iter join launch limit list listen load locate lock
    log lookup main make map mark mask match measure merge mount move multiply name normalize now open pack paint
    pair parse patch pause pick plan prepare preview print probe prune publish pull purge push quote raise rank read
    record redirect refine register reject relax release remove rename render repair replace replay report require
    resolve restart restore resume revert rotate round run sample save scan seal search select send serve set share
    shorten should show sign skip smooth sort spawn split stage stamp start stop store strip suggest sum summarize
    supports sync take test to trim truncate unlink unpack update upload validate verify wait walk warn watch wrap
    write zip
    """.split()
)
"""First words of public functions. A new verb of the field may be added; a noun may not."""
FACES = {"api.py": frozenset(("log", "summary"))}
"""Names that users write in their own programs."""
TERMS = frozenset(("NotFound", "parse_known_args", "parse_known_intermixed_args"))
"""Names of the field, or of the library whose function is replaced, that hold a refused word."""

modules = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC)))


@modules
def test_names_contain_no_banned_word(path: Path) -> None:
    names = {path.stem} | {node.name for node in ast.walk(MODULES[path]) if isinstance(node, Function | ast.ClassDef)}
    assert {
        name for name in names - TERMS if DIALECT & set(split_words(name)) or name.lstrip("_").startswith("of_")
    } == set()


@modules
def test_public_functions_start_with_a_verb(path: Path) -> None:
    names = {name for name in public_functions(MODULES[path]) if split_words(name)[0] not in VERBS}
    assert names - FACES.get(path.name, frozenset()) == set()


def public_functions(tree: ast.Module) -> Iterator[str]:
    """Functions of a module; methods, fixtures of dunder names and private ones are left out."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node.name


def test_class_names_have_one_meaning() -> None:
    places = defaultdict(list)
    for path, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(str(path.relative_to(SRC)))
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


QUESTION_WORDS = ("What", "Whether", "Where", "How", "Who", "Which", "When", "The same", "So ", "That ")


@modules
def test_docstrings_of_functions_start_with_a_verb(path: Path) -> None:
    texts = {
        node.name: text
        for node in ast.walk(MODULES[path])
        if isinstance(node, Function) and (text := ast.get_docstring(node))
    }
    assert {name: text.split("\n")[0] for name, text in texts.items() if text.startswith(QUESTION_WORDS)} == {}


def split_words(name: str) -> list[str]:
    """`read_JSONFile` → read, json, file."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]
