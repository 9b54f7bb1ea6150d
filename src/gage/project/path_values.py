"""Decides whether a text is meant as a path: by its form, the name of its parameter, and its use. Never looks at files.

A word such as `regression` may be the name of a directory by chance.
"""

import os
import re
from collections.abc import Collection, Mapping

_SEPARATOR_OR_SUFFIX = r"[/\\]|\.[A-Za-z]\w{0,9}$"
_DATA_WORDS = frozenset(("data", "dataset", "datasets"))
"""Words that are hardly used for anything but the directory of this name."""
_REFERENCE = r"\$\{([\w.]+)\}|%\(([\w.]+)\)s"
_MAX_REFERENCES = 5
"""References to values that contain references, within each other."""
_MAX_PATH_CHARACTERS = 4096
_WORD = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])"
_PATH_WORDS = frozenset(
    "path paths dir dirs directory directories file files filename filenames folder folders root data input inputs"
    " corpus".split()
)
_PATH_ENDINGS = ("path", "dir", "folder", "file", "filename")  # datadir, infile
_PATH_CALL = (
    r"\w*(?:open|path|join|dir|walk|glob|exist|file|folder|read|load|data|images?|mnist|cifar|scan|utils?\.)\w*"
)
_OPTION_BEFORE = r"""["']--?([\w-]+)["'].*\bdefault\s*=\s*$"""  # add_argument("--data-dir", default=
_NAME_BEFORE = r"""([\w.$-]+)["']?\]?\s*(?::\s*[\w.\[\]| ]+)?(?:=|<-|:)\s*$"""  # root: str =
_CALL_BEFORE = r"(\w+)\([^()]*$"  # os.path.join(root,
_CALL = r"\b(\w+)\(\s*([\w.,\s]{1,200})"
_JOINED = r"""(?<![\w.])([\w.]+)(?:\}/|[ \t]*(?:/|\+[ \t]*["']/))"""  # root / x, {root}/x, root + "/x"
_MAX_BEFORE_CHARACTERS = 300
_JOINED_AFTER = r"\s*/(?!/)|\s*\+\s*[\"']/"

DATA_DIRECTORIES = ("data", "dataset", "datasets")
"""Directories that usually hold data: a literal of such a name is a path where the directory exists."""


def has_path_form(text: str) -> bool:
    """Returns whether a text has the form of a path, or is the usual name of a directory of data."""
    return text in _DATA_WORDS or re.search(_SEPARATOR_OR_SUFFIX, text) is not None


def is_path_name(name: str) -> bool:
    """Returns whether the name of a parameter, variable or option says that its value is a path."""
    words = [word.lower() for word in re.findall(_WORD, name)]
    last = words[-1] if words else ""
    return last in _PATH_WORDS or words[:1] == ["path"] or (last.endswith(_PATH_ENDINGS) and last != "profile")


def find_path_names(text: str) -> frozenset[str]:
    """Returns the variables, attributes and options whose values a program opens or joins to a path."""
    used = [arguments for name, arguments in re.findall(_CALL, text) if re.fullmatch(_PATH_CALL, name, re.IGNORECASE)]
    names = {part.strip().rpartition(".")[2] for arguments in used for part in arguments.split(",")}
    names.update(name.rpartition(".")[2] for name in re.findall(_JOINED, text))
    names.update(re.findall(r"\$\{?(\w+)\}?/", text))
    for line in re.findall(r"\b(?:cd|ls|cat|cp|find|tar)\b[^\n]*", text) if "$" in text else ():
        names.update(re.findall(r"\$\{?(\w+)", line))
    return frozenset(names)


def _is_used(name: str, used: Collection[str]) -> bool:
    return name.rpartition(".")[2].lstrip("-").replace("-", "_") in used


def is_path_parameter(name: str, value: str, used: Collection[str]) -> bool:
    """Returns whether the value of a parameter is meant as a path. `used` are the names that are used as paths."""
    return has_path_form(value) or is_path_name(name) or _is_used(name, used)


def is_path_literal(literal: str, before: str, after: str, used: Collection[str]) -> bool:
    """Returns whether a literal is meant as a path, with the rest of its line `before` and `after` it. `used` are the
    names that are used as paths.
    """
    before = re.sub(r"[rRfFbBuU]{1,2}$", "", before[-_MAX_BEFORE_CHARACTERS:])
    if (
        literal in DATA_DIRECTORIES
        or has_path_form(literal)
        or before.rstrip().endswith("/")
        or re.match(_JOINED_AFTER, after)
    ):
        return True
    named = re.search(_OPTION_BEFORE, before) or re.search(_NAME_BEFORE, before)
    if named:
        return is_path_name(named[1]) or _is_used(named[1], used)
    called = re.search(_CALL_BEFORE, before)
    return called is not None and re.fullmatch(_PATH_CALL, called[1], re.IGNORECASE) is not None


def expand_references(text: str, values: Mapping[str, str]) -> str:
    """Returns a value of a config file with references to others (`${root}/x`, `%(root)s/x`) replaced.

    A reference in front that is not known, such as `${hydra:runtime.cwd}/`, stands for the program's directory.
    """
    for _ in range(_MAX_REFERENCES):
        expanded = re.sub(_REFERENCE, lambda m: values.get(m[1] or m[2], m[0]), text)
        if expanded == text or len(expanded) > _MAX_PATH_CHARACTERS:
            break
        text = expanded
    return re.sub(r"^\$\{[^{}]*\}/", "", text)


def is_path_argument(word: str, previous: str) -> bool:
    """Returns whether a word of a command is meant as a path. `previous` is the word before it, such as `--data`."""
    name, equals, value = word.partition("=")
    option = name if equals else previous if previous.startswith("--") else ""
    return not option or has_path_form(value if equals else word) or is_path_name(os.path.basename(option))
