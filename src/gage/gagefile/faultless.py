"""A Gage file in TOML with nothing wrong → `GageFile`, quickly: most files are right, and most commands load one."""

import re
import tomllib
from typing import cast

from gage.gagefile import settings
from gage.gagefile.fits import Test, test_of
from gage.gagefile.opdef import Raw, opdef
from gage.types.opdef import GageFile

_TOP = re.compile(r"""^[ \t]*(?:\[\[?[ \t]*)?(?:(["'])([^"'\n]+)\1|([A-Za-z0-9_-]+))""", re.MULTILINE)


def load_faultless(text: str, path: str, platform: str) -> GageFile | None:
    """A TOML file with nothing wrong, several times as fast; None when something might be."""
    data = _values(text)
    known: dict[int, Test] = {}
    is_operation = test_of(settings.OPERATION, known)
    for key, value in (data or {}).items():
        if key.startswith("$"):
            shape = settings.TOP_NAMES.get(key)
            if shape is None or not test_of(shape, known)(value):
                return None
        elif settings.wrong_operation_name(key) or not is_operation(value):
            return None
    if data is None:
        return None
    top = cast(dict[str, Raw], data)
    lines, defaults = _top_lines(text), top.get("$defaults", {})
    operations = {
        key: opdef(
            key, {**raw, **{k: v for k, v in defaults.items() if k not in raw}}, lines.get(key, 1), path, platform
        )
        for key, raw in top.items()
        if not key.startswith("$")
    }
    if sum(op.default for op in operations.values()) > 1:
        return None
    namespace, id, runs = (str(top.get(name, "")) for name in ("$namespace", "$project-id", "$runs-dir"))
    return GageFile(path, operations, namespace, id, runs)


def _values(text: str) -> dict[str, object] | None:
    """What is in TOML `text`, without places; None when it is not valid."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _top_lines(text: str) -> dict[str, int]:
    """The lines of top keys; may have others, too."""
    lines: dict[str, int] = {}
    line = 1
    at = 0
    for found in _TOP.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        lines.setdefault(found.group(2) or found.group(3), line)
    return lines
