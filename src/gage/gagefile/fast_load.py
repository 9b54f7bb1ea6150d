"""A Gage file with nothing wrong and nothing unusual → `GageFile`, quickly: most files are right."""

import re
from collections.abc import Callable
from typing import NoReturn, cast

from gage.gagefile import definition
from gage.gagefile.fast_validate import Test, test_of
from gage.gagefile.lexical_checks import is_strange
from gage.gagefile.opdef import Raw, has_command, opdef
from gage.gagefile.validators import wrong_operation_name
from gage.types.opdef import GageFile

_TOP = re.compile(r"""^[ \t]*(?:\[\[?[ \t]*)?(?:(["'])([^"'\n]+)\1|([A-Za-z0-9_-]+))""", re.MULTILINE)


def load_faultless(text: str, path: str, platform: str) -> GageFile | None:
    """A file with nothing wrong, several times as fast as `placed`; None when something might be."""
    if is_strange(text):
        return None
    reader = _json if path.endswith(".json") else _yaml if path.endswith((".yaml", ".yml")) else _toml
    read = reader(text)
    if read is None:
        return None
    data, lines = read
    known: dict[int, Test] = {}
    is_operation = test_of(definition.OPERATION, known)
    for key, value in data.items():
        if key.startswith("$"):
            shape = definition.TOP_NAMES.get(key)
            if shape is None or not test_of(shape, known)(value):
                return None
        elif wrong_operation_name(key) or not is_operation(value):
            return None
    top = cast(dict[str, Raw], data)
    defaults = top.get("$defaults", {})
    operations = {
        key: opdef(
            key, {**raw, **{k: v for k, v in defaults.items() if k not in raw}}, lines.get(key, 1), path, platform
        )
        for key, raw in top.items()
        if not key.startswith("$")
    }
    if sum(op.default for op in operations.values()) > 1 or not all(map(has_command, operations.values())):
        return None
    namespace, id, runs = (str(top.get(name, "")) for name in ("$namespace", "$project-id", "$runs-dir"))
    return GageFile(path, operations, namespace, id, runs)


Read = tuple[dict[str, object], dict[str, int]]
"""What is in a file, and the lines of its top keys."""


def _toml(text: str) -> Read | None:
    import tomllib

    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    lines: dict[str, int] = {}
    line, at, in_table = 1, 0, False
    for found in _TOP.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        is_header = found[0].lstrip().startswith("[")
        in_table = in_table or is_header
        if is_header or not in_table:
            lines.setdefault(found.group(2) or found.group(3), line)
    return data, lines


def _json(text: str) -> Read | None:
    """Without comments and what else plain JSON does not have."""
    from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # typeshed leaves it out

    decode = JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse).raw_decode
    space = re.compile(r"[ \t\r\n]*").match
    data: dict[str, object] = {}
    lines: dict[str, int] = {}
    at, counted, line = _after(space, text, 0), 0, 1
    if not text.startswith("{", at):
        return None
    try:
        while text[at] in "{,":
            at = _after(space, text, at + 1)
            line, counted = line + text.count("\n", counted, at), at
            key, at = scanstring(text, at + 1) if text[at] == '"' else _refuse(text[at])
            colon = _after(space, text, at)
            value, at = decode(text, _after(space, text, colon + 1)) if text[colon] == ":" else _refuse(text[colon])
            if key in data:
                return None
            data[key], lines[key] = value, line
            at = _after(space, text, at)
    except (ValueError, IndexError, RecursionError):
        return None
    return (data, lines) if text[at] == "}" and _after(space, text, at + 1) == len(text) else None


def _yaml(text: str) -> Read | None:
    """Without what YAML knows and Gage files seldom have."""
    from yaml import YAMLError

    from gage.gagefile.yaml_chars import BREAKS, ODD_INDENT
    from gage.gagefile.yaml_fast import read

    if "\r" in text or (not text.isascii() and (ODD_INDENT.search(text) or text.translate(BREAKS) != text)):
        return None
    try:
        return read(text)
    except (YAMLError, RecursionError, ValueError):
        return None


def _after(space: Callable[[str, int], re.Match[str] | None], text: str, at: int) -> int:
    found = space(text, at)
    return found.end() if found else at


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _refuse("a key twice")


def _refuse(what: str) -> NoReturn:
    raise ValueError(what)
