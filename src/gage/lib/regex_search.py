"""Searches texts by a regular expression, in limited time.

Python cannot interrupt a search, and some expressions take years, so that another process searches.
"""

import json
import subprocess
import sys
from collections.abc import Sequence

MAX_SECONDS = 5.0

_PROGRAM = """
import json, re, sys
pattern, texts = json.load(sys.stdin)
search = re.compile(pattern).search
json.dump([search(text) is not None for text in texts], sys.stdout)
"""


def search_texts(pattern: str, texts: Sequence[str]) -> list[bool]:
    """Returns of each text whether the pattern occurs in it. Raises TimeoutError after `MAX_SECONDS`."""
    if not texts:
        return []
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM]
    try:
        done = subprocess.run(
            command,
            input=json.dumps([pattern, list(texts)]),
            capture_output=True,
            text=True,
            timeout=MAX_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"the regular expression took more than {MAX_SECONDS:.0f} seconds") from None
    return list(json.loads(done.stdout))
