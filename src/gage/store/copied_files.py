"""The record of copied dependencies, `copied.json`: path in the run → size and mtime of the copy."""

import json

from gage.store.manifest import is_safe_path

CopiedStates = dict[str, tuple[int, int]]


def parse_copied_states(data: bytes | None) -> CopiedStates:
    """Returns size in bytes and mtime in ns of each copy. Leaves out what is invalid: the file may be foreign."""
    try:
        raw = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    states = {}
    for path, state in raw.items() if isinstance(raw, dict) else ():
        if is_safe_path(path) and isinstance(state, list) and [type(number) for number in state] == [int, int]:
            states[path] = (state[0], state[1])
    return states
