"""The line that names a run's operation, in all its versions."""

import json
import re

from gage.types.errors import StoreError
from gage.types.run import OpRef

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]\S*')
_BARE = re.compile(r'[^\s"\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*').fullmatch


def format(op: OpRef) -> str:
    """`2 <namespace> <name> <version>`, each part quoted where it has to be."""
    return " ".join(("2", *map(_quoted, (op.namespace, op.name, op.version))))


def parse(text: str) -> OpRef:
    """Reads lines of version 1 and 2. Raises StoreError for anything else."""
    words = [_plain(word) for word in _WORD.findall(text[:10_000])]
    if len(words) < 2 or words[0] not in ("1", "2"):
        raise StoreError("opref names no operation")
    if len(words) == 2:
        return OpRef(words[1])
    return OpRef(words[2], words[1], words[3] if len(words) > 3 else "")


def _quoted(part: str) -> str:
    return part if _BARE(part) else json.dumps(part, ensure_ascii=False)


def _plain(word: str) -> str:
    if not word.startswith('"'):
        return word
    try:
        return str(json.loads(word)).encode("utf-8", "replace").decode()
    except ValueError:
        return word
